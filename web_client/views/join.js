/**
 * The join page: code, then nickname and team. Three taps from the QR code to a seat.
 *
 * Law: it comes first, on a phone and a slow network: 20 kB of script with all that it imports.
 */
import { Component } from "preact";
import { Badge, Brand, Languages, html, refusalText } from "../components/basic.js";
import { adoptLanguage, t, text } from "../i18n/texts.js";
import { ask } from "../session.js";

/** Codes have six letters; people type spaces and small ones. @param {string} typed */
export const cleanCode = (typed) => typed.toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, 6);

/**
 * @typedef {import("../types.js").RoomInfo} RoomInfo
 * @typedef {{info: RoomInfo | null, busy: boolean, error: string, nickname: string, team: string, seat?: import("../types.js").Seat}} State
 */

/** @extends {Component<{argument: string}, State>} */
export class JoinView extends Component {
  /** @param {{argument: string}} props */
  constructor(props) {
    super(props);
    /** @type {State} */
    this.state = { info: null, busy: false, error: "", nickname: "", team: "" };
  }

  componentDidMount() {
    document.title = `${t("join.title")} – Townsquare`;
    this.peek();
  }

  /** Run one question to the server, with its refusal shown where it was asked. @param {() => Promise<void>} work */
  async attempt(work) {
    this.setState({ busy: true, error: "" });
    try {
      await work();
    } catch (why) {
      this.setState({ error: refusalText(why) });
    }
    this.setState({ busy: false });
  }

  peek() {
    return this.attempt(async () => {
      /** @type {RoomInfo} */
      const info = await ask({ t: "peek", code: cleanCode(this.props.argument) });
      await adoptLanguage(info.language);
      this.setState({ info, team: smallestTeam(info) });
      const { remembered } = await import("../seats.js");
      this.setState({ seat: remembered("participant", info.code) });
    });
  }

  /** @param {Event} event */
  join(event) {
    event.preventDefault();
    const { info, nickname, team } = this.state;
    if (!info || !nickname.trim()) return this.setState({ error: t("join.name_first") });
    this.attempt(async () => {
      await ask({ t: "join", code: info.code, nickname: nickname.trim(), team });
      location.hash = "#/play";
    });
  }

  render() {
    const { info } = this.state;
    return html`<div class="door">
      <header class="door-head"><${Brand} /><${Languages} /></header>
      <main class="stack">${info ? this.seatForm(info) : this.waiting()}</main>
    </div>`;
  }

  waiting() {
    const { error } = this.state;
    if (!error) return html`<p class="lead" role="status">${t("join.finding", { code: cleanCode(this.props.argument) })}</p>`;
    return html`<p class="kicker">${t("join.room", { code: cleanCode(this.props.argument) })}</p>
      <p class="error" role="alert">${error}</p>
      <button type="button" class="button primary wide" onClick=${() => this.peek()}>${t("try_again")}</button>
      <a class="button quiet" href="#/join">${t("join.other_code")}</a>`;
  }

  /** @param {RoomInfo} info */
  seatForm(info) {
    const { seat } = this.state;
    return html`<div class="stack-tight">
        <p class="kicker">${t("join.room", { code: info.code })}</p>
        <h1>${text(info.title)}</h1>
        <p class="soft">${t(`join.when.${info.phase}`, { round: info.round, rounds: info.rounds })}</p>
      </div>
      ${seat && html`<a class="button wide" href=${`#/play/${info.code}`}>${t("join.continue_as", { name: seat.nickname })}</a>`}
      ${info.locked && html`<p class="lead" role="status">${t("refusal.room_locked")}</p>
        <button type="button" class="button wide" onClick=${() => this.peek()}>${t("try_again")}</button>`}
      ${!info.locked && info.phase !== "closed" && this.fields(info)}
      <a class="button quiet" href=${`#/back/${info.code}`}>${t("join.have_personal_code")}</a>`;
  }

  /** @param {RoomInfo} info */
  fields(info) {
    const { busy, error, nickname, team } = this.state;
    return html`<form class="stack" onSubmit=${(/** @type {Event} */ event) => this.join(event)}>
        <label class="field">
          <span class="label">${t("join.name")}</span>
          <input class="input" name="nickname" maxlength="24" autocomplete="nickname" autocapitalize="words" enterkeyhint="done" value=${nickname}
            onInput=${(/** @type {any} */ event) => this.setState({ nickname: event.target.value })} />
        </label>
        <fieldset class="team-choices">
          <legend class="label visually-hidden">${t("join.team")}</legend>
          <span class="label" aria-hidden="true">${t("join.team")}</span>
          ${Object.values(info.teams).filter((entry) => entry.open).map((entry) => this.teamChoice(entry, team))}
        </fieldset>
        ${error && html`<p class="error" role="alert">${error}</p>`}
        <button class="button primary wide" disabled=${busy}>${t("join.go")}</button>
      </form>`;
  }

  /** @param {import("../types.js").TeamView} team @param {string} chosen */
  teamChoice(team, chosen) {
    const names = Object.values(team.seats).map((seat) => seat.nickname);
    return html`<label class="team-choice" key=${team.id}>
      <input type="radio" name="team" value=${team.id} checked=${team.id === chosen} onChange=${() => this.setState({ team: team.id })} />
      <${Badge} team=${team} />
      <span class="who"><strong>${team.name}</strong><span class="soft small">${names.length ? names.join(", ") : t("join.nobody_yet")}</span></span>
      <span class="tick-mark" aria-hidden="true"></span>
    </label>`;
  }
}

/** The team with the fewest people: chosen beforehand, so that three taps are enough. @param {RoomInfo} info */
function smallestTeam(info) {
  const open = Object.values(info.teams).filter((team) => team.open);
  return open.sort((a, b) => Object.keys(a.seats).length - Object.keys(b.seats).length)[0]?.id ?? "";
}
