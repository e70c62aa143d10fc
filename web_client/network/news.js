/**
 * What changed in the market between two frames, as items for a ticker.
 *
 * Law: pure; says which and how many, never in which words.
 */
import { VENDOR_LIMIT, stageOf, vendorOf } from "./states.js";

/** @typedef {{kind: "customer" | "advocate" | "lost" | "considering", vendor: number, count: number}} NewsItem */

const KINDS = /** @type {const} */ ({ 2: "considering", 3: "customer", 4: "advocate", 5: "lost" });

/**
 * Buyers who came to a stage with a vendor since the frame before, most important kind first.
 * @param {Uint8Array} before @param {Uint8Array} after
 * @returns {NewsItem[]}
 */
export function newsBetween(before, after) {
  if (before.length !== after.length) return [];
  const counts = new Uint32Array(8 * VENDOR_LIMIT);
  for (let node = 0; node < after.length; node++) {
    if ((before[node] ^ after[node]) & 0x3f) counts[vendorOf(after[node]) * 8 + stageOf(after[node])]++;
  }
  const items = [];
  for (const stage of /** @type {const} */ ([4, 5, 3, 2])) {
    for (let vendor = 0; vendor < VENDOR_LIMIT; vendor++) {
      const count = counts[vendor * 8 + stage];
      if (count) items.push({ kind: KINDS[stage], vendor, count });
    }
  }
  return items;
}
