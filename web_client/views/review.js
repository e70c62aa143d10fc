/**
 * The review: first what everybody can see, then what it was worth - as far as the team's own listening tells.
 *
 * Law: what was not measured is never drawn as zero; it says "not measured" and how to measure it.
 *
 * @import {ScenarioView, TeamView, VendorResults} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Empty } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { POPULARITY, formatMetric, placeAmong } from "../components/metrics.js";
import { has, language, metric, number, t, text } from "../i18n/index.js";
import { ownTeam, phase, scenario, view } from "../store.js";
import { MetricTabs, RaceList } from "./running.js";

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
  const chosen = useSignal(world.vanity_metrics.includes(POPULARITY) ? POPULARITY : world.vanity_metrics[0]);
  const rows = Object.entries(results).map(([id, { vanity }]) => ({ team: view.value?.teams[id] ?? team, value: last(vanity[chosen.value] ?? [0]) ?? 0 }));
  rows.sort((a, b) => b.value - a.value);
  const place = placeAmong(rows.map((row) => row.value), rows.find((row) => row.team.id === team.id)?.value ?? 0);
  return html`<section class="card stack vanity" data-testid="review-vanity">
    <header class="stack-tight">
      <p class="kicker">${t("review.first")}</p>
      <h2>${t("review.vanity_title", { place: t(`place.${place}`) })}</h2>
      <p class="soft">${t("vanity.help")}</p>
    </header>
    <${MetricTabs} ids=${world.vanity_metrics} chosen=${chosen} />
    <${RaceList} rows=${rows} />
  </section>`;
};

/** What a vendor's own books say without any listening. */
const BOOKS = new Set(["permissions", "customers", "revenue", "spend"]);

/** What decides comes first. @param {string} id */
const weight = (id) => (id === "customer_equity" ? 0 : id === "trust" ? 1 : 2);

/** @param {{world: ScenarioView, own: VendorResults}} props */
const ValuePart = ({ world, own }) => {
  const rows = world.value_metrics.map((id) => ({ id, values: own.value[id] ?? [] })).sort((a, b) => weight(a.id) - weight(b.id));
  const heard = rows.filter(({ id, values }) => !BOOKS.has(id) && values.at(-1) != null);
  const books = rows.filter(({ id, values }) => BOOKS.has(id) && values.at(-1) != null);
  const unknown = rows.filter(({ values }) => values.at(-1) == null);
  return html`<section class="card stack value" data-testid="review-value">
    <header class="stack-tight">
      <p class="kicker">${t("review.then")}</p>
      <h2>${t(heard.length ? "review.value_title" : "review.value_unknown_title")}</h2>
      <p class="soft">${t(heard.length ? "review.value_help" : "review.value_unknown_help")}</p>
    </header>
    ${heard.length > 0 && html`<${Group} icon="listening" title=${t("review.heard")} rows=${heard} />`}
    ${unknown.length > 0 && html`<${Unmeasured} ids=${unknown.map(({ id }) => id)} world=${world} />`}
    ${books.length > 0 && html`<${Group} icon="money" title=${t("review.books")} rows=${books} />`}
  </section>`;
};

/** @param {{icon: string, title: string, rows: {id: string, values: (number | null)[]}[]}} props */
const Group = ({ icon, title, rows }) => html`<div>
  <h3 class="group-title"><${Icon} name=${icon} />${title}</h3>
  <dl class="value-list">${rows.map(({ id, values }) => html`<${Known} key=${id} id=${id} values=${values} />`)}</dl>
</div>`;

/** @param {{ids: string[], world: ScenarioView}} props */
const Unmeasured = ({ ids, world }) => {
  const listeners = world.plays.filter((play) => play.side === "listening").map((play) => text(play.name));
  const plays = new Intl.ListFormat(language.value, { type: "disjunction" }).format(listeners);
  const surveyed = ids.some((id) => id !== LEADS);
  return html`<div class="unmeasured stack-tight">
    <h3 class="group-title"><${Icon} name="question" />${t("not_measured")}</h3>
    <ul class="chips">${ids.map((id) => html`<li class="chip dashed" key=${id}>${metric(id)}</li>`)}</ul>
    ${surveyed && listeners.length > 0 && html`<p class="soft">${t("review.how_to_measure", { plays })}</p>`}
    ${ids.includes(LEADS) && html`<p class="soft">${t("review.how_to_measure_leads")}</p>`}
  </div>`;
};

/** No survey finds these: readers must be scored. */
const LEADS = "sales_ready_leads";

/** @param {string} id @param {number} change with sign and unit */
const changeText = (id, change) =>
  Math.abs(change) < 0.0005 ? t("unchanged") : `${change < 0 ? "\u2212" : "+"}${id === "trust" ? t("points", { points: number(Math.abs(change) * 100, 1) }) : formatMetric(id, Math.abs(change))}`;

/** @param {{id: string, values: (number | null)[]}} props */
const Known = ({ id, values }) => {
  const value = values.at(-1) ?? 0;
  const before = values.slice(0, -1).findLast((entry) => entry != null);
  return html`<div class="known" data-metric=${id}>
    <dt>${metric(id)}</dt>
    <dd class="known-value">${formatMetric(id, value)}</dd>
    <dd class="known-foot soft small">
      <span>${has(`metric.${id}.help`) && t(`metric.${id}.help`)}</span>
      ${before != null && html`<span class="known-change">${changeText(id, value - before)}</span>`}
    </dd>
  </div>`;
};
