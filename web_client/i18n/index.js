/**
 * Texts, numbers and money in the reader's language: what views import.
 *
 * Law: every number on the screen goes through here, so that it has the reader's signs and spaces.
 */
import { has, language, t } from "./texts.js";

export * from "./texts.js";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value @param {Intl.NumberFormatOptions} options */
function format(value, options) {
  const key = language.value + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.NumberFormat(language.value, options)));
  return made.format(value);
}

/** @param {number} value how many digits follow the point when nobody says: what is small and not whole needs them */
const digitsOf = (value) => (Math.abs(value) < 10 ? 2 : 0);

/** @param {number} value @param {number} [digits] after the point at most */
export const number = (value, digits = digitsOf(value)) => format(value, { maximumFractionDigits: digits });
/** 12 345 678 as "12M": for tight places. @param {number} value */
export const compact = (value) => format(value, { notation: "compact", maximumFractionDigits: 1 });
/** @param {number} value a share of 1 @param {number} [digits] */
export const percent = (value, digits = 0) => format(value, { style: "percent", maximumFractionDigits: digits });
/** @param {number} value */
export const money = (value) => format(value, { style: "currency", currency: "EUR", maximumFractionDigits: 0 });
/** @param {number} value */
export const hours = (value) => format(value, { style: "unit", unit: "hour", unitDisplay: "short", maximumFractionDigits: 1 });
/** @param {number} value with its sign @param {number} [digits] */
export const signed = (value, digits = digitsOf(value)) => format(value, { signDisplay: "exceptZero", maximumFractionDigits: digits });

/** What a metric is called; an id without a text is shown as words. @param {string} id */
export const metric = (id) => (has(`metric.${id}`) ? t(`metric.${id}`) : id.replaceAll("_", " "));
