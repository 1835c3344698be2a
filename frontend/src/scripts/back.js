// What lies over the page closes when one goes back, as one expects on a telephone; the page below stays.

/** Let going back close `box`, a dialog that was just opened. However it closes, the history is as before. */
export function closeOnBack(box) {
  let isBack = false;
  const back = (event) => {
    event.stopImmediatePropagation(); // for everybody else the page has not changed
    isBack = true;
    box.close();
  };
  window.history.pushState({ ...window.history.state, over: true }, "");
  window.addEventListener("popstate", back, { capture: true, once: true });
  box.addEventListener("close", () => {
    if (isBack) return;
    window.removeEventListener("popstate", back, { capture: true });
    window.addEventListener("popstate", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
    window.history.back();
  });
}
