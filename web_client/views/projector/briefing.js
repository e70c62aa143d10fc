/** The briefing: what is at stake, beside the market as it stands before anybody spoke. Law: the scenario's own words, nothing of ours but the frame. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Badge, html } from "../../components/basic.js";
import { Network } from "../../components/network.js";
import { budgetOf } from "../../budgets.js";
import { hours, money, number, t, text } from "../../i18n/index.js";
import { nodes } from "../../store.js";

/** @param {{label: string, value: string}} props */
const Fact = ({ label, value }) => html`<div class="fact"><dt>${label}</dt><dd>${value}</dd></div>`;

/** @param {{room: import("../../types.js").View}} props */
export function Briefing({ room }) {
  const { scenario } = room;
  const budgets = Object.values(room.teams).map((team) => ({ team, ...budgetOf(scenario, team) }));
  const [first] = budgets;
  const even = budgets.every(({ money, hours }) => money === first.money && hours === first.hours);
  const words = useRef(/** @type {HTMLElement | null} */ (null));
  const [long, setLong] = useState(false);
  const briefing = text(scenario.briefing).trim();
  useEffect(() => {
    const box = words.current;
    if (box && box.scrollHeight > box.clientHeight + 1) setLong(true); // the words need the whole screen
  }, [briefing]);
  return html`<main class=${`briefing ${long ? "long" : ""}`}>
    <section class="briefing-words" ref=${words}>
      <h1>${text(scenario.title)}</h1>
      <div class="briefing-text">${briefing.split(/\n{2,}/).map((part) => html`<p>${part}</p>`)}</div>
    </section>
    <section class="briefing-market">
      ${!long && html`<${Network} url=${room.graph_url} states=${nodes.value?.states} label=${t("network.label")} />`}
      <dl class="briefing-facts">
        <${Fact} label=${t("stage.fact.buyers")} value=${number(scenario.buyers)} />
        <${Fact} label=${t("stage.fact.rounds")} value=${number(scenario.rounds)} />
        ${even && html`<${Fact} label=${t("stage.fact.each_round")} value=${money(first.money)} /><${Fact} label=${t("stage.fact.each_round")} value=${hours(first.hours)} />`}
      </dl>
      ${!even && html`<p class="soft">${t("stage.briefing.uneven")}</p>
        <ul class="stage-legend">${budgets.map((own) => html`<li key=${own.team.id}>
          <${Badge} team=${own.team} tiny /><span class="stage-name">${own.team.name}</span><span class="stage-count">${money(own.money)} · ${hours(own.hours)}</span>
        </li>`)}</ul>`}
    </section>
  </main>`;
}
