// The page of a session at the door: three letters open a party, counts are kept first and sent then, the page itself
// is kept so that it opens without a network.
import { fresh, make, text } from "../page.js";
import { ASSETS, PAGES, forgetOthers, freshKey, mine, pagesAreKept, put } from "./outbox.js";
import { flush } from "./sending.js";

const CODE_LENGTH = 3;

const plain = (value) => value.normalize("NFKC").trim();

function partyOf(element) {
  return element.closest("[data-party]");
}

function tell(form, words) {
  let line = form.querySelector(".arrival-told");
  if (!line) {
    line = make("p", "arrival-told");
    line.setAttribute("role", "alert");
    form.append(line);
  }
  line.textContent = words;
}

/** What is wrong with what was typed, in words; empty when nothing is. */
function problemOf(form) {
  const name = form.elements.namedItem("party_name");
  if (name && !name.value.trim()) return text("arrivalsName");
  const counts = ["pupils", "adults"].map((field) => plain(form.elements.namedItem(field).value));
  if (!counts.every((count) => /^[0-9]{1,5}$/.test(count))) return text("arrivalsCounts");
  return counts.every((count) => Number(count) === 0) ? text("arrivalsNobody") : "";
}

function recordOf(form, door) {
  const party = partyOf(form);
  const value = (name) => plain(form.elements.namedItem(name)?.value ?? "");
  const fields = ["booking", "party_name", "pupils", "adults"].map((name) => [name, value(name)]);
  return {
    key: freshKey(),
    session: door.dataset.arrivals,
    url: door.dataset.arrivalsUrl,
    label: door.dataset.arrivalsLabel,
    name: party?.dataset.name ?? (value("party_name") || form.closest(".alert")?.querySelector(".alert-title")?.textContent || ""),
    counts: `${value("pupils")}+${value("adults")}`,
    booking: value("booking"),
    fields,
    at: Date.now(),
  };
}

function submitted(event, door) {
  const form = event.target;
  const problem = problemOf(form);
  event.preventDefault();
  event.stopImmediatePropagation();
  if (problem) {
    tell(form, problem);
    return;
  }
  const record = recordOf(form, door);
  if (!put(record)) {
    // No store here: the form goes by itself, and needs the network.
    HTMLFormElement.prototype.submit.call(form);
    return;
  }
  form.querySelector(".arrival-told")?.remove();
  form.reset();
  for (const name of ["pupils", "adults", "party_name"]) {
    const field = form.elements.namedItem(name);
    if (field) field.value = "";
  }
  form.closest("details")?.removeAttribute("open");
  overlay();
  const finder = document.getElementById("code");
  if (finder) {
    finder.value = "";
    find(finder, false);
    finder.focus();
  }
  flush();
}

/** Over what the server said when the page was made: which parties wait in this browser, which may not come twice. */
function overlay() {
  const waiting = new Map(mine().filter((one) => one.booking && !one.refused).map((one) => [`${one.session}:${one.booking}`, one]));
  for (const party of document.querySelectorAll("[data-party]")) {
    const door = party.closest("[data-arrivals]");
    const record = waiting.get(`${door.dataset.arrivals}:${party.dataset.party}`);
    const state = party.querySelector(".party-state");
    const form = party.querySelector("[data-party-form]");
    state.querySelector(".arrival-waits")?.remove();
    if (record) state.append(make("span", "badge tone-info arrival-waits", text("arrivalsKept", { counts: record.counts })));
    if (form) form.hidden = Boolean(record) || state.dataset.arrived !== undefined;
  }
}

/** Show the parties whose code begins so; open the one that it names. */
function find(input, opens = true) {
  const typed = plain(input.value).toUpperCase();
  let isThere = false;
  for (const party of document.querySelectorAll("[data-party]")) {
    const fits = party.dataset.code.startsWith(typed);
    party.hidden = !fits;
    party.classList.toggle("is-chosen", fits && typed.length === CODE_LENGTH);
    isThere ||= fits;
    if (opens && fits && typed.length === CODE_LENGTH) openParty(party);
  }
  const none = document.querySelector("[data-code-none]");
  if (none) none.hidden = isThere || !typed;
  return isThere;
}

function openParty(party) {
  const details = party.querySelector("[data-party-form]:not([hidden])");
  if (!details) return;
  details.open = true;
  party.scrollIntoView({ block: "nearest" });
  details.querySelector("input[name=pupils]").focus();
}

function finder(form) {
  const input = form.querySelector("input[name=code]");
  input.addEventListener("input", () => find(input));
  form.addEventListener("submit", (event) => {
    // A party of another session is asked of the server, which alone knows it.
    if (!find(input) && navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}

/** Keep this page and what it is made of for an hour without a network (see check-in-worker.js). */
async function keepPage() {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  const wasRead = Boolean(navigator.serviceWorker.controller); // by the worker, which has kept what it read
  try {
    await forgetOthers();
    pagesAreKept(); // said first: whoever closes the page half-way leaves nothing that nobody knows of
    await navigator.serviceWorker.register("/check-in-worker.js");
    await navigator.serviceWorker.ready;
    const wanted = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src], use")]
      .map((one) => one.getAttribute("href") ?? one.getAttribute("src"))
      .map((address) => new URL(address, location.href))
      .filter((address) => address.origin === location.origin && address.pathname.startsWith("/static/"))
      .map((address) => address.pathname);
    const assets = await caches.open(ASSETS);
    for (const address of new Set(wanted)) if (!(await assets.match(address))) await assets.add(address);
    if (!wasRead) {
      const response = await fetch(location.pathname, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (response.ok && !response.redirected) await (await caches.open(PAGES)).put(location.pathname, response);
    }
    document.querySelector("[data-arrivals-ready]")?.removeAttribute("hidden");
  } catch {
    // Private windows and sites without HTTPS keep nothing: the open page still works without a network.
  }
}

/** Once the browser has gone to the address's fragment, which takes the focus away. */
function afterLoading(act) {
  if (document.readyState === "complete") act();
  else window.addEventListener("load", () => setTimeout(act));
}

function openDoor(door) {
  for (const form of door.querySelectorAll("[data-arrival-form]")) {
    form.addEventListener("submit", (event) => submitted(event, door), { capture: true });
  }
  const chosen = /^#party-[A-Z]{3}$/.test(location.hash) && document.querySelector(location.hash);
  overlay();
  if (chosen) afterLoading(() => openParty(chosen));
  if (!navigator.onLine) {
    document.querySelector(".flashes")?.remove(); // of the moment in which the page was kept
    document.querySelector("[data-arrivals-offline]")?.removeAttribute("hidden");
  }
  keepPage();
}

let isListening = false;

function listen() {
  if (isListening) return;
  isListening = true;
  document.addEventListener("arrivalschanged", overlay);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches?.("[data-polls]") && !navigator.onLine) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", overlay);
  for (const name of ["online", "offline"]) {
    window.addEventListener(name, () => {
      const line = document.querySelector("[data-arrivals-offline]");
      if (line) line.hidden = navigator.onLine;
    });
  }
}

export function start(root) {
  for (const door of fresh(root, "[data-arrivals]", "door")) {
    listen();
    openDoor(door);
  }
  for (const form of fresh(root, "[data-code-finder]", "door")) finder(form);
  if (root.querySelector("[data-polls]") || root.matches?.("[data-polls]")) listen();
}
