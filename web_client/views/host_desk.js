/**
 * What a facilitator does to the room besides the clock: events to let happen, notes to the teams, a team for the computer.
 *
 * Law: what cannot be taken back asks first, and says what it does before it does it.
 *
 * @import {EventView, PhaseView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { Badge, html } from "../components/basic.js";
import { Dialog } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { eventKey } from "../components/notices.js";
import { t, text } from "../i18n/index.js";
import { command, teams, view } from "../store.js";

const NOTE_LENGTH = 280;

/** @param {{at: PhaseView, rounds: number}} props */
export const HostEvents = ({ at, rounds }) => {
  const asked = useSignal(/** @type {EventView | null} */ (null));
  const events = view.value?.events ?? [];
  const [waiting, happened] = [view.value?.waiting ?? [], view.value?.happened ?? []];
  if (events.length === 0) return null;
  const over = at.round >= rounds && at.name === "review";
  const inject = () => {
    if (asked.value) command({ t: "inject", event: asked.value.id });
    asked.value = null;
  };
  return html`<section class="card stack-tight" data-testid="host-events">
    <h2 class="card-title">${t("desk.events")}</h2>
    <p class="small soft">${t(over ? "desk.events_over" : "desk.events_help")}</p>
    <ul class="desk-list">
      ${events.map((event) => html`<li key=${event.id}>
        <button type="button" class="button quiet wide" data-event=${event.id} disabled=${over || waiting.some(({ id }) => id === event.id)}
          onClick=${() => (asked.value = event)}><${Icon} name="event" />
          <span>${text(event.name)}<span class="small soft">${text(event.summary)}</span></span></button>
      </li>`)}
    </ul>
    ${waiting.map((event) => html`<p class="small state" key=${event.id}><${Icon} name="hours" />${t("desk.waiting", { name: text(event.name), round: event.round, tick: event.tick })}</p>`)}
    ${happened.map((event) => html`<p class="small soft" key=${eventKey(event)}>${t("desk.happened", { name: text(event.name), round: event.round, tick: event.tick })}</p>`)}
    <${Dialog} title=${text(asked.value?.name)} open=${asked.value !== null} onClose=${() => (asked.value = null)}>
      <p>${text(asked.value?.summary)}</p>
      <p class="soft">${t(at.name === "running" ? "desk.inject_now" : "desk.inject_next")}</p>
      <div class="row">
        <button type="button" class="button primary" data-testid="inject" onClick=${inject}>${t("desk.inject")}</button>
        <button type="button" class="button quiet" onClick=${() => (asked.value = null)}>${t("back")}</button>
      </div>
    </${Dialog}>
  </section>`;
};

export const HostNotes = () => {
  const words = useSignal("");
  const team = useSignal("");
  const open = Object.values(teams.value).filter((entry) => entry.open);
  const notes = [...(view.value?.notes ?? [])].reverse().slice(0, 4);
  /** @param {Event} event */
  const send = async (event) => {
    event.preventDefault();
    if (words.value.trim() && (await command({ t: "tell", team: team.value || null, text: words.value }))) words.value = "";
  };
  return html`<form class="card stack-tight" data-testid="host-notes" onSubmit=${send}>
    <h2 class="card-title">${t("desk.notes")}</h2>
    <label class="field compact-field"><span class="small soft">${t("desk.note_to")}</span>
      <select class="select" name="team" value=${team.value} onChange=${(/** @type {any} */ event) => (team.value = event.target.value)}>
        <option value="">${t("desk.everybody")}</option>
        ${open.map((entry) => html`<option value=${entry.id} key=${entry.id}>${entry.name}</option>`)}
      </select>
    </label>
    <label class="field compact-field"><span class="small soft">${t("desk.note_text")}</span>
      <textarea class="input" name="note" rows="3" maxlength=${NOTE_LENGTH} value=${words.value}
        onInput=${(/** @type {any} */ event) => (words.value = event.target.value)}></textarea>
    </label>
    <button class="button" disabled=${!words.value.trim()}><${Icon} name="note" />${t("desk.send")}</button>
    ${notes.length > 0 && html`<ul class="desk-notes" aria-label=${t("desk.notes_sent")}>
      ${notes.map((note) => html`<li key=${note.number} class="small">
        <span class="soft">${note.team == null ? t("desk.everybody") : teams.value[note.team]?.name}</span> ${note.text}
      </li>`)}
    </ul>`}
  </form>`;
};

/** Give a team to the computer, or back. @param {{team: import("../types.js").TeamView, at: PhaseView}} props */
export const HandOver = ({ team, at }) => {
  const later = at.name === "running" || at.name === "review";
  if (Object.values(team.seats).every((seat) => seat.aside)) return null;
  return html`<button type="button" class="button quiet small-button" data-testid="hand-over" aria-pressed=${String(!!team.handed)}
    onClick=${() => command({ t: "set_driver", team: team.id, driver: team.handed ? "people" : "policy" })}>
    <${Icon} name=${team.handed ? "people" : "robot"} />${t(team.handed ? "desk.give_back" : "desk.give_away")}
    ${later && html`<span class="faint small">${t("desk.from_next_round")}</span>`}
  </button>`;
};

/** @param {{team: import("../types.js").TeamView}} props */
export const TeamName = ({ team }) => html`<${Badge} team=${team} tiny=${true} />${team.name}`;
