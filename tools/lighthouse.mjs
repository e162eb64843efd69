// Scores of a chapter under Lighthouse's mobile setting: node tools/lighthouse.mjs _build/html [page ...]
// Needs Chromium and Lighthouse: npm install --prefix FOLDER lighthouse, and LIGHTHOUSE=FOLDER before the command.
// The times hold on a quiet machine alone; the other three scores anywhere.
// Files are served compressed, as a host of static files does. Ends with 1 if a score is below 95.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [folder, ...given] = process.argv.slice(2);
if (!folder) {
  console.error("Give the folder of the site: node tools/lighthouse.mjs _build/html");
  process.exit(2);
}
const pages = given.length ? given : ["book/intro.html", "book/04_optimizers.html", "book/08_capstone.html"];
const require = createRequire(join(process.env.LIGHTHOUSE ?? process.cwd(), "x.js"));
async function load(name) {
  try {
    return await import(pathToFileURL(require.resolve(name)).href);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    console.error(`${name} is not there. Try: npm install --prefix FOLDER lighthouse, and LIGHTHOUSE=FOLDER before the command.`);
    process.exit(2);
  }
}
const { default: lighthouse } = await load("lighthouse");
const { launch } = await load("chrome-launcher");

const KINDS = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
  ".woff2": "font/woff2", ".woff": "font/woff", ".png": "image/png", ".json": "application/json", ".txt": "text/plain" };
// A host compresses a file once, and has it in memory when it is asked for.
const kept = new Map();
async function file(path) {
  const data = await readFile(path);
  const packed = /\.(html|js|css|svg|json)$/.test(path);
  const head = { "content-type": KINDS[extname(path)] ?? "application/octet-stream", "cache-control": "max-age=600" };
  if (packed) head["content-encoding"] = "gzip";
  return { head, body: packed ? gzipSync(data, { level: 6 }) : data };
}
const server = createServer(async (request, response) => {
  try {
    const path = resolve(folder, "." + decodeURIComponent(new URL(request.url, "http://x").pathname));
    if (!path.startsWith(resolve(folder))) throw new Error("outside of the site");
    if (!kept.has(path)) kept.set(path, await file(path));
    const { head, body } = kept.get(path);
    response.writeHead(200, head).end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, "127.0.0.1");

await new Promise((done) => server.once("listening", done));

const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"];
let low = false;
for (const page of pages) {
  // Each is a first visit: what an earlier page has left in the browser is no help, and no hindrance.
  const chrome = await launch({ chromePath: process.env.CHROME_PATH ?? "/usr/bin/chromium", chromeFlags: flags });
  const address = `http://127.0.0.1:${server.address().port}/${page}`;
  await fetch(address);
  const { lhr } = await lighthouse(address, { port: chrome.port, output: "json", logLevel: "error" });
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(100 * score)]));
  const numbers = Object.fromEntries(["largest-contentful-paint", "cumulative-layout-shift", "total-blocking-time", "total-byte-weight"]
    .map((name) => [name, Number(lhr.audits[name]?.numericValue?.toFixed(3))]));
  console.log(JSON.stringify({ page, scores, ...numbers }));
  low ||= Object.entries(scores).some(([name, score]) => ["performance", "accessibility", "best-practices", "seo"].includes(name) && score < 95);
  const costs = Object.values(lhr.audits).filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== "informative");
  for (const { id, title, displayValue } of costs) console.log(`  ${id}: ${title} ${displayValue ?? ""}`);
  await chrome.kill();
}
server.close();
process.exit(low ? 1 : 0);
