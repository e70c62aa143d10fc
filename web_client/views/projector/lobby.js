/** The lobby: how to get in, and the teams filling up. Law: code and address can be read, typed and scanned from the last row. */
import { reachable, spokenAddress } from "../../addresses.js";
import { Badge, html } from "../../components/basic.js";
import { Icon } from "../../components/icons.js";
import { t, text } from "../../i18n/index.js";

/** @typedef {import("../../types.js").View} View */
/** @typedef {import("../../types.js").TeamView} TeamView */

const MOST_NAMES = 10;

/** @param {{team: TeamView}} props */
function TeamCard({ team }) {
  const seats = Object.entries(team.seats);
  const more = seats.length - MOST_NAMES;
  return html`<li class=${`team-card team-${team.colour % 6} ${seats.length ? "filled" : ""}`}>
    <div class="team-card-head"><${Badge} team=${team} /><strong>${team.name}</strong>
      <span class="soft team-card-count">${seats.length ? t("stage.people", { count: seats.length }) : ""}</span></div>
    ${seats.length
      ? html`<ul class="names">
          ${seats.slice(0, MOST_NAMES).map(([id, seat]) => html`<li key=${id} class=${seat.online ? "" : "offline"}>${seat.nickname}</li>`)}
          ${more > 0 && html`<li class="soft">+${more}</li>`}
        </ul>`
      : html`<p class="soft">${t("stage.lobby.empty_seat")}</p>`}
  </li>`;
}

/** @param {{room: View}} props */
export function Lobby({ room }) {
  const teams = Object.values(room.teams);
  const open = teams.filter((team) => team.open !== false);
  const rivals = teams.filter((team) => team.open === false);
  return html`<main class="lobby">
    <section class="lobby-door">
      <p class="kicker">${text(room.scenario.title)}</p>
      <h1>${t("stage.lobby.title")}</h1>
      <div class="lobby-ways">
        ${reachable(room.join_url) && html`<img class="lobby-qr" src=${`qr/${encodeURIComponent(room.code)}.svg`} alt=${t("stage.lobby.qr")} width="320" height="320" />`}
        <div class="lobby-type">
          <p class="soft">${t(reachable(room.join_url) ? "stage.lobby.or_type" : "stage.lobby.only_here")}</p>
          <p class="lobby-address">${spokenAddress(room.join_url)}</p>
          <p class="soft">${t("stage.lobby.with_code")}</p>
        </div>
      </div>
      <p class="lobby-code" aria-label=${[...room.code].join(" ")}>${[...room.code].map((letter) => html`<span aria-hidden="true">${letter}</span>`)}</p>
    </section>
    <section class="lobby-teams">
      <ul class=${`team-cards ${open.length > 4 ? "many" : ""}`}>${open.map((team) => html`<${TeamCard} key=${team.id} team=${team} />`)}</ul>
      ${rivals.length > 0 &&
      html`<p class="rivals soft"><${Icon} name="robot" />${t("stage.lobby.rivals")} ${rivals.map((team) => html`<span key=${team.id}><${Badge} team=${team} tiny />${team.name}</span>`)}</p>`}
    </section>
  </main>`;
}
