/**
 * The little DOM that the charts share. Law: text goes in as text, styles through CSSOM (the page's CSP allows no inline markup).
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {string} [className] @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/**
 * @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text]
 * @returns {SVGElement}
 */
export function svg(tag, attributes, text = "") {
  const made = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text) made.textContent = text;
  return made;
}

export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const MOVE_MS = 520;

/**
 * Let children glide from where they were to where they are now (first, last, invert, play).
 * @param {Iterable<HTMLElement>} children @param {() => void} rearrange
 */
export function glide(children, rearrange) {
  const before = new Map([...children].map((child) => [child, child.getBoundingClientRect().top]));
  rearrange();
  if (isStill()) return;
  for (const [child, top] of before) {
    const moved = top - child.getBoundingClientRect().top;
    if (child.isConnected && Math.abs(moved) > 1) {
      child.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    }
  }
}

/** A team's badge: its letter on its colour. @param {{id: string, colour: number}} team */
export function badge({ id, colour }) {
  const made = element("span", `badge team-${colour % 6}`, id.slice(0, 2));
  made.setAttribute("aria-hidden", "true");
  return made;
}
