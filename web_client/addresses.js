/** Addresses that people type, scan and open. Law: those of this server's files are relative, for a process of several stands under a path of its own. */

/** An address as people type it; of several processes any finds the room by its code. @param {string} url */
export function spokenAddress(url) {
  const { host, pathname } = new URL(url, location.href);
  return host + pathname.replace(/(\/s\/\d+)?\/$/, "");
}

/** Whether phones can come: not to a machine's address for itself. @param {string} url */
export const reachable = (url) => !/^(127\.|localhost$|\[::1\]$)/.test(new URL(url, location.href).hostname);

/** Where a host downloads the session, or one branch of it. @param {{code: string, token: string}} seat @param {number} [branch] */
export const sessionAddress = ({ code, token }, branch) => `rooms/${code}/session.townsquare?token=${encodeURIComponent(token)}${branch ? `&branch=${branch}` : ""}`;
