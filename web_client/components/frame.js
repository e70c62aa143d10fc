/**
 * What stands around every phase of a game: the bar with team, phase and countdown, notices, and the voice that says a new phase.
 *
 * Law: a change of phase is seen, read out and named in the window's title; a notice stays until it is put away.
 */
import { computed, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockFace, elapsed, now, remaining, useClock } from "../clock.js";
import { has, t, text } from "../i18n/index.js";
import { goodbye, me, phase, scenario, status, toast, view } from "../store.js";
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

const putAway = signal(/** @type {string[]} */ ([]));

/** @param {{id: string, icon: string, children?: any}} props */
const Notice = ({ id, icon, children }) => html`<div class=${`notice ${icon}`} role="status">
  <${Icon} name=${icon} /><span>${children}</span>
  <button type="button" class="x" aria-label=${t("close")} onClick=${() => (putAway.value = [...putAway.value, id])}>×</button>
</div>`;

/** @param {import("../types.js").HappeningView} event */
export const eventKey = (event) => `${event.id} ${event.round} ${event.tick}`;
/** @param {import("../types.js").NoteView} note */
const noteKey = (note) => `note ${note.number}`;

let heard = -1; // the newest note that was there when the page came, or was shown since

/** A new note is shown at once, wherever the reader is on the page; it stays among the notices. */
const NoteToasts = () => {
  const notes = view.value?.notes ?? [];
  const newest = notes.at(-1)?.number ?? 0;
  useEffect(() => {
    if (heard >= 0 && me.value?.role === "participant") for (const note of notes) if (note.number > heard) toast(noteKey(note), `${t("note.host")}: ${note.text}`);
    heard = newest;
  }, [newest]);
  return null;
};

/** What the host went back to, in words, while that is where the room is; null else. */
export const branchText = computed(() => {
  const [branch, at] = [view.value?.branches?.at(-1), phase.value];
  if (!branch || !at || branch.parent === 0) return null;
  if (at.name === "debrief" || at.name === "closed") return t(branch.end ? "branch.of_end_debrief" : "branch.of_debrief", { number: branch.number, parent: branch.parent, round: branch.round });
  const [name, round] = branch.end ? ["review", branch.round - 1] : ["planning", branch.round];
  return at.name === name && at.round === round ? t(branch.end ? "branch.went_to_end" : "branch.went_back", { round }) : null;
});

/** @param {{notes?: boolean}} props the host has its notes elsewhere */
export const Notices = ({ notes: withNotes = true }) => {
  const fresh = (/** @type {string} */ key) => !putAway.value.includes(key);
  const keys = (view.value?.notices ?? []).filter((key) => fresh(key) && has(`notice.${key}`));
  const happened = (view.value?.happened ?? []).filter((event) => event.round === phase.value?.round && fresh(eventKey(event)));
  const notes = withNotes ? (view.value?.notes ?? []).filter((note) => fresh(noteKey(note))).slice(-2) : [];
  const paused = phase.value?.paused;
  return html`${paused && html`<div class="notice" role="status"><${Icon} name="pause" /><span>${t("notice.paused")}</span></div>`}
  ${branchText.value && fresh(branchText.value) && html`<${Notice} key=${branchText.value} id=${branchText.value} icon="back">${branchText.value}</${Notice}>`}
  ${happened.map((event) => html`<${Notice} key=${eventKey(event)} id=${eventKey(event)} icon="event">
    <strong>${text(event.name)}.</strong> ${text(event.summary)}
  </${Notice}>`)}
  ${notes.map((note) => html`<${Notice} key=${noteKey(note)} id=${noteKey(note)} icon="note">
    <span class="kicker">${t(note.team == null ? "note.to_all" : "note.to_you")}</span> ${note.text}
  </${Notice}>`)}
  ${keys.map((key) => html`<${Notice} key=${key} id=${key} icon="check">${t(`notice.${key}`)}</${Notice}>`)}
  <${NoteToasts} />`;
};

/** What stands in place of the room when the seat is lost or the room closed; null while all is well. */
export const gone = computed(() => (status.value === "gone" ? (goodbye.value ?? "unknown_seat") : null));

export const Gone = () => html`<main class="loading" role="alert">
  <h1>${t(has(`gone.${gone.value}`) ? `gone.${gone.value}` : "gone.unknown_seat")}</h1>
  <p>${t(has(`gone.help.${gone.value}`) ? `gone.help.${gone.value}` : "gone.help")}</p>
  <a class="button primary" href="#/">${t("gone.home")}</a>
</main>`;
