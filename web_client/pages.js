/**
 * Every page but the join page: what it needs before it is drawn, and whose seat it holds.
 *
 * Law: a page's view, texts and styles arrive together; a page that needs a seat which this browser does not hold is not entered.
 */
import { needStyle } from "./components/styles.js";
import { loadTexts } from "./i18n/texts.js";
import "./outdated.js";
import { remembered } from "./seats.js";
import { attach } from "./session.js";

/**
 * @typedef {{view: () => Promise<any>, texts: string[], styles?: string[]}} Page
 * @type {Record<string, Page>}
 */
const PAGES = {
  join: { view: async () => (await import("./views/code.js")).CodeView, texts: ["game", "home"] },
  back: { view: async () => (await import("./views/back.js")).BackView, texts: ["game", "home"] },
  home: { view: async () => (await import("./views/home.js")).HomeView, texts: ["game", "home"], styles: ["styles/game.css"] },
  play: { view: async () => (await import("./views/participant.js")).ParticipantView, texts: ["game"], styles: ["styles/game.css"] },
  host: { view: async () => (await import("./views/facilitator.js")).FacilitatorView, texts: ["game", "desk"], styles: ["styles/game.css", "styles/desk.css"] },
  projector: {
    view: async () => (await import("./views/projector.js")).ProjectorView,
    texts: ["game", "stage"],
    styles: ["styles/game.css", "styles/stage.css"],
  },
};

/** Hold the connection that a page needs. @param {string} name @param {string} argument @returns {boolean} */
function connect(name, argument) {
  if (["home", "join", "back"].includes(name)) attach();
  else if (argument.includes(".")) attach(argument); // a token: the projector's, or a second host's link
  else {
    const seat = name !== "projector" && remembered(name === "host" ? "facilitator" : "participant", argument);
    if (!seat) return false;
    attach(seat.token);
  }
  return true;
}

/** @param {string} name @param {string} argument from the address @returns {Promise<any>} the view; null when there is nothing to show */
export async function loadPage(name, argument) {
  const page = PAGES[name];
  if (!page || !connect(name, argument)) return null;
  const [View] = await Promise.all([page.view(), ...page.texts.map(loadTexts), ...(page.styles ?? []).map(needStyle)]);
  return View;
}
