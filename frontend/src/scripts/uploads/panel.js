// The place on a page where files are sent from: an element with data-uploads (media/upload_macros.html).
//
// data-uploads           the address of the endpoint
// data-uploads-target    what takes the files, data-uploads-place where exactly (JSON)
// data-uploads-input     the id of the file field whose files are sent so; data-uploads-from: those of so many bytes at least
// data-uploads-drop      the id of the element on which files may be dropped
// data-uploads-open      the server has unfinished uploads of this place: they are asked for
// data-uploads-refresh   a page that is fetched when a file was taken; data-uploads-parts: the ids of what is shown of it
// data-uploads-reload    the whole page is shown anew when everything has ended
// data-uploads-holds     buttons that wait (a selector) while something is on its way
//
// It sends upload:taken, upload:refused (detail: name, url, words) and upload:idle, all of which bubble.
import { fresh, make } from "../page.js";
import { showAgain, showParts } from "./leaving.js";
import { transfers } from "./queue.js";
import { rowFor } from "./row.js";
import { openUploads } from "./server.js";
import { Summary } from "./summary.js";
import { Transfer } from "./transfer.js";
import { words } from "./words.js";

const LONG_LIST = 8;

const fitsInto = (inner, outer) => Object.entries(outer).every(([key, value]) => inner[key] === value);

class Panel {
  constructor(element) {
    this.element = element;
    this.settings = element.dataset;
    this.place = JSON.parse(this.settings.uploadsPlace ?? "{}");
    this.rows = new Map();
    this.list = make("ul", "upload-list");
    this.live = make("p", "visually-hidden");
    this.live.setAttribute("role", "status");
    this.summary = new Summary();
    element.append(this.summary.element, this.list, this.live);
    this.input = document.getElementById(this.settings.uploadsInput ?? "");
    this.input?.addEventListener("change", () => this.takeFromInput());
    this.watchDrops(document.getElementById(this.settings.uploadsDrop ?? ""));
    for (const one of transfers()) if (this.isMine(one)) this.add(one);
    if (this.settings.uploadsOpen !== undefined) this.loadOpen();
    this.hold();
  }

  isMine(transfer) {
    return transfer.target === this.settings.uploadsTarget && fitsInto(transfer.place, this.place);
  }

  async loadOpen() {
    try {
      const open = await openUploads(this.settings.uploads, this.settings.uploadsTarget, this.place);
      for (const one of open) if (!transfers().some((known) => known.url === one.url)) this.addOpen(one);
    } catch {
      this.live.textContent = words("listFailed");
    }
    this.hold();
  }

  addOpen({ url, name, size, offset, state, place: whole }) {
    const { head = "", ...place } = whole;
    this.add(new Transfer({
      endpoint: this.settings.uploads, target: this.settings.uploadsTarget, place, head, url, name, size, offset,
      state: state === "checking" ? "checking" : "choose",
    }));
  }

  // --- Files that are chosen ------------------------------------------------------------------------------------------

  /** Send the large ones of the chosen files; small ones stay in the field and go with the form. */
  takeFromInput() {
    const [from, most] = [Number(this.settings.uploadsFrom ?? 0), Number(this.input.dataset.maxBytes ?? Infinity)];
    const files = [...this.input.files];
    const sent = files.filter((file) => file.size >= from && file.size <= most);
    if (files.length && !this.mayReplace(files.at(-1))) return this.keepInInput([]);
    if (!sent.length) return undefined;
    this.keepInInput(files.filter((file) => !sent.includes(file)));
    return this.sendAll(sent);
  }

  /** Where one file is wanted the last chosen counts: the other that is on its way ends, if the person agrees. */
  mayReplace(file) {
    if (this.input.multiple) return true;
    const isSame = (one) => one.name === file.name && one.size === file.size;
    const others = [...this.rows.keys()].filter((one) => transfers().includes(one) && !isSame(one));
    const unfinished = others.filter((one) => one.state !== "checking"); // what is whole the newer file replaces later
    if (!unfinished.length) return true;
    if (!window.confirm(words("replaceQuestion", { name: unfinished[0].name, chosen: file.name }))) return false;
    unfinished.forEach((one) => one.cancel());
    return true;
  }

