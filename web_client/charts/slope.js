/**
 * Two rankings of the same teams, side by side, a line from each team's place in one to its place in the other: who looked like winning, who won.
 *
 *   const slope = new Slope(host); slope.update({ title, left: { title, unit, rows }, right: { title, unit, rows } }); // rows best first: { id, colour, label, text }
 *
 * Law: both sides are ordered lists of text; the lines between are decoration that repeats them. Lines cross under a thin border of the ground, so that
 * a crossing can be followed by eye.
 */
import { badge, element, isStill, svg } from "./dom.js";

/** @typedef {{id: string, colour: number, label: string, text: string, place?: number}} SlopeRow place: else the row's order says it */
/** @typedef {{title: string, unit: string, rows: SlopeRow[]}} SlopeSide */

export class Slope {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.root = element("div", "slope");
    this.left = element("div", "slope-side left");
    this.middle = svg("svg", { class: "slope-lines", viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.right = element("div", "slope-side right");
    this.root.append(this.left, this.middle, this.right);
    host.append(this.root);
    this.before = "";
  }

  /** @param {{left: SlopeSide, right: SlopeSide}} data */
  update({ left, right }) {
    const now = JSON.stringify([left, right]);
    if (now === this.before) return;
    this.before = now;
    this.#side(this.left, left);
    this.#side(this.right, right);
    this.#lines(left.rows, right.rows);
  }

  /** @param {HTMLElement} host @param {SlopeSide} side */
  #side(host, { title, unit, rows }) {
    const list = element("ol", "slope-list");
    list.setAttribute("aria-label", `${title}: ${unit}`);
    const head = element("h3", "slope-title", title);
    head.append(element("span", "slope-unit", unit));
    rows.forEach((row, place) => {
      const item = element("li", `slope-row team-${row.colour % 6}${place === 0 ? " first" : ""}`);
      const name = element("span", "slope-name", row.label);
      name.append(element("span", "slope-value", row.text));
      item.append(element("span", "slope-place", String(row.place ?? place + 1)), badge(row), name);
      list.append(item);
    });
    host.replaceChildren(head, list);
  }

  /** @param {SlopeRow[]} left @param {SlopeRow[]} right */
  #lines(left, right) {
    const place = (/** @type {number} */ k) => ((k + 0.5) / left.length) * 100;
    this.middle.replaceChildren();
    const winner = right[0]?.id;
    const order = [...left.keys()].sort((a, b) => Number(left[a].id === winner) - Number(left[b].id === winner));
    for (const from of order) {
      const { id, colour } = left[from];
      const to = right.findIndex((row) => row.id === id);
      if (to < 0) continue;
      const d = `M0 ${place(from)} C 50 ${place(from)}, 50 ${place(to)}, 100 ${place(to)}`;
      const casing = svg("path", { d, class: "slope-casing" });
      const line = svg("path", { d, class: `slope-line team-${colour % 6}${id === winner ? " winner" : ""}` });
      this.middle.append(casing, line);
      if (!isStill()) for (const path of [casing, line]) path.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 500, delay: 140 * from, fill: "backwards" });
    }
  }

  destroy() {
    this.root.remove();
  }
}
