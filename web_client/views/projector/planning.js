/** Planning: the clock, and who is ready. Law: says who is ready, never what anybody plans. */
import { clockFace, elapsed, now, remaining, useClock } from "../../clock.js";
import { Badge, html } from "../../components/basic.js";
import { Icon } from "../../components/icons.js";
import { t } from "../../i18n/index.js";

/** @typedef {import("../../types.js").TeamView} TeamView */
/** @typedef {import("../../types.js").PhaseView} PhaseView */

const SOON_MS = 15_500;
const RADIUS = 46;
const AROUND = 2 * Math.PI * RADIUS;

/** @param {{at: PhaseView}} props */
function Dial({ at }) {
  useClock();
  const left = remaining(at, now.value);
  const gone = elapsed(at, now.value);
  const soon = left !== null && left < SOON_MS && !at.paused;
  return html`<div class=${`dial ${soon ? "soon" : ""} ${at.paused ? "paused" : ""}`} role="timer">
    <svg viewBox="0 0 100 100" aria-hidden="true">
      <circle class="dial-track" cx="50" cy="50" r=${RADIUS} />
      <circle class="dial-left" cx="50" cy="50" r=${RADIUS} transform="rotate(-90 50 50)" stroke-dasharray=${AROUND}
        stroke-dashoffset=${AROUND * (Math.min(1, gone ?? 0))} />
    </svg>
    <p class="dial-face">${at.paused && html`<${Icon} name="pause" />`}<strong>${left === null ? "" : clockFace(left)}</strong>
      <span class="soft">${t(at.paused ? "stage.paused" : "stage.planning.left")}</span></p>
  </div>`;
}

/** @param {TeamView} team */
function readiness(team) {
  if (team.driver === "policy") return { icon: "robot", words: t("stage.planning.computer"), tone: "computer" };
  return team.ready ? { icon: "check", words: t("stage.planning.ready"), tone: "ready" } : { icon: "hours", words: t("stage.planning.busy"), tone: "busy" };
}

/** @param {{room: import("../../types.js").View, at: PhaseView}} props */
export function Planning({ room, at }) {
  const teams = Object.values(room.teams);
  const people = teams.filter((team) => team.driver === "people");
  return html`<main class="planning">
    <section class="planning-clock">
      <h1>${t("stage.planning.title")}</h1>
      <${Dial} at=${at} />
    </section>
    <section class="planning-teams">
      <h2>${t("stage.planning.count", { ready: people.filter((team) => team.ready).length, teams: people.length })}</h2>
      <ul class="ready-list">
        ${teams.map((team) => {
          const { icon, words, tone } = readiness(team);
          return html`<li key=${team.id} class=${`ready-row team-${team.colour % 6} ${tone}`}>
            <${Badge} team=${team} /><strong>${team.name}</strong><span class="ready-words"><${Icon} name=${icon} />${words}</span>
          </li>`;
        })}
      </ul>
    </section>
  </main>`;
}
