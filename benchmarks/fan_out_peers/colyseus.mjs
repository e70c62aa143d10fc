/**
 * Colyseus as its documentation shows it: one room, everybody in it, `broadcastBytes`.
 *
 * Law: run in a folder where @colyseus/core and @colyseus/ws-transport are installed; `node colyseus.mjs BYTES CLIENTS` prints "port N" and then
 * CLIENTS request paths, one a line; for every line "K" on stdin it broadcasts K messages and prints the processor seconds that took.
 */
import { createInterface } from "node:readline";
import { Room, Server, matchMaker } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";

const [bytes, clients] = process.argv.slice(2).map(Number);
const said = console.log;
console.log = console.info = console.warn = () => {};

let room;
class Square extends Room {
  maxClients = Infinity;
  seatReservationTimeout = 300;
  patchRate = null;
  onCreate() {
    room = this;
  }
}

const transport = new WebSocketTransport({ pingInterval: 0 });
const server = new Server({ transport, greet: false, gracefullyShutdown: false });
server.define("square", Square);
await server.listen(0, "127.0.0.1");
said(`port ${transport.server.address().port}`);
for (let client = 0; client < clients; client++) {
  const seat = await matchMaker.joinOrCreate("square", {});
  said(`/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`);
}
// a type of two letters and what the protocol puts around it take 4 bytes, a WebSocket's head the other 4
const message = new Uint8Array(bytes - 8).fill(7);
const idle = () => new Promise((resolve) => setImmediate(resolve));
for await (const line of createInterface({ input: process.stdin })) {
  const begun = process.cpuUsage();
  for (let turn = Number(line); turn > 0; turn--) {
    room.broadcastBytes("no", message);
    await idle();
  }
  const used = process.cpuUsage(begun);
  said(((used.user + used.system) / 1e6).toFixed(6));
}
process.exit(0);
