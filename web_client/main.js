/**
 * Where the page begins: which route is shown.
 *
 * Law: only what the join page needs is imported at once (20 kB); pages.js brings the rest. The root is drawn again for the connection, the toasts and the
 * language; views read the store's signals and are drawn alone.
 *
 * Routes: #/ - #/join/CODE - #/back/CODE - #/play - #/play/CODE - #/host - #/host/CODE - #/host/TOKEN - #/projector/TOKEN
 */
import { render } from "preact";
import { ConnectionBanner, Loading, Toasts, html } from "./components/basic.js";
import { adoptLanguage, language, onLanguage, preferredLanguage, setLanguage, t } from "./i18n/texts.js";
import { attach, state, subscribe } from "./session.js";
import { JoinView } from "./views/join.js";

/** What is on the screen: a view and what the address says to it. @type {{View: any, argument: string} | null} */
let shown = null;
let failed = false;

/** @param {string} part */
const plain = (part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // a stray percent sign
  }
};

async function enter() {
  const { hash } = location;
  try {
    const [, name = "home", argument = ""] = hash.split("/").map(plain);
    const joining = name === "join" && argument;
    if (joining) attach();
    const View = joining ? JoinView : await (await import("./pages.js")).loadPage(name || "home", argument);
    if (location.hash !== hash) return; // gone on while the files came
    if (!View) return location.replace("#/");
    shown = { View, argument };
    failed = false;
    scrollTo(0, 0);
  } catch (why) {
    console.error(why);
    failed = true;
  }
  draw();
}

const Failed = () => html`<div class="loading" role="alert">
  <p>${t("page.failed")}</p>
  <button type="button" class="button primary" onClick=${() => location.reload()}>${t("page.reload")}</button>
</div>`;

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

function draw() {
  const { goodbye, status, toasts } = state;
  render(
    html`<${ConnectionBanner} status=${status} goodbye=${goodbye} />
      ${failed || status === "outdated" ? html`<${Failed} />` : shown ? html`<${shown.View} argument=${shown.argument} key=${language.value + shown.argument} />` : html`<${Loading} />`}
      <${Toasts} toasts=${toasts} />`,
    root,
  );
}

let drawn = state;
/** Draw the root again when something that it reads itself has changed. */
function update() {
  const { status, toasts, view } = state;
  if (view) adoptLanguage(view.language);
  if (status !== drawn.status || toasts !== drawn.toasts) draw();
  drawn = state;
}

if (location.hash.startsWith("#/join/")) attach(); // while the texts are on their way
await setLanguage(preferredLanguage());
root.textContent = "";
onLanguage(draw);
subscribe(update);
addEventListener("hashchange", enter);
await enter();
