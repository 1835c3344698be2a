// Sends what the door keeps, from whatever page is open, and shows what waits, what was refused, and why.
import { account, fresh, make, text } from "../page.js";
import { deliver, drop, forget, forgetOthers, hasTraces, mine, put } from "./outbox.js";

const RETRY_MS = 10_000;
let box = null;
let timer = 0;
let running = null;
let isAgain = false;

function place() {
  const own = document.querySelector("[data-arrivals-outbox]");
  if (own) return own;
  if (!box) {
    box = make("div", "arrivals-outbox");
    box.setAttribute("role", "status");
    document.querySelector("main .page-head")?.after(box);
  }
  return box;
}

function lineOf(record) {
  const line = make("li", "", `${record.label} ${record.name} ${record.counts}`);
  if (!record.refused) return line;
  line.append(make("span", "arrivals-refused", record.refused));
  if (record.there) {
    const open = make("a", "btn btn-secondary btn-sm", text("arrivalsOpen"));
    open.href = record.there;
    line.append(open);
  }
  const away = make("button", "btn btn-link btn-sm", text("arrivalsKnown"));
  away.type = "button";
  away.addEventListener("click", () => {
    drop(record);
    show(0);
    document.dispatchEvent(new CustomEvent("arrivalschanged"));
  });
  line.append(away);
  return line;
}

function part(tone, words, records) {
  const alert = make("div", `alert tone-${tone}`);
  const inside = make("div", "alert-text");
  inside.append(make("p", "alert-title", words));
  if (records.length) {
    const list = make("ul", "arrivals-list");
    list.append(...records.map(lineOf));
    inside.append(list);
  }
  alert.append(inside);
  return alert;
}

function show(sent, kind = "") {
  const all = mine();
  const refused = all.filter((record) => record.refused);
  const waiting = all.filter((record) => !record.refused);
  const parts = [];
  if (refused.length) parts.push(part("warning", text("arrivalsRefused", { count: refused.length }), refused));
  if (waiting.length) {
    const words = kind === "signedOut" ? "arrivalsSignedOut" : "arrivalsWait";
    parts.push(part("info", text(words, { count: waiting.length }), waiting));
  }
  if (sent) parts.push(part("success", text("arrivalsSent", { count: sent }), []));
  if (parts.length || box || document.querySelector("[data-arrivals-outbox]")) place().replaceChildren(...parts);
}

async function sendAll() {
  let sent = 0;
  let isNews = false;
  let stopped = "";
  for (const record of mine().filter((one) => !one.refused)) {
    const { kind, answer } = await deliver(record);
    isNews ||= kind === "done" || kind === "refused"; // who was refused may have been checked in elsewhere
    if (kind === "done") {
      drop(record);
      sent += 1;
      document.dispatchEvent(new CustomEvent("arrivalsent", { detail: { record, answer } }));
    } else if (kind === "refused") put({ ...record, refused: answer.message ?? text("refused"), there: answer.url });
    else {
      stopped = kind;
      break;
    }
  }
  show(sent, stopped);
  if (isNews) document.body.dispatchEvent(new CustomEvent("arrived"));
  document.dispatchEvent(new CustomEvent("arrivalschanged"));
  if (stopped === "later") timer = setTimeout(flush, RETRY_MS);
}

/** Send all that waits; what is put there meanwhile goes in a second round. */
export async function flush() {
  clearTimeout(timer);
  if (running) {
    isAgain = true;
    return running;
  }
  do {
    isAgain = false;
    running = sendAll();
    await running;
  } while (isAgain);
  running = null;
  return undefined;
}

/** Signing out takes the kept lists away; what is not sent is asked about first. */
async function leave(event) {
  const form = event.target;
  if (form.dataset.doorLeft !== undefined || !hasTraces()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (mine().length) await flush();
  const left = mine().length;
  if (left && !window.confirm(text("arrivalsLeave", { count: left }))) return;
  await forget();
  form.dataset.doorLeft = "";
  setTimeout(() => form.requestSubmit());
}

let isStarted = false;

export function start(root) {
  for (const form of fresh(root, "form[data-keep-forget]", "arrivals")) {
    form.addEventListener("submit", leave, { capture: true });
  }
  if (isStarted) return;
  isStarted = true;
  forgetOthers();
  if (!account()) return;
  window.addEventListener("online", () => {
    if (mine().length) flush();
  });
  if (mine().length) {
    show(0);
    flush();
  }
}
