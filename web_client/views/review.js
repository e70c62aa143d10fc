/**
 * The review: first what everybody can see, then what it was worth - as far as the team's own listening tells.
 *
 * Law: what was not measured is never drawn as zero; it says "not measured" and how to measure it.
 *
 * @import {ScenarioView, TeamView, VendorResults} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { Badge, html } from "../components/basic.js";
import { Empty } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { compact, has, metric, metricChange, metricValue, t, text } from "../i18n/index.js";
import { ownTeam, phase, scenario, view } from "../store.js";
import { MetricTabs } from "./running.js";

export const Review = () => {
  const [team, world] = [ownTeam.value, scenario.value];
  const results = view.value?.results ?? {};
  const own = team && results[team.id];
  if (!team || !world) return null;
  if (!own) return html`<${Empty} icon="hours" title=${t("review.nothing_yet")} />`;
  return html`<div class="review stack">
    <header class="page-head"><p class="kicker">${t("phase.round", { round: phase.value?.round ?? 0, rounds: world.rounds })}</p><h1>${t("review.title")}</h1></header>
    <div class="review-columns">
      <${VanityPart} world=${world} results=${results} team=${team} />
      <${ValuePart} world=${world} own=${own} />
    </div>
  </div>`;
};

/** @param {number[]} list */
const last = (list) => list[list.length - 1];

/** @param {{world: ScenarioView, results: Record<string, VendorResults>, team: TeamView}} props */
const VanityPart = ({ world, results, team }) => {
  const chosen = useSignal(world.vanity_metrics.includes("likes") ? "likes" : world.vanity_metrics[0]);
  const rows = Object.entries(results).map(([id, { vanity }]) => ({ team: view.value?.teams[id] ?? team, value: last(vanity[chosen.value] ?? [0]) ?? 0 }));
  rows.sort((a, b) => b.value - a.value);
  const top = Math.max(1, rows[0]?.value ?? 1);
  const place = rows.findIndex((row) => row.team.id === team.id) + 1;
  return html`<section class="card stack vanity" data-testid="review-vanity">
    <header class="stack-tight">
      <p class="kicker">${t("review.first")}</p>
      <h2>${t("review.vanity_title", { place: t(`place.${place}`) })}</h2>
      <p class="soft">${t("vanity.help")}</p>
    </header>
    <${MetricTabs} ids=${world.vanity_metrics} chosen=${chosen} />
    <ol class="race">
      ${rows.map((row) => html`<li key=${row.team.id} class=${`team-${row.team.colour % 6} ${row.team.id === team.id ? "own" : ""}`}>
        <${Badge} team=${row.team} tiny=${true} />
        <span class="race-name">${row.team.name}</span>
        <span class="race-bar" aria-hidden="true"><i style=${{ transform: `scaleX(${row.value / top})` }}></i></span>
        <strong class="race-value">${compact(row.value)}</strong>
      </li>`)}
    </ol>
  </section>`;
};

/** @param {{world: ScenarioView, own: VendorResults}} props */
const ValuePart = ({ world, own }) => {
  const rows = world.value_metrics.map((id) => ({ id, values: own.value[id] ?? [] }));
  const known = rows.filter(({ values }) => values.at(-1) != null);
  const unknown = rows.filter(({ values }) => values.at(-1) == null);
  const listeners = world.plays.filter((play) => play.side === "listening");
  return html`<section class="card stack value" data-testid="review-value">
    <header class="stack-tight">
      <p class="kicker">${t("review.then")}</p>
      <h2>${t(known.length ? "review.value_title" : "review.value_unknown_title")}</h2>
      <p class="soft">${t(known.length ? "review.value_help" : "review.value_unknown_help")}</p>
    </header>
    <dl class="value-list">${known.map(({ id, values }) => html`<${Known} key=${id} id=${id} values=${values} />`)}</dl>
    ${unknown.length > 0 && html`<div class="unmeasured stack-tight">
      <h3><${Icon} name="question" />${t("not_measured")}</h3>
      <ul class="chips">${unknown.map(({ id }) => html`<li class="chip dashed" key=${id}>${metric(id)}</li>`)}</ul>
      ${listeners.length > 0 && html`<p class="hint"><${Icon} name="listening" />
        <span>${t("review.how_to_measure", { plays: new Intl.ListFormat(document.documentElement.lang, { type: "disjunction" }).format(listeners.map((play) => text(play.name))) })}</span>
      </p>`}
    </div>`}
  </section>`;
};

/** @param {{id: string, values: (number | null)[]}} props */
const Known = ({ id, values }) => {
  const value = values.at(-1) ?? 0;
  const before = values.slice(0, -1).findLast((entry) => entry != null);
  return html`<div class="known">
    <dt><strong>${metric(id)}</strong>${has(`metric.${id}.help`) && html`<span class="soft small">${t(`metric.${id}.help`)}</span>`}</dt>
    <dd><strong>${metricValue(id, value)}</strong>${before != null && html`<span class="small soft">${metricChange(id, value - before)}</span>`}</dd>
  </div>`;
};
