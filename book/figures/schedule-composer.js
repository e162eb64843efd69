// Chapter 5: a schedule put together from a warmup, a time of holding and a fall.
import { frame, say } from "./frame.js";

const FALLS = {
  cosine: "half a cosine", linear: "straight line", root: "inverse root", restarts: "three cosines, each twice as long",
};

const controls = [
  { id: "peak", label: "Peak rate", type: "range", min: 0.1, max: 2, step: 0.05, value: 1 },
  { id: "warmup", label: "Steps of warmup", type: "range", min: 0, max: 100, step: 5, value: 20 },
  { id: "hold", label: "Steps of holding", type: "range", min: 0, max: 180, step: 5, value: 140 },
  { id: "fall", label: "Form of the fall", type: "select", options: Object.entries(FALLS), value: "linear" },
  { id: "end", label: "Rate in the end, as a share of the peak", type: "range", min: 0, max: 0.5, step: 0.05, value: 0, when: (s) => s.fall !== "root" },
  { id: "steps", label: "Steps of the whole run", type: "range", min: 50, max: 400, step: 10, value: 200 },
];

const half = (share) => 0.5 * (1 + Math.cos(Math.PI * Math.min(share, 1)));

// A fall of T steps from 1, at its own step t. Restarts: of lengths 1, 2 and 4 sevenths.
function fallen(form, t, T, end) {
  const mix = (share) => share + (1 - share) * end;
  if (form === "linear") return mix(1 - Math.min(t / T, 1));
  if (form === "cosine") return mix(half(t / T));
  if (form === "root") return 1 / Math.sqrt(1 + t / 20);
  const cuts = [0, Math.round(T / 7), Math.round((3 * T) / 7), T];
  const k = t < cuts[1] ? 0 : t < cuts[2] ? 1 : 2;
  return mix(half((t - cuts[k]) / Math.max(cuts[k + 1] - cuts[k], 1)));
}

/** The rates of all steps. */
export function compute({ peak, warmup, hold, fall, end, steps }) {
  const T = Math.max(steps - warmup - hold, 1);
  return Array.from({ length: steps }, (_, t) => {
    const rise = warmup ? Math.min((t + 1) / warmup, 1) : 1;
    if (t < warmup + hold) return peak * rise;
    return peak * fallen(fall, t - warmup - hold, T, end);
  });
}

function draw(state, [plot]) {
  const rates = compute(state);
  const steps = rates.map((_, t) => t);
  plot.begin({ x: [0, state.steps], y: [0, Math.max(1.05 * state.peak, 1)], xlabel: "step", ylabel: "rate" });
  plot.line(steps, rates, { style: 0 });
  for (const t of [state.warmup, state.warmup + state.hold]) {
    plot.line([t, t], [0, 3], { color: plot.colors.text, dash: [1, 4], width: 1 });
  }
  plot.end();
  const sum = rates.reduce((a, b) => a + b, 0);
  const left = state.steps - state.warmup - state.hold;
  const fall = left > 0 ? `${left} steps of falling (${FALLS[state.fall]}${state.fall === "root" ? "" : `, to ${say(state.end)} of the peak`})` : `no step left for the fall (${FALLS[state.fall]}, to ${say(state.end)} of the peak)`;
  const words = `${state.steps} steps: ${state.warmup} of warmup to ${say(state.peak)}, ${state.hold} of holding, ${fall}. First rate ${say(rates[0])}, last ${say(rates[rates.length - 1])}; all rates add up to ${say(sum, 4)}.`;
  return { summary: words, table: { head: ["step", "rate"], rows: steps.map((t) => [t, rates[t]]) } };
}

export function show(place) {
  frame(place, {
    title: "Put a schedule together: rise, hold, fall",
    controls,
    views: [{ label: "The learning rate, step by step", height: 0.55 }],
    draw,
  });
}
