/**
 * Planning: one plan that the whole team edits at once.
 *
 * Law: what a play costs, what is left, and who changed what are on the screen together; a change is one tap and shows on every teammate's screen.
 *
 * @import {PlanView, PlayView, SlotView, TeamView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Meter, Select, Stepper } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { hours, money, t, text } from "../i18n/index.js";
import { SIDES, actions, blockedBy, edit, freeSlot, playOf, shownValue, slotsOf } from "../plan.js";
import { command, me, ownTeam, scenario, serverNow, view } from "../store.js";

/** What one level of a play costs. @param {PlayView} play */
export const price = (play) => [play.money && money(play.money), play.hours && hours(play.hours)].filter(Boolean).join(" + ");

/** @param {string | null} seat @param {TeamView | null} team */
export function nameOf(seat, team) {
  if (seat === me.value?.seat) return t("you");
  return (seat && team?.seats[seat]?.nickname) || t("somebody");
}

export const Planning = () => {
  const [team, world] = [ownTeam.value, scenario.value];
  const plan = team && view.value?.plans[team.id];
  if (!world || !team || !plan) return null;
  const disabled = team.driver !== "people";
  return html`<div class="plan-page">
    <div class="plays">
      <header class="page-head">
        <h1>${t("plan.title", { round: view.value?.phase.round ?? 1 })}</h1>
        <p class="soft">${t("plan.help")}</p>
      </header>
      ${SIDES.map((side) => html`<${Side} side=${side} plays=${world.plays.filter((play) => play.side === side)} plan=${plan} disabled=${disabled} />`)}
    </div>
    <aside class="plan-side">
      <${PlanList} plan=${plan} plays=${world.plays} />
      <${Changes} plan=${plan} plays=${world.plays} team=${team} />
    </aside>
    <${Dock} plan=${plan} />
  </div>`;
};

/** @param {{side: typeof SIDES[number], plays: PlayView[], plan: PlanView, disabled: boolean}} props */
const Side = ({ side, plays, plan, disabled }) =>
  plays.length > 0 &&
  html`<section class=${`side ${side}`}>
    <header class="side-head">
      <span class="side-sign"><${Icon} name=${side} /></span>
      <div><h2>${t(`side.${side}`)}</h2><p class="soft">${t(`side.${side}.help`)}</p></div>
    </header>
    <div class="play-grid">${plays.map((play) => html`<${Play} key=${play.id} play=${play} plan=${plan} disabled=${disabled} />`)}</div>
  </section>`;

/** @param {{play: PlayView, plan: PlanView, disabled: boolean}} props */
const Play = ({ play, plan, disabled }) => {
  const slots = slotsOf(plan.slots, play.id);
  const [first] = slots;
  const inUse = first in plan.slots;
  const another = inUse && (play.takes_topic || play.takes_audience) && !blockedBy(play, plan) && slots.length < 4;
  return html`<article class=${`play ${inUse ? "in-use" : ""}`}>
    <div class="play-words">
        <h3>${text(play.name)}</h3>
        <p class="soft">${text(play.summary)}</p>
        <p class="play-price">
          <span>${t("plan.per_level", { price: price(play) })}</span>
          ${play.risk !== "low" && html`<span class=${`risk ${play.risk}`}><${Icon} name="warning" />${t(`risk.${play.risk}`)}</span>`}
        </p>
    </div>
    ${slots.map((slot, i) => html`<${Slot} key=${slot} slot=${slot} index=${i} play=${play} plan=${plan} disabled=${disabled} />`)}
    ${another && !disabled &&
    html`<button type="button" class="button quiet small-button" onClick=${() => edit(freeSlot(plan.slots, play.id), "level", 1)}>
      <${Icon} name="add" />${t("plan.another")}
    </button>`}
  </article>`;
};

