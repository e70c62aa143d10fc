/** The review: who got the attention this round. Law: vanity only - what it is worth is not for everybody's eyes until the debrief. */
import { Badge, html } from "../../components/basic.js";
import { POPULARITY, placeAmong, shortMetric } from "../../components/metrics.js";
import { metric, number, signed, t } from "../../i18n/index.js";

/** @typedef {import("../../types.js").View} View */

/** Second, first, third: as on a podium; equals share a place. @template {{value: number}} T @param {T[]} ranked @returns {{entry: T, place: number}[]} */
export function podiumOrder(ranked) {
  return [1, 0, 2].filter((k) => k < ranked.length).map((k) => ({ entry: ranked[k], place: placeOf(ranked, ranked[k]) }));
}

/** @param {{value: number}[]} ranked @param {{value: number}} entry */
const placeOf = (ranked, entry) => placeAmong(ranked.map(({ value }) => value), entry.value);

/** @param {View} room */
function standing(room) {
  const followers = (/** @type {string} */ id, /** @type {number} */ back) => room.results[id]?.vanity?.[POPULARITY]?.at(-1 - back) ?? 0;
  return room.leaderboard
    .map((id) => room.teams[id])
    .filter(Boolean)
    .map((team) => ({ team, value: followers(team.id, 0), gained: followers(team.id, 0) - followers(team.id, 1) }));
}

const LOWEST = 0.42; // of the tallest step
const OTHERS = ["likes", "impressions", "reach", "shares", "clicks"];

/** @param {{room: View, at: import("../../types.js").PhaseView}} props */
export function Review({ room, at }) {
  const ranked = standing(room);
  const most = Math.max(1, ...ranked.map((entry) => entry.value));
  const others = OTHERS.filter((id) => room.scenario.vanity_metrics.includes(id)).slice(0, 2);
  return html`<main class="crowning">
    <h1>${t("stage.review.title")}</h1>
    <ol class="podium">
      ${podiumOrder(ranked).map(
        ({ entry: { team, value, gained }, place }) => html`<li key=${team.id} class=${`podium-step place-${place} team-${team.colour % 6}`} value=${place}>
          <div class="step-name"><${Badge} team=${team} /><strong>${team.name}</strong></div>
          <div class="step-block" style=${{ height: `calc((100% - 4.4em) * ${LOWEST + (1 - LOWEST) * (value / most)})` }}>
            <span class="step-place">${place}</span>
            <strong class="step-value">${number(value, 0)}</strong>
            <span class="step-unit">${metric(POPULARITY)}${at.round > 1 && html` <span class="step-gain">${signed(gained, 0)}</span>`}</span>
          </div>
        </li>`,
      )}
    </ol>
    <div class="review-more">
      <p class="review-caveat">${t("stage.review.caveat")}</p>
      <table class="review-table">
        <thead><tr><td></td>${others.map((id) => html`<th scope="col" key=${id}>${metric(id)}</th>`)}</tr></thead>
        <tbody>
          ${ranked.map(
            (entry) => html`<tr key=${entry.team.id}><th scope="row"><span class="soft">${placeOf(ranked, entry)}</span><${Badge} team=${entry.team} tiny />${entry.team.name}</th>
              ${others.map((id) => html`<td key=${id}>${shortMetric(id, room.results[entry.team.id]?.vanity?.[id]?.at(-1))}</td>`)}</tr>`,
          )}
        </tbody>
      </table>
    </div>
  </main>`;
}
