/**
 * The seats that this browser holds: the newest of each role, one for each room, so that who hosts two rooms finds both.
 *
 * Law: a seat lives in this tab's storage (two tabs can hold two seats) and in the browser's (a closed tab finds its seat again); where both refuse, or hold
 * what is not ours, it lives as long as the page.
 *
 * @import {Seat} from "./types.js"
 */
import { state, subscribe } from "./session.js";

const MOST = 8;
/** Goodbyes after which nothing brings the seat back. */
const LOST = ["removed", "withdrawn"];
/** @type {Record<string, Seat[]>} role -> seats of this page */
const own = {};

/** @param {() => Storage} storage that may be refused @param {string} role @returns {Seat[]} the newest first */
function read(storage, role) {
  try {
    return JSON.parse(storage().getItem(`townsquare.${role}`) ?? "[]").filter((/** @type {Seat} */ seat) => seat.token && seat.code);
  } catch {
    return [];
  }
}

const STORAGES = [() => sessionStorage, () => localStorage];

/** Put a seat before all others of its role, or a room's away. @param {string} role @param {string} code @param {Seat[]} seat */
function keep(role, code, ...seat) {
  /** @param {Seat[]} old */
  const renewed = (old) => [...seat, ...old.filter((other) => other.code !== code)].slice(0, MOST);
  own[role] = renewed(own[role] ?? []);
  for (const storage of STORAGES) {
    try {
      storage().setItem(`townsquare.${role}`, JSON.stringify(renewed(read(storage, role))));
    } catch {}
  }
}

/** The seats that this browser holds, one for each room, this page's first. @param {"participant" | "facilitator"} role */
export function seats(role) {
  /** @type {Map<string, Seat>} */
  const found = new Map();
  for (const seat of [own[role] ?? [], ...STORAGES.map((storage) => read(storage, role))].flat()) if (!found.has(seat.code)) found.set(seat.code, seat);
  return [...found.values()];
}

/** The seat that this browser holds in a room, or took last. @param {"participant" | "facilitator"} role @param {string} [code] */
export const remembered = (role, code) => seats(role).find((seat) => !code || seat.code === code);

/** @type {any[]} the seat, and the phase and round that are kept with it */
let kept = [];
function look() {
  const { goodbye, me, view } = state;
  const lost = LOST.includes(goodbye ?? "");
  const now = [me, view?.phase.name, view?.phase.round];
  if (!lost && now.every((value, i) => value === kept[i])) return;
  kept = now;
  if (!me || me.role === "projector") return;
  const { role, code, token, nickname, personal_code } = me;
  const seen = view && { title: view.scenario.title, phase: view.phase.name, round: view.phase.round, rounds: view.scenario.rounds };
  if (lost) keep(role, code);
  else keep(role, code, { ...remembered(role, code), ...seen, code, token, nickname, personal_code });
}
subscribe(look);
look();
