/** The room's code by hand, for those who have no camera. Law: it leads to the join page's own address, where a QR code leads too. */
import { Brand, Languages, html } from "../components/basic.js";
import { t } from "../i18n/texts.js";
import { cleanCode } from "./join.js";

/** @param {Event} event */
function go(event) {
  event.preventDefault();
  const code = cleanCode(String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code")));
  if (code) location.hash = `#/join/${code}`;
}

export const CodeForm = () => html`<form class="stack" onSubmit=${go}>
  <label class="field">
    <span class="label">${t("join.code")}</span>
    <input class="input code-input" name="code" maxlength="8" autocomplete="off" autocapitalize="characters" spellcheck=${false} placeholder="ABCDEF" required />
  </label>
  <button class="button primary wide">${t("join.find")}</button>
</form>`;

export const CodeView = () => html`<div class="door">
  <header class="door-head"><${Brand} /><${Languages} /></header>
  <main class="stack"><h1>${t("home.join")}</h1><${CodeForm} /></main>
</div>`;
