// Runs Python in a thread of its own: Pyodide from the site's own files, and runner.py.
"use strict";

const CORE = ["pyodide.asm.wasm", "pyodide.asm.js", "python_stdlib"];
const NEEDED = [...CORE, "numpy", "course_lib"];
const DRAWS = /\b(plotting|matplotlib|pyplot|plt)\b/;

let files = new Map(); // of the site's Pyodide: name -> { size, words }
let [got, total] = [0, 0];
let python, session, drawing;

const nameOf = (url) => new URL(url, self.location.href).pathname.split("/").pop();

function count(name, bytes) {
  got += bytes;
  postMessage({ kind: "loading", what: files.get(name)?.words ?? "Packages", got, total });
}

// Everything that Pyodide fetches passes here and is counted on its way, so nothing is loaded twice.
const plainFetch = self.fetch.bind(self);
self.fetch = async (request, options) => {
  const answer = await plainFetch(request, options);
  const name = nameOf(request.url ?? request);
  if (!answer.ok || !answer.body || !files.has(name)) return answer;
  const counter = new TransformStream({
    transform(part, out) {
      count(name, part.length);
      out.enqueue(part);
    },
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(counter), { status, statusText, headers });
};

async function get(url) {
  const answer = await plainFetch(url);
  if (!answer.ok) throw new Error(`the server answers ${answer.status} for ${nameOf(url)}`);
  return answer;
}

async function start({ lite, before }) {
  const pyodide = new URL("static/pyodide/", lite).href;
  const list = await (await get(new URL("start.json", lite))).json();
  files = new Map(list.files.map(([path, size, words]) => [nameOf(path), { size, words }]));
  for (const [name, { size }] of files) if (NEEDED.some((begin) => name.startsWith(begin))) total += size;
  count("pyodide.asm.wasm", 0);
  const runner = get("runner.py").then((answer) => answer.text());
  importScripts(`${pyodide}pyodide.js`);
  const quiet = { stdout() {}, stderr() {} }; // what a cell prints goes through runner.py
  python = await self.loadPyodide({ indexURL: pyodide, packages: ["numpy", "course-lib"], ...quiet });
  postMessage({ kind: "starting" });
  python.FS.writeFile("runner.py", await runner);
  const say = (kind, text, line) => postMessage({ kind, text, line });
  session = python.pyimport("runner").Session(before, say);
  postMessage({ kind: "ready" });
}

// Matplotlib is as large as all the rest, and few cells draw.
async function loadMatplotlib() {
  total = 0; // not known: the bar shows that something moves, the words how much
  got = 0;
  await python.loadPackage("matplotlib", { messageCallback() {} });
  session.prepare();
  drawing = true;
  postMessage({ kind: "ready" });
}

async function run({ name, source, check, again }) {
  if (!drawing && DRAWS.test(source)) await loadMatplotlib();
  if (again.length) session.again(python.toPy(again));
  postMessage({ kind: "running" });
  postMessage({ kind: "done", right: session.run(name, source, check) });
}

const ORDERS = { start, run };
let before = Promise.resolve();

// One order after the other: a cell may be run before Python is there.
self.addEventListener("message", ({ data }) => {
  before = before.then(() => ORDERS[data.order](data)).catch((error) => {
    postMessage({ kind: "broken", text: String(error?.message ?? error) });
  });
});
