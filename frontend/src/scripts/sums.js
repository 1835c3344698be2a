// A sum that follows its numbers: <output data-sum-of="points" data-sum-wanted="100"> adds every input with
// data-sum="points" of its form.
import { fresh } from "./page.js";

export function start(root) {
  for (const place of fresh(root, "[data-sum-of]", "sums")) {
    const form = place.closest("form");
    const tell = () => {
      let sum = 0;
      for (const input of form.querySelectorAll(`[data-sum="${place.dataset.sumOf}"]`)) sum += Number(input.value) || 0;
      place.textContent = sum;
      place.classList.toggle("is-off", place.dataset.sumWanted !== undefined && sum !== Number(place.dataset.sumWanted));
    };
    form.addEventListener("input", tell);
    tell();
  }
}
