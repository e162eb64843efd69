// Chapter 4: up to four rules race on a landscape, at any rate and schedule, with noise in the gradients.
import { descend, values } from "./kernels.js";
import { frame, say, within } from "./frame.js";
import { normals } from "./random.js";
import { SCHEDULES, ratesOf } from "./schedules.js";
import { fromAddress, toAddress } from "./share.js";
import { FAR_AWAY, LANDSCAPES, OPTIMIZERS, STYLES } from "./tables.js";

const COURSES = {
  turned: { words: "turned valley, κ = 100", start: [1.2, 0.62], bounds: [[-0.3, 1.35], [-0.3, 1.1]] },
  rosenbrock: { words: "Rosenbrock's bent valley", start: [-1.2, 1] },
  saddle: { words: "saddle" },
  double_well: { words: "double well" },
};
const NAMES = {
  sgd: "SGD", momentum: "momentum", nesterov: "Nesterov", adagrad: "AdaGrad", rmsprop: "RMSProp",
  adadelta: "Adadelta", adam: "Adam", adamw: "AdamW", adam_l2: "Adam with L2", radam: "RAdam",
};
const HYPER = {
  momentum: ["momentum ρ", 0, 0.99, 0.01], dampening: ["dampening τ", 0, 0.99, 0.01], rho: ["decay ρ", 0, 0.999, 0.001],
  beta1: ["β₁", 0, 0.99, 0.01], beta2: ["β₂", 0, 0.999, 0.001], weight_decay: ["weight decay λ", 0, 1, 0.01],
  eps: ["ε", 1e-12, 1, 1, true], threshold: ["threshold", 4, 6, 0.5],
};
// A rate to begin with, for each rule: one that gets somewhere in the turned valley.
const RATES = {
  sgd: 0.018, momentum: 0.005, nesterov: 0.005, adagrad: 0.25, rmsprop: 0.02, adadelta: 6.3, adam: 0.06,
  adamw: 0.06, adam_l2: 0.06, radam: 0.06,
};
const RACERS = ["sgd", "momentum", "rmsprop", "adam"];

const choices = (names) => Object.entries(names);
const rules = [["", "no rule"], ...choices(NAMES)];
const along = { id: "x", label: "Start, w₁", type: "range", min: -2, max: 2, step: 0.01, value: 1.2 };
const up = { id: "y", label: "Start, w₂", type: "range", min: -3, max: 3, step: 0.01, value: 0.62 };

// A rule's own settings are shown while the rule is in the race.
function settings(k, rule) {
  const has = (name) => (state) => state[`rule${k}`] && name in OPTIMIZERS[state[`rule${k}`]].hyper;
  return [
    { id: `rule${k}`, group: `Rule ${k}`, label: "rule", type: "select", options: rules, value: rule },
    { id: `lr${k}`, group: `Rule ${k}`, label: "learning rate", type: "range", log: true, min: 1e-4, max: 100, step: 0.02, value: RATES[rule], when: (state) => state[`rule${k}`] },
    ...choices(HYPER).map(([name, [words, min, max, step, log]]) => ({
      id: `${name}${k}`, group: `Rule ${k}`, label: words, type: "range", log, min, max, step,
      value: OPTIMIZERS[rule].hyper[name] ?? common(name), when: has(name),
    })),
  ];
}

function common(name) {
  return Object.values(OPTIMIZERS).find((rule) => name in rule.hyper).hyper[name];
}

const controls = [
  { id: "land", label: "Landscape", type: "select", options: choices(COURSES).map(([name, c]) => [name, c.words]), value: "turned" },
  { id: "schedule", label: "Schedule of the rate", type: "select", options: choices(SCHEDULES).map(([name, s]) => [name, s.words]), value: "constant" },
  { id: "warmup", label: "Steps of warmup", type: "range", min: 0, max: 100, step: 5, value: 0 },
  { id: "steps", label: "Steps", type: "range", min: 10, max: 400, step: 10, value: 120 },
  { id: "noise", label: "Noise in the gradient", type: "range", min: 0, max: 5, step: 0.1, value: 0 },
  { id: "seed", label: "Seed of the noise", type: "range", min: 1, max: 20, step: 1, value: 1, when: (state) => state.noise > 0 },
  { id: "tolerance", label: "Arrived at a height of", type: "range", log: true, min: 1e-8, max: 1, step: 0.5, value: 1e-3 },
  along, up,
  ...RACERS.flatMap((racer, k) => settings(k + 1, racer)),
];

/** The noise of a whole run, the same for every rule. */
export function noiseOf({ noise, seed, steps }) {
  if (!noise) return [];
  const normal = normals(seed);
  return Array.from({ length: 2 * steps }, () => noise * normal());
}

/** The runs that a state stands for. */
export function compute(state) {
  const land = LANDSCAPES[state.land];
  const noise = noiseOf(state);
  const [runs, used] = [[], new Set()];
  for (let k = 1; k <= RACERS.length; k += 1) {
    const name = state[`rule${k}`];
    if (!name) continue;
    const rule = OPTIMIZERS[name];
    const lr = state[`lr${k}`];
    const rates = ratesOf(state.schedule, lr, state.steps, state.warmup);
    const hyper = Object.entries(rule.hyper).map(([h, value]) => state[`${h}${k}`] ?? value);
    const run = descend(rule, land, { start: [state.x, state.y], steps: state.steps, rates, hyper, noise, farAway: FAR_AWAY });
    const heights = run.losses.map((loss) => loss - land.minimum);
    const arrived = heights.findIndex((height) => height <= state.tolerance);
    // A rule looks as in every figure of the book; the same rule a second time takes a style that is free.
    const style = used.has(rule.style) ? STYLES.findIndex((_, j) => !used.has(j)) : rule.style;
    used.add(style);
    runs.push({ name, lr, style, hyper, ...run, heights, arrived, last: heights[heights.length - 1] });
  }
  return runs;
}

