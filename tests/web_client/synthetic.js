/** A made-up market for tests and benchmarks: clustered positions, near and far ties, and states that move. Law: the same numbers give the same market. */

/** @param {number} seed @returns {() => number} uniform in [0, 1) */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The bytes of a graph file.
 * @param {number} nodeCount @param {number} meanDegree @param {number} [seed]
 * @returns {ArrayBuffer}
 */
export function syntheticGraph(nodeCount, meanDegree, seed = 1) {
  const random = randomFrom(seed);
  const tieCount = Math.floor((nodeCount * meanDegree) / 2);
  const buffer = new ArrayBuffer(16 + 9 * nodeCount + 8 * tieCount);
  new DataView(buffer).setUint32(0, 0x47515354, true);
  new Uint32Array(buffer, 4, 3).set([1, nodeCount, tieCount]);
  const x = new Float32Array(buffer, 16, nodeCount);
  const y = new Float32Array(buffer, 16 + 4 * nodeCount, nodeCount);
  const source = new Uint32Array(buffer, 16 + 8 * nodeCount, tieCount);
  const target = new Uint32Array(buffer, 16 + 8 * nodeCount + 4 * tieCount, tieCount);
  const archetype = new Uint8Array(buffer, 16 + 8 * nodeCount + 8 * tieCount, nodeCount);
  const clusters = Array.from({ length: 14 }, () => [0.12 + 0.76 * random(), 0.12 + 0.76 * random(), 0.04 + 0.09 * random()]);
  const gauss = () => random() + random() + random() - 1.5;
  const size = Math.ceil(nodeCount / clusters.length);
  for (let node = 0; node < nodeCount; node++) {
    const [cx, cy, spread] = clusters[Math.floor(node / size)];
    x[node] = Math.min(1, Math.max(0, cx + gauss() * spread * 1.6));
    y[node] = Math.min(1, Math.max(0, cy + gauss() * spread * 1.6));
    archetype[node] = Math.floor(random() * 4);
  }
  for (let tie = 0; tie < tieCount; tie++) {
    const a = Math.floor(random() * nodeCount);
    const home = Math.floor(a / size) * size;
    source[tie] = a;
    target[tie] = random() < 0.86 ? Math.min(nodeCount - 1, home + Math.floor(random() * size)) : Math.floor(random() * nodeCount);
  }
  return buffer;
}

/** States to begin with. @param {number} nodeCount @param {number} [seed] @returns {Uint8Array} */
export function syntheticStates(nodeCount, seed = 2) {
  const random = randomFrom(seed);
  const shares = [0.42, 0.68, 0.83, 0.93, 0.96, 1];
  return Uint8Array.from({ length: nodeCount }, () => {
    const draw = random();
    return shares.findIndex((share) => draw < share) | (Math.floor(random() * 4) << 3) | (random() < 0.15 ? 64 : 0);
  });
}

/** One tick: a share of the nodes moves a stage, another share sees a message. @param {Uint8Array} states @param {() => number} random @param {number} moved @param {number} seen */
export function stepStates(states, random, moved, seen) {
  return states.map((state) => {
    const stage = random() < moved ? Math.floor(random() * 6) : state & 7;
    return stage | (state & 0x38) | (random() < seen ? 64 : 0);
  });
}
