// Chapter 1: the loss's ellipses meet the ball of a penalty: a circle, a diamond, or something between.
import { elasticNet } from "./kernels.js";
import { frame, say, within } from "./frame.js";

const across = { id: "x", label: "Minimum of the loss, first weight", type: "range", min: -1.4, max: 2, step: 0.05, value: 0.6 };
const up = { id: "y", label: "Minimum of the loss, second weight", type: "range", min: -1.4, max: 2.5, step: 0.05, value: 1.7 };

const controls = [
  { id: "strength", label: "Strength λ", type: "range", log: true, min: 0.01, max: 10, step: 0.02, value: 1.3 },
  { id: "share", label: "Share of L1 in the penalty", type: "range", min: 0, max: 1, step: 0.1, value: 1 },
  { id: "mixed", label: "How much the weights' effects mix", type: "range", min: -1.2, max: 1.2, step: 0.05, value: 0.75 },
  across, up,
];

/** The weights of least ½ (w − w*)ᵀH(w − w*) + λ(share·Σ|w| + (1 − share)·½Σw²). */
export function solve({ share, mixed, x, y }, strength) {
  const gram = [1, mixed, mixed, 2];
  const target = [x + mixed * y, mixed * x + 2 * y];
  return elasticNet(gram, target, strength * share, strength * (1 - share));
}

const penalty = (share, u, v) => share * (Math.abs(u) + Math.abs(v)) + ((1 - share) * (u * u + v * v)) / 2;
const TURN = Array.from({ length: 241 }, (_, k) => (2 * Math.PI * k) / 240);

// How far the ball of a penalty reaches in a direction: the root of share·a·r + (1 − share)·r²/2 = size.
function reach(share, size, angle) {
  const a = share * (Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle)));
  return (2 * size) / (a + Math.sqrt(a * a + 2 * (1 - share) * size) || 1);
}

function draw(state, [map]) {
  const [u, v] = solve(state, state.strength);
  const { x, y, mixed, share } = state;
  map.begin({ x: [-1.6, 2.2], y: [-2.1, 2.8], equal: true, xlabel: "first weight", ylabel: "second weight" });
  const form = (p, q) => 0.5 * (p * p + 2 * mixed * p * q + 2 * q * q);
  const level = form(u - x, v - y);
  for (const part of [0.1, 0.4, 1]) {
    const radii = TURN.map((t) => Math.sqrt((part * level) / form(Math.cos(t), Math.sin(t))));
    map.line(TURN.map((t, k) => x + radii[k] * Math.cos(t)), TURN.map((t, k) => y + radii[k] * Math.sin(t)), { color: map.colors.edge, dash: [], width: 1.5 });
  }
  const ball = TURN.map((t) => reach(share, penalty(share, u, v), t));
  map.line(TURN.map((t, k) => ball[k] * Math.cos(t)), TURN.map((t, k) => ball[k] * Math.sin(t)), { style: 0 });
  const strengths = Array.from({ length: 61 }, (_, k) => 10 ** (3 - k / 10));
  const way = strengths.map((strength) => solve(state, strength));
  map.line(way.map((w) => w[0]), way.map((w) => w[1]), { style: 1, width: 1.5 });
  map.points([x], [y], { size: 5, hollow: true, color: map.colors.text });
  map.points([u], [v], { style: 2, size: 6 });
  map.text("minimum of the loss", x, y, { align: "center", dx: 0, dy: -12 });
  map.key([["what the penalty allows", 0], ["path of the solution", 1]], true, true);
  map.end();
  const zeros = [u, v].filter((w) => w === 0).length;
  const kinds = share === 1 ? "L1" : share === 0 ? "L2" : `${say(share)} parts L1, ${say(1 - share)} L2`;
  const words = `${kinds}, λ = ${say(state.strength)}, mixing ${say(mixed)}: the loss alone is least at (${say(x)}, ${say(y)}), with the penalty at (${say(u)}, ${say(v)}). ${["No weight is", "One weight is", "Both weights are"][zeros]} exactly zero.`;
  return { summary: words, table: { head: ["λ", "first weight", "second weight"], rows: strengths.map((s, k) => [s, ...way[k]]) }, w: [u, v] };
}

export function show(place) {
  frame(place, {
    title: "Where the ellipse meets the ball: change the penalty; drag the loss's minimum",
    controls,
    views: [{ label: "Level lines of the loss, the region that the penalty allows, and their meeting point", height: 0.9 }],
    draw,
    drag: (x, y) => ({ x: within(across, x), y: within(up, y) }),
  });
}
