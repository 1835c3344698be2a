// Two devices saved different marks for one work: both values of each line, and a button for each device.
import { make, text } from "../page.js";

function nameOf(field) {
  const label = document.querySelector(`label[for="${field.id}"]`);
  return (label?.firstChild?.textContent ?? field.getAttribute("aria-label") ?? "").trim();
}

/** Ask which of both is to stay; `choose` is told "mine" or "theirs" once. */
export function showConflict(form, theirs, choose) {
  form.querySelector(".sheet-conflict")?.remove();
  const box = make("div", "alert tone-warning sheet-conflict");
  box.setAttribute("role", "alert");
  const list = make("ul", "sheet-conflict-lines");
  for (const [name, value] of theirs) {
    const field = form.elements.namedItem(name);
    if (field.value.trim() === value.trim()) continue;
    list.append(make("li", "", text("sheetDiffers", {
      name: nameOf(field), mine: field.value.trim() || "—", theirs: value.trim() || "—",
    })));
  }
  const buttons = make("p", "btn-row");
  for (const [choice, words] of [["mine", "sheetMine"], ["theirs", "sheetTheirs"]]) {
    const button = make("button", choice === "mine" ? "btn btn-primary" : "btn btn-secondary", text(words));
    button.type = "button";
    button.addEventListener("click", () => {
      box.remove();
      choose(choice);
    });
    buttons.append(button);
  }
  const inside = make("div", "alert-text");
  inside.append(make("p", "alert-title", text("sheetConflict")), list, buttons);
  box.append(inside);
  form.querySelector(".submit-bar").before(box);
  box.scrollIntoView({ block: "nearest" });
}
