// What a judge typed, kept in this browser until the server has it: one record for each opened page of a task.
// A record names its page and its number, so that the server takes it once however often it is sent.
import { send } from "../delivery.js";
import { account } from "../page.js";

const PREFIX = "sheet:";
const DAYS = 30;

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

/**
 * Send a record. Gives {kind, answer}: `done`, `refused` (the server says why in answer.message), `signedOut`, or
 * `later` when the server cannot be reached or is not well.
 */
export const deliver = (record) =>
  send(
    record.act === "submit" ? record.submitUrl : record.draftUrl,
    [
      ...record.fields,
      ["version", record.version],
      ["device", record.device],
      ["number", record.number],
      ["seconds", record.seconds],
    ],
    { "X-Autosave": "1" },
  );
