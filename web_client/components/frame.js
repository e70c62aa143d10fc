/**
 * What stands around every phase of a game: countdown, what holds now for all, and the voice that says a new phase.
 *
 * Law: a change of phase is seen, read out and named in the window's title.
 */
import { computed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockFace, elapsed, now, remaining, useClock } from "../clock.js";
import { has, t } from "../i18n/index.js";
import { goodbye, phase, scenario, status, view } from "../store.js";
import { html } from "./basic.js";
import { Icon } from "./icons.js";

/** @param {import("../types.js").PhaseView} at @param {number} rounds "Round 3 of 8", or nothing before the first */
export const roundText = (at, rounds) => (at.round ? t("phase.round", { round: at.round, rounds }) : "");

/** @param {{big?: boolean}} props */
export const Countdown = ({ big = false }) => {
  useClock();
  const at = phase.value;
  const left = at && remaining(at, now.value);
  if (!at || left === null) return null;
  const soon = !at.paused && left < 15_500;
  return html`<span class=${`countdown ${big ? "big" : ""} ${soon ? "soon" : ""} ${at.paused ? "paused" : ""}`} role="timer">
    <span class="visually-hidden">${t(at.paused ? "phase.paused" : "phase.time_left")}</span>
    ${at.paused && html`<${Icon} name="pause" />`}${clockFace(left)}
  </span>`;
};

/** A thin line that fills as the phase passes. */
export const PhaseLine = () => {
  useClock();
  const at = phase.value;
  const share = (at && elapsed(at, now.value)) ?? 0;
  return html`<div class="phase-line" aria-hidden="true"><i style=${{ transform: `scaleX(${share})` }}></i></div>`;
};

const spoken = computed(() => (phase.value ? `${phase.value.name} ${phase.value.round} ${phase.value.paused}` : ""));

/** Says a new phase to a screen reader and in the window's title. @param {{name: string}} props who this page is for */
export const Announcer = ({ name }) => {
  const words = useSignal("");
  useEffect(() => {
    const at = phase.value;
    if (!at) return;
    const title = t(`phase.${at.name}`);
    document.title = `${title} – ${name} – Townsquare`;
    words.value = `${at.paused ? `${t("phase.paused")}. ` : ""}${roundText(at, scenario.value?.rounds ?? 0)} ${title}. ${t(`phase.${at.name}.say`)}`;
  }, [spoken.value, name]);
  return html`<div class="visually-hidden" role="status" aria-live="assertive">${words.value}</div>`;
};

/** How long a note stands on screens. */
const NOTE_MS = 180_000;
const ended = computed(() => phase.value?.name === "debrief" || phase.value?.name === "closed");
const firstNote = computed(() => {
  const since = Math.max(now.value - NOTE_MS, (ended.value && phase.value?.started_at) || 0); // the game's notes are over with the game
  return (view.value?.notes ?? []).findIndex((note) => note.at > since);
});

/** What the host told everybody or this team, as long as it stands. */
export const standingNotes = computed(() => (firstNote.value < 0 ? [] : (view.value?.notes ?? []).slice(firstNote.value)));

/** What happens to the market while its round runs and is looked at. */
export const happening = computed(() => {
  const at = phase.value;
  return at?.name === "running" || at?.name === "review" ? (view.value?.happened ?? []).filter((event) => event.round === at.round) : [];
});

/** What the host went back to, in words, while that is where the room is; null else. */
export const branchText = computed(() => {
  const [branch, at] = [view.value?.branches?.at(-1), phase.value];
  if (!branch || !at || branch.parent === 0) return null;
  if (at.name === "debrief" || at.name === "closed") return t(branch.end ? "branch.of_end_debrief" : "branch.of_debrief", { number: branch.number, parent: branch.parent, round: branch.round });
  const [name, round] = branch.end ? ["review", branch.round - 1] : ["planning", branch.round];
  return at.name === name && at.round === round ? t(branch.end ? "branch.went_to_end" : "branch.went_back", { round }) : null;
});

/** What stands in place of the room when the seat is lost or the room closed; null while all is well. */
export const gone = computed(() => (status.value === "gone" ? (goodbye.value ?? "unknown_seat") : null));

export const Gone = () => html`<main class="loading" role="alert">
  <h1>${t(has(`gone.${gone.value}`) ? `gone.${gone.value}` : "gone.unknown_seat")}</h1>
  <p>${t(has(`gone.help.${gone.value}`) ? `gone.help.${gone.value}` : "gone.help")}</p>
  <a class="button primary" href="#/">${t("gone.home")}</a>
</main>`;
