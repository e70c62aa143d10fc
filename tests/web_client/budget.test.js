/** What a phone fetches before it can show a page, packed as the server packs it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const CLIENT = new URL("../../web_client/", import.meta.url);
const page = readFileSync(new URL("index.html", CLIENT), "utf8");
const imports = JSON.parse(page.match(/<script type="importmap">([\s\S]*?)<\/script>/)?.[1] ?? "{}").imports;
/** @param {string} address in the page */
const own = (address) => new URL(address.replace(/^(\.\/)?static\/__VERSION__\//, ""), CLIENT).href;

/** @param {string} href @param {Set<string>} found every module that loads with it */
function closure(href, found = new Set()) {
  if (found.has(href)) return found;
  found.add(href);
  const source = readFileSync(new URL(href), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  for (const [, name] of source.matchAll(/\b(?:import|export)\s*(?:[\w$*{},\s]+?from\s*)?["']([^"']+)["']/g))
    closure(name.startsWith(".") ? new URL(name, href).href : own(imports[name]), found);
  return found;
}

/** @param {Iterable<string>} files */
const packed = (files) => [...files].reduce((sum, href) => sum + gzipSync(readFileSync(new URL(href)), { level: 9 }).length, 0);

for (const language of ["en", "nb"]) {
  const join = closure(own("main.js")).add(own(`i18n/${language}/join.js`));

  test(`the join page (${language}) is at most 20 kB of script in 12 requests`, () => {
    assert.ok(join.size <= 12, `${join.size} requests: ${[...join].join(" ")}`);
    assert.ok(packed(join) <= 20_000, `${packed(join)} bytes`);
  });

  test(`a participant's page (${language}) is at most 60 kB of script`, () => {
    const files = closure(own("views/participant.js"), closure(own("pages.js"), new Set(join))).add(own(`i18n/${language}/game.js`));
    assert.ok(packed(files) <= 60_000, `${packed(files)} bytes`);
  });

  test(`the projector (${language}) is at most 80 kB of script`, () => {
    const files = closure(own("views/projector.js"), closure(own("pages.js"), new Set(join)));
    for (const area of ["game", "stage"]) files.add(own(`i18n/${language}/${area}.js`));
    assert.ok(packed(files) <= 80_000, `${packed(files)} bytes`);
  });
}

test("what the page preloads is what it imports", () => {
  const preloaded = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((match) => own(match[1])).sort();
  const needed = [...closure(own("main.js"))].filter((href) => href !== own("main.js")).sort();
  assert.deepEqual(preloaded, needed);
});
