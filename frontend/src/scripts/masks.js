// Black boxes on a page: drawn, moved and sized on the picture; the number fields stay what is sent.
import { fresh } from "./page.js";

const SIDES = ["left", "top", "width", "height"];
const SMALLEST = 0.4; // percent: less is a slip of the finger
const EDGE = 14; // pixels at the lower right corner that size a box

const fields = (row) => SIDES.map((side) => row.querySelector(`[name="${side}"]`));
const values = (row) => fields(row).map((field) => Number.parseFloat(field.value.replace(",", ".")));
const isEmpty = (row) => fields(row).every((field) => !field.value.trim());
const within = (value, least, most) => Math.min(Math.max(value, least), most);

function write(row, box) {
  fields(row).forEach((field, at) => {
    field.value = box ? box[at].toFixed(2) : "";
  });
  fields(row)[0].dispatchEvent(new Event("change", { bubbles: true }));
}

class Sheet {
  constructor(root, drawing) {
    this.drawing = drawing;
    this.rows = root.querySelector("[data-masks-rows]");
    const { width, height } = drawing.viewBox.baseVal;
    this.size = [width, height];
    root.querySelector("[data-masks-hint]").hidden = false;
    drawing.classList.add("is-live");
    drawing.addEventListener("pointerdown", (event) => this.begin(event));
    drawing.addEventListener("pointermove", (event) => this.go(event));
    for (const name of ["pointerup", "pointercancel"]) drawing.addEventListener(name, () => this.end());
    drawing.addEventListener("keydown", (event) => this.key(event));
    this.rows.addEventListener("input", () => this.draw());
    this.rows.addEventListener("change", () => this.draw());
    this.draw();
  }

  all() {
    return [...this.rows.querySelectorAll("[data-masks-row]")];
  }

  draw() {
    const had = document.activeElement?.closest?.("rect")?.dataset.row;
    this.drawing.replaceChildren();
    this.all().forEach((row, at) => {
      const box = values(row);
      if (box.some((value) => !Number.isFinite(value)) || row.querySelector('[name="remove"]').checked) return;
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const [left, top, width, height] = box.map((value, side) => (value / 100) * this.size[side % 2]);
      for (const [name, value] of Object.entries({ x: left, y: top, width, height })) rect.setAttribute(name, value);
      rect.setAttribute("class", row.classList.contains("is-proposed") ? "mask-box is-proposed" : "mask-box");
      rect.setAttribute("role", "img");
      rect.setAttribute("tabindex", "0");
      rect.setAttribute("aria-label", row.querySelector("legend").textContent.trim());
      rect.dataset.row = at;
      this.drawing.append(rect);
      if (String(at) === had) rect.focus();
    });
  }

  /** Where the pointer is, in percent. */
  at(event) {
    const place = this.drawing.getBoundingClientRect();
    return [
      within(((event.clientX - place.left) / place.width) * 100, 0, 100),
      within(((event.clientY - place.top) / place.height) * 100, 0, 100),
    ];
  }

  begin(event) {
    if (event.button) return;
    event.preventDefault();
    const from = this.at(event);
    const rect = event.target.closest("rect");
    if (rect) {
      const row = this.all()[Number(rect.dataset.row)];
      const place = rect.getBoundingClientRect();
      const sizes = place.right - event.clientX < EDGE && place.bottom - event.clientY < EDGE;
      this.drag = { row, from, box: values(row), kind: sizes ? "size" : "move" };
      rect.focus();
    } else {
      this.drag = { row: this.emptyRow(), from, box: [...from, 0, 0], kind: "new" };
    }
    this.drawing.setPointerCapture(event.pointerId);
  }

  go(event) {
    if (!this.drag) return;
    const { row, from, box, kind } = this.drag;
    const to = this.at(event);
    const [left, top, width, height] = box;
    if (kind === "move") {
      const x = within(left + to[0] - from[0], 0, 100 - width);
      const y = within(top + to[1] - from[1], 0, 100 - height);
      write(row, [x, y, width, height]);
    } else if (kind === "size") {
      const right = within(width + to[0] - from[0], SMALLEST, 100 - left);
      write(row, [left, top, right, within(height + to[1] - from[1], SMALLEST, 100 - top)]);
    } else {
      const x = Math.min(from[0], to[0]);
      const y = Math.min(from[1], to[1]);
      write(row, [x, y, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])]);
    }
  }

  end() {
    const drag = this.drag;
    this.drag = null;
    if (!drag) return;
    const [, , width, height] = values(drag.row);
    if (drag.kind === "new" && !(width >= SMALLEST && height >= SMALLEST)) write(drag.row, null);
  }

  emptyRow() {
    const free = this.all().find(isEmpty);
    if (free) {
      free.querySelector('[name="remove"]').checked = false;
      return free;
    }
    const last = this.all().at(-1);
    const row = last.cloneNode(true);
    row.classList.remove("is-proposed");
    const number = this.all().length;
    row.querySelector("legend").textContent = last.querySelector("legend").firstChild.textContent.replace(/\d+/, number + 1);
    row.querySelector('[name="remove"]').value = number;
    row.querySelector('[name="remove"]').checked = false;
    last.after(row);
    write(row, null);
    return row;
  }

  key(event) {
    const rect = event.target.closest("rect");
    if (!rect) return;
    const row = this.all()[Number(rect.dataset.row)];
    const [left, top, width, height] = values(row);
    const step = event.shiftKey ? 2 : 0.25;
    const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [];
    if (event.key === "Delete" || event.key === "Backspace") write(row, null);
    else if (x === undefined) return;
    else write(row, [within(left + x, 0, 100 - width), within(top + y, 0, 100 - height), width, height]);
    event.preventDefault();
  }
}

export function start(root) {
  for (const sheet of fresh(root, "[data-masks]", "masks")) {
    const drawing = sheet.querySelector("[data-masks-drawing]");
    if (drawing) new Sheet(sheet, drawing);
  }
}
