/**
 * The client's one session with the server: what it knows (`state`), who is told of changes, and the few verbs that views call.
 *
 * Law: state changes only through `reduce`; views never see the connection. Part of the join page, so without signals: store.js makes them.
 *
 * @import {ServerMessage, SessionState} from "./types.js"
 */
import { Connection, Refused } from "./connection.js";
import { INITIAL, reduce } from "./state.js";

/** @type {SessionState} */
export let state = { ...INITIAL, status: "idle", toasts: [] };
/** Goodbyes after which nobody tries again. */
const FINAL = ["removed", "withdrawn"];
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {() => void} listener called after each change */
export const subscribe = (listener) => listeners.add(listener);

/** @param {Partial<SessionState>} changes */
function set(changes) {
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
}

/** @type {Connection | null} */
let connection = null;
/** @type {string | null} */
let token = null;
let clockOffset = 0;
let acknowledging = 0;

/** The server's clock, in milliseconds since the epoch. */
export const serverNow = () => Date.now() + clockOffset;

/** @param {ServerMessage} message @param {number} roundTrip */
function receive(message, roundTrip) {
  if (message.t === "refusal" && message.shard != null) location.assign(`../${message.shard}/${location.hash}`); // the process that has the room
  if (message.t === "welcome") {
    clockOffset = message.now + roundTrip / 2 - Date.now();
    token = message.token;
  }
  set(reduce(state, message));
  if (message.t === "goodbye" && FINAL.includes(message.reason)) connection?.close("gone");
  if (message.t !== "snapshot" && message.t !== "delta") return;
  if (state.behind) restart();
  else acknowledging ||= setTimeout(acknowledge, 400);
}

function acknowledge() {
  acknowledging = 0;
  if (state.version !== null) connection?.tell({ t: "acknowledge", version: state.version });
}

/** Come back for a whole snapshot. */
function restart() {
  set({ version: null, behind: false });
  connection?.drop();
}

/** Connect, as nobody yet or with the token of a seat. @param {string | null} newToken */
export function attach(newToken = null) {
  if (connection && token === newToken && !connection.closed) return;
  connection?.close();
  token = newToken;
  set(INITIAL);
  connection = new Connection({
    url: new URL("ws", location.href).href.replace(/^http/, "ws"),
    greet: () => (token ? { t: "resume", token, version: state.version } : null),
    receive,
    status: (status) => set({ status }),
  });
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
    toast(why instanceof Refused ? why.code : "unexpected", String(why));
    return false;
  }
}

let lastToast = 0;
/** @param {string} code a key of the texts (`refusal.<code>`) @param {string} detail */
export function toast(code, detail = "") {
  const id = ++lastToast;
  set({ toasts: [...state.toasts.filter((entry) => entry.code !== code).slice(-2), { id, code, detail }] });
  setTimeout(() => dismiss(id), 8000);
}

/** @param {number} id */
export const dismiss = (id) => set({ toasts: state.toasts.filter((entry) => entry.id !== id) });

/** Whether something that was asked is not answered yet. */
export const busy = () => !!connection?.pending.size;
