// The chosen file's name and size at once; the server decides, yet nobody should wait for 600 MB to be refused.
import { fresh, text } from "./page.js";
import { sizeText } from "./sizes.js";

function check(input) {
  const place = document.querySelector(`[data-file-chosen="${input.id}"]`);
  const limit = Number(input.dataset.maxBytes || 0);
  const large = [...input.files].find((file) => limit && file.size > limit);
  const words = large
    ? text("fileTooLarge", { name: large.name, size: sizeText(large.size), limit: sizeText(limit) })
    : [...input.files].map((file) => text("fileChosen", { name: file.name, size: sizeText(file.size) })).join(" ");
  input.setCustomValidity(large ? words : "");
  if (large) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  if (place) {
    place.textContent = words;
    place.classList.toggle("is-too-large", Boolean(large));
  }
  return !large;
}

export function start(root) {
  for (const input of fresh(root, "input[type=file]", "files")) {
    input.addEventListener("change", () => check(input));
    // Before the guard against doubled clicks marks the form as sent.
    input.form?.addEventListener("submit", (event) => {
      if (check(input)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    }, true);
  }
}
