/** Slots, costs and spending of a plan, on the wire's own examples. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTexts, setLanguage } from "../../web_client/i18n/texts.js";
import { actions, blockedBy, fits, freeSlot, inPlan, playOf, slotsOf, spending, withEdits } from "../../web_client/plan.js";
import { fixture } from "./fixtures.js";

globalThis.document ??= /** @type {any} */ ({ documentElement: {} });
await setLanguage("en");
await loadTexts("game");

const { plans, scenario } = fixture("server_snapshot").json.view;
const plan = plans.A;

test("slots are named for their play", () => {
  assert.equal(playOf("contest#2"), "contest");
  const slots = /** @type {any} */ ({ "contest#10": {}, "contest#2": {}, contest: {}, ad_burst: {} });
  assert.deepEqual(slotsOf(slots, "contest"), ["contest", "contest#2", "contest#10"]);
  assert.deepEqual(slotsOf({}, "contest"), ["contest"]);
  assert.equal(freeSlot(slots, "contest"), "contest#3");
});

test("spending adds up to what the server says is used", () => {
  const sides = Object.values(spending(plan.slots, scenario.plays));
  assert.equal(sides.reduce((sum, side) => sum + side.money, 0), plan.money_used);
  assert.equal(sides.reduce((sum, side) => sum + side.hours, 0), plan.hours_used);
  assert.equal(actions(plan.slots, scenario.plays).length, Object.keys(plan.slots).length);
});

test("a level that does not fit says what is lacking", () => {
  const play = scenario.plays[0];
  assert.equal(blockedBy(play, { ...plan, money_used: plan.money - play.money, hours_used: plan.hours - play.hours }), null);
  assert.match(blockedBy(play, { ...plan, money_used: plan.money, hours_used: 0 }) ?? "", /short/);
  assert.match(blockedBy(play, { ...plan, money_used: 0, hours_used: plan.hours }) ?? "", /short/);
});

test("edits on their way count as if they had arrived", () => {
  assert.deepEqual(withEdits(plan, scenario.plays, {}), plan);
  const [play, other] = scenario.plays;
  const none = withEdits(plan, scenario.plays, Object.fromEntries(Object.keys(plan.slots).map((slot) => [`${slot} level`, 0])));
  assert.deepEqual([none.slots, none.money_used, none.hours_used], [{}, 0, 0]);
  const edited = withEdits(none, scenario.plays, { [`${play.id} level`]: 2, [`${play.id} topic`]: "price", [`${other.id} topic`]: "price" });
  assert.deepEqual(Object.keys(edited.slots), [play.id]); // nobody can aim a slot that is empty
  assert.deepEqual([edited.slots[play.id].level, edited.slots[play.id].topic], [2, "price"]);
  assert.deepEqual([edited.money_used, edited.hours_used], [2 * play.money, 2 * play.hours]);
  assert.notEqual(blockedBy(play, { ...edited, money: 3 * play.money - 1 }), null);
});

test("a play is found by the words of its name, its summary and its side, however they are written", () => {
  const play = scenario.plays.find((/** @type {any} */ entry) => entry.id === "ad_burst");
  for (const words of ["", "  ", "AD", "burst ad", "follow network", "shout paid"]) assert.ok(fits(play, words), words);
  for (const words of ["contest", "ad contest", "talk"]) assert.ok(!fits(play, words), words);
});

test("a play is in the plan when any of its slots is", () => {
  const slots = /** @type {any} */ ({ "contest#2": {} });
  assert.ok(inPlan(slots, "contest"));
  assert.ok(!inPlan(slots, "ad_burst"));
});
