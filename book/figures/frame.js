// What all figures share: controls, redrawing, the summary in words, the table of numbers, reset.
import { Plot } from "./plot.js";

let made = 0;

/** A number as a person writes it. */
export function say(value, digits = 3) {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [front, exponent] = value.toExponential(digits - 1).split("e");
    return `${Number(front)}e${Number(exponent)}`.replaceAll("-", "−");
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** Words as they are printed: a number keeps its %, a point is not broken, and an apostrophe is one. */
const printed = (words) =>
  words.replace(/(\d) %/g, "$1\u00a0%").replace(/(\([−\d.e]+,) (?=[−\d])/g, "$1\u00a0").replace(/(\w)'/g, "$1’");

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// A slider over powers of ten holds the exponent; all others hold the value itself.
const toInput = (control, value) => (control.log ? Math.log10(value) : value);
const fromInput = (control, text) => {
  if (control.type !== "range") return text;
  return control.log ? Number((10 ** Number(text)).toPrecision(2)) : Number(text);
};
const shown = (control, value) => (control.say ?? say)(value);

class Control {
  constructor(spec, id, change) {
    this.spec = spec;
    this.value = element("output", { for: id, "aria-hidden": "true" });
    this.input = this.#input(id);
    const words = element("label", { for: id }, printed(spec.label));
    this.node = element("div", { class: `course-control course-control-${spec.type}` }, words, this.input);
    if (spec.type === "range") words.append(" ", this.value);
    this.input.addEventListener("input", () => {
      change(spec.id, spec.type === "check" ? this.input.checked : fromInput(spec, this.input.value));
    });
  }

  #input(id) {
    const { spec } = this;
    const common = { id, name: spec.id };
    if (spec.type === "select") {
      const options = spec.options.map(([value, words]) => element("option", { value }, printed(words)));
      return element("select", common, ...options);
    }
    if (spec.type === "check") return element("input", { ...common, type: "checkbox" });
    const { min, max, step } = spec;
    return element("input", {
      ...common, type: "range", min: toInput(spec, min), max: toInput(spec, max), step,
    });
  }

  show(value) {
    const { spec, input } = this;
    if (spec.type === "check") input.checked = value;
    else if (fromInput(spec, input.value) !== value) input.value = toInput(spec, value);
    if (spec.type !== "range") return;
    const words = shown(spec, value);
    if (this.value.textContent === words) return;
    this.value.textContent = words;
    input.setAttribute("aria-valuetext", words);
  }
}

// Controls of one group stand in a frame of their own.
function grouped(controls) {
  const nodes = [];
  let box = null;
  for (const { spec, node } of controls) {
    if (!spec.group) nodes.push(node);
    else if (box?.dataset.group === spec.group) box.append(node);
    else {
      box = element("fieldset", { "data-group": spec.group }, element("legend", {}, spec.group), node);
      nodes.push(box);
    }
  }
  return nodes;
}

/**
 * Put a figure into its place.
 *
 * `figure` has a title, controls, views (label and height over width of each picture) and
 * `draw(state, plots)`, which returns `{ summary, table: { head, rows } }`. It may have
 * `drag(x, y, state, began)`, which returns what a finger on the first picture changes;
 * `changed(name, state)`, which returns what else changes with a control; `begin()`, which returns what
 * differs at the start; `settled(state, first)`; `beside`, for pictures side by side where there is room;
 * `note`, a sentence on what is shown.
 * A control has `when(state)` if it is not always shown.
 */
export function frame(place, figure) {
  const id = `figure-${place.dataset.figure}-${(made += 1)}`;
  const first = Object.fromEntries(figure.controls.map((c) => [c.id, c.value]));
  const state = { ...first, ...figure.begin?.() };
  const title = element("p", { class: "course-figure-title", id: `${id}-title` }, printed(figure.title));
  const controls = figure.controls.map((c) => new Control(c, `${id}-${c.id}`, change));
  const panel = element("div", { class: "course-controls" }, ...grouped(controls));
  const canvases = figure.views.map((view) => {
    const canvas = element("canvas", { role: "img", "aria-label": view.label, "aria-describedby": `${id}-summary` });
    canvas.style.aspectRatio = `1 / ${view.height}`;
    return canvas;
  });
  const summary = element("p", { id: `${id}-summary`, class: "course-summary", "aria-live": "polite" });
  const reset = element("button", { type: "button" }, "Reset");
  const buttons = element("div", { class: "course-buttons" }, reset);
  const table = element("table");
  const scroller = element("div", { class: "course-table", tabindex: "0", role: "region", "aria-label": "The numbers of this figure" }, table);
  const numbers = element("details", {}, element("summary", {}, "The numbers"), scroller);
  const body = element("div", { role: "group", "aria-labelledby": `${id}-title` });
  const views = element("div", { class: `course-views${figure.beside ? " course-beside" : ""}` }, ...canvases);
  const note = figure.note ? [element("p", { class: "course-figure-note" }, printed(figure.note))] : [];
  body.append(title, ...note, views, summary, panel, buttons, numbers);
  place.replaceChildren(body);
  place.hidden = false;

  const plots = canvases.map((canvas) => new Plot(canvas));
  let [waiting, result, quiet] = [0, null, 0];

  function change(name, value) {
    state[name] = value;
    Object.assign(state, figure.changed?.(name, state));
    redraw();
  }

  function redraw() {
    waiting ||= requestAnimationFrame(now);
  }

  function now() {
    waiting = 0;
    for (const control of controls) {
      control.show(state[control.spec.id]);
      control.node.hidden = control.spec.when ? !control.spec.when(state) : false;
    }
    const began = performance.now();
    result = figure.draw(state, plots);
    const took = performance.now() - began;
    place.courseFigure = { state, result, took, frames: (place.courseFigure?.frames ?? 0) + 1, change };
    if (numbers.open) fill();
    clearTimeout(quiet);
    quiet = setTimeout(settle, summary.textContent ? 200 : 0);
  }

  // Not at every frame of a drag: a screen reader would read every one of them.
  function settle() {
    summary.textContent = printed(result.summary);
    place.courseFigure.said = true;
    figure.settled?.(state, first);
  }

  function fill() {
    const line = (cells, name) =>
      element("tr", {}, ...cells.map((cell) => element(name, name === "th" ? { scope: "col" } : {}, typeof cell === "number" ? say(cell, 6) : cell)));
    const { head, rows } = result.table;
    table.replaceChildren(element("thead", {}, line(head, "th")), element("tbody", {}, ...rows.map((r) => line(r, "td"))));
  }

  reset.addEventListener("click", () => {
    Object.assign(state, first);
    redraw();
  });
  numbers.addEventListener("toggle", () => numbers.open && result && fill());
  for (const button of figure.buttons ?? []) {
    const node = element("button", { type: "button" }, button.label);
    node.addEventListener("click", () => button.press({ state, change, place, summary, redraw }));
    buttons.append(node);
  }
  if (figure.drag) {
    let before = null;
    const drag = (x, y, began) => {
      if (began) before = { ...state };
      Object.assign(state, figure.drag(x, y, state, began));
      redraw();
    };
    follow(canvases[0], plots[0], drag, () => {
      Object.assign(state, before);
      redraw();
    });
  }
  new ResizeObserver(redraw).observe(place);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  redraw();
}

// A finger or a pointer that moves over a picture. A finger that goes up or down first scrolls the page: the browser
// says so by taking the pointer away, and what the touch had changed is taken back.
function follow(canvas, plot, move, undo) {
  canvas.classList.add("course-draggable");
  const tell = (event) => {
    const box = canvas.getBoundingClientRect();
    move(...plot.at(event.clientX - box.left, event.clientY - box.top), event.type === "pointerdown");
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    tell(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) tell(event);
  });
  canvas.addEventListener("pointercancel", undo);
}

/** Keep a number within a control's range, on its grid. */
export function within(control, value) {
  const kept = Math.min(control.max, Math.max(control.min, value));
  return Number((control.min + control.step * Math.round((kept - control.min) / control.step)).toPrecision(6));
}
