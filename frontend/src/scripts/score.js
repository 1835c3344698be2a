// The score sheet: a running total, marks beyond the most shown at once, Enter goes on to the next mark.
import { fresh } from "./page.js";

const NUMBER = /^\d+(\.\d?)?$/;

/** The mark in tenths of a point, or null when it is no number that can be given. */
function tenths(input) {
  const text = input.value.normalize("NFKC").trim();
  if (!NUMBER.test(text)) return null;
  const value = Math.round(Number(text) * 10);
  return value <= Number(input.dataset.score) * 10 ? value : null;
}

function watch(form) {
  const inputs = [...form.querySelectorAll("[data-score]")];
  const total = form.querySelector("[data-score-total]");
  const show = () => {
    const marks = inputs.map(tenths);
    inputs.forEach((input, i) => input.classList.toggle("is-over", input.value.trim() !== "" && marks[i] === null));
    const given = marks.filter((mark) => mark !== null);
    total.textContent = given.length ? String(given.reduce((sum, mark) => sum + mark, 0) / 10) : "—";
    total.classList.toggle("is-partial", given.length < inputs.length);
  };
  form.addEventListener("input", show);
  inputs.forEach((input, i) => {
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || i + 1 === inputs.length) return;
      event.preventDefault();
      inputs[i + 1].focus();
    });
  });
  total.closest("[hidden]")?.removeAttribute("hidden");
  show();
}

export function start(root) {
  for (const total of fresh(root, "[data-score-total]", "score")) watch(total.closest("form"));
}
