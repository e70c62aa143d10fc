/** Addresses that people type, scan and open. */
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = /** @type {any} */ ({ href: "http://192.168.1.5:8000/s/2/#/host" });
const { reachable, sessionAddress, spokenAddress } = await import("../../web_client/addresses.js");

test("an address is spoken without what only machines need", () => {
  assert.equal(spokenAddress("https://square.example/#/join/ABCDEF"), "square.example");
  assert.equal(spokenAddress("https://square.example/s/2/#/join/ABCDEF"), "square.example");
  assert.equal(spokenAddress("http://192.168.1.5:8000/game/s/2/"), "192.168.1.5:8000/game");
});

test("phones come to every address but a machine's own", () => {
  for (const url of ["http://127.0.0.1:8000/", "http://localhost/", "http://[::1]:8000/"]) assert.ok(!reachable(url), url);
  for (const url of ["http://192.168.1.5:8000/", "https://localhost.example/x", "http://[fe80::1]/"]) assert.ok(reachable(url), url);
});

test("a session is downloaded from the process that has the room", () => {
  const [whole, branch] = [undefined, 2].map((number) => new URL(sessionAddress({ code: "ABCDEF", token: "a+b" }, number), location.href));
  assert.equal(whole.pathname, "/s/2/rooms/ABCDEF/session.townsquare");
  assert.deepEqual([...branch.searchParams], [["token", "a+b"], ["branch", "2"]]);
});
