/**
 * The debrief, for facilitator and participants: the verdict, how it came about, what each team did, and the buyers themselves.
 *
 * Law: one chosen round for the whole page; everything on it is read from the view, from the node frames this page has seen, or from a buyer's own story.
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Slope } from "../components/charts.js";
import { needStyle } from "../components/styles.js";
import { t } from "../i18n/index.js";
import { view } from "../store.js";
import { Buyers } from "./debrief/buyers.js";
import { Rounds } from "./debrief/rounds.js";
import { Timelines } from "./debrief/timelines.js";
import { headline, slopeSides } from "./debrief/verdict.js";

await Promise.all(["vendor/uplot.css", "styles/charts.css", "styles/debrief.css"].map(needStyle));

/** @param {{room: import("../types.js").View}} props */
const Verdict = ({ room }) => {
  const { left, right } = slopeSides(room);
  return html`<section class="debrief-verdict" aria-labelledby="debrief-verdict">
    <div class="debrief-words">
      <p class="kicker">${t("debrief.kicker")}</p>
      <h2 id="debrief-verdict" class="debrief-headline">${headline(room)}</h2>
      <p class="soft">${t("debrief.explain")}</p>
    </div>
    <${Slope} left=${left} right=${right} />
  </section>`;
};

/** Rounds played to their end. @param {import("../types.js").View} room */
const roundsPlayed = (room) => Math.max(0, ...Object.values(room.results).map((one) => one.driver.length));

export function DebriefView() {
  const room = view.value;
  const chosen = useSignal(0);
  if (!room) return null;
  const played = roundsPlayed(room);
  const round = chosen.value || played;
  return html`<div class="debrief" data-testid="debrief">
    <${Verdict} room=${room} />
    ${played > 0 &&
    html`<${Timelines} room=${room} round=${round} />
      <${Rounds} room=${room} round=${round} played=${played} onRound=${(/** @type {number} */ next) => (chosen.value = next)} />
      <${Buyers} room=${room} round=${round} />`}
  </div>`;
}
