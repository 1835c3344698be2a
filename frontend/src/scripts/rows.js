// One box in the head chooses all rows of its group; the number chosen is told. A table wider than its frame can be
// scrolled by keyboard.
import { fresh, text } from "./page.js";

function allowScrolling(frame) {
  const wide = frame.scrollWidth > frame.clientWidth;
  if (wide) frame.tabIndex = 0;
  else frame.removeAttribute("tabindex");
}

export function start(root) {
  for (const frame of fresh(root, ".table-frame.is-cards", "rows")) {
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", frame.querySelector("caption")?.textContent ?? "");
    new ResizeObserver(() => allowScrolling(frame)).observe(frame);
  }
  for (const all of fresh(root, "[data-select-all]", "rows")) {
    const group = all.dataset.selectAll;
    const rows = () => [...document.querySelectorAll(`[data-select-row="${group}"]:not(:disabled)`)];
    const tell = () => {
      const count = rows().filter((row) => row.checked).length;
      all.checked = count > 0 && count === rows().length;
      all.indeterminate = count > 0 && count < rows().length;
      for (const place of document.querySelectorAll(`[data-select-count="${group}"]`)) {
        place.textContent = text("rowsChosen", { count });
      }
    };
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const row of rows()) row.checked = all.checked;
      tell();
    });
    document.addEventListener("change", (event) => { if (event.target.dataset?.selectRow === group) tell(); });
    tell();
  }
}
