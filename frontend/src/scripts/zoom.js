// A large picture to look at stroke by stroke. What shows it (viewer.js) is large too and comes when it is first asked for.
import { fresh } from "./page.js";

let coming = null;

function viewer(address) {
  coming ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.pictureViewer));
    script.addEventListener("error", () => {
      coming = null; // the next press tries again
      script.remove();
      reject(new Error(address));
    });
    document.head.append(script);
  });
  return coming;
}

export function start(root) {
  for (const link of fresh(root, "a[data-zoom]", "zoom")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
      event.preventDefault();
      viewer(link.dataset.zoomScript)
        .then((found) => found.open(link))
        .catch(() => window.location.assign(link.href));
    });
  }
}
