// Gives each cell of the page its button, and loads nothing else until one is pressed.
(() => {
  const script = document.currentScript;
  const here = new URL(".", script.src);

  function element(name, words, attributes = {}) {
    const node = Object.assign(document.createElement(name), { textContent: words });
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  function hasEdit(key) {
    try {
      return localStorage.getItem(key) !== null;
    } catch {
      return false; // the browser keeps nothing for this site
    }
  }

  // A browser starts no Python for a page that is a file.
  function cannot(page) {
    const words = "This page is a file, and a browser runs Python only for pages that come from a server. "
      + "Open the course's site, or run make lab. ";
    const notebook = document.querySelector(`a.download[href$="/${page}.ipynb"]`);
    const link = notebook && element("a", "Or download the notebook.", { href: notebook.href, download: "" });
    return [words, ...(link ? [link] : [])];
  }

  function prepare(place) {
    const { page } = place.closest(".course-cells").dataset;
    const name = place.dataset.exercise;
    const key = `course-cell:${page}/${name}`;
    const button = element("button", hasEdit(key) ? "Go on with yours" : "Try it here", {
      type: "button", "aria-label": `${hasEdit(key) ? "Go on with yours" : "Try it here"}: ${name}`,
    });
    const status = element("span", `The first time, Python is loaded: about ${script.dataset.megabytes} MB.`);
    const line = element("p", "", { class: "course-cell-door" });
    line.append(button, " ", status);
    place.append(line);
    button.addEventListener("click", async () => {
      status.setAttribute("role", "status");
      if (location.protocol === "file:") {
        status.replaceChildren(...cannot(page));
        return;
      }
      button.disabled = true;
      status.textContent = "Loading the editor.";
      const bar = element("progress", "", { "aria-label": "Loading the editor" });
      line.append(bar);
      try {
        const { open } = await import(new URL("cell.js", here));
        open(place, { key, name, lite: new URL("../lite/", here) });
        line.remove();
      } catch {
        bar.remove();
        button.disabled = false;
        status.textContent = "The editor could not be loaded. Are you offline? Press the button to try again.";
      }
    });
  }

  for (const group of document.querySelectorAll(".course-cells")) {
    const about = element("p", " turns an exercise into a cell: you can write, run and check it on this page. What you write "
      + "stays in this browser, and the cells share what they define. To hand in, copy your functions into the notebook.");
    about.prepend(element("em", "Try it here"));
    group.querySelector("p").after(about);
    group.querySelectorAll(".course-cell").forEach(prepare);
  }
})();
