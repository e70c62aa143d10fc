/**
 * The network view: one object between the page and whichever backend draws.
 *
 * Law: it knows the DOM but no UI library, and no message but a node frame. The page gives it a host element, a graph and frames; it finds size, density,
 * colours and backend by itself, and keeps working when any of them changes.
 *
 *   const view = new NetworkView(host, { onPick: (buyer) => ... });
 *   view.setGraph(await fetchGraph(url)); view.show(states.bytes, true); view.setColouring("vendor"); view.select(731); view.destroy();
 */
import { buildTies, nearestNode, placeNodes } from "./graph.js";
import { tieDensity, tonePixels } from "./edges.js";
import { paletteFrom } from "./palette.js";
import { cover, flashingTies } from "./scene.js";
import { SoftBackend } from "./soft.js";
import { WebGlBackend, hasGpu } from "./webgl.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Backend} Backend */

/**
 * @typedef {object} Options
 * @property {(buyer: number) => void} [onPick] somebody chose a buyer with a pointer
 * @property {"auto" | "soft" | "webgl"} [backend]
 * @property {"stage" | "vendor"} [colouring]
 */

const MOST_SOFT_PIXELS = 2.1e6; // 1920 x 1080: the budget of 16 ms holds up to here
const MOST_GPU_PIXELS = 8.3e6;
const SETTLE_MS = 160;
const PICK_REACH = 16; // CSS pixels

export class NetworkView {
  /** @param {HTMLElement} host @param {Options} [options] */
  constructor(host, options = {}) {
    this.host = host;
    this.onPick = options.onPick;
    this.wanted = options.backend ?? "auto";
    /** @type {"stage" | "vendor"} */
    this.colouring = options.colouring ?? "stage";
    /** @type {Graph | null} */
    this.graph = null;
    /** @type {Backend | null} */
    this.backend = null;
    /** @type {Scene | null} */
    this.scene = null;
    this.states = new Uint8Array(0);
    this.selected = -1;
    this.generation = 0;
    /** @type {Uint32Array | null} */
    this.density = null;
    /** @type {ReturnType<typeof buildTies> | null} */
    this.rows = null;
    this.overlay = document.createElement("canvas");
    this.overlay.className = "network-overlay";
    this.stopping = new AbortController();
    this.#listen();
  }