function told({ name, lr, hyper, diverged, arrived, last }) {
  const other = choices(OPTIMIZERS[name].hyper).flatMap(([h, usual], k) => (hyper[k] === usual ? [] : `${HYPER[h][0]} ${say(hyper[k])}`));
  const who = `${NAMES[name]} at ${say(lr)}${other.length ? ` (${other.join(", ")})` : ""}`;
  if (diverged) return `${who} diverges at step ${diverged}`;
  return arrived < 0 ? `${who} does not arrive and ends at ${say(last)}` : `${who} arrives at step ${arrived} and ends at ${say(last)}`;
}

function words(state, runs) {
  const noisy = state.noise ? ` Noise ${say(state.noise)}, seed ${state.seed}.` : "";
  const where = `${COURSES[state.land].words}, from (${say(state.x)}, ${say(state.y)}), ${state.steps} steps, ${SCHEDULES[state.schedule].words}${state.warmup ? ` after ${state.warmup} steps of warmup` : ""}, to within ${say(state.tolerance)}.${noisy}`;
  const best = runs.filter((run) => !run.diverged).sort((a, b) => a.last - b.last)[0];
  const end = best ? ` Lowest in the end: ${NAMES[best.name]} at ${say(best.lr)}.` : "";
  return `${where[0].toUpperCase()}${where.slice(1)} ${runs.map(told).join("; ") || "No rule runs"}.${end}`;
}

const every = (path, first) => path.filter((_, k) => k % 2 === first);

function draw(state, [map, curve]) {
  const land = LANDSCAPES[state.land];
  const [x, y] = COURSES[state.land].bounds ?? land.bounds;
  const runs = compute(state);
  map.begin({ x, y, equal: true, xlabel: "w₁", ylabel: "w₂" });
  map.contours(state.land, (points) => values(land, points), land.minimum);
  for (const run of runs) {
    map.line(every(run.path, 0), every(run.path, 1), { style: run.style, width: 1.75 });
  }
  for (const run of runs) {
    map.points(run.path.slice(-2, -1), run.path.slice(-1), { style: run.style, size: 5 });
  }
  map.points([state.x], [state.y], { size: 6, hollow: true, color: map.colors.text });
  map.end();
  curve.begin({ x: [0, state.steps], y: [1e-8, 1e4], ylog: true, xlabel: "step", ylabel: "height above the minimum" });
  const steps = Array.from({ length: state.steps + 1 }, (_, t) => t);
  curve.line([0, state.steps], [state.tolerance, state.tolerance], { color: curve.colors.text, dash: [1, 4], width: 1 });
  for (const { style, heights, arrived } of runs) {
    curve.line(steps.slice(0, heights.length), heights, { style });
    if (arrived >= 0) curve.points([arrived], [heights[arrived]], { style, size: 6, hollow: true });
  }
  curve.key(runs.map(({ name, lr, style }) => [`${NAMES[name]} ${say(lr)}`, style]));
  curve.end();
  const head = ["step", ...runs.map((run, k) => `${k + 1}: ${NAMES[run.name]}`)];
  const rows = steps.map((t) => [t, ...runs.map((run) => run.heights[t] ?? "—")]);
  return { summary: words(state, runs), table: { head, rows }, runs };
}

let address = "";
const share = {
  label: "Copy a link to this race",
  async press({ summary }) {
    try {
      await navigator.clipboard.writeText(address);
      summary.textContent = "The link is on the clipboard.";
    } catch {
      summary.textContent = "The link is in the address bar.";
    }
  },
};

export function show(place) {
  frame(place, {
    title: "Four rules race: choose the landscape, the rules, their rates; drag the start",
    controls,
    note: "A ring on a curve is where its rule arrives, at the height of the dotted line. A rule that you choose comes with its usual numbers and a rate to begin with.",
    beside: true,
    views: [
      { label: "Contours of the landscape, and the path of each rule", height: 0.85 },
      { label: "How far above the minimum each rule is, step by step; a ring where it arrives", height: 0.85 },
    ],
    begin: () => fromAddress("playground", controls),
    changed(name, state) {
      if (name === "land") {
        const [x, y] = COURSES[state.land].start ?? LANDSCAPES[state.land].start;
        return { x, y };
      }
      const k = /^rule(\d)$/.exec(name)?.[1];
      const rule = OPTIMIZERS[state[name]];
      if (!k || !rule) return {};
      return Object.fromEntries([[`lr${k}`, RATES[state[name]]], ...choices(rule.hyper).map(([h, value]) => [`${h}${k}`, value])]);
    },
    draw,
    drag: (x, y) => ({ x: within(along, x), y: within(up, y) }),
    buttons: [share],
    settled(state, first) {
      const next = toAddress("playground", controls, state, first);
      if (next !== address) history.replaceState(history.state, "", next);
      address = next;
    },
  });
}
