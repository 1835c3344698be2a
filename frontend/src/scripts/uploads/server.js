// What uploads ask the server beside the protocol: a fresh form token, what is open, how it stands.

const TUS = "1.0.0";
let token = "";

/** The form token that every writing request carries; asked for once, and again when the old one is worn out. */
export async function formToken(renew = false) {
  if (renew) token = "";
  if (!token) {
    const response = await fetch("/csrf", { credentials: "same-origin", redirect: "error" });
    if (!response.ok) throw new Error(String(response.status));
    token = (await response.text()).trim();
  }
  return token;
}

export function lastToken() {
  return token;
}

async function data(url) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!response.ok) throw Object.assign(new Error(String(response.status)), { status: response.status });
  return response.json();
}

/** The account's unfinished uploads of this place, as the server has them. */
export function openUploads(endpoint, target, place) {
  return data(`${endpoint}?${new URLSearchParams({ target, ...place })}`);
}

export function stateOf(url) {
  return data(`${url}/state`);
}

/** Say the whole file's hash before its last piece is sent. Throws an error with `status` and `body`, the server's words. */
export async function announceHash(url, hash) {
  const headers = { "X-CSRFToken": await formToken(), "Tus-Resumable": TUS };
  const body = new URLSearchParams({ sha256: hash });
  const response = await fetch(`${url}/sha256`, { method: "POST", credentials: "same-origin", headers, body });
  if (response.ok) return;
  const said = await response.json().catch(() => ({}));
  throw Object.assign(new Error(String(response.status)), { status: response.status, body: said });
}

/** Give an upload up. Whether the server has done it, or knows of none any more. */
export async function terminate(url) {
  const headers = { "Tus-Resumable": TUS, "X-CSRFToken": await formToken() };
  const response = await fetch(url, { method: "DELETE", credentials: "same-origin", headers });
  return response.ok || response.status === 404 || response.status === 410;
}
