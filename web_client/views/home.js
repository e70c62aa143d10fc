/**
 * The first page: open a room in three clicks, or join one.
 *
 * Law: what a facilitator must choose is chosen beforehand; what is not ready yet says how far it is.
 *
 * @import {ScenarioChoice, Scenarios, Seat} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Brand, Languages, html, refusalText } from "../components/basic.js";
import { LANGUAGES, language, percent, t, text } from "../i18n/index.js";
import { seats } from "../seats.js";
import { ask } from "../store.js";
import { CodeForm } from "./code.js";
import { OwnScenario } from "./own_scenario.js";

const MOST_TEAMS = 6;

/** Ask for the scenarios until the server is ready. @param {import("@preact/signals").Signal<Scenarios | null>} offer */
function useOffer(offer) {
  useEffect(() => {
    let timer = 0;
    let gone = false;
    const look = async () => {
      offer.value = await ask({ t: "list_scenarios" }).catch(() => offer.value);
      if (!gone && !offer.value?.ready) timer = setTimeout(look, 700);
    };
    look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, []);
}

export const HomeView = () => {
  useEffect(() => void (document.title = "Townsquare"), []);
  return html`<div class="door wide">
    <header class="door-head"><${Brand} /><${Languages} /></header>
    <main class="home">
      <section class="home-hero stack">
        <p class="kicker">${t("home.kicker")}</p>
        <h1 class="hero">${t("home.hero")}</h1>
        <p class="lead">${t("home.lead")}</p>
        <${Square} />
      </section>
      <div class="stack">
        <${Returning} />
        <section class="card stack"><h2>${t("home.join")}</h2><${CodeForm} /></section>
        <section class="card stack"><h2>${t("home.host")}</h2><${HostForm} /></section>
      </div>
    </main>
    <footer class="door-foot faint small"><span>${t("home.foot")}</span></footer>
  </div>`;
};

/** Seats that this browser still holds, of every room. */
const Returning = () => {
  const all = [
    ...seats("facilitator").map((seat) => ({ seat, href: `#/host/${seat.code}`, key: "home.back_host" })),
    ...seats("participant").map((seat) => ({ seat, href: `#/play/${seat.code}`, key: "home.back_play" })),
  ];
  if (all.length === 0) return null;
  return html`<nav class="stack-tight" aria-label=${t("home.rooms")} data-testid="rooms">
    ${all.map(({ seat, href, key }) => html`<a class="button wide room-link" key=${href} href=${href}>
      <span>${t(key, { code: seat.code, name: seat.nickname })}</span>${seat.title && html`<span class="soft small">${lastSeen(seat)}</span>`}</a>`)}
  </nav>`;
};

/** What the room plays, and how far it was when this browser was there. @param {Seat} seat */
const lastSeen = ({ title, phase, round, rounds }) =>
  t("home.last_seen", { title: text(title), phase: t(`phase.${phase}`) + (round ? `, ${t("phase.round", { round, rounds: rounds ?? round }).toLowerCase()}` : "") });

const HostForm = () => {
  const offer = useSignal(/** @type {Scenarios | null} */ (null));
  const teams = useSignal(3);
  const chosen = useSignal("");
  const [busy, error] = [useSignal(false), useSignal("")];
  useOffer(offer);
  if (!offer.value) return html`<p class="soft" role="status">${t("loading")}</p>`;
  const { scenarios, host_key_needed, ready, progress, uploads } = offer.value;
  const scenario = scenarios.find(({ id }) => id === chosen.value) ?? scenarios[0];
  const most = Math.min(MOST_TEAMS, ...scenarios.map((scenario) => scenario.vendors));
  /** @param {ScenarioChoice} own read by the server */
  const add = (own) => {
    if (offer.value) offer.value = { ...offer.value, scenarios: [own, ...offer.value.scenarios.filter(({ id }) => !id.startsWith("own:"))] };
    chosen.value = own.id;
  };
  /** @param {Event} event */
  const open = async (event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    busy.value = true;
    error.value = "";
    try {
      const key = String(form.get("host_key") ?? "").trim() || null;
      await ask({ t: "create_room", scenario: scenario.id, teams: Math.min(teams.value, most), language: form.get("language"), seed: null, host_key: key });
      location.hash = "#/host";
    } catch (why) {
      error.value = refusalText(why);
      busy.value = false;
    }
  };
  return html`<form class="stack" onSubmit=${open}>
    <fieldset class="team-choices"><legend class="label">${t("home.scenario")}</legend>
      ${scenarios.map((one) => html`<${Choice} key=${one.id} scenario=${one} chosen=${one === scenario} choose=${() => (chosen.value = one.id)} />`)}
      ${uploads && ready && html`<${OwnScenario} busy=${busy} add=${add} otherwise=${scenario} />`}
    </fieldset>
    <fieldset class="stack-tight"><legend class="label">${t("home.teams")}</legend>
      <div class="tabs wide-tabs">${Array.from({ length: most }, (_, i) => html`<button type="button" key=${i} aria-pressed=${String(Math.min(teams.value, most) === i + 1)}
        aria-label=${t("home.team_count", { count: i + 1 })} onClick=${() => (teams.value = i + 1)}>${i + 1}</button>`)}</div>
      <span class="soft small">${t("home.teams_help")}</span>
    </fieldset>
    <label class="field"><span class="label">${t("home.language")}</span>
      <select class="select" name="language">
        ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} selected=${code === language.value}>${name}</option>`)}
      </select>
    </label>
    ${host_key_needed && html`<label class="field"><span class="label">${t("home.host_key")}</span>
      <input class="input" name="host_key" autocomplete="off" required /><span class="soft small">${t("home.host_key_help")}</span></label>`}
    ${error.value && html`<p class="error" role="alert">${error.value}</p>`}
    ${ready
      ? html`<button class="button primary wide" disabled=${busy.value}>${t("home.open")}</button>`
      : html`<div class="warming" role="status"><strong>${t("home.warming")}</strong><span class="soft small">${t("home.warming_help", { done: percent(progress) })}</span>
          <span class="meter-bar" aria-hidden="true"><i style=${{ width: `${progress * 100}%` }}></i></span></div>`}
  </form>`;
};

/** @param {{scenario: ScenarioChoice, chosen: boolean, choose: () => void}} props */
const Choice = ({ scenario, chosen, choose }) => html`<label class="team-choice">
  <input type="radio" name="scenario" value=${scenario.id} checked=${chosen} onChange=${choose} />
  <span class="who"><strong>${text(scenario.title)}</strong><span class="soft small">${text(scenario.summary)}</span></span>
  <span class="tick-mark" aria-hidden="true"></span>
