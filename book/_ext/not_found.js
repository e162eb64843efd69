// Runs in the head of 404.html, which a host shows at any wrong address below the book, or beside it. Finds the folder
// that has the book, the first one on the way to the address, and makes all paths begin there. Scripts wait for that.
((first) => {
  const root = document.documentElement;
  const base = document.querySelector("base");
  const here = location.pathname;
  root.dataset.scripts = "waiting";

  async function find() {
    const folders = here.split("/").slice(1, -1);
    for (let i = 0; i <= Math.min(folders.length, 6); i += 1) {
      const folder = ["", ...folders.slice(0, i), ""].join("/");
      if ((await fetch(folder + first, { method: "HEAD" })).ok) return folder;
    }
    return null;
  }

  function move(folder) {
    if (!folder || base.href === new URL(folder, location.href).href) return;
    base.setAttribute("href", folder);
    for (const image of document.images) image.src = image.getAttribute("src");
    for (const style of document.querySelectorAll("style[data-fonts]")) style.append(""); // its paths are read again
  }

  function readable(address) {
    try {
      return decodeURI(address);
    } catch { // a lone %
      return address;
    }
  }

  function fill() {
    const wrong = !here.endsWith("/404.html");
    const link = document.referrer && new URL(document.referrer);
    const show = (name, before, text) => {
      const code = Object.assign(document.createElement("code"), { textContent: text });
      document.querySelector(name)?.append(before, code);
    };
    if (wrong) {
      show(".course-address", ": ", readable(location.href));
      const words = readable(here).split("/").pop().replace(/\.\w+$/, "").match(/[\p{L}]{2,}/gu) ?? [];
      document.querySelector(".course-search input").value = words.join(" ");
    }
    if (link) show(".course-referrer", ", such as one on ", link.href);
    for (const a of document.querySelectorAll("a.course-report")) {
      const address = new URL(a.href);
      if (wrong) address.searchParams.set("page", here);
      if (wrong) address.searchParams.set("what", `A link leads to ${location.href}, where nothing is.${link ? ` It is on ${link.href}` : ""}`);
      a.href = address;
    }
    for (const a of document.querySelectorAll('a[href^="404.html#"]')) a.href = location.pathname + location.search + a.hash;
  }

  const read = new Promise((done) => addEventListener("DOMContentLoaded", done)).then(fill);
  const found = find().catch(() => null); // a page that was opened as a file
  Promise.all([found, read]).then(([folder]) => {
    move(folder);
    delete root.dataset.scripts;
    dispatchEvent(new Event("beforeprint")); // now the scripts may come (page_start.js)
  });
})
