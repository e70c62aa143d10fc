/**
 * The server's clock on this screen: one signal that moves four times a second while somebody looks at it.
 *
 * Law: a countdown is a pure function of the phase and of the server's time, so that all screens in a room say the same.
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { serverNow } from "./session.js";

export const now = signal(0);
let watchers = 0;
let timer = 0;

/** Keep `now` moving while the component is on the screen. */
export function useClock() {
  useEffect(() => {
    if (watchers++ === 0) {
      now.value = serverNow();
      timer = setInterval(() => (now.value = serverNow()), 250);
    }
    return () => {
      if (--watchers === 0) clearInterval(timer);
    };
  }, []);
}

/** @param {import("./types.js").PhaseView} phase @param {number} at @returns {number | null} milliseconds left, null without a timer */
export function remaining(phase, at) {
  if (phase.paused) return phase.remaining_ms ?? null;
  return phase.ends_at == null ? null : Math.max(0, phase.ends_at - at);
}

/** How much of the phase has passed, 0..1; null while nobody can tell. @param {import("./types.js").PhaseView} phase @param {number} at */
export function elapsed(phase, at) {
  const left = remaining(phase, at);
  if (left === null || phase.paused) return null;
  const passed = Math.max(0, at - phase.started_at);
  return passed / Math.max(1, passed + left);
}

/** 75 000 ms as "1:15". @param {number} milliseconds */
export function clockFace(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
