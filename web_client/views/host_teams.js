/**
 * Every team on the facilitator's screen: who is there, what the plan says so far, whether it is done.
 *
 * @import {PhaseView, PlanView, TeamView} from "../types.js"
 */
import { Badge, html } from "../components/basic.js";
import { Icon } from "../components/icons.js";
import { hours, money, t, text } from "../i18n/index.js";
import { actions } from "../plan.js";
import { scenario, view } from "../store.js";
import { HandOver } from "./host_desk.js";
import { HostGuests } from "./host_guests.js";
import { aim } from "./planning.js";

/** @param {{at: PhaseView}} props */
export const HostTeams = ({ at }) => {
  const teams = Object.values(view.value?.teams ?? {});
  const open = teams.filter((team) => team.open);
  const rivals = teams.filter((team) => !team.open);
  const playing = open.filter((team) => team.driver === "people");
  const people = open.flatMap((team) => Object.values(team.seats));
  return html`<section class="stack">
    <header class="row">
      <h2>${t("host.teams")}</h2>
      <span class="soft">${t("host.online", { online: people.filter((seat) => seat.online).length, count: people.length })}</span>
      ${at.name === "planning" && html`<span class="soft push">${t("host.ready", { ready: playing.filter((team) => team.ready).length, teams: playing.length })}</span>`}
    </header>
    <div class="team-grid">${open.map((team) => html`<${HostTeam} key=${team.id} team=${team} plan=${view.value?.plans[team.id]} at=${at} />`)}</div>
    ${rivals.length > 0 && html`<p class="row soft"><${Icon} name="robot" />${t("host.rivals")}
      ${rivals.map((team) => html`<span class="chip" key=${team.id}><${Badge} team=${team} tiny=${true} />${team.name}</span>`)}</p>`}
  </section>`;
};

/** @param {{team: TeamView, plan: PlanView | undefined, at: PhaseView}} props */
const HostTeam = ({ team, plan, at }) => {
  const planning = at.name === "planning";
  const empty = Object.keys(team.seats).length === 0;
  return html`<article class=${`card host-team stack-tight ${planning && team.ready ? "done" : ""}`} data-team=${team.id}>
    <header class="row">
      <${Badge} team=${team} /><h3>${team.name}</h3>
      ${team.handed && !planning && html`<span class="state push"><${Icon} name="robot" />${t("desk.handed")}</span>`}
      ${planning && html`<span class=${`state push ${team.ready ? "good" : ""}`}>
        ${team.ready ? html`<${Icon} name="check" />${t("host.team_ready")}` : team.driver === "policy" ? html`<${Icon} name="robot" />${t("host.computer")}` : t("host.thinking")}
      </span>`}
    </header>
    ${empty ? html`<p class="soft">${t("host.empty_team")}</p>` : html`<${HostGuests} team=${team} />`}
    ${plan && at.round > 0 && !(team.driver === "policy" && !Object.keys(plan.slots).length) && html`<${HostPlan} plan=${plan} planning=${planning} />`}
    <${HandOver} team=${team} at=${at} />
  </article>`;
};

/** @param {{plan: PlanView, planning: boolean}} props planning: else what the plan says there is, is for the next round */
const HostPlan = ({ plan, planning }) => {
  const list = actions(plan.slots, scenario.value?.plays ?? []);
  return html`<div class="host-plan stack-tight">
    <ul class="chips">
      ${list.length === 0 && html`<li class="faint">${t("host.no_plan")}</li>`}
      ${list.map(({ slot, play, at }) => html`<li class=${`chip ${play.side}`} key=${slot} title=${aim(at)}>
        <${Icon} name=${play.side} />${text(play.name)} <strong>×${at.level}</strong>${aim(at) && html`<span class="faint small">${aim(at)}</span>`}
      </li>`)}
    </ul>
    ${planning && html`<p class="small soft">${t("host.used", { money: money(plan.money_used), of_money: money(plan.money), hours: hours(plan.hours_used), of_hours: hours(plan.hours) })}</p>`}
  </div>`;
};
