/** How long the client waits before it tries again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../../web_client/connection.js";

test("the wait doubles up to a limit, and is spread so that a class does not come back at once", () => {
  for (let attempt = 0; attempt < 12; attempt++) {
    assert.ok(backoff(attempt, 0) < backoff(attempt, 0.99));
    assert.ok(backoff(attempt + 1, 0.5) >= backoff(attempt, 0.5));
    assert.ok(backoff(attempt, 1) <= 8000);
  }
  assert.ok(backoff(0, 1) <= 300, "the first try comes at once: a seat is back within two seconds");
});
