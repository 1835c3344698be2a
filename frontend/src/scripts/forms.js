// A form is sent once however often it is pressed; errors are brought into view; a choice may send its form.
import { fresh, make, text } from "./page.js";

const BUTTONS = "button:not([type=button]), input[type=submit]";

function guard(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || form.dataset.noGuard !== undefined) return;
    form.dataset.sending = "1";
    form.setAttribute("aria-busy", "true");
    const pressed = event.submitter ?? form.querySelector(BUTTONS);
    pressed?.classList.add("is-busy");
    pressed?.append(make("span", "visually-hidden", text("sending")));
    // Disabled only after the browser has read the pressed button's own value.
    setTimeout(() => {
      for (const button of form.querySelectorAll(BUTTONS)) button.setAttribute("aria-disabled", "true");
    });
  });
}

function release(form) {
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll(BUTTONS)) {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-busy");
    button.querySelector(":scope > .visually-hidden:last-child")?.remove();
  }
}

// Coming back by the browser's Back finds the page as it was left: still busy.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-sending]");
  if (form) release(form);
});

document.addEventListener("formreleased", (event) => release(event.target));

export function start(root) {
  for (const form of fresh(root, "form[method=post]", "forms")) guard(form);
  for (const input of fresh(root, "[data-submit-on-change]", "forms")) {
    input.addEventListener("change", () => input.form.requestSubmit());
  }
  for (const summary of fresh(root, "[data-error-summary]", "forms")) {
    summary.focus();
    for (const link of summary.querySelectorAll("a[href^='#']")) {
      link.addEventListener("click", (event) => {
        const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
        if (!target) return;
        event.preventDefault();
        (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
        target.focus();
      });
    }
  }
}
