/** Line icons, drawn on a 24 px grid. Law: an icon never stands for a word alone; it is hidden from those who listen to the page. */
import { html } from "./basic.js";

/** @type {Record<string, string>} */
const PATHS = {
  campaign: "M4 10v4h3l8 4V6l-8 4H4zM18 9a4 4 0 0 1 0 6",
  relationship: "M4 5h11v8H9l-3 3v-3H4zM18 9h2v8h-2v3l-3-3h-4v-2",
  listening: "M8 18c0-3-2-4-2-8a6 6 0 1 1 12 0c0 3-4 4-4 7a3 3 0 0 1-5 2M9.5 10a2.5 2.5 0 0 1 5 0",
  money: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM15 9.5c-3-1.6-5.5 0-5.5 2.5s2.500 4 5.500 2.500M7.800 11.200h5M7.800 13h4",
  hours: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.500l3 2",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.500 19c0-3 2.500-5 5.500-5s5.500 2 5.500 5M16 11a2.500 2.500 0 1 0-1-4.800M17 14.200c2 .5 3.500 2.300 3.500 4.800",
  robot: "M6 9h12v9H6zM12 9V5M9.500 13v1M14.500 13v1M4 12v3M20 12v3",
  check: "M5 12.500l4.500 4.500L19 7.500",
  warning: "M12 5l8 14H4zM12 10.500v4M12 16.700v.3",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.500l10 6.500-10 6.500z",
  next: "M6 6l7 6-7 6zM17 6v12",
  add: "M12 6v12M6 12h12",
  remove: "M6 12h12",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
  download: "M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14",
  question: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.200v.3",
  event: "M13 4L6 13h5l-1 7 8-10h-5z",
  note: "M4 6h16v10H10l-4 4v-4H4z",
  lock: "M7 11h10v8H7zM9 11V8a3 3 0 0 1 6 0v3",
  open_lock: "M7 11h10v8H7zM9 11V8a3 3 0 0 1 5.600-1.500",
  step: "M7 6l7 6-7 6zM17.500 6v12",
  search: "M10.500 5a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM14.700 14.700L19 19",
  back: "M10 6l-6 6 6 6M4 12h11a5 5 0 0 1 5 5v1",
  more: "M6 9.500l6 6 6-6",
  key: "M8.500 12a3.500 3.500 0 1 0 0 .1zM12 12h8v3M17 12v2.500",
};

/** @param {{name: string}} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <path d=${PATHS[name]} />
</svg>`;
