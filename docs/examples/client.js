/**
 * A guest in sixty lines of JavaScript, by docs/protocol.md: joins a room, plans each round, and leaves with the result.
 *
 * Node 22 or newer: node client.js ws://127.0.0.1:8321 CODE NICKNAME (Node 20: node --experimental-websocket client.js ...).
 * In a browser, Deno or Bun: import { play } from "./client.js".
 */

/** Apply a JSON merge patch (RFC 7386). */
function merge(old, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const merged = old !== null && typeof old === "object" && !Array.isArray(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** Any of a list, by chance. */
const some = (list, count) => [...list].sort(() => Math.random() - 0.5).slice(0, count);

/** @returns {Promise<string>} how it ended */
export function play(url, code, nickname) {
  const socket = new WebSocket(`${url}/ws`, ["townsquare.v1.json"]);
  let [number, view, team, planned] = [1, {}, null, 0];
  const say = (t, fields) => socket.send(JSON.stringify({ t, id: number++, ...fields }));

  return new Promise((resolve) => {
    const end = (words) => (resolve(words), socket.close());
    socket.onopen = () => say("peek", { code });
    socket.onclose = ({ code, reason }) => resolve(`the server closed the connection: ${code} ${reason}`);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.t === "room_info") {
        [{ id: team }] = some(Object.values(message.teams).filter(({ open }) => open), 1);
        say("join", { code, nickname, team });
      } else if (message.t === "welcome") {
        number = message.now; // message.token brings this seat back: {t: "resume", token, version: null}
      } else if (message.t === "refusal" && message.shard != null) {
        end(play(`${url.split("/s/")[0]}/s/${message.shard}`, code, nickname)); // the room lives in another process
      } else if (message.t === "refusal") {
        console.log("refused:", message.detail);
        if (!view.phase) end("no seat");
      } else if (message.t === "snapshot") view = message.view;
      else if (message.t === "delta") view = merge(view, message.patch);

      const { name, round } = view.phase ?? { name: "lobby" };
      if (name === "planning" && round > planned) {
        planned = round;
        for (const { id } of some(view.scenario.plays, 2)) say("edit_plan", { slot: id, field: "level", value: 1 });
        say("set_ready", { ready: true, round });
      } else if (["debrief", "closed"].includes(name)) end(`won by ${view.leaderboard[0]} after ${planned} plans of ${team}`);
    };
  });
}

if (globalThis.process?.argv[2]) console.log(await play(...process.argv.slice(2, 5)));
