/**
 * A participant's page: one bar, and below it what the phase asks for.
 *
 * Law: nothing here decides what a team may see; it draws the view that the server sent for it.
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Badge, Languages, Loading, html } from "../components/basic.js";
import { Dialog } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { Announcer, Countdown, Gone, PhaseLine, gone, roundText } from "../components/frame.js";
import { Notices } from "../components/notices.js";
import { t } from "../i18n/index.js";
import { command, me, ownName, ownTeam, phase, scenario } from "../store.js";
import { Briefing, Lobby, TeamSwitch } from "./lobby.js";
import { Planning } from "./planning.js";
import { Review } from "./review.js";
import { Running } from "./running.js";
import { OwnStory } from "./story.js";

/** @type {Record<string, any>} phase -> what is shown in it */
const SCREENS = { lobby: Lobby, briefing: Briefing, planning: Planning, running: Running, review: Review, debrief: OwnStory, closed: OwnStory };

export const ParticipantView = () => {
  const [seat, at, team] = [me.value, phase.value, ownTeam.value];
  useEffect(() => scrollTo(0, 0), [at?.name]);
  if (gone.value) return html`<${Gone} />`;
  if (!seat || !at || !team) return html`<${Loading} text=${t("loading.room")} />`;
  const ended = at.name === "debrief" || at.name === "closed";
  return html`<div class=${`game phase-${at.name}`} data-testid="participant" data-phase=${at.name} data-round=${at.round}>
    <${TopBar} team=${team} seat=${seat} at=${at} />
    <${Announcer} name=${team.name} />
    <main class="game-main">
      <${Notices} />
      ${team.seats[seat.seat]?.aside && !ended && html`<div class="notice" role="status" data-testid="aside"><${Icon} name="robot" /><span>${t("seat.is_aside")}</span>
        <button type="button" class="button primary push" onClick=${() => command({ t: "set_aside", aside: false })}>${t("seat.take_back")}</button></div>`}
      <${SCREENS[at.name]} />
    </main>
  </div>`;
};

/** @param {{team: import("../types.js").TeamView, seat: import("../types.js").Welcome, at: import("../types.js").PhaseView}} props */
const TopBar = ({ team, seat, at }) => {
  const open = useSignal(false);
  return html`<header class="top-bar">
      <button type="button" class="seat-button" onClick=${() => (open.value = true)} aria-label=${t("seat.open", { name: ownName.value, team: team.name })}>
        <${Badge} team=${team} />
        <span class="seat-words"><strong>${team.name}</strong><span class="small soft">${ownName.value}</span></span>
      </button>
      <div class="top-phase">
        <strong>${t(`phase.${at.name}`)}</strong>
        <span class="small soft">${roundText(at, scenario.value?.rounds ?? 0)}</span>
      </div>
      <${Countdown} />
      <${PhaseLine} />
    </header>
    <${SeatDialog} open=${open.value} onClose=${() => (open.value = false)} seat=${seat} team=${team} at=${at} />`;
};

/**
 * Who I am, how I come back, which team.
 *
 * @param {{open: boolean, onClose: () => void, seat: import("../types.js").Welcome, team: import("../types.js").TeamView, at: import("../types.js").PhaseView}} props
 */
const SeatDialog = ({ open, onClose, seat, team, at }) => html`<${Dialog} title=${ownName.value} open=${open} onClose=${onClose}>
  <dl class="facts">
    <div><dt>${t("seat.team")}</dt><dd>${team.name}</dd></div>
    <div><dt>${t("seat.room")}</dt><dd class="code">${seat.code}</dd></div>
    <div><dt>${t("seat.personal_code")}</dt><dd class="code">${seat.personal_code}</dd></div>
  </dl>
  <p class="soft small">${t("seat.personal_help")}</p>
  ${["lobby", "briefing"].includes(at.name) && html`<${TeamSwitch} />`}
  ${!["debrief", "closed"].includes(at.name) && !team.seats[seat.seat]?.aside && html`<div class="stack-tight">
    <button type="button" class="button wide" data-testid="hand-seat" onClick=${() => { command({ t: "set_aside", aside: true }); onClose(); }}><${Icon} name="robot" />${t("seat.hand_over")}</button>
    <p class="soft small">${t("seat.hand_over_help")}</p>
  </div>`}
  <div class="row"><${Languages} /><a class="button quiet push" href="#/">${t("seat.leave")}</a></div>
</${Dialog}>`;
