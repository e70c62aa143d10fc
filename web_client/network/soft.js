/**
 * The soft backend: pixels in typed arrays, put on a 2D canvas. It needs no GPU, so it is what most laptops on a beamer get.
 *
 * Law: the layer of ties is only ever copied; an update repaints the tiles that hold a node whose look changed, and nothing else.
 * Nodes that saw a message glow on a canvas of half resolution above, which the compositor fades: no frame of animation costs the main thread anything.
 * Measured (headless Chromium, no GPU, 1920x1080): benchmarks/network_view.html.
 */
import { mix, opaque } from "./palette.js";
import { cover } from "./scene.js";
import { baseRadius, makeGlow, makeSprites } from "./sprites.js";
import { LOOK_MASK, PULSE_BIT } from "./states.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./sprites.js").Sprite} Sprite */

const TILE = 32;
const FEW_TILES = 120; // beyond, one copy of the whole is cheaper than the calls
const FADE_MS = 1100;
const PULSE_SCALE = 0.5;
const WHITE = /** @type {import("./palette.js").Rgb} */ ([255, 255, 255]);

/** Which nodes touch which tile, in compressed rows. @param {Scene} scene @param {number} reach @param {number} across @param {number} down */
export function tileNodes(scene, reach, across, down) {
  const { px, py } = scene;
  const start = new Uint32Array(across * down + 1);
  /** @param {(tile: number, node: number) => void} visit */
  const each = (visit) => {
    for (let node = 0; node < px.length; node++) {
      const x0 = Math.max(0, ((px[node] - reach) / TILE) | 0);
      const x1 = Math.min(across - 1, ((px[node] + reach) / TILE) | 0);
      const y0 = Math.max(0, ((py[node] - reach) / TILE) | 0);
      const y1 = Math.min(down - 1, ((py[node] + reach) / TILE) | 0);
      for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) visit(y * across + x, node);
    }
  };
  each((tile) => start[tile + 1]++);
  for (let tile = 0; tile < across * down; tile++) start[tile + 1] += start[tile];
  const next = start.slice(0, across * down);
  const nodes = new Uint32Array(start[across * down]);
  each((tile, node) => (nodes[next[tile]++] = node));
  return { start, nodes };
}

/**
 * Blend a sprite over opaque pixels, within a clip rectangle.
 * @param {Uint32Array} target @param {number} width @param {Sprite} sprite @param {number} cx @param {number} cy
 * @param {number} left @param {number} top @param {number} right @param {number} bottom
 */
function blend(target, width, sprite, cx, cy, left, top, right, bottom) {
  const { half, pixels, alpha } = sprite;
  const side = 2 * half + 1;
  const x0 = Math.max(left, cx - half);
  const x1 = Math.min(right, cx + half + 1);
  const y1 = Math.min(bottom, cy + half + 1);
  for (let y = Math.max(top, cy - half); y < y1; y++) {
    let from = (y - cy + half) * side + (x0 - cx + half);
    let at = y * width + x0;
    for (let x = x0; x < x1; x++, at++, from++) {
      const a = alpha[from];
      if (a === 0) continue;
      if (a === 255) {
        target[at] = pixels[from];
        continue;
      }
      const keep = 256 - a;
      const under = target[at];
      const redBlue = ((under & 0xff00ff) * keep) >>> 8;
      const green = ((under & 0xff00) * keep) >>> 8;
      const over = pixels[from];
      target[at] = (0xff000000 | ((redBlue & 0xff00ff) + (over & 0xff00ff)) | ((green & 0xff00) + (over & 0xff00))) >>> 0;
    }
  }
}

/** @param {number} width @param {number} height @param {boolean} alpha */
function makeLayer(width, height, alpha) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { alpha, willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2D canvas");
  const image = context.createImageData(width, height);
  return { canvas, context, image, pixels: new Uint32Array(image.data.buffer) };
}

