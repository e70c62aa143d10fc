/**
 * A scenario from a host's own file, on the page that opens a room.
 *
 * Law: it is chosen when the server has read it; else what is wrong stands here under the file's name, and what is chosen instead.
 *
 * @import {Signal} from "@preact/signals"
 * @import {ScenarioChoice} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html, refusalText } from "../components/basic.js";
import { Icon } from "../components/icons.js";
import { Refused } from "../connection.js";
import { t, text } from "../i18n/index.js";
import { offerReload } from "../outdated.js";

/** @param {{busy: Signal<boolean>, add: (own: ScenarioChoice) => void, otherwise: ScenarioChoice}} props otherwise: what the room opens with while no file is read */
export const OwnScenario = ({ busy, add, otherwise }) => {
  const [checking, error, details] = [useSignal(false), useSignal(""), useSignal("")];
  /** @param {Event} event */
  const choose = async (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (!file) return;
    busy.value = checking.value = true;
    error.value = details.value = "";
    try {
      const { handIn } = await import("./upload.js"); // few hosts bring a file: nobody else fetches this
      add(await handIn(file, String(new FormData(/** @type {HTMLFormElement} */ (input.form)).get("host_key") ?? "").trim() || null));
    } catch (why) {
      const unplayable = why instanceof Refused && why.code === "bad_scenario";
      error.value = unplayable ? t("home.refused", { name: file.name }) : refusalText(why);
      details.value = unplayable ? why.message.replaceAll(/^scenario\.toml/gm, file.name) : "";
      if (why instanceof TypeError) offerReload("page.failed");
    }
    input.value = ""; // so that the same file can be chosen again when it is mended
    busy.value = checking.value = false;
  };
  return html`<div class="field" aria-busy=${String(checking.value)}><span class="label">${t("home.own")}</span>
    <label class="button wide file-button"><${Icon} name="add" />${t("home.choose_file")}
      <input class="visually-hidden" type="file" accept=".toml" data-testid="own-scenario" disabled=${busy.value} onChange=${choose} /></label>
    <span class="soft small" role="status">${t(checking.value ? "loading" : "home.own_help")}</span>
    ${error.value && html`<div class="error stack-tight" role="alert" data-testid="own-refused"><p>${error.value}</p>
      ${details.value && html`<ul class="small" lang="en">${details.value.split("\n").map((line) => html`<li>${line}</li>`)}</ul>`}
      <p class="small">${t("home.still", { title: text(otherwise.title) })}</p></div>`}
  </div>`;
};
