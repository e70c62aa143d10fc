/**
 * The facilitator's clock: where the game is, how long it lasts, and the one button that moves it on.
 *
 * Law: a button names the phase it was drawn for, so that a late click ends nothing else (the server refuses it as stale).
 *
 * @import {PhaseView, ScenarioView} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Dialog } from "../components/controls.js";
import { Countdown, roundText } from "../components/frame.js";
import { Icon } from "../components/icons.js";
import { number, t } from "../i18n/index.js";
import { command, scenario, view } from "../store.js";
import { Days } from "./running.js";

const STEPS = /** @type {const} */ (["lobby", "briefing", "planning", "running", "review", "debrief"]);

/** What the button says that ends this phase. @param {PhaseView} at @param {number} rounds */
function nextText(at, rounds) {
  if (at.name === "review") return at.round >= rounds ? t("host.next.to_debrief") : t("host.next.to_planning", { round: at.round + 1 });
  return t(`host.next.${at.name}`, { round: Math.max(1, at.round) });
}

/** @param {{at: PhaseView, world: ScenarioView}} props */
export const Clock = ({ at, world }) => {
  const closing = useSignal(false);
  const meant = { phase: at.name, round: at.round };
  const advance = () => command({ t: "advance", ...meant });
  const timed = at.ends_at != null || at.remaining_ms != null;
  return html`<section class="clock" aria-label=${t("host.clock")}>
    <div class="clock-where">
      <ol class="steps" aria-label=${t("host.phases")}>
        ${STEPS.map((step) => html`<li key=${step} class=${step === at.name ? "here" : ""} aria-current=${step === at.name ? "step" : null}>${t(`phase.${step}`)}</li>`)}
      </ol>
      <div class="clock-face">
        <h1>${t(`phase.${at.name}`)}</h1>
        <span class="soft">${roundText(at, world.rounds)}</span>
        <${Countdown} big=${true} />
      </div>
      ${at.name === "running" && html`<${Days} tick=${at.tick} ticks=${world.ticks_per_round} />`}
    </div>
    <div class="clock-buttons">
      ${timed && html`<div class="row">
        ${at.paused
          ? html`<button type="button" class="button primary" onClick=${() => command({ t: "continue", ...meant })}><${Icon} name="play" />${t("host.continue")}</button>`
          : html`<button type="button" class="button" onClick=${() => command({ t: "pause", ...meant })}><${Icon} name="pause" />${t("host.pause")}</button>`}
        ${at.name !== "running" && html`
          <button type="button" class="button" onClick=${() => command({ t: "extend", seconds: 60, ...meant })}><${Icon} name="add" />${t("host.more_time")}</button>
          <button type="button" class="button quiet" onClick=${() => command({ t: "extend", seconds: -30, ...meant })}><${Icon} name="remove" />${t("host.less_time")}</button>`}
        ${at.paused && html`<${Steps} at=${at} rounds=${world.rounds} />`}
        ${(at.name === "running" || at.name === "planning") && html`<${Pace} />`}
      </div>`}
      ${at.name !== "closed" && html`<button type="button" class=${`button big ${at.paused || at.name === "debrief" ? "" : "primary"}`}
        data-testid="advance" onClick=${() => (at.name === "debrief" ? (closing.value = true) : advance())}>
        ${nextText(at, world.rounds)}<${Icon} name="next" />
      </button>`}
    </div>
    <${Dialog} title=${t("host.close_title")} open=${closing.value} onClose=${() => (closing.value = false)}>
      <p class="soft">${t("host.close_help")}</p>
      <div class="row">
        <button type="button" class="button primary" onClick=${() => { closing.value = false; advance(); }}>${t("host.next.debrief")}</button>
        <button type="button" class="button quiet" onClick=${() => (closing.value = false)}>${t("back")}</button>
      </div>
    </${Dialog}>
  </section>`;
};

/** While the clock stands: the next day, or on to the next results. @param {{at: PhaseView, rounds: number}} props */
const Steps = ({ at, rounds }) => html`
  ${at.name === "running" && html`<button type="button" class="button" data-testid="step-tick" disabled=${at.tick >= (scenario.value?.ticks_per_round ?? 0)}
    onClick=${() => command({ t: "step", unit: "tick", phase: at.name, round: at.round })}><${Icon} name="step" />${t("desk.step_tick")}</button>`}
  ${!(at.name === "review" && at.round >= rounds) && html`<button type="button" class="button" data-testid="step-round"
    onClick=${() => command({ t: "step", unit: "round", phase: at.name, round: at.round })}><${Icon} name="step" />${t("desk.step_round")}</button>`}`;

const PACES = [25, 50, 100, 200, 400];

/** How fast rounds run. */
const Pace = () => {
  const speed = view.value?.speed ?? 100;
  return html`<label class="pace"><span class="small soft">${t("desk.pace")}</span>
    <select class="select" name="pace" value=${String(speed)} onChange=${(/** @type {any} */ event) => command({ t: "set_speed", percent: Number(event.target.value) })}>
      ${[...new Set([...PACES, speed])].sort((a, b) => a - b).map((percent) => html`<option key=${percent} value=${String(percent)} selected=${percent === speed}>${t("desk.times", { times: number(percent / 100) })}</option>`)}
    </select>
  </label>`;
};
