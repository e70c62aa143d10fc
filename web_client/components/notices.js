/**
 * What a page tells its reader about the room: the newest notice in full, those before it folded.
 *
 * Law: a notice stays until it is put away or no longer true, and never fills the first screen of a phone.
 *
 * @typedef {{id: string, icon: string, words: any, state?: boolean}} Notice state: it goes by itself, nobody puts it away
 */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { has, t, text } from "../i18n/index.js";
import { me, phase, toast, view } from "../store.js";
import { html } from "./basic.js";
import { branchText, happening, standingNotes } from "./frame.js";
import { Icon } from "./icons.js";

const putAway = signal(/** @type {string[]} */ ([]));

/** @param {import("../types.js").HappeningView} event */
export const eventKey = (event) => `${event.id} ${event.round} ${event.tick}`;
/** @param {import("../types.js").NoteView} note */
const noteKey = (note) => `note ${note.number}`;

let heard = -1; // the newest note that was there when the page came, or was shown since
const FAR = 80; // pixels scrolled, from where on a notice is out of sight

/** A new note is shown at once, wherever the reader is on the page; it stays among the notices. */
const NoteToasts = () => {
  const notes = view.value?.notes ?? [];
  const newest = notes.at(-1)?.number ?? 0;
  useEffect(() => {
    if (heard >= 0 && me.value?.role === "participant" && scrollY > FAR)
      for (const note of notes) if (note.number > heard) toast(noteKey(note), `${t("note.host")}: ${note.text}`);
    heard = newest;
  }, [newest]);
  return null;
};

/** All that is to be said, what is most of now first. @param {boolean} withNotes @returns {Notice[]} */
const said = (withNotes) => [
  ...(phase.value?.paused ? [{ id: "paused", icon: "pause", words: t("notice.paused"), state: true }] : []),
  ...(withNotes ? standingNotes.value : []).map((note) => ({
    id: noteKey(note), icon: "note", words: html`<span class="kicker">${t(note.team == null ? "note.to_all" : "note.to_you")}</span> ${note.text}`,
  })).reverse(),
  ...happening.value.map((event) => ({ id: eventKey(event), icon: "event", words: html`<strong>${text(event.name)}.</strong> ${text(event.summary)}` })).reverse(),
  ...(branchText.value ? [{ id: branchText.value, icon: "back", words: branchText.value }] : []),
  ...(view.value?.notices ?? []).filter((key) => has(`notice.${key}`)).map((key) => ({ id: key, icon: "check", words: t(`notice.${key}`) })),
];

/** @param {Notice} props */
const One = ({ id, icon, words, state }) => html`<div class=${`notice ${icon}`} role="status">
  <${Icon} name=${icon} /><span>${words}</span>
  ${!state && html`<button type="button" class="x" aria-label=${t("close")} onClick=${() => (putAway.value = [...putAway.value, id])}>×</button>`}
</div>`;

/** @param {{notes?: boolean}} props the host has its notes elsewhere */
export const Notices = ({ notes = true }) => {
  const order = useRef(/** @type {string[]} */ ([]));
  const all = new Map(said(notes).filter(({ id }) => !putAway.value.includes(id)).map((one) => [one.id, one]));
  const fresh = [...all.keys()].filter((id) => !order.current.includes(id));
  order.current = [...fresh, ...order.current.filter((id) => all.has(id))];
  const [newest, ...older] = order.current.map((id) => html`<${One} key=${id} ...${all.get(id)} />`);
  return html`${newest}
    ${older.length > 0 && html`<details class="older-notices"><summary class="button quiet small-button more">${t("show_more", { count: older.length })}<${Icon} name="more" /></summary>${older}</details>`}
    <${NoteToasts} />`;
};
