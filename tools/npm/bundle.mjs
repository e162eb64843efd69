// Bundles what the site has from npm: `make bundles`, or in this folder `npm ci && node bundle.mjs`.
// The first line of each result names what it was made from; a test compares it.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const LOCK = "package-lock.json";
const BOOK = new URL("../../book/", import.meta.url);
const read = (name) => readFileSync(new URL(name, import.meta.url));
const { packages } = JSON.parse(read(LOCK));

// Every package that is in a bundle, and its licence.
function notices(inputs) {
  const folders = Object.keys(inputs).map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
  return [...new Set(folders.filter(Boolean))].sort().map((name) => {
    const folder = new URL(`node_modules/${name}/`, import.meta.url);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    return `${name} ${packages[`node_modules/${name}`].version}\n\n${readFileSync(new URL(file, folder), "utf8").trim()}\n`;
  });
}

async function bundle(source, target, format, finish = (text) => text) {
  const hash = createHash("sha256").update(read(source)).update(read(LOCK)).digest("hex");
  const { metafile, outputFiles } = await build({
    absWorkingDir: new URL(".", import.meta.url).pathname,
    entryPoints: [source],
    bundle: true, minify: true, target: "es2022", write: false, metafile: true, legalComments: "none", ...format,
  });
  const licences = target.replace(/\.js$/, ".LICENSE.txt");
  const banner = `// Made by tools/npm/bundle.mjs from ${hash}; licences in ${licences.split("/").pop()}\n`;
  const text = finish(outputFiles[0].text);
  writeFileSync(new URL(target, BOOK), banner + text);
  writeFileSync(new URL(licences, BOOK), notices(metafile.inputs).join(`\n${"-".repeat(80)}\n\n`));
  console.log(`book/${target}: ${text.length} bytes`);
}

await bundle("editor.mjs", "cells/editor.js", { format: "esm" });
// The figures' modules keep to one form of export (book/_ext/figure_scripts.py).
await bundle("d3.mjs", "figures/d3.js", { format: "iife", globalName: "d3" }, (text) => text.replace(/^("use strict";)?var d3=/, "export const d3 = "));
