/** A host's file in parts: nothing lost, nothing cut in two, no part too large for a message. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pack } from "../../web_client/codec.js";
import { split } from "../../web_client/views/upload.js";

for (const [name, text] of Object.entries({ empty: "", short: "a = 1", ascii: "x".repeat(20_001), wide: "åß€😀".repeat(5000), edge: "😀".repeat(1750) })) {
  test(`a file (${name}) arrives as it was`, () => {
    const parts = split(text);
    assert.equal(parts.join(""), text);
    for (const [part, piece] of parts.entries()) {
      assert.ok(pack({ t: "upload_scenario", part, text: piece, last: false, host_key: "BBBB-BBBB-BBBB", id: 2 ** 52 }).length <= 16_384);
      assert.equal(Buffer.from(piece, "utf8").toString("utf8"), piece, "cut within a character");
    }
  });
}
