/**
 * The WebGL2 backend, for machines whose browser has a real GPU context.
 *
 * Law: the same picture as the soft backend: the layer of ties is one texture, rasterised once on the CPU; nodes are points whose state byte is the only
 * thing an update uploads. Frames are drawn only while a pulse fades.
 */
import { baseRadius } from "./sprites.js";
import { nodeColour } from "./palette.js";
import { cover } from "./scene.js";
import { PULSE_BIT } from "./states.js";

/** @typedef {import("./scene.js").Scene} Scene */

const FADE_SECONDS = 1.1;
const LOOKS = 64;
const SOFTWARE = /swiftshader|llvmpipe|software|basic render|warp/i;

/** Is there a context that a GPU draws? A software one is slower than the soft backend. */
export function hasGpu() {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(renderer);
}

const QUAD_VERTEX = `#version 300 es
out vec2 v_at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  v_at = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;
const QUAD_FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D u_ties;
in vec2 v_at;
out vec4 colour;
void main() { colour = texture(u_ties, v_at); }`;

const NODE_VERTEX = `#version 300 es
layout(location = 0) in vec2 a_position;
layout(location = 1) in uint a_state;
layout(location = 2) in float a_seen;
uniform vec2 u_size;
uniform float u_radius;
uniform float u_now;
uniform bool u_glow;
uniform vec3 u_colours[${LOOKS}];
out vec3 v_colour;
out float v_radius;
out float v_half;
flat out uint v_stage;
const float EMPHASIS[8] = float[8](0.72, 0.86, 1.0, 1.5, 1.8, 1.05, 0.72, 0.72);
void main() {
  v_stage = a_state & 7u;
  v_colour = u_colours[a_state & 63u];
  float age = u_now - a_seen;
  v_radius = u_glow ? max(3.0, u_radius * 2.7) : max(0.6, u_radius * EMPHASIS[v_stage]);
  v_half = v_radius * (v_stage == 4u && !u_glow ? 1.3 : 1.0) + 2.5;
  gl_PointSize = 2.0 * v_half;
  vec2 clip = a_position / u_size * 2.0 - 1.0;
  gl_Position = vec4(clip.x, -clip.y, 0.0, 1.0);
  if (u_glow) {
    v_colour *= clamp(1.0 - age / ${FADE_SECONDS}, 0.0, 1.0);
    if (age > ${FADE_SECONDS}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  }
}`;
const NODE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_ground;
uniform bool u_glow;
in vec3 v_colour;
in float v_radius;
in float v_half;
flat in uint v_stage;
out vec4 colour;
void main() {
  vec2 at = (gl_PointCoord * 2.0 - 1.0) * v_half;
  float away = length(at);
  if (u_glow) { colour = vec4(v_colour * 0.6 * pow(max(0.0, 1.0 - away / v_radius), 1.5), 0.0); return; }
  float outline = away - v_radius;
  if (v_stage == 4u) outline = (abs(at.x) + abs(at.y)) * 0.7071 - v_radius * 0.8;
  if (v_stage == 5u && v_radius > 1.6) outline = abs(outline + v_radius * 0.25) - v_radius * 0.27;
  float halo = v_radius > 2.0 ? min(2.0, v_radius * 0.35) : 0.0;
  float fill = clamp(0.5 - outline, 0.0, 1.0);
  float rim = clamp(0.5 - outline + halo, 0.0, 1.0) * 0.75 * (1.0 - fill) * step(0.01, halo);
  colour = vec4(v_colour * fill + u_ground * rim, fill + rim);
}`;

const TIE_VERTEX = `#version 300 es
layout(location = 0) in vec2 a_position;
uniform vec2 u_size;
void main() { vec2 clip = a_position / u_size * 2.0 - 1.0; gl_Position = vec4(clip.x, -clip.y, 0.0, 1.0); }`;
const TIE_FRAGMENT = `#version 300 es
precision mediump float;
uniform vec4 u_colour;
out vec4 colour;
void main() { colour = vec4(u_colour.rgb * u_colour.a, 0.0); }`;

/** @param {WebGL2RenderingContext} gl @param {string} vertex @param {string} fragment */
function makeProgram(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`shader does not link: ${gl.getProgramInfoLog(program)}`);
  return program;
}

export class WebGlBackend {
  name = "webgl";

  /** @param {HTMLElement} host @param {Scene} scene @param {boolean} still no pulses @param {() => void} onLost the context is gone */
  constructor(host, scene, still, onLost) {
    this.scene = scene;
    this.still = still;
    this.canvas = document.createElement("canvas");
    this.canvas.width = scene.width;
    this.canvas.height = scene.height;
    const gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error("this browser has no WebGL2");
    this.gl = gl;
    this.canvas.addEventListener("webglcontextlost", onLost);
    cover(host, this.canvas);
    this.quad = makeProgram(gl, QUAD_VERTEX, QUAD_FRAGMENT);
    this.points = makeProgram(gl, NODE_VERTEX, NODE_FRAGMENT);
    this.lines = makeProgram(gl, TIE_VERTEX, TIE_FRAGMENT);
    this.seen = new Float32Array(scene.graph.nodeCount).fill(-1e6);
    this.began = performance.now();
    this.fadesUntil = 0;
    this.request = 0;
    this.flashes = 0;
    this.flashed = 0;
    this.texture = gl.createTexture();
    this.#buffers();
    this.refresh();
  }

  #now() {
    return (performance.now() - this.began) / 1000;
  }

  #buffers() {
    const { gl, scene } = this;
    const { px, py } = scene;
    const positions = new Float32Array(2 * px.length);
    for (let node = 0; node < px.length; node++) {
      positions[2 * node] = px[node];
      positions[2 * node + 1] = py[node];
    }
    this.nodes = gl.createVertexArray();
    gl.bindVertexArray(this.nodes);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, positions, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.stateBuffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.stateBuffer);
    gl.bufferData(gl.ARRAY_BUFFER, px.length, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0);
    this.seenBuffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.seenBuffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.seen, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribPointer(2, 1, gl.FLOAT, false, 0, 0);
    this.tieArray = gl.createVertexArray();
    gl.bindVertexArray(this.tieArray);
    this.tieBuffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.tieBuffer);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  /** The palette, the colouring or the layer of ties of the scene changed. */
  refresh() {
    const { gl, scene } = this;
    const { palette, colouring, width, height, ties } = scene;
    const [r, g, b] = palette.ground;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    const bytes = ties ? new Uint8Array(ties.buffer, ties.byteOffset, ties.byteLength) : Uint8Array.of(r, g, b, 255);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, ties ? width : 1, ties ? height : 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    const colours = new Float32Array(3 * LOOKS);
    for (let look = 0; look < LOOKS; look++) {
      colours.set(nodeColour(palette, Math.min(look & 7, 5), look >> 3, colouring).map((part) => part / 255), 3 * look);
    }
    gl.useProgram(this.points);
    gl.uniform3fv(gl.getUniformLocation(this.points, "u_colours"), colours);
    gl.uniform3f(gl.getUniformLocation(this.points, "u_ground"), r / 255, g / 255, b / 255);
    gl.uniform2f(gl.getUniformLocation(this.points, "u_size"), width, height);
    gl.uniform1f(gl.getUniformLocation(this.points, "u_radius"), baseRadius(scene.graph.nodeCount, width * height, scene.ratio));
    gl.useProgram(this.lines);
    gl.uniform2f(gl.getUniformLocation(this.lines, "u_size"), width, height);
    this.#schedule();
  }

  /** @param {Uint8Array} states @param {Uint32Array | null} ties pairs of nodes to flash, null for no pulses */
  update(states, ties) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.stateBuffer ?? null);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, states);
    if (ties && !this.still) {
      const now = this.#now();
      for (let node = 0; node < states.length; node++) if (states[node] & PULSE_BIT) this.seen[node] = now;
      gl.bindBuffer(gl.ARRAY_BUFFER, this.seenBuffer ?? null);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.seen);
      const ends = new Float32Array(2 * ties.length);
      for (let k = 0; k < ties.length; k++) {
        ends[2 * k] = this.scene.px[ties[k]];
        ends[2 * k + 1] = this.scene.py[ties[k]];
      }
      gl.bindBuffer(gl.ARRAY_BUFFER, this.tieBuffer ?? null);
      gl.bufferData(gl.ARRAY_BUFFER, ends, gl.STREAM_DRAW);
      this.flashes = ties.length;
      this.flashed = now;
      this.fadesUntil = now + FADE_SECONDS;
    }
    this.#schedule();
  }

  #schedule() {
    if (!this.request) this.request = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.request = 0;
    const { gl, scene } = this;
    const now = this.#now();
    gl.viewport(0, 0, scene.width, scene.height);
    gl.disable(gl.BLEND);
    gl.useProgram(this.quad);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (now < this.fadesUntil) this.#drawFlashes(now);
    gl.bindVertexArray(this.nodes ?? null);
    gl.useProgram(this.points);
    gl.uniform1f(gl.getUniformLocation(this.points, "u_now"), now);
    for (const glow of now < this.fadesUntil ? [1, 0] : [0]) {
      gl.uniform1i(gl.getUniformLocation(this.points, "u_glow"), glow);
      gl.drawArrays(gl.POINTS, 0, scene.graph.nodeCount);
    }
    gl.bindVertexArray(null);
    if (now < this.fadesUntil) this.#schedule();
  }

  /** @param {number} now */
  #drawFlashes(now) {
    const { gl } = this;
    const [r, g, b] = this.scene.palette.stages[3];
    gl.useProgram(this.lines);
    gl.uniform4f(gl.getUniformLocation(this.lines, "u_colour"), r / 255, g / 255, b / 255, 0.5 * Math.max(0, 1 - (now - this.flashed) / FADE_SECONDS));
    gl.bindVertexArray(this.tieArray ?? null);
    gl.drawArrays(gl.LINES, 0, this.flashes);
  }

  destroy() {
    cancelAnimationFrame(this.request);
    this.canvas.remove();
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