export class SoftBackend {
  name = "soft";

  /** @param {HTMLElement} host @param {Scene} scene @param {boolean} still no pulses */
  constructor(host, scene, still) {
    this.scene = scene;
    this.still = still;
    const { width, height, graph } = scene;
    this.radius = baseRadius(graph.nodeCount, width * height, scene.ratio);
    this.base = makeLayer(width, height, false);
    this.pulses = still ? [] : [0, 1].map(() => makeLayer(Math.ceil(width * PULSE_SCALE), Math.ceil(height * PULSE_SCALE), true));
    this.turn = 0;
    for (const layer of [this.base, ...this.pulses]) cover(host, layer.canvas);
    for (const layer of this.pulses) layer.canvas.style.opacity = "0";
    this.across = Math.ceil(width / TILE);
    this.down = Math.ceil(height / TILE);
    this.dirty = new Uint8Array(this.across * this.down);
    this.drawn = new Uint8Array(graph.nodeCount);
    this.cx = Int32Array.from(scene.px, Math.round);
    this.cy = Int32Array.from(scene.py, Math.round);
    this.ground = 0;
    this.reach = 0;
    /** @type {Sprite[]} */
    this.sprites = [];
    /** @type {Sprite[]} */
    this.glows = [];
    this.tiles = { start: new Uint32Array(1), nodes: new Uint32Array(0) };
    this.#dress();
  }

