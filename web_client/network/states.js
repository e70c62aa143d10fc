/**
 * States of the buyers as the wire packs them, one byte each, and what can be counted in them.
 *
 * Law: no DOM, no drawing. A byte's bits: 0-2 stage, 3-5 vendor, 6 "saw a vendor's message this tick".
 */

export const STAGES = /** @type {const} */ (["unaware", "aware", "considering", "customer", "advocate", "lost"]);
export const STAGE_COUNT = STAGES.length;
export const VENDOR_LIMIT = 8;
export const LOOK_MASK = 0x3f; // what a node looks like; the rest of the byte only makes it pulse
export const PULSE_BIT = 0x40;

/** @param {number} state */
export const stageOf = (state) => state & 7;
/** @param {number} state */
export const vendorOf = (state) => (state >> 3) & 7;

/**
 * Buyers in each stage.
 * @param {Uint8Array} bytes
 * @returns {number[]} one number for each of STAGES
 */
export function countStages(bytes) {
  const counts = new Array(8).fill(0);
  for (let node = 0; node < bytes.length; node++) counts[bytes[node] & 7]++;
  return counts.slice(0, STAGE_COUNT);
}

/**
 * Buyers in each stage of each vendor.
 * @param {Uint8Array} bytes
 * @returns {number[][]} [vendor][stage]
 */
export function countByVendor(bytes) {
  const flat = new Uint32Array(64);
  for (let node = 0; node < bytes.length; node++) flat[bytes[node] & LOOK_MASK]++;
  return Array.from({ length: VENDOR_LIMIT }, (_, vendor) => Array.from(flat.subarray(vendor * 8, vendor * 8 + STAGE_COUNT)));
}
