// The large picture over the page; Escape, the button or a click closes it.
import { closeOnBack } from "./back.js";
import { fresh, make, text } from "./page.js";

function open(link) {
  const box = make("dialog", "lightbox");
  const picture = make("img", "");
  const close = make("button", "btn btn-secondary lightbox-close", text("close"));
  const small = link.querySelector("img");
  close.type = "button";
  picture.src = link.href;
  picture.alt = small?.alt ?? "";
  box.setAttribute("aria-label", picture.alt);
  box.append(close, picture);
  box.addEventListener("click", () => box.close());
  box.addEventListener("close", () => {
    box.remove();
    link.focus();
  });
  document.body.append(box);
  box.showModal();
  closeOnBack(box);
}

export function start(root) {
  for (const link of fresh(root, "a[data-lightbox]", "lightbox")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
      event.preventDefault();
      open(link);
    });
  }
}
