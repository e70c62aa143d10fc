"""A facilitator's desk in a real browser, on the scenario with the most plays and events.

Law: each act shows on the screens that it is for and on no other, and the session that comes of it replays.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parent))
from screens import Screen
from table import GUESTS, Table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NOTE = "Look at trust / se på tilliten"
LONG_NOTE = "Lunch is at twelve. " * 14


@pytest.mark.parametrize("language", ["en", "nb"])
def test_desk(language: str, browser: Any, start_server: Callable[[], Any], artifacts: Path, tmp_path: Path) -> None:
    folder = artifacts / "desk" / language
    folder.mkdir(parents=True, exist_ok=True)
    with Table(browser, start_server().url, language, folder) as table:
        table.open_room("whole_square")
        for nickname, team in GUESTS:
            table.seat(nickname, team)
        second = hand_over(table)
        lock(table, second)
        look_after_guests(table)
        table.advance("briefing", 0)
        table.advance("planning", 1)
        find_plays(table)
        tell(table)
        give_to_the_computer(table)
        inject(table, second)
        step(table)
        live_with_less(table)
        remove(table)
        check_session(table, tmp_path)
    assert [error for screen in (*table.everybody, *table.more) for error in screen.errors] == []
    assert [finding for screen in (*table.everybody, *table.more) for finding in screen.findings] == []


def hand_over(table: Table) -> Screen:
    """The link makes a second host, who cannot make a third; its token does not stay in the address."""
    page = table.host.page
    page.get_by_test_id("cohost").click()
    link = page.get_by_test_id("cohost-link").input_value()
    table.host.show("10-second-host")
    close(page)
    second = table.screen("second-host", "phone")
    table.more.append(second)
    second.page.goto(link)
    second.wait_for("lobby", 0)
    second.page.wait_for_url("**/#/host")
    assert second.page.get_by_test_id("cohost").count() == 0
    second.page.reload()
    second.wait_for("lobby", 0)
    assert second.seat() == "cohost"
    second.show("10-lobby")
    return second


def lock(table: Table, second: Screen) -> None:
    second.page.get_by_test_id("lock").click()
    late = table.screen("phone-late", "phone")
    table.more.append(late)
    late.page.goto(f"{table.url}/#/join/{table.code}")
    expect(late.page.locator("h1")).to_be_visible()
    assert late.page.locator("form").count() == 0
    late.show("11-locked")
    expect(table.host.page.get_by_test_id("lock")).to_have_attribute("aria-pressed", "true")
    table.host.show("11-locked")
    table.host.page.get_by_test_id("lock").click()
    expect(second.page.get_by_test_id("lock")).to_have_attribute("aria-pressed", "false")


def look_after_guests(table: Table) -> None:
    """Another name and another team show on the guest's own phone."""
    host, phone = table.host.page, table.guests[1]
    host.locator(f"[data-seat={phone.seat()}]").click()
    host.locator("dialog[open] input[name=nickname]").fill("Bjørn  Æ.")
    table.host.show("12-guest")
    host.locator("dialog[open] form button").click()
    expect(phone.page.locator(".seat-words .soft")).to_have_text("Bjørn Æ.")
    for team in "BA":
        host.locator(f"[data-seat={phone.seat()}]").click()
        host.locator(f"dialog[open] [data-move={team}]").click()
        expect(phone.page.locator(".top-bar .badge").first).to_have_text(team)


def find_plays(table: Table) -> None:
    """Thirty plays are no wall: sides are folded, a word finds a play, and what is in the plan stays to be seen."""
    phone, page = table.guests[0], table.guests[0].page
    assert page.locator("article.play").count() == 0
    phone.show("13-folded")
    world = phone.view()["scenario"]
    assert len(world["plays"]) >= 25
    name = next(play["name"][table.language] for play in world["plays"] if play["id"] == "ad_burst")
    page.locator("input[name=search]").fill(name.upper())
    expect(page.locator("article.play h3").first).to_have_text(name)
    phone.show("13-found")
    page.locator("article.play button.step").nth(1).tap()
    expect(page.locator("article.play .level strong").first).to_have_text("1")
    page.locator("input[name=search]").fill("qwzx")
    expect(page.locator("article.play")).to_have_count(0)
    page.locator("input[name=search]").fill("")
    for screen in table.guests[:2]:  # the one in the plan, on both phones of the team
        expect(screen.page.locator("article.play h3")).to_have_text([name])
    side = page.locator("[data-side=campaign]")
    side.locator("button.more").tap()
    campaign = [play for play in world["plays"] if play["side"] == "campaign"]
    expect(side.locator("article.play")).to_have_count(len(campaign))
    phone.show("13-unfolded")
    come_too_late(table, max(campaign, key=lambda play: float(play["money"]))["name"][table.language])


def come_too_late(table: Table, dear: str) -> None:
    """What waited for a connection while a teammate spent the money is refused by its name."""
    phone, page = table.guests[1], table.guests[1].page
    side, play = page.locator("[data-side=campaign]"), page.locator("article.play", has_text=dear)
    with phone.cut():
        phone.context.set_offline(True)
        side.locator("button.more").tap()
        play.locator("button.step").nth(1).tap()
        expect(page.get_by_test_id("unsent")).to_be_visible()
        fill_the_budget(table.guests[0].page)
        phone.context.set_offline(False)
    expect(page.locator(".toast")).to_contain_text(dear)
    expect(play.locator(".level strong").first).to_have_text("0")
    page.locator(".toast .x").tap()
    side.locator("button.more").tap()


def fill_the_budget(page: Page) -> None:
    """Spend on what costs money until nothing more fits."""
    for button in page.locator("[data-side=campaign] article.play button.step:nth-of-type(2)").all():
        for _ in range(5):
            if button.is_enabled():
                button.tap()
                page.wait_for_timeout(250)


