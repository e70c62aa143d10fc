/**
 * Colours of the network view, as numbers.
 *
 * Law: colours come from the page's tokens (CSS custom properties); this file knows only their names and what to fall back on. The fall-backs
 * are the palettes that were searched for safety under all three kinds of colour blindness.
 */
import { STAGES } from "./states.js";

/** @typedef {[number, number, number]} Rgb */

/**
 * @typedef {object} Palette
 * @property {Rgb} ground behind everything
 * @property {Rgb} tie
 * @property {Rgb[]} stages in the order of STAGES
 * @property {Rgb[]} vendors by index
 * @property {Rgb} mark the ring of a selected buyer
 */

/** @type {Palette} */
export const DARK = {
  ground: [11, 15, 25],
  tie: [110, 132, 184],
  stages: [[98, 106, 123], [38, 128, 217], [136, 209, 238], [249, 217, 68], [253, 253, 252], [197, 81, 15]],
  vendors: [[86, 180, 233], [240, 158, 55], [64, 196, 148], [222, 124, 184], [240, 228, 100], [170, 140, 240], [230, 100, 80], [150, 160, 175]],
  mark: [255, 255, 255],
};

/**
 * A CSS colour as it comes out of getComputedStyle: hexadecimal or rgb().
 * @param {string} text @returns {Rgb | null}
 */
export function parseColour(text) {
  const css = text.trim();
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(css);
  if (hex) {
    const digits = hex[1].length === 3 ? [...hex[1]].map((d) => d + d).join("") : hex[1];
    const value = Number.parseInt(digits, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  }
  const rgb = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(css);
  return rgb ? [Math.round(Number(rgb[1])), Math.round(Number(rgb[2])), Math.round(Number(rgb[3]))] : null;
}

/**
 * The palette that the page's tokens give at an element.
 * @param {(name: string) => string} token reads a custom property, "" when there is none
 * @returns {Palette}
 */
export function paletteFrom(token) {
  /** @param {string} name @param {Rgb} other */
  const colour = (name, other) => parseColour(token(name)) ?? other;
  return {
    ground: colour("--network-ground", DARK.ground),
    tie: colour("--network-tie", DARK.tie),
    stages: STAGES.map((stage, index) => colour(`--stage-${stage}`, DARK.stages[index])),
    vendors: DARK.vendors.map((other, index) => colour(`--team-${index}`, other)),
    mark: colour("--network-mark", DARK.mark),
  };
}

/** @param {Rgb} from @param {Rgb} to @param {number} share of `to` @returns {Rgb} */
export function mix(from, to, share) {
  const part = (/** @type {number} */ k) => Math.round(from[k] + (to[k] - from[k]) * share);
  return [part(0), part(1), part(2)];
}

/** An opaque pixel as ImageData's memory holds it on a little-endian machine. @param {Rgb} rgb */
export const opaque = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

/**
 * The colour of a node: by stage, or by vendor with the stage as strength.
 * @param {Palette} palette @param {number} stage @param {number} vendor @param {"stage" | "vendor"} colouring
 * @returns {Rgb}
 */
export function nodeColour(palette, stage, vendor, colouring) {
  if (colouring === "stage" || stage === 0) return palette.stages[stage] ?? palette.stages[0];
  const strength = [0, 0.5, 0.75, 1, 1, 0.45][stage] ?? 1;
  return mix(palette.ground, palette.vendors[vendor % palette.vendors.length], strength);
}
