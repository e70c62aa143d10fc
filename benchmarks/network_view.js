/**
 * The page's side of benchmarks/network_view.py: builds a view over a made-up market and times its updates on the main thread.
 *
 * Law: `window.measure` resolves to numbers, it judges nothing. An update is `NetworkView.show`, canvas included; what the compositor does later is its own thread's.
 */
import { parseGraph } from "../web_client/network/graph.js";
import { NetworkView } from "../web_client/network/view.js";
import { randomFrom, stepStates, syntheticGraph, syntheticStates } from "../tests/web_client/synthetic.js";

const asked = new URLSearchParams(location.search);
const nodes = Number(asked.get("nodes") ?? 2000);
const degree = Number(asked.get("degree") ?? 8);
const host = /** @type {HTMLElement} */ (document.querySelector("#host"));
if (asked.has("theme")) document.documentElement.dataset.theme = asked.get("theme") ?? "dark";

const began = performance.now();
const view = new NetworkView(host, { backend: /** @type {any} */ (asked.get("backend") ?? "auto"), colouring: /** @type {any} */ (asked.get("colouring") ?? "stage") });
view.setGraph(parseGraph(syntheticGraph(nodes, degree)));
let states = syntheticStates(nodes);
view.show(states, true);
const firstPaint = performance.now() - began;

let tiesDrawn = 0;
const sleep = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

async function ready() {
  while (!view.scene?.ties) await sleep(5);
  tiesDrawn = performance.now() - began;
}
const drawn = ready();

/** @param {number} updates @param {number} moved @param {number} seen */
async function series(updates, moved, seen) {
  const random = randomFrom(7);
  const times = [];
  for (let k = 0; k < updates; k++) {
    states = stepStates(states, random, moved, seen);
    const start = performance.now();
    view.show(states, true);
    times.push(performance.now() - start);
    await sleep(30);
  }
  times.sort((a, b) => a - b);
  return { best: times[0], median: times[times.length >> 1], worst: times[times.length - 1] };
}

Object.assign(window, {
  measure: async () => ({
    backend: view.backend?.name,
    nodes,
    ties: view.graph?.tieCount,
    pixels: [view.scene?.width, view.scene?.height],
    firstPaint,
    tiesDrawn: (await drawn, tiesDrawn),
    usual: await series(40, 0.02, 0.3), // a tick as the market makes them
    heavy: await series(40, 1, 1), // every node changes and glows
  }),
  view,
});
if (asked.has("freeze")) {
  await drawn;
  view.show(stepStates(states, randomFrom(3), 0.02, 0.15), true);
  for (const animation of document.getAnimations()) (animation.pause(), (animation.currentTime = 150));
  document.title = "frozen";
}
