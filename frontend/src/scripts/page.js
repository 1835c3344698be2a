// What the scripts know of the page: its sentences, its form token, its account.

const texts = () => document.getElementById("script-texts")?.dataset ?? {};

/** The sentence `name` of core/partials/script_texts.html with its {places} filled. */
export function text(name, values = {}) {
  return (texts()[name] ?? "").replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

/** All elements below `root`, itself included, that fit `selector` and that `part` has not seen yet. */
export function fresh(root, selector, part) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  return found.filter((element) => {
    const seen = (element.startedParts ??= new Set());
    return !seen.has(part) && seen.add(part);
  });
}

/** An element with a class and a text. */
export function make(tag, className, content = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = content;
  return element;
}

/** The account that looks at this page; an empty text for visitors. */
export const account = () => document.body.dataset.account ?? "";

/** The time of day as HH:MM:SS. */
export const timeOfDay = (moment) =>
  [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
