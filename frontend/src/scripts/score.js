// The score sheet: a running total, what is wrong with a mark said beside it at once, Enter goes on to the next mark.
import { fresh } from "./page.js";

const NUMBER = /^\d{1,4}(\.(\d0*)?)?$/;

/** The mark in tenths of a point, or null when it is no number that can be given. */
function tenths(input) {
  const text = input.value.normalize("NFKC").trim().replace("。", ".");
  if (!NUMBER.test(text)) return null;
  const value = Math.round(Number(text) * 10);
  return value <= Number(input.dataset.score) * 10 ? value : null;
}

/** Say beside a mark what is wrong with it; an empty text takes the words away. */
function complain(input, words) {
  const place = document.getElementById(`${input.id}-error`);
  if (!place) return;
  place.querySelector("span").textContent = words;
  place.hidden = words === "";
  input.classList.toggle("is-over", words !== "");
  input.setAttribute("aria-invalid", String(words !== ""));
  input.closest(".score")?.classList.toggle("has-error", words !== "");
}

function watch(form) {
  const inputs = [...form.querySelectorAll("[data-score]")];
  const total = form.querySelector("[data-score-total]");
  const show = () => {
    const marks = inputs.map(tenths);
    const given = marks.filter((mark) => mark !== null);
    total.textContent = given.length ? String(given.reduce((sum, mark) => sum + mark, 0) / 10) : "—";
    total.classList.toggle("is-partial", given.length < inputs.length);
  };
  const judge = (input) => complain(input, input.value.trim() && tenths(input) === null ? input.dataset.scoreLimit : "");
  form.addEventListener("input", (event) => {
    show();
    if (inputs.includes(event.target)) judge(event.target);
    else if (event.target === form) inputs.forEach(judge); // filled as a whole, with what this browser had kept
  });
  form.addEventListener("draftchecked", ({ detail }) => {
    for (const input of inputs) if (detail[input.name]) complain(input, detail[input.name]);
  });
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
