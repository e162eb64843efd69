// Chapter 8: the best of many recipes, chosen by a few validation images; how much of its score is luck?
import { frame, say } from "./frame.js";
import { normals } from "./random.js";

const MOST = 100;
const SEARCHES = 200; // for the mean of a search
const ROUNDS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 100];

const controls = [
  { id: "tried", label: "Recipes to choose from, k", type: "range", min: 1, max: MOST, step: 1, value: 34 },
  { id: "judges", label: "Validation images", type: "range", log: true, min: 20, max: 2000, step: 0.05, value: 50 },
  { id: "spread", label: "Scatter of the true accuracies, in points", type: "range", min: 0, max: 5, step: 0.25, value: 1 },
  { id: "level", label: "Mean of the true accuracies, in %", type: "range", min: 50, max: 90, step: 1, value: 80 },
  { id: "seed", label: "Seed of the search", type: "range", min: 1, max: 20, step: 1, value: 4 },
];

/** The best of k standard normal numbers is expected at e_k, for k from 1 to MOST: ∫ z dΦ(z)ᵏ. */
export const BEST = (() => {
  const zs = Array.from({ length: 3201 }, (_, j) => -8 + j / 200);
  const density = zs.map((z) => Math.exp((-z * z) / 2));
  let total = 0;
  const below = density.map((d, j) => (total += j ? (d + density[j - 1]) / 2 : 0));
  return Array.from({ length: MOST }, (_, k) => {
    let sum = 0;
    for (let j = 1; j < zs.length; j += 1) {
      sum += ((zs[j] + zs[j - 1]) / 2) * ((below[j] / total) ** (k + 1) - (below[j - 1] / total) ** (k + 1));
    }
    return sum;
  });
})();

/** Recipes of one search, all of them: what each is worth, and how many validation images it gets right. */
export function search({ judges, spread, level }, normal) {
  return Array.from({ length: MOST }, () => {
    const truth = Math.min(level + spread * normal(), 100);
    const share = truth / 100;
    const right = Math.round(judges * (share + Math.sqrt((share * (1 - share)) / judges) * normal()));
    return { truth, score: (100 * Math.min(Math.max(right, 0), judges)) / judges };
  });
}

// The place of the best score among the first k; the first of them where some are equal.
const winner = (recipes, k) => recipes.slice(0, k).reduce((best, { score }, j, all) => (score > all[best].score ? j : best), 0);

/** Mean gain of the winner over a mean recipe, on validation data and in truth, for each of ROUNDS. */
function gains(state) {
  const normal = normals(1000 + state.seed);
  const sums = ROUNDS.map(() => ({ seen: 0, true: 0 }));
  for (let n = 0; n < SEARCHES; n += 1) {
    const recipes = search(state, normal);
    ROUNDS.forEach((k, j) => {
      const { score, truth } = recipes[winner(recipes, k)];
      sums[j].seen += (score - state.level) / SEARCHES;
      sums[j].true += (truth - state.level) / SEARCHES;
    });
  }
  return sums;
}

let known = {};

// The number of recipes alone asks for no new searches.
function measured(state) {
  const key = [state.judges, state.spread, state.level, state.seed].join(" ");
  if (known.key !== key) known = { key, recipes: search(state, normals(state.seed)), gains: gains(state) };
  return known;
}

/** All that the pictures show. `luck` is the scatter of a score about its truth. */
export function compute(state) {
  const found = measured(state);
  const luck = Math.sqrt((state.level * (100 - state.level)) / state.judges);
  const recipes = found.recipes.slice(0, state.tried);
  return { ...found, recipes, luck, won: recipes[winner(recipes, state.tried)], best: recipes.reduce((a, b) => (b.truth > a.truth ? b : a)) };
}

function draw(state, [cloud, curve]) {
  const { recipes, gains: mean, luck, won, best } = compute(state);
  const { tried, spread, level } = state;
  const sum = Math.hypot(luck, spread);
  const reach = Math.max(20, 3 * sum);
  cloud.begin({ x: [level - reach, level + reach], y: [level - 16, level + 16], xlabel: "validation accuracy in %", ylabel: "true accuracy in %" });
  cloud.line([level - 30, level + 30], [level - 30, level + 30], { color: cloud.colors.text, dash: [1, 4], width: 1 });
  cloud.points(recipes.map((r) => r.score), recipes.map((r) => r.truth), { style: 0, size: 3 });
  cloud.points([best.score], [best.truth], { style: 2, size: 7, hollow: true });
  cloud.points([won.score], [won.truth], { style: 1, size: 6 });
  cloud.text("winner", won.score, won.truth, { align: "center", dx: 0, dy: 20 });
  if (best !== won) cloud.text("best in truth", best.score, best.truth, { align: "center", dx: 0, dy: -12 });
  cloud.text("score = truth", level + 12, level + 12, { align: "right", dx: -8 });
  cloud.end();
  curve.begin({ x: [0.95, 105], y: [-2, 20], xlog: true, xlabel: "recipes to choose from, k", ylabel: "gain in points" });
  const rounds = BEST.map((_, k) => k + 1);
  curve.line([tried, tried], [-2, 20], { color: curve.colors.text, dash: [1, 4], width: 1 });
  curve.line(rounds, BEST.map((e) => sum * e), { style: 1 });
  curve.line(rounds, BEST.map((e) => (spread ** 2 / sum) * e), { style: 2 });
  curve.points(ROUNDS, mean.map((m) => m.seen), { style: 1, size: 3.5 });
  curve.points(ROUNDS, mean.map((m) => m.true), { style: 2, size: 3.5 });
  curve.key([["on validation data", 1], ["in truth", 2]], false);
  curve.end();
  const words = `${tried === 1 ? "One recipe judged" : `The best of ${tried} recipes`} by ${state.judges} images, seed ${state.seed}: the winner scores ${say(won.score)} % and is worth ${say(won.truth)} %. ${best === won ? "It is the best of them in truth too." : `The best in truth, worth ${say(best.truth)} %, scored ${say(best.score)} %.`} On average the winner of such a search looks ${say(sum * BEST[tried - 1], 2)} points better than a mean recipe, worth ${level} %, and is ${say((spread ** 2 / sum) * BEST[tried - 1], 2)} better. Scatter of the true accuracies: ${say(spread)}; of the scores about them: ${say(luck, 2)}.`;
  const rows = recipes.map((r, k) => [k + 1, r.score, r.truth]);
  return { summary: words, table: { head: ["recipe", "validation accuracy", "true accuracy"], rows }, gains: mean, luck };
}

export function show(place) {
  frame(place, {
    title: "The best of many: what the winner scores, and what it is worth",
    note: "Here recipes differ in truth too, by as much as you choose. How many images does it take until the winner is worth what it scores?",
    controls,
    views: [
      { label: "Validation accuracy and true accuracy of each recipe; filled and large, the winner; ringed, the truly best", height: 0.48 },
      { label: "Mean gain of the winner over a mean recipe, on validation data and in truth, against the number of recipes", height: 0.42 },
    ],
    draw,
  });
}
