/**
 * What a person with a thumb, or far from the wall, would stumble over; run inside the page by the browser test.
 *
 * Law: a finding names the element and the number that is wrong; no findings, no defects of these kinds.
 */
(limits) => {
  /** @type {string[]} */
  const found = [];
  /** @param {Element} element */
  const name = (element) =>
    `<${element.tagName.toLowerCase()} class="${element.className}"> ${(element.getAttribute("aria-label") || element.textContent || "").trim().slice(0, 40)}`;
  /** @param {Element} element */
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(".visually-hidden");
  };

  /** Not where something around it cuts it off: what lies there is out of sight. @param {Element} element */
  const inSight = (element) => {
    const box = element.getBoundingClientRect();
    for (let around = element.parentElement; around; around = around.parentElement) {
      const frame = around.getBoundingClientRect();
      const beside = box.left >= frame.right || box.right <= frame.left || box.top >= frame.bottom || box.bottom <= frame.top;
      if (beside && getComputedStyle(around).overflow === "hidden") return false;
    }
    return true;
  };

  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) {
    const culprits = [...document.body.querySelectorAll("*")].filter((element) => visible(element) && element.getBoundingClientRect().right > innerWidth + 0.5);
    found.push(`the page is ${wide} px wider than the screen, because of ${culprits.slice(-2).map(name).join(" and ")}`);
  }

  /** @param {Element} element */
  const scrolls = (element) => ["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX);
  for (const card of document.querySelectorAll("article, .card, .slope-row")) {
    if (!visible(card) || card.closest("dialog")) continue;
    const edge = card.getBoundingClientRect().right + 1;
    for (const inner of card.querySelectorAll("*")) {
      if (inner.closest("svg, canvas, dialog") || !visible(inner) || inner.getBoundingClientRect().right <= edge) continue;
      let around = inner.parentElement;
      while (around && around !== card && !scrolls(around)) around = around.parentElement;
      if (around === card && !scrolls(card)) found.push(`${Math.round(inner.getBoundingClientRect().right - edge)} px outside of its card: ${name(inner)}`);
    }
  }

  if (limits.margin)
    for (const element of document.querySelectorAll(".stage *"))
      if (!element.closest("svg") && visible(element) && inSight(element) && element.getBoundingClientRect().bottom > innerHeight - limits.margin)
        found.push(`${Math.round(innerHeight - element.getBoundingClientRect().bottom)} px from the foot of the screen: ${name(element)}`);

  if (limits.target) {
    for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button], [tabindex='0']")) {
      const label = element.matches("input[type=radio], input[type=checkbox]") ? element.closest("label") : null;
      const target = label ?? element;
      if (!visible(target)) continue;
      const { width, height } = target.getBoundingClientRect();
      if (width < limits.target - 0.5 || height < limits.target - 0.5) found.push(`only ${Math.round(width)} x ${Math.round(height)} px to touch: ${name(target)}`);
    }
  }

  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const parent = node.parentElement;
    if (!node.textContent?.trim() || !parent || parent.closest("script, style, noscript") || !visible(parent)) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < limits.text - 0.1) found.push(`text of ${size} px: ${name(parent)}`);
  }

  for (const element of document.querySelectorAll("button, a[href], select, input:not([type=hidden]), [role=img]")) {
    const label = element.getAttribute("aria-label") || element.textContent?.trim() || /** @type {any} */ (element).labels?.length;
    if (visible(element) && !label) found.push(`without a name for a screen reader: ${name(element)}`);
  }
  return [...new Set(found)];
};