/** @param {{slot: string, index: number, play: PlayView, plan: PlanView, disabled: boolean}} props */
const Slot = ({ slot, index, play, plan, disabled }) => {
  const world = /** @type {import("../types.js").ScenarioView} */ (scenario.value);
  /** @type {SlotView | undefined} */
  const at = plan.slots[slot];
  const level = shownValue(slot, "level", at?.level ?? 0);
  const blocked = level < play.max_level ? blockedBy(play, plan) : null;
  const name = text(play.name) + (index ? ` ${index + 1}` : "");
  return html`<div class="slot">
    <div class="slot-row">
      <${Stepper} label=${name} value=${level} max=${play.max_level} blocked=${blocked} disabled=${disabled}
        onChange=${(/** @type {number} */ value) => edit(slot, "level", value)} />
      ${level > 0
        ? html`<span class="slot-cost">${money(play.money * level)}<br />${hours(play.hours * level)}</span>`
        : blocked && html`<span class="slot-cost faint">${blocked}</span>`}
    </div>
    ${at && level > 0 && (play.takes_topic || play.takes_audience) && html`<div class="slot-aim">
      ${play.takes_topic && html`<${Select} label=${t("plan.topic")} all=${t("plan.all_topics")} value=${shownValue(slot, "topic", at.topic ?? null)} disabled=${disabled}
        choices=${world.topics.map((topic) => ({ id: topic.id, name: text(topic.name) }))}
        onChange=${(/** @type {string | null} */ value) => edit(slot, "topic", value)} />`}
      ${play.takes_audience && html`<${Select} label=${t("plan.audience")} all=${t("plan.all_audiences")} value=${shownValue(slot, "audience", at.audience ?? null)}
        disabled=${disabled} choices=${world.archetypes.map((kind) => ({ id: kind.id, name: text(kind.name) }))}
        onChange=${(/** @type {string | null} */ value) => edit(slot, "audience", value)} />`}
    </div>`}
    ${at && html`<p class="small faint">${at.author === me.value?.seat ? t("plan.changed_by_you") : t("plan.changed_by", { name: nameOf(at.author ?? null, ownTeam.value) })}</p>`}
  </div>`;
};


/** What the plan does, in a list. @param {{plan: {slots: Record<string, SlotView>}, plays: PlayView[]}} props */
export const PlanList = ({ plan, plays }) => {
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

/** @param {import("../types.js").EditView} change @param {PlayView[]} plays */
function changeText({ slot, field, value }, plays) {
  const play = text(plays.find((entry) => entry.id === playOf(slot))?.name);
  if (field === "level") return value ? t("change.level", { play, level: Number(value) }) : t("change.removed", { play });
  const what = aim({ topic: field === "topic" ? String(value) : null, audience: field === "audience" ? String(value) : null });
  return t("change.aim", { play, what: what || t("change.everyone") });
}

/** @param {number} at */
function ago(at) {
  const minutes = Math.floor((serverNow() - at) / 60_000);
  return minutes < 1 ? t("ago.now") : t("ago.minutes", { count: minutes });
}

/** @param {{plan: PlanView, plays: PlayView[], team: TeamView}} props */
const Changes = ({ plan, plays, team }) => {
  const all = useSignal(false);
  const list = [...plan.history].reverse();
  return html`<section class="card stack-tight">
    <h2 class="card-title">${t("plan.who_did_what")}</h2>
    <ul class="members">
      ${Object.entries(team.seats).map(([id, seat]) => html`<li key=${id} class=${seat.online ? "" : "away"}>
        <span class="presence" aria-hidden="true"></span>${seat.nickname}${id === me.value?.seat ? ` (${t("you").toLowerCase()})` : ""}
        <span class="visually-hidden">${t(seat.online ? "online" : "away")}</span>
        ${!seat.online && html`<span class="small faint" aria-hidden="true">${t("away")}</span>`}
      </li>`)}
    </ul>
    ${list.length > 0 && html`<ul class="changes">
      ${list.slice(0, all.value ? 20 : 4).map((change) => html`<li key=${`${change.at}${change.slot}${change.field}`}>
        <span><strong>${nameOf(change.author, team)}</strong> ${changeText(change, plays)}</span><span class="faint small">${ago(change.at)}</span>
      </li>`)}
    </ul>`}
    ${list.length > 4 && html`<button type="button" class="button quiet small-button" onClick=${() => (all.value = !all.value)}>
      ${t(all.value ? "show_less" : "show_all")}
    </button>`}
  </section>`;
};

/** @param {{plan: PlanView}} props */
const Dock = ({ plan }) => html`<div class="dock">
  <div class="budget">
    <${Meter} icon="money" label=${t("money")} used=${plan.money_used} of=${plan.money} format=${money} />
    <${Meter} icon="hours" label=${t("hours")} used=${plan.hours_used} of=${plan.hours} format=${hours} />
  </div>
  <button type="button" class=${`button ${plan.ready ? "is-ready" : "primary"}`} aria-pressed=${String(plan.ready)}
    onClick=${() => command({ t: "set_ready", ready: !plan.ready })}>
    ${plan.ready && html`<${Icon} name="check" />`}${t(plan.ready ? "plan.is_ready" : "plan.ready")}
  </button>
</div>`;
