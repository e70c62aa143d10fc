/**
 * Exact results of every vendor, a round at a time: vanity and value side by side, as nobody else sees them before the debrief.
 *
 * @import {ScenarioView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { Badge, html } from "../components/basic.js";
import { formatMetric } from "../components/metrics.js";
import { metric, t } from "../i18n/index.js";
import { view } from "../store.js";

/** Where the most is not the best. */
const UNWANTED = new Set(["churned", "spend"]);

/** @param {{world: ScenarioView}} props */
export const ResultsTable = ({ world }) => {
  const results = view.value?.results ?? {};
  const rounds = Math.max(0, ...Object.values(results).map((vendor) => vendor.driver.length));
  const chosen = useSignal(/** @type {number | null} */ (null));
  const round = Math.min(chosen.value ?? rounds, rounds);
  const teams = (view.value?.leaderboard ?? Object.keys(results)).map((id) => /** @type {any} */ (view.value).teams[id]).filter(Boolean);
  /** @param {"vanity" | "value"} yard @param {string} id */
  const row = (yard, id) => {
    const values = teams.map((team) => results[team.id]?.[yard][id]?.[round - 1] ?? null);
    const most = Math.max(...values.map((value) => value ?? -Infinity));
    const best = UNWANTED.has(id) || values.filter((value) => value === most).length > 1 ? null : most;
    return html`<tr key=${id}>
      <th scope="row">${metric(id)}</th>
      ${values.map((value, i) => html`<td key=${teams[i].id} class=${value !== null && value === best ? "best" : ""}>${value === null ? t("not_measured") : formatMetric(id, value)}</td>`)}
    </tr>`;
  };
  return html`<section class="card stack results-card" data-testid="exact-results">
    <header class="row">
      <h2 class="card-title">${t("host.results")}</h2>
      <div class="tabs push" role="group" aria-label=${t("host.which_round")}>
        ${Array.from({ length: rounds }, (_, i) => html`<button type="button" key=${i} aria-pressed=${String(round === i + 1)} aria-label=${t("host.round", { round: i + 1 })}
          onClick=${() => (chosen.value = i + 1 === rounds ? null : i + 1)}>${i + 1}</button>`)}
      </div>
    </header>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${t("host.results")}>
      <table class="results">
        <thead><tr><td></td>${teams.map((team) => html`<th scope="col" key=${team.id}><${Badge} team=${team} tiny=${true} /> ${team.name}</th>`)}</tr></thead>
        <tbody><tr class="group"><th scope="rowgroup" colspan=${teams.length + 1}>${t("vanity")}</th></tr>${world.vanity_metrics.map((id) => row("vanity", id))}</tbody>
        <tbody><tr class="group"><th scope="rowgroup" colspan=${teams.length + 1}>${t("value")}</th></tr>${world.value_metrics.map((id) => row("value", id))}</tbody>
      </table>
    </div>
  </section>`;
};
