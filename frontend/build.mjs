// Builds the browser's files: `node build.mjs OUTPUT_FOLDER` (icon names, one a line, on standard input).
// Every file gets a name with a hash of its content, so that browsers may keep it for ever;
// manifest.json maps the plain names to the hashed ones.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, "src");
const packages = join(here, "node_modules");
const output = process.argv[2];
const manifest = {};

/** Write `content` under the hashed form of `name` and note it in the manifest. */
function keep(name, content) {
  const extension = extname(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const hashed = `${name.slice(0, -extension.length)}.${hash}${extension}`;
  writeFileSync(join(output, hashed), content);
  manifest[name] = hashed;
}

/** A script of its own: app.js for all pages, viewer.js for those who look at a large picture, uploads.js for those
 * from which files are sent, hashing.js for the worker that reads them; check-in-worker.js keeps the page at the door. */
async function buildScript(name) {
  const result = await esbuild.build({
    entryPoints: [join(sources, name)],
    nodePaths: [packages],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    legalComments: "inline",
  });
  keep(name, result.outputFiles[0].contents);
}

async function buildStyles() {
  const { css } = sass.compile(join(sources, "app.scss"), {
    loadPaths: [packages],
    quietDeps: true,
    silenceDeprecations: ["import"], // Bootstrap 5.3 is itself written with @import
  });
  const result = await esbuild.transform(css, {
    loader: "css",
    minify: true,
    legalComments: "inline",
    target: ["chrome87", "firefox78", "safari14"],
  });
  keep("app.css", result.code);
}

/** One SVG with a <symbol> for each icon that the pages name, used as `<use href="…#house">`. */
function buildIcons(names) {
  const symbols = names.map((name) => {
    const svg = readFileSync(join(packages, "bootstrap-icons", "icons", `${name}.svg`), "utf8");
    const [, viewBox, shapes] = svg.match(/viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/);
    return `<symbol id="${name}" viewBox="${viewBox}">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  keep("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

/** Pictures that the pages show as they are: the favicon, a logo. */
function copyImages() {
  const folder = join(sources, "images");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) keep(name, readFileSync(join(folder, name)));
}

const wanted = readFileSync(0, "utf8").split("\n").filter(Boolean);
const known = new Set(readdirSync(join(packages, "bootstrap-icons", "icons")).map((name) => name.replace(/\.svg$/, "")));
await buildScript("app.js");
await buildScript("viewer.js");
await buildScript("uploads.js");
await buildScript("hashing.js");
await buildScript("check-in-worker.js");
await buildStyles();
buildIcons(wanted.filter((name) => known.has(name)));
copyImages();
writeFileSync(join(output, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
