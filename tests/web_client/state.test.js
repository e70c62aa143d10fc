/** The reducer, fed with the wire's examples. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { unpack } from "../../web_client/codec.js";
import { INITIAL, merge, reduce } from "../../web_client/state.js";
import { bytesOf, fixture } from "./fixtures.js";

/** @param {string} name */
const message = (name) => unpack(bytesOf(fixture(name)));
/** @param {any} start @param {...any} messages */
const after = (start, ...messages) => messages.reduce(reduce, start);

/** @template T @param {T} value @returns {T} */
function frozen(value) {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

test("a snapshot and the delta that follows it", () => {
  const before = frozen(after(INITIAL, message("server_welcome"), message("server_snapshot")));
  const delta = message("server_delta");
  const state = reduce(before, delta);
  assert.equal(state.version, 18);
  assert.equal(state.behind, false);
  assert.equal(state.view.plans.A.money_used, delta.patch.plans.A.money_used);
  assert.deepEqual(Object.keys(state.view.plans.A.slots).sort(), [...Object.keys(before.view.plans.A.slots), "nurture"].sort());
  assert.ok(!("s4" in state.view.teams.B.seats), "null removes a member");
  assert.ok("s4" in before.view.teams.B.seats, "the earlier state is as it was");
  assert.equal(state.view.scenario, before.view.scenario, "what the patch leaves alone keeps its identity");
  assert.equal(state.view.teams.A, before.view.teams.A);
});

test("a delta that does not follow asks for a snapshot, which mends it", () => {
  const before = after(INITIAL, message("server_snapshot"));
  const late = { ...message("server_delta"), version: 20 };
  const behind = reduce(before, late);
  assert.equal(behind.behind, true);
  assert.equal(behind.view, before.view);
  assert.equal(after(behind, message("server_snapshot_review")).behind, false);
  assert.equal(reduce(INITIAL, message("server_delta")).behind, true);
});

test("a repeated delta changes nothing", () => {
  const once = after(INITIAL, message("server_snapshot"), message("server_delta"));
  assert.equal(reduce(once, message("server_delta")), once);
});

test("node frames: a keyframe, the changes after it, and a gap", () => {
  const keyframe = message("server_nodes");
  const change = message("server_nodes_changed");
  const first = reduce(INITIAL, keyframe);
  assert.deepEqual(first.nodes.states, keyframe.states);
  const second = reduce(first, change);
  const indices = [...new Uint32Array(change.changed.slice().buffer)];
  assert.deepEqual([...second.nodes.changed], indices);
  second.nodes.states.forEach((/** @type {number} */ byte, /** @type {number} */ i) =>
    assert.equal(byte, indices.includes(i) ? change.states[indices.indexOf(i)] : keyframe.states[i]),
  );
  assert.deepEqual(first.nodes.states, keyframe.states, "the earlier states are as they were");
  const gap = reduce(second, { ...change, tick: change.tick + 2 });
  assert.equal(gap.nodes, second.nodes, "after a gap the next keyframe is waited for");
  assert.equal(reduce(INITIAL, change).nodes, null);
});

test("who I am, and why I was sent away", () => {
  const state = after(INITIAL, message("server_welcome"), message("server_goodbye"));
  assert.equal(state.me.nickname, "Åse-Marie");
  assert.equal(state.goodbye, "shutdown");
  assert.equal(reduce(state, message("server_welcome")).goodbye, null);
  for (const answer of ["server_ack", "server_refusal", "server_room_info", "server_scenarios", "server_buyer_story"])
    assert.equal(reduce(state, message(answer)), state, `${answer} goes to who asked`);
});

test("a merge patch, by the examples of RFC 7386", () => {
  /** @type {[any, any, any][]} */
  const examples = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of examples) assert.deepEqual(merge(frozen(target), patch), result);
});

test("a branch that was left takes its buyers with it", () => {
  const before = after(INITIAL, message("server_snapshot"), message("server_nodes"));
  assert.ok(before.nodes);
  const branches = [...before.view.branches, { number: 3, parent: 2, round: 1, rounds: 0, at: 0 }];
  const state = reduce(before, { t: "delta", version: before.version + 1, patch: { branches } });
  assert.equal(state.nodes, null);
  assert.deepEqual(state.endings, {});
  assert.equal(reduce(before, message("server_delta")).nodes, before.nodes);
});
