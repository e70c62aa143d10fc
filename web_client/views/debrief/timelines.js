/**
 * Timelines: one chart of what everybody saw, one of what it was worth, over the same days and the same teams.
 *
 * Law: the two yardsticks never share an axis. What happened each day is summed up from the start; what stood each day is shown as it stood.
 */
import { useSignal } from "@preact/signals";
import { Badge, html } from "../../components/basic.js";
import { LineChart } from "../../components/charts.js";
import { EQUITY, FLOWS, POPULARITY, formatMetric, shortMetric } from "../../components/metrics.js";
import { metric, t } from "../../i18n/index.js";

/** @typedef {import("../../types.js").View} View */

/** @param {number[]} values */
export function runningSum(values) {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** @param {{room: View, metrics: string[], first: string, title: string, hidden: Set<string>, round: number}} props */
function Panel({ room, metrics, first, title, hidden, round }) {
  const chosen = useSignal(metrics.includes(first) ? first : metrics[0]);
  const id = chosen.value;
  const series = Object.values(room.teams)
    .filter((team) => !hidden.has(team.id))
    .map((team) => {
      const values = room.timelines[team.id]?.[id] ?? [];
      return { id: team.id, colour: team.colour, label: team.name, values: FLOWS.has(id) ? runningSum(values) : values };
    });
  const words = {
    round: (/** @type {number} */ k) => t("chart.round", { round: k }),
    at: (/** @type {number} */ k, /** @type {number} */ day) => t("chart.at", { round: k, day }),
    table: t("chart.table"),
    hint: t("chart.hint"),
  };
  return html`<div class="card stack-tight time-panel">
    <div class="time-head">
      <h3>${title}</h3>
      <label class="time-choice"><span class="visually-hidden">${t("debrief.time.metric")}: ${title}</span>
        <select class="select" value=${id} onChange=${(/** @type {any} */ event) => (chosen.value = event.target.value)}>
          ${metrics.map((one) => html`<option value=${one} selected=${one === id}>${metric(one)}</option>`)}
        </select></label>
    </div>
    ${FLOWS.has(id) && html`<p class="small soft">${t("debrief.time.sum")}</p>`}
    <${LineChart} title=${`${title}: ${metric(id)}`} ticksPerRound=${room.scenario.ticks_per_round} series=${series} mark=${round} words=${words}
      format=${(/** @type {number} */ value) => formatMetric(id, value)} short=${(/** @type {number} */ value) => shortMetric(id, value)} />
  </div>`;
}

/** @param {{room: View, round: number}} props */
export function Timelines({ room, round }) {
  const hidden = useSignal(/** @type {Set<string>} */ (new Set()));
  const toggle = (/** @type {string} */ id) => {
    const next = new Set(hidden.value);
    if (!next.delete(id)) next.add(id);
    if (next.size < Object.keys(room.teams).length) hidden.value = next;
  };
  return html`<section class="debrief-part" aria-labelledby="debrief-time">
    <h2 id="debrief-time">${t("debrief.time.title")}</h2>
    <div class="team-switches" role="group" aria-label=${t("debrief.time.teams")}>
      ${Object.values(room.teams).map(
        (team) => html`<button type="button" key=${team.id} class=${`team-switch team-${team.colour % 6}`} aria-pressed=${String(!hidden.value.has(team.id))}
          onClick=${() => toggle(team.id)}><${Badge} team=${team} tiny />${team.name}</button>`,
      )}
    </div>
    <div class="time-panels">
      <${Panel} room=${room} metrics=${room.scenario.vanity_metrics} first=${POPULARITY} title=${t("debrief.time.seen")} hidden=${hidden.value} round=${round} />
      <${Panel} room=${room} metrics=${room.scenario.value_metrics} first=${EQUITY} title=${t("debrief.time.worth")} hidden=${hidden.value} round=${round} />
    </div>
  </section>`;
}
