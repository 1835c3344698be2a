// While files are on their way the window stays: forms are sent and their pages shown without leaving it, and whoever
// closes it is asked first. Otherwise adding an author to the form would cut every upload off.
import { make } from "../page.js";
import { inThisWindow } from "./queue.js";
import { words } from "./words.js";

let shown = location.pathname + location.search;

function addressOf(form, submitter) {
  return new URL(submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href, location.href);
}

function fieldsOf(form, submitter) {
  const fields = new FormData(form);
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  return fields;
}

/** The answer as a page of this account; null for anything else. */
async function pageOf(response) {
  const html = (response.headers.get("Content-Type") ?? "").startsWith("text/html");
  const page = html ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  return page?.getElementById("main") && page.body.dataset.account === document.body.dataset.account ? page : null;
}

/** Put a part of a fetched page in place of its like here, alive. */
function put(part, old) {
  const placed = document.importNode(part, true);
  old.replaceWith(placed);
  window.htmx.process(placed);
  placed.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: placed } }));
  return placed;
}

/** Bring the parts with these ids up to date from the answer; the whole page, where it has them no more. */
export async function showParts(response, ids) {
  const page = await pageOf(response.clone());
  if (!page || ids.some((id) => !page.getElementById(id))) return show(response, null);
  for (const id of ids) {
    const old = document.getElementById(id);
    if (old) put(page.getElementById(id), old);
  }
  return undefined;
}

/** Put the answer's main part in place of this page's; what cannot be shown so is gone to. */
async function show(response, form) {
  const address = new URL(response.url);
  const page = await pageOf(response);
  const [main, old] = [page?.getElementById("main"), document.getElementById("main")];
  if (!main || !old) {
    location.assign(address);
    return;
  }
  const failed = main.dataset.outcome === "failed" || main.querySelector("[data-error-summary]");
  if (form && !failed) form.dispatchEvent(new Event("autosaved")); // what was typed has arrived
  const stays = address.pathname === location.pathname;
  const path = address.pathname + address.search;
  if (path !== shown) history.pushState(null, "", path);
  shown = path;
  document.title = page.title;
  const placed = put(main, old);
  if (failed) return;
  if (!stays) {
    window.scrollTo(0, 0);
    placed.focus({ preventScroll: true });
  }
}

/** Show the same page as it is now. */
export async function showAgain() {
  try {
    await show(await fetch(location.href, { credentials: "same-origin" }), null);
  } catch {
    // It shows the next time.
  }
}

async function send(form, submitter) {
  const address = addressOf(form, submitter);
  const fields = fieldsOf(form, submitter);
  const options = { method: form.method.toUpperCase(), credentials: "same-origin" };
  if (options.method === "GET") address.search = new URLSearchParams(fields).toString();
  else options.body = fields;
  try {
    await show(await fetch(address, options), form);
  } catch {
    form.dispatchEvent(new Event("formreleased", { bubbles: true }));
    tellFailure(form);
  }
}

function tellFailure(form) {
  form.querySelector(":scope > .upload-not-sent")?.remove();
  const box = make("p", "field-error upload-not-sent", words("formNotSent"));
  box.setAttribute("role", "alert");
  form.append(box);
}

export function watchLeaving() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const here = addressOf(form, event.submitter).origin === location.origin && !form.target;
    if (event.defaultPrevented || !here || !form.closest("main") || !inThisWindow().length) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  window.addEventListener("beforeunload", (event) => {
    if (inThisWindow().length) event.preventDefault();
  });
  window.addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) showAgain();
  });
}
