/** The charts' arithmetic, and what the projector and the debrief make of a view. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axisWidth, reachZero, roundStarts } from "../../web_client/charts/line_chart.js";
import { share, spread } from "../../web_client/charts/scale.js";
import { formatMetric, placeAmong, rankedBy, shortMetric } from "../../web_client/components/metrics.js";
import { loadTexts, setLanguage } from "../../web_client/i18n/texts.js";
import { newsBetween } from "../../web_client/network/news.js";
import { whenOf, eventText } from "../../web_client/views/debrief/story.js";
import { runningSum } from "../../web_client/views/debrief/timelines.js";
import { SIDES } from "../../web_client/plan.js";
import { movesOf } from "../../web_client/views/debrief/rounds.js";
import { headline } from "../../web_client/views/debrief/verdict.js";
import { nextInStage } from "../../web_client/views/debrief/buyers.js";
import { podiumOrder } from "../../web_client/views/projector/review.js";
import { metricOfWeek } from "../../web_client/views/projector/running.js";

const fixture = async (/** @type {string} */ name) => JSON.parse(await readFile(new URL(`../wire/${name}.json`, import.meta.url), "utf8")).json;
const view = (await fixture("server_snapshot_debrief")).view;
Object.assign(globalThis, { document: { documentElement: {} } }); // all that choosing a language touches
await setLanguage("en");
await Promise.all(["game", "stage"].map(loadTexts));

test("the axis makes room for its longest label", () => {
  assert.equal(axisWidth([], 10), axisWidth(["0", "20"], 10));
  assert.ok(axisWidth(["0", "3,5 mill."], 10) > axisWidth(["0", "3.5M"], 10));
});

test("labels keep their order and their distance", () => {
  const placed = spread([10, 12, 11, 90], 20, 0, 100);
  assert.deepEqual([0, 2, 1, 3].map((k) => placed[k]).toSorted((a, b) => a - b), [0, 2, 1, 3].map((k) => placed[k]));
  const sorted = [...placed].sort((a, b) => a - b);
  for (let k = 1; k < sorted.length; k++) assert.ok(sorted[k] - sorted[k - 1] >= 20);
  assert.ok(sorted[0] >= 0 && sorted[3] <= 100);
});

test("a bar is a share of the longest, and never negative", () => {
  assert.equal(share(5, 10), 0.5);
  assert.equal(share(-5, 10), 0);
  assert.equal(share(5, 0), 0);
});

test("an axis reaches zero when the values come near it", () => {
  assert.equal(reachZero(5, 100)[0], 0);
  assert.ok(reachZero(90, 100)[0] > 80);
  assert.ok(reachZero(-50, 100)[0] < -50);
  assert.deepEqual(roundStarts(84, 28), [0.5, 28.5, 56.5]);
});

test("news are counted by kind and vendor, and what did not change is none", () => {
  const before = Uint8Array.of(0, 1, 3, 3 | 8, 64);
  const after = Uint8Array.of(3, 3, 4, 5 | 8, 0);
  assert.deepEqual(newsBetween(before, after), [
    { kind: "advocate", vendor: 0, count: 1 },
    { kind: "lost", vendor: 1, count: 1 },
    { kind: "customer", vendor: 0, count: 2 },
  ]);
  assert.deepEqual(newsBetween(before, before), []);
  assert.deepEqual(newsBetween(before, new Uint8Array(3)), [], "another market is no news");
});

test("teams are ranked by what was measured last", () => {
  const room = { ...view, results: { A: { value: { x: [1, null] } }, B: { value: { x: [5] } }, C: { value: {} }, D: { value: { x: [null] } } } };
  assert.deepEqual(rankedBy(room, "value", "x").map((entry) => entry.team.id), ["B", "A", "C", "D"]);
});

test("the headline names who looked like winning and who won", () => {
  const seen = rankedBy(view, "vanity", "followers")[0].team.name;
  const won = rankedBy(view, "value", "customer_equity")[0].team.name;
  assert.ok(headline(view).includes(seen) && headline(view).includes(won));
  const turned = structuredClone(view);
  turned.results.A.value.customer_equity = turned.results.A.value.customer_equity.map(() => 1e9);
  assert.match(headline(turned), /Aurora won/);
});

test("numbers are written as what they are", () => {
  assert.equal(formatMetric("trust", 0.415), "41.5%");
  assert.equal(formatMetric("followers", 1234.4), "1,234");
  assert.match(formatMetric("customer_equity", -1200), /1,200/);
  assert.equal(formatMetric("likes", null), "–");
  assert.equal(shortMetric("likes", 461.7), "462");
});

test("what flows is summed up", () => assert.deepEqual(runningSum([1, 2, 3]), [1, 3, 6]));

test("a round lists what its plan did, campaigns first, and nothing of a round that was not played", () => {
  const [found, plan] = [movesOf(view, "A", 1), view.results.A.plan[0]];
  assert.ok(found.length > 0);
  assert.deepEqual(found.map(({ slot }) => slot).sort(), Object.keys(plan).sort());
  const sides = found.map(({ play }) => SIDES.indexOf(play.side));
  assert.deepEqual(sides, [...sides].sort());
  assert.deepEqual(movesOf(view, "A", 99), []);
});

test("a buyer's events are told in words", async () => {
  const story = await fixture("server_buyer_story");
  for (const event of story.events) {
    const said = eventText(view, event);
    assert.ok(said.includes(view.teams[event.vendor].name) && !/event\.|\{/.test(said), said);
  }
  const told = eventText(view, { tick: 0, what: "unfollow", vendor: "B", play: "contest", detail: {}, why: "too_frequent" });
  assert.match(told, /Bergtoppen.*Contest.*because it heard from them too often/);
  assert.match(eventText(view, { tick: 0, what: "new_thing", vendor: null, play: null, detail: {} }), /new thing/);
  assert.deepEqual(whenOf(40, 28), { round: 2, day: 13 });
});

test("somebody in a stage is found, round and round", () => {
  const states = Uint8Array.of(0, 3, 0, 3 | 8, 5);
  const first = nextInStage(states, 3, -1);
  const second = nextInStage(states, 3, first);
  assert.deepEqual(new Set([first, second]), new Set([1, 3]));
  assert.equal(nextInStage(states, 4, 0), -1);
});

test("the podium has the first in the middle", () => {
  const steps = (/** @type {number[]} */ ...values) => podiumOrder(values.map((value) => ({ value }))).map((step) => [step.entry.value, step.place]);
  assert.deepEqual(steps(9, 7, 5, 3), [[7, 2], [9, 1], [5, 3]]);
  assert.deepEqual(steps(9), [[9, 1]]);
});

test("equals share a place", () => {
  assert.deepEqual([9, 7, 7, 3].map((value) => placeAmong([9, 7, 7, 3], value)), [1, 2, 2, 4]);
  assert.deepEqual([4, 4].map((value) => placeAmong([4, 4], value)), [1, 1]);
  assert.equal(placeAmong([4, null], null), 2);
  const room = structuredClone(view);
  for (const team of ["A", "B"]) room.results[team].value.customer_equity = [1e9];
  assert.deepEqual(rankedBy(room, "value", "customer_equity").map(({ place }) => place), [1, 1, 3, 4]);
});

test("each week of a round shows another metric", () => {
  const metrics = ["reach", "impressions", "likes", "followers"];
  const weeks = [1, 7, 8, 15, 22].map((tick) => metricOfWeek(metrics, tick));
  assert.equal(weeks[0], weeks[1]);
  assert.equal(new Set(weeks).size, 4);
  assert.equal(metricOfWeek(["x"], 20), "x");
});
