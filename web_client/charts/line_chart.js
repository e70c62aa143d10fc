/**
 * A line chart over ticks: one line for each team, its letter at the line's end, rounds as columns, a readout that follows pointer and arrow keys, and
 * the same numbers as a table.
 *
 *   const chart = new LineChart(host);
 *   chart.update({ title, ticksPerRound, series: [{ id, colour, label, values }], format, words: { round, table, at } }); chart.destroy();
 *
 * Law: no colour-only cue (letters and dash patterns), nothing that only a pointer can reach, colours from the page's tokens.
 */
import UPlot from "uplot";
import { badge, element } from "./dom.js";
import { spread } from "./scale.js";

/** @typedef {{id: string, colour: number, label: string, values: (number | null)[]}} Series */
/**
 * @typedef {object} LineData
 * @property {string} title
 * @property {number} ticksPerRound
 * @property {Series[]} series
 * @property {(value: number) => string} format full number
 * @property {(value: number) => string} [short] number for the axis
 * @property {number} [mark] a round to point out
 * @property {{round: (round: number) => string, at: (round: number, day: number) => string, table: string, hint: string}} words
 */

const DASHES = [[], [10, 4], [3, 3], [12, 4, 3, 4], [6, 6], [2, 5]];
const LABEL = 20; // side of a letter's square at a line's end, CSS pixels

