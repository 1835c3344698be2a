// The viewer of large pictures: OpenSeadragon over the page, with buttons of our own (its own are pictures).
// Mouse, touch (pinch), keyboard: + and − zoom, arrows move, 0 shows the whole, Escape closes, wherever the focus is.
import OpenSeadragon from "openseadragon";
import { closeOnBack } from "./scripts/back.js";
import { make, text } from "./scripts/page.js";

const STEP = 1.6;
const PAN = 0.15; // of what is seen
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// A picture that is closed while parts of it are on their way is nothing to warn of.
OpenSeadragon.console = { ...console, warn() {} };

function button(label, act, className = "") {
  const made = make("button", `btn btn-secondary ${className}`.trim(), label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** What to show: a picture in tiles, or (a page of a PDF) one that is whole. */
function sourceOf(link) {
  return link.dataset.zoomSize ? tilesOf(link.dataset) : { type: "image", url: link.href };
}

function tilesOf({ zoom, zoomSize, zoomTile, zoomFirst }) {
  const [width, height] = zoomSize.split(" ").map(Number);
  const [tileSize, tileOverlap] = zoomTile.split(" ").map(Number);
  return {
    width,
    height,
    tileSize,
    tileOverlap,
    minLevel: Number(zoomFirst),
    getTileUrl: (level, column, row) => `${zoom}/${level}/${column}_${row}.jpg`,
  };
}

function open(link) {
  const box = make("dialog", "zoom-box");
  const stage = make("div", "zoom-stage");
  const bar = make("div", "zoom-bar");
  const name = link.querySelector("img")?.alt ?? "";
  box.setAttribute("aria-label", name);
  stage.tabIndex = 0;
  stage.setAttribute("role", "img");
  stage.setAttribute("aria-label", name);
  // OpenSeadragon adds a style element to pages that have none of this name, which our policy of content forbids.
  const styled = document.createElementNS("", "style");
  styled.setAttribute("data-openseadragon-mobile-css", "true");
  box.append(styled, stage, bar);
  document.body.append(box);
  box.showModal();

  const viewer = OpenSeadragon({
    element: stage,
    tileSources: [sourceOf(link)],
    showNavigationControl: false,
    keyboardNavEnabled: false,
    drawer: "canvas",
    maxZoomPixelRatio: 3,
    visibilityRatio: 0.6,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    gestureSettingsTouch: { pinchRotate: false },
  });
  const zoomBy = (factor) => {
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
  };
  bar.append(
    button(text("zoomIn"), () => zoomBy(STEP)),
    button(text("zoomOut"), () => zoomBy(1 / STEP)),
    button(text("zoomWhole"), () => viewer.viewport.goHome()),
    button(text("close"), () => box.close(), "zoom-close"),
  );
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const seen = viewer.viewport.getBounds();
    const way = WAYS[event.key];
    if (event.key === "+" || event.key === "=") zoomBy(STEP);
    else if (event.key === "-") zoomBy(1 / STEP);
    else if (event.key === "0") viewer.viewport.goHome();
    else if (way) {
      viewer.viewport.panBy(new OpenSeadragon.Point(way[0] * seen.width * PAN, way[1] * seen.height * PAN));
      viewer.viewport.applyConstraints();
    } else return;
    event.preventDefault();
  });
  box.addEventListener("close", () => {
    viewer.destroy();
    box.remove();
    // The part of the page with the link may have been brought up to date meanwhile.
    const now = document.querySelector(`a[data-zoom="${CSS.escape(link.dataset.zoom)}"]`);
    (link.isConnected ? link : now)?.focus();
  });
  closeOnBack(box);
  stage.focus();
  box.viewer = viewer;
}

window.pictureViewer = { open };
