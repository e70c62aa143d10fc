/**
 * Back to a seat on another device: the room's code and one's personal code.
 *
 * Law: a facilitator's code leads to the facilitator's page, a participant's to the participant's; nothing else tells them apart.
 */
import { Component } from "preact";
import { Brand, Languages, html, refusalText } from "../components/basic.js";
import { t } from "../i18n/texts.js";
import { ask } from "../session.js";
import { cleanCode } from "./join.js";

/** @extends {Component<{argument: string}, {busy: boolean, error: string}>} */
export class BackView extends Component {
  /** @param {{argument: string}} props */
  constructor(props) {
    super(props);
    this.state = { busy: false, error: "" };
  }

  /** @param {Event} event */
  async redeem(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.setState({ busy: true, error: "" });
    try {
      const code = cleanCode(String(form.get("code")));
      history.replaceState(null, "", `#/back/${code}`); // kept if the room is on another shard
      const { role } = await ask({ t: "redeem", code, personal_code: String(form.get("personal")).trim().toUpperCase() });
      location.hash = role === "facilitator" ? "#/host" : "#/play";
    } catch (why) {
      this.setState({ busy: false, error: refusalText(why) });
    }
  }

  /** @param {{argument: string}} props @param {{busy: boolean, error: string}} state */
  render({ argument }, { busy, error }) {
    return html`<div class="door">
      <header class="door-head"><${Brand} /><${Languages} /></header>
      <main class="stack">
        <h1>${t("back.title")}</h1>
        <p class="soft">${t("back.help")}</p>
        <form class="stack" onSubmit=${(/** @type {Event} */ event) => this.redeem(event)}>
          <${CodeField} name="code" label=${t("join.code")} value=${argument} />
          <${CodeField} name="personal" label=${t("back.personal_code")} value="" />
          ${error && html`<p class="error" role="alert">${error}</p>`}
          <button class="button primary wide" disabled=${busy}>${t("back.go")}</button>
        </form>
        <a class="button quiet" href=${`#/join/${argument}`}>${t("back")}</a>
      </main>
    </div>`;
  }
}

/** @param {{name: string, label: string, value: string}} props */
const CodeField = ({ name, label, value }) => html`<label class="field">
  <span class="label">${label}</span>
  <input class="input code-input" name=${name} defaultValue=${value} maxlength="12" autocomplete="off" autocapitalize="characters" spellcheck=${false} required />
</label>`;
