// A small plot on a canvas: axes, contours, lines, points. D3 finds their places. Text and grid have the theme's
// colors; lines have those of the library's pictures, which can be told from both grounds.
import { d3 } from "./d3.js";
import { STYLES } from "./tables.js";

const MARGIN = { left: 56, right: 16, top: 10, bottom: 40 };

/** The theme's colors, as the page has them now. */
export function colors(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  return { text: get("--figure-text"), edge: get("--figure-edge"), ground: get("--figure-ground") };
}

const short = (scale) => scale.domain()[1] / scale.domain()[0] < 150;

// Powers of ten; 1, 2 and 5 times them where the axis is short.
function marks(scale, log, count) {
  const leads = short(scale) ? [1, 2, 5] : [1];
  return scale.ticks(count).filter((value) => !log || leads.includes(Number(value.toExponential(6).split("e")[0])));
}

const UP = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (value) => `10${[...String(Math.round(Math.log10(value)))].map((c) => UP[c]).join("")}`;
const plain = (value) => String(value).replace("-", "−");
const scaled = (log, values, places) => (log ? d3.scaleLog() : d3.scaleLinear()).domain(values).range(places);

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
    const [left, top, across, up] = this.box;
    const scales = { x: scaled(xlog, x, [left, left + across]), y: scaled(ylog, y, [top + up, top]) };
    Object.assign(this, scales, { xs: x, ys: y, xlog, ylog, xlabel, ylabel });
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
    return this.x(x);
  }

  py(y) {
    return this.y(this.ylog ? Math.max(y, this.ys[0] / 1e9) : y);
  }

  /** The data's coordinates of a place on the canvas. */
  at(px, py) {
    return [this.x.invert(px), this.y.invert(py)];
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
    const levels = Array.from({ length: 12 }, (_, n) => low + ((n + 0.5) / 12) * (high - low));
    const path = new Path2D();
    // To D3, a number is the middle of a square. What it draws along the edge lies outside of the box.
    for (const ring of d3.contours().size([columns, rows]).thresholds(levels)(heights).flatMap((one) => one.coordinates.flat())) {
      ring.forEach(([i, j], k) => path[k ? "lineTo" : "moveTo"](...place(i - 0.5, j - 0.5)));
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
    for (const x of marks(this.x, this.xlog, this.xlog ? 8 : Math.max(4, Math.round(width / 90)))) {
      context.fillText((this.xlog && !short(this.x) ? power : plain)(x), this.px(x), top + height + 5);
    }
    context.fillText(this.xlabel, left + width / 2, top + height + 22);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const y of marks(this.y, this.ylog, this.ylog ? 8 : 5)) {
      context.fillText((this.ylog && !short(this.y) ? power : plain)(y), left - 5, this.py(y));
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
