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
from townsquare_server.session_file import Manifest, unpack
from townsquare_server.state import State
from townsquare_server.views import Surroundings, view

sys.path.insert(0, str(Path(__file__).parent))
from screens import number_on_screen
from table import AD_BURST, ANSWERS, ARTICLES, CONTEST, GUESTS, SURVEY, Table, texts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

ROUNDS = 8
DIES_IN = {"en": "planning", "nb": "running"}


@pytest.mark.parametrize("language", ["en", "nb"])
def test_whole_game(
    language: str, browser: Browser, start_server: Callable[[], Any], artifacts: Path, tmp_path: Path
) -> None:
    server = start_server()
    folder = artifacts / "whole_game" / language
    folder.mkdir(parents=True, exist_ok=True)
    with Table(browser, server.url, language, folder) as table:
        table.open_room()
        for nickname, team in GUESTS:
            table.seat(nickname, team)
        table.show("02-lobby")
        table.advance("briefing", 0)
        table.show("03-briefing")
        check_briefing(table)
        for round in range(1, ROUNDS + 1):
            play_round(table, round, server)
        check_reviews(table, *export(table, tmp_path))
        table.advance("debrief", ROUNDS)
        ask_a_buyer(table)
        table.show("07-debrief")
        table.projector.photograph(folder / "readme.jpg")
        state, manifest = export(table, tmp_path)
        check_debriefs(table, state)
        check_pages_hold_the_replay(table, state)
        check_headless(state, manifest.digests)
        close_the_room(table)
    assert [error for screen in table.everybody for error in screen.errors] == []
    assert [finding for screen in table.everybody for finding in screen.findings] == []


# ------------------------------------------------------------------------------------------------ what people do


def play_round(table: Table, round: int, server: Any) -> None:
    """One round to its review, with whatever goes wrong in it."""
    table.advance("planning", round)
    if round == 1:
        table.show("04-planning")
    if round == 2:
        reload_a_phone(table)
    if round == 3:
        lose_the_network(table)
    plan(table, round)
    if round == 4:
        use_another_device(table)
    if round == 5 and DIES_IN[table.language] == "planning":
        kill_the_server(table, server)
    table.ready(1)
    table.tap_ready(3)  # everybody is ready: the market runs
    table.wait_for("running", round)
    if round == 1:
        table.host.page.wait_for_timeout(5_000)
        table.show("05-running")
        days = table.guests[0].view()["scenario"]["ticks_per_round"]
        expect(table.guests[0].page.locator(".page-head .kicker")).to_contain_text(str(days))
    if round == 5 and DIES_IN[table.language] == "running":
        table.host.page.wait_for_timeout(2_000)
        kill_the_server(table, server)
    table.advance("review", round)
    if round in (1, ROUNDS):
        table.show(f"06-review-{round}")


def plan(table: Table, round: int) -> None:
    """Team A shouts, team B talks, and from the third round on it listens."""
    table.set_level(0, CONTEST, round % 2)
    table.set_level(1, AD_BURST, 1 + round % 3)
    table.set_level(2, ARTICLES, 1)
    table.set_level(3, ANSWERS, 1 + round % 2)


def reload_a_phone(table: Table) -> None:
    phone = table.guests[0]
    seat, plans = phone.seat(), phone.view()["plans"]
    phone.page.reload()
    phone.wait_for("planning", 2)
    assert phone.seat() == seat
    assert without_nulls(phone.view()["plans"]) == without_nulls(plans)


def lose_the_network(table: Table) -> None:
    """While one phone is cut off, both it and its teammate go on; when it is back, both show what both did."""
    teammate, phone = table.guests[2:]
    own = [
        screen.page.locator("article.play").nth(CONTEST).locator(".level strong").first for screen in (phone, teammate)
    ]
    left = phone.page.locator(".meter-figures").first.inner_text()
    with phone.cut():
        phone.context.set_offline(True)
        expect(phone.page.locator(".banner")).to_be_visible()
        teammate.page.locator("article.play").nth(SURVEY).locator("button.step").nth(1).tap()
        phone.page.locator("article.play").nth(CONTEST).locator("button.step").nth(1).tap()
        expect(phone.page.get_by_test_id("unsent")).to_be_visible()
        expect(phone.page.locator(".meter-figures").first).not_to_have_text(left)  # what waits is spent already
        phone.show("04-planning-without-network")
        expect(own[1]).to_have_text("0")
        phone.context.set_offline(False)
    for level in own:
        expect(level).to_have_text("1")
    expect(phone.page.get_by_test_id("unsent")).to_have_count(0)
    expect(phone.page.locator("article.play").nth(SURVEY).locator(".level strong")).to_have_text("1")


def use_another_device(table: Table) -> None:
    """A personal code brings the same seat to a second device; the first one keeps it too."""
    other = table.take_seat_on_another_device(1)
    other.wait_for("planning", 4)
    assert other.seat() == table.guests[1].seat()
    assert without_nulls(other.view()["plans"]) == without_nulls(table.guests[1].view()["plans"])
    assert other.errors + other.findings == []
    other.close()


def kill_the_server(table: Table, server: Any) -> None:
    plans = [without_nulls(screen.view()["plans"]) for screen in table.everybody]
    seats = [guest.seat() for guest in table.guests]
    with table.connections_cut():
        server.kill()
        for screen in table.everybody:
            expect(screen.page.locator(".banner")).to_be_visible()
        table.guests[0].show("05-server-is-gone")
        table.projector.show("05-server-is-gone")
        server.start()
    assert [without_nulls(screen.view()["plans"]) for screen in table.everybody] == plans
    assert [guest.seat() for guest in table.guests] == seats
    expect(table.guests[0].page.locator(".notice")).to_be_visible()
    table.guests[0].show("05-server-is-back")


