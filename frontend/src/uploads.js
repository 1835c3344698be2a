// Files that are sent in pieces and gone on with after whatever interrupts them. Only pages that send files load this.
import { watchLeaving } from "./scripts/uploads/leaving.js";
import * as panel from "./scripts/uploads/panel.js";

watchLeaving();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => panel.start(document.body));
else panel.start(document.body);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) panel.start(event.detail.elt);
});
