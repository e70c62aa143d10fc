/**
 * Bars: one row for each team, longest first, gliding to new places.
 *
 *   const bars = new Bars(host); bars.update({ title, rows: [{ id, colour, label, value, text }] }); bars.destroy();
 *
 * Law: a description list in the DOM: the name and the number are text, the bar only repeats them.
 */
import { badge, element, glide } from "./dom.js";
import { share } from "./scale.js";

/** @typedef {{id: string, colour: number, label: string, value: number, text: string}} BarRow */

export class Bars {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.list = element("ul", "bars");
    host.append(this.list);
    /** @type {Map<string, {row: HTMLElement, label: HTMLElement, text: HTMLElement, fill: HTMLElement}>} */
    this.rows = new Map();
  }

  /** @param {{title: string, rows: BarRow[]}} data */
  update({ title, rows }) {
    this.list.setAttribute("aria-label", title);
    const order = [...rows].sort((a, b) => b.value - a.value);
    const most = order[0]?.value ?? 0;
    for (const data of order) this.#fill(data, most);
    const wanted = new Set(order.map((row) => row.id));
    for (const [id, { row }] of this.rows) {
      if (wanted.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    glide(/** @type {HTMLElement[]} */ ([...this.list.children]), () => {
      order.forEach(({ id }, place) => {
        const { row } = /** @type {{row: HTMLElement}} */ (this.rows.get(id));
        if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place] ?? null);
      });
    });
  }

  /** @param {BarRow} data @param {number} most */
  #fill(data, most) {
    let parts = this.rows.get(data.id);
    if (!parts) this.rows.set(data.id, (parts = this.#make(data)));
    parts.label.textContent = data.label;
    parts.text.textContent = data.text;
    parts.fill.style.transform = `scaleX(${share(data.value, most)})`;
  }

  /** @param {BarRow} data */
  #make(data) {
    const row = element("li", `bar team-${data.colour % 6}`);
    const label = element("span", "bar-label");
    const text = element("span", "bar-value");
    const track = element("span", "bar-track");
    const fill = element("span", "bar-fill");
    track.setAttribute("aria-hidden", "true");
    track.append(fill);
    row.append(badge(data), label, text, track);
    return { row, label, text, fill };
  }

  destroy() {
    this.list.remove();
  }
}
