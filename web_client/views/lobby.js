/** Before the first round: who is here, and what this is about. Law: everything a guest must know to plan is said here once, shortly. */
import { budgetOf } from "../budgets.js";
import { Badge, html } from "../components/basic.js";
import { Icon } from "../components/icons.js";
import { hours, money, number, t, text } from "../i18n/index.js";
import { command, me, ownName, ownTeam, scenario, view } from "../store.js";

export const Lobby = () => {
  const team = ownTeam.value;
  return html`<div class="narrow stack">
    <header class="page-head">
      <p class="kicker">${t("lobby.kicker")}</p>
      <h1>${t("lobby.title", { name: ownName.value })}</h1>
      <p class="lead">${t("lobby.help")}</p>
    </header>
    ${team && html`<section class="card stack">
      <div class="row"><${Badge} team=${team} /><h2 class="card-title">${team.name}</h2></div>
      <${Members} team=${team} />
    </section>`}
    <section class="card stack">
      <div class="row"><${Icon} name="key" /><h2 class="card-title">${t("seat.personal_code")}</h2></div>
      <strong class="code personal-code">${me.value?.personal_code}</strong>
      <p class="soft">${t("seat.personal_help")}</p>
    </section>
    <section class="card"><${TeamSwitch} /></section>
  </div>`;
};

/** Who is in a team, and who of them is away. @param {{team: import("../types.js").TeamView}} props */
export const Members = ({ team }) => html`<ul class="members">
  ${Object.entries(team.seats).map(([id, seat]) => html`<li key=${id} class=${seat.online ? "" : "away"}>
    <span class="presence" aria-hidden="true"></span>${seat.nickname}${id === me.value?.seat ? ` (${t("you").toLowerCase()})` : ""}
    <span class="visually-hidden">${t(seat.aside ? "seat.aside" : seat.online ? "online" : "away")}</span>
    ${(seat.aside || !seat.online) && html`<span class="small faint" aria-hidden="true">${t(seat.aside ? "seat.aside" : "away")}</span>`}
  </li>`)}
</ul>`;

/** @param {{world: import("../types.js").ScenarioView}} props */
export const BriefingText = ({ world }) => html`<div class="prose">${text(world.briefing).split(/\n\s*\n/).map((paragraph) => html`<p class="lead">${paragraph}</p>`)}</div>`;

export const Briefing = () => {
  const [team, world] = [ownTeam.value, scenario.value];
  if (!team || !world) return null;
  const budget = budgetOf(world, team);
  return html`<div class="narrow stack">
    <header class="page-head">
      <p class="kicker">${t("phase.briefing")}</p>
      <h1>${text(world.title)}</h1>
    </header>
    <${BriefingText} world=${world} />
    <ul class="tiles">
      <${Tile} icon="people" value=${number(world.buyers)} label=${t("briefing.buyers")} />
      <${Tile} icon="step" value=${number(world.rounds)} label=${t("briefing.rounds", { ticks: world.ticks_per_round })} />
      <${Tile} icon="money" value=${money(budget.money)} label=${t("briefing.money")} />
      <${Tile} icon="hours" value=${hours(budget.hours)} label=${t("briefing.hours")} />
    </ul>
    <${Yardsticks} />
    <section class="card stack-tight">
      <h2 class="card-title">${t("briefing.rivals")}</h2>
      <ul class="chips">${Object.values(view.value?.teams ?? {}).filter(({ id }) => id !== team.id).map((rival) => html`<li class="chip" key=${rival.id}><${Badge} team=${rival} tiny=${true} />${rival.name}</li>`)}</ul>
    </section>
  </div>`;
};

/** The two ways to be measured, side by side. */
const Yardsticks = () => html`<div class="yardsticks">
  <section class="card stack-tight vanity"><h2 class="card-title">${t("vanity")}</h2><p class="soft">${t("vanity.help")}</p></section>
  <section class="card stack-tight value"><h2 class="card-title">${t("value")}</h2><p class="soft">${t("value.help")}</p></section>
</div>`;

/** @param {{icon: string, value: string, label: string}} props */
const Tile = ({ icon, value, label }) => html`<li class="tile" data-testid=${`briefing-${icon}`}><${Icon} name=${icon} /><strong>${value}</strong><span class="soft small">${label}</span></li>`;

/** Move to another team, while that is still possible. */
export const TeamSwitch = () => {
  const others = Object.values(view.value?.teams ?? {}).filter((team) => team.open && team.id !== ownTeam.value?.id);
  return html`<div class="stack-tight">
    <span class="label">${t("seat.change_team")}</span>
    ${others.map((team) => html`<button type="button" class="button team-button" key=${team.id} onClick=${() => command({ t: "change_team", team: team.id })}>
      <${Badge} team=${team} tiny=${true} />${team.name}<span class="soft small push">${t("people", { count: Object.keys(team.seats).length })}</span>
    </button>`)}
  </div>`;
};
