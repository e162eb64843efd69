// A figure's state in the address of its page: #figure:name=value&name=value

/** What the address says about a figure's controls; the rest, and what is out of range, is left out. */
export function fromAddress(name, controls) {
  const [figure, text] = decodeURIComponent(location.hash.slice(1)).split(":");
  if (figure !== name || !text) return {};
  const found = {};
  for (const [id, value] of new URLSearchParams(text)) {
    const control = controls.find((c) => c.id === id);
    const kept = control && read(control, value);
    if (kept !== null && kept !== undefined) found[id] = kept;
  }
  return found;
}

function read(control, text) {
  if (control.type === "check") return text === "1" ? true : text === "0" ? false : null;
  if (control.type === "select") return control.options.some(([value]) => value === text) ? text : null;
  const value = Number(text);
  return text !== "" && value >= control.min && value <= control.max ? value : null;
}

/** The address that leads to a state; what is as at the start is left out. */
export function toAddress(name, controls, state, first) {
  const changed = new URLSearchParams();
  for (const { id, type } of controls) {
    if (state[id] !== first[id]) changed.set(id, type === "check" ? Number(state[id]) : state[id]);
  }
  const text = changed.toString();
  return `${location.href.split("#")[0]}${text ? `#${name}:${text}` : ""}`;
}
