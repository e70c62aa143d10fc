/**
 * The verdict: who looked like winning (followers) and who won (customer equity).
 *
 * Law: one sentence and one picture, made from the same two rankings.
 */
import { EQUITY, POPULARITY, formatMetric, rankedBy } from "../../components/metrics.js";
import { metric, t } from "../../i18n/index.js";

/** @typedef {import("../../types.js").View} View */

/** @param {View} room */
export function headline(room) {
  const seen = rankedBy(room, "vanity", POPULARITY)[0];
  const won = rankedBy(room, "value", EQUITY)[0];
  if (!seen || !won || won.value === null) return t("debrief.headline.none");
  return t(seen.team.id === won.team.id ? "debrief.headline.same" : "debrief.headline.other", { seen: seen.team.name, won: won.team.name });
}

/** @param {View} room @param {"vanity" | "value"} kind @param {string} id @param {string} title */
function side(room, kind, id, title) {
  return {
    title,
    unit: metric(id),
    rows: rankedBy(room, kind, id).map(({ team, value, place }) => ({ place, id: team.id, colour: team.colour, label: team.name, text: `${formatMetric(id, value)}` })),
  };
}

/** @param {View} room */
export const slopeSides = (room) => ({
  left: side(room, "vanity", POPULARITY, t("debrief.looked")),
  right: side(room, "value", EQUITY, t("debrief.won")),
});
