/**
 * Where the page begins: which route is shown, and which files that route needs.
 *
 * Law: only what the join page needs is imported at once; every other view comes with its texts and styles when its route is entered. The page is drawn from the
 * root whenever a signal that this file reads changes; views that read signals themselves import `@preact/signals` and are drawn alone.
 *
 * Routes: #/ - #/join/CODE - #/play - #/host - #/projector/TOKEN
 */
import htm from "htm";
import { h, render } from "preact";
import { effect, signal } from "@preact/signals-core";
import { adoptLanguage, language, loadTexts, preferredLanguage, setLanguage } from "./i18n/index.js";
import { attach, detach, goodbye, me, remembered, status, toasts, view } from "./store.js";

const html = htm.bind(h);

/**
 * What a route needs: its view, the areas of texts, the style sheets.
 *
 * @type {Record<string, {view: () => Promise<any>, texts?: string[], styles?: string[]}>}
 */
const PAGES = {
  join: { view: async () => (await import("./views/join.js")).JoinView },
  home: { view: async () => (await import("./views/home.js")).HomeView, texts: ["game"] },
  play: { view: async () => (await import("./views/participant.js")).ParticipantView, texts: ["game", "stage"], styles: ["styles/game.css"] },
  host: { view: async () => (await import("./views/facilitator.js")).FacilitatorView, texts: ["game", "stage"], styles: ["styles/game.css"] },
  projector: {
    view: async () => (await import("./views/projector.js")).ProjectorView,
    texts: ["stage"],
    styles: ["styles/stage.css"],
  },
};
