// Check-ins typed at the door, kept in this browser until the server has them. Each has a key of its own, so that the
// server takes it once however often it is sent.
import { send } from "../delivery.js";
import { account } from "../page.js";

const PREFIX = "arrival:";
const DAYS = 30;
export const PAGES = "check-in-pages";
export const ASSETS = "check-in-assets";
const KEPT_PAGES = "arrivals-kept";

/** A key that no other browser makes; `crypto.randomUUID` is missing where a site has no HTTPS. */
export const freshKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const placeOf = (record) => `${PREFIX}${account()}:${record.key}`;

/** Keep a record. Gives whether it is kept: a full or forbidden store must be told, for nothing else has it yet. */
export function put(record) {
  try {
    localStorage.setItem(placeOf(record), JSON.stringify(record));
    return true;
  } catch {
    return false;
  }
}

export function drop(record) {
  try {
    localStorage.removeItem(placeOf(record));
  } catch {
    // Nothing was kept.
  }
}

/** This account's records, the oldest first, as they are to be sent. Those that are very old go. */
export function mine() {
  const found = [];
  try {
    for (const place of Object.keys(localStorage)) {
      if (!place.startsWith(`${PREFIX}${account()}:`)) continue;
      const record = JSON.parse(localStorage.getItem(place));
      if (Date.now() - record.at > DAYS * 86_400_000) localStorage.removeItem(place);
      else found.push(record);
    }
  } catch {
    return found;
  }
  return found.sort((one, other) => one.at - other.at);
}

/** Send a record, with how long it waited here: the server's clock then says when the party came. */
export const deliver = (record) =>
  send(record.url, [...record.fields, ["key", record.key], ["seconds_ago", Math.max(0, Math.round((Date.now() - record.at) / 1000))]]);

/** From now on pages are kept for this account. */
export function pagesAreKept() {
  try {
    localStorage.setItem(KEPT_PAGES, account());
  } catch {
    // They are kept all the same.
  }
}

/** Whether there is anything of the door in this browser. */
export function hasTraces() {
  try {
    return mine().length > 0 || localStorage.getItem(KEPT_PAGES) !== null;
  } catch {
    return false;
  }
}

/** On a device that several people use: lists that were kept for another account, or whose sign-in is over, go. */
export async function forgetOthers() {
  try {
    const owner = localStorage.getItem(KEPT_PAGES);
    if (owner === null || owner === account()) return;
    await caches.delete(PAGES);
    localStorage.removeItem(KEPT_PAGES);
  } catch {
    // Nothing was kept.
  }
}

/** Take everything away that the door keeps in this browser: lists with phones must not outlive the sign-in. */
export async function forget() {
  mine().forEach(drop);
  try {
    localStorage.removeItem(KEPT_PAGES);
    await Promise.all([caches.delete(PAGES), caches.delete(ASSETS)]);
  } catch {
    // Nothing was kept.
  }
}
