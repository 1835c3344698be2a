// Sending what this browser keeps: with a fresh form token where the old one is over, never waiting for ever.

const PATIENCE_MS = 20_000;

async function freshToken() {
  const response = await fetch("/csrf", { credentials: "same-origin" });
  if (!response.ok) return "";
  const token = (await response.text()).trim();
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  return token;
}

async function post(url, pairs, headers, token) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(url, {
      method: "POST",
      body: new URLSearchParams([...pairs, ["csrf_token", token]]),
      credentials: "same-origin",
      redirect: "error",
      keepalive: document.visibilityState === "hidden",
      headers: { Accept: "application/json", ...headers },
      signal: patience.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(response) {
  const kind = response.headers.get("Content-Type") ?? "";
  return kind.startsWith("application/json") ? response.json() : {};
}

/**
 * Post pairs of names and values. Gives {kind, status, answer}: `done`, `refused` (the server says why in
 * answer.message), `signedOut`, or `later` when the server cannot be reached or is not well.
 */
export async function send(url, pairs, headers = {}) {
  try {
    let token = document.querySelector("input[name=csrf_token]")?.value || (await freshToken());
    let response = await post(url, pairs, headers, token);
    if (response.status === 400) {
      token = await freshToken();
      response = await post(url, pairs, headers, token);
    }
    if (response.ok) return { kind: "done", answer: await answerOf(response) };
    if (response.status === 401 || response.status === 403) return { kind: "signedOut", answer: {} };
    if (response.status >= 500 || response.status === 429) return { kind: "later", answer: {} };
    return { kind: "refused", status: response.status, answer: await answerOf(response) };
  } catch {
    return { kind: "later", answer: {} };
  }
}
