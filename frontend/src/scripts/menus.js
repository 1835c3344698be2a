// Menus and questions made of <details>: Escape and a click elsewhere close them.
import { fresh } from "./page.js";

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

function close(menu, focus) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) close(menu, false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) close(menu, menu.contains(document.activeElement));
});

export function start(root) {
  for (const button of fresh(root, "[data-menu-close]", "menus")) {
    button.hidden = false;
    button.addEventListener("click", () => close(button.closest("details"), true));
  }
  for (const button of fresh(root, "[data-print]", "menus")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
