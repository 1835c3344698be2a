// The SHA-256 of a whole file, found by a worker (frontend/src/hashing.js) while the file is being sent.
import { words } from "./words.js";

/** Reads `file` from its beginning. `whole` gives the hash in hexadecimal, or null where the browser lets no worker run: the
 * file is then sent without. It throws what reading the file threw. `onRead` is called after every slice. */
export class FileHash {
  constructor(file, onRead) {
    this.file = file;
    this.read = 0;
    this.whole = new Promise((resolve, reject) => {
      try {
        this.worker = new Worker(words("hasher"));
      } catch {
        resolve(null);
        return;
      }
      this.worker.addEventListener("error", () => resolve(null));
      this.worker.addEventListener("message", ({ data }) => {
        if (data.hash) resolve(data.hash);
        else if (data.error) reject(Object.assign(new Error(data.error), { name: data.error }));
        else {
          this.read = data.read;
          onRead();
        }
      });
      this.worker.postMessage(file);
    }).finally(() => this.stop());
    this.whole.catch(() => {}); // whoever waits for it is told
  }

  stop() {
    this.worker?.terminate();
  }
}
