// Puts the drawings of a page into their places: those near the window at once, then the others, one at a time, when
// the browser has nothing else to do. Paper has all of them.
((drawings) => {
  const waiting = new Set(document.querySelectorAll("svg[data-drawing]"));
  const idle = window.requestIdleCallback?.bind(window) ?? ((work) => setTimeout(work, 20));

  function draw(place) {
    if (!waiting.delete(place)) return;
    near.unobserve(place);
    place.innerHTML = drawings[place.dataset.drawing];
    place.setCurrentTime(0); // what moves begins now
  }

  function next() {
    const [place] = waiting;
    if (!place) return;
    draw(place);
    idle(next, { timeout: 1000 });
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target);
  }, { rootMargin: "1000px" });
  for (const place of waiting) near.observe(place);
  idle(next, { timeout: 1000 });
  addEventListener("beforeprint", () => waiting.forEach(draw));
})
