/**
 * The running phase: the market itself, with the vanity numbers that everybody sees and news of who won and lost whom.
 *
 * Law: the network is the picture; panels lie beside it and never over its nodes. Numbers are those of the last published tick.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Bars } from "../../components/charts.js";
import { html } from "../../components/basic.js";
import { formatMetric } from "../../components/metrics.js";
import { Network, StageLegend, StageSign } from "../../components/network.js";
import { metric, t } from "../../i18n/index.js";
import { newsBetween } from "../../network/news.js";
import { nodes } from "../../store.js";

/** @typedef {import("../../types.js").View} View */
/** @typedef {import("../../types.js").PhaseView} PhaseView */

const WEEK = 7;
const SHOWN = ["impressions", "likes", "followers", "reach", "clicks", "shares"];

/** Each week of the round shows another metric. @param {string[]} metrics @param {number} tick */
export function metricOfWeek(metrics, tick) {
  const known = SHOWN.filter((id) => metrics.includes(id));
  const list = known.length ? known : metrics;
  return list[Math.floor(Math.max(0, tick - 1) / WEEK) % list.length];
}

/** @param {{room: View, at: PhaseView}} props */
function Crowd({ room, at }) {
  const shown = metricOfWeek(room.scenario.vanity_metrics, at.tick);
  const rows = Object.values(room.teams).map((team) => {
    const value = room.live?.[team.id]?.[shown] ?? 0;
    return { id: team.id, colour: team.colour, label: team.name, value, text: formatMetric(shown, value) };
  });
  return html`<section class="crowd">
    <h2><span class="kicker">${t("stage.running.everybody_sees")}</span>${metric(shown)}</h2>
    <${Bars} title=${metric(shown)} rows=${rows} />
  </section>`;
}

const MOST_NEWS = 4;

/** @typedef {{key: string, kind: string, team: import("../../types.js").TeamView, count: number}} News */

/** News on top; the same news of the same team as before is one item that counts on. @param {News[]} items @param {News} fresh @returns {News[]} */
function addNews(items, fresh) {
  const known = items.find((item) => item.key === fresh.key);
  return [{ ...fresh, count: fresh.count + (known?.count ?? 0) }, ...items.filter((item) => item !== known)];
}

/** @param {{room: View}} props */
function Ticker({ room }) {
  const [items, setItems] = useState(/** @type {News[]} */ ([]));
  const before = useRef(/** @type {Uint8Array | null} */ (null));
  const states = nodes.value?.states;
  useEffect(() => {
    const was = before.current;
    before.current = states ?? null;
    if (!was || !states) return;
    const teams = Object.values(room.teams);
    const fresh = newsBetween(was, states)
      .filter((item) => item.kind !== "considering" && teams[item.vendor])
      .sort((a, b) => b.count - a.count)
      .slice(0, 2)
      .map(({ kind, vendor, count }) => ({ key: `${kind} ${vendor}`, kind, team: teams[vendor], count }));
    if (fresh.length) setItems((old) => fresh.reduceRight(addNews, old).slice(0, MOST_NEWS));
  }, [states]);
  return html`<ul class="news" aria-label=${t("stage.running.news")}>
    ${items.map(
      ({ key, kind, team, count }) => html`<li key=${`${key} ${count}`} class=${`news-item team-${team.colour % 6}`}>
        <${StageSign} stage=${kind} /><span>${t(`stage.news.${kind}`, { count, team: team.name })}</span>
      </li>`,
    )}
  </ul>`;
}

/** The round's days, a gap after each week. @param {{day: number, days: number}} props */
const Days = ({ day, days }) => html`<div class="round-days" aria-hidden="true">${Array.from({ length: days }, (_, k) => html`<i class=${k < day ? "on" : ""}></i>`)}</div>`;

/** @param {{room: View, at: PhaseView}} props */
export function Running({ room, at }) {
  const states = nodes.value?.states;
  return html`<main class="running">
    <section class="running-market">
      <${Network} url=${room.graph_url} states=${states} alive=${true} label=${t("network.label")} />
      <${Days} day=${at.tick} days=${room.scenario.ticks_per_round} />
      <${StageLegend} states=${states} />
    </section>
    <aside class="running-side">
      <${Crowd} room=${room} at=${at} />
      <${Ticker} room=${room} />
    </aside>
  </main>`;
}
