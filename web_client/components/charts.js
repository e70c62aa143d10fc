/**
 * The charts and the network as components: thin wrappers that hand their properties to a class of charts/ or network/.
 *
 * Law: no drawing here. `<${LineChart} ...LineData />`, `<${Bars} title rows />`, `<${Slope} left right />` take the data
 * that the class's `update` takes; see the head of each class.
 */
import { useEffect, useRef } from "preact/hooks";
import { Bars as BarsClass } from "../charts/bars.js";
import { Slope as SlopeClass } from "../charts/slope.js";
import { html } from "./basic.js";

/** @typedef {{update: (data: any) => void, destroy: () => void}} Chart */

/** @param {new (host: HTMLElement) => Chart} Class @param {string} className */
const wrap = (Class, className) => (/** @type {any} */ props) => {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {Chart | null} */ (null));
  useEffect(() => {
    chart.current = new Class(/** @type {HTMLElement} */ (host.current));
    return () => chart.current?.destroy();
  }, []);
  useEffect(() => chart.current?.update(props));
  return html`<div class=${`${className} ${props.class ?? ""}`} ref=${host}></div>`;
};

export const Bars = wrap(BarsClass, "bars-host");
export const Slope = wrap(SlopeClass, "slope-host");

/** uPlot is large: its chart comes when the first one is drawn. @param {any} props */
export const LineChart = (props) => {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {Chart | null} */ (null));
  const newest = useRef(props);
  newest.current = props;
  useEffect(() => {
    let gone = false;
    import("../charts/line_chart.js").then(({ LineChart: Class }) => {
      if (gone) return;
      chart.current = new Class(/** @type {HTMLElement} */ (host.current));
      chart.current?.update(newest.current);
    });
    return () => {
      gone = true;
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.update(props));
  return html`<div class=${`line-chart-host ${props.class ?? ""}`} ref=${host}></div>`;
};
