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

/** On a phone a row of tabs is wider than the screen: show where one is, in the middle of it. */
function bringIntoSight(tab) {
  const list = tab.closest("ul"), row = list.getBoundingClientRect(), own = tab.getBoundingClientRect();
  list.scrollLeft += own.left - row.left - (row.width - own.width) / 2;
}

export function start(root) {
  for (const tab of fresh(root, ".tabs .is-active", "menus")) bringIntoSight(tab);
  for (const button of fresh(root, "[data-menu-close]", "menus")) {
    button.hidden = false;
    button.addEventListener("click", () => close(button.closest("details"), true));
  }
  for (const button of fresh(root, "[data-print]", "menus")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
