/**
 * The debrief for one team: its own story first, then everybody's.
 *
 * Law: it claims nothing that the results do not say: two ranks, and where the money and the hours went.
 *
 * @import {TeamView, View} from "../types.js"
 */
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Loading, html } from "../components/basic.js";
import { Icon } from "../components/icons.js";
import { EQUITY, POPULARITY, rankedBy } from "../components/metrics.js";
import { loadTexts, metric, money, number, percent, t } from "../i18n/index.js";
import { SIDES, spending, sum } from "../plan.js";
import { ownTeam, scenario, view } from "../store.js";

/** A team's place, from 1. @param {TeamView} team @param {"vanity" | "value"} yard @param {string} id */
const placeOf = (team, yard, id) => rankedBy(/** @type {View} */ (view.value), yard, id).find((row) => row.team.id === team.id)?.place ?? 1;

export const OwnStory = () => {
  const [team, world] = [ownTeam.value, scenario.value];
  const own = team && view.value?.results[team.id];
  return html`${own && team && world && html`<${Story} team=${team} world=${world} own=${own} />`}<${Debrief} />`;
};

/** @param {{team: TeamView, world: import("../types.js").ScenarioView, own: import("../types.js").VendorResults}} props */
const Story = ({ team, world, own }) => {
  const vanityPlace = placeOf(team, "vanity", POPULARITY);
  const valuePlace = placeOf(team, "value", EQUITY);
  const verdict = vanityPlace === valuePlace ? "same" : vanityPlace < valuePlace ? "louder" : "deeper";
  const equity = own.value[EQUITY]?.at(-1);
  return html`<div class="narrow stack" data-testid="own-story">
    <header class="page-head"><p class="kicker">${t("story.kicker", { team: team.name })}</p><h1>${t(`story.${verdict}`)}</h1></header>
    <div class="yardsticks">
      <section class="card place vanity"><span class="soft">${metric(POPULARITY)}</span><strong>${t(`place.${vanityPlace}`)}</strong>
        <span class="small soft">${number(own.vanity[POPULARITY]?.at(-1) ?? 0, 0)}</span></section>
      <section class="card place value"><span class="soft">${metric(EQUITY)}</span><strong>${t(`place.${valuePlace}`)}</strong>
        <span class="small soft">${equity == null ? "" : money(equity)}</span></section>
    </div>
    <${Spent} rounds=${own.plan} plays=${world.plays} />
  </div>`;
};

/** Where the money and the hours of all rounds went. @param {{rounds: Record<string, import("../types.js").SlotView>[], plays: import("../types.js").PlayView[]}} props */
const Spent = ({ rounds, plays }) => {
  const all = rounds.map((slots) => spending(slots, plays));
  const sums = SIDES.map((side) => ({ side, money: sum(all.map((one) => one[side].money)), hours: sum(all.map((one) => one[side].hours)) }));
  if (all.every((round) => SIDES.every((side) => !round[side].hours && !round[side].money))) return html`<p class="card lead">${t("story.silent")}</p>`;
  const total = { money: sum(sums.map((one) => one.money)) || 1, hours: sum(sums.map((one) => one.hours)) || 1 };
  return html`<section class="card stack">
    <h2 class="card-title">${t("story.spent")}</h2>
    ${/** @type {const} */ (["money", "hours"]).map((unit) => html`<div class="split-row">
      <span class="split-label"><${Icon} name=${unit} />${t(unit)}</span>
      <span class="split" aria-hidden="true">${sums.map((one) => html`<i class=${one.side} style=${{ flexGrow: one[unit] / total[unit] }}></i>`)}</span>
    </div>`)}
    <ul class="legend">
      ${sums.map((one) => html`<li class=${one.side}><${Icon} name=${one.side} /><strong>${t(`side.${one.side}`)}</strong>
        <span class="soft small">${money(one.money)} · ${percent(one.hours / total.hours)} ${t("story.of_hours")}</span></li>`)}
    </ul>
  </section>`;
};

/** The debrief that all views share; its code comes when it is first needed. */
export const Debrief = () => {
  const View = useSignal(/** @type {any} */ (null));
  useEffect(() => {
    loadTexts("stage")
      .then(() => import("./debrief.js"))
      .then((module) => (View.value = { of: module.DebriefView }));
  }, []);
  return View.value ? html`<${View.value.of} />` : html`<${Loading} />`;
};