def tell(table: Table) -> None:
    """A note for one team is on its phones and on no other; one for all is on the wall too.

    Who has scrolled away from the top of the page, where notices stand, is shown it there.
    """
    page = table.host.page
    form = page.get_by_test_id("host-notes")
    form.locator("select").select_option("A")
    form.locator("textarea").fill(NOTE)
    table.guests[0].page.evaluate("scrollTo(0, 400)")
    table.guests[1].page.evaluate("scrollTo(0, 0)")
    form.locator("button").click()
    expect(table.guests[0].page.locator(".toast")).to_contain_text(NOTE)
    for guest in table.guests[:2]:
        expect(guest.page.locator(".notice.note")).to_contain_text(NOTE)
    expect(table.guests[1].page.locator(".toast")).to_have_count(0)
    table.guests[1].show("14-note")
    assert all(NOTE not in guest.page.content() for guest in table.guests[2:])
    assert NOTE not in table.projector.page.content()
    form.locator("select").select_option("")
    form.locator("textarea").fill("Lunch 12:00")
    form.locator("button").click()
    for screen in (*table.guests, table.projector):
        expect(screen.page.locator(".notice.note, .stage-told.note").first).to_contain_text("Lunch 12:00")
    table.projector.show("14-note")
    table.host.show("14-notes")


def give_to_the_computer(table: Table) -> None:
    host, phone = table.host.page, table.guests[2].page
    button = host.locator("[data-team=B]").get_by_test_id("hand-over")
    button.click()
    expect(phone.locator(".plays > .notice")).to_be_visible()
    table.guests[2].show("15-handed")
    phone.locator("[data-side=relationship] button.more").tap()
    assert phone.locator("article.play button.step:enabled").count() == 0
    table.host.show("15-handed")
    button.click()
    expect(phone.locator(".plays > .notice")).to_have_count(0)
    assert phone.locator("article.play button.step:enabled").count() > 0


def inject(table: Table, second: Screen) -> None:
    page = second.page
    page.get_by_test_id("host-events").locator("[data-event=recession]").click()
    second.show("16-inject")
    page.get_by_test_id("inject").click()
    expect(table.host.page.get_by_test_id("host-events").locator("[data-event=recession]")).to_be_disabled()
    assert table.guests[0].page.locator(".notice.event").count() == 0  # not before it happens


def step(table: Table) -> None:
    """While the clock stands: a day, another day, then on to the results, and the clock stands still."""
    page = table.host.page
    page.get_by_test_id("host-events").locator("[data-event=spam_wave]").click()
    page.get_by_test_id("inject").click()
    page.get_by_test_id("host-notes").locator("textarea").fill(LONG_NOTE)
    page.get_by_test_id("host-notes").locator("button").click()
    page.locator("select[name=pace]").select_option("25")
    table.advance("running", 1)
    page.locator(".clock-buttons button").first.click()
    expect(page.get_by_test_id("step-tick")).to_be_visible()
    page.wait_for_timeout(500)
    tick = table.host.view()["phase"]["tick"]
    for number in (1, 2):
        page.get_by_test_id("step-tick").click()
        expect(page.locator(".clock .days-grid .past")).to_have_count(tick + number)
    assert table.host.view()["phase"]["tick"] == tick + 2
    for guest in table.guests:
        expect(guest.page.locator(".notice.event")).to_have_count(2)
        assert guest.page.locator(".notice:visible").count() == 1  # the newest; the others are folded
    phone = table.guests[0].page
    phone.locator(".older-notices summary").tap()
    expect(phone.locator(".notice.event:visible")).to_have_count(2)
    table.show("17-stepped")
    table.more[0].show("17-stepped")
    page.get_by_test_id("step-round").click()
    table.wait_for("review", 1)
    page.wait_for_timeout(500)
    assert table.host.view()["phase"]["paused"]
    expect(table.projector.page.locator(".stage-told.event")).to_be_visible()
    assert page.locator(".host-plan p").count() == 0  # what there is now is for the next round
    table.show("18-review")
    table.more[0].show("18-review")


def live_with_less(table: Table) -> None:
    """After the recession a round has less: a plan that is too dear says so, and cannot be called done."""
    table.advance("planning", 2)
    expect(table.host.page.locator(".host-plan p")).to_have_count(2)
    phone = table.guests[0]
    plan = phone.view()["plans"]["A"]
    assert plan["money"] < phone.view()["scenario"]["money_per_round"]
    assert plan["money_used"] > plan["money"]
    phone.show("19-too-dear")
    phone.page.locator(".dock button").tap()
    expect(phone.page.locator(".dock button")).to_have_attribute("aria-pressed", "false")
    table.advance("running", 2)
    plan = phone.view()["plans"]["A"]
    assert plan["money_used"] <= plan["money"]
    table.advance("review", 2)


def remove(table: Table) -> None:
    host, phone = table.host.page, table.guests[3]
    host.locator(f"[data-seat={phone.seat()}]").click()
    host.get_by_test_id("remove-guest").click()
    table.host.show("20-remove")
    host.get_by_test_id("remove-guest").click()
    expect(phone.page.locator("main.loading h1")).to_be_visible()
    phone.show("20-removed")
    assert len(table.host.view()["teams"]["B"]["seats"]) == 1
    phone.page.goto(f"{table.url}/#/")
    expect(phone.page.locator("form").first).to_be_visible()
    assert phone.page.locator("a[href='#/play']").count() == 0  # nothing brings that seat back


def check_session(table: Table, folder: Path) -> None:
    path = table.export(folder)
    command = [sys.executable, "-m", "townsquare_server.cli", "replay", str(path), "--verify"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr


def close(page: Page) -> None:
    page.locator("dialog[open] .x").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
