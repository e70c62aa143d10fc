/**
 * Back to an earlier round: what was played from there on is set aside, kept, and can be taken up again where it was left.
 *
 * Law: before anything is set aside, the dialog names what that is.
 *
 * @import {BranchView, PhaseView, Welcome} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { sessionAddress } from "../addresses.js";
import { html } from "../components/basic.js";
import { Dialog } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { t } from "../i18n/index.js";
import { command, view } from "../store.js";

/** What one asks for: the round to plan again, or the branch to go on with. @typedef {{round: number, of: BranchView | null}} Wish */

/** Rounds in words: "round 3", "rounds 3 to 5". @param {number} first @param {number} last */
const roundsText = (first, last) => (first === last ? t("branch.round", { round: first }) : t("branch.rounds", { first, last }));

/** Where a branch began. @param {BranchView} branch */
const originText = ({ parent, round, end }) =>
  parent === 0 ? t("branch.first") : end ? t("branch.from_end", { parent }) : t("branch.from_round", { round, parent });

/** @param {{seat: Welcome, at: PhaseView}} props */
export const HostRounds = ({ seat, at }) => {
  const wish = useSignal(/** @type {Wish | null} */ (null));
  const branches = view.value?.branches ?? [];
  const here = branches.at(-1);
  const played = (here?.rounds ?? 0) + (at.name === "running" ? 1 : 0);
  const closed = at.name === "closed";
  if (!here || (played === 0 && branches.length === 1) || (closed && branches.length === 1)) return null;
  return html`<section class="card stack-tight" data-testid="host-rounds">
    <h2 class="card-title">${t("branch.title")}</h2>
    ${!closed && played > 0 && html`<p class="small soft">${t("branch.help")}</p>
      <div class="row" role="group" aria-label=${t("branch.title")}>
        ${Array.from({ length: played }, (_, i) => html`<button type="button" class="button small-button" key=${i} data-rewind=${i + 1}
          aria-label=${t("branch.to_round", { round: i + 1 })} onClick=${() => (wish.value = { round: i + 1, of: null })}>${i + 1}</button>`)}
      </div>`}
    ${branches.length > 1 && html`<${Branches} branches=${branches} seat=${seat} go=${closed ? null : (/** @type {BranchView} */ of) => (wish.value = { round: of.rounds + 1, of })} />`}
    <${Dialog} title=${wish.value ? titleOf(wish.value) : ""} open=${wish.value !== null} onClose=${() => (wish.value = null)}>
      ${wish.value && html`<${Sure} wish=${wish.value} here=${here} played=${played} next=${branches.length + 1} close=${() => (wish.value = null)} />`}
    </${Dialog}>
  </section>`;
};

/** @param {Wish} wish */
const titleOf = ({ round, of }) => (of ? t("branch.go_on_sure", { number: of.number }) : t("branch.sure", { round }));

/** @param {{wish: Wish, here: BranchView, played: number, next: number, close: () => void}} props */
const Sure = ({ wish: { round, of }, here, played, next, close }) => {
  const first = of ? here.round : round;
  const go = () => {
    command({ t: "rewind", round, branch: next, of: of?.number ?? null });
    close();
  };
  return html`${first <= played && html`<p>${t("branch.set_aside", { rounds: roundsText(first, played) })}</p>`}
    <p class="soft">${t("branch.kept", { number: here.number })}</p>
    <p class="soft">${of ? t("branch.then_end", { round: of.rounds, number: of.number }) : t("branch.then_planning", { round })}</p>
    <div class="row">
      <button type="button" class="button primary" data-testid="rewind" onClick=${go}><${Icon} name="back" />${t("branch.yes")}</button>
      <button type="button" class="button quiet" onClick=${close}>${t("branch.no")}</button>
    </div>`;
};

/** @param {{branches: BranchView[], seat: Welcome, go: ((branch: BranchView) => void) | null}} props */
const Branches = ({ branches, seat, go }) => html`<ul class="desk-notes" data-testid="branches">
  ${[...branches].reverse().map((branch, i) => html`<li key=${branch.number} class="stack-tight" data-branch=${branch.number}>
    <span><strong>${t("branch.name", { number: branch.number })}</strong> ${i === 0 && html`<span class="state good">${t("branch.here")}</span>`}
      <span class="small soft"> ${originText(branch)} ${t("branch.played", { count: branch.rounds })}</span></span>
    <span class="row">
      ${i > 0 && go && branch.rounds > 0 && html`<button type="button" class="button quiet small-button" onClick=${() => go(branch)}>${t("branch.go_on")}</button>`}
      <a class="button quiet small-button" download aria-label=${t("branch.download", { number: branch.number })}
        href=${sessionAddress(seat, branch.number)}><${Icon} name="download" />${t("branch.session")}</a>
    </span>
  </li>`)}
</ul>`;
