/** Seats of several rooms in one browser, whatever its storage holds or refuses. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @param {Record<string, string>} [content] */
const storage = (content = {}) => ({ getItem: (/** @type {string} */ key) => content[key] ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (content[key] = value), content });

/** @type {any} */
let browser;
let copies = 0;
beforeEach(() => (browser = Object.assign(globalThis, { sessionStorage: storage(), localStorage: storage() })));
/** A page of its own: modules are loaded anew. */
const page = () => import(`../../web_client/seats.js?${++copies}`);
/** @param {string} code */
const seat = (code) => ({ code, token: `1.facilitator.${code}.host.x`, nickname: "", personal_code: "" });

test("each room has its seat, this tab's first", async () => {
  browser.localStorage.content["townsquare.facilitator"] = JSON.stringify([seat("BBBBBB"), seat("CCCCCC")]);
  browser.sessionStorage.content["townsquare.facilitator"] = JSON.stringify([seat("CCCCCC")]);
  const { remembered, seats } = await page();
  assert.deepEqual(seats("facilitator").map((/** @type {any} */ one) => one.code), ["CCCCCC", "BBBBBB"]);
  assert.equal(remembered("facilitator").code, "CCCCCC");
  assert.equal(remembered("facilitator", "BBBBBB").code, "BBBBBB");
  assert.equal(remembered("facilitator", "DDDDDD"), undefined);
  assert.deepEqual(seats("participant"), []);
});

test("what is broken or not ours is no seat", async () => {
  for (const text of ["{", "null", "7", '"x"', '{"code":"A"}', "[null]", "[{}]", '[{"code":"BBBBBB"}]']) {
    browser.localStorage.content["townsquare.participant"] = text;
    const { seats } = await page();
    assert.deepEqual(seats("participant"), [], text);
  }
});

test("a browser that refuses to store still shows the page", async () => {
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new Error("denied"); } });
  const { seats } = await page();
  assert.deepEqual(seats("facilitator"), []);
  Object.defineProperty(globalThis, "localStorage", { configurable: true, writable: true, value: storage() });
});
