/** The parts that every page has. Law: part of the join page's 20 kB, so no hooks and nothing that only a game needs. */
import htm from "htm";
import { h } from "preact";
import { LANGUAGES, has, language, setLanguage, t } from "../i18n/texts.js";
import { dismiss } from "../session.js";

export const html = htm.bind(h);

/** A square of eight stones around a lamp. */
export const Mark = () => html`<svg viewBox="0 0 32 32" aria-hidden="true">
  ${[0, 1, 2, 3, 5, 6, 7, 8].map((i) => html`<rect class="stone" x=${3.5 + 9 * (i % 3)} y=${3.5 + 9 * Math.floor(i / 3)} width="7" height="7" rx="2" />`)}
  <circle class="lamp" cx="16" cy="16" r="4.2" />
</svg>`;

export const Brand = () => html`<a class="brand" href="#/" aria-label=${t("home.title")}><${Mark} />Townsquare</a>`;

/** A team's colour with its letter in it: colour is never alone. @param {{team: {id: string, colour: number}, tiny?: boolean}} props */
export const Badge = ({ team, tiny = false }) =>
  html`<span class=${`badge team-${team.colour % 6} ${tiny ? "tiny" : ""}`} aria-hidden="true">${team.id.slice(0, 2)}</span>`;

export const Languages = () => html`<div class="languages" role="group" aria-label=${t("language")}>
  ${Object.entries(LANGUAGES).map(
    ([code, name]) =>
      html`<button type="button" lang=${code} aria-pressed=${String(language.value === code)} onClick=${() => setLanguage(code, true)}>${name}</button>`,
  )}
</div>`;

/** @param {{text?: string}} props */
export const Loading = ({ text = t("loading") }) => html`<div class="loading" role="status"><span class="pulse"></span>${text}</div>`;

/** @param {{status: import("../types.js").Status, goodbye: string | null}} props */
export const ConnectionBanner = ({ status, goodbye }) =>
  html`<div class="banner-wrap" role="status">
    ${status === "waiting" && html`<div class="banner"><span class="pulse"></span>${t(goodbye === "shutdown" ? "connection.restart" : "connection.waiting")}</div>`}
  </div>`;

/** The words for a refusal: ours when we have them, else the server's; without a code it is a file that did not come. @param {any} why */
export const refusalText = ({ code, message }) => (!code ? t("page.failed") : has(`refusal.${code}`) ? t(`refusal.${code}`) : message || t("refusal.unexpected"));

/** @param {{toasts: {id: number, code: string, detail: string}[]}} props */
export const Toasts = ({ toasts }) => html`<div class="toasts" role="alert">
  ${toasts.map(
    ({ id, code, detail: message }) => html`<div class=${`toast ${code.startsWith("note ") ? "told" : ""}`} key=${id}>
      <span>${refusalText({ code, message })}</span>
      <button type="button" class="x" aria-label=${t("close")} onClick=${() => dismiss(id)}>×</button>
    </div>`,
  )}
</div>`;
