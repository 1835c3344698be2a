// What was typed survives in this browser (an expired session, a closed window) until the form was sent with success.
import { fill, typedValues } from "./fields.js";
import { account, fresh, make, text } from "./page.js";

const PREFIX = "kept:";
const DAYS = 7;

const keyOf = (form) => `${PREFIX}${account()}:${form.dataset.keep}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, record) {
  try {
    localStorage.setItem(key, JSON.stringify(record));
  } catch {
    // A full or forbidden store: the page works without it.
  }
}

function allKeys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

/**
 * Settle the records that were sent: a page that is neither an error nor for visitors means that the form arrived.
 * Until then a record counts as not sent, and old records go.
 */
function settle() {
  const failed = document.querySelector("main[data-outcome='failed'], [data-error-summary]") !== null;
  for (const key of allKeys()) {
    const record = read(key);
    const mine = key.startsWith(`${PREFIX}${account()}:`);
    if (!record || Date.now() - record.at > DAYS * 86_400_000) localStorage.removeItem(key);
    else if (!record.sent) continue;
    else if (mine && !failed) localStorage.removeItem(key);
    else write(key, { ...record, sent: false });
  }
}

function offer(form, record) {
  const box = make("div", "alert tone-info keep-offer");
  box.setAttribute("role", "status");
  const time = new Date(record.at).toLocaleString([], { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const words = make("p", "", text("keepFound", { time }));
  const restore = make("button", "btn btn-primary", text("keepRestore"));
  const drop = make("button", "btn btn-link", text("keepDrop"));
  restore.type = drop.type = "button";
  box.append(words, restore, drop);
  restore.addEventListener("click", () => {
    fill(form, record.fields);
    words.textContent = text("keepRestored");
    restore.remove();
    drop.remove();
  });
  drop.addEventListener("click", () => {
    localStorage.removeItem(keyOf(form));
    box.remove();
  });
  form.before(box);
}

function watch(form) {
  const key = keyOf(form);
  const record = read(key);
  const now = JSON.stringify(typedValues(form));
  const hasErrors = document.querySelector("[data-error-summary]") !== null;
  if (record && !hasErrors && JSON.stringify(record.fields) !== now) offer(form, record);
  let timer = 0;
  const put = () => {
    timer = 0;
    write(key, { at: Date.now(), sent: false, fields: typedValues(form) });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(put, 400);
  });
  window.addEventListener("pagehide", () => {
    if (timer) put();
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    timer = 0;
    write(key, { at: Date.now(), sent: true, fields: typedValues(form) });
  });
  form.addEventListener("autosaved", () => {
    clearTimeout(timer);
    timer = 0;
    localStorage.removeItem(key);
  });
}

let settled = false;

export function start(root) {
  if (!settled) {
    settled = true;
    settle();
  }
  for (const form of fresh(root, "form[data-keep]", "keep")) watch(form);
  for (const form of fresh(root, "form[data-keep-forget]", "keep")) {
    form.addEventListener("submit", () => allKeys().forEach((key) => localStorage.removeItem(key)));
  }
}
