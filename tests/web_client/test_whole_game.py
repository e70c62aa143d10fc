"""Two teams of two, a facilitator and a projector play the shipped game in a real browser, from `serve` to debrief.

Law: what the screens show is what the exported session replays to, in every figure; nobody loses a seat or a plan to a
reload, a dead network or a dead server.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, expect

from townsquare_agents.metrics import VALUE, VANITY
from townsquare_research.game import Game
from townsquare_server.plans import to_plan
from townsquare_server.restore import replay
from townsquare_server.session_file import unpack
from townsquare_server.state import State
from townsquare_server.views import Surroundings, view

sys.path.insert(0, str(Path(__file__).parent))
from screens import Screen, number_on_screen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ROUNDS = 8
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
        self.code = ""

    def screen(self, name: str, kind: str) -> Screen:
        return Screen(self.browser, name, kind, self.folder, **self.settings)

    @property
    def everybody(self) -> list[Screen]:
        return [self.host, self.projector, *self.guests]

    def open_room(self) -> None:
        page = self.host.page
        page.goto(self.url)
        page.locator(".wide-tabs button").nth(1).click()  # two teams
        self.host.show("00-home")
        page.locator("main form button.primary").last.click()
        self.host.wait_for("lobby", 0)
        self.code = page.locator(".host-code").inner_text()
        self.projector.page.goto(self.url + "/" + (page.get_by_test_id("projector-link").get_attribute("href") or ""))
        self.projector.wait_for("lobby", 0)

    def seat(self, nickname: str, team: str) -> None:
        guest = self.screen(f"phone-{team}-{nickname[0]}", "phone")
        guest.page.goto(f"{self.url}/#/join/{self.code}")
        guest.page.locator("input[name=nickname], form input.input").first.fill(nickname)
        guest.page.locator(".team-choice").nth("AB".index(team)).tap()
        if not self.guests:
            guest.show("01-join")
        guest.page.locator("form button.primary").tap()
        guest.wait_for("lobby", 0)
        self.guests.append(guest)

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


def results_on_screen(host: Screen, language: str) -> dict[str, list[float | None]]:
    """Return the facilitator's table of exact results: the vendors' names, and a row of numbers for each metric."""
    table = host.page.get_by_test_id("exact-results").locator("table")
    rows = table.locator("tbody tr:not(.group)")
    shown = [rows.nth(row).locator("td").all_inner_texts() for row in range(rows.count())]
    assert len(shown) == len(VANITY) + len(VALUE)
    return {
        metric: [number_on_screen(text, language) for text in texts]
        for metric, texts in zip((*VANITY, *VALUE), shown, strict=True)
    }


def check_results_on_screen(table: Table, state: State) -> None:
    """Every cell of the facilitator's table is the replayed number, as exactly as it is written."""
    order = view(state, "facilitator", Surroundings(state.scenario, "")).leaderboard
    record = state.records[-1]
    for metric, numbers in results_on_screen(table.host, table.language).items():
        exact = [(record.vanity if metric in VANITY else record.value)[vendor][metric] for vendor in order]
        if metric == "trust":
            exact = [value * 100 for value in exact]
        for shown, value in zip(numbers, exact, strict=True):
            assert shown is not None
            assert abs(shown - value) <= 0.5 + 1e-9, f"{metric}: {shown} on the screen, {value} in the replay"


def check_pages_hold_the_replay(table: Table, state: State) -> None:
    """Each page's own state is, bit for bit, the view that the replayed log gives to its audience."""
    audiences = ["facilitator", "projector", *(f"team:{team}" for _, team in GUESTS)]
    for screen, audience in zip(table.everybody, audiences, strict=True):
        expected = msgspec.to_builtins(view(state, audience, Surroundings(state.scenario, "")))
        held = screen.state()["view"]
        for part in ("leaderboard", "results", "timelines", "live"):
            assert without_nulls(held[part]) == without_nulls(expected[part]), f"{part} of {screen.name}"


def without_nulls(value: Any) -> Any:
    """A merge patch cannot tell a null from an absent member."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


def check_headless(state: State, digests: list[str]) -> None:
    """The same plans without a server give the same bits."""
    game = Game(state.scenario, state.opened.seed, state.opened.policies)
    for record, digest in zip(state.records, digests, strict=True):
        game.start_round({vendor: to_plan(slots) for vendor, slots in record.plans.items()})
        for _ in range(state.scenario.calendar.ticks_per_round):
            game.advance()
        assert game.finish_round().digest == digest


def verify(path: Path) -> dict[str, Any]:
    """Run the command that proves a session."""
    command = [sys.executable, "-m", "townsquare_server.cli", "replay", str(path), "--verify", "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def reload_a_phone(table: Table) -> None:
    phone = table.guests[0]
    before = phone.state()
    phone.page.reload()
    phone.wait_for("planning", 2)
    assert phone.state()["me"]["seat"] == before["me"]["seat"]
    assert without_nulls(phone.state()["view"]["plans"]) == without_nulls(before["view"]["plans"])


def lose_the_network(table: Table) -> None:
    phone = table.guests[3]
    with phone.cut():
        phone.context.set_offline(True)
        table.guests[2].page.locator("article.play").nth(SURVEY).locator(".stepper button.step").last.tap()
        expect(phone.page.locator(".banner")).to_be_visible(timeout=15_000)
        phone.show("32-no-network")
        phone.context.set_offline(False)
    level = phone.page.locator("article.play").nth(SURVEY).locator(".level strong")
    expect(level).to_have_text("1")


def play_round(table: Table, round: int) -> None:
    """One round: from planning, where everybody is now, to the review."""
    table.set_level(0, CONTEST, round % 2)
    table.set_level(1, AD_BURST, 1 + round % 3)
    table.set_level(2, ARTICLES, 1)
    table.set_level(3, ANSWERS, 1 + round % 2)
    table.ready(1)
    table.tap_ready(3)  # everybody is ready: the market runs
    table.wait_for("running", round)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_whole_game(
    language: str, browser: Browser, start_server: Callable[[], Any], artifacts: Path, tmp_path: Path
) -> None:
    server = start_server()
    folder = artifacts / "whole_game" / language
    folder.mkdir(parents=True, exist_ok=True)
    table = Table(browser, server.url, language, folder)
    table.open_room()
    for nickname, team in GUESTS:
        table.seat(nickname, team)
    table.show("02-lobby")
    table.advance("briefing", 0)
    table.show("03-briefing")
    for round in range(1, ROUNDS + 1):
        table.advance("planning", round)
        if round == 1:
            table.show("04-planning")
        if round == 2:
            reload_a_phone(table)
        if round == 3:
            lose_the_network(table)
        play_round(table, round)
        if round == 1:
            table.host.page.wait_for_timeout(5_000)
            table.show("05-running")
        table.advance("review", round)
        if round == 1:
            table.show("06-review")
    table.advance("debrief", ROUNDS)
    table.host.page.wait_for_timeout(1_000)
    table.show("07-debrief")

    path = table.export(tmp_path)
    assert verify(path)
    manifest, entries = unpack(path)
    state, _ = replay(manifest.room, entries)
    assert len(state.records) == ROUNDS
    check_results_on_screen(table, state)
    check_pages_hold_the_replay(table, state)
    check_headless(state, manifest.digests)

    for screen in table.everybody:
        screen.close()
    assert [error for screen in table.everybody for error in screen.errors] == []
    assert [finding for screen in table.everybody for finding in screen.findings] == []
