/** Frames, both ways, against what the server's own encoder wrote. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pack, unpack } from "../../web_client/codec.js";
import { FIXTURES, bytesOf, fixture } from "./fixtures.js";

/** @param {any} value bytes as base64, as the fixtures write them */
const plain = (value) =>
  JSON.parse(JSON.stringify(value, (_, member) => (member instanceof Uint8Array ? Buffer.from(member).toString("base64") : member)));

for (const one of FIXTURES.filter(({ direction }) => direction === "server")) {
  test(`${one.name} reads as the server meant it`, () => assert.deepEqual(plain(unpack(bytesOf(one))), one.json));
}

for (const one of FIXTURES.filter(({ direction }) => direction === "client")) {
  test(`${one.name} is written so that it reads back`, () => {
    assert.deepEqual(unpack(pack(one.json)), one.json);
    assert.deepEqual(unpack(bytesOf(one)), one.json);
  });
}

test("node states arrive as bytes", () => {
  const message = unpack(bytesOf(fixture("server_nodes_changed")));
  assert.ok(message.changed instanceof Uint8Array);
  assert.equal(message.changed.length, 4 * message.states.length);
});

test("numbers of every size and sign", () => {
  /** @param {string} hex */
  const read = (hex) => unpack(Uint8Array.from(Buffer.from(hex, "hex")));
  assert.equal(read("7f"), 127);
  assert.equal(read("e0"), -32);
  assert.equal(read("ccff"), 255);
  assert.equal(read("cdffff"), 65535);
  assert.equal(read("ceffffffff"), 4294967295);
  assert.equal(read("cf001fffffffffffff"), Number.MAX_SAFE_INTEGER);
  assert.equal(read("d080"), -128);
  assert.equal(read("d18000"), -32768);
  assert.equal(read("d280000000"), -2147483648);
  assert.equal(read("d3ffffffffffffffff"), -1);
  assert.equal(read("cb3ff8000000000000"), 1.5);
  assert.equal(read("ca3fc00000"), 1.5);
});

test("long texts, lists and maps", () => {
  const text = "å".repeat(40_000);
  assert.equal(unpack(pack({ t: text.slice(0, 30_000) })).t, text.slice(0, 30_000));
  const list = Uint8Array.from([0xdc, 0x01, 0x00, ...Array(256).fill(0xc3)]);
  assert.deepEqual(unpack(list), Array(256).fill(true));
});

test("a broken frame is refused, wherever it breaks", () => {
  const whole = bytesOf(fixture("server_welcome"));
  for (let length = 0; length < whole.length; length++) assert.throws(() => unpack(whole.slice(0, length)), RangeError, `cut after ${length} bytes`);
  assert.throws(() => unpack(Uint8Array.from([...whole, 0])), /follow the message/);
  assert.throws(() => unpack(Uint8Array.from([0xc1])), /no place/);
  assert.throws(() => pack({ x: 1.5 }), TypeError);
});
