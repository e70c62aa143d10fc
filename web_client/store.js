/**
 * The client's one store: signals that views read, and the few verbs they call.
 *
 * Law: state changes only through `reduce`; views never see the connection. The seat's token lives in this tab's storage first (two tabs can hold two
 * seats) and in the browser's, so that a closed tab finds its seat again.
 *
 * @import {Nodes, ServerMessage, Status, View, Welcome} from "./types.js"
 */
import { batch, computed, signal } from "@preact/signals-core";
import { Connection, Refused } from "./connection.js";
import { INITIAL, reduce } from "./state.js";

const state = signal(INITIAL);

/** What this audience may see of the room; null until the first snapshot. Fields that the server set to null may be absent. */
export const view = computed(() => state.value.view);
/** Our seat: role, team, nickname, codes. */
export const me = computed(() => state.value.me);
/** Node states of the network view, newest frame. */
export const nodes = computed(() => state.value.nodes);
/** Why the server closed the connection for good, as a key of the texts. */
export const goodbye = computed(() => state.value.goodbye);
/** @type {import("@preact/signals-core").Signal<Status>} */
export const status = signal(/** @type {Status} */ ("idle"));
/** Messages that show for a while: `{id, code, detail, tone}`. @type {import("@preact/signals-core").Signal<{id: number, code: string, detail: string}[]>} */
export const toasts = signal(/** @type {{id: number, code: string, detail: string}[]} */ ([]));

/** Our team's id, and things that views ask for all the time. */
export const phase = computed(() => view.value?.phase ?? null);
export const scenario = computed(() => view.value?.scenario ?? null);
export const teams = computed(() => view.value?.teams ?? {});
export const ownTeam = computed(() => (me.value?.team ? (teams.value[me.value.team] ?? null) : null));

/** @type {Connection | null} */
let connection = null;
/** @type {string | null} */
let token = null;
let clockOffset = 0;
let acknowledgeTimer = 0;

/** The server's clock, in milliseconds since the epoch. */
export const serverNow = () => Date.now() + clockOffset;

const socketUrl = () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;

/** @param {ServerMessage} message @param {number} roundTrip */
function receive(message, roundTrip) {
  batch(() => (state.value = reduce(state.value, message)));
  if (message.t === "welcome") {
    clockOffset = message.now + roundTrip / 2 - Date.now();
    token = message.token;
    remember(message);
  } else if (message.t === "snapshot" || message.t === "delta") {
    if (state.value.behind) resync();
    else acknowledgeSoon();
  }
}

function acknowledgeSoon() {
  acknowledgeTimer ||= setTimeout(() => {
    acknowledgeTimer = 0;
    if (state.value.version !== null) connection?.tell({ t: "acknowledge", version: state.value.version });
  }, 400);
}

let resyncing = false;
async function resync() {
  if (resyncing || !connection || !token) return;
  resyncing = true;
  await connection.request({ t: "resume", token, version: null }).catch(() => {});
  resyncing = false;
}

/** Connect, as nobody yet or with the token of a seat. @param {string | null} newToken */
export function attach(newToken = null) {
  if (connection && token === newToken && !connection.closed) return;
  detach();
  token = newToken;
  connection = new Connection({
    url: socketUrl(),
    greet: () => (token ? { t: "resume", token, version: state.value.version } : null),
    receive,
    status: (value) => (status.value = value),
  });
}

/** Leave the room's page; the seat stays ours. */
export function detach() {
  connection?.close();
  connection = null;
  token = null;
  state.value = INITIAL;
}

/** Ask something and get the reply; rejects with `Refused`. @param {object} message @returns {Promise<any>} */
export async function ask(message) {
  if (!connection) attach();
  return /** @type {Connection} */ (connection).request(message);
}

/** Do something; a refusal shows as a toast. @param {object} message @returns {Promise<boolean>} whether it is in force */
export async function command(message) {
  try {
    await ask(message);
    return true;
  } catch (why) {
    toast(why instanceof Refused ? why.code : "unexpected", why instanceof Error ? why.message : String(why));
    return false;
  }
}

let toastId = 0;
/** @param {string} code a key of the texts (`refusal.<code>`) @param {string} detail */
export function toast(code, detail = "") {
  const id = ++toastId;
  toasts.value = [...toasts.value.filter((entry) => entry.code !== code).slice(-2), { id, code, detail }];
  setTimeout(() => dismiss(id), 7000);
}

/** @param {number} id */
export const dismiss = (id) => (toasts.value = toasts.value.filter((entry) => entry.id !== id));

/** @typedef {{code: string, token: string, nickname: string, personal_code: string}} Seat */

/** @param {Welcome} welcome */
function remember({ role, code, token, nickname, personal_code }) {
  if (role === "projector") return;
  const text = JSON.stringify({ code, token, nickname, personal_code });
  for (const storage of [sessionStorage, localStorage]) {
    try {
      storage.setItem(`townsquare.${role}`, text);
    } catch {
      // private mode: the seat then lasts as long as the page, and the personal code brings it back
    }
  }
}

/** The seat this browser holds, if any. @param {"participant" | "facilitator"} role @returns {Seat | null} */
export function remembered(role) {
  try {
    return JSON.parse(sessionStorage.getItem(`townsquare.${role}`) ?? localStorage.getItem(`townsquare.${role}`) ?? "null");
  } catch {
    return null;
  }
}

/** @param {"participant" | "facilitator"} role */
export function forget(role) {
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(`townsquare.${role}`);
}
