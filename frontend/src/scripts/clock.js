// The server's clock in the foot, and the time left until a deadline by that clock.
import { fresh, text } from "./page.js";

const NEAR_MS = 3 * 86_400_000; // calm until the last three days

const FAR_DAYS = 100;
const loadedAt = performance.now();
let serverAtLoad = null;
let zoneMinutes = 480;

/** The server's time now, as a Date. */
export function serverNow() {
  return new Date((serverAtLoad ?? Date.now() - (performance.now() - loadedAt)) + performance.now() - loadedAt);
}

/** `2018-05-20 14:30:05` in the server's zone. */
export function serverText(moment = serverNow()) {
  return new Date(moment.getTime() + zoneMinutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

function left(until) {
  const seconds = Math.floor((until - serverNow()) / 1000);
  if (seconds < 0) return text("timeOver");
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > FAR_DAYS) return ""; // nobody counts those
  if (days) return text("daysLeft", { days, hours });
  if (hours) return text("hoursLeft", { hours, minutes });
  return text("minutesLeft", { minutes, seconds: seconds % 60 });
}

function readServerTime() {
  const shown = document.querySelector("[data-server-time]");
  if (!shown || serverAtLoad !== null) return;
  const zone = shown.dateTime.match(/([+-])(\d\d):(\d\d)$/);
  if (zone) zoneMinutes = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  serverAtLoad = Date.parse(shown.dateTime);
  setInterval(() => { shown.textContent = serverText(); }, 1000);
}

export function start(root) {
  readServerTime();
  for (const element of fresh(root, "[data-countdown]", "clock")) {
    const until = Date.parse(element.dataset.countdown);
    const deadline = element.closest(".deadline");
    const show = () => {
      deadline?.classList.toggle("is-near", until - serverNow() < NEAR_MS);
      const words = left(until);
      if (element.textContent !== words) element.textContent = words;
    };
    show();
    setInterval(show, 1000);
  }
}
