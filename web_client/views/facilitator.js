/**
 * The facilitator's page: the clock, every team, every number, on one screen.
 *
 * Law: each button says what happens next; what cannot be taken back asks first.
 */
import { useEffect } from "preact/hooks";
import { Brand, Loading, html } from "../components/basic.js";
import { Announcer, Gone, PhaseLine, gone } from "../components/frame.js";
import { Notices } from "../components/notices.js";
import { t, text } from "../i18n/index.js";
import { me, phase, scenario, view } from "../store.js";
import { Clock } from "./host_clock.js";
import { HostEvents, HostNotes } from "./host_desk.js";
import { HostDoor } from "./host_door.js";
import { HostHosts } from "./host_hosts.js";
import { ResultsTable } from "./host_results.js";
import { HostRounds } from "./host_rounds.js";
import { HostTeams } from "./host_teams.js";
import { BriefingText } from "./lobby.js";
import { Race } from "./running.js";
import { Debrief } from "./story.js";

export const FacilitatorView = () => {
  useEffect(() => {
    // a second host's link: the seat is kept in the browser now, and its token need not stand in the address
    if (me.value && location.hash.startsWith("#/host/")) history.replaceState(null, "", "#/host");
  }, [me.value]);
  if (gone.value) return html`<${Gone} />`;
  const [seat, at, world] = [me.value, phase.value, scenario.value];
  if (!seat || !at || !world) return html`<${Loading} text=${t("loading.room")} />`;
  const ended = at.name === "debrief" || at.name === "closed";
  const played = Object.values(view.value?.results ?? {}).some((vendor) => vendor.driver.length > 0);
  return html`<div class=${`host phase-${at.name}`} data-testid="facilitator" data-phase=${at.name} data-round=${at.round}>
    <header class="host-head">
      <${Brand} />
      <span class="soft host-title">${text(world.title)}</span>
      <span class="push row"><span class="soft">${t("host.code")}</span><strong class="code host-code">${seat.code}</strong></span>
    </header>
    <${Clock} at=${at} world=${world} />
    <${PhaseLine} />
    <${Announcer} name=${t("host.name")} />
    <main class="host-main">
      <div class="host-work">
        <${Notices} notes=${false} />
        ${at.name === "lobby" && html`<${HostDoor} seat=${seat} big=${true} />`}
        ${at.name === "running" && html`<${Race} metrics=${world.vanity_metrics} />`}
        ${!ended && html`<${HostTeams} at=${at} />`}
        ${(at.name === "lobby" || at.name === "briefing") && html`<section class="card stack-tight" data-testid="host-briefing">
          <h2 class="card-title">${t("host.briefing")}</h2><${BriefingText} world=${world} /></section>`}
        ${ended && html`<${Debrief} />`}
        ${played && html`<${ResultsTable} world=${world} />`}
      </div>
      <aside class="host-side">
        ${at.name !== "lobby" && html`<${HostDoor} seat=${seat} open=${!ended} />`}
        ${at.name !== "closed" && html`<${HostNotes} />`}
        ${!ended && html`<${HostEvents} at=${at} rounds=${world.rounds} />`}
        <${HostRounds} seat=${seat} at=${at} />
        ${at.name !== "closed" && html`<${HostHosts} seat=${seat} />`}
      </aside>
    </main>
  </div>`;
};
