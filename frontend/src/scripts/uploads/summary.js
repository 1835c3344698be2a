// Many files at once: how all of them together stand, above their lines.
import { make } from "../page.js";
import { sizeText } from "../sizes.js";
import { timeText, words } from "./words.js";

const FROM_FILES = 4;
const EVERY_MS = 500;

const total = (some, valueOf) => some.reduce((sum, one) => sum + valueOf(one), 0);

/** A bar and a sentence for all transfers that were added since nothing was on its way. */
export class Summary {
  constructor() {
    this.element = make("div", "upload-summary");
    this.bar = make("progress", "upload-bar");
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", words("allLabel"));
    this.said = make("p", "upload-words");
    this.element.append(this.said, this.bar);
    this.all = new Set();
    this.shownAt = 0;
    this.show();
  }

  add(transfer) {
    this.all.add(transfer);
    transfer.addEventListener("progress", () => this.showSoon());
    transfer.addEventListener("change", () => {
      if (transfer.state === "cancelled") this.all.delete(transfer);
      this.showSoon();
    });
    this.show();
  }

  /** Nothing is on its way any more. */
  forget() {
    this.all.clear();
    this.show();
  }

  showSoon() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.show();
    }, EVERY_MS);
  }

  show() {
    const all = [...this.all];
    this.element.hidden = all.length < FROM_FILES;
    const sent = total(all, (one) => (one.state === "refused" ? one.size : one.offset));
    const size = total(all, (one) => one.size);
    const rate = total(all, (one) => (one.state === "sending" ? one.rate : 0));
    const percent = size ? Math.min(sent === size ? 100 : 99, Math.floor((sent * 100) / size)) : 0;
    const refused = all.filter((one) => one.state === "refused").length;
    const values = { files: all.length, done: all.filter((one) => one.state === "done").length, sent: sizeText(sent), size: sizeText(size), percent };
    this.bar.value = percent;
    this.said.textContent = [
      words("all", values),
      refused ? words("allRefused", { refused }) : "",
      rate && sent < size ? words("allRate", { rate: sizeText(rate), left: timeText((size - sent) / rate) }) : "",
    ].join("");
  }
}
