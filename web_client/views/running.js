/**
 * The running round: what everybody can count, counting up, and what one's own plan is doing.
 *
 * Law: only vanity is live; what it is worth is not known yet, and the page says so.
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Badge, html } from "../components/basic.js";
import { Icon } from "../components/icons.js";
import { compact, metric, number, signed, t, text } from "../i18n/index.js";
import { actions } from "../plan.js";
import { ownTeam, phase, scenario, view } from "../store.js";
import { aim } from "./planning.js";

export const Running = () => {
  const [team, world, at] = [ownTeam.value, scenario.value, phase.value];
  if (!team || !world || !at) return null;
  const live = view.value?.live[team.id] ?? {};
  return html`<div class="narrow stack">
    <header class="page-head">
      <p class="kicker">${t("running.kicker", { count: world.ticks_per_round })}</p>
      <h1>${t("running.title")}</h1>
      <${Days} tick=${at.tick} ticks=${world.ticks_per_round} />
    </header>
    <ul class="counters">
      ${world.vanity_metrics.map((id) => html`<${Counter} key=${id} id=${id} value=${live[id] ?? 0} tick=${at.tick} />`)}
    </ul>
    <${Race} metrics=${world.vanity_metrics} />
    <${OnAir} team=${team.id} />
    <p class="hint"><${Icon} name="listening" /><span>${t("running.hint")}</span></p>
  </div>`;
};

/** The round's days, those that passed filled in. @param {{tick: number, ticks: number}} props */
export const Days = ({ tick, ticks }) => html`<div class="days">
  <span class="days-words"><strong>${t("running.day", { tick, ticks })}</strong></span>
  <span class="days-grid" aria-hidden="true">${Array.from({ length: ticks }, (_, i) => html`<i class=${i < tick ? "past" : ""}></i>`)}</span>
</div>`;

/** @param {{id: string, value: number, tick: number}} props */
const Counter = ({ id, value, tick }) => {
  const before = useSignal({ tick, value, gain: 0 });
  useEffect(() => {
    if (before.peek().tick !== tick) before.value = { tick, value, gain: value - before.peek().value };
  }, [tick, value]);
  return html`<li class="counter">
    <span class="soft">${metric(id)}</span>
    <strong>${value < 100_000 ? number(value, 0) : compact(value)}</strong>
    <span class="gain small">${before.value.gain > 0 ? t("running.today", { gain: signed(before.value.gain, 0) }) : "\u00a0"}</span>
  </li>`;
};

/** All vendors by one count that everybody sees. @param {{metrics: string[]}} props */
export const Race = ({ metrics }) => {
  const chosen = useSignal(metrics.includes("likes") ? "likes" : metrics[0]);
  const live = view.value?.live ?? {};
  const rows = Object.values(view.value?.teams ?? {}).map((team) => ({ team, value: live[team.id]?.[chosen.value] ?? 0 }));
  rows.sort((a, b) => b.value - a.value || a.team.id.localeCompare(b.team.id));
  return html`<section class="card stack-tight">
    <div class="row"><h2 class="card-title">${t("running.race")}</h2><${MetricTabs} ids=${metrics} chosen=${chosen} /></div>
    <${RaceList} rows=${rows} />
  </section>`;
};

/** Teams with a number that everybody sees, the most first. @param {{rows: {team: import("../types.js").TeamView, value: number}[]}} props */
export const RaceList = ({ rows }) => html`<ol class="race">
  ${rows.map(({ team, value }) => html`<li key=${team.id} class=${`team-${team.colour % 6} ${team.id === ownTeam.value?.id ? "own" : ""}`}>
    <${Badge} team=${team} tiny=${true} />
    <span class="race-name">${team.name}</span>
    <span class="race-bar" aria-hidden="true"><i style=${{ transform: `scaleX(${value / Math.max(1, rows[0].value)})` }}></i></span>
    <strong class="race-value">${compact(value)}</strong>
  </li>`)}
</ol>`;

/** @param {{ids: string[], chosen: import("@preact/signals").Signal<string>}} props */
export const MetricTabs = ({ ids, chosen }) => html`<div class="tabs" role="group" aria-label=${t("running.choose")}>
  ${ids.map((id) => html`<button type="button" key=${id} aria-pressed=${String(chosen.value === id)} onClick=${() => (chosen.value = id)}>${metric(id)}</button>`)}
</div>`;

/** @param {{team: string}} props */
const OnAir = ({ team }) => {
  const list = actions(view.value?.plans[team]?.slots ?? {}, scenario.value?.plays ?? []);
  return html`<section class="card stack-tight">
    <h2 class="card-title">${t("running.on_air")}</h2>
    ${list.length === 0 && html`<p class="soft">${t("running.silence")}</p>`}
    <ul class="on-air">
      ${list.map(({ slot, play, at }) => html`<li key=${slot} class=${play.side}>
        <${Icon} name=${play.side} />
        <span><strong>${text(play.name)}</strong> <span class="soft small">${aim(at)}</span><br /><span class="soft">${t(`running.does.${play.side}`)}</span></span>
      </li>`)}
    </ul>
  </section>`;
};
