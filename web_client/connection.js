/**
 * A connection that mends itself: backs off, comes back to its seat, sends again what was not answered.
 *
 * Law: a request is settled once, by the reply with its id. Those that make a seat or belong to a socket are not repeated on another (the first
 * may have worked); all others are, in order and with the same id.
 *
 * @import {ConnectionOptions, Pending, Status} from "./types.js"
 */
import { SUBPROTOCOL, pack, unpack } from "./codec.js";

const FIRST_WAIT = 250;
const LONGEST_WAIT = 8000;
const ANSWER_WITHIN = 8000; // else the socket is taken for dead
const PATIENCE = 60000; // more, while a file is read
const QUIET_AFTER_SLEEP = 20000; // then a page that wakes up makes a new socket
const ONCE = ["join", "create_room", "redeem", "upload_scenario"];
const UNKNOWN = ["bad_token", "unknown_room", "not_seated"];

/** Why a request failed: `code` is a key of the texts, `detail` the server's words. */
export class Refused extends Error {
  /** @param {string} code @param {string} detail */
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/** @param {number} attempt 0, 1, ... @param {number} random in [0, 1) @returns {number} milliseconds */
export const backoff = (attempt, random) => Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + random / 2);

let lastId = 0;
/** Grows over reloads too, so that the server never takes a new command for a repeated one. */
const nextId = () => (lastId = Math.max(lastId + 1, Date.now()));

export class Connection {
  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.options = options;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {Map<number, Pending>} */
    this.pending = new Map();
    this.attempt = 0;
    this.closed = false;
    this.greetingId = 0;
    this.heardAt = Date.now();
    this.timer = 0;
    this.watch = setInterval(() => this.checkAnswers(), 1000);
    this.wake = () => document.visibilityState === "visible" && this.hurry();
    this.cut = () => this.socket && this.drop(); // a dead network does not end a socket: the page would wait for minutes
    addEventListener("online", this.wake);
    addEventListener("offline", this.cut);
    document.addEventListener("visibilitychange", this.wake);
    this.open();
  }

  open() {
    this.options.status("connecting");
    this.heardAt = Date.now();
    const socket = new WebSocket(this.options.url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.greet();
    socket.onmessage = (event) => this.socket === socket && this.hear(event.data);
    socket.onclose = ({ code }) => this.socket === socket && (code === 4400 ? this.close("outdated") : this.lost()); // 4400: another version
    this.socket = socket;
  }

  greet() {
    const greeting = this.options.greet();
    if (!greeting) return this.ready();
    this.greetingId = nextId();
    this.pending.set(this.greetingId, { message: { ...greeting, id: this.greetingId }, resolve() {}, reject() {}, sentAt: 0 });
    this.transmit(this.greetingId);
  }

  ready() {
    this.attempt = 0;
    this.options.status("open");
    for (const id of this.pending.keys()) this.transmit(id);
  }

  /** @param {number} id */
  transmit(id) {
    const entry = this.pending.get(id);
    if (!entry || this.socket?.readyState !== WebSocket.OPEN) return;
    entry.sentAt = Date.now();
    this.write(entry.message);
  }

  /** @param {object} message */
  write(message) {
    this.socket?.send(pack(message));
  }

  /** @param {ArrayBuffer} frame */
  hear(frame) {
    this.heardAt = Date.now();
    /** @type {any} */
    const message = unpack(new Uint8Array(frame));
    const entry = message.id == null ? undefined : this.pending.get(message.id);
    if (entry) this.pending.delete(message.id);
    this.options.receive(message, entry ? Date.now() - entry.sentAt : 0);
    if (message.id === this.greetingId && entry) this.greeted(message);
    if (message.t === "refusal") entry?.reject(new Refused(message.code, message.detail));
    else entry?.resolve(message);
  }

  /** @param {{t: string, code?: string}} reply */
  greeted({ t, code = "" }) {
    if (t !== "refusal") this.ready();
    else if (UNKNOWN.includes(code)) this.close("gone");
    else this.drop(); // not ready yet, too fast, ...: later
  }

  lost() {
    this.socket = null;
    if (this.closed) return;
    this.pending.delete(this.greetingId);
    for (const [id, entry] of this.pending) {
      if (entry.sentAt && ONCE.includes(entry.message.t)) {
        this.pending.delete(id);
        entry.reject(new Refused("connection_lost", "the connection was lost"));
      }
      entry.sentAt = 0;
    }
    this.options.status("waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), backoff(this.attempt++, Math.random()));
  }

  /** Make a new socket now: the network or the person came back. */
  hurry() {
    if (this.closed) return;
    if (!this.socket) {
      clearTimeout(this.timer);
      this.attempt = 0;
      this.open();
    } else if (Date.now() - this.heardAt > QUIET_AFTER_SLEEP) this.drop();
  }

  checkAnswers() {
    const late = Date.now() - ANSWER_WITHIN;
    const opening = this.socket?.readyState === WebSocket.CONNECTING && this.heardAt < late;
    if (opening || [...this.pending.values()].some(({ sentAt, message }) => sentAt && sentAt + (message.last ? PATIENCE : 0) < late)) this.drop();
  }

  /** Give the socket up without waiting for its end, which a dead network delays by minutes. */
  drop() {
    const socket = this.socket;
    this.lost();
    socket?.close();
  }

  /** @param {object} message without id @returns {Promise<any>} the reply; rejects with `Refused` */
  request(message) {
    const id = nextId();
    return new Promise((resolve, reject) => {
      this.pending.set(id, { message: { ...message, id }, resolve, reject, sentAt: 0 });
      if (this.greetingId && this.pending.has(this.greetingId)) return; // the seat first
      this.transmit(id);
    });
  }

  /** Send what is not answered; lost when there is no socket. @param {object} message */
  tell(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.write({ ...message, id: nextId() });
  }

  /** @param {Status} status */
  close(status = "idle") {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.watch);
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.cut);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close();
    for (const entry of this.pending.values()) entry.reject(new Refused("connection_lost", "the connection was closed"));
    this.pending.clear();
    this.options.status(status);
  }
}
