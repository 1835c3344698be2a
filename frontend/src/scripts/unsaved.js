// Leaving a form with changes that nobody has saved asks first (the browser's own question).
import { fresh } from "./page.js";
import { typedValues } from "./fields.js";

export function start(root) {
  for (const form of fresh(root, "form[data-warn-unsaved]", "unsaved")) {
    const state = () => JSON.stringify(typedValues(form));
    let saved = state();
    let sent = false;
    form.addEventListener("submit", (event) => { sent = !event.defaultPrevented; });
    form.addEventListener("autosaved", () => { saved = state(); });
    window.addEventListener("beforeunload", (event) => {
      if (!sent && state() !== saved) event.preventDefault();
    });
    window.addEventListener("pageshow", () => { sent = false; });
  }
}
