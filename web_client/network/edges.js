/**
 * The layer of ties: rasterised once per size and palette, then only copied.
 *
 * Law: pure typed-array code, cut into slices so that no slice blocks the page. Both backends draw this same picture.
 * Each tie adds an anti-aliased line to a density; the density becomes opacity by 1 - exp(-k d), so that dense regions glow
 * instead of saturating. Long ties count less: they would cover the neighbourhoods that one wants to see.
 */
import { mix, opaque } from "./palette.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./palette.js").Rgb} Rgb */

const MOST_STEPS = 60e6; // pixels walked at most; beyond that every k-th tie is drawn, k times as strong
const SLICE_STEPS = 4e5; // a few milliseconds
const FULL = 255;

/**
 * Add one line to the density; weight 0..255 is shared between the two pixels beside the line.
 * @param {Uint32Array} density @param {number} width @param {number} height
 * @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} weight
 */
function addLine(density, width, height, x0, y0, x1, y1, weight) {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const steep = Math.abs(dy) > Math.abs(dx);
  const steps = Math.max(1, Math.ceil(steep ? Math.abs(dy) : Math.abs(dx)));
  const across = steep ? 1 : width;
  const limit = (steep ? width : height) - 1;
  let x = x0;
  let y = y0;
  const sx = dx / steps;
  const sy = dy / steps;
  for (let k = 0; k <= steps; k++, x += sx, y += sy) {
    const off = steep ? x : y;
    const floor = off | 0;
    if (floor < 0 || floor >= limit) continue;
    const along = Math.round(steep ? y : x);
    if (along < 0 || along >= (steep ? height : width)) continue;
    const second = (weight * (off - floor)) | 0;
    const at = steep ? along * width + floor : floor * width + along;
    density[at] += weight - second;
    density[at + across] += second;
  }
}

/**
 * Walk all ties into a density, yielding after each slice.
 * @param {Graph} graph @param {Float32Array} px @param {Float32Array} py @param {number} width @param {number} height
 * @returns {Generator<number, Uint32Array, void>} yields the part done; returns the density
 */
export function* tieDensity(graph, px, py, width, height) {
  const density = new Uint32Array(width * height);
  const near = Math.max(24, Math.min(width, height) * 0.06);
  let total = 0;
  for (let tie = 0; tie < graph.tieCount; tie++) {
    const a = graph.source[tie];
    const b = graph.target[tie];
    total += Math.max(Math.abs(px[a] - px[b]), Math.abs(py[a] - py[b]));
  }
  const stride = Math.max(1, Math.ceil(total / MOST_STEPS));
  let walked = 0;
  for (let tie = 0; tie < graph.tieCount; tie += stride) {
    const a = graph.source[tie];
    const b = graph.target[tie];
    const length = Math.max(1, Math.hypot(px[a] - px[b], py[a] - py[b]));
    const weight = FULL * stride * Math.max(0.24, Math.min(1, near / length));
    addLine(density, width, height, px[a], py[a], px[b], py[b], weight);
    walked += length;
    if (walked > SLICE_STEPS) {
      walked = 0;
      yield tie / graph.tieCount;
    }
  }
  return density;
}

const COMMON = 0.97;
const HIGH_OPACITY = 0.62;
const LONE_OPACITY = 0.34;
const TONES = 4096;

/** A density that nearly all walked pixels stay below. @param {Uint32Array} density */
function highDensity(density) {
  const sample = new Uint32Array(Math.ceil(density.length / 16));
  let filled = 0;
  for (let at = 0; at < density.length; at += 16) if (density[at]) sample[filled++] = density[at];
  const walked = sample.subarray(0, filled).sort();
  return filled ? walked[Math.floor(filled * COMMON)] : FULL;
}

/**
 * Opaque pixels of ties on their ground.
 * @param {Uint32Array} density @param {Rgb} ground @param {Rgb} tie
 * @returns {Uint32Array}
 */
export function tonePixels(density, ground, tie) {
  const high = -Math.log(1 - HIGH_OPACITY) / Math.max(1, highDensity(density));
  const lone = -Math.log(1 - LONE_OPACITY) / FULL;
  const rate = Math.min(high, lone);
  const top = 5 / rate; // where 1 - exp(-rate * d) is as good as 1
  const ramp = Uint32Array.from({ length: TONES }, (_, tone) => opaque(mix(ground, tie, 1 - Math.exp((-5 * tone) / TONES))));
  const pixels = new Uint32Array(density.length);
  for (let at = 0; at < density.length; at++) {
    const tone = (density[at] / top) * TONES;
    pixels[at] = ramp[tone < TONES ? tone | 0 : TONES - 1];
  }
  return pixels;
}
