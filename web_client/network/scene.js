/**
 * What a backend draws: the graph placed on a canvas of so many pixels, in these colours.
 *
 * Law: a backend is made for one graph and one size; when either changes, the view makes a new one. Palette, colouring and the layer of ties
 * may change under it, and `refresh` says so.
 */

/**
 * @typedef {object} Scene
 * @property {import("./graph.js").Graph} graph
 * @property {Float32Array} px position of each node in canvas pixels
 * @property {Float32Array} py
 * @property {number} width in canvas pixels
 * @property {number} height
 * @property {number} ratio canvas pixels for a CSS pixel
 * @property {import("./palette.js").Palette} palette
 * @property {"stage" | "vendor"} colouring
 * @property {Uint32Array | null} ties the finished layer of ties, null while it is being rasterised
 */

/**
 * @typedef {object} Backend
 * @property {string} name
 * @property {(states: Uint8Array, ties: Uint32Array | null) => void} update show these states; `ties` are pairs of nodes to flash, null for no pulses
 * @property {() => void} refresh
 * @property {() => void} destroy
 */

/** Lay a canvas over the whole host, whatever its resolution. @param {HTMLElement} host @param {HTMLCanvasElement} canvas */
export function cover(host, canvas) {
  Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%", pointerEvents: "none" });
  host.append(canvas);
}

const MOST_TURNED = 100;
const MOST_TIES = 5;

/**
 * Ties along which news may just have travelled: those of buyers who became a customer or an advocate since the last frame. When there are many,
 * evenly spread ones stand for all.
 * @param {Uint8Array} before @param {Uint8Array} after @param {{start: Uint32Array, neighbour: Uint32Array}} rows
 * @returns {Uint32Array} pairs of nodes
 */
export function flashingTies(before, after, { start, neighbour }) {
  const turned = [];
  for (let node = 0; node < after.length; node++) {
    const stage = after[node] & 7;
    if (stage !== (before[node] & 7) && (stage === 3 || stage === 4)) turned.push(node);
  }
  const stride = Math.max(1, turned.length / MOST_TURNED);
  const pairs = [];
  for (let at = 0; at < turned.length; at += stride) {
    const node = turned[Math.floor(at)];
    const end = Math.min(start[node + 1], start[node] + MOST_TIES);
    for (let k = start[node]; k < end; k++) pairs.push(node, neighbour[k]);
  }
  return Uint32Array.from(pairs);
}
