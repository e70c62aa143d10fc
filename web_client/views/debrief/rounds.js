/**
 * Round by round: what each team did, all rounds at a glance and one in words.
 *
 * Law: a plan is shown as it was in force; a side's colour always comes with its sign.
 */
import { useEffect, useRef } from "preact/hooks";
import { Badge, html } from "../../components/basic.js";
import { Icon } from "../../components/icons.js";
import { EQUITY, POPULARITY, formatMetric } from "../../components/metrics.js";
import { metric, number, signed, t, text } from "../../i18n/index.js";
import { SIDES, actions } from "../../plan.js";
import { aim } from "../planning.js";

/** @typedef {import("../../types.js").View} View */

/** What a team did in a round, campaigns first. @param {View} room @param {string} team @param {number} round */
export const movesOf = (room, team, round) =>
  actions(room.results[team]?.plan[round - 1] ?? {}, room.scenario.plays).sort((a, b) => SIDES.indexOf(a.play.side) - SIDES.indexOf(b.play.side));

/** @param {{round: number, played: number, onRound: (round: number) => void}} props */
const Scrubber = ({ round, played, onRound }) => html`<div class="scrubber">
  <button type="button" class="scrub-step" aria-label=${t("debrief.round.previous")} disabled=${round <= 1} onClick=${() => onRound(round - 1)}>‹</button>
  <label class="scrub-range"><span>${t("debrief.round.of", { round, rounds: played })}</span>
    <input type="range" min="1" max=${played} step="1" value=${round} aria-label=${t("debrief.round.choose")}
      onInput=${(/** @type {any} */ event) => onRound(Number(event.target.value))} /></label>
  <button type="button" class="scrub-step" aria-label=${t("debrief.round.next")} disabled=${round >= played} onClick=${() => onRound(round + 1)}>›</button>
</div>`;

/** @param {{found: ReturnType<typeof actions>}} props */
const Cell = ({ found }) => html`${found.map(
  ({ play, at }) => html`<span class=${`move ${play.side}`} title=${`${text(play.name)} · ${t("debrief.round.level", { level: at.level })}`}>
    <${Icon} name=${play.side} /><span class="visually-hidden">${text(play.name)}, ${t("debrief.round.level", { level: at.level })}; </span></span>`,
)}${!found.length && html`<span class="soft" aria-label=${t("debrief.round.nothing")}>–</span>`}`;

/** @param {{room: View, round: number, played: number, onRound: (round: number) => void}} props */
const Moves = ({ room, round, played, onRound }) => {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const box = scroller.current;
    const cell = /** @type {HTMLElement | null | undefined} */ (box?.querySelector("th.chosen"));
    if (box && cell) box.scrollLeft = cell.offsetLeft + cell.offsetWidth - box.clientWidth + cell.offsetWidth / 2;
  }, [round]);
  const rounds = Array.from({ length: played }, (_, k) => k + 1);
  return html`<div class="moves-scroll" ref=${scroller} tabindex="0" role="region" aria-label=${t("debrief.moves")}>
    <table class="moves">
      <caption class="visually-hidden">${t("debrief.moves")}</caption>
      <thead><tr><th scope="col"><span class="visually-hidden">${t("debrief.round.team")}</span></th>
        ${rounds.map(
          (k) => html`<th scope="col" key=${k} class=${k === round ? "chosen" : ""}><button type="button" aria-pressed=${String(k === round)}
            aria-label=${t("chart.round", { round: k })} onClick=${() => onRound(k)}>${k}</button></th>`,
        )}</tr></thead>
      <tbody>${Object.values(room.teams).map(
        (team) => html`<tr key=${team.id}><th scope="row"><${Badge} team=${team} tiny /><span class="moves-name">${team.name}</span></th>
          ${rounds.map((k) => html`<td key=${k} class=${k === round ? "chosen" : ""}><${Cell} found=${movesOf(room, team.id, k)} /></td>`)}</tr>`,
      )}</tbody>
    </table>
  </div>`;
};

/** @param {{room: View, id: string, kind: "vanity" | "value", team: string, round: number}} props */
const Outcome = ({ room, id, kind, team, round }) => {
  const row = room.results[team]?.[kind]?.[id] ?? [];
  const now = row[round - 1];
  const gained = now == null ? null : now - (row[round - 2] ?? 0);
  return html`<div class="outcome"><dt>${metric(id)}</dt><dd>${formatMetric(id, now)}
    ${gained !== null && round > 1 && html`<span class=${`gained ${gained < 0 ? "down" : "up"}`}>${signed(Math.round(gained), 0)}</span>`}</dd></div>`;
};

/** @param {ReturnType<typeof actions>[number]} props */
const Action = ({ play, at }) => html`<li class=${`action ${play.side}`}>
  <span class="move"><${Icon} name=${play.side} /></span>
  <span><strong>${text(play.name)}</strong>${aim(at) && html`<span class="soft small"> ${aim(at)}</span>`}</span>
  <span class="action-level" aria-label=${t("debrief.round.level", { level: at.level })}>×${number(at.level)}</span>
</li>`;

/** @param {{room: View, team: import("../../types.js").TeamView, round: number}} props */
const TeamRound = ({ room, team, round }) => {
  const found = movesOf(room, team.id, round);
  const computer = room.results[team.id]?.driver[round - 1] === "policy";
  return html`<article class=${`team-round team-${team.colour % 6}`}>
    <header><${Badge} team=${team} /><h3>${team.name}</h3>${computer && html`<span class="soft small by-computer" title=${t("debrief.round.by_computer")}>
      <${Icon} name="robot" /><span class="visually-hidden">${t("debrief.round.by_computer")}</span></span>`}</header>
    <ul class="actions">${found.length ? found.map((move) => html`<${Action} key=${move.slot} ...${move} />`) : html`<li class="soft">${t("debrief.round.nothing")}</li>`}</ul>
    <dl class="outcomes" aria-label=${t("debrief.round.earned")}>
      <${Outcome} room=${room} id=${POPULARITY} kind="vanity" team=${team.id} round=${round} />
      <${Outcome} room=${room} id=${EQUITY} kind="value" team=${team.id} round=${round} />
    </dl>
  </article>`;
};

const Sides = () => html`<ul class="sides" aria-hidden="true">${SIDES.map(
  (side) => html`<li class=${side}><span class=${`move ${side}`}><${Icon} name=${side} /></span>${t(`side.${side}`)}</li>`,
)}</ul>`;

/** @param {{room: View, round: number, played: number, onRound: (round: number) => void}} props */
export const Rounds = ({ room, round, played, onRound }) => html`<section class="debrief-part" aria-labelledby="debrief-rounds">
  <div class="part-head"><h2 id="debrief-rounds">${t("debrief.round.title")}</h2><${Sides} /></div>
  <${Moves} room=${room} round=${round} played=${played} onRound=${onRound} />
  <${Scrubber} round=${round} played=${played} onRound=${onRound} />
  <div class="team-rounds">${Object.values(room.teams).map((team) => html`<${TeamRound} key=${team.id} room=${room} team=${team} round=${round} />`)}</div>
</section>`;
