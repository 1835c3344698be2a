// One file's line: its name, a bar, how far it is in words, its buttons.
import { make } from "../page.js";
import { sizeText } from "../sizes.js";
import { timeText, words } from "./words.js";

const SECOND = 1000;

function wordsOf(one) {
  const values = { name: one.name, size: sizeText(one.size), sent: sizeText(one.offset), percent: one.percent };
  if (one.isElsewhere) return words(one.state === "choose" ? "chooseElsewhere" : "elsewhere", values);
  if (one.note && one.state !== "done") return one.note;
  if (one.state !== "sending") return words(one.state, values);
  if (one.waitsForHash && one.percentRead < 100) return words("hashing", { ...values, read: one.percentRead });
  if (!one.rate || !Number.isFinite(one.secondsLeft)) return words("sending", values);
  return words("sendingRate", { ...values, rate: sizeText(one.rate), left: timeText(one.secondsLeft) });
}

/** A line for the transfer, which keeps itself up to date. `choose(file)` is told of a file chosen for it again. */
export function rowFor(transfer, choose) {
  const row = make("li", "upload");
  const bar = make("progress", "upload-bar");
  const said = make("p", "upload-words");
  const buttons = make("span", "upload-buttons");
  const head = make("div", "upload-head");
  head.append(make("span", "upload-name", transfer.name), buttons);
  row.append(head, bar, said);
  bar.max = 100;
  bar.setAttribute("aria-label", words("barLabel", { name: transfer.name }));
  let shownAt = 0;

  function button(name, act) {
    const made = make("button", "btn btn-secondary btn-sm", words(name));
    made.type = "button";
    made.append(make("span", "visually-hidden", transfer.name));
    made.addEventListener("click", act);
    return made;
  }

  function chooser() {
    const label = make("label", "btn btn-primary btn-sm upload-choose", words("chooseButton"));
    const input = make("input", "visually-hidden");
    input.type = "file";
    input.setAttribute("aria-label", `${words("chooseButton")} ${transfer.name}`);
    input.addEventListener("change", () => {
      if (input.files.length) choose(input.files[0]);
      input.value = "";
    });
    label.append(input);
    return label;
  }

  function buttonsOf(state) {
    const cancel = () => button("cancelButton", () => transfer.cancel());
    if (state === "choose") return [chooser(), cancel()];
    if (state === "queued") return [cancel()];
    if (state === "sending" || state === "waiting") return [button("pauseButton", () => transfer.pause()), cancel()];
    if (state === "paused") return [button("resumeButton", () => transfer.resume()), cancel()];
    if (state === "refused") return [button("dismissButton", () => row.remove())];
    return [];
  }

  function showProgress() {
    if (Date.now() - shownAt < SECOND / 2 && transfer.offset < transfer.size) return;
    shownAt = Date.now();
    bar.value = transfer.percent;
    said.textContent = wordsOf(transfer);
  }

  function show() {
    const focused = buttons.contains(document.activeElement);
    row.dataset.state = transfer.state;
    shownAt = 0;
    if (transfer.state === "checking") bar.removeAttribute("value");
    else bar.value = transfer.percent;
    bar.hidden = ["refused", "cancelled", "done"].includes(transfer.state);
    said.textContent = wordsOf(transfer);
    buttons.replaceChildren(...buttonsOf(transfer.state));
    if (focused) buttons.querySelector("button, input")?.focus();
  }

  transfer.addEventListener("change", show);
  transfer.addEventListener("progress", showProgress);
  show();
  return { row, say: (text) => { said.textContent = text; } };
}
