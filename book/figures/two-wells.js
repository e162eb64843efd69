// Chapter 6: a sharp pit in a flat bowl, and where sharpness-aware minimization goes from there.
import { perturb, step, valueAndGradient } from "./kernels.js";
import { frame, say, within } from "./frame.js";
import { OPTIMIZERS, QUADRATIC } from "./tables.js";

const begin = { id: "start", label: "Start", type: "range", min: -2.5, max: 2.5, step: 0.05, value: 1.05 };

const controls = [
  { id: "rho", label: "Radius ρ (0: gradient descent)", type: "range", min: 0, max: 2, step: 0.01, value: 0.2 },
  { id: "rate", label: "Learning rate η", type: "range", min: 0.005, max: 0.1, step: 0.005, value: 0.02 },
  { id: "sharp", label: "Curvature of the pit", type: "range", min: 2, max: 40, step: 1, value: 16 },
  begin,
  { id: "steps", label: "Steps", type: "range", min: 20, max: 1500, step: 20, value: 300 },
];

/** The loss, the lower of two parabolas with minima at −1 and 1, and its slope. */
export function landscape(w, sharp) {
  const part = (curvature, at) => valueAndGradient({ family: QUADRATIC, params: [1, 0, curvature] }, [w - at]);
  const [flat, pit] = [part(1, -1), part(sharp, 1)];
  return pit.value < flat.value ? pit : flat;
}

/** The places of a run: each step has the slope of the place that SAM looks at. */
export function compute({ rho, rate, sharp, start, steps }) {
  const places = [start];
  let w = [start];
  for (let t = 1; t <= steps; t += 1) {
    const here = landscape(w[0], sharp).gradient;
    const look = rho ? perturb(w, here, rho) : w;
    const g = look ? landscape(look[0], sharp).gradient : here; // a slope of zero points nowhere
    ({ w } = step(OPTIMIZERS.sgd, { w, g, state: [], t, lr: rate, hyper: [] }));
    places.push(w[0]);
  }
  return places;
}

function draw(state, [map, curve]) {
  const places = compute(state);
  const lowest = (w) => Math.min(0.5 * (w + 1) ** 2, 0.5 * state.sharp * (w - 1) ** 2);
  const xs = Array.from({ length: 501 }, (_, k) => -2.5 + k / 100);
  const reach = Math.round(100 * state.rho);
  const heights = Array.from({ length: 501 + 2 * reach }, (_, k) => lowest(-2.5 + (k - reach) / 100));
  const worst = xs.map((_, k) => heights.slice(k, k + 2 * reach + 1).reduce((a, b) => Math.max(a, b)));
  map.begin({ x: [-2.5, 2.5], y: [-0.2, 4.5], xlabel: "weight", ylabel: "loss" });
  map.line(xs, xs.map(lowest), { style: 0 });
  map.line(xs, worst, { style: 1, width: 1.5 });
  map.points(places, places.map(lowest), { style: 2, size: 2 });
  map.points([state.start], [lowest(state.start)], { size: 6, hollow: true, color: map.colors.text });
  map.points(places.slice(-2), places.slice(-2).map(lowest), { style: 2, size: 6 });
  map.key([["loss", 0], ["worst within ρ", 1]], false);
  map.end();
  const steps = places.map((_, t) => t);
  curve.begin({ x: [0, state.steps], y: [-2.5, 2.5], xlabel: "step", ylabel: "place" });
  curve.line(steps, places, { style: 2, width: 1.5 });
  curve.end();
  const rim = 1 - 2 / (1 + Math.sqrt(state.sharp)); // where the parabolas meet, on the left of the pit
  const [before, last] = places.slice(-2);
  const inside = Math.min(before, last) > rim && Math.max(before, last) < 1 + 2 / (Math.sqrt(state.sharp) - 1);
  const whole = `Radius ${say(state.rho)}, rate ${say(state.rate)}, curvature ${state.sharp}, start ${say(state.start)}: after ${state.steps} steps the last two places are ${say(before)} and ${say(last)}, ${inside ? "in the pit" : "outside the pit"}, whose rim is at ${say(rim)}.`;
  return { summary: whole, table: { head: ["step", "place", "loss"], rows: steps.map((t) => [t, places[t], lowest(places[t])]) } };
}

export function show(place) {
  frame(place, {
    title: "A pit in a bowl: does SAM leave it? Change the radius; drag the start",
    controls,
    views: [
      { label: "The loss, the worst loss within the radius, and the places of the run", height: 0.55 },
      { label: "The place, step by step", height: 0.45 },
    ],
    draw,
    drag: (x) => ({ start: within(begin, x) }),
  });
}
