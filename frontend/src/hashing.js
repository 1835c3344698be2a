// A worker that reads one file from its beginning to its end and says its SHA-256. It gets the file as its only message and
// answers { read } after every slice, { hash } at the end, { error } with the error's name where the file cannot be read.
import { sha256 } from "@noble/hashes/sha2.js";

const SLICE_BYTES = 4 * 1024 * 1024; // what a telephone holds beside everything else

async function hashOf(file) {
  const hash = sha256.create();
  for (let start = 0; start < file.size; start += SLICE_BYTES) {
    const slice = file.slice(start, Math.min(file.size, start + SLICE_BYTES));
    hash.update(new Uint8Array(await slice.arrayBuffer()));
    self.postMessage({ read: start + slice.size });
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

self.addEventListener("message", async (event) => {
  try {
    self.postMessage({ hash: await hashOf(event.data) });
  } catch (error) {
    self.postMessage({ error: error.name });
  }
});
