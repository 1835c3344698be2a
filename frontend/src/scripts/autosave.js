// Drafts save themselves: some time after the last key, again later when the line was down, at once when the page hides.
import { serverText } from "./clock.js";
import { fresh, text } from "./page.js";

const QUIET_MS = 2000;
const RETRY_MS = [5000, 15_000, 30_000, 60_000];

/** The form's fields without files, as they would be sent. */
function body(form) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  return data;
}

/** A page open for long has an old form token: put a fresh one into every form. Whether that worked. */
async function renewToken() {
  const response = await fetch("/csrf", { credentials: "same-origin" });
  if (!response.ok) return false;
  const token = (await response.text()).trim();
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  return true;
}

function watch(form) {
  const status = form.querySelector("[data-save-status]") ?? document.querySelector(`[data-save-status="${form.id}"]`);
  let timer = 0;
  let failures = 0;
  let changed = false;
  let running = null;
  let waiting = false;
  let stopped = false;
  let renewed = false;

  const say = (words, look = "") => {
    if (!status) return;
    status.textContent = words;
    status.classList.toggle("is-failed", look === "failed");
    status.classList.toggle("is-saved", look === "saved");
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const stop = (name) => {
    stopped = true;
    say(text(name), "failed");
  };

  const takeVersion = (version) => {
    const field = form.elements.namedItem("version");
    if (version && field) field.value = version;
  };

  async function absorb(response) {
    takeVersion(response.headers.get("X-Form-Version"));
    const kind = response.headers.get("Content-Type") ?? "";
    if (kind.startsWith("application/json")) takeVersion((await response.json()).version);
    else if (kind.startsWith("text/html") && form.dataset.autosaveTarget) {
      const target = document.querySelector(form.dataset.autosaveTarget);
      if (target) window.htmx.swap(target, await response.text(), { swapStyle: "innerHTML" });
    }
  }

  function save() {
    clearTimeout(timer);
    if (!changed || stopped || running || form.dataset.sending) return;
    running = send();
  }

  async function send() {
    changed = false;
    say(text("saving"));
    try {
      const response = await fetch(form.dataset.autosaveUrl, {
        method: "POST",
        body: body(form),
        credentials: "same-origin",
        redirect: "error",
        keepalive: document.visibilityState === "hidden",
        headers: { Accept: "application/json, text/html;q=0.9", "X-Autosave": "1", "HX-Request": "true" },
      });
      if (response.ok) {
        await absorb(response);
        failures = 0;
        renewed = false;
        say(text("saved", { time: serverText().slice(11) }), "saved");
        if (!changed) form.dispatchEvent(new Event("autosaved"));
      } else if (response.status === 409) stop("stale");
      else if (response.status === 401 || response.status === 403) stop("signedOut");
      else if (response.status === 400 && !renewed) {
        renewed = true;
        changed = await renewToken();
      } else if (response.status === 422 || response.status === 400) say(text("refused"), "failed");
      else throw new Error(String(response.status));
    } catch {
      changed = true;
      say(text("notSaved"), "failed");
      later(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    } finally {
      running = null;
      if (changed && !failures) later(QUIET_MS);
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    changed = true;
    later(QUIET_MS);
  });
  // A save under way changes the version that the form must carry: it is waited for before the form goes.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting) return;
    waiting = true;
    running.then(() => { waiting = false; form.requestSubmit(event.submitter); });
  }, { capture: true });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  window.addEventListener("online", save);
}

export function start(root) {
  for (const form of fresh(root, "form[data-autosave]", "autosave")) watch(form);
}
