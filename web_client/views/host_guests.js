/**
 * The guests of a team on the facilitator's screen: each opens what can be done for them - another name, another team, a seat handed over, no seat.
 *
 * Law: taking a seat away asks a second time.
 *
 * @import {SeatView, TeamView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../components/basic.js";
import { Dialog } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { t } from "../i18n/index.js";
import { command, teams } from "../store.js";
import { TeamName } from "./host_desk.js";

/** @param {{team: TeamView}} props */
export const HostGuests = ({ team }) => {
  const chosen = useSignal(/** @type {string | null} */ (null));
  const guest = chosen.value === null ? undefined : team.seats[chosen.value];
  const close = () => (chosen.value = null);
  return html`<ul class="guests">
      ${Object.entries(team.seats).map(([id, seat]) => html`<li key=${id}>
        <button type="button" class=${`guest ${seat.online ? "" : "away"}`} data-seat=${id} onClick=${() => (chosen.value = id)}
          aria-label=${t("desk.guest", { name: seat.nickname, state: stateOf(seat) })}>
          <span class="presence" aria-hidden="true"></span>${seat.nickname}${(seat.aside || !seat.online) && html`<span class="small faint">${stateOf(seat)}</span>`}
        </button>
      </li>`)}
    </ul>
    <${Dialog} title=${guest?.nickname ?? ""} open=${!!guest} onClose=${close}>
      ${guest && html`<${Guest} id=${chosen.value} seat=${guest} team=${team} close=${close} />`}
    </${Dialog}>`;
};

/** @param {SeatView} seat */
const stateOf = (seat) => t(seat.aside ? "seat.aside" : seat.online ? "online" : "away");

/** @param {{id: string | null, seat: SeatView, team: TeamView, close: () => void}} props */
const Guest = ({ id, seat, team, close }) => {
  const name = useSignal(seat.nickname);
  const sure = useSignal(false);
  useEffect(() => void (name.value = seat.nickname), [seat.nickname]);
  const others = Object.values(teams.value).filter((other) => other.open && other.id !== team.id);
  /** @param {object} message */
  const act = async (message) => {
    if (await command({ ...message, seat: id })) close();
  };
  /** @param {Event} event */
  const rename = (event) => {
    event.preventDefault();
    act({ t: "rename_seat", nickname: name.value });
  };
  return html`<form class="row guest-name" onSubmit=${rename}>
      <label class="field"><span class="label">${t("desk.name")}</span>
        <input class="input" name="nickname" maxlength="24" value=${name.value} onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} /></label>
      <button class="button" disabled=${!name.value.trim() || name.value === seat.nickname}>${t("desk.rename")}</button>
    </form>
    ${others.length > 0 && html`<div class="stack-tight"><span class="label">${t("desk.move")}</span>
      ${others.map((other) => html`<button type="button" class="button team-button" key=${other.id} data-move=${other.id} onClick=${() => act({ t: "move_seat", team: other.id })}>
        <${TeamName} team=${other} /><span class="soft small push">${t("people", { count: Object.keys(other.seats).length })}</span>
      </button>`)}</div>`}
    <div class="stack-tight">
      <p class="small soft">${t(seat.aside ? "desk.aside_now" : "desk.aside_help")}</p>
      <button type="button" class="button" data-testid="set-aside" aria-pressed=${String(!!seat.aside)} onClick=${() => act({ t: "set_aside", aside: !seat.aside })}>
        <${Icon} name=${seat.aside ? "people" : "robot"} />${t(seat.aside ? "desk.take_back" : "desk.set_aside")}
      </button>
    </div>
    <div class="stack-tight">
      ${sure.value && html`<p class="small" role="alert">${t("desk.remove_help")}</p>`}
      <button type="button" class=${`button ${sure.value ? "danger" : "quiet"}`} data-testid="remove-guest"
        onClick=${() => (sure.value ? act({ t: "remove_seat" }) : (sure.value = true))}>
        <${Icon} name="remove" />${t(sure.value ? "desk.remove_sure" : "desk.remove")}
      </button>
    </div>`;
};
