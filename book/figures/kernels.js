// The library's kernels, compiled by `make wasm`, behind functions that take and return plain arrays.

let wasm;
let top;

/** Start the module; `bytes` is the content of kernels.wasm. */
export async function start(bytes) {
  const made = await WebAssembly.instantiate(bytes, { env: { pow: Math.pow } });
  wasm = made.instance.exports;
}

// Every call lays its arrays out anew, from the end of the module's own data on.
function clear() {
  top = (wasm.__heap_base.value + 15) & ~15;
}

function room(count) {
  const place = top;
  top += 8 * count;
  const missing = top - wasm.memory.buffer.byteLength;
  if (missing > 0) wasm.memory.grow(Math.ceil(missing / 65536));
  return place;
}

function put(values) {
  const place = room(values.length);
  new Float64Array(wasm.memory.buffer, place, values.length).set(values);
  return place;
}

function zeros(count) {
  const place = room(count);
  new Float64Array(wasm.memory.buffer, place, count).fill(0);
  return place;
}

function take(place, count) {
  return new Float64Array(wasm.memory.buffer, place, count).slice();
}

/** f and its gradient at `w`. `land` has `family` and `params`, as in the library's Objective. */
export function valueAndGradient(land, w) {
  clear();
  const [params, at, gradient] = [put(land.params), put(w), room(w.length)];
  const value = wasm.value_and_gradient(land.family, params, land.params.length, at, w.length, gradient);
  return { value, gradient: take(gradient, w.length) };
}

/** f at points (x, y) that stand in one flat array. */
export function values(land, points) {
  clear();
  const count = points.length / 2;
  const [params, at, out] = [put(land.params), put(points), zeros(count + 2)];
  wasm.values(land.family, params, land.params.length, at, count, 2, out);
  return take(out, count);
}

/** One step of a rule: what becomes of w and of the state (its rows one after the other). */
export function step(rule, { w, g, state, t, lr, hyper }) {
  clear();
  const [weights, gradient, rows, numbers] = [put(w), put(g), put(state), put(hyper)];
  const n = w.length;
  wasm.step(rule.number, n, state.length / n, weights, gradient, rows, t, lr, numbers, hyper.length);
  return { w: take(weights, n), state: take(rows, state.length) };
}

/**
 * A whole run. `rates` holds one rate or one a step; `noise`, one row a step, is added to the gradients.
 * Returns the path (points one after the other) and the losses, both up to the step that diverged.
 */
export function descend(rule, land, { start: from, steps, rates, hyper, noise = [], farAway = 1e10 }) {
  clear();
  const n = from.length;
  const [numbers, state, scratch] = [put(hyper), zeros(rule.rows * n), zeros(2 * n)];
  const [params, lr, extra] = [put(land.params), put(rates), put(noise)];
  const [path, losses] = [zeros((steps + 1) * n), zeros(steps + 1)];
  new Float64Array(wasm.memory.buffer, path, n).set(from);
  const diverged = wasm.descend(
    rule.number, numbers, hyper.length, state, rule.rows, scratch, land.family, params,
    land.params.length, lr, rates.length, extra, noise.length / n, farAway, path, losses, steps, n,
  );
  const points = diverged ? diverged : steps + 1;
  return { path: take(path, points * n), losses: take(losses, points), diverged };
}

/** The weights that sharpness-aware minimization looks at, or null where there are none. */
export function perturb(w, g, rho) {
  clear();
  const [at, gradient, out] = [put(w), put(g), zeros(w.length)];
  return wasm.perturb(at, gradient, w.length, rho, out) ? take(out, w.length) : null;
}

/**
 * The weights of least penalized loss ½ wᵀ·gram·w − target·w + l1·Σ|w| + ½ l2·Σw². The search begins at
 * `start`, if there is one: the solution for another strength is a good one.
 */
export function elasticNet(gram, target, l1, l2, { tol = 1e-12, maxSweeps = 10000, start: from = null } = {}) {
  clear();
  const n = target.length;
  const begin = from ?? new Float64Array(n);
  const product = begin.map((_, i) => begin.reduce((sum, value, j) => sum + gram[n * i + j] * value, 0));
  const [matrix, slopes, w, gramW] = [put(gram), put(target), put(begin), put(product)];
  wasm.coordinate_descent(matrix, slopes, n, l1, l2, tol, maxSweeps, w, gramW);
  return take(w, n);
}
