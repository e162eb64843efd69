// Loads a page's fonts and scripts, these in their order, when its text is on the screen; sooner for a reader who can't wait. When all
// have run, the page says so (data-scripts="ready").
((files) => {
  const root = document.documentElement;
  const signs = ["keydown", "pointerdown", "touchstart", "beforeprint"];
  let left = files.length;

  function done() {
    left -= 1;
    if (!left) root.dataset.scripts = "ready";
  }

  function start() {
    if (root.dataset.scripts) return;
    root.dataset.scripts = "loading";
    for (const sign of signs) removeEventListener(sign, start);
    for (const fonts of document.querySelectorAll("style[data-fonts]")) fonts.media = "all";
    try {
      localStorage.setItem("fonts", "known");
    } catch {
      // The browser keeps nothing for this site: the fonts come after the text each time.
    }
    for (const [src, data] of files) {
      const script = Object.assign(document.createElement("script"), { src, async: false, onload: done, onerror: done });
      Object.assign(script.dataset, data);
      document.head.append(script);
    }
  }

  // Sections on the way to what the Tab key reaches are laid out only then, and may push it out of sight.
  function follow({ target }) {
    const { top, bottom } = target.getBoundingClientRect();
    if (target.matches(":focus-visible") && (bottom <= 0 || top >= innerHeight)) target.scrollIntoView({ block: "center", behavior: "instant" });
  }
  addEventListener("focusin", (event) => {
    for (const later of [50, 150]) setTimeout(() => document.activeElement === event.target && follow(event), later);
  });

  for (const sign of signs) addEventListener(sign, start);
  new PerformanceObserver((_, observer) => setTimeout(start, observer.disconnect())).observe({ type: "paint", buffered: true });
  addEventListener("load", () => setTimeout(start, 1000)); // a page in the background is not painted
})
