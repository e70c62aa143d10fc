/** The law of tokens.css: contrast of texts and marks on their grounds, and team colours that every eye can tell apart, in both themes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const source = readFileSync(new URL("../../web_client/styles/tokens.css", import.meta.url), "utf8");
const [dark, light] = source.split("@media (prefers-color-scheme: light)");
/** @param {string} block @returns {Record<string, string>} */
const colours = (block) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
/** @type {Record<string, Record<string, string>>} */
const THEMES = { dark: colours(dark), light: { ...colours(dark), ...colours(light) } };

/** @param {string} hex @returns {number[]} linear red, green, blue */
const linear = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
/** @param {string} hex */
const luminance = (hex) => dot(linear(hex), [0.2126, 0.7152, 0.0722]);
/** @param {string} a @param {string} b */
const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

/** Machado, Oliveira and Fernandes 2009, severity 1. @type {Record<string, number[][]>} */
const SIGHT = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** @param {string} hex @param {number[][]} sight @returns {number[]} OKLab as that eye sees it */
function seen(hex, sight) {
  const rgb = linear(hex);
  const light = sight.map((row) => Math.min(1, Math.max(0, dot(row, rgb))));
  const cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]];
  const roots = cones.map((row) => Math.cbrt(dot(row, light)));
  return [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]].map((row) => dot(row, roots));
}

const GROUNDS = ["ground", "ground-deep", "surface", "surface-raised", "surface-sunken"];
const TEXTS = ["text", "text-soft", "text-faint", "accent-text", "bad", "warn", "good"];
const ON_WASH = { "accent-text": "accent-wash", warn: "warn-wash", good: "good-wash", campaign: "campaign-wash", relationship: "relationship-wash", listening: "listening-wash" };
const TEAMS = ["team-0", "team-1", "team-2", "team-3", "team-4", "team-5"];

for (const [theme, of] of Object.entries(THEMES)) {
  test(`${theme}: texts have a contrast of at least 4.5`, () => {
    for (const ground of GROUNDS) for (const text of TEXTS) assert.ok(contrast(of[text], of[ground]) >= 4.5, `${text} on ${ground}: ${contrast(of[text], of[ground]).toFixed(2)}`);
    for (const [text, wash] of Object.entries(ON_WASH)) assert.ok(contrast(of[text], of[wash]) >= 4.5, `${text} on ${wash}: ${contrast(of[text], of[wash]).toFixed(2)}`);
    for (const wash of Object.values(ON_WASH)) assert.ok(contrast(of["text-soft"], of[wash]) >= 4.5, `text-soft on ${wash}: ${contrast(of["text-soft"], of[wash]).toFixed(2)}`);
    assert.ok(contrast(of["on-accent"], of.accent) >= 4.5);
    assert.ok(contrast(of["on-accent"], of["accent-strong"]) >= 4.5);
    for (const team of TEAMS) assert.ok(contrast(of["on-team"], of[team]) >= 4.5, `letter on ${team}: ${contrast(of["on-team"], of[team]).toFixed(2)}`);
  });

  test(`${theme}: controls, focus and teams stand out from their ground by at least 3`, () => {
    for (const mark of ["line-strong", "accent", "focus", "campaign", "relationship", "listening", ...TEAMS])
      for (const ground of ["ground", "surface"]) assert.ok(contrast(of[mark], of[ground]) >= 3, `${mark} on ${ground}: ${contrast(of[mark], of[ground]).toFixed(2)}`);
  });

  test(`${theme}: no two teams look alike to any eye`, () => {
    for (const [kind, sight] of Object.entries(SIGHT))
      TEAMS.forEach((a, i) =>
        TEAMS.slice(i + 1).forEach((b) => {
          const distance = Math.hypot(...seen(of[a], sight).map((value, axis) => value - seen(of[b], sight)[axis]));
          assert.ok(distance >= 0.09, `${a} and ${b} under ${kind}: ${distance.toFixed(3)}`);
        }),
      );
  });
}
