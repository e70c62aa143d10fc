/**
 * The projector: what a room full of people looks at. One scene for each phase, no control but the browser's own full screen.
 *
 * Law: it shows only what everybody may see; no text is smaller than 24 px; nothing needs a pointer, a hover or a reader closer than the last row.
 */
import "@preact/signals";
import { useClock } from "../clock.js";
import { Brand, Loading, html } from "../components/basic.js";
import { Announcer, Countdown, Gone, branchText, gone, happening, roundText, standingNotes } from "../components/frame.js";
import { Icon } from "../components/icons.js";
import { needStyle } from "../components/styles.js";
import { t, text } from "../i18n/index.js";
import { phase, scenario, view } from "../store.js";
import { Briefing } from "./projector/briefing.js";
import { Closed, Debrief } from "./projector/debrief.js";
import { Lobby } from "./projector/lobby.js";
import { Planning } from "./projector/planning.js";
import { Review } from "./projector/review.js";
import { Running } from "./projector/running.js";

await needStyle("styles/charts.css");

const SCENES = { lobby: Lobby, briefing: Briefing, planning: Planning, running: Running, review: Review, debrief: Debrief, closed: Closed };

/** Phases without a clock, those that show it large, and the one that counts in days. */
const NO_CLOCK = new Set(["lobby", "planning", "running", "debrief", "closed"]);

/** The code by the door: late guests can join in any round. */
const Door = () =>
  view.value?.locked
    ? html`<span class="stage-door"><${Icon} name="lock" /> <span class="soft">${t("stage.locked")}</span></span>`
    : html`<span class="stage-door"><span class="soft">${t("stage.join_short")}</span> <strong>${view.value?.code}</strong></span>`;

const Head = () => {
  const at = phase.value;
  const rounds = scenario.value?.rounds ?? 0;
  if (!at) return null;
  return html`<header class="stage-head">
    <${Brand} />
    <p class="stage-where"><strong>${t(`phase.${at.name}`)}</strong>${at.round > 0 && html`<span class="soft">${roundText(at, rounds)}</span>`}</p>
    ${at.name !== "lobby" && at.name !== "closed" && html`<${Door} />`}
    ${at.paused ? html`<span class="stage-paused"><${Icon} name="pause" />${t("stage.paused")}</span>` : !NO_CLOCK.has(at.name) && html`<${Countdown} />`}
    ${at.name === "running" && !at.paused && html`<span class="stage-day">${t("stage.running.day", { day: at.tick, days: scenario.value?.ticks_per_round ?? 0 })}</span>`}
  </header>`;
};

/** More would push the scene off the wall; phones show them all. */
const MOST_LINES = 2;

/** What happens to the market this round, and what the host last told everybody. */
const Told = () => {
  useClock();
  const note = standingNotes.value.at(-1);
  const lines = [
    branchText.value && html`<p class="stage-told" role="status" key="branch" data-testid="went-back"><${Icon} name="back" /><span>${branchText.value}</span></p>`,
    ...happening.value.map((event) => html`<p class="stage-told event" role="status" key=${event.id}><${Icon} name="event" /><span><strong>${text(event.name)}.</strong> ${text(event.summary)}</span></p>`),
    note && html`<p class="stage-told note" role="status" key=${note.number}><${Icon} name="note" /><span>${note.text}</span></p>`,
  ];
  return lines.filter(Boolean).slice(-MOST_LINES);
};

export function ProjectorView() {
  if (gone.value) return html`<${Gone} />`;
  const room = view.value;
  const at = phase.value;
  if (!room || !at) return html`<${Loading} />`;
  const Scene = SCENES[at.name];
  return html`<div class=${`stage scene-${at.name}`}>
    <${Announcer} name=${text(room.scenario.title)} />
    <div class="stage-top"><${Head} /><${Told} /></div>
    <${Scene} key=${`${at.name}${at.round}`} room=${room} at=${at} />
  </div>`;
}
