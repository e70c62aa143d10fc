/**
 * The room and who runs it: the lock, the hosts by name, a second host's way in, and its end.
 *
 * Law: a link that makes a host is shown to the first host alone; what ends another's seat asks a second time.
 *
 * @import {HostView, Welcome} from "../types.js"
 */
import { useSignal } from "@preact/signals";
import { html } from "../components/basic.js";
import { Dialog } from "../components/controls.js";
import { Icon } from "../components/icons.js";
import { t } from "../i18n/index.js";
import { command, view } from "../store.js";

/** @param {{seat: Welcome}} props */
export const HostHosts = ({ seat }) => {
  const [handing, naming] = [useSignal(false), useSignal(false)];
  const locked = !!view.value?.locked;
  const hosts = view.value?.hosts ?? {};
  return html`<section class="card stack-tight" data-testid="host-room">
    <h2 class="card-title">${t("desk.room")}</h2>
    <button type="button" class="button wide" aria-pressed=${String(locked)} data-testid="lock" onClick=${() => command({ t: "lock_room", locked: !locked })}>
      <${Icon} name=${locked ? "lock" : "open_lock"} />${t(locked ? "desk.unlock" : "desk.lock")}
    </button>
    <p class="small soft">${t(locked ? "desk.locked" : "desk.unlocked")}</p>
    <h3 class="label">${t("desk.hosts")}</h3>
    <ul class="members" data-testid="hosts">
      ${Object.entries(hosts).filter(([, host]) => host.first || host.online || host.nickname).map(([id, host]) => html`<li key=${id} class=${host.online ? "" : "away"}>
        <span class="presence" aria-hidden="true"></span>${nameOf(host)}${id === seat.seat ? ` (${t("you").toLowerCase()})` : ""}
        ${!host.online && html`<span class="small faint">${t("away")}</span>`}
      </li>`)}
    </ul>
    <button type="button" class="button quiet wide" data-testid="name-host" onClick=${() => (naming.value = true)}><${Icon} name="people" />${t("desk.own_name")}</button>
    ${seat.cohost_token && html`<button type="button" class="button quiet wide" data-testid="cohost" onClick=${() => (handing.value = true)}>
      <${Icon} name="key" />${t("desk.second_host")}
    </button>`}
    <${Dialog} title=${t("desk.own_name")} open=${naming.value} onClose=${() => (naming.value = false)}>
      <${OwnName} name=${hosts[seat.seat]?.nickname ?? ""} close=${() => (naming.value = false)} />
    </${Dialog}>
    <${Dialog} title=${t("desk.second_host")} open=${handing.value} onClose=${() => (handing.value = false)}>
      <${SecondHost} seat=${seat} />
    </${Dialog}>
  </section>`;
};

/** @param {HostView} host */
const nameOf = (host) => host.nickname || t(host.first ? "desk.first_host" : "desk.second_host");

/** @param {{name: string, close: () => void}} props */
const OwnName = ({ name, close }) => {
  const words = useSignal(name);
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    if (await command({ t: "name_host", nickname: words.value })) close();
  };
  return html`<form class="row guest-name" onSubmit=${save}>
    <label class="field"><span class="label">${t("desk.name")}</span>
      <input class="input" name="host_name" maxlength="24" value=${words.value} onInput=${(/** @type {any} */ event) => (words.value = event.target.value)} /></label>
    <button class="button primary" disabled=${!words.value.trim() || words.value === name}>${t("desk.save")}</button>
  </form>`;
};

/** @param {{seat: Welcome}} props */
const SecondHost = ({ seat }) => {
  const sure = useSignal(false);
  const link = `${(view.value?.join_url ?? location.href).split("#")[0]}#/host/${encodeURIComponent(seat.cohost_token ?? "")}`;
  const withdraw = async () => {
    if (sure.value) await command({ t: "withdraw_host" });
    sure.value = !sure.value;
  };
  return html`<p>${t("desk.second_host_help")}</p>
    <label class="field"><span class="label">${t("desk.second_host_link")}</span>
      <input class="input" readonly value=${link} data-testid="cohost-link" onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>
    <dl class="facts">
      <div><dt>${t("host.code")}</dt><dd class="code">${seat.code}</dd></div>
      <div><dt>${t("desk.second_host_code")}</dt><dd class="code">${seat.cohost_code}</dd></div>
    </dl>
    <p class="small soft">${t("desk.second_host_code_help")}</p>
    <div class="stack-tight">
      ${sure.value && html`<p class="small" role="alert">${t("desk.withdraw_help")}</p>`}
      <button type="button" class=${`button ${sure.value ? "danger" : "quiet"}`} data-testid="withdraw-host" onClick=${withdraw}>
        <${Icon} name="remove" />${t(sure.value ? "desk.withdraw_sure" : "desk.withdraw")}
      </button>
    </div>`;
};
