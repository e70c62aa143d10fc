/**
 * The store that views read: the session's state as signals, so that a component is drawn again only when the part that it read changed.
 *
 * Law: nothing is kept here that session.js does not hold. Views import their verbs (`command`, `ask`, `toast`, `serverNow`) from here too.
 * Fields of the view that the server set to null may be absent after a delta: compare with `== null`.
 */
import { computed, signal } from "@preact/signals";
import { state as initial, state as current, subscribe } from "./session.js";

export { ask, attach, command, serverNow, toast } from "./session.js";

const state = signal(initial);
subscribe(() => (state.value = current));

/** What this audience may see of the room; null until the first snapshot. */
export const view = computed(() => state.value.view);
/** Our seat: role, team, nickname, codes (`Welcome`). */
export const me = computed(() => state.value.me);
/** Node states of the network view after the newest frame. */
export const nodes = computed(() => state.value.nodes);
/** Node states as each round ended, by round; only of rounds whose frames came. */
export const endings = computed(() => state.value.endings);
/** Why the server closed the connection for good, as a key of the texts. */
export const goodbye = computed(() => state.value.goodbye);
export const status = computed(() => state.value.status);

export const phase = computed(() => view.value?.phase ?? null);
export const scenario = computed(() => view.value?.scenario ?? null);
export const teams = computed(() => view.value?.teams ?? {});
/** The team that our seat is in now: the seat may have moved since the welcome. */
export const ownTeam = computed(() => {
  const seat = me.value;
  return seat && (Object.values(teams.value).find((team) => seat.seat in team.seats) ?? teams.value[seat.team ?? ""] ?? null);
});
/** What we are called now: the host may have given us another name. */
export const ownName = computed(() => ownTeam.value?.seats[me.value?.seat ?? ""]?.nickname ?? me.value?.nickname ?? "");
