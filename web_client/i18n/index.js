/**
 * Texts, numbers and money in the reader's language.
 *
 * Law: no word that a person reads stands anywhere else. A language is a folder with one file per area (`join`: what the first page needs; `game`; `stage`: the
 * projector and the debrief), each a map from key to text. `{name}` is filled in; a text that depends on a count is a map `{one, other}`.
 * All languages have the same keys: a test holds it. `language` is a signal: who read a text is drawn again when it changes.
 */
import { signal } from "@preact/signals-core";

/** What each language calls itself. */
export const LANGUAGES = /** @type {Record<string, string>} */ ({ en: "English", nb: "Norsk" });

/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Entry */

export const language = signal("en");

/** @type {Record<string, Record<string, Entry>>} language -> key -> text */
const texts = {};
const loaded = new Set();
const areas = new Set(["join"]);

/** Fetch an area in the current language, before anything that reads it is drawn. @param {string} area */
export async function loadTexts(area) {
  areas.add(area);
  await fetchArea(language.value, area);
}

/** @param {string} code @param {string} area */
async function fetchArea(code, area) {
  if (loaded.has(code + area)) return;
  const module = await import(`./${code}/${area}.js`);
  texts[code] = { ...texts[code], ...module.default };
  loaded.add(code + area);
}

/** @param {string} code @param {boolean} chosen by the person, not by the browser or the room */
export async function setLanguage(code, chosen = false) {
  if (!(code in LANGUAGES)) return;
  if (chosen) localStorage.setItem("townsquare.language", code);
  await Promise.all([...areas].map((area) => fetchArea(code, area)));
  document.documentElement.lang = code;
  language.value = code;
}

/** The room's language, unless this person chose another. @param {string} code */
export const adoptLanguage = (code) => (localStorage.getItem("townsquare.language") || code === language.value ? undefined : setLanguage(code));

/** @returns {string} what the person chose, or what the browser asks for */
export function preferredLanguage() {
  const wanted = [localStorage.getItem("townsquare.language"), ...navigator.languages].map((tag) => tag?.slice(0, 2).replace(/^n[on]$/, "nb"));
  return wanted.find((code) => code && code in LANGUAGES) ?? "en";
}

/** @param {string} key */
export const has = (key) => key in (texts[language.value] ?? {});

/** @param {string} key @param {Record<string, string | number>} [values] `count` chooses the plural @returns {string} */
export function t(key, values = {}) {
  const entry = texts[language.value]?.[key];
  const form = typeof entry === "object" ? (entry[new Intl.PluralRules(language.value).select(Number(values.count))] ?? entry.other) : entry;
  return (form ?? key).replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? number(values[name]) : (values[name] ?? "")));
}

/** A text that came over the wire, in the reader's language. @param {Record<string, string> | undefined} wire */
export const text = (wire) => wire?.[language.value] ?? wire?.en ?? Object.values(wire ?? {})[0] ?? "";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value @param {Intl.NumberFormatOptions} options */
function format(value, options) {
  const key = language.value + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.NumberFormat(language.value, options)));
  return made.format(value);
}

/** @param {number} value @param {number} [digits] after the point at most; default 0, or 2 for what is smaller than 10 and not whole */
export const number = (value, digits) => format(value, { maximumFractionDigits: digits ?? (Math.abs(value) < 10 ? 2 : 0) });
/** 12 345 678 as "12M": for tight places. @param {number} value */
export const compact = (value) => format(value, { notation: "compact", maximumFractionDigits: 1 });
/** @param {number} value a share of 1 @param {number} [digits] */
export const percent = (value, digits = 0) => format(value, { style: "percent", maximumFractionDigits: digits });
/** Money of the game: whole units, no brand of currency. @param {number} value */
export const money = (value) => `${format(value, { maximumFractionDigits: 0 })} ¤`.replace("¤", "$");
/** @param {number} value */
export const hours = (value) => format(value, { style: "unit", unit: "hour", unitDisplay: "short", maximumFractionDigits: 1 });
/** @param {number} value with its sign */
export const signed = (value) => format(value, { signDisplay: "exceptZero", maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });

/** What a metric is called; an id without a text is shown as words. @param {string} id */
export const metric = (id) => (has(`metric.${id}`) ? t(`metric.${id}`) : id.replaceAll("_", " "));
