/**
 * The numbers behind the charts: shares, labels that keep clear of each other. Law: pure.
 */

/** Share of the greatest, 0..1; negative values count as nothing. @param {number} value @param {number} most */
export const share = (value, most) => (most > 0 ? Math.max(0, Math.min(1, value / most)) : 0);

/**
 * Positions near the wanted ones, at least `gap` apart and within the limits, in the same order.
 * @param {number[]} wanted @param {number} gap @param {number} low @param {number} high
 * @returns {number[]}
 */
export function spread(wanted, gap, low, high) {
  const order = wanted.map((_, k) => k).sort((a, b) => wanted[a] - wanted[b]);
  const placed = new Array(wanted.length).fill(0);
  let floor = low;
  for (const k of order) {
    placed[k] = Math.max(floor, wanted[k]);
    floor = placed[k] + gap;
  }
  let ceiling = high;
  for (const k of order.reverse()) {
    placed[k] = Math.min(ceiling, placed[k]);
    ceiling = placed[k] - gap;
  }
  return placed;
}
