"""Everybody who plays a game in browsers: a facilitator, a projector, and guests on their phones.

Law: a table does only what people do, with taps and clicks; it looks things up by place and name of their controls,
never by words, so that it plays in every language.
"""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

sys.path.insert(0, str(Path(__file__).parent))
from screens import Screen

GUESTS = [("Ada", "A"), ("Bjørn", "A"), ("Chidi", "B"), ("Désirée", "B")]
# the shipped plays, by their place on the planning screen
AD_BURST, CONTEST, ARTICLES, ANSWERS, SURVEY = 0, 1, 4, 5, 8


class Table:
    """Everybody who plays: what they do with their pages, and what is on these."""

    def __init__(self, browser: Browser, url: str, language: str, folder: Path) -> None:
        self.browser, self.url, self.language, self.folder = browser, url, language, folder
        scheme = {"en": "dark", "nb": "light"}[language]
        self.settings = {"locale": {"en": "en-GB", "nb": "nb-NO"}[language], "color_scheme": scheme}
        self.host = self.screen("host", "laptop")
        self.projector = self.screen("projector", "wall")
        self.guests: list[Screen] = []
        self.more: list[Screen] = []  # people who come and go
        self.code = ""

    def screen(self, name: str, kind: str) -> Screen:
        return Screen(self.browser, name, kind, self.folder, **self.settings)

    @property
    def everybody(self) -> list[Screen]:
        return [self.host, self.projector, *self.guests]

    def open_room(self, scenario: str | None = None) -> None:
        page = self.host.page
        page.goto(self.url)
        if scenario:
            page.locator(f"label:has(input[value={scenario}])").click()
        page.locator(".wide-tabs button").nth(1).click()  # two teams
        self.host.show("00-home")
        page.locator("main form button.primary").last.click()
        self.host.wait_for("lobby", 0)
        self.code = page.locator(".host-code").inner_text()
        self.projector.page.goto(self.url + "/" + (page.get_by_test_id("projector-link").get_attribute("href") or ""))
        self.projector.wait_for("lobby", 0)

    def seat(self, nickname: str, team: str) -> None:
        guest = self.screen(f"phone-{team}-{nickname[0]}", "phone")
        if not self.guests:
            guest.page.goto(self.url)
            guest.page.wait_for_selector("main form button.primary >> nth=1")
            guest.show("00-home")
        guest.page.goto(f"{self.url}/#/join/{self.code}")
        guest.page.locator("input[name=nickname], form input.input").first.fill(nickname)
        guest.page.locator(".team-choice").nth("AB".index(team)).tap()
        if not self.guests:
            guest.show("01-join")
        guest.page.locator("form button.primary").tap()
        guest.wait_for("lobby", 0)
        self.guests.append(guest)

    def take_seat_on_another_device(self, guest: int) -> Screen:
        """Come back to a guest's seat with the personal code, while the first device is still there."""
        other = self.screen(f"{self.guests[guest].name}-second", "phone")
        other.page.goto(f"{self.url}/#/back/{self.code}")
        other.page.locator("input[name=personal]").fill(self.guests[guest].personal_code().lower())
        other.show("04-back")
        other.page.locator("form button.primary").tap()
        return other

    def advance(self, phase: str, round: int) -> None:
        self.host.page.get_by_test_id("advance").click()
        self.wait_for(phase, round)

    def wait_for(self, phase: str, round: int) -> None:
        for screen in self.everybody:
            screen.wait_for(phase, round)

    def show(self, label: str) -> None:
        for screen in self.everybody:
            screen.show(label)

    def set_level(self, guest: int, play: int, level: int) -> None:
        """Tap a play to a level, and see that each tap shows on the other phone of the team too."""
        plays = [self.guests[who].page.locator("article.play").nth(play) for who in (guest, guest ^ 1)]
        now = int(plays[0].locator(".level strong").first.inner_text())
        while now != level:
            button = plays[0].locator("button.step")
            (button.nth(1) if now < level else button.first).tap()
            now += 1 if now < level else -1
            for shown in plays:
                expect(shown.locator(".level strong").first).to_have_text(str(now))

    def ready(self, guest: int) -> None:
        """Say that the team's plan is done, and see that the other phone of the team says so too."""
        self.tap_ready(guest)
        for who in (guest, guest ^ 1):
            expect(self.guests[who].page.locator(".dock button")).to_have_attribute("aria-pressed", "true")

    def tap_ready(self, guest: int) -> None:
        self.guests[guest].page.locator(".dock button").tap()

    def export(self, folder: Path) -> Path:
        with self.host.page.expect_download() as download:
            self.host.page.locator("a[download]").first.click()
        path = folder / "session.townsquare"
        download.value.save_as(path)
        return path

    def __enter__(self) -> Table:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, *_: object) -> None:
        """Close every page; keep a picture of each when something went wrong, and what it complained about."""
        for screen in (*self.everybody, *self.more):
            if error is not None:
                screen.page.screenshot(path=self.folder / f"99-failed-{screen.name}.png")
                error.add_note("\n".join([f"{screen.name} at {screen.page.url}", *screen.errors]))
            screen.close()

    def connections_cut(self) -> ExitStack:
        """Let every page complain about its connection for a while."""
        stack = ExitStack()
        for screen in self.everybody:
            stack.enter_context(screen.cut())
        return stack


def texts(locator: Locator) -> list[str]:
    """Return the words of each element."""
    return [re.sub(r"\s+", " ", text).strip() for text in locator.all_inner_texts()]
