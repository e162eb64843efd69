// Keeps the book readable without a network. The build writes this file's version and list of files (page_head.py).
const KEPT = "course-__VERSION__";
const FILES = [/* files */];

// Ask the network first: what is read is never older than it has to be. Without one, what was kept.
async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(KEPT);
    const url = new URL(request.url);
    if (url.pathname.endsWith("/")) url.pathname += "index.html";
    const kept = await cache.match(url.href, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

// A file that fails today is missing, and no reason to keep none.
async function keep() {
  const cache = await caches.open(KEPT);
  for (let i = 0; i < FILES.length; i += 8) {
    await Promise.allSettled(FILES.slice(i, i + 8).map(async (file) => (await cache.match(file)) ?? cache.add(file)));
  }
  for (const name of await caches.keys()) {
    if (name.startsWith("course-") && name !== KEPT) await caches.delete(name);
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keep().then(() => event.source?.postMessage("kept")));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.href.startsWith(self.registration.scope) && !url.pathname.includes("/lite/");
  if (event.request.method === "GET" && ours) event.respondWith(answer(event.request));
});
