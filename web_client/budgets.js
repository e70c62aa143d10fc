/**
 * What teams have each round, by the size of their organisations. Law: before events; a team's plan says what there is now.
 *
 * @import {ScenarioView, TeamView} from "./types.js"
 */

/** @param {ScenarioView} scenario @param {TeamView[]} teams */
export const budgets = (scenario, teams) => ({
  money: teams.map((team) => scenario.money_per_round * (team.money_share ?? 1)),
  hours: teams.map((team) => scenario.hours_per_round * (team.hours_share ?? 1)),
});
