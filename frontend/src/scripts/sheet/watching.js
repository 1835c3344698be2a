// How long a work has been before the judge: only while the page is seen and something was done in the last minute,
// or a film plays.
const PAUSE_MS = 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "wheel", "input"];

/** Starts counting; gives a function that tells the seconds so far. */
export function secondsInView() {
  let seconds = 0;
  let last = Date.now();
  const notice = () => { last = Date.now(); };
  for (const sign of SIGNS) window.addEventListener(sign, notice, { passive: true, capture: true });
  setInterval(() => {
    const plays = [...document.querySelectorAll("video")].some((film) => !film.paused);
    if (document.visibilityState === "visible" && (plays || Date.now() - last < PAUSE_MS)) seconds += 1;
  }, 1000);
  return () => seconds;
}
