// The formulas of course_lib.schedules that figures use, with T the number of steps; the tests compare both.

const share = (t, T) => Math.min(Math.max(t, 0) / T, 1);

export const SCHEDULES = {
  constant: { words: "constant rate", rate: (t, lr) => lr },
  linear: { words: "linear decay", rate: (t, lr, T) => (1 - share(t, T)) * lr },
  cosine: { words: "cosine decay", rate: (t, lr, T) => 0.5 * (1 + Math.cos(Math.PI * share(t, T))) * lr },
  inverse: { words: "inverse root decay", rate: (t, lr) => lr / Math.sqrt(1 + t / 10) },
};