def ask_a_buyer(table: Table) -> None:
    """In the debrief anybody may ask why a buyer is where it is."""
    page = table.guests[0].page
    page.locator(".chooser-who button").first.tap()
    expect(page.locator(".buyers-story h3, .buyers-story h4").first).to_be_visible()


def close_the_room(table: Table) -> None:
    page = table.host.page
    page.get_by_test_id("advance").click()
    page.locator("dialog[open] button.primary").click()
    table.wait_for("closed", ROUNDS)
    table.show("08-closed")
    late = table.screen("phone-late", "phone")
    late.page.goto(f"{table.url}/#/join/{table.code}")
    expect(late.page.locator("h1")).to_be_visible()
    assert late.page.locator("form").count() == 0
    late.show("08-closed")
    assert late.errors + late.findings == []
    late.close()


# ------------------------------------------------------------------------------------------------ what is true


def export(table: Table, folder: Path) -> tuple[State, Manifest]:
    """Take the session home, prove it with the command, and replay it here."""
    path = table.export(folder)
    manifest, entries = unpack(path)
    command = [sys.executable, "-m", "townsquare_server.cli", "replay", str(path), "--verify", "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert [round["digest"] for round in json.loads(done.stdout)["rounds"]] == manifest.digests
    state, _ = replay(manifest.room, entries)
    assert len(state.records) == len(manifest.digests) == ROUNDS
    return state, manifest


def check_briefing(table: Table) -> None:
    """Everybody is told how much a team has each round, as much as its plan will say."""
    for screen in table.guests:
        world = screen.view()["scenario"]
        for icon, amount in (("money", world["money_per_round"]), ("hours", world["hours_per_round"])):
            tile = screen.page.get_by_test_id(f"briefing-{icon}").locator("strong")
            assert number_on_screen(tile.inner_text(), table.language) == amount


def check_reviews(table: Table, state: State, manifest: Manifest) -> None:
    """Before the debrief: a team reads what its own listening brought, and nothing else of value."""
    assert manifest.room == table.code
    for guest, (_, team) in zip(table.guests, GUESTS, strict=True):
        held = guest.view()["results"]
        assert [vendor for vendor, results in held.items() if results.get("value")] == [team]
        observed = state.records[-1].observed[team]
        known = [(metric, observed[metric]) for metric in VALUE if observed.get(metric) is not None]
        page = guest.page.get_by_test_id("review-value")
        assert page.locator("[data-metric]").count() == len(known)
        for metric, value in known:
            assert_shown(table, [(metric, value)], texts(page.locator(f"[data-metric={metric}] .known-value")))


def check_debriefs(table: Table, state: State) -> None:
    """Both rankings on every screen, and every cell of the facilitator's table."""
    record = state.records[-1]
    for screen in table.everybody:
        for side, metric in (("left", "followers"), ("right", "customer_equity")):
            values = (record.vanity if metric in VANITY else record.value).items()
            ranked = sorted(((vendor, metrics[metric]) for vendor, metrics in values), key=lambda pair: -pair[1])
            rows = screen.page.locator(f".slope-side.{side} .slope-row")
            assert [text.split()[1][0] for text in texts(rows)] == [vendor for vendor, _ in ranked], screen.name
            assert_shown(table, [(metric, value) for _, value in ranked], texts(rows.locator(".slope-value")))
    order = view(state, "facilitator", Surroundings(state.scenario, "")).leaderboard
    rows = table.host.page.get_by_test_id("exact-results").locator("tbody tr:not(.group)")
    for metric, row in zip((*VANITY, *VALUE), rows.all(), strict=True):
        exact = [(record.vanity if metric in VANITY else record.value)[vendor][metric] for vendor in order]
        assert_shown(table, [(metric, value) for value in exact], texts(row.locator("td")))


def assert_shown(table: Table, exact: list[tuple[str, float | None]], shown: list[str]) -> None:
    """Every number on the screen is the exact one, as far as its digits go."""
    for (metric, value), text in zip(exact, shown, strict=True):
        number = number_on_screen(text, table.language)
        assert number is not None, f"{metric}: {text!r} for {value}"
        assert value is not None
        precise = value * 100 if metric == "trust" else value
        digits = len(text.rpartition("." if table.language == "en" else ",")[2]) if metric == "trust" else 0
        assert abs(number - precise) <= 0.5 * 10.0 ** -min(digits, 1) + 1e-9, f"{metric}: {text!r} for {value}"


def check_pages_hold_the_replay(table: Table, state: State) -> None:
    """Each page's own state is, bit for bit, the view that the replayed log gives to its audience."""
    audiences = ["facilitator", "projector", *(f"team:{team}" for _, team in GUESTS)]
    for screen, audience in zip(table.everybody, audiences, strict=True):
        expected = msgspec.to_builtins(view(state, audience, Surroundings(state.scenario, "")))
        held = screen.view()
        for part in ("leaderboard", "results", "timelines", "live", "plans"):
            assert without_nulls(held[part]) == without_nulls(expected[part]), f"{part} of {screen.name}"
        assert state.nodes is not None
        assert screen.nodes() == state.nodes.tobytes(), screen.name


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
