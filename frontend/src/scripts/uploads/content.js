// What is read of a chosen file before and while it is sent.

const HEAD_BYTES = 64 * 1024;

/** A short mark of the file's beginning (FNV-1a), so that the same file is known again on another day or device. */
export async function headMark(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  let mark = 0x811c9dc5;
  for (const byte of bytes) mark = Math.imul(mark ^ byte, 0x01000193) >>> 0;
  return mark.toString(16).padStart(8, "0");
}

/** The SHA-256 of a part of the file; null where the browser has none (a page without TLS). */
async function sha256(part) {
  if (!window.crypto?.subtle) return null;
  return new Uint8Array(await window.crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
}

/** The value of the Upload-Checksum header for the piece from `start` to `end`. */
export async function pieceChecksum(file, start, end) {
  const hash = await sha256(file.slice(start, end));
  return hash && `sha256 ${btoa(String.fromCharCode(...hash))}`;
}
