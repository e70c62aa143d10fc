"""Screens for browser tests: a page that keeps what went wrong on it, photographs itself and is looked over as it goes.

Law: an error in a page's console is an error of the test, unless the test had cut the connection at that moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}
WALL = {"width": 1920, "height": 1080}
LIMITS = {
    "phone": {"target": 44, "text": 12},
    "laptop": {"target": 24, "text": 12},  # a pointer is finer than a thumb
    "wall": {"target": 0, "text": 24, "margin": 16},
}
WITHOUT_CONNECTION = re.compile(r"WebSocket|net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET)")
# the page's own copy of a module, by the address the page used for it
STATE = """import(new URL("./session.js", document.querySelector("script[type=module][src]").src))
    .then(module => module.state)"""


class Screen:
    """One person's page."""

    def __init__(self, browser: Browser, name: str, kind: str, folder: Path, **settings: Any) -> None:
        viewport = {"phone": PHONE, "laptop": LAPTOP, "wall": WALL}[kind]
        touch = kind == "phone"
        self.context = browser.new_context(viewport=viewport, has_touch=touch, is_mobile=touch, **settings)
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.name, self.kind, self._folder = name, kind, folder
        self.errors: list[str] = []
        self.findings: list[str] = []
        self._cut = False
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not (self._cut and WITHOUT_CONNECTION.search(text)):
            self.errors.append(f"{self.name}: {text}")

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Let the page complain about its connection while it has none."""
        self._cut = True
        yield
        expect(self.page.locator(".banner")).to_have_count(0, timeout=20_000)
        self._cut = False

    def show(self, label: str) -> None:
        """Photograph the page and look it over."""
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_timeout(350)  # transitions
        whole = self.kind != "wall"
        self.page.screenshot(path=self._folder / f"{label}-{self.name}.png", full_page=whole)
        found = self.page.evaluate(f"limits => ({CHECKS.strip().removesuffix(';')})(limits)", LIMITS[self.kind])
        self.findings += [f"{label}-{self.name}: {what}" for what in found]

    def photograph(self, path: Path) -> None:
        """Take a picture small enough for a document."""
        self.page.screenshot(path=path, type="jpeg", quality=75)

    def view(self) -> dict[str, Any]:
        """Return what the page may see of the room, as its own code holds it."""
        view: dict[str, Any] = self.page.evaluate(STATE + ".then(state => state.view)")
        return view

    def seat(self) -> str:
        """Return the identifier of the page's seat."""
        return str(self.page.evaluate(STATE + ".then(state => state.me.seat)"))

    def personal_code(self) -> str:
        """Return what brings the page's seat to another device."""
        return str(self.page.evaluate(STATE + ".then(state => state.me.personal_code)"))

    def nodes(self) -> bytes:
        """Return the states of the buyers that the page draws."""
        return bytes(self.page.evaluate(STATE + ".then(state => [...state.nodes.states])"))

    def wait_for(self, phase: str, round: int) -> None:
        """Wait until the page shows this phase of this round."""
        where = f".scene-{phase}" if self.kind == "wall" else f"[data-phase={phase}][data-round='{round}']"
        self.page.wait_for_selector(where)

    def close(self) -> None:
        """Close the page."""
        self.context.close()


def number_on_screen(text: str, language: str) -> float | None:
    """Return the number that a page shows, as a person reads it; None for words."""
    decimal = {"en": ".", "nb": ","}[language]
    digits = re.sub(rf"[^0-9\-{re.escape(decimal)}]", "", text.replace("\N{MINUS SIGN}", "-")).replace(decimal, ".")
    return float(digits) if re.search(r"\d", digits) else None
