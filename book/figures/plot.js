// A small plot on a canvas: axes, contours, lines, points. Text and grid have the theme's colors; lines have
// those of the library's pictures, which can be told from both grounds.
import { STYLES } from "./tables.js";

const MARGIN = { left: 56, right: 16, top: 10, bottom: 40 };

/** The theme's colors, as the page has them now. */
export function colors(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  return { text: get("--figure-text"), edge: get("--figure-edge"), ground: get("--figure-ground") };
}

/** About `count` round numbers between two numbers. */
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / unit - 1e-9); k * unit <= high + 1e-9 * unit; k += 1) {
    found.push(Number((k * unit).toPrecision(12)));
  }
  return found;
}

// Powers of ten; 1, 2 and 5 times them where the axis is short.
function powers(low, high) {
  if (high / low < 150) {
    return [...Array(9).keys()].flatMap((k) => [1, 2, 5].map((factor) => Number(`${factor}e${k - 5}`))).filter((x) => x >= 0.999 * low && x <= 1.001 * high);
  }
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first) / 6));
  const found = [];
  for (let k = first; k <= last; k += every) found.push(10 ** k);
  return found;
}

const UP = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (value) => `10${[...String(Math.round(Math.log10(value)))].map((c) => UP[c]).join("")}`;
const plain = (value) => String(value).replace("-", "−");
const marked = (low, high) => (high / low < 150 ? plain : power);

