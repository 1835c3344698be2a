// Drafts save themselves: some time after the last key, again later when the line was down, at once when the page hides.
import { serverText } from "./clock.js";
import { fresh, make, text } from "./page.js";

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
    if (kind.startsWith("application/json")) {
      const { version, problems } = await response.json();
      takeVersion(version);
      return problems ?? {};
    }
    if (kind.startsWith("text/html") && form.dataset.autosaveTarget) {
      const target = document.querySelector(form.dataset.autosaveTarget);
      if (target) {
        const isUnfolded = target.querySelector("details")?.open;
        window.htmx.swap(target, await response.text(), { swapStyle: "innerHTML" });
        if (isUnfolded) target.querySelector("details")?.setAttribute("open", "");
      }
    }
    return {};
  }

  /** Say that the draft is kept; where something in it is wrong, the form's own script is told what. */
  function settled(problems) {
    const time = serverText().slice(11);
    const wrong = Object.keys(problems).length > 0;
    if (wrong) say(text("savedWrong", { time }), "failed");
    else say(text("saved", { time }), "saved");
    if (!changed) form.dispatchEvent(new CustomEvent("draftchecked", { detail: problems }));
  }

  /** Somebody saved elsewhere, or the time is over: the server says which. A newer draft can be loaded. */
  async function refuse(response) {
    const kind = response.headers.get("Content-Type") ?? "";
    const answer = kind.startsWith("application/json") ? await response.json() : {};
    stop("stale");
    if (!answer.message) return;
    say(answer.message, "failed");
    if (answer.code !== "core.stale") return;
    const load = make("button", "btn btn-link", text("loadNewer"));
    load.type = "button";
    load.addEventListener("click", () => {
      form.dispatchEvent(new Event("autosaved")); // what was typed here is given up knowingly
      location.replace(form.dataset.autosavePage ?? location.pathname + location.search);
    });
    status?.append(" ", load);
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
        const problems = await absorb(response);
        failures = 0;
        renewed = false;
        settled(problems);
        if (!changed) form.dispatchEvent(new Event("autosaved"));
      } else if (response.status === 409) await refuse(response);
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
  for (const form of fresh(root, "form[data-autosave]", "autosave")) {
    if (!form.querySelector("[data-sheet]")) watch(form); // a score sheet is also kept without a connection: sheet/saving.js
  }
}
