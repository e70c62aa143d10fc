/**
 * What a team has each round, by the size of its organisation. Law: before events; a team's plan says what there is now.
 *
 * @import {ScenarioView, TeamView} from "./types.js"
 */

/** @param {ScenarioView} scenario @param {TeamView} team */
export const budgetOf = (scenario, { money_share = 1, hours_share = 1 }) => ({ money: scenario.money_per_round * money_share, hours: scenario.hours_per_round * hours_share });
