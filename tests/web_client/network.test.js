/** The network view's pure parts: the graph file, states, colours, sprites and the layer of ties. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tieDensity, tonePixels } from "../../web_client/network/edges.js";
import { GraphError, buildTies, evenOut, nearestNode, parseGraph, placeNodes } from "../../web_client/network/graph.js";
import { DARK, mix, nodeColour, opaque, paletteFrom, parseColour } from "../../web_client/network/palette.js";
import { flashingTies } from "../../web_client/network/scene.js";
import { baseRadius, makeSprites } from "../../web_client/network/sprites.js";
import { countByVendor, countStages } from "../../web_client/network/states.js";
import { tileNodes } from "../../web_client/network/soft.js";
import { syntheticGraph, syntheticStates } from "./synthetic.js";

/** Three nodes in a row, two ties. */
function smallFile() {
  const buffer = new ArrayBuffer(16 + 9 * 3 + 8 * 2);
  new DataView(buffer).setUint32(0, 0x47515354, true);
  new Uint32Array(buffer, 4, 3).set([1, 3, 2]);
  new Float32Array(buffer, 16, 6).set([0, 0.5, 1, 0, 0.5, 1]);
  new Uint32Array(buffer, 40, 4).set([0, 1, 1, 2]);
  new Uint8Array(buffer, 56, 3).set([2, 0, 1]);
  return buffer;
}

test("a graph file is read as it was written", () => {
  const graph = parseGraph(smallFile());
  assert.equal(graph.nodeCount, 3);
  assert.deepEqual([...graph.x], [0, 0.5, 1]);
  assert.deepEqual([...graph.source], [0, 1]);
  assert.deepEqual([...graph.target], [1, 2]);
  assert.deepEqual([...graph.archetype], [2, 0, 1]);
});

test("what is no graph file is refused and the value named", () => {
  assert.throws(() => parseGraph(new ArrayBuffer(3)), /3 bytes/);
  const wrongMagic = smallFile();
  new DataView(wrongMagic).setUint32(0, 1, true);
  assert.throws(() => parseGraph(wrongMagic), GraphError);
  const newer = smallFile();
  new DataView(newer).setUint32(4, 9, true);
  assert.throws(() => parseGraph(newer), /version 9/);
  assert.throws(() => parseGraph(smallFile().slice(0, 58)), /has 58 bytes, not 59/);
  const outside = smallFile();
  new Uint32Array(outside, 40, 1)[0] = 3;
  assert.throws(() => parseGraph(outside), /tie 0 joins 3 and 1/);
});

test("ties are found from both ends", () => {
  const { start, neighbour } = buildTies(parseGraph(smallFile()));
  assert.deepEqual([...start], [0, 1, 3, 4]);
  assert.deepEqual([...neighbour], [1, 0, 2, 1]);
});

test("the layout stays in the canvas and keeps its order", () => {
  const { px, py } = placeNodes(parseGraph(smallFile()), 1600, 400);
  assert.ok(px.every((x) => x >= 0 && x <= 1600) && py.every((y) => y >= 0 && y <= 400));
  assert.ok(px[0] < px[1] && px[1] < px[2]);
  assert.ok(Math.abs((px[0] + px[2]) / 2 - 800) < 0.01, "centred");
  assert.equal(nearestNode(px, py, px[2] + 3, py[2], 10), 2);
  assert.equal(nearestNode(px, py, px[2] + 30, py[2], 10), -1);
});

test("crowds get room, and nobody changes sides", () => {
  const at = Float32Array.from({ length: 400 }, (_, k) => (k < 200 ? 0.2 + (0.05 * k) / 200 : 0.8 + (0.05 * (k - 200)) / 200));
  const even = evenOut(at);
  assert.ok(even.every((value, k) => value >= 0 && value <= 1 && (k === 0 || value >= even[k - 1])));
  assert.equal(even[0], 0);
  assert.ok(even[199] - even[0] > 2 * (0.05 / 0.65), "a crowd takes more of the whole than before");
  assert.deepEqual([...evenOut(Float32Array.of(0.4, 0.4))].map((value) => Number.isFinite(value)), [true, true]);
});

test("states are counted by stage and by vendor, whether they pulse or not", () => {
  const bytes = Uint8Array.of(0, 3, 3 | (2 << 3), 4 | (2 << 3) | 64, 5 | 64);
  assert.deepEqual(countStages(bytes), [1, 0, 0, 2, 1, 1]);
  assert.deepEqual(countByVendor(bytes)[2], [0, 0, 0, 1, 1, 0]);
});

