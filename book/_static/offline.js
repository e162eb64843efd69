// Starts the worker that keeps the book for reading without a network: once the page is shown, and only if the reader
// does not ask to save data. A page opened as a file needs none.
(() => {
  const script = document.currentScript.src;
  if (!("serviceWorker" in navigator) || !location.protocol.startsWith("http") || navigator.connection?.saveData) return;
  async function start() {
    const { active } = await navigator.serviceWorker.register(new URL("../sw.js", script)).then(() => navigator.serviceWorker.ready);
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (data === "kept") document.documentElement.dataset.offline = "ready";
    });
    active.postMessage("keep");
  }
  const soon = () => setTimeout(() => start().catch(() => {}), 4000);
  if (document.readyState === "complete") soon(); // this script may come after the page
  else addEventListener("load", soon);
})();
