// Chapter 1: a dial between data and simplicity, for a linear classifier of digits.
import { elasticNet } from "./kernels.js";
import { frame, say } from "./frame.js";
import { uniforms } from "./random.js";
import { NEW, TRAIN } from "./digits.js";

const PIXELS = 64;
const CLASSES = 10;
const SWEEPS = { tol: 1e-6, maxSweeps: 40 }; // at weak penalties the last digits cost most and show least

const rounded = (exponent) => Number((10 ** exponent).toPrecision(2));
const STRENGTHS = Array.from({ length: 21 }, (_, k) => rounded(-4 + k / 4));

const dial = { id: "strength", label: "Strength λ", type: "range", log: true, min: 1e-4, max: 10, step: 0.25, value: 1e-4 };

const controls = [
  dial,
  { id: "kind", label: "Penalty", type: "select", options: [["l2", "L2: half the sum of squares"], ["l1", "L1: the sum of sizes"]], value: "l2" },
  { id: "wrong", label: "Share of wrong labels", type: "range", min: 0, max: 0.6, step: 0.05, value: 0.2 },
  { id: "count", label: "Training examples", type: "range", min: 40, max: 200, step: 20, value: 100 },
];

const images = ({ pixels }) => Float64Array.from(pixels, (c) => parseInt(c, 17) / 16);
let read = null;

/** Examples with their labels, of which a share is wrong: more of the same ones as the share grows. */
export function data({ wrong, count }) {
  read ??= { train: images(TRAIN), fresh: images(NEW) };
  const uniform = uniforms(5);
  const drawn = Array.from({ length: count }, (_, k) => ({ k, luck: uniform(), other: 1 + Math.floor((CLASSES - 1) * uniform()) }));
  const labels = TRAIN.labels.slice(0, count);
  const chosen = [...drawn].sort((a, b) => a.luck - b.luck).slice(0, Math.round(wrong * count));
  for (const { k, other } of chosen) labels[k] = (labels[k] + other) % CLASSES;
  return { X: read.train.subarray(0, PIXELS * count), labels, truth: TRAIN.labels, fresh: read.fresh };
}

/** What least squares asks about the pixels: their products, and their products with +1 and −1 of each class. */
function sums(X, labels) {
  const count = labels.length;
  const middle = new Float64Array(PIXELS);
  X.forEach((x, k) => (middle[k % PIXELS] += x / count));
  const centered = X.map((x, k) => x - middle[k % PIXELS]);
  const gram = new Float64Array(PIXELS * PIXELS);
  const targets = Array.from({ length: CLASSES }, () => new Float64Array(PIXELS));
  for (let r = 0; r < count; r += 1) {
    const row = centered.subarray(PIXELS * r, PIXELS * (r + 1));
    for (let i = 0; i < PIXELS; i += 1) {
      for (let j = 0; j < PIXELS; j += 1) gram[PIXELS * i + j] += (row[i] * row[j]) / count;
      targets.forEach((target, c) => (target[i] += (row[i] * (labels[r] === c ? 1 : -1)) / count));
    }
  }
  const bias = targets.map((_, c) => (2 * labels.filter((label) => label === c).length) / count - 1);
  return { middle, gram, targets, bias };
}

// Each image belongs to the class whose weights like it most.
function answers(X, { middle, bias }, weights) {
  const offsets = weights.map((w, c) => bias[c] - w.reduce((sum, value, i) => sum + value * middle[i], 0));
  return Array.from({ length: X.length / PIXELS }, (_, r) => {
    let [best, top] = [0, -Infinity];
    weights.forEach((w, c) => {
      let score = offsets[c];
      for (let i = 0; i < PIXELS; i += 1) score += w[i] * X[PIXELS * r + i];
      if (score > top) [best, top] = [c, score];
    });
    return best;
  });
}

const share = (found, labels) => (100 * found.filter((label, k) => label === labels[k]).length) / found.length;

function fit(known, kind, strength, before) {
  const [l1, l2] = kind === "l1" ? [strength, 0] : [0, strength];
  const weights = known.targets.map((target, c) => elasticNet(known.gram, target, l1, l2, { ...SWEEPS, start: before?.weights[c] }));
  const given = answers(known.X, known, weights);
  const wrong = known.labels.map((label, k) => (label === known.truth[k] ? -1 : k)).filter((k) => k >= 0);
  return {
    strength, weights,
    seen: share(given, known.labels), fresh: share(answers(known.fresh, known, weights), NEW.labels),
    wrong: wrong.length, repeated: wrong.filter((k) => given[k] === known.labels[k]).length,
    kept: weights.reduce((sum, w) => sum + w.filter((value) => value !== 0).length, 0),
  };
}