  #listen() {
    const { signal } = this.stopping;
    let timer = 0;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#build(), this.backend ? SETTLE_MS : 0);
    };
    const sizes = new ResizeObserver(later);
    sizes.observe(this.host);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      sizes.disconnect();
    });
    this.motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.motion.addEventListener("change", () => this.#build(true), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle(), { signal });
    this.host.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.host.addEventListener("pointermove", (event) => this.#hovered(event), { signal });
  }

  /** @param {Graph} graph */
  setGraph(graph) {
    this.graph = graph;
    this.rows = buildTies(graph);
    if (this.states.length !== graph.nodeCount) this.states = new Uint8Array(graph.nodeCount);
    this.selected = -1;
    this.#build(true);
  }

  /**
   * Show these states. With `alive`, nodes that saw a message glow and ties of new customers flash.
   * @param {Uint8Array} states one byte for each node @param {boolean} alive
   */
  show(states, alive) {
    if (!this.graph || states.length !== this.graph.nodeCount) {
      this.states = states.slice();
      return;
    }
    const ties = alive && this.rows ? flashingTies(this.states, states, this.rows) : null;
    this.states = states.slice();
    this.backend?.update(this.states, ties);
  }

  /** @param {"stage" | "vendor"} colouring */
  setColouring(colouring) {
    if (colouring === this.colouring) return;
    this.colouring = colouring;
    if (!this.scene) return;
    this.scene.colouring = colouring;
    this.backend?.refresh();
  }

  /** The page's colours changed. */
  restyle() {
    if (!this.scene) return;
    this.scene.palette = this.#palette();
    if (this.density) this.scene.ties = tonePixels(this.density, this.scene.palette.ground, this.scene.palette.tie);
    this.backend?.refresh();
    this.#drawOverlay();
  }

  /** Ring a buyer and its ties; -1 for none. @param {number} node */
  select(node) {
    this.selected = this.graph && node >= 0 && node < this.graph.nodeCount ? node : -1;
    this.#drawOverlay();
  }

  /** The buyer under a point of the viewport, or -1. @param {number} clientX @param {number} clientY */
  pick(clientX, clientY) {
    if (!this.scene) return -1;
    const box = this.host.getBoundingClientRect();
    const x = ((clientX - box.left) / box.width) * this.scene.width;
    const y = ((clientY - box.top) / box.height) * this.scene.height;
    return nearestNode(this.scene.px, this.scene.py, x, y, PICK_REACH * this.scene.ratio);
  }

  /** Buyers tied to this one. @param {number} node @returns {number[]} */
  neighbours(node) {
    if (!this.rows || node < 0) return [];
    return Array.from(this.rows.neighbour.subarray(this.rows.start[node], this.rows.start[node + 1]));
  }

  destroy() {
    this.generation++;
    this.stopping.abort();
    this.backend?.destroy();
    this.overlay.remove();
  }

  #palette() {
    const style = getComputedStyle(this.host);
    return paletteFrom((name) => style.getPropertyValue(name));
  }

  /** Make the scene and its backend for the host's size, unless it is the size they have. @param {boolean} [always] */
  #build(always = false) {
    const { clientWidth, clientHeight } = this.host;
    if (!this.graph || clientWidth < 2 || clientHeight < 2) return;
    const gpu = this.wanted === "webgl" || (this.wanted === "auto" && hasGpu());
    const most = gpu ? MOST_GPU_PIXELS : MOST_SOFT_PIXELS;
    const ratio = Math.min(devicePixelRatio || 1, Math.sqrt(most / (clientWidth * clientHeight)));
    const width = Math.max(2, Math.round(clientWidth * ratio));
    const height = Math.max(2, Math.round(clientHeight * ratio));
    if (!always && this.scene && this.scene.width === width && this.scene.height === height) return;
    const { px, py } = placeNodes(this.graph, width, height);
    this.density = null;
    this.scene = { graph: this.graph, px, py, width, height, ratio, palette: this.#palette(), colouring: this.colouring, ties: null };
    this.#start(gpu);
    this.#rasterise(this.scene);
  }

  /** @param {boolean} gpu */
  #start(gpu) {
    const scene = /** @type {Scene} */ (this.scene);
    const still = this.motion?.matches ?? false;
    this.backend?.destroy();
    this.backend = gpu ? this.#startGpu(scene, still) : new SoftBackend(this.host, scene, still);
    this.overlay.width = scene.width;
    this.overlay.height = scene.height;
    cover(this.host, this.overlay);
    this.backend.update(this.states, null);
    this.#drawOverlay();
  }

  /** @param {Scene} scene @param {boolean} still @returns {Backend} */
  #startGpu(scene, still) {
    const toSoft = () => {
      this.wanted = "soft";
      this.#build(true);
    };
    try {
      return new WebGlBackend(this.host, scene, still, toSoft);
    } catch {
      this.wanted = "soft";
      return new SoftBackend(this.host, scene, still);
    }
  }

  /** Fill in the layer of ties, a slice at a time. @param {Scene} scene */
  #rasterise(scene) {
    const turn = ++this.generation;
    const work = tieDensity(scene.graph, scene.px, scene.py, scene.width, scene.height);
    const step = () => {
      if (turn !== this.generation) return;
      const { done, value } = work.next();
      if (!done) {
        setTimeout(step, 0);
        return;
      }
      this.density = /** @type {Uint32Array} */ (value);
      scene.ties = tonePixels(this.density, scene.palette.ground, scene.palette.tie);
      this.backend?.refresh();
    };
    step();
  }

  #drawOverlay() {
    const context = this.overlay.getContext("2d");
    if (!context || !this.scene) return;
    const { px, py, ratio, palette } = this.scene;
    context.clearRect(0, 0, this.overlay.width, this.overlay.height);
    if (this.selected < 0) return;
    const [r, g, b] = palette.mark;
    const x = px[this.selected];
    const y = py[this.selected];
    context.strokeStyle = `rgba(${r}, ${g}, ${b}, 0.55)`;
    context.lineWidth = ratio;
    context.beginPath();
    for (const other of this.neighbours(this.selected)) {
      context.moveTo(x, y);
      context.lineTo(px[other], py[other]);
    }
    context.stroke();
    context.strokeStyle = `rgb(${r}, ${g}, ${b})`;
    context.lineWidth = 2.5 * ratio;
    context.beginPath();
    context.arc(x, y, 11 * ratio, 0, 2 * Math.PI);
    context.stroke();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!this.onPick) return;
    const node = this.pick(event.clientX, event.clientY);
    if (node >= 0) this.onPick(node);
  }

  /** @param {PointerEvent} event */
  #hovered(event) {
    if (this.onPick) this.host.style.cursor = this.pick(event.clientX, event.clientY) >= 0 ? "pointer" : "";
  }
}
