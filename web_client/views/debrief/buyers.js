/**
 * Ask a buyer: the network after the chosen round, and the story of whoever is chosen in it - with a pointer, by number, or "somebody who left".
 *
 * Law: everything a pointer can choose can be chosen without one.
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../components/basic.js";
import { Network, StageLegend, TeamLegend } from "../../components/network.js";
import { t } from "../../i18n/index.js";
import { stageOf } from "../../network/states.js";
import { ask, endings, nodes, toast } from "../../store.js";
import { Story } from "./story.js";

/** @typedef {import("../../types.js").View} View */
/** @typedef {import("../../types.js").BuyerStory} BuyerStory */

const WANTED = /** @type {const} */ ({ customer: 3, advocate: 4, lost: 5 });

/** The next buyer in a stage after another one, round and round; -1 when there is none. @param {Uint8Array} states @param {number} stage @param {number} after */
export function nextInStage(states, stage, after) {
  for (let step = 1; step <= states.length; step++) {
    const node = (after + step * 7 + states.length) % states.length;
    if (stageOf(states[node]) === stage) return node;
  }
  return states.findIndex((state) => stageOf(state) === stage);
}

/** The states to show: those in which the round ended, or the newest when they never came. @param {number} round */
function picture(round) {
  const ended = endings.value[round] ?? null;
  return { states: ended ?? nodes.value?.states ?? null, seen: ended !== null };
}

/** @param {{room: View, round: number}} props */
export function Buyers({ room, round }) {
  const colouring = useSignal(/** @type {"stage" | "vendor"} */ ("stage"));
  const buyer = useSignal(-1);
  const story = useSignal(/** @type {BuyerStory | null} */ (null));
  const { states, seen } = picture(round);

  const inspect = async (/** @type {number} */ id) => {
    if (!Number.isInteger(id) || id < 0 || id >= room.scenario.buyers) return;
    buyer.value = id;
    try {
      const reply = await ask({ t: "inspect_buyer", buyer: id });
      if (buyer.value === id) story.value = reply;
    } catch (why) {
      const { code = "unexpected", message = "" } = /** @type {{code?: string, message?: string}} */ (why);
      toast(code, message);
    }
  };
  const close = () => {
    buyer.value = -1;
    story.value = null;
  };
  useEffect(() => {
    const key = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close();
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  return html`<section class="debrief-part" aria-labelledby="debrief-buyers">
    <div><h2 id="debrief-buyers">${t("debrief.buyers.title")}</h2><p class="soft">${t("debrief.buyers.help")}</p></div>
    <div class="buyers">
      <div class="buyers-market">
        <div class="part-head">
          <p class="soft" role="status">${t(seen ? "debrief.buyers.after" : "debrief.buyers.unseen", { round })}</p>
          <${Colouring} value=${colouring.value} onChange=${(/** @type {"stage" | "vendor"} */ value) => (colouring.value = value)} />
        </div>
        <${Network} url=${room.graph_url} states=${states} colouring=${colouring.value} selected=${buyer.value} onPick=${inspect} label=${t("network.label")} />
        ${colouring.value === "stage" ? html`<${StageLegend} states=${states} />` : html`<${TeamLegend} states=${states} teams=${Object.values(room.teams)} />`}
      </div>
      <div class="buyers-story">
        <${Chooser} states=${states} buyer=${buyer.value} most=${room.scenario.buyers - 1} onChoose=${inspect} />
        ${story.value && html`<${Story} room=${room} story=${story.value} onClose=${close} />`}
      </div>
    </div>
  </section>`;
}

/** @param {{value: "stage" | "vendor", onChange: (value: "stage" | "vendor") => void}} props */
const Colouring = ({ value, onChange }) => html`<div class="segments" role="group" aria-label=${t("debrief.buyers.colour")}>
  ${/** @type {const} */ (["stage", "vendor"]).map(
    (one) => html`<button type="button" aria-pressed=${String(one === value)} onClick=${() => onChange(one)}>${t(`debrief.buyers.colour.${one}`)}</button>`,
  )}
</div>`;

/** @param {{states: Uint8Array | null, buyer: number, most: number, onChoose: (buyer: number) => void}} props */
function Chooser({ states, buyer, most, onChoose }) {
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    onChoose(Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("buyer")));
  };
  return html`<div class="chooser">
    <form class="chooser-number" onSubmit=${submit}>
      <label class="field"><span class="small soft">${t("debrief.buyers.number")}</span>
        <input class="input" type="number" name="buyer" min="0" max=${most} step="1" required inputmode="numeric" value=${buyer >= 0 ? buyer : ""} /></label>
      <button class="button small-button">${t("debrief.buyers.ask")}</button>
    </form>
    <div class="chooser-who" role="group" aria-label=${t("debrief.buyers.somebody")}>
      <span class="small soft">${t("debrief.buyers.somebody")}</span>
      ${Object.entries(WANTED).map(([who, stage]) => {
        const found = states ? nextInStage(states, stage, buyer) : -1;
        return html`<button type="button" class="button small-button" disabled=${found < 0} onClick=${() => onChoose(found)}>
          <span class=${`stage-sign ${who}`} aria-hidden="true"></span>${t(`debrief.buyers.who.${who}`)}</button>`;
      })}
    </div>
  </div>`;
}