let known = {};

/** The fits at all strengths. They are made anew when anything but the strength changes. */
export function compute({ kind, wrong, count }) {
  const key = [kind, wrong, count].join(" ");
  if (known.key === key) return known.fits;
  const found = data({ wrong, count });
  const asked = { ...found, ...sums(found.X, found.labels) };
  const fits = []; // from strong to weak, each from the weights of the one before
  for (const strength of [...STRENGTHS].reverse()) fits.unshift(fit(asked, kind, strength, fits[0]));
  known = { key, fits };
  return fits;
}

// Ten small pictures: blue pixels speak for the digit, orange ones against it.
function show_weights(plot, weights, digits) {
  plot.begin({ x: [0, 5 * 9.5], y: [-21.5, 0], equal: true, bare: true });
  weights.forEach((w, c) => {
    const top = w.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const [left, down] = [9.5 * (c % 5) + 0.75, -10.75 * Math.floor(c / 5) - 1.75];
    w.forEach((value, i) => {
      const [x, y] = [left + (i % 8), down - Math.floor(i / 8)];
      plot.rect([x, x + 1.03], [y - 1.03, y], { style: value > 0 ? 0 : 1, alpha: Math.abs(value) / top });
    });
    plot.rect([left, left + 8], [down - 8, down], { color: plot.colors.edge, alpha: 0.25 });
    plot.text(digits[c], left + 4, down, { align: "center", dx: 0, dy: -2 });
  });
}

function draw(state, [curve, pictures]) {
  const fits = compute(state);
  const here = fits.reduce((a, b) => (Math.abs(Math.log(b.strength / state.strength)) < Math.abs(Math.log(a.strength / state.strength)) ? b : a));
  const best = fits.reduce((a, b) => (b.fresh > a.fresh ? b : a));
  curve.begin({ x: [1e-4, 10], y: [0, 104], xlog: true, xlabel: "strength λ", ylabel: "accuracy in %" });
  curve.line([here.strength, here.strength], [0, 104], { color: curve.colors.text, dash: [1, 4], width: 1 });
  ["seen", "fresh"].forEach((name, style) => {
    curve.line(STRENGTHS, fits.map((f) => f[name]), { style });
    curve.points([here.strength], [here[name]], { style, size: 6 });
  });
  curve.key([["on the training data", 0], ["on new digits", 1]], false, true);
  curve.end();
  show_weights(pictures, here.weights, [..."0123456789"]);
  const learnt = here.wrong ? `It repeats ${here.repeated} of the ${here.wrong} wrong ones` : "No label is wrong";
  const words = `${state.kind.toUpperCase()}, λ = ${say(here.strength)}, ${state.count} examples, ${say(100 * state.wrong)} % of the labels wrong: right on ${say(here.seen)} % of the labels it was given and on ${say(here.fresh)} % of new digits. ${learnt}; ${here.kept} of ${PIXELS * CLASSES} weights are not zero. New digits are read best, ${say(best.fresh)} %, at λ = ${say(best.strength)}.`;
  const rows = fits.map((f) => [f.strength, f.seen, f.fresh, f.repeated, f.kept]);
  return { summary: words, table: { head: ["λ", "training, in %", "new digits, in %", "wrong labels repeated", "weights not zero"], rows } };
}

export function show(place) {
  frame(place, {
    title: "Turn the dial: what the model learns, and what its weights look like",
    note: "As in the picture above, but fitted by least squares to +1 and −1, which can be solved while you drag. Blue pixels speak for a digit, orange ones against it.",
    controls,
    views: [
      { label: "Accuracy on the training data and on new digits against the strength of the penalty", height: 0.55 },
      { label: "The weights of each digit as a picture of 8 by 8 pixels: noise at weak penalties, shapes at stronger ones", height: 0.46 },
    ],
    draw,
    drag: (x) => ({ strength: rounded(Math.round(4 * Math.min(1, Math.max(-4, Math.log10(x)))) / 4) }),
  });
}
