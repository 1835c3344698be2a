// Going through many works: swipe, keys, sliders beside the numbers, a work pinned to be compared with another.
import { account, fresh, make, text } from "../page.js";

const FAR = 80;
const SLOW_MS = 700;
const FIELDS = "input, textarea, select, [contenteditable], video, audio, dialog, [role=slider]";
const OWN_SWIPE = "input, textarea, select, video, dialog, .pages, .own-spread-frame, [data-zoom-open]";

/** Follow the link to the next or the previous work. */
function go(rel) {
  document.querySelector(`[data-judge-way] a[rel=${rel}]`)?.click();
}

function keys(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || event.target.closest?.(FIELDS)) return;
  const rel = { ArrowRight: "next", j: "next", ArrowLeft: "prev", k: "prev" }[event.key];
  const place = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
  const input = document.querySelectorAll("[data-score]")[place];
  if (rel) go(rel);
  else if (input) input.focus();
  else return;
  event.preventDefault();
}

/** Whether something between the finger and the page scrolls sideways itself. */
function scrollsItself(element, top) {
  for (let one = element; one && one !== top; one = one.parentElement) {
    if (one.matches(OWN_SWIPE) || one.scrollWidth > one.clientWidth + 4) return true;
  }
  return false;
}

function swipes(area) {
  let begin = null;
  area.addEventListener("touchstart", (event) => {
    const single = event.touches.length === 1 && !scrollsItself(event.target, area);
    begin = single ? { x: event.touches[0].clientX, y: event.touches[0].clientY, at: Date.now() } : null;
  }, { passive: true });
  area.addEventListener("touchend", (event) => {
    if (!begin || (window.visualViewport?.scale ?? 1) > 1.05) return;
    const [x, y] = [event.changedTouches[0].clientX - begin.x, event.changedTouches[0].clientY - begin.y];
    if (Math.abs(x) < FAR || Math.abs(y) > Math.abs(x) / 2 || Date.now() - begin.at > SLOW_MS) return;
    go(x < 0 ? "next" : "prev");
  }, { passive: true });
}

function slides(slider) {
  const input = document.getElementById(slider.dataset.scoreSlider);
  const follow = () => {
    const value = Number(input.value.normalize("NFKC").replace("。", "."));
    const isGiven = input.value.trim() !== "" && Number.isFinite(value);
    slider.value = isGiven ? value : 0;
    slider.classList.toggle("is-empty", !isGiven);
    slider.setAttribute("aria-valuetext", isGiven ? String(value) : text("notMarked"));
  };
  slider.hidden = false;
  slider.addEventListener("input", (event) => {
    event.stopPropagation();
    input.value = slider.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.form.addEventListener("input", follow);
  follow();
}

function pins(button) {
  const name = `pins:${account()}`;
  const { pin: task, pinRound: round, pinLabel: label, pinCompare: compare } = button.dataset;
  const link = make("a", "btn btn-secondary btn-sm");
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? {};
    } catch {
      return {};
    }
  };
  const show = () => {
    const pinned = read()[round];
    const isThis = pinned?.task === task;
    button.setAttribute("aria-pressed", String(isThis));
    button.querySelector("[data-pin-text]").textContent = text(isThis ? "unpin" : "pinIt");
    link.remove();
    if (!pinned || isThis) return;
    link.textContent = text("compareWith", { label: pinned.label });
    link.href = `${compare}?with=${pinned.task}`;
    button.after(link);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = read();
    if (all[round]?.task === task) delete all[round];
    else all[round] = { task, label };
    try {
      localStorage.setItem(name, JSON.stringify(all));
    } catch {
      // The choice on the page of comparison works without it.
    }
    show();
  });
  show();
}

export function start(root) {
  for (const slider of fresh(root, "[data-score-slider]", "slider")) slides(slider);
  for (const button of fresh(root, "[data-pin]", "pin")) pins(button);
  for (const area of fresh(root, "[data-swipe]", "swipe")) swipes(area);
  for (const words of fresh(root, "[data-judge-keys]", "keys")) {
    words.hidden = false;
    document.addEventListener("keydown", keys);
  }
}
