/**
 * A buyer's story in human words: who it is, what it thinks of each team, what happened, newest first.
 *
 * Law: the server tells facts, this file finds the words; a fact without words is still shown, as its name.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Badge, html } from "../../components/basic.js";
import { has, percent, t, text } from "../../i18n/index.js";

/** @typedef {import("../../types.js").View} View */
/** @typedef {import("../../types.js").BuyerStory} BuyerStory */
/** @typedef {import("../../types.js").BuyerEvent & {why?: string | null}} BuyerEvent */

const FEELINGS = /** @type {const} */ (["awareness", "trust", "irritation"]);
const SHOWN_AT_FIRST = 12;

/** Ticks of a story count from the game's first day, beginning with 0. @param {number} tick @param {number} days a round */
export const whenOf = (tick, days) => ({ round: Math.floor(tick / days) + 1, day: (tick % days) + 1 });

/** @param {View} room @param {BuyerEvent} event */
export function eventText(room, { what, vendor, play, why }) {
  const team = vendor ? (room.teams[vendor]?.name ?? vendor) : t("event.somebody_selling");
  const name = play ? text(room.scenario.plays.find((one) => one.id === play)?.name) || play : t("event.some_play");
  const said = has(`event.${what}`) ? t(`event.${what}`, { team, play: `“${name}”` }) : t("event.other", { what: what.replaceAll("_", " "), team });
  return why && has(`why.${why}`) ? `${said}, ${t("event.because", { why: t(`why.${why}`) })}` : said;
}

/** @param {{room: View, id: string, relation: Record<string, number | string>}} props */
const Relation = ({ room, id, relation }) => {
  const team = room.teams[id];
  if (!team) return null;
  const stage = String(relation.stage ?? "unaware");
  return html`<li class=${`relation team-${team.colour % 6}`}>
    <p class="relation-head"><${Badge} team=${team} tiny /><strong>${team.name}</strong> <span class="soft">${has(`buyer.stage.${stage}`) ? t(`buyer.stage.${stage}`) : stage}</span></p>
    ${stage !== "unaware" && html`<dl class="feelings">${FEELINGS.map((feeling) => {
      const value = Math.min(1, Math.max(0, Number(relation[feeling] ?? 0)));
      return html`<div class=${`feeling ${feeling}`}><dt>${t(`buyer.${feeling}`)}</dt><dd><span class="feeling-bar" aria-hidden="true"><i style=${{ transform: `scaleX(${value})` }}></i></span>${percent(value)}</dd></div>`;
    })}</dl>`}
  </li>`;
};

/** @param {{room: View, story: BuyerStory}} props */
function Events({ room, story }) {
  const all = useSignal(false);
  const events = [...story.events].reverse();
  const shown = all.value ? events : events.slice(0, SHOWN_AT_FIRST);
  const days = room.scenario.ticks_per_round;
  if (!events.length) return html`<p class="soft">${t("buyer.no_events")}</p>`;
  return html`<ol class="events" reversed>
      ${shown.map((event) => {
        const team = event.vendor ? room.teams[event.vendor] : undefined;
        return html`<li class=${`event ${team ? `team-${team.colour % 6}` : ""} ${event.what}`}>
          <span class="small soft">${t("buyer.when", whenOf(event.tick, days))}</span>${eventText(room, event)}</li>`;
      })}
    </ol>
    ${shown.length < events.length &&
    html`<button type="button" class="button quiet small-button" onClick=${() => (all.value = true)}>${t("buyer.earlier", { count: events.length - shown.length })}</button>`}`;
}

/** @param {{room: View, story: BuyerStory, onClose: () => void}} props */
export function Story({ room, story, onClose }) {
  const head = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => head.current?.focus({ preventScroll: false }), [story.buyer]);
  const kind = text(room.scenario.archetypes.find((one) => one.id === story.archetype)?.name) || story.archetype;
  const known = Object.entries(story.relations).sort(([, a], [, b]) => Number(b.awareness ?? 0) - Number(a.awareness ?? 0));
  return html`<article class="card story" aria-live="polite">
    <header class="story-head">
      <div><h3 tabindex="-1" ref=${head}>${t("buyer.title", { buyer: String(story.buyer) })}</h3>
        <p class="soft">${[kind, t("buyer.account", { account: String(story.account) }), t(story.in_market ? "buyer.in_market" : "buyer.not_in_market")].join(" · ")}</p></div>
      <button type="button" class="x" aria-label=${t("buyer.close")} onClick=${onClose}>×</button>
    </header>
    <h4>${t("buyer.relations")}</h4>
    <ul class="relations">${known.map(([id, relation]) => html`<${Relation} key=${id} room=${room} id=${id} relation=${relation} />`)}</ul>
    <h4>${t("buyer.events")}</h4>
    <${Events} key=${story.buyer} room=${room} story=${story} />
  </article>`;
}
