/** What each team has each round, by the size of its organisation, on the wire's own examples. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { budgets } from "../../web_client/budgets.js";
import { hours, span } from "../../web_client/i18n/index.js";
import { setLanguage } from "../../web_client/i18n/texts.js";
import { fixture } from "./fixtures.js";

globalThis.document ??= /** @type {any} */ ({ documentElement: {} });
await setLanguage("en");

const { plans, scenario, teams } = fixture("server_snapshot").json.view;

test("a team of usual size has what the scenario gives, and what its plan says", () => {
  assert.deepEqual(budgets(scenario, [teams.A]), { money: [plans.A.money], hours: [plans.A.hours] });
});

test("half the hours are half the hours, and several teams have from the least to the most", () => {
  const small = { ...teams.B, hours_share: 0.5 };
  const found = budgets(scenario, [teams.A, small]);
  assert.deepEqual(found.hours, [scenario.hours_per_round, scenario.hours_per_round / 2]);
  assert.equal(span(hours, found.hours), `${hours(scenario.hours_per_round / 2)} – ${hours(scenario.hours_per_round)}`);
  assert.equal(span(hours, budgets(scenario, [small]).hours), hours(scenario.hours_per_round / 2));
});
