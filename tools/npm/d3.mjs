// What the figures' plots have of D3: axes and contours. Bundled by bundle.mjs.
export { contours } from "d3-contour";
export { scaleLinear, scaleLog } from "d3-scale";
