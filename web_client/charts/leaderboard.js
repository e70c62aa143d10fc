/**
 * A leaderboard: teams in order, with a number, and how many places each moved since the last one.
 *
 *   const board = new Leaderboard(host);
 *   board.update({ title, rows: [{ id, colour, label, text, detail, moved, movedText }] });
 *
 * Law: an ordered list in the DOM; rows are given best first.
 */
import { badge, element, glide } from "./dom.js";

/** @typedef {{id: string, colour: number, label: string, text: string, detail?: string, moved?: number, movedText?: string}} BoardRow */

export class Leaderboard {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.list = element("ol", "leaderboard");
    host.append(this.list);
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
  }

  /** @param {{title: string, rows: BoardRow[]}} data */
  update({ title, rows }) {
    this.list.setAttribute("aria-label", title);
    glide([...this.rows.values()], () => {
      const wanted = new Set(rows.map((row) => row.id));
      for (const [id, item] of this.rows) {
        if (wanted.has(id)) continue;
        item.remove();
        this.rows.delete(id);
      }
      rows.forEach((data, place) => {
        const item = this.rows.get(data.id) ?? element("li");
        this.rows.set(data.id, item);
        this.#fill(item, data, place + 1);
        if (this.list.children[place] !== item) this.list.insertBefore(item, this.list.children[place] ?? null);
      });
    });
  }

  /** @param {HTMLElement} item @param {BoardRow} data @param {number} place */
  #fill(item, data, place) {
    item.className = `board-row team-${data.colour % 6}${place === 1 ? " first" : ""}`;
    const name = element("span", "board-name", data.label);
    if (data.detail) name.append(element("span", "board-detail", data.detail));
    const parts = [element("span", "board-place", String(place)), badge(data), name];
    if (data.moved) {
      const sign = element("span", `board-moved ${data.moved > 0 ? "up" : "down"}`, `${data.moved > 0 ? "▲" : "▼"}${Math.abs(data.moved)}`);
      if (data.movedText) sign.title = data.movedText;
      parts.push(sign);
    }
    parts.push(element("span", "board-value", data.text));
    item.replaceChildren(...parts);
  }

  destroy() {
    this.list.remove();
  }
}
