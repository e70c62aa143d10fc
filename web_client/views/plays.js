/**
 * The plays of a scenario, by side, each with its slots in the team's plan.
 *
 * Law: what is in the plan is always on the screen; where there are many plays, the others open side by side or are found by a word, so that thirty are no wall
 * on a phone.
 *
 * @import {PlanView, PlayView, SlotView, TeamView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Select, Stepper } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { hours, money, t, text } from "../i18n/index.js";
import { MANY_PLAYS, SIDES, blockedBy, edit, fits, freeSlot, inPlan, slotsOf } from "../plan.js";
import { me, ownTeam, scenario } from "../store.js";

/** What one level of a play costs. @param {PlayView} play */
export const price = (play) => [play.money && money(play.money), play.hours && hours(play.hours)].filter(Boolean).join(" + ");

/** @param {string | null} seat @param {TeamView | null} team */
export function nameOf(seat, team) {
  if (seat === me.value?.seat) return t("you");
  return (seat && team?.seats[seat]?.nickname) || t("somebody");
}

/** @param {{plays: PlayView[], plan: PlanView, disabled: boolean}} props */
export const Plays = ({ plays, plan, disabled }) => {
  const words = useSignal("");
  const many = plays.length > MANY_PLAYS;
  const found = plays.filter((play) => fits(play, words.value));
  return html`${many && html`<${Search} words=${words} />`}
    ${found.length === 0 && html`<p class="soft" role="status">${t("plan.none_found", { words: words.value })}</p>`}
    ${SIDES.map((side) => html`<${Side} key=${side} side=${side} plays=${found.filter((play) => play.side === side)} plan=${plan} disabled=${disabled}
      many=${many} searching=${words.value.trim() !== ""} />`)}`;
};

/** @param {{words: {value: string}}} props */
const Search = ({ words }) => html`<label class="field search">
  <span class="label">${t("plan.search")}</span>
  <span class="search-box"><${Icon} name="search" />
    <input class="input" type="search" name="search" autocomplete="off" enterkeyhint="search" value=${words.value}
      onInput=${(/** @type {any} */ event) => (words.value = event.target.value)} />
  </span>
</label>`;

/**
 * @param {{side: typeof SIDES[number], plays: PlayView[], plan: PlanView, disabled: boolean, many: boolean, searching: boolean}} props
 *   many: too many plays to show all unasked
 */
const Side = ({ side, plays, plan, disabled, many, searching }) => {
  const open = useSignal(false);
  if (plays.length === 0) return null;
  const all = !many || searching || open.value;
  const used = plays.filter((play) => inPlan(plan.slots, play.id));
  const shown = all ? plays : used;
  return html`<section class=${`side ${side}`} data-side=${side}>
    <header class="side-head">
      <span class="side-sign"><${Icon} name=${side} /></span>
      <div><h2>${t(`side.${side}`)}</h2><p class="soft">${t(`side.${side}.help`)}</p></div>
    </header>
    ${shown.length > 0 && html`<div class="play-grid">${shown.map((play) => html`<${Play} key=${play.id} play=${play} plan=${plan} disabled=${disabled} />`)}</div>`}
    ${many && !searching && html`<button type="button" class=${`button wide more ${open.value ? "open" : ""}`} aria-expanded=${String(open.value)}
      onClick=${() => (open.value = !open.value)}>
      ${open.value ? t("plan.fold") : t(used.length ? "show_more" : "plan.unfold", { count: plays.length - used.length })}<${Icon} name="more" />
    </button>`}
  </section>`;
};

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
  const level = at?.level ?? 0;
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
    ${at && (play.takes_topic || play.takes_audience) && html`<div class="slot-aim">
      ${play.takes_topic && html`<${Select} label=${t("plan.topic")} all=${t("plan.all_topics")} value=${at.topic ?? null} disabled=${disabled}
        choices=${world.topics.map((topic) => ({ id: topic.id, name: text(topic.name) }))}
        onChange=${(/** @type {string | null} */ value) => edit(slot, "topic", value)} />`}
      ${play.takes_audience && html`<${Select} label=${t("plan.audience")} all=${t("plan.all_audiences")} value=${at.audience ?? null}
        disabled=${disabled} choices=${world.archetypes.map((kind) => ({ id: kind.id, name: text(kind.name) }))}
        onChange=${(/** @type {string | null} */ value) => edit(slot, "audience", value)} />`}
    </div>`}
    ${at && html`<p class="small faint">${at.author === me.value?.seat ? t("plan.changed_by_you") : t("plan.changed_by", { name: nameOf(at.author ?? null, ownTeam.value) })}</p>`}
  </div>`;
};
