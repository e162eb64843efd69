// Chapter 3: SGD at a constant rate in a bowl of curvature 1, and where its noise lets it come to rest.
import { descend } from "./kernels.js";
import { frame, say } from "./frame.js";
import { normals } from "./random.js";
import { OPTIMIZERS, QUADRATIC } from "./tables.js";

const DIRECTIONS = 50; // all alike: their mean is a good one
const STEPS = 400;
const bowl = { family: QUADRATIC, params: [1, 0, ...Array(DIRECTIONS).fill(1)] };

const controls = [
  { id: "rate", label: "Learning rate η", type: "range", min: 0.02, max: 1.9, step: 0.02, value: 0.2 },
  { id: "batch", label: "Examples in a batch B", type: "range", min: 1, max: 64, step: 1, value: 8 },
  { id: "spread", label: "Standard deviation of one example's gradient", type: "range", min: 0.1, max: 3, step: 0.1, value: 1 },
  { id: "start", label: "Start", type: "range", min: 0, max: 3, step: 0.1, value: 2 },
  { id: "seed", label: "Seed", type: "range", min: 1, max: 20, step: 1, value: 3 },
];

/** The mean of w² in the end, as theory has it. */
export const floor = (rate, variance) => (rate * variance) / (2 - rate);

/** The noise of a run: one row a step, one number a direction. */
export function noiseOf({ seed, spread, batch }) {
  const normal = normals(seed);
  return Array.from({ length: STEPS * DIRECTIONS }, () => (spread / Math.sqrt(batch)) * normal());
}

/** The mean of w² over the directions at each step, and over the second half of the steps. */
export function compute(state) {
  const start = Array(DIRECTIONS).fill(state.start);
  const run = descend(OPTIMIZERS.sgd, bowl, { start, steps: STEPS, rates: [state.rate], hyper: [], noise: noiseOf(state) });
  const squares = Array.from(run.losses, (loss) => (2 * loss) / DIRECTIONS);
  const late = squares.slice(STEPS / 2);
  const rest = late.reduce((sum, value) => sum + value, 0) / late.length;
  const one = run.path.filter((_, k) => k % DIRECTIONS === 0);
  return { squares, rest, one, theory: floor(state.rate, state.spread ** 2 / state.batch) };
}

function draw(state, [curve, law]) {
  const { squares, rest, one, theory } = compute(state);
  const steps = squares.map((_, t) => t);
  curve.begin({ x: [0, STEPS], y: [1e-5, 1e2], ylog: true, xlabel: "step", ylabel: "mean of w²" });
  curve.line(steps, squares, { style: 0, width: 1.5 });
  curve.line([0, STEPS], [theory, theory], { style: 1 });
  curve.key([["measured", 0], ["theory", 1]]);
  curve.end();
  law.begin({ x: [0.02, 2], y: [1e-5, 1e2], xlog: true, ylog: true, xlabel: "learning rate η", ylabel: "mean of w² in the end" });
  const rates = Array.from({ length: 100 }, (_, k) => 0.02 * 99.5 ** (k / 99));
  law.line(rates, rates.map((rate) => floor(rate, state.spread ** 2 / state.batch)), { style: 1 });
  law.points([state.rate], [rest], { style: 0, size: 6 });
  law.key([["theory", 1]], false);
  law.end();
  const words = `η = ${say(state.rate)}, batches of ${state.batch}, standard deviation ${say(state.spread)}, start ${say(state.start)}, seed ${state.seed}: the mean of w² comes to rest at ${say(rest)}; theory says ${say(theory)}. It grows with the rate and falls with the batch.`;
  return { summary: words, table: { head: ["step", "mean of w²", "one weight"], rows: steps.map((t) => [t, squares[t], one[t]]) }, rest, theory };
}

export function show(place) {
  frame(place, {
    title: "Where the noise lets SGD come to rest: change the rate and the batch",
    controls,
    views: [
      { label: "The mean of the squared weights, step by step", height: 0.5 },
      { label: "Where they come to rest against the rate, beside theory", height: 0.5 },
    ],
    draw,
  });
}
