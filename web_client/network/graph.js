/**
 * The graph that the network view draws: read once from the server's file, never changed.
 *
 * Law: a file that is not exactly a graph is refused with a GraphError that names the value; after that nobody checks again.
 * Layout of the file (little-endian): "TSQG", uint32 version, uint32 n, uint32 m, float32 x[n], float32 y[n], uint32 source[m], uint32 target[m],
 * uint8 archetype[n].
 */

/**
 * @typedef {object} Graph
 * @property {number} nodeCount
 * @property {number} tieCount
 * @property {Float32Array} x in [0, 1]
 * @property {Float32Array} y in [0, 1]
 * @property {Uint32Array} source one entry for each tie
 * @property {Uint32Array} target
 * @property {Uint8Array} archetype
 */

export class GraphError extends Error {}

const MAGIC = 0x47515354; // "TSQG" read as a little-endian uint32
const HEADER_BYTES = 16;
const GRAPH_VERSION = 1;

/** @param {ArrayBuffer} buffer @returns {Graph} */
export function parseGraph(buffer) {
  if (buffer.byteLength < HEADER_BYTES) throw new GraphError(`graph file of ${buffer.byteLength} bytes is shorter than its header`);
  const header = new DataView(buffer, 0, HEADER_BYTES);
  const magic = header.getUint32(0, true);
  if (magic !== MAGIC) throw new GraphError(`graph file begins with 0x${magic.toString(16)}, not TSQG`);
  const version = header.getUint32(4, true);
  if (version !== GRAPH_VERSION) throw new GraphError(`graph file has version ${version}; this client reads ${GRAPH_VERSION}: reload the page`);
  const nodeCount = header.getUint32(8, true);
  const tieCount = header.getUint32(12, true);
  const expected = HEADER_BYTES + 9 * nodeCount + 8 * tieCount;
  if (buffer.byteLength !== expected) {
    throw new GraphError(`graph file of ${nodeCount} nodes and ${tieCount} ties has ${buffer.byteLength} bytes, not ${expected}`);
  }
  let at = HEADER_BYTES;
  /** @param {number} length */
  const skip = (length) => (at += length) - length;
  const graph = {
    nodeCount,
    tieCount,
    x: new Float32Array(buffer, skip(4 * nodeCount), nodeCount),
    y: new Float32Array(buffer, skip(4 * nodeCount), nodeCount),
    source: new Uint32Array(buffer, skip(4 * tieCount), tieCount),
    target: new Uint32Array(buffer, skip(4 * tieCount), tieCount),
    archetype: new Uint8Array(buffer, skip(nodeCount), nodeCount),
  };
  for (let tie = 0; tie < tieCount; tie++) {
    if (graph.source[tie] >= nodeCount || graph.target[tie] >= nodeCount) {
      throw new GraphError(`tie ${tie} joins ${graph.source[tie]} and ${graph.target[tie]} in a graph of ${nodeCount} nodes`);
    }
  }
  return graph;
}

/** @param {string} url @param {AbortSignal} [signal] @returns {Promise<Graph>} */
export async function fetchGraph(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new GraphError(`${url} answered ${response.status}`);
  return parseGraph(await response.arrayBuffer());
}

/**
 * Ties of each node in compressed rows: node's neighbours are `neighbour[start[node]] .. neighbour[start[node + 1] - 1]`.
 * @param {Graph} graph
 * @returns {{start: Uint32Array, neighbour: Uint32Array}}
 */
export function buildTies({ nodeCount, tieCount, source, target }) {
  const start = new Uint32Array(nodeCount + 1);
  for (let tie = 0; tie < tieCount; tie++) {
    start[source[tie] + 1]++;
    start[target[tie] + 1]++;
  }
  for (let node = 0; node < nodeCount; node++) start[node + 1] += start[node];
  const next = start.slice(0, nodeCount);
  const neighbour = new Uint32Array(2 * tieCount);
  for (let tie = 0; tie < tieCount; tie++) {
    neighbour[next[source[tie]]++] = target[tie];
    neighbour[next[target[tie]]++] = source[tie];
  }
  return { start, neighbour };
}

const MARGIN = 0.045;
const MOST_STRETCH = 1.9;
const EVENED = 0.8;
const BINS = 128;
const BLUR = 7; // bins; about half a cluster, so that a cluster grows but keeps its shape
const PASSES = 3;

/** Mean of each value's neighbourhood; what lies beyond the ends counts as nothing. @param {Float64Array} row @returns {Float64Array} */
function blur(row) {
  return row.map((_, k) => {
    let sum = 0;
    for (let other = Math.max(0, k - BLUR); other <= Math.min(row.length - 1, k + BLUR); other++) sum += row[other];
    return sum / (2 * BLUR + 1);
  });
}

/**
 * Coordinates moved part of the way to their smoothed ranks: crowded regions get room, gaps between them shrink, and nobody changes sides.
 * @param {Float32Array} at in [0, 1]
 * @returns {Float32Array} in [0, 1]
 */
export function evenOut(at) {
  /** @type {Float64Array} */
  let density = new Float64Array(BINS);
  for (const value of at) density[Math.min(BINS - 1, Math.floor(value * BINS))]++;
  for (let pass = 0; pass < PASSES; pass++) density = blur(density);
  const below = new Float64Array(BINS + 1);
  for (let bin = 0; bin < BINS; bin++) below[bin + 1] = below[bin] + density[bin];
  const moved = at.map((value) => {
    const where = value * BINS;
    const bin = Math.min(BINS - 1, Math.floor(where));
    const rank = (below[bin] + density[bin] * (where - bin)) / (below[BINS] || 1);
    return value + (rank - value) * EVENED;
  });
  let [low, high] = [Infinity, -Infinity];
  for (const value of moved) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return high > low ? moved.map((value) => (value - low) / (high - low)) : moved;
}

/**
 * Pixel positions of all nodes in a canvas: the layout fills it, stretched along the longer side by at most MOST_STRETCH.
 * @param {Graph} graph @param {number} width @param {number} height
 * @returns {{px: Float32Array, py: Float32Array}}
 */
export function placeNodes(graph, width, height) {
  const margin = Math.max(6, Math.min(width, height) * MARGIN);
  const short = Math.max(1, Math.min(width, height) - 2 * margin);
  const w = Math.max(1, Math.min(width - 2 * margin, short * MOST_STRETCH));
  const h = Math.max(1, Math.min(height - 2 * margin, short * MOST_STRETCH));
  const left = (width - w) / 2;
  const top = (height - h) / 2;
  return { px: evenOut(graph.x).map((x) => left + x * w), py: evenOut(graph.y).map((y) => top + y * h) };
}

/**
 * The node nearest to a point, or -1 when none is within `reach` pixels.
 * @param {Float32Array} px @param {Float32Array} py @param {number} x @param {number} y @param {number} reach
 */
export function nearestNode(px, py, x, y, reach) {
  let best = reach * reach;
  let found = -1;
  for (let node = 0; node < px.length; node++) {
    const dx = px[node] - x;
    const dy = py[node] - y;
    const distance = dx * dx + dy * dy;
    if (distance <= best) {
      best = distance;
      found = node;
    }
  }
  return found;
}