  keepInInput(files) {
    const kept = new DataTransfer();
    files.forEach((file) => kept.items.add(file));
    this.input.files = kept.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true })); // its own words are of what is left
  }

  watchDrops(place) {
    if (!place) return;
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("is-dropping");
    });
    place.addEventListener("dragleave", () => place.classList.remove("is-dropping"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("is-dropping");
      this.sendAll([...event.dataTransfer.files]);
    });
  }

  async sendAll(files) {
    for (const file of files) await this.send(file);
  }

  /** Send the file; one that the server has a part of is gone on with. */
  async send(file) {
    for (const [one] of this.rows) {
      if (one.state === "choose" && (await one.fits(file))) return one.give(file);
      if (one.name === file.name && one.size === file.size && one.file && transfers().includes(one)) return undefined;
    }
    return this.add(new Transfer({
      endpoint: this.settings.uploads, target: this.settings.uploadsTarget, place: this.place,
      file, name: file.name, size: file.size,
    }));
  }

  // --- Lines ----------------------------------------------------------------------------------------------------------

  add(transfer) {
    const { row, say } = rowFor(transfer, async (file) => {
      if (await transfer.fits(file)) transfer.give(file);
      else say(words("otherFile", { name: transfer.name, chosen: file.name }));
    });
    this.rows.set(transfer, row);
    this.list.append(row);
    this.list.classList.toggle("is-long", this.rows.size >= LONG_LIST);
    this.summary.add(transfer);
    let before = transfer.state;
    transfer.addEventListener("change", () => {
      if (!this.element.isConnected || transfer.state === before) return;
      before = transfer.state;
      this.settle(transfer, row);
    });
    this.hold();
  }

  settle(transfer, row) {
    const detail = { name: transfer.name, url: transfer.url, words: transfer.note };
    if (transfer.state !== "queued" && transfer.state !== "sending") {
      this.live.textContent = `${transfer.name} ${row.querySelector(".upload-words").textContent}`;
    }
    if (transfer.state === "done") this.tell("upload:taken", detail);
    if (transfer.state === "refused") this.tell("upload:refused", detail);
    if (transfer.state === "done" || transfer.state === "cancelled") {
      row.remove();
      this.rows.delete(transfer);
      this.refresh();
    }
    this.hold();
    if (!this.isBusy()) this.idle();
  }

  isBusy() {
    return [...this.rows.keys()].some((one) => transfers().includes(one));
  }

  idle() {
    this.summary.forget();
    this.tell("upload:idle", {});
    const refused = [...this.rows.keys()].some((one) => one.state === "refused");
    if (this.settings.uploadsReload !== undefined && !refused) showAgain();
  }

  tell(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /** Buttons that would go without the files wait for them. */
  hold() {
    if (!this.settings.uploadsHolds) return;
    const busy = this.isBusy();
    for (const button of document.querySelectorAll(this.settings.uploadsHolds)) {
      if (busy && !button.disabled) button.dataset.held = "";
      if (button.dataset.held !== undefined) button.disabled = busy;
    }
  }

  /** Bring the parts of the page up to date that show what was taken; what is being typed is left alone. */
  async refresh() {
    if (!this.settings.uploadsRefresh) return;
    try {
      const response = await fetch(this.settings.uploadsRefresh, { credentials: "same-origin" });
      if (response.ok) await showParts(response, (this.settings.uploadsParts ?? "").split(" ").filter(Boolean));
    } catch {
      // The page shows it when it is loaded next.
    }
  }
}

export function start(root) {
  for (const element of fresh(root, "[data-uploads]", "uploads")) new Panel(element);
}
