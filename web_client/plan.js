/**
 * The shared plan of a team, as the planning screen needs it: which slots a play has, what one more level costs, and edits on their way.
 *
 * Law: the server's plan is the plan. An edit shows and counts at once, and is taken back when the server refuses it; nothing else is kept here.
 *
 * @import {PlanView, PlayView, SlotView} from "./types.js"
 */
import { signal } from "@preact/signals";
import { refusalText } from "./components/basic.js";
import { hours, money, t, text } from "./i18n/index.js";
import { ask, state, toast } from "./session.js";

export const SIDES = /** @type {const} */ (["campaign", "relationship", "listening"]);

/** From so many plays on they are not all shown at once. */
export const MANY_PLAYS = 12;

/** A slot is named for its play: `contest`, then `contest#2`. @param {string} slot */
export const playOf = (slot) => slot.split("#")[0];

/** @param {string} slot */
export const playName = (slot) => text(state.view?.scenario.plays.find(({ id }) => id === playOf(slot))?.name);

/** @param {Record<string, SlotView>} slots @param {string} play @returns {string[]} the play's slots in order; at least the first, filled or not */
export function slotsOf(slots, play) {
  const used = Object.keys(slots).filter((slot) => playOf(slot) === play);
  const order = (/** @type {string} */ slot) => Number(slot.split("#")[1] ?? 1);
  return used.length ? used.sort((a, b) => order(a) - order(b)) : [play];
}

/** @param {Record<string, SlotView>} slots @param {string} play @returns {string} a name that is free */
export function freeSlot(slots, play) {
  for (let n = 2; ; n++) if (!(`${play}#${n}` in slots)) return `${play}#${n}`;
}

/** @param {Record<string, SlotView>} slots @param {string} play */
export const inPlan = (slots, play) => Object.keys(slots).some((slot) => playOf(slot) === play);

/** Whether a play is one that these words look for: each of them stands in its name, its summary, or what its side is called. @param {PlayView} play @param {string} words */
export function fits(play, words) {
  const own = `${text(play.name)} ${text(play.summary)} ${t(`side.${play.side}`)}`.toLocaleLowerCase();
  return words.toLocaleLowerCase().split(/\s+/).every((word) => own.includes(word));
}

/** Why one more level does not fit, in words; null when it does. @param {PlayView} play @param {PlanView} plan */
export function blockedBy(play, plan) {
  const lackingMoney = play.money - (plan.money - plan.money_used);
  const lackingHours = play.hours - (plan.hours - plan.hours_used);
  if (lackingMoney > 0) return t("plan.lacks_money", { amount: money(lackingMoney) });
  if (lackingHours > 0) return t("plan.lacks_hours", { amount: hours(lackingHours) });
  return null;
}

/** @param {string} slot @returns {SlotView} */
const emptySlot = (slot) => ({ play: playOf(slot), level: 0, topic: null, audience: null, author: null, at: 0 });

/** @typedef {Record<string, string | number | null>} Edits "slot field" -> value */

/** Edits on their way: they wait here while there is no connection. */
export const sent = signal(/** @type {Edits} */ ({}));

/** The plan as it will be when these edits have arrived, with what it costs then. @param {PlanView} plan @param {PlayView[]} plays @param {Edits} edits */
export function withEdits(plan, plays, edits) {
  const slots = { ...plan.slots };
  for (const [key, value] of Object.entries(edits)) {
    const [slot, field] = key.split(" ");
    if (field === "level" && !value) delete slots[slot];
    else if (field === "level" || slot in slots) slots[slot] = { ...(slots[slot] ?? emptySlot(slot)), [field]: value, author: state.me?.seat ?? null };
  }
  const sides = Object.values(spending(slots, plays));
  return { ...plan, slots, money_used: sum(sides.map((side) => side.money)), hours_used: sum(sides.map((side) => side.hours)) };
}

/** @param {string} slot @param {"level" | "topic" | "audience"} field @param {string | number | null} value */
export async function edit(slot, field, value) {
  const key = `${slot} ${field}`;
  sent.value = { ...sent.value, [key]: value };
  try {
    await ask({ t: "edit_plan", slot, field, value, round: state.view?.phase.round ?? null });
    // the new state follows the acknowledgement: wait for it, or the old value would flash up
    await new Promise((resolve) => setTimeout(resolve, 120));
  } catch (why) {
    toast(`edit ${slot}`, `${playName(slot)}: ${refusalText(why)}`); // of several that had waited, each says which it was
  }
  if (sent.value[key] !== value) return; // a newer edit took over
  const { [key]: _, ...rest } = sent.value;
  sent.value = rest;
}

/** What a plan does, in the order of the scenario's plays. @param {Record<string, SlotView>} slots @param {PlayView[]} plays */
export const actions = (slots, plays) =>
  plays.flatMap((play) => slotsOf(slots, play.id).filter((slot) => slot in slots).map((slot) => ({ slot, play, at: slots[slot] })));

/** @param {number[]} values */
export const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Money and hours by side. @param {Record<string, SlotView>} slots @param {PlayView[]} plays */
export function spending(slots, plays) {
  const totals = { campaign: { money: 0, hours: 0 }, relationship: { money: 0, hours: 0 }, listening: { money: 0, hours: 0 } };
  for (const { play, at } of actions(slots, plays)) {
    totals[play.side].money += play.money * at.level;
    totals[play.side].hours += play.hours * at.level;
  }
  return totals;
}
