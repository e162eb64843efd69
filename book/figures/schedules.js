// The formulas of course_lib.schedules that figures use, with T the number of steps; the tests compare both.

const share = (t, T) => Math.min(Math.max(t, 0) / T, 1);

export const SCHEDULES = {
  constant: { words: "constant rate", rate: (t, lr) => lr },
  linear: { words: "linear decay", rate: (t, lr, T) => (1 - share(t, T)) * lr },
  cosine: { words: "cosine decay", rate: (t, lr, T) => 0.5 * (1 + Math.cos(Math.PI * share(t, T))) * lr },
  step: { words: "falls to a tenth, twice", rate: (t, lr, T) => lr * 0.1 ** Math.floor(t / Math.max(Math.ceil(T / 3), 1)) },
  exponential: { words: "exponential decay", rate: (t, lr, T) => lr * 0.01 ** (t / T) },
  time: { words: "inverse time decay", rate: (t, lr) => lr / (1 + t / 10) },
  inverse: { words: "inverse root decay", rate: (t, lr) => lr / Math.sqrt(1 + t / 10) },
};

/** The rates of all steps, with a rise over the first ones; the schedule itself begins after that. */
export function ratesOf(name, lr, steps, warmup) {
  const T = Math.max(steps - warmup, 1);
  return Array.from({ length: steps }, (_, t) => {
    const risen = warmup ? Math.min((t + 1) / warmup, 1) : 1;
    return risen * SCHEDULES[name].rate(Math.max(t - warmup, 0), lr, T);
  });
}
