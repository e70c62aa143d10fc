/**
 * What the client knows, as a pure function of the messages that arrived: `reduce(state, message) -> state`.
 *
 * Law: no socket, clock or screen here, and nothing that an earlier state holds is changed; what a patch leaves alone keeps its identity, so that who watches a
 * part is woken only when that part changed.
 *
 * @import {Nodes, NodesMessage, ServerMessage, State} from "./types.js"
 */

/** @type {State} */
export const INITIAL = { me: null, view: null, version: null, nodes: null, endings: {}, behind: false, goodbye: null };

/**
 * JSON merge patch (RFC 7386): null removes, maps merge, all else replaces.
 *
 * @param {any} target @param {any} patch @returns {any}
 */
export function merge(target, patch) {
  if (!isMap(patch)) return patch;
  const result = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

/** @param {unknown} value */
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** @param {Nodes} nodes @param {number} round @param {number} tick */
const follows = (nodes, round, tick) => (round === nodes.round ? tick === nodes.tick + 1 : round === nodes.round + 1 && tick <= 1);

/** @param {Nodes | null} nodes @param {NodesMessage} frame @returns {Nodes | null} */
function applyNodes(nodes, { round, tick, keyframe, changed, states }) {
  if (keyframe) return { round, tick, states: states.slice(), changed: null };
  if (!nodes || !follows(nodes, round, tick)) return nodes; // a frame was missed: the next keyframe brings all
  const bytes = changed.slice(); // aligned, which a part of a frame need not be
  const indices = new Uint32Array(bytes.buffer);
  const next = nodes.states.slice();
  indices.forEach((index, i) => (next[index] = states[i]));
  return { round, tick, states: next, changed: indices };
}

/** The newest states, and the newest of each round: what the debrief's scrubber shows. @template {State} S @param {S} state @param {Nodes | null} nodes @returns {S} */
const keepNodes = (state, nodes) => (nodes && nodes !== state.nodes ? { ...state, nodes, endings: { ...state.endings, [nodes.round]: nodes.states } } : state);

/** Forget the buyers of a branch that was left: those of the new one follow. @template {State} S @param {S} before @param {S} after @returns {S} */
const inBranch = (before, after) =>
  before.view?.branches?.length === after.view?.branches?.length || !before.view ? after : { ...after, nodes: null, endings: {} };

/** @template {State} S @param {S} state @param {ServerMessage} message @returns {S} */
export function reduce(state, message) {
  switch (message.t) {
    case "welcome":
      return { ...state, me: message, goodbye: null };
    case "snapshot":
      return inBranch(state, { ...state, view: message.view, version: message.version, behind: false });
    case "delta":
      if (state.version !== null && message.version <= state.version) return state; // a repeated one
      if (!state.view || message.version !== (state.version ?? 0) + 1) return { ...state, behind: true };
      return inBranch(state, { ...state, view: merge(state.view, message.patch), version: message.version });
    case "nodes":
      return keepNodes(state, applyNodes(state.nodes, message));
    case "goodbye":
      return { ...state, goodbye: message.reason };
    default:
      return state; // answers to one question go to who asked
  }
}
