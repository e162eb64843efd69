// Bundles the editor: `make editor`, or in this folder `npm ci && node bundle.mjs`, writes book/cells/editor.js.
// The first line of the result names what it was made from; a test compares it.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const SOURCES = ["editor.mjs", "package-lock.json"];
const hash = createHash("sha256");
for (const name of SOURCES) hash.update(readFileSync(new URL(name, import.meta.url)));

// Every package that is in the bundle, and its licence.
const { packages } = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
const { metafile, outputFiles } = await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["editor.mjs"],
  bundle: true, minify: true, format: "esm", target: "es2022", write: false, metafile: true, legalComments: "none",
});
const folders = Object.keys(metafile.inputs).map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
const names = [...new Set(folders.filter(Boolean))].sort();
const notices = names.map((name) => {
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${packages[`node_modules/${name}`].version}\n\n${readFileSync(new URL(file, folder), "utf8").trim()}\n`;
});
const banner = `// Made by tools/cells/bundle.mjs from ${hash.digest("hex")}; licences in editor.LICENSE.txt\n`;
const target = new URL("../../book/cells/", import.meta.url);
writeFileSync(new URL("editor.js", target), banner + outputFiles[0].text);
writeFileSync(new URL("editor.LICENSE.txt", target), notices.join(`\n${"-".repeat(80)}\n\n`));
console.log(`book/cells/editor.js: ${outputFiles[0].contents.length} bytes, of ${names.join(", ")}`);
