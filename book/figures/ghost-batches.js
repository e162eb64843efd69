// Chapter 7: a batch cut into ghosts, each normalized by its own mean and variance.
import { frame, say, within } from "./frame.js";
import { normals, uniforms } from "./random.js";

const SIZE = 48;
const EPS = 1e-5;
const GROUPS = 4; // classes in the batch; the values of a class lie about a mean of their own
const MANY = 100; // batches, to measure how the means of ghosts scatter
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 48];

const which = { id: "example", label: "Example that you move", type: "range", min: 1, max: SIZE, step: 1, value: 21 };
const moved = { id: "value", label: "Its value", type: "range", min: -6, max: 6, step: 0.1, value: 4 };

const controls = [
  { id: "ghost", label: "Examples in a ghost, g", type: "range", min: 1, max: SIZE, step: 1, value: 8 },
  { id: "order", label: "Order of the batch", type: "select", options: [["shuffled", "shuffled"], ["sorted", "sorted by class"]], value: "shuffled" },
  which, moved,
  { id: "seed", label: "Seed of the batch", type: "range", min: 1, max: 20, step: 1, value: 2 },
];

/** The values of many batches; the first one is that of the picture. */
export function batches({ order, seed }) {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1000)];
  return Array.from({ length: MANY }, () => {
    const classes = Array.from({ length: SIZE }, () => Math.floor(GROUPS * uniform()));
    if (order === "sorted") classes.sort((a, b) => a - b);
    return classes.map((c) => 0.7 * (c - (GROUPS - 1) / 2) + 0.8 * normal());
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values, at = mean(values)) => mean(values.map((value) => (value - at) ** 2));

/** Mean and variance of every ghost of g examples, and the values normalized by them. */
export function normalize(values, g) {
  const ghosts = [];
  for (let start = 0; start < values.length; start += g) {
    const part = values.slice(start, start + g); // the last one ends with the batch
    const middle = mean(part);
    const square = variance(part, middle);
    ghosts.push({ start, size: part.length, mean: middle, variance: square, out: part.map((value) => (value - middle) / Math.sqrt(square + EPS)) });
  }
  return { ghosts, out: ghosts.flatMap((ghost) => ghost.out) };
}

// How far the means of whole ghosts lie from the mean of everything, over many batches.
function scatter(all, center, g) {
  const means = all.flatMap((values) => normalize(values, g).ghosts.filter(({ size }) => size === g).map((ghost) => ghost.mean));
  return Math.sqrt(mean(means.map((value) => (value - center) ** 2)));
}

let known = {};

// The many batches do not change while an example is moved.
function measured(state) {
  const key = `${state.order} ${state.seed}`;
  if (known.key === key) return known;
  const all = batches(state);
  const flat = all.flat();
  const center = mean(flat);
  known = { key, all, center, sigma: Math.sqrt(variance(flat, center)), spreads: SIZES.map((g) => scatter(all, center, g)) };
  return known;
}

/** All that the pictures show. */
export function compute(state) {
  const many = measured(state);
  const values = [...many.all[0]];
  values[state.example - 1] = state.value;
  const [parts, whole] = [normalize(values, state.ghost), normalize(values, SIZE)];
  return { ...many, values, parts, whole, spread: scatter(many.all, many.center, state.ghost) };
}

function show_values([before, after], state, { values, parts, whole }) {
  const places = values.map((_, k) => k + 1);
  before.begin({ x: [0, SIZE + 1], y: [-6.3, 6.3], xlabel: "place in the batch", ylabel: "before" });
  after.begin({ x: [0, SIZE + 1], y: [-4.5, 4.5], xlabel: "place in the batch", ylabel: "normalized" });
  const [{ mean: middle }] = whole.ghosts;
  before.line([0, SIZE + 1], [middle, middle], { color: before.colors.text, dash: [1, 4], width: 1 });
  after.line([0, SIZE + 1], [0, 0], { color: after.colors.text, dash: [1, 4], width: 1 });
  after.points(places, whole.out, { hollow: true, size: 4, color: after.colors.text });
  parts.ghosts.forEach((ghost, k) => {
    const [style, rows] = [k % 2, places.slice(ghost.start, ghost.start + ghost.size)];
    const [ends, off] = [[ghost.start + 0.5, ghost.start + ghost.size + 0.5], Math.sqrt(ghost.variance)];
    before.rect(ends, [ghost.mean - off, ghost.mean + off], { style, alpha: 0.25 });
    before.line(ends, [ghost.mean, ghost.mean], { style, dash: [], width: 2.5 });
    before.points(rows, values.slice(ghost.start, ghost.start + ghost.size), { style, size: 3 });
    after.points(rows, ghost.out, { style, size: 3 });
  });
  before.points([state.example], [state.value], { hollow: true, size: 7, color: before.colors.text });
  after.points([state.example], [parts.out[state.example - 1]], { hollow: true, size: 7, color: after.colors.text });
  before.end();
  after.end();
}

function show_law(plot, state, { sigma, spreads, spread }) {
  plot.begin({ x: [0.9, 54], y: [0.08, 3], xlog: true, ylog: true, xlabel: "examples in a ghost, g", ylabel: "scatter of a ghost’s mean" });
  plot.line([1, SIZE], [sigma, sigma / Math.sqrt(SIZE)], { style: 1 });
  plot.points(SIZES, spreads, { style: 0, size: 3.5 });
  plot.points([state.ghost], [spread], { style: 0, size: 7, hollow: true });
  plot.key([["σ/√g", 1]]);
  plot.end();
}

function words(state, { values, parts, whole, sigma, spread }) {
  const k = Math.floor((state.example - 1) / state.ghost);
  const { mean: middle, variance: square, size } = parts.ghosts[k];
  const count = parts.ghosts.length;
  const last = parts.ghosts[count - 1].size;
  const cut = count === 1 ? "One ghost: batch normalization" : `${count} ghosts of ${state.ghost}${last < state.ghost ? `, the last of ${last}` : ""}`;
  const place = state.example - 1;
  return `${cut}, ${state.order === "sorted" ? "sorted by class" : "shuffled"}, seed ${state.seed}. Example ${state.example} has the value ${say(values[place])}; its ghost, number ${k + 1} with ${size}, has a mean of ${say(middle)} and a standard deviation of ${say(Math.sqrt(square))}. So it becomes ${say(parts.out[place])}; by the whole batch it would become ${say(whole.out[place])}. Over ${MANY} batches the mean of a ghost scatters by ${say(spread)}; σ/√g is ${say(sigma / Math.sqrt(state.ghost))}.`;
}

function draw(state, [before, after, law]) {
  const found = compute(state);
  show_values([before, after], state, found);
  show_law(law, state, found);
  const { values, parts, whole } = found;
  const rows = values.map((value, k) => [k + 1, Math.floor(k / state.ghost) + 1, value, parts.out[k], whole.out[k]]);
  const head = ["example", "ghost", "before", "by its ghost", "by the batch"];
  return { summary: words(state, found), table: { head, rows }, spread: found.spread, sigma: found.sigma };
}

export function show(place) {
  frame(place, {
    title: "A batch in ghosts: drag an example, and see whom it changes",
    note: "Filled, normalized by its ghost; ringed, by the whole batch. Sort the batch by class to see where the law ends.",
    controls,
    views: [
      { label: "The values of a batch; bars and bands, mean and standard deviation of each ghost", height: 0.36 },
      { label: "The values after normalization by their ghosts, with rings where the whole batch would put them", height: 0.3 },
      { label: "How far a ghost's mean is off, against the size of a ghost, beside the law", height: 0.34 },
    ],
    draw,
    // The example that was taken hold of stays in hand.
    drag: (x, y, state, began) => ({ example: began ? within(which, x) : state.example, value: within(moved, y) }),
  });
}
