/**
 * Texts in the reader's language: the part of i18n that the join page needs. Views import i18n/index.js, which adds numbers and money.
 *
 * Law: no word that a person reads stands outside this folder. A language is a folder of areas (`join`, `home`, `game`, ...), each a map from key to text; `{name}` is
 * filled in, and what depends on a count is a map `{one, other}`. A new language draws the page anew from its root.
 */

/** What each language calls itself. @type {Record<string, string>} */
export const LANGUAGES = { en: "English", nb: "Norsk" };

/** The language in use; only `setLanguage` changes it. */
export const language = { value: "en" };

/** @type {Record<string, Record<string, any>>} language -> key -> text, or plural form -> text */
const texts = {};
const loaded = new Set();
const areas = new Set(["join"]);
let changed = () => {};

/** @param {() => void} draw called when the language has changed */
export const onLanguage = (draw) => void (changed = draw);

/** @param {string} area fetched before anything that reads it is drawn */
export function loadTexts(area) {
  areas.add(area);
  return fetchArea(language.value, area);
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
  try {
    if (chosen) localStorage.setItem("townsquare.language", code);
  } catch {}
  await Promise.all([...areas].map((area) => fetchArea(code, area)));
  document.documentElement.lang = language.value = code;
  changed();
}

/** @returns {string | null} null also where the browser lets no page store anything */
function chosen() {
  try {
    return localStorage.getItem("townsquare.language");
  } catch {
    return null;
  }
}

/** The room's language, unless this person chose another. @param {string} code */
export async function adoptLanguage(code) {
  if (!chosen() && code !== language.value) await setLanguage(code);
}

/** What the person chose, or what the browser asks for. */
export function preferredLanguage() {
  const wanted = [chosen(), ...navigator.languages].map((tag) => tag?.slice(0, 2).replace(/^n[on]$/, "nb"));
  return wanted.find((code) => code && code in LANGUAGES) ?? "en";
}

/** @param {string} key */
export const has = (key) => key in (texts[language.value] ?? {});

/** @param {string} key @param {Record<string, string | number>} [values] `count` chooses the plural @returns {string} */
export function t(key, values = {}) {
  const entry = texts[language.value]?.[key] ?? key;
  const form = entry.other ? (entry[new Intl.PluralRules(language.value).select(+values.count)] ?? entry.other) : entry;
  return form.replace(/\{(\w+)\}/g, (/** @type {any} */ _, /** @type {string} */ name) => (values[name] ?? "").toLocaleString(language.value));
}

/** A text that came over the wire, in the reader's language. @param {Record<string, string> | undefined} wire */
export const text = (wire) => wire?.[language.value] ?? wire?.en ?? Object.values(wire ?? {})[0] ?? "";