test("colours are read from tokens, with a fall-back", () => {
  assert.deepEqual(parseColour(" #2680d9"), [38, 128, 217]);
  assert.deepEqual(parseColour("#fff"), [255, 255, 255]);
  assert.deepEqual(parseColour("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.equal(parseColour("rebeccapurple"), null);
  const palette = paletteFrom((name) => (name === "--stage-lost" ? "#102030" : ""));
  assert.deepEqual(palette.stages[5], [16, 32, 48]);
  assert.deepEqual(palette.stages[0], DARK.stages[0]);
  assert.equal(opaque([1, 2, 3]), 0xff030201);
  assert.deepEqual(mix([0, 0, 0], [100, 200, 50], 0.5), [50, 100, 25]);
  assert.deepEqual(nodeColour(DARK, 3, 1, "vendor"), DARK.vendors[1]);
  assert.deepEqual(nodeColour(DARK, 0, 1, "vendor"), DARK.stages[0], "who knows nobody has no vendor's colour");
});

test("stages differ by more than colour", () => {
  const sprites = makeSprites(DARK, 4, "stage");
  const ink = (/** @type {number} */ stage) => sprites[stage].alpha.reduce((sum, a) => sum + a, 0);
  assert.ok(ink(3) > 1.5 * ink(2), "a customer is larger than who considers");
  const lost = sprites[5];
  const middle = lost.pixels[(lost.pixels.length - 1) / 2] & 0xff;
  assert.ok(middle < 30, "a lost buyer is hollow: its middle is the ground's");
  const diamond = sprites[4];
  const side = 2 * diamond.half + 1;
  const at = (/** @type {number} */ dx, /** @type {number} */ dy) => diamond.pixels[(diamond.half + dy) * side + diamond.half + dx] & 255;
  assert.ok(at(7, 0) > 150 && at(5, 5) < 60, "an advocate is a diamond: long along its axes, short between them");
  for (const sprite of sprites) sprite.pixels.forEach((pixel, at) => assert.ok((pixel & 255) <= sprite.alpha[at], "premultiplied"));
});

test("density thins the dots", () => {
  assert.ok(baseRadius(50_000, 2e6, 1) < baseRadius(2_000, 2e6, 1));
  assert.ok(baseRadius(10, 2e6, 1) <= 6);
});

test("a tie leaves its weight along its way and nowhere else", () => {
  const graph = parseGraph(smallFile());
  const px = Float32Array.of(2, 12, 12);
  const py = Float32Array.of(5, 5, 15);
  const work = tieDensity(graph, px, py, 20, 20);
  let step = work.next();
  while (!step.done) step = work.next();
  const density = /** @type {Uint32Array} */ (step.value);
  assert.equal(density[5 * 20 + 7], 255);
  assert.equal(density[10 * 20 + 12], 255);
  assert.equal(density[10 * 20 + 5], 0);
  const pixels = tonePixels(density, [0, 0, 0], [255, 255, 255]);
  assert.equal(pixels[10 * 20 + 5], 0xff000000);
  assert.ok((pixels[5 * 20 + 7] & 255) > 40);
});

test("rasterising pauses, so that it never blocks the page", () => {
  const graph = parseGraph(syntheticGraph(3000, 10));
  const { px, py } = placeNodes(graph, 1280, 720);
  const parts = [...tieDensity(graph, px, py, 1280, 720)];
  assert.ok(parts.length > 2 && parts.every((part, k) => k === 0 || part > parts[k - 1]));
});

test("only ties of new customers and advocates flash", () => {
  const rows = buildTies(parseGraph(smallFile()));
  assert.deepEqual([...flashingTies(Uint8Array.of(2, 3, 1), Uint8Array.of(3, 3, 2), rows)], [0, 1]);
  const many = buildTies(parseGraph(syntheticGraph(5000, 8)));
  const flashes = flashingTies(new Uint8Array(5000), syntheticStates(5000), many);
  assert.ok(flashes.length > 150 && flashes.length <= 2 * 101 * 5);
});

test("every node is in each tile that it touches", () => {
  const graph = parseGraph(smallFile());
  const px = Float32Array.of(16, 32, 90);
  const py = Float32Array.of(16, 16, 90);
  const scene = { graph, px, py, width: 96, height: 96, ratio: 1, palette: DARK, colouring: /** @type {const} */ ("stage"), ties: null };
  const { start, nodes } = tileNodes(scene, 3, 3, 3);
  const tile = (/** @type {number} */ k) => [...nodes.subarray(start[k], start[k + 1])];
  assert.deepEqual(tile(0), [0, 1]);
  assert.deepEqual(tile(1), [1]);
  assert.deepEqual(tile(8), [2]);
});
