/** Every language says everything, with the same gaps to fill, and every text that the code asks for is there. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES } from "../../web_client/i18n/texts.js";

const CLIENT = new URL("../../web_client/", import.meta.url);
const AREAS = ["join", "home", "game", "stage", "desk"];

/** @type {Record<string, Record<string, Record<string, any>>>} language -> area -> key -> text */
const texts = {};
for (const code of Object.keys(LANGUAGES)) {
  texts[code] = {};
  for (const area of AREAS) texts[code][area] = (await import(new URL(`i18n/${code}/${area}.js`, CLIENT).href)).default;
}

/** @param {any} entry */
const forms = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry));
/** @param {any} entry */
const gaps = (entry) => [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();
/** @param {Record<string, Record<string, any>>} areas */
const all = (areas) => Object.assign({}, ...AREAS.map((area) => areas[area]));

for (const code of Object.keys(LANGUAGES)) {
  test(`${code} has every key of every area, with the same gaps`, () => {
    for (const area of AREAS) {
      assert.deepEqual(Object.keys(texts[code][area]).sort(), Object.keys(texts.en[area]).sort(), area);
      for (const [key, entry] of Object.entries(texts[code][area])) assert.deepEqual(gaps(entry), gaps(texts.en[area][key]), key);
    }
  });

  test(`${code} has a form for each plural it needs, and no empty text`, () => {
    const needed = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(all(texts[code]))) {
      if (typeof entry === "object") assert.deepEqual(Object.keys(entry).sort(), [...needed].sort(), key);
      for (const form of forms(entry)) assert.ok(form.trim(), key);
    }
  });
}

test("no area says again what another says", () => {
  const keys = AREAS.flatMap((area) => Object.keys(texts.en[area]));
  assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), []);
});

test("the languages are translations, not copies", () => {
  const [en, nb] = [all(texts.en), all(texts.nb)];
  const words = Object.keys(en).filter((key) => forms(en[key]).some((form) => form.replace(/\{\w+\}/g, "").split(/\s+/).filter(Boolean).length > 3));
  const same = words.filter((key) => JSON.stringify(en[key]) === JSON.stringify(nb[key]));
  assert.deepEqual(same, []);
});

/** @param {URL} folder @returns {string[]} sources of our modules below it */
const sources = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return ["vendor", "i18n", "node_modules"].includes(entry.name) ? [] : sources(new URL(`${entry.name}/`, folder));
    return entry.name.endsWith(".js") ? [readFileSync(new URL(entry.name, folder), "utf8")] : [];
  });

test("every text that the code names is there", () => {
  const known = all(texts.en);
  const asked = sources(CLIENT).flatMap((source) => [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => match[1]));
  assert.ok(asked.length > 100);
  assert.deepEqual([...new Set(asked)].filter((key) => !(key in known)), []);
});

test("whatever the market tells of a buyer has its words, and no word waits for what it never tells", () => {
  const source = readFileSync(new URL("../agents/townsquare_agents/kernels/codes.py", CLIENT), "utf8");
  /** @param {string} name of a class */
  const codes = (name) => [...(source.split(`class ${name}(IntEnum):`)[1] ?? "").split(/^\S/m)[0].matchAll(/^ {4}([A-Z_]+) = /gm)].map((match) => match[1].toLowerCase());
  for (const [name, prefix, ours] of [["Happening", "event.", ["other", "some_play", "somebody_selling", "because"]], ["Cause", "why.", []], ["Stage", "buyer.stage.", []]]) {
    const told = codes(/** @type {string} */ (name)).filter((code) => code !== "none");
    assert.ok(told.length > 5, `${name}`);
    const worded = Object.keys(texts.en.stage).filter((key) => key.startsWith(`${prefix}`));
    assert.deepEqual(worded.sort(), [...told, ...ours].map((code) => `${prefix}${code}`).sort());
  }
});

test("every phase, refusal and notice that the server names has its text", () => {
  const known = all(texts.en);
  const errors = readFileSync(new URL("../server/townsquare_server/errors.py", CLIENT), "utf8");
  const codes = [...errors.matchAll(/^ {4}[A-Z_]+ = "([a-z_]+)"$/gm)].map((match) => match[1]);
  assert.ok(codes.length > 20);
  assert.deepEqual(codes.filter((code) => !(`refusal.${code}` in known)), []);
  for (const phase of ["lobby", "briefing", "planning", "running", "review", "debrief", "closed"])
    for (const key of [`phase.${phase}`, `phase.${phase}.say`, `join.when.${phase}`]) assert.ok(key in known, key);
});
