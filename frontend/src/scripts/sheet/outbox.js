// What a judge typed, kept in this browser until the server has it: one record for each opened page of a task.
// A record names its page and its number, so that the server takes it once however often it is sent.
import { account } from "../page.js";

const PREFIX = "sheet:";
const DAYS = 30;
const PATIENCE_MS = 20_000;

export const keyOf = (record) => `${PREFIX}${account()}:${record.task}:${record.device}`;

/** Keep a record; a full or forbidden store is no reason to stop. */
export function put(record) {
  try {
    localStorage.setItem(keyOf(record), JSON.stringify(record));
  } catch {
    // The page goes on saving to the server.
  }
}

export function drop(record) {
  try {
    localStorage.removeItem(keyOf(record));
  } catch {
    // Nothing was kept.
  }
}

/** This account's records, the newest first. Those that are very old go. */
export function mine() {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}${account()}:`)) continue;
      const record = JSON.parse(localStorage.getItem(key));
      if (Date.now() - record.at > DAYS * 86_400_000) localStorage.removeItem(key);
      else found.push(record);
    }
  } catch {
    return found;
  }
  return found.sort((one, other) => other.at - one.at);
}

/** Take everything away that judging keeps in this browser for this account. */
export function forget() {
  mine().forEach(drop);
  try {
    localStorage.removeItem(`pins:${account()}`);
  } catch {
    // Nothing was kept.
  }
}

async function freshToken() {
  const response = await fetch("/csrf", { credentials: "same-origin" });
  if (!response.ok) return "";
  const token = (await response.text()).trim();
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  return token;
}

async function post(record, token) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(record.act === "submit" ? record.submitUrl : record.draftUrl, {
      method: "POST",
      body: new URLSearchParams([
        ...record.fields,
        ["version", record.version],
        ["device", record.device],
        ["number", record.number],
        ["seconds", record.seconds],
        ["csrf_token", token],
      ]),
      credentials: "same-origin",
      redirect: "error",
      keepalive: document.visibilityState === "hidden",
      headers: { Accept: "application/json", "X-Autosave": "1" },
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
 * Send a record. Gives {kind, answer}: `done`, `refused` (the server says why in answer.message), `signedOut`, or
 * `later` when the server cannot be reached or is not well.
 */
export async function deliver(record) {
  try {
    let token = document.querySelector("input[name=csrf_token]")?.value || (await freshToken());
    let response = await post(record, token);
    if (response.status === 400) {
      token = await freshToken();
      response = await post(record, token);
    }
    if (response.ok) return { kind: "done", answer: await answerOf(response) };
    if (response.status === 401 || response.status === 403) return { kind: "signedOut", answer: {} };
    if (response.status >= 500 || response.status === 429) return { kind: "later", answer: {} };
    return { kind: "refused", status: response.status, answer: await answerOf(response) };
  } catch {
    return { kind: "later", answer: {} };
  }
}
