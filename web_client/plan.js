/**
 * The shared plan of a team, as the planning screen needs it: which slots a play has, what one more level costs, and edits on their way.
 *
 * Law: the server's plan is the plan. An edit shows at once and is taken back when the server refuses it; nothing else is kept here.
 *
 * @import {PlanView, PlayView, SlotView} from "./types.js"
 */
import { signal } from "@preact/signals";
import { hours, money, t, text } from "./i18n/index.js";
import { command, state } from "./session.js";

export const SIDES = /** @type {const} */ (["campaign", "relationship", "listening"]);

/** From so many plays on they are not all shown at once. */
export const MANY_PLAYS = 12;

/** A slot is named for its play: `contest`, then `contest#2`. @param {string} slot */
export const playOf = (slot) => slot.split("#")[0];

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

/** Edits on their way: "slot field" -> value. */
const sent = signal(/** @type {Record<string, string | number | null>} */ ({}));

/** @template T @param {string} slot @param {string} field @param {T} known @returns {T} what the screen shows */
export const shownValue = (slot, field, known) => /** @type {T} */ (`${slot} ${field}` in sent.value ? sent.value[`${slot} ${field}`] : known);

/** @param {string} slot @param {"level" | "topic" | "audience"} field @param {string | number | null} value */
export async function edit(slot, field, value) {
  const key = `${slot} ${field}`;
  sent.value = { ...sent.value, [key]: value };
  const accepted = await command({ t: "edit_plan", slot, field, value, round: state.view?.phase.round ?? null });
  // the new state follows the acknowledgement: wait for it, or the old value would flash up
  if (accepted) await new Promise((resolve) => setTimeout(resolve, 120));
  if (sent.value[key] !== value) return; // a newer edit took over
  const { [key]: _, ...rest } = sent.value;
  sent.value = rest;
}

/** What a plan does, in the order of the scenario's plays. @param {Record<string, SlotView>} slots @param {PlayView[]} plays */
export const actions = (slots, plays) =>
  plays.flatMap((play) => slotsOf(slots, play.id).filter((slot) => slot in slots).map((slot) => ({ slot, play, at: slots[slot] })));

/** Money and hours by side. @param {Record<string, SlotView>} slots @param {PlayView[]} plays */
export function spending(slots, plays) {
  const totals = { campaign: { money: 0, hours: 0 }, relationship: { money: 0, hours: 0 }, listening: { money: 0, hours: 0 } };
  for (const { play, at } of actions(slots, plays)) {
    totals[play.side].money += play.money * at.level;
    totals[play.side].hours += play.hours * at.level;
  }
  return totals;
}
