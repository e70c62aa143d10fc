/**
 * Style sheets that come with the module that needs them. Law: a sheet is asked for once, and who awaits it is drawn with it.
 */

const FOLDER = new URL("../", import.meta.url);

/** @param {string} path within the client, as "styles/charts.css" @returns {Promise<void>} */
export function needStyle(path) {
  const href = new URL(path, FOLDER).href;
  const known = [...document.querySelectorAll("link")].some((link) => link.href === href);
  if (known) return Promise.resolve();
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: () => resolve(), onerror: () => resolve() });
    document.head.append(link);
  });
}
