/** The debrief on the wall: who looked like winning, who won, and where the buyers are. Law: two numbers a team, followers and customer equity, and no third. */
import { Mark, html } from "../../components/basic.js";
import { Slope } from "../../components/charts.js";
import { Network, TeamLegend } from "../../components/network.js";
import { t } from "../../i18n/index.js";
import { nodes } from "../../store.js";
import { headline, slopeSides } from "../debrief/verdict.js";

/** @param {{room: import("../../types.js").View}} props */
export function Debrief({ room }) {
  const { left, right } = slopeSides(room);
  return html`<main class="wall">
    <section class="wall-verdict">
      <h1>${headline(room)}</h1>
      <${Slope} left=${left} right=${right} />
    </section>
    <section class="wall-market">
      <h2>${t("stage.debrief.market")}</h2>
      <${Network} url=${room.graph_url} states=${nodes.value?.states} colouring="vendor" label=${t("network.label")} />
      <${TeamLegend} states=${nodes.value?.states} teams=${Object.values(room.teams)} />
    </section>
  </main>`;
}

export const Closed = () => html`<main class="closed"><${Mark} /><h1>${t("stage.closed.title")}</h1><p class="soft">${t("stage.closed.text")}</p></main>`;
