/**
 * Planning: one plan that the whole team edits at once.
 *
 * Law: what a play costs, what is left, and who changed what are on the screen together; a change is one tap and shows on every teammate's screen.
 *
 * @import {PlanView, PlayView, SlotView, TeamView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Meter } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { hours, money, t, text } from "../i18n/index.js";
import { actions, playName, sent, withEdits } from "../plan.js";
import { command, me, ownTeam, scenario, serverNow, status, view } from "../store.js";
import { Members } from "./lobby.js";
import { Plays, nameOf } from "./plays.js";

export const Planning = () => {
  const [team, world] = [ownTeam.value, scenario.value];
  const known = team && view.value?.plans[team.id];
  if (!world || !team || !known) return null;
  const plan = withEdits(known, world.plays, sent.value);
  const disabled = team.driver !== "people" || !!team.seats[me.value?.seat ?? ""]?.aside;
  return html`<div class="plan-page">
    <div class="plays">
      <header class="page-head">
        <h1>${t("plan.title", { round: view.value?.phase.round ?? 1 })}</h1>
        <p class="soft">${t("plan.help")}</p>
      </header>
      <${Advice} team=${team} plan=${plan} />
      <${Plays} plays=${world.plays} plan=${plan} disabled=${disabled} />
    </div>
    <aside class="plan-side">
      <${PlanList} plan=${plan} plays=${world.plays} />
      <${Changes} plan=${plan} team=${team} />
    </aside>
    <${Dock} plan=${plan} disabled=${disabled} />
  </div>`;
};

/** What stands in the way of this plan, if anything does. @param {{team: TeamView, plan: PlanView}} props */
const Advice = ({ team, plan }) => {
  if (team.driver !== "people") return html`<p class="notice"><${Icon} name="robot" /><span>${t(team.handed ? "plan.handed" : Object.values(team.seats).every((seat) => seat.aside) ? "plan.aside" : "plan.policy")}</span></p>`;
  const dear = plan.money_used > plan.money || plan.hours_used > plan.hours;
  return dear && html`<p class="notice" role="status"><${Icon} name="warning" /><span>${t("plan.too_dear")}</span></p>`;
};

/** What the plan does, in a list. @param {{plan: {slots: Record<string, SlotView>}, plays: PlayView[]}} props */
const PlanList = ({ plan, plays }) => {
  const list = actions(plan.slots, plays);
  return html`<section class="card stack-tight">
    <h2 class="card-title">${t("plan.ours")}</h2>
    ${list.length === 0 && html`<p class="soft">${t("plan.empty")}</p>`}
    <ul class="plan-list">
      ${list.map(({ slot, play, at }) => html`<li key=${slot} class=${play.side}>
        <${Icon} name=${play.side} />
        <span><strong>${text(play.name)}</strong>${aim(at) && html`<span class="soft small">${aim(at)}</span>`}</span>
        <span class="levels" aria-label=${t("plan.level", { level: at.level })}>${"●".repeat(at.level)}</span>
      </li>`)}
    </ul>
  </section>`;
};

/** Whom and what about, in words. @param {{topic: string | null, audience: string | null}} at */
export function aim(at) {
  const world = scenario.value;
  const topic = world?.topics.find((choice) => choice.id === at.topic);
  const audience = world?.archetypes.find((choice) => choice.id === at.audience);
  return [topic && text(topic.name), audience && text(audience.name)].filter(Boolean).join(" · ");
}

/** @param {import("../types.js").EditView} change */
function changeText({ slot, field, value }) {
  const play = playName(slot);
  if (field === "level") return value ? t("change.level", { play, level: Number(value) }) : t("change.removed", { play });
  const what = aim({ topic: field === "topic" ? String(value) : null, audience: field === "audience" ? String(value) : null });
  return t("change.aim", { play, what: what || t("change.everyone") });
}

/** @param {number} at */
function ago(at) {
  const minutes = Math.floor((serverNow() - at) / 60_000);
  return minutes < 1 ? t("ago.now") : t("ago.minutes", { count: minutes });
}

/** @param {{plan: PlanView, team: TeamView}} props */
const Changes = ({ plan, team }) => {
  const all = useSignal(false);
  const list = [...plan.history].reverse();
  return html`<section class="card stack-tight">
    <h2 class="card-title">${t("plan.who_did_what")}</h2>
    <${Members} team=${team} />
    ${list.length > 0 && html`<ul class="changes">
      ${list.slice(0, all.value ? 20 : 4).map((change) => html`<li key=${`${change.at}${change.slot}${change.field}`}>
        <span><strong>${nameOf(change.author, team)}</strong> ${changeText(change)}</span><span class="faint small">${ago(change.at)}</span>
      </li>`)}
    </ul>`}
    ${list.length > 4 && html`<button type="button" class="button quiet small-button" onClick=${() => (all.value = !all.value)}>
      ${t(all.value ? "show_less" : "show_all")}
    </button>`}
  </section>`;
};

/** @param {{plan: PlanView, disabled: boolean}} props */
const Dock = ({ plan, disabled }) => html`<div class="dock">
  <${Unsent} />
  <div class="budget">
    <${Meter} icon="money" label=${t("money")} used=${plan.money_used} of=${plan.money} format=${money} />
    <${Meter} icon="hours" label=${t("hours")} used=${plan.hours_used} of=${plan.hours} format=${hours} />
  </div>
  <button type="button" class=${`button ${plan.ready ? "is-ready" : "primary"}`} aria-pressed=${String(plan.ready)} disabled=${disabled}
    onClick=${() => command({ t: "set_ready", ready: !plan.ready, round: view.value?.phase.round ?? null })}>
    ${plan.ready && html`<${Icon} name="check" />`}${t(plan.ready ? "plan.is_ready" : "plan.ready")}
  </button>
</div>`;

/** What was changed without a connection is safe, as long as the page is. */
const Unsent = () => {
  const count = Object.keys(sent.value).length;
  return status.value !== "open" && count > 0 && html`<p class="small dock-unsent" role="status" data-testid="unsent">${t("plan.unsent", { count })}</p>`;
};
