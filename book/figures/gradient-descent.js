// Chapter 3: gradient descent in a valley, at a rate and a condition number of one's choice.
import { descend, values } from "./kernels.js";
import { frame, say, within } from "./frame.js";
import { OPTIMIZERS, QUADRATIC } from "./tables.js";

const across = { id: "y", label: "Start, across the valley", type: "range", min: -0.6, max: 0.6, step: 0.02, value: 0.44 };
const along = { id: "x", label: "Start, along the valley", type: "range", min: -1.4, max: 1.4, step: 0.02, value: 1.3 };

const controls = [
  { id: "kappa", label: "Condition number κ", type: "range", log: true, min: 1, max: 100, step: 0.02, value: 30 },
  { id: "rate", label: "Learning rate, as a share of the best one", type: "range", min: 0.02, max: 1.98, step: 0.01, value: 1, say: (r) => `${say(r)} η*` },
  { id: "steps", label: "Steps", type: "range", min: 1, max: 100, step: 1, value: 20 },
  along,
  across,
];

/** The run that a state stands for, with what theory says about it. */
export function compute({ kappa, rate, steps, x, y }) {
  const land = { family: QUADRATIC, params: [1, 0, 1, kappa] };
  const lr = (rate * 2) / (1 + kappa);
  const run = descend(OPTIMIZERS.sgd, land, { start: [x, y], steps, rates: [lr], hyper: [] });
  const factor = Math.max(Math.abs(1 - lr), Math.abs(1 - lr * kappa));
  const [u, v] = run.path.slice(-2);
  return { land, lr, run, factor, left: Math.hypot(u, v) / Math.hypot(x, y) };
}

function words({ kappa, x, y }, { lr, factor, left, run }) {
  const fate = factor < 1
    ? `so it converges. After ${run.losses.length - 1} steps ${left < 1e-4 ? "less than 0.01" : say(100 * left)} % of the distance is left.`
    : factor === 1 ? "so it neither arrives nor leaves." : `so it diverges: the rate is above 2/L. After ${run.losses.length - 1} steps it is ${say(left)} times as far away as at the start.`;
  return `κ = ${say(kappa)}, start (${say(x)}, ${say(y)}), learning rate ${say(lr)} (the limit is ${say(2 / kappa)}). Each step multiplies the error by at most ${say(factor)}, ${fate}`;
}

const every = (path, first) => path.filter((_, k) => k % 2 === first);

function draw(state, [map, curve]) {
  const found = compute(state);
  const { land, run } = found;
  const [xs, ys] = [every(run.path, 0), every(run.path, 1)];
  map.begin({ x: [-1.5, 1.5], y: [-0.7, 0.7], equal: true, xlabel: "along the valley", ylabel: "across" });
  map.contours(land, (points) => values(land, points), 0);
  map.points([0], [0], { size: 5, hollow: true, color: map.colors.text });
  map.line(xs, ys, { style: 0, width: 1.5, marks: true });
  map.points([state.x], [state.y], { style: 1, size: 6 });
  map.end();
  const steps = Array.from(run.losses, (_, t) => t);
  curve.begin({ x: [0, Math.max(state.steps, 2)], y: [1e-9, 1e3], ylog: true, xlabel: "step", ylabel: "loss" });
  curve.line(steps, run.losses, { style: 0, marks: true });
  const [start, limit] = [run.losses[0], found.factor ** 2];
  curve.line(steps, steps.map((t) => start * limit ** t), { style: 1, width: 1.5 });
  curve.key([["measured", 0], ["the law", 1]]);
  curve.end();
  const rows = steps.map((t) => [t, xs[t], ys[t], run.losses[t]]);
  return { summary: words(state, found), table: { head: ["step", "along", "across", "loss"], rows }, found };
}

export function show(place) {
  frame(place, {
    title: "Drag the start; change the valley and the rate",
    controls,
    views: [
      { label: "Contours of a valley, and the path of gradient descent in it", height: 0.5 },
      { label: "The loss at each step, beside the law", height: 0.45 },
    ],
    draw,
    drag: (x, y) => ({ x: within(along, x), y: within(across, y) }),
  });
}
