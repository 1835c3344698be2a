// Whatever page comes next sends what sheets are still kept in this browser, and says so. Signing out asks first.
import { account, fresh, make, text } from "../page.js";
import { deliver, drop, forget, mine, put } from "./outbox.js";
import { tended } from "./saving.js";

const RETRY_MS = 10_000;
let box = null;
let timer = 0;

const others = () => mine().filter((record) => !tended.has(record.task));

function place() {
  if (!box) {
    box = make("div", "alert tone-info sheet-outbox");
    box.setAttribute("role", "status");
    document.querySelector("main .page-head")?.after(box);
  }
  return box;
}

function refusedLine(record) {
  const line = make("p", "", `${record.label}：${record.refused} `);
  const open = make("a", "", text("sheetOpen"));
  open.href = record.page;
  const away = make("button", "btn btn-link", text("keepDrop"));
  away.type = "button";
  away.addEventListener("click", () => {
    drop(record);
    show(0);
  });
  line.append(open, away);
  return line;
}

function show(sent) {
  const left = others();
  const waiting = left.filter((record) => !record.refused).length;
  const lines = left.filter((record) => record.refused).map(refusedLine);
  if (waiting) lines.unshift(make("p", "", text("outboxWaits", { count: waiting })));
  if (sent) lines.unshift(make("p", "", text("outboxSent", { count: sent })));
  if (!lines.length) {
    box?.remove();
    box = null;
    return;
  }
  const inside = make("div", "alert-text");
  inside.append(...lines);
  place().replaceChildren(inside);
}

/** Send all that waits. Gives how many are left. */
async function flush() {
  clearTimeout(timer);
  let sent = 0;
  let isDown = false;
  for (const record of others()) {
    if (record.refused || isDown) continue;
    const { kind, status, answer } = await deliver(record);
    if (kind === "done") {
      drop(record);
      sent += 1;
    } else if (kind === "refused" && (status !== 404 || location.pathname.startsWith("/judge"))) {
      put({ ...record, refused: answer.message ?? text("refused") });
    } else isDown = kind !== "refused";
  }
  show(sent);
  if (isDown) timer = setTimeout(flush, RETRY_MS);
  return mine().length;
}

async function leave(event) {
  const form = event.target;
  if (!mine().length) {
    forget();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const left = await flush();
  if (left && !window.confirm(text("outboxLeave", { count: left }))) return;
  forget();
  setTimeout(() => form.requestSubmit()); // a form that is just being sent cannot be sent again
}

let isStarted = false;

export function start(root) {
  for (const form of fresh(root, "form[data-keep-forget]", "outbox")) {
    form.addEventListener("submit", leave, { capture: true });
  }
  if (isStarted || !account()) return;
  isStarted = true;
  window.addEventListener("online", flush);
  if (others().length) flush();
}
