// Loads a figure when its place comes near the window, and nothing before that.
(() => {
  const here = new URL(".", document.currentScript.src);
  const scripts = new Map();

  function load(name) {
    if (!scripts.has(name)) {
      scripts.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(`${name}.js`, here);
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${script.src} was not loaded.`));
        document.head.append(script);
      }));
    }
    return scripts.get(name);
  }

  async function show(place) {
    try {
      await load("core");
      await load(place.dataset.figure);
      await window.courseFigures.show(place);
    } catch (error) {
      place.hidden = true; // the picture above says the same
      console.warn(error);
    }
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      show(target);
    }
  }, { rootMargin: "800px" });

  for (const place of document.querySelectorAll(".course-interactive[data-ready]")) {
    place.hidden = false;
    near.observe(place);
    // An address with a figure's state in it leads to the figure.
    if (location.hash.startsWith(`#${place.dataset.figure}:`)) place.scrollIntoView();
  }
})();
