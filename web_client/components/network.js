/**
 * The network as a component, and its legends.
 *
 * Law: no drawing here (network/view.js draws). The canvas is a picture to a screen reader: the legend beside it tells the same in numbers.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { number, t } from "../i18n/index.js";
import { fetchGraph } from "../network/graph.js";
import { STAGES, countByVendor, countStages } from "../network/states.js";
import { NetworkView } from "../network/view.js";
import { Badge, html } from "./basic.js";

const RETRY_MS = 3000;

/**
 * @param {{url: string | null | undefined, states: Uint8Array | null | undefined, alive?: boolean, colouring?: "stage" | "vendor", selected?: number,
 *   onPick?: (buyer: number) => void, label: string}} props
 */
export function Network({ url, states, alive = false, colouring = "stage", selected = -1, onPick, label }) {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const drawn = useRef(/** @type {NetworkView | null} */ (null));
  const [ready, setReady] = useState(false);
  useEffect(() => {
    drawn.current = new NetworkView(/** @type {HTMLElement} */ (host.current), { colouring, onPick });
    return () => drawn.current?.destroy();
  }, []);
  useEffect(() => {
    if (!url) return;
    const stopping = new AbortController();
    let timer = 0;
    const load = () =>
      fetchGraph(url, stopping.signal)
        .then((graph) => {
          drawn.current?.setGraph(graph);
          setReady(true);
        })
        .catch(() => {
          if (!stopping.signal.aborted) timer = setTimeout(load, RETRY_MS);
        });
    load();
    return () => {
      stopping.abort();
      clearTimeout(timer);
    };
  }, [url]);
  useEffect(() => {
    if (states && ready) drawn.current?.show(states, alive);
  }, [states, ready]);
  useEffect(() => drawn.current?.setColouring(colouring), [colouring]);
  useEffect(() => drawn.current?.select(selected), [selected, ready]);
  return html`<div class=${`network ${ready ? "ready" : "waiting"}`} ref=${host} role="img" aria-label=${label}>
    ${!ready && html`<p class="network-waiting" role="status">${t("network.waiting")}</p>`}
  </div>`;
}

/** The sign of a stage, as the network draws it. @param {{stage: string}} props */
export const StageSign = ({ stage }) => html`<span class=${`stage-sign ${stage}`} aria-hidden="true"></span>`;

/** What the colours and shapes mean, and how many buyers are there. @param {{states: Uint8Array | null | undefined}} props */
export function StageLegend({ states }) {
  const counts = states ? countStages(states) : null;
  return html`<ul class="stage-legend" aria-label=${t("network.legend")}>
    ${STAGES.map(
      (stage, k) => html`<li key=${stage}>
        <${StageSign} stage=${stage} /><span class="stage-name">${t(`stage.${stage}`)}</span>
        <span class="stage-count">${counts ? number(counts[k]) : ""}</span>
      </li>`,
    )}
  </ul>`;
}

/** Whose customers the buyers are: what the colours mean when teams give them. @param {{states: Uint8Array | null | undefined, teams: import("../types.js").TeamView[]}} props */
export function TeamLegend({ states, teams }) {
  const counts = states ? countByVendor(states) : null;
  return html`<ul class="stage-legend" aria-label=${t("network.legend_teams")}>
    ${teams.map(
      (team, k) => html`<li key=${team.id}>
        <${Badge} team=${team} tiny /><span class="stage-name">${team.name}</span>
        ${counts && html`<span class="stage-count">${t("network.customers", { count: counts[k][3] + counts[k][4] })}</span>`}
      </li>`,
    )}
  </ul>`;
}
