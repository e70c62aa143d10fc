/**
 * A host's own scenario: a file chosen in the browser, sent in parts that fit into messages. Fetched when a file is chosen.
 *
 * Law: the server says what is wrong, with line and remedy; what arrives is played from this connection alone.
 *
 * @import {ScenarioChoice} from "../types.js"
 */
import { Refused } from "../connection.js";
import { ask } from "../store.js";

const PART_BYTES = 7000;

/** @param {File} file @param {string | null} hostKey @returns {Promise<ScenarioChoice>} what a room can be opened with; rejects with `Refused` */
export async function handIn(file, hostKey) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new Refused("not_text", "the file is not UTF-8 text");
  }
  const parts = split(text);
  for (const [part, piece] of parts.entries()) {
    const answer = await ask({ t: "upload_scenario", part, text: piece, last: part === parts.length - 1, host_key: hostKey });
    if (answer.t === "scenario_read") return answer.scenario;
  }
  throw new Refused("unexpected", "the file was not answered");
}

/** @param {string} text @returns {string[]} parts of at most so many bytes, cut between characters; one at least */
export function split(text) {
  const parts = [];
  let [from, bytes] = [0, 0];
  for (let at = 0; at < text.length; ) {
    const point = /** @type {number} */ (text.codePointAt(at));
    const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes + size > PART_BYTES) {
      parts.push(text.slice(from, at));
      [from, bytes] = [at, 0];
    }
    bytes += size;
    at += point < 0x10000 ? 1 : 2;
  }
  return [...parts, text.slice(from)];
}