</label>`;

/** People on the square by column and row; those around the lamp talk with each other, one stands on a box and shouts. */
const PEOPLE = [[1, 1, ""], [2, 4, "cool"], [3, 2, "cool"], [4, 4, "cool"], [5, 1, "warm"], [7, 0, ""], [8, 2, ""], [9, 3, ""], [7, 4, ""], [8, 5, ""], [0, 3, ""], [1, 5, "cool"], [5, 5, "cool"]];
const TALKS = [[1, 2], [1, 3], [2, 3], [1, 11], [3, 12]];
const SHOUTS = [5, 6, 7, 8, 9];

/** Where a place on the square lies in the drawing. @param {number} place */
const spot = (place) => 24 + place * 48;

/** The square itself: some talk, one shouts, most just pass. */
const Square = () => html`<div class="square-art" aria-hidden="true"><svg viewBox="0 0 480 288">
  ${Array.from({ length: 60 }, (_, i) => html`<rect class="stone" x=${(i % 10) * 48 + 3} y=${Math.floor(i / 10) * 48 + 3} width="42" height="42" rx="9" />`)}
  ${TALKS.map(([a, b]) => html`<line class="talk" x1=${spot(+PEOPLE[a][0])} y1=${spot(+PEOPLE[a][1])} x2=${spot(+PEOPLE[b][0])} y2=${spot(+PEOPLE[b][1])} />`)}
  ${SHOUTS.map((b) => html`<line class="shout" x1=${spot(5)} y1=${spot(1)} x2=${spot(+PEOPLE[b][0])} y2=${spot(+PEOPLE[b][1])} />`)}
  ${PEOPLE.map(([column, row, kind]) => html`<circle class=${`person ${kind}`} cx=${spot(+column)} cy=${spot(+row)} r=${kind ? 13 : 9} />`)}
</svg></div>`;
