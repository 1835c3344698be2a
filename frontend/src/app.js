// Comfort on top of pages that work without it: every part looks for its own attributes.
import htmx from "htmx.org";
import * as door from "./scripts/arrivals/door.js";
import * as arrivals from "./scripts/arrivals/sending.js";
import * as autosave from "./scripts/autosave.js";
import * as clock from "./scripts/clock.js";
import * as files from "./scripts/files.js";
import * as forms from "./scripts/forms.js";
import * as keep from "./scripts/keep.js";
import * as lightbox from "./scripts/lightbox.js";
import * as masks from "./scripts/masks.js";
import * as menus from "./scripts/menus.js";
import * as passkeys from "./scripts/passkeys.js";
import * as picker from "./scripts/picker.js";
import "./scripts/previews.js";
import * as rows from "./scripts/rows.js";
import * as score from "./scripts/score.js";
import * as sheet from "./scripts/sheet/saving.js";
import * as waiting from "./scripts/sheet/waiting.js";
import * as ways from "./scripts/sheet/ways.js";
import * as sums from "./scripts/sums.js";
import * as unsaved from "./scripts/unsaved.js";
import * as zoom from "./scripts/zoom.js";

window.htmx = htmx;

const parts = [clock, menus, forms, keep, autosave, unsaved, picker, rows, score, sums, files, lightbox, zoom, masks,
  sheet, ways, waiting, arrivals, door, passkeys];

/** Start every part on what is new below `root`. */
function start(root) {
  for (const part of parts) part.start(root);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document.body));
else start(document.body);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) start(event.detail.elt);
});
