/**
 * A page that stayed open while the server got a newer one, or lacks a file that should have come: it says so, and loads again on a tap.
 *
 * Law: the page's own files are gone from the server then, so nothing here is fetched later; what was asked and is not answered yet goes first.
 */
import { t } from "./i18n/texts.js";
import { busy, state, subscribe } from "./session.js";

/** The version of this page, as the addresses of its files tell. */
const OWN = import.meta.url.match(/static\/(\w+)/)?.[1];
const LONGEST_WAIT = 4000;

/** @param {number} until */
function reload(until) {
  if (busy() && Date.now() < until) setTimeout(reload, 100, until);
  else location.reload();
}

let shown = false;
/** @param {string} key of the text */
export function offerReload(key) {
  if (shown) return;
  shown = true;
  const [bar, button] = [document.createElement("div"), document.createElement("button")];
  bar.className = "banner outdated";
  bar.setAttribute("role", "status");
  bar.dataset.testid = "outdated";
  button.type = "button";
  button.className = "button";
  button.textContent = t("page.reload");
  button.onclick = () => reload(Date.now() + LONGEST_WAIT);
  bar.append(t(key), button);
  document.body.prepend(bar);
}

function look() {
  const theirs = state.me?.client_version;
  if (OWN && theirs && theirs !== OWN) offerReload("page.outdated");
}
subscribe(look);
look();
// every browser's words for a module that did not come name it so
addEventListener("unhandledrejection", ({ reason }) => reason instanceof TypeError && /module/.test(reason.message) && offerReload("page.failed"));
