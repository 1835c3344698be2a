// A score sheet saves itself on each change, first in this browser, then on the server; without a connection it waits
// here, the pressed "submit" too.
import { serverText } from "../clock.js";
import { fill, typedFields, typedValues } from "../fields.js";
import { fresh, text } from "../page.js";
import { showConflict } from "./conflict.js";
import { deliver, drop, mine, put } from "./outbox.js";
import { secondsInView } from "./watching.js";

const QUIET_MS = 700;
const RETRY_MS = [3000, 8000, 20_000, 60_000];

/** The tasks whose records a form of this page takes care of. */
export const tended = new Set();

class Sheet {
  constructor(marker) {
    this.form = marker.closest("form");
    this.task = marker.dataset.sheet;
    this.label = marker.dataset.sheetLabel;
    this.status = this.form.querySelector("[data-save-status]");
    this.number = Number(this.form.elements.namedItem("number").value) || 0;
    this.seconds = secondsInView();
    this.pending = null; // the newest record that the server has not acknowledged
    this.running = null;
    this.failures = 0;
    this.isStopped = false;
    this.isFilling = false;
    tended.add(this.task);
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => this.submitted(event), { capture: true });
    document.addEventListener("visibilitychange", () => this.send());
    window.addEventListener("online", () => this.send());
    this.adopt();
  }

  say(words, look = "") {
    this.status.textContent = words;
    this.status.classList.toggle("is-failed", look === "failed");
    this.status.classList.toggle("is-saved", look === "saved");
  }

  hidden(name, value) {
    this.form.elements.namedItem(name).value = value;
  }

  compose(act) {
    this.number += 1;
    const seconds = this.seconds();
    this.hidden("number", this.number);
    this.hidden("seconds", seconds);
    const record = {
      task: this.task,
      label: this.label,
      act,
      number: this.number,
      seconds,
      device: this.form.elements.namedItem("device").value,
      version: this.form.elements.namedItem("version").value,
      fields: typedValues(this.form),
      draftUrl: this.form.dataset.autosaveUrl,
      submitUrl: this.form.getAttribute("action"),
      page: this.form.dataset.autosavePage,
      at: Date.now(),
    };
    put(record);
    this.pending = record;
    return record;
  }

  /** What an earlier opening of this page could not send any more is put back and sent. */
  adopt() {
    const records = mine().filter((record) => record.task === this.task);
    records.forEach(drop);
    const newest = records[0];
    const failed = document.querySelector("main[data-outcome='failed']") !== null;
    if (!newest || failed) return;
    if (newest.act === "draft" && JSON.stringify(newest.fields) === JSON.stringify(typedValues(this.form))) return;
    this.fillWith(newest.fields);
    this.hidden("version", newest.version);
    this.compose(newest.act);
    this.say(text("sheetRestored"));
    this.later(0);
  }

  fillWith(pairs) {
    this.isFilling = true;
    fill(this.form, pairs);
    this.isFilling = false;
  }

  changed() {
    if (this.isFilling) return;
    this.compose("draft");
    if (!this.isStopped) this.later(QUIET_MS);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  submitted(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isSubmitting) return;
    this.isSubmitting = true;
    this.isStopped = false;
    this.button = event.submitter ?? this.form.querySelector("button[type=submit]");
    this.button.classList.add("is-busy");
    this.button.setAttribute("aria-disabled", "true");
    this.compose("submit");
    this.send();
  }

  release() {
    this.isSubmitting = false;
    this.button?.classList.remove("is-busy");
    this.button?.removeAttribute("aria-disabled");
  }

  async send() {
    clearTimeout(this.timer);
    if (!this.pending || this.running || this.isStopped) return;
    const record = this.pending;
    this.say(text(record.act === "submit" ? "sending" : "saving"));
    this.running = deliver(record);
    const outcome = await this.running;
    this.running = null;
    const next = { done: this.done, later: this.waits, refused: this.refused, signedOut: this.signedOut }[outcome.kind];
    next.call(this, record, outcome.answer);
    // What was typed, or pressed, while the record was on its way goes next.
    if (this.pending && this.pending !== record && outcome.kind !== "later") this.later(0);
  }

  done(record, answer) {
    this.failures = 0;
    if (record.act === "submit") {
      drop(record);
      this.pending = null;
      location.assign(answer.next);
      return;
    }
    this.hidden("version", answer.version);
    if (this.pending !== record) {
      this.pending.version = answer.version;
      put(this.pending);
      return;
    }
    this.pending = null;
    drop(record);
    const time = serverText().slice(11);
    const isWrong = Object.keys(answer.problems ?? {}).length > 0;
    this.say(text(isWrong ? "savedWrong" : "saved", { time }), isWrong ? "failed" : "saved");
    this.form.dispatchEvent(new CustomEvent("draftchecked", { detail: answer.problems ?? {} }));
  }

  waits(record) {
    this.release();
    if (record.act === "submit" && !this.isComplete()) {
      this.compose("draft");
      this.say(text("sheetIncomplete"), "failed");
    } else this.say(text(this.pending.act === "submit" ? "sheetWaits" : "sheetKept"), "failed");
    this.later(RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)]);
  }

  isComplete() {
    return [...this.form.querySelectorAll("[data-score]")].every(
      (input) => input.value.trim() && !input.classList.contains("is-over"),
    );
  }

  signedOut() {
    this.release();
    this.isStopped = true;
    this.say(text("signedOut"), "failed");
  }

  refused(record, answer) {
    this.isStopped = true;
    if (record.act === "submit") {
      // The server's own page says what is wrong, each thing beside its field.
      drop(record);
      HTMLFormElement.prototype.submit.call(this.form);
      return;
    }
    this.say(answer.message ?? text("refused"), "failed");
    if (answer.code === "core.stale" && answer.fields) this.settle(answer);
    else put({ ...this.pending, refused: answer.message ?? text("refused") });
  }

  /** Another device saved something else: both stand side by side until the judge has chosen. */
  settle(answer) {
    const theirs = typedFields(this.form).map((field) => [field.name, answer.fields[field.name] ?? ""]);
    showConflict(this.form, theirs, (choice) => {
      this.hidden("version", answer.version);
      this.isStopped = false;
      drop(this.pending);
      if (choice === "theirs") {
        this.pending = null;
        this.fillWith(theirs);
        this.say(text("sheetTaken"), "saved");
      } else {
        this.compose("draft");
        this.send();
      }
    });
  }
}

export function start(root) {
  for (const marker of fresh(root, "[data-sheet]", "sheet")) new Sheet(marker);
}
