// Typesets a page's formulas without holding the page up: MathJax comes when the text is on the screen, and sets the
// formulas near the window, a few at a time. The others follow when the reader first moves, when they are asked for, or
// after some seconds.
(() => {
  const { src } = document.currentScript.dataset;
  const SLICE = 8; // milliseconds: a slow phone takes four times as long, and still answers to a finger
  const NEAR = "500px"; // above and below the window
  const PATIENCE = 10_000; // milliseconds, then all of them are set: who reads by ear may give no sign
  const SIGNS = ["scroll", "keydown", "pointerdown", "pointermove", "touchstart", "beforeprint"];

  const waiting = new Set(document.querySelectorAll(".math"));
  const near = new Set();
  const idle = window.requestIdleCallback?.bind(window) ?? ((work) => setTimeout(work, 1));
  let [done, ready, asked, busy, many] = [null, false, false, false, 4];
  const all = new Promise((resolve) => { done = resolve; });
  // Who waits for this promise, to print or to test a page, asks for all formulas.
  const promise = { get: () => (many = Infinity, everything(), all), configurable: true };
  window.MathJax.startup = { typeset: false, pageReady };
  Object.defineProperty(window.MathJax.startup, "promise", promise);

  function pageReady() {
    Object.defineProperty(MathJax.startup, "promise", promise);
    ready = true;
    next();
    return all;
  }

  function everything() {
    asked = true;
    next();
  }

  const load = () => {
    const script = document.createElement("script");
    script.src = src;
    script.onerror = () => done(); // formulas stay as they are written
    document.head.append(script);
  };

  function next() {
    if (!near.size && !asked) return;
    if (!load.begun) load(load.begun = true);
    if (!waiting.size) done();
    if (!ready || busy || !waiting.size) return;
    busy = true;
    const some = [...(near.size && many < Infinity ? near : waiting)].slice(0, many);
    for (const node of some) forget(node);
    const began = performance.now();
    MathJax.typesetPromise(some).catch((error) => console.error(error)).then(() => {
      const took = Math.max(performance.now() - began, 0.1);
      if (many < Infinity) many = Math.round(Math.max(4, Math.min(40, 2 * many, (many * SLICE) / took)));
      idle(() => next((busy = false)), { timeout: 300 });
    });
  }

  function forget(node) {
    waiting.delete(node);
    near.delete(node);
    watcher.unobserve(node);
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) near[isIntersecting ? "add" : "delete"](target);
    next();
  }, { rootMargin: NEAR });

  // Two frames later the text is on the screen.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    for (const node of waiting) watcher.observe(node);
    for (const sign of SIGNS) addEventListener(sign, everything, { once: true, passive: true });
    setTimeout(everything, PATIENCE);
  }));
  // Paper shows all of them.
  addEventListener("beforeprint", () => ready && waiting.size && MathJax.typeset([...waiting]));
})();
