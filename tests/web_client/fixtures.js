/** The wire's examples that the server's tests write and hold to. Law: no test here makes up a message that a fixture shows. */
import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../wire/", import.meta.url);

/** @typedef {{name: string, direction: "client" | "server", json: any, msgpack_base64: string}} Fixture */

/** @type {Fixture[]} */
export const FIXTURES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")));

/** @param {string} name @returns {Fixture} */
export function fixture(name) {
  const found = FIXTURES.find((one) => one.name === name);
  if (!found) throw new Error(`tests/wire has no ${name}.json`);
  return found;
}

/** @param {Fixture} one */
export const bytesOf = (one) => Uint8Array.from(Buffer.from(one.msgpack_base64, "base64"));
