/** What a team has each round, by the size of its organisation, on the wire's own examples. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetOf } from "../../web_client/budgets.js";
import { fixture } from "./fixtures.js";

const { plans, scenario, teams } = fixture("server_snapshot").json.view;

test("a team of usual size has what the scenario gives, and what its plan says", () => {
  assert.deepEqual(budgetOf(scenario, teams.A), { money: plans.A.money, hours: plans.A.hours });
});

test("half the hours are half the hours", () => {
  assert.deepEqual(budgetOf(scenario, { ...teams.B, hours_share: 0.5 }), { money: scenario.money_per_round, hours: scenario.hours_per_round / 2 });
});
