/**
 * How a metric's number is written. Law: which metrics are money, shares or flows stands here and nowhere else in the client.
 */
import { compact, money, number, percent } from "../i18n/index.js";

const MONEY = new Set(["pipeline", "revenue", "spend", "customer_equity"]);
const SHARE = new Set(["trust"]);
/** What adds up over the days; all other metrics are levels. */
export const FLOWS = new Set(["reach", "impressions", "likes", "shares", "clicks", "sales_ready_leads", "revenue", "churned", "references", "spend"]);

/** @param {string} metric @param {number | null | undefined} value */
export function formatMetric(metric, value) {
  if (value == null) return "–";
  if (MONEY.has(metric)) return money(value);
  return SHARE.has(metric) ? percent(value, 1) : number(value, 0);
}

/** For axes and other tight places. @param {string} metric @param {number | null | undefined} value */
export function shortMetric(metric, value) {
  if (value == null) return "–";
  if (SHARE.has(metric)) return percent(value, 0);
  return Math.abs(value) < 1000 ? number(value, 0) : compact(value);
}

export const POPULARITY = "followers";
export const EQUITY = "customer_equity";

/** The place of a value among all, from 1: equals share a place. @param {(number | null)[]} values @param {number | null} value */
export const placeAmong = (values, value) => 1 + values.filter((other) => (other ?? -Infinity) > (value ?? -Infinity)).length;

/** The teams by their last value of a metric, best first. @param {import("../types.js").View} view @param {"vanity" | "value"} kind @param {string} metric */
export function rankedBy(view, kind, metric) {
  const last = (/** @type {string} */ team) => view.results[team]?.[kind]?.[metric]?.findLast((value) => value != null) ?? null;
  return Object.values(view.teams)
    .map((team, _, all) => ({ team, value: last(team.id), place: placeAmong(all.map(({ id }) => last(id)), last(team.id)) }))
    .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
}