  /** Sprites and tiles for the scene's palette and colouring; everything is painted anew by the next update. */
  #dress() {
    const { palette, colouring } = this.scene;
    this.ground = opaque(palette.ground);
    this.sprites = makeSprites(palette, this.radius, colouring);
    const light = palette.ground[0] + palette.ground[1] + palette.ground[2] > 384;
    this.glows = this.sprites.map((_, look) => {
      const colour = colouring === "stage" ? palette.stages[look & 7] ?? palette.stages[0] : palette.vendors[look >> 3];
      return makeGlow(light ? colour : mix(colour, WHITE, 0.25), this.radius * PULSE_SCALE);
    });
    const reach = Math.max(...this.sprites.map((sprite) => sprite.half)) + 1;
    if (reach !== this.reach) this.tiles = tileNodes(this.scene, reach, this.across, this.down); // other colours leave nodes where they are
    this.reach = reach;
    this.dirty.fill(1);
  }

  /** The palette, the colouring or the layer of ties of the scene changed. */
  refresh() {
    this.#dress();
    this.#paint();
  }

  /**
   * @param {Uint8Array} states
   * @param {Uint32Array | null} ties ends of ties to flash, in pairs; null for no pulses at all
   */
  update(states, ties) {
    const { drawn } = this;
    for (let node = 0; node < states.length; node++) {
      if ((drawn[node] ^ states[node]) & LOOK_MASK) this.#touch(node);
    }
    drawn.set(states);
    this.#paint();
    if (ties && this.pulses.length) this.#pulse(states, ties);
  }

  /** Mark the tiles of a node. @param {number} node */
  #touch(node) {
    const { reach } = this;
    const x0 = Math.max(0, ((this.cx[node] - reach) / TILE) | 0);
    const x1 = Math.min(this.across - 1, ((this.cx[node] + reach) / TILE) | 0);
    const y0 = Math.max(0, ((this.cy[node] - reach) / TILE) | 0);
    const y1 = Math.min(this.down - 1, ((this.cy[node] + reach) / TILE) | 0);
    for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) this.dirty[y * this.across + x] = 1;
  }

  /** Paint all dirty tiles and put them on the canvas: each by itself when they are few, else all pixels at once. */
  #paint() {
    const { width, height } = this.scene;
    const { context, image } = this.base;
    const few = this.#dirtyTiles() < FEW_TILES;
    for (let tile = 0; tile < this.dirty.length; tile++) {
      if (!this.dirty[tile]) continue;
      const left = (tile % this.across) * TILE;
      const top = Math.floor(tile / this.across) * TILE;
      const right = Math.min(width, left + TILE);
      const bottom = Math.min(height, top + TILE);
      this.#paintTile(tile, left, top, right, bottom);
      if (few) context.putImageData(image, 0, 0, left, top, right - left, bottom - top);
    }
    if (!few) context.putImageData(image, 0, 0);
    this.dirty.fill(0);
  }

  #dirtyTiles() {
    let count = 0;
    for (const dirty of this.dirty) count += dirty;
    return count;
  }

  /** @param {number} tile @param {number} left @param {number} top @param {number} right @param {number} bottom */
  #paintTile(tile, left, top, right, bottom) {
    const { width, ties } = this.scene;
    const target = this.base.pixels;
    const { ground } = this;
    for (let y = top; y < bottom; y++) {
      const end = y * width + right;
      if (ties) for (let at = y * width + left; at < end; at++) target[at] = ties[at];
      else target.fill(ground, y * width + left, end);
    }
    const { start, nodes } = this.tiles;
    const { drawn, sprites, cx, cy } = this;
    for (let pass = 0; pass < 2; pass++) {
      for (let k = start[tile]; k < start[tile + 1]; k++) {
        const node = nodes[k];
        const look = drawn[node] & LOOK_MASK;
        const front = (look & 7) > 1 ? 1 : 0;
        if (front === pass) blend(target, width, sprites[look], cx[node], cy[node], left, top, right, bottom);
      }
    }
  }

  /** @param {Uint8Array} states @param {Uint32Array} ties */
  #pulse(states, ties) {
    const layer = this.pulses[this.turn];
    this.turn = 1 - this.turn;
    layer.pixels.fill(0);
    for (let node = 0; node < states.length; node++) {
      if (states[node] & PULSE_BIT) this.#glow(layer, node, this.glows[states[node] & LOOK_MASK]);
    }
    layer.context.putImageData(layer.image, 0, 0);
    this.#flash(layer.context, ties);
    layer.canvas.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE_MS, easing: "cubic-bezier(.2,.6,.4,1)" });
  }

  /** Keep the stronger of what is there and the glow. @param {{pixels: Uint32Array, canvas: HTMLCanvasElement}} layer @param {number} node @param {Sprite} glow */
  #glow({ pixels, canvas }, node, { half, pixels: source, alpha }) {
    const { width, height } = canvas;
    const cx = Math.round(this.cx[node] * PULSE_SCALE);
    const cy = Math.round(this.cy[node] * PULSE_SCALE);
    const x0 = Math.max(0, cx - half);
    const x1 = Math.min(width, cx + half + 1);
    const y1 = Math.min(height, cy + half + 1);
    for (let y = Math.max(0, cy - half); y < y1; y++) {
      let from = (y - cy + half) * (2 * half + 1) + (x0 - cx + half);
      let at = y * width + x0;
      for (let x = x0; x < x1; x++, at++, from++) if (alpha[from] > pixels[at] >>> 24) pixels[at] = source[from];
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Uint32Array} ties */
  #flash(context, ties) {
    const { px, py, palette, ratio } = this.scene;
    context.beginPath();
    for (let k = 0; k < ties.length; k += 2) {
      context.moveTo(px[ties[k]] * PULSE_SCALE, py[ties[k]] * PULSE_SCALE);
      context.lineTo(px[ties[k + 1]] * PULSE_SCALE, py[ties[k + 1]] * PULSE_SCALE);
    }
    const [r, g, b] = palette.stages[3];
    context.strokeStyle = `rgba(${r}, ${g}, ${b}, 0.32)`;
    context.lineWidth = Math.max(0.75, ratio * PULSE_SCALE * 1.2);
    context.stroke();
  }

  destroy() {
    for (const layer of [this.base, ...this.pulses]) layer.canvas.remove();
  }
}
