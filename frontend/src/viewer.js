// The viewer of large pictures: OpenSeadragon over the page, with buttons of our own (its own are pictures).
// Mouse, touch (pinch), keyboard: + and − zoom, arrows move, 0 shows the whole, Escape closes.
import OpenSeadragon from "openseadragon";
import { make, text } from "./scripts/page.js";

const STEP = 1.6;

function button(label, act, className = "") {
  const made = make("button", `btn btn-secondary ${className}`.trim(), label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
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
  box.append(stage, bar);
  document.body.append(box);
  box.showModal();

  const viewer = OpenSeadragon({
    element: stage,
    tileSources: [tilesOf(link.dataset)],
    showNavigationControl: false,
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
  stage.addEventListener("keydown", (event) => {
    if (event.key === "0") viewer.viewport.goHome();
  });
  box.addEventListener("close", () => {
    viewer.destroy();
    box.remove();
    link.focus();
  });
  stage.focus();
  box.viewer = viewer;
}

window.pictureViewer = { open };
