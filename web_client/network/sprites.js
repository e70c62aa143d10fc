/**
 * Small pictures of a node, one for each look, as premultiplied pixels that a loop can blend without thinking.
 *
 * Law: no cue by colour alone: a customer is larger, an advocate a diamond, a lost buyer hollow. Pure: colours and a radius in, arrays out.
 */
import { nodeColour } from "./palette.js";
import { STAGE_COUNT, VENDOR_LIMIT } from "./states.js";

/** @typedef {import("./palette.js").Palette} Palette */

/**
 * @typedef {object} Sprite
 * @property {number} half pixels from the centre to the edge; the side is 2 * half + 1
 * @property {Uint32Array} pixels premultiplied ABGR
 * @property {Uint8Array} alpha 0..255
 */

/** Radius of each stage relative to the base radius. */
const EMPHASIS = [0.72, 0.86, 1, 1.5, 1.8, 1.05];
const FEWEST_PIXELS = 0.6;

/** Base radius in pixels for a number of nodes on an area. @param {number} nodeCount @param {number} area @param {number} ratio */
export function baseRadius(nodeCount, area, ratio) {
  const spacing = Math.sqrt(area / Math.max(1, nodeCount));
  return Math.min(6 * ratio, Math.max(FEWEST_PIXELS, spacing * 0.17));
}

/** Signed distance from the outline of a stage's shape; negative inside. @param {number} stage @param {number} dx @param {number} dy @param {number} radius */
function distance(stage, dx, dy, radius) {
  if (stage === 4) return (Math.abs(dx) + Math.abs(dy)) * Math.SQRT1_2 - radius * 0.8;
  const round = Math.hypot(dx, dy) - radius;
  if (stage === 5 && radius > 1.6) return Math.abs(round + radius * 0.25) - radius * 0.27;
  return round;
}

/** @param {number} value */
const clamp01 = (value) => Math.min(1, Math.max(0, value));

/** @param {number} r @param {number} g @param {number} b @param {number} a 0..1 */
function premultiplied(r, g, b, a) {
  const part = (/** @type {number} */ v) => Math.round(v * a);
  return ((Math.round(a * 255) << 24) | (part(b) << 16) | (part(g) << 8) | part(r)) >>> 0;
}

/**
 * @param {number} stage @param {import("./palette.js").Rgb} colour @param {import("./palette.js").Rgb} ground @param {number} radius of the base
 * @returns {Sprite}
 */
function makeSprite(stage, colour, ground, radius) {
  const own = Math.max(FEWEST_PIXELS, radius * EMPHASIS[stage]);
  const halo = own > 2 ? Math.min(2, own * 0.35) : 0;
  const reach = stage === 4 ? (own * 0.8 + halo + 0.5) * Math.SQRT2 : own + halo + 0.5;
  const half = Math.max(1, Math.ceil(reach) - 1); // a pixel as far as `reach` has nothing of it
  const side = 2 * half + 1;
  const sprite = { half, pixels: new Uint32Array(side * side), alpha: new Uint8Array(side * side) };
  for (let dy = -half, at = 0; dy <= half; dy++) {
    for (let dx = -half; dx <= half; dx++, at++) {
      const outline = distance(stage, dx, dy, own);
      const fill = clamp01(0.5 - outline);
      const rim = halo ? clamp01(0.5 - outline + halo) * 0.75 * (1 - fill) : 0;
      const a = fill + rim;
      const part = (/** @type {number} */ k) => (a ? (colour[k] * fill + ground[k] * rim) / a : 0);
      sprite.pixels[at] = premultiplied(part(0), part(1), part(2), a);
      sprite.alpha[at] = Math.round(a * 255);
    }
  }
  return sprite;
}

/**
 * A sprite for each of the 64 looks (vendor and stage in one number).
 * @param {Palette} palette @param {number} radius @param {"stage" | "vendor"} colouring
 * @returns {Sprite[]}
 */
export function makeSprites(palette, radius, colouring) {
  const sprites = [];
  for (let vendor = 0; vendor < VENDOR_LIMIT; vendor++) {
    for (let code = 0; code < 8; code++) {
      const stage = code < STAGE_COUNT ? code : 0;
      sprites.push(makeSprite(stage, nodeColour(palette, stage, vendor, colouring), palette.ground, radius));
    }
  }
  return sprites;
}

/**
 * The glow of a node that just saw a message: straight (not premultiplied) pixels, brightest in the middle.
 * @param {import("./palette.js").Rgb} colour @param {number} radius of the base
 * @returns {Sprite}
 */
export function makeGlow(colour, radius) {
  const reach = Math.max(1.6, radius * 2.7);
  const half = Math.max(1, Math.ceil(reach) - 1);
  const side = 2 * half + 1;
  const sprite = { half, pixels: new Uint32Array(side * side), alpha: new Uint8Array(side * side) };
  for (let dy = -half, at = 0; dy <= half; dy++) {
    for (let dx = -half; dx <= half; dx++, at++) {
      const a = Math.round(150 * clamp01(1 - Math.hypot(dx, dy) / reach) ** 1.5);
      sprite.alpha[at] = a;
      sprite.pixels[at] = ((a << 24) | (colour[2] << 16) | (colour[1] << 8) | colour[0]) >>> 0;
    }
  }
  return sprite;
}
