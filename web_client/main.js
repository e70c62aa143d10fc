/**
 * Where the page begins: which route is shown, and which files that route needs.
 *
 * Law: only what the join page needs is imported at once; every other view comes with its texts and styles when its route is entered. The root is drawn again
 * for the connection, the toasts and the language; views read the store's signals and are drawn alone.
 *
 * Routes: #/ - #/join/CODE - #/back/CODE - #/play - #/host - #/projector/TOKEN
 */
import { render } from "preact";
import { ConnectionBanner, Loading, Toasts, addStyle, html } from "./components/basic.js";
import { adoptLanguage, language, loadTexts, onLanguage, preferredLanguage, setLanguage, t } from "./i18n/texts.js";
import { attach, remembered, state, subscribe } from "./session.js";
import { JoinView } from "./views/join.js";

/**
 * @typedef {{view: () => Promise<any>, texts?: string[], styles?: string[]}} Page
 * @type {Record<string, Page>}
 */
const PAGES = {
  join: { view: async () => JoinView },
  back: { view: async () => (await import("./views/back.js")).BackView, texts: ["game"] },
  home: { view: async () => (await import("./views/home.js")).HomeView, texts: ["game"], styles: ["styles/game.css"] },
  play: { view: async () => (await import("./views/participant.js")).ParticipantView, texts: ["game"], styles: ["styles/game.css"] },
  host: { view: async () => (await import("./views/facilitator.js")).FacilitatorView, texts: ["game"], styles: ["styles/game.css"] },
  projector: {
    view: async () => (await import("./views/projector.js")).ProjectorView,
    texts: ["game", "stage"],
    styles: ["styles/game.css", "styles/stage.css"],
  },
};

/** What is on the screen: a view and what the address says to it. @type {{View: any, argument: string} | null} */
let shown = null;
let failed = false;

/** @param {string} hash @returns {[string, string]} the page's name and its argument */
function parse(hash) {
  const [name, argument = ""] = hash.replace(/^#?\/?/, "").split("/");
  return name in PAGES && name !== "home" ? [name, decodeURIComponent(argument)] : ["home", ""];
}

/** Hold the connection that a page needs. @param {string} name @param {string} argument @returns {boolean} */
function connect(name, argument) {
  if (["home", "join", "back"].includes(name)) attach(null);
  else if (name === "projector") attach(argument);
  else {
    const seat = remembered(name === "host" ? "facilitator" : "participant");
    if (!seat) return false;
    attach(seat.token);
  }
  return true;
}

async function enter() {
  const [name, argument] = parse(location.hash);
  if (!connect(name, argument)) return void (location.hash = "#/");
  const page = PAGES[name];
  try {
    const [View] = await Promise.all([page.view(), ...(page.texts ?? []).map(loadTexts), ...(page.styles ?? []).map(addStyle)]);
    if (parse(location.hash)[0] !== name) return; // gone on while the files came
    failed = false;
    shown = { View, argument };
    document.body.dataset.page = name;
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
  const { status, toasts } = state;
  render(
    html`<${ConnectionBanner} status=${status} />
      ${failed ? html`<${Failed} />` : shown ? html`<${shown.View} argument=${shown.argument} key=${language.value + shown.argument} />` : html`<${Loading} />`}
      <${Toasts} toasts=${toasts} />`,
    root,
  );
}

let drawn = state;
/** Draw the root again when something that it reads itself has changed; views look after the rest. */
function update() {
  const { status, toasts, view } = state;
  if (view) adoptLanguage(view.language);
  if (status !== drawn.status || toasts !== drawn.toasts) draw();
  drawn = state;
}

await setLanguage(preferredLanguage());
root.textContent = "";
onLanguage(draw);
subscribe(update);
addEventListener("hashchange", enter);
await enter();