/** A drawing area with axes; `canvas` keeps the size that the style sheet gives it. */
export class Plot {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.cached = null;
  }

  /** Begin a picture. `equal`: a unit is as long across as it is up; `bare`: there is no room for axes. */
  begin({ x, y, xlog = false, ylog = false, xlabel, ylabel, equal = false, bare = false }) {
    const { canvas, context } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.colors = colors(canvas);
    this.box = bare ? [0, 0, width, height]
      : [MARGIN.left, MARGIN.top, width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
    if (equal) [x, y] = this.#widen(x, y);
    Object.assign(this, { xs: x, ys: y, xlog, ylog, xlabel, ylabel });
  }

  #widen(x, y) {
    const [, , width, height] = this.box;
    const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
    const grow = ([low, high], size) => {
      const more = (unit * size - (high - low)) / 2;
      return [low - more, high + more];
    };
    return [grow(x, width), grow(y, height)];
  }

  px(x) {
    const [low, high] = this.xs;
    const part = this.xlog ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low);
    return this.box[0] + part * this.box[2];
  }

  py(y) {
    const [low, high] = this.ys;
    const part = this.ylog ? Math.log(Math.max(y, low / 1e9) / low) / Math.log(high / low) : (y - low) / (high - low);
    return this.box[1] + (1 - part) * this.box[3];
  }

  /** The data's coordinates of a place on the canvas. */
  at(px, py) {
    const across = (px - this.box[0]) / this.box[2];
    const up = 1 - (py - this.box[1]) / this.box[3];
    const mix = ([low, high], part, log) => (log ? low * (high / low) ** part : low + part * (high - low));
    return [mix(this.xs, across, this.xlog), mix(this.ys, up, this.ylog)];
  }

  /** Contours of `f(points)`, at levels that grow by a constant factor; kept as an image while `key` is the same. */
  contours(key, f, lowest) {
    const { canvas, context } = this;
    const full = JSON.stringify([key, this.xs, this.ys, this.box, canvas.width, this.colors.edge]);
    if (this.cached?.key !== full) this.cached = { key: full, image: this.#image(this.#trace(f, lowest)) };
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.cached.image, 0, 0);
    context.restore();
  }

  #image(path) {
    const image = document.createElement("canvas");
    [image.width, image.height] = [this.canvas.width, this.canvas.height];
    const context = image.getContext("2d");
    context.setTransform(this.context.getTransform());
    context.beginPath();
    context.rect(...this.box);
    context.clip();
    context.strokeStyle = this.colors.edge;
    context.stroke(path);
    return image;
  }

  #trace(f, lowest) {
    const cell = Math.max(2.5, Math.sqrt((this.box[2] * this.box[3]) / 9000));
    const columns = Math.ceil(this.box[2] / cell) + 1;
    const rows = Math.ceil(this.box[3] / cell) + 1;
    const points = new Float64Array(2 * columns * rows);
    const place = (i, j) => [this.box[0] + i * cell, this.box[1] + j * cell];
    for (let j = 0, k = 0; j < rows; j += 1) {
      for (let i = 0; i < columns; i += 1, k += 2) points.set(this.at(...place(i, j)), k);
    }
    const heights = f(points).map((value) => Math.log(Math.max(value - lowest, 1e-12)));
    const [low, high] = [Math.max(-7, Math.min(...heights)), Math.max(...heights)];
    const path = new Path2D();
    for (let n = 0; n < 12; n += 1) {
      squares(heights, columns, rows, low + ((n + 0.5) / 12) * (high - low), place, path);
    }
    return path;
  }

  line(xs, ys, { style = 0, width = 2, marks = false, color = null, dash = null } = {}) {
    this.#clipped(() => {
      const { context } = this;
      context.strokeStyle = color ?? STYLES[style].color;
      context.lineWidth = width;
      context.setLineDash(dash ?? STYLES[style].dash);
      context.beginPath();
      for (let k = 0; k < xs.length; k += 1) context.lineTo(this.px(xs[k]), this.py(ys[k]));
      context.stroke();
    });
    if (marks) this.points(xs, ys, { style, color });
  }

  points(xs, ys, { style = 0, size = 2.5, hollow = false, color = null } = {}) {
    this.#clipped(() => {
      const { context } = this;
      context.fillStyle = context.strokeStyle = color ?? STYLES[style].color;
      context.lineWidth = 2;
      context.setLineDash([]);
      for (let k = 0; k < xs.length; k += 1) {
        context.beginPath();
        context.arc(this.px(xs[k]), this.py(ys[k]), size, 0, 2 * Math.PI);
        if (hollow) context.stroke();
        else context.fill();
      }
    });
  }

  /** A filled rectangle between two values of each axis. */
  rect([x0, x1], [y0, y1], { style = 0, alpha = 1, color = null } = {}) {
    this.#clipped(() => {
      const { context } = this;
      context.globalAlpha = alpha;
      context.fillStyle = color ?? STYLES[style].color;
      const [left, top] = [this.px(x0), this.py(y1)];
      context.fillRect(left, top, this.px(x1) - left, this.py(y0) - top);
    });
  }

  /** Words at a point of the data, on its other side or further in where they would not fit. */
  text(words, x, y, { align = "left", dx = 6, dy = -6 } = {}) {
    const { context } = this;
    context.fillStyle = this.colors.text;
    context.textBaseline = "alphabetic";
    context.font = "13px system-ui, sans-serif";
    const [wide, end] = [context.measureText(words).width, this.box[0] + this.box[2] - 4];
    if (align === "left" && this.px(x) + dx + wide > end) [align, dx] = ["right", -dx];
    context.textAlign = align;
    const most = end - (align === "center" ? wide / 2 : 0);
    const place = [Math.min(this.px(x) + dx, most), this.py(y) + dy];
    // Lines that pass behind the words stop beside them.
    context.setLineDash([]);
    context.lineJoin = "round";
    context.lineWidth = 5;
    context.strokeStyle = this.colors.ground;
    context.strokeText(words, ...place);
    context.fillText(words, ...place);
  }

  /** Say what the lines are: `[words, style]` each, one below the other, in a corner. */
  key(entries, right = true, low = false) {
    const { context } = this;
    const [left, upper, width, height] = this.box;
    const top = low ? upper + height - 17 * entries.length - 10 : upper;
    const x = right ? left + width - 34 : left + 10;
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = right ? "right" : "left";
    // Words are read more easily if no line runs through them.
    const wide = Math.max(0, ...entries.map(([words]) => context.measureText(words).width)) + 46;
    context.globalAlpha = 0.8;
    context.fillStyle = this.colors.ground;
    context.fillRect(right ? left + width - wide - 2 : left + 2, top + 3, wide, 17 * entries.length + 3);
    context.globalAlpha = 1;
    entries.forEach(([words, style], k) => {
      const y = top + 14 + 17 * k;
      context.strokeStyle = STYLES[style].color;
      context.lineWidth = 2;
      context.setLineDash(STYLES[style].dash);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + 26, y);
      context.stroke();
      context.fillStyle = this.colors.text;
      context.fillText(words, right ? x - 6 : x + 32, y);
    });
  }

  /** Frame, ticks and labels: last, so that nothing covers them. */
  end() {
    const { context } = this;
    const [left, top, width, height] = this.box;
    context.setLineDash([]);
    context.strokeStyle = this.colors.edge;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, width, height);
    context.fillStyle = this.colors.text;
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    const across = this.xlog ? powers(...this.xs) : ticks(...this.xs, Math.max(4, Math.round(width / 90)));
    for (const x of across) context.fillText((this.xlog ? marked(...this.xs) : plain)(x), this.px(x), top + height + 5);
    context.fillText(this.xlabel, left + width / 2, top + height + 22);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const y of this.ylog ? powers(...this.ys) : ticks(...this.ys)) {
      context.fillText((this.ylog ? marked(...this.ys) : plain)(y), left - 5, this.py(y));
    }
    context.save();
    context.translate(8, top + height / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(this.ylabel, 0, 0);
    context.restore();
  }

  #clipped(draw) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(...this.box);
    this.context.clip();
    draw();
    this.context.restore();
  }
}

// Marching squares: the pieces of the line `level` in each cell of a grid. `heights` has one row after the other.
function squares(heights, columns, rows, level, place, path) {
  for (let j = 0; j + 1 < rows; j += 1) {
    for (let i = 0; i + 1 < columns; i += 1) {
      const k = j * columns + i;
      const corners = [heights[k], heights[k + 1], heights[k + columns + 1], heights[k + columns]];
      const cuts = [];
      for (let e = 0; e < 4; e += 1) {
        const [a, b] = [corners[e], corners[(e + 1) % 4]];
        if (a < level === b < level) continue;
        const part = (level - a) / (b - a);
        const [[x, y], [u, v]] = [e, (e + 1) % 4].map((c) => place(i + (c === 1 || c === 2), j + (c > 1)));
        cuts.push([x + part * (u - x), y + part * (v - y)]);
      }
      for (let c = 0; c + 1 < cuts.length; c += 2) {
        path.moveTo(...cuts[c]);
        path.lineTo(...cuts[c + 1]);
      }
    }
  }
}
