// Chapter 2: the error of a difference against its step, in a valley that the reader chooses.
import { valueAndGradient } from "./kernels.js";
import { frame, say } from "./frame.js";
import { LANDSCAPES } from "./tables.js";

const FUNCTIONS = { rosenbrock: "Rosenbrock's valley", saddle: "A saddle", double_well: "A double well" };

const controls = [
  { id: "land", label: "Function", type: "select", options: Object.entries(FUNCTIONS), value: "rosenbrock" },
  { id: "x", label: "Place, w₁", type: "range", min: -1.9, max: 1.9, step: 0.1, value: 0.7 },
  { id: "y", label: "Place, w₂", type: "range", min: -1.9, max: 1.9, step: 0.1, value: 1.3 },
  { id: "step", label: "Step h", type: "range", log: true, min: 1e-14, max: 0.1, step: 0.25, value: 1e-5 },
];

/** Relative errors of both differences along w₁ with the step h. */
export function errors(land, [x, y], h) {
  const at = (u) => valueAndGradient(land, [u, y]).value;
  const exact = valueAndGradient(land, [x, y]).gradient[0];
  const size = Math.abs(exact) || 1; // where it is flat, the error itself
  // Not h, but the distance of the numbers that there are.
  const [right, left] = [x + h, x - h];
  return {
    forward: Math.abs((at(right) - at(x)) / (right - x) - exact) / size,
    central: Math.abs((at(right) - at(left)) / (right - left) - exact) / size,
  };
}

function draw(state, [plot]) {
  const land = LANDSCAPES[state.land];
  const where = [state.x, state.y];
  const steps = Array.from({ length: 105 }, (_, k) => 10 ** (-14 + k / 8));
  const found = steps.map((h) => errors(land, where, h));
  const here = errors(land, where, state.step);
  plot.begin({ x: [1e-14, 0.1], y: [1e-14, 1e2], xlog: true, ylog: true, xlabel: "step h", ylabel: "relative error" });
  const kinds = ["forward", "central"];
  kinds.forEach((kind, style) => {
    plot.line(steps, found.map((e) => e[kind]), { style, width: 1.5 });
    plot.points([state.step], [Math.max(here[kind], 1e-14)], { style, size: 6 });
  });
  plot.key([["forward", 0], ["central", 1]]);
  plot.end();
  // By the worst of its neighbors: rounding now and then leaves no error at all.
  const worst = (kind, k) => Math.max(...found.slice(Math.max(0, k - 4), k + 5).map((e) => e[kind]));
  const best = (kind) => steps.reduce((low, _, k) => (worst(kind, k) < worst(kind, low) ? k : low), 0);
  const [f, c] = kinds.map(best);
  const words = `${FUNCTIONS[state.land]} at (${say(state.x)}, ${say(state.y)}), h = ${say(state.step, 2)}: the forward difference is off by ${say(here.forward, 2)}, the central one by ${say(here.central, 2)} of the slope. Their best steps here are about ${say(steps[f], 1)} and ${say(steps[c], 1)}.`;
  return { summary: words, table: { head: ["h", "forward", "central"], rows: steps.map((h, k) => [h, found[k].forward, found[k].central]) } };
}

export function show(place) {
  frame(place, {
    title: "Too large a step, too small a step: move h, and the place",
    controls,
    views: [{ label: "The relative error of forward and central differences against the step", height: 0.6 }],
    draw,
    drag: (x) => ({ step: Number((10 ** Math.min(-1, Math.max(-14, Math.log10(x)))).toPrecision(2)) }),
  });
}
