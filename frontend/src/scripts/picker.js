// A person by name or pinyin initials: an ARIA combobox over the server's list of options.
import { fresh, make, text } from "./page.js";

const QUIET_MS = 200;

function watch(picker) {
  const input = picker.querySelector("[data-picker-input]");
  const list = picker.querySelector("[data-picker-list]");
  const value = picker.querySelector("[data-picker-value]");
  const chosen = picker.querySelector("[data-picker-chosen]");
  const status = picker.querySelector("[data-picker-status]");
  if (!value) return; // the results of a search without scripts stand on the page
  let timer = 0;
  let asked = 0;
  let current = -1;
  let composing = false;

  picker.classList.add("is-live");
  picker.querySelector("[data-picker-find]").disabled = true;
  for (const [name, content] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, content);

  const options = () => [...list.querySelectorAll("[role=option]")];

  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (open) list.scrollIntoView({ block: "nearest" });
    else {
      current = -1;
      input.removeAttribute("aria-activedescendant");
    }
  };

  const mark = (index) => {
    const all = options();
    if (!all.length) return;
    current = (index + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === current)));
    input.setAttribute("aria-activedescendant", all[current].id);
    all[current].scrollIntoView({ block: "nearest" });
  };

  const choose = (option) => {
    value.value = option.dataset.value;
    input.value = option.dataset.label;
    chosen.replaceChildren(make("span", "", option.dataset.label), make("span", "choice-note", option.dataset.detail));
    status.textContent = option.dataset.label;
    show(false);
    value.dispatchEvent(new Event("input", { bubbles: true }));
    if (picker.dataset.pickerSubmit !== undefined) value.form.requestSubmit();
  };

  const message = (words) => {
    list.replaceChildren();
    show(false);
    status.textContent = words;
    chosen.replaceChildren(make("span", "choice-note", words));
  };

  async function find() {
    const query = input.value.trim();
    const turn = ++asked;
    if (!query) return message("");
    // By POST: a name in the address would stand in the log of every proxy on the way.
    const token = value.form?.elements.namedItem("csrf_token")?.value ?? "";
    try {
      const response = await fetch(picker.dataset.pickerUrl, {
        method: "POST",
        body: new URLSearchParams({ q: query, csrf_token: token }),
        headers: { "HX-Request": "true" },
        credentials: "same-origin",
      });
      if (turn !== asked) return undefined;
      if (!response.ok) return message(text("pickerFailed"));
      list.innerHTML = await response.text();
      options().forEach((option, place) => { option.id = `${list.id}-${place}`; });
      const count = options().length;
      if (!count) return message(text("pickerNone"));
      status.textContent = text("pickerCount", { count });
      show(true);
      mark(0);
    } catch {
      if (turn === asked) message(text("pickerFailed"));
    }
    return undefined;
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(find, QUIET_MS);
  };

  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; later(); });
  input.addEventListener("input", () => {
    value.value = "";
    chosen.replaceChildren();
    if (!composing) later();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) find();
      else mark(current + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && current >= 0) {
      event.preventDefault();
      choose(options()[current]);
    } else if (event.key === "Enter" && input.value.trim() && !value.value) event.preventDefault();
    else if (event.key === "Escape") show(false);
  });
  // Before the blur that the click causes.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  input.addEventListener("blur", () => show(false));
}

export function start(root) {
  for (const picker of fresh(root, "[data-picker]", "picker")) watch(picker);
}
