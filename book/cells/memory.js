// What a reader writes stays in the browser, one text an exercise, with the start it was written on.

/** The kept text of an exercise, and whether its start is still the same; null if nothing was kept. */
export function recall(key, stub) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return typeof kept?.text === "string" ? { text: kept.text, sameStart: kept.stub === stub } : null;
  } catch {
    return null; // no storage, or something that is not ours
  }
}

/** Keep a text; one that is the start itself is forgotten. Returns whether the browser kept it. */
export function keep(key, stub, text) {
  try {
    if (text === stub) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ text, stub }));
    return true;
  } catch {
    return false;
  }
}
