// All transfers of this window: a few are sent at a time, the others wait for their turn.

const PARALLEL = 3;

const all = new Set();

/** Every transfer of this window that has not ended. */
export const transfers = () => [...all];

/** Those whose file is here and that only this window can bring forward. */
export const inThisWindow = () =>
  transfers().filter((one) => one.file && ["queued", "sending", "waiting", "paused"].includes(one.state));

export function enter(transfer) {
  all.add(transfer);
  setTimeout(startNext);
}

export function leave(transfer) {
  all.delete(transfer);
}

const busy = () => transfers().filter((one) => one.state === "sending" || one.state === "waiting").length;

/** Sending tells of a change, and every change comes here again: so each one is asked anew whether it still waits. */
export function startNext() {
  for (const one of transfers()) {
    if (one.state === "queued" && busy() < PARALLEL) one.send();
  }
}

window.addEventListener("online", () => {
  for (const one of transfers()) {
    if (one.state !== "waiting") continue;
    one.failures = 0;
    one.send();
  }
});
window.addEventListener("offline", () => {
  for (const one of transfers()) if (one.state === "sending") one.cutOff();
});
