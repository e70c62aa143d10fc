/**
 * How people come in: QR, code and address for guests; the projector's page; the facilitator's own way back; the session to take home.
 *
 * Law: the projector's and the session's addresses carry a token: they are shown to the facilitator alone.
 */
import { reachable, sessionAddress } from "../addresses.js";
import { html } from "../components/basic.js";
import { Icon } from "../components/icons.js";
import { t } from "../i18n/index.js";
import { view } from "../store.js";

/** @param {{seat: import("../types.js").Welcome, big?: boolean, open?: boolean}} props open: guests may still come */
export const HostDoor = ({ seat, big = false, open = true }) => {
  const address = view.value?.join_url ?? "";
  const [, host = address, path = ""] = address.match(/^https?:\/\/([^/]*)(.*)$/) ?? [];
  return html`<section class=${`card door-card ${big ? "big" : ""}`}>
    ${open && reachable(address) && html`<img class="qr" src=${`qr/${seat.code}.svg`} width="240" height="240" alt=${t("host.qr", { address })} />`}
    <div class="stack door-words">
      ${open && html`<div class="stack-tight">
        <h2 class="card-title">${t("host.door")}</h2>
        <strong class="code door-code">${seat.code}</strong>
        <span class="soft address">${host}<wbr />${path}</span>
        ${!reachable(address) && html`<p class="small">${t("host.only_here")}</p>`}
      </div>`}
      <div class="stack-tight">
        <a class="button wide" href=${`#/projector/${encodeURIComponent(seat.projector_token ?? "")}`} target="_blank" rel="noopener" data-testid="projector-link">
          <${Icon} name="screen" />${t("host.projector")}
        </a>
        ${(view.value?.phase.round ?? 0) > 0 && html`<a class="button quiet wide" href=${sessionAddress(seat)} download>
          <${Icon} name="download" />${t("host.session")}
        </a>`}
      </div>
      <details class="small soft own-code"><summary><${Icon} name="key" /> ${t("host.own_code")}</summary><strong class="code">${seat.personal_code}</strong></details>
    </div>
  </section>`;
};