export class LineChart {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.root = element("figure", "line-chart");
    this.plotHost = element("div", "line-chart-plot");
    this.plotHost.tabIndex = 0;
    this.plotHost.setAttribute("role", "img");
    this.readout = element("p", "line-chart-readout");
    this.readout.setAttribute("aria-live", "polite");
    this.table = element("details", "chart-table");
    this.root.append(this.readout, this.plotHost, this.table);
    host.append(this.root);
    /** @type {UPlot | null} */
    this.plot = null;
    /** @type {LineData | null} */
    this.data = null;
    this.shape = "";
    this.sizes = new ResizeObserver(() => this.#resize());
    this.sizes.observe(this.plotHost);
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#rebuild(), { signal });
    this.plotHost.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** @param {LineData} data */
  update(data) {
    this.data = data;
    this.plotHost.setAttribute("aria-label", `${data.title}. ${data.words.hint}`);
    const shape = JSON.stringify([data.title, data.mark, data.series.map((one) => [one.id, one.colour])]);
    if (this.plot && shape === this.shape) this.plot.setData(this.#columns());
    else this.#rebuild();
    this.shape = shape;
    this.#fillTable();
    this.#read(null);
  }

  /** @returns {UPlot.AlignedData} */
  #columns() {
    const { series } = /** @type {LineData} */ (this.data);
    const length = Math.max(0, ...series.map((one) => one.values.length));
    return [Array.from({ length }, (_, k) => k + 1), ...series.map((one) => one.values)];
  }

  #rebuild() {
    this.plot?.destroy();
    this.plot = null;
    if (!this.data || this.plotHost.clientWidth < 2) return;
    this.plot = new UPlot(this.#options(), this.#columns(), this.plotHost);
  }

  #resize() {
    if (!this.plot) return this.#rebuild();
    const { clientWidth: width, clientHeight: height } = this.plotHost;
    if (width > 1 && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
  }

  /** @returns {UPlot.Options} */
  #options() {
    const data = /** @type {LineData} */ (this.data);
    const style = getComputedStyle(this.plotHost);
    const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const font = `${style.fontSize} ${style.fontFamily}`;
    const size = Number.parseFloat(style.fontSize);
    const grid = { stroke: token("--line"), width: 1 };
    return {
      width: this.plotHost.clientWidth,
      height: this.plotHost.clientHeight,
      padding: [10, LABEL + 8, 0, 4],
      legend: { show: false },
      cursor: { y: false, points: { size: 9 }, drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: (_, low, high) => reachZero(low, high) } },
      axes: [
        {
          stroke: token("--text-soft"),
          font,
          size: size * 2,
          gap: 4,
          grid,
          ticks: { show: false },
          splits: (plot) => roundStarts(plot.data[0].length, data.ticksPerRound),
          values: (_, splits) => splits.map((tick) => String(Math.round((tick - 0.5) / data.ticksPerRound) + 1)),
          space: 0,
        },
        { stroke: token("--text-soft"), font, size: (/** @type {unknown} */ _, /** @type {string[] | null} */ values) => axisWidth(values ?? [], size), gap: 4, grid, ticks: { show: false }, values: (_, splits) => splits.map(data.short ?? data.format), space: size * 3 },
      ],
      series: [
        {},
        ...data.series.map((one) => ({
          label: one.label,
          stroke: token(`--team-${one.colour % 6}`),
          width: 2.4,
          dash: DASHES[one.colour % DASHES.length],
          points: { show: false },
          spanGaps: true,
        })),
      ],
      hooks: {
        drawAxes: [(plot) => this.#shadeRound(plot, token("--accent-wash"))],
        draw: [(plot) => this.#drawLetters(plot, token, style.fontFamily)],
        setCursor: [(plot) => this.#read(plot.cursor.idx ?? null)],
      },
    };
  }

  /** @param {UPlot} plot @param {string} colour */
  #shadeRound(plot, colour) {
    const data = /** @type {LineData} */ (this.data);
    if (!data.mark) return;
    const from = plot.valToPos((data.mark - 1) * data.ticksPerRound + 0.5, "x", true);
    const to = plot.valToPos(data.mark * data.ticksPerRound + 0.5, "x", true);
    const left = Math.max(from, plot.bbox.left);
    plot.ctx.save();
    plot.ctx.globalCompositeOperation = "destination-over";
    plot.ctx.fillStyle = colour;
    plot.ctx.fillRect(left, plot.bbox.top, Math.min(to, plot.bbox.left + plot.bbox.width) - left, plot.bbox.height);
    plot.ctx.restore();
  }

  /** A square with the team's letter at the end of each line. @param {UPlot} plot @param {(name: string) => string} token @param {string} family */
  #drawLetters(plot, token, family) {
    const { series } = /** @type {LineData} */ (this.data);
    const ratio = devicePixelRatio || 1;
    const side = LABEL * ratio;
    const ends = series.flatMap((one) => {
      const at = one.values.findLastIndex((value) => value !== null);
      return at < 0 ? [] : [{ one, x: plot.valToPos(at + 1, "x", true), y: plot.valToPos(/** @type {number} */ (one.values[at]), "y", true) }];
    });
    const { top, height } = plot.bbox;
    const ys = spread(ends.map((end) => end.y), side + 2 * ratio, top + side / 2, top + height - side / 2);
    const { ctx } = plot;
    ctx.save();
    ctx.font = `700 ${13 * ratio}px ${family}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ends.forEach(({ one, x }, k) => {
      ctx.fillStyle = token(`--team-${one.colour % 6}`);
      ctx.beginPath();
      ctx.roundRect(x + 4 * ratio, ys[k] - side / 2, side, side, 4 * ratio);
      ctx.fill();
      ctx.fillStyle = token("--on-team");
      ctx.fillText(one.id.slice(0, 2), x + 4 * ratio + side / 2, ys[k] + ratio);
    });
    ctx.restore();
  }

  /** Say the numbers at a tick, or at the end. @param {number | null} at */
  #read(at) {
    const data = this.data;
    if (!data) return;
    const last = Math.max(0, ...data.series.map((one) => one.values.length)) - 1;
    const tick = at ?? last;
    const parts = data.series.map((one) => {
      const value = one.values[tick];
      const part = element("span", "readout-part");
      part.append(badge(one), element("span", "visually-hidden", one.label), element("span", "", value == null ? "–" : data.format(value)));
      return part;
    });
    const when = tick < 0 ? "" : data.words.at(Math.floor(tick / data.ticksPerRound) + 1, (tick % data.ticksPerRound) + 1);
    this.readout.replaceChildren(element("span", "readout-when", when), ...parts);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { plot, data } = this;
    if (!plot || !data) return;
    const last = plot.data[0].length - 1;
    const now = plot.cursor.idx ?? last;
    const step = event.shiftKey ? data.ticksPerRound : 1;
    const next = { ArrowLeft: now - step, ArrowRight: now + step, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(last, next));
    plot.setCursor({ left: plot.valToPos(at + 1, "x"), top: plot.bbox.height / 2 });
  }

  /** The same numbers at the end of each round. */
  #fillTable() {
    const { series, ticksPerRound, format, words } = /** @type {LineData} */ (this.data);
    const rounds = Math.ceil(Math.max(0, ...series.map((one) => one.values.length)) / ticksPerRound);
    const table = element("table");
    const head = table.createTHead().insertRow();
    head.append(element("td"));
    for (let round = 1; round <= rounds; round++) head.append(heading("col", words.round(round)));
    const body = table.createTBody();
    for (const one of series) {
      const row = body.insertRow();
      row.append(heading("row", one.label));
      for (let round = 1; round <= rounds; round++) {
        const value = one.values[Math.min(one.values.length, round * ticksPerRound) - 1];
        row.append(element("td", "", value == null ? "–" : format(value)));
      }
    }
    const scroller = element("div", "chart-scroll");
    scroller.append(table);
    this.table.replaceChildren(element("summary", "", words.table), scroller);
  }

  destroy() {
    this.stopping.abort();
    this.sizes.disconnect();
    this.plot?.destroy();
    this.root.remove();
  }
}

/** @param {"row" | "col"} scope @param {string} text */
function heading(scope, text) {
  const made = element("th", "", text);
  made.scope = scope;
  return made;
}

/** Pixels beside the plot in which the longest label has room. @param {string[]} labels @param {number} size of the font */
export const axisWidth = (labels, size) => size * Math.max(3.6, 0.7 + 0.62 * Math.max(0, ...labels.map((label) => label.length)));

/** A range that begins at zero when the values come near it. @param {number} low @param {number} high @returns {[number, number]} */
export function reachZero(low, high) {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const floor = low >= 0 && low < high * 0.6 ? 0 : low - room;
  return [floor, high <= 0 && high > low * 0.6 ? 0 : high + room];
}

/** Where each round begins on an axis of ticks. @param {number} ticks @param {number} ticksPerRound @returns {number[]} */
export function roundStarts(ticks, ticksPerRound) {
  return Array.from({ length: Math.ceil(ticks / ticksPerRound) }, (_, round) => round * ticksPerRound + 0.5);
}
