/**
 * The controls of a game: stepper, meter, select, dialog, empty state.
 *
 * Law: a control says in words what it does, is at least 44 px high, and works from the keyboard; what it shows comes in through its props.
 */
import { useEffect, useRef } from "preact/hooks";
import { number, t } from "../i18n/index.js";
import { html } from "./basic.js";
import { Icon } from "./icons.js";

/**
 * A level from 0 to `max` by two buttons; dots show it, a number says it.
 *
 * @param {{label: string, value: number, max: number, onChange: (value: number) => void, blocked?: string | null, disabled?: boolean}} props
 *   blocked: why it cannot go up now
 */
export const Stepper = ({ label, value, max, onChange, blocked = null, disabled = false }) => html`
  <div class="stepper" role="group" aria-label=${label}>
    <button type="button" class="step" disabled=${disabled || value <= 0} onClick=${() => onChange(value - 1)} aria-label=${t("stepper.less", { label })}>
      <${Icon} name="remove" />
    </button>
    <span class="level" aria-live="polite">
      <strong>${number(value)}</strong>
      <span class="dots" aria-hidden="true">${Array.from({ length: max }, (_, i) => html`<i class=${i < value ? "on" : ""}></i>`)}</span>
      <span class="visually-hidden">${t("stepper.of", { max })}</span>
    </span>
    <button type="button" class="step" disabled=${disabled || value >= max || !!blocked} onClick=${() => onChange(value + 1)}
      aria-label=${blocked ?? t("stepper.more", { label })}>
      <${Icon} name="add" />
    </button>
  </div>
`;

/**
 * How much of a budget a plan takes.
 *
 * @param {{icon: string, label: string, used: number, of: number, format: (value: number) => string}} props
 */
export const Meter = ({ icon, label, used, of, format }) => {
  const share = of ? used / of : 0;
  const left = of - used;
  return html`<div class=${`meter ${share > 1 ? "over" : ""}`}>
    <span class="meter-label"><${Icon} name=${icon} /><span>${label}</span></span>
    <span class="meter-figures"><strong>${format(left)}</strong> ${t("meter.left")}</span>
    <meter class="visually-hidden" min="0" max=${of} value=${used} aria-label=${label}>${t("meter.used", { used: format(used), of: format(of) })}</meter>
    <span class="meter-bar" aria-hidden="true"><i style=${{ width: `${Math.min(1, share) * 100}%` }}></i></span>
  </div>`;
};

/**
 * @param {{label: string, value: string | null, all: string, choices: {id: string, name: string}[], onChange: (value: string | null) => void,
 *   disabled?: boolean}} props all: what null is called
 */
export const Select = ({ label, value, all, choices, onChange, disabled = false }) => html`<label class="field compact-field">
  <span class="small soft">${label}</span>
  <select class="select" value=${value ?? ""} disabled=${disabled} onChange=${(/** @type {any} */ event) => onChange(event.target.value || null)}>
    <option value="">${all}</option>
    ${choices.map((choice) => html`<option value=${choice.id} selected=${choice.id === value}>${choice.name}</option>`)}
  </select>
</label>`;

/** @param {{title: string, open: boolean, onClose: () => void, children?: any}} props */
export const Dialog = ({ title, open, onClose, children }) => {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (open && !ref.current?.open) ref.current?.showModal();
    if (!open && ref.current?.open) ref.current.close();
  }, [open]);
  /** @param {MouseEvent} event */
  const outside = (event) => event.target === ref.current && onClose();
  return html`<dialog ref=${ref} class="dialog" aria-label=${title} onClose=${onClose} onClick=${outside}>
    ${open && html`<div class="dialog-body">
      <header class="dialog-head"><h2>${title}</h2><button type="button" class="x" aria-label=${t("close")} onClick=${onClose}>×</button></header>
      ${children}
    </div>`}
  </dialog>`;
};

/** @param {{icon?: string, title: string, children?: any}} props */
export const Empty = ({ icon = "question", title, children }) => html`<div class="empty">
  <${Icon} name=${icon} /><strong>${title}</strong>${children && html`<span class="soft">${children}</span>`}
</div>`;
