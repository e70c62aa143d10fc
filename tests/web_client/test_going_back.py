"""A host who goes back, hands a seat over and sends a second host away, and a page older than its server, in a browser.

Law: everybody reads in words what the host did, on phone, desk and wall, and what was played before is still there.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from townsquare_agents.paths import scenarios_folder

sys.path.insert(0, str(Path(__file__).parent))
from table import AD_BURST, ANSWERS, GUESTS, Table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_going_back(browser: Any, start_server: Callable[[], Any], artifacts: Path, tmp_path: Path) -> None:
    folder = artifacts / "going-back"
    folder.mkdir(parents=True, exist_ok=True)
    server = start_server("--scenario", str(short_game(tmp_path)))
    with Table(browser, server.url, "nb", folder) as table:
        table.open_room("short_game")
        for nickname, team in GUESTS:
            table.seat(nickname, team)
        hosts(table)
        table.advance("briefing", 0)
        brief(table)
        table.advance("planning", 1)
        table.set_level(0, AD_BURST, 2)
        hand_seats_over(table)
        play(table, 1)
        table.advance("planning", 2)
        table.set_level(0, ANSWERS, 1)
        play(table, 2)
        back_to_round_one(table)
        undo(table)
        check_branches(table, tmp_path)
        debrief(table)
        two_rooms(table)
    screens = (*table.everybody, *table.more)
    assert [error for screen in screens for error in screen.errors] == []
    assert [finding for screen in screens for finding in screen.findings] == []


def short_game(folder: Path) -> Path:
    """The first market, over after two rounds, with one smaller team."""
    path = folder / "short_game.toml"
    whole = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    short = whole.replace('id = "first_market"', 'id = "short_game"').replace("rounds = 8", "rounds = 2")
    short = short.replace('name = "Birk"', 'name = "Birk"\nmoney = 0.75\nhours = 0.5')
    path.write_text(short, encoding="utf-8")
    return path


def brief(table: Table) -> None:
    """Who has less is told so on the own phone and on the wall; the host has the words that the guests read."""
    table.show("30-briefing")
    wall = table.projector.page.locator(".briefing-market .stage-legend li")
    expect(wall).to_have_count(4)
    for guest, hours in ((table.guests[0], "320"), (table.guests[2], "160")):
        expect(guest.page.get_by_test_id("briefing-hours").locator("strong")).to_contain_text(hours)
        expect(wall.filter(has_text=hours).first).to_be_visible()
    words = table.guests[0].page.locator(".prose p").first.inner_text()
    expect(table.host.page.get_by_test_id("host-briefing")).to_contain_text(words)


def play(table: Table, round: int) -> None:
    table.advance("running", round)
    table.advance("review", round)


def close(table: Table) -> None:
    table.host.page.locator("dialog[open] .x").click()
    expect(table.host.page.locator("dialog[open]")).to_have_count(0)


def hosts(table: Table) -> None:
    """The hosts name themselves, the first sees both, and sends the second away: its link is worth nothing then."""
    page = table.host.page
    page.get_by_test_id("name-host").click()
    page.locator("input[name=host_name]").fill("Ingrid")
    page.locator("dialog[open] button.primary").click()
    expect(page.get_by_test_id("hosts")).to_contain_text("Ingrid")
    page.get_by_test_id("cohost").click()
    link = page.get_by_test_id("cohost-link").input_value()
    second = table.screen("second-host", "phone")
    table.more.append(second)
    second.page.goto(link)
    second.wait_for("lobby", 0)
    expect(page.get_by_test_id("hosts").locator("li")).to_have_count(2)
    page.get_by_test_id("withdraw-host").click()
    table.host.show("30-withdraw")
    page.get_by_test_id("withdraw-host").click()
    expect(second.page.locator("main.loading h1")).to_be_visible()
    expect(second.page.locator("main.loading p")).to_contain_text("den første verten")  # the personal code is void
    second.show("30-withdrawn")
    expect(page.get_by_test_id("cohost-link")).not_to_have_value(link)
    close(table)
    second.page.goto(f"{table.url}/#/")
    expect(second.page.locator("form").first).to_be_visible()
    assert second.page.get_by_test_id("rooms").count() == 0
    second.page.goto(link)
    expect(second.page.locator("main.loading h1")).to_be_visible()


def hand_seats_over(table: Table) -> None:
    """A guest hands the own seat over, the host another's: the team is the computer's until one is taken back."""
    host, ada, bjorn = table.host.page, table.guests[0], table.guests[1]
    ada.page.locator(".seat-button").tap()
    ada.show("31-seat")
    ada.page.get_by_test_id("hand-seat").tap()
    expect(ada.page.get_by_test_id("aside")).to_be_visible()
    assert ada.page.locator("article.play button.step:enabled").count() == 0
    assert bjorn.page.locator("article.play button.step:enabled").count() > 0
    host.locator(f"[data-seat={bjorn.seat()}]").click()
    table.host.show("31-guest")
    host.get_by_test_id("set-aside").click()
    expect(bjorn.page.get_by_test_id("aside")).to_be_visible()
    for guest in (ada, bjorn):
        guest.show("31-aside")
    table.host.show("31-aside")
    assert table.host.view()["teams"]["A"]["driver"] == "policy"
    for guest in (ada, bjorn):
        guest.page.get_by_test_id("aside").locator("button").tap()
        expect(guest.page.get_by_test_id("aside")).to_have_count(0)
    assert table.host.view()["teams"]["A"]["driver"] == "people"


def back_to_round_one(table: Table) -> None:
    host = table.host.page
    host.locator("[data-rewind='1']").click()
    expect(host.get_by_test_id("rewind")).to_be_visible()
    table.host.show("32-sure")
    host.get_by_test_id("rewind").click()
    table.wait_for("planning", 1)
    expect(table.guests[0].page.locator(".notice.back")).to_be_visible()
    expect(table.projector.page.get_by_test_id("went-back")).to_be_visible()
    table.show("33-went-back")
    plan = table.guests[0].view()["plans"]["A"]["slots"]
    assert {slot: action["level"] for slot, action in plan.items()} == {"ad_burst": 2}
    assert table.guests[0].view()["results"]["A"]["plan"] == []
    table.set_level(0, AD_BURST, 1)
    play(table, 1)


def undo(table: Table) -> None:
    """Branch 1 is taken up where it was left, and the game goes on to its end."""
    host = table.host.page
    host.locator("[data-branch='1'] button").click()
    table.host.show("34-go-on")
    host.get_by_test_id("rewind").click()
    table.wait_for("review", 2)
    expect(table.guests[0].page.locator(".notice.back")).to_be_visible()
    table.show("34-went-on")
    assert [branch["rounds"] for branch in table.host.view()["branches"]] == [2, 1, 2]


def check_branches(table: Table, folder: Path) -> None:
    """Each branch is a session of its own that replays."""
    for number, rounds in ((1, 2), (2, 1), (3, 2)):
        link = table.host.page.locator(f"[data-branch='{number}'] a[download]")
        assert str(link.get_attribute("href")).startswith("rooms/")  # of several processes each has a path of its own
        with table.host.page.expect_download() as download:
            link.click()
        path = folder / f"branch-{number}.townsquare"
        download.value.save_as(path)
        command = [sys.executable, "-m", "townsquare_server.cli", "replay", str(path), "--json"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count('"digest"') == rounds + 1


def debrief(table: Table) -> None:
    """Everybody reads that the game went on from the end of branch 1: it did not go back to a round nobody played.

    What the host said in the game is over with it.
    """
    page = table.host.page
    page.get_by_test_id("host-notes").locator("textarea").fill("Five minutes left")
    page.get_by_test_id("host-notes").locator("button").click()
    for screen in (table.guests[0], table.projector):
        expect(screen.page.locator(".notice.note, .stage-told.note")).to_be_visible()
    table.advance("debrief", 2)
    for screen in (table.guests[0], table.projector):
        expect(screen.page.locator(".notice.note, .stage-told.note")).to_have_count(0)
    for words in (table.guests[0].page.locator(".notice.back"), table.projector.page.get_by_test_id("went-back")):
        expect(words).to_contain_text("slutten av gren 1")
    table.show("35-debrief")


def two_rooms(table: Table) -> None:
    """A host with two rooms finds both, and whatever else lies in the storage does no harm."""
    page, first = table.host.page, table.code
    page.goto(f"{table.url}/#/")
    page.wait_for_selector("main form button.primary >> nth=1")  # the form to open one comes with the scenarios
    page.locator("main form button.primary").last.click()
    table.host.wait_for("lobby", 0)
    page.goto(f"{table.url}/#/")
    rooms = page.get_by_test_id("rooms").locator("a")
    expect(rooms).to_have_count(2)
    expect(rooms.filter(has_text=first)).to_contain_text("Det første markedet – sist sett: Oppsummering, runde 2 av 2")
    expect(rooms.filter(has_not_text=first)).to_contain_text("sist sett: Samling")
    table.host.show("36-rooms")
    page.locator(f"a[href='#/host/{first}']").click()
    table.host.wait_for("debrief", 2)
    phone = table.guests[3].page
    phone.evaluate("localStorage.setItem('townsquare.participant', '{broken')")
    phone.reload()
    table.guests[3].wait_for("debrief", 2)


def test_a_page_older_than_its_server_offers_to_load_again(
    browser: Any, start_server: Callable[[], Any], artifacts: Path
) -> None:
    folder = artifacts / "outdated"
    folder.mkdir(parents=True, exist_ok=True)
    with Table(browser, start_server().url, "en", folder) as table:
        table.open_room()
        phone = table.screen("phone-old", "phone")
        table.more.append(phone)
        version = "0" * 16  # a page that came from a server of this version
        phone.page.route(
            "**/static/*/outdated.js",
            lambda route: route.fulfill(
                response=(reply := route.fetch()), body=reply.text().replace("import.meta.url", f'"/static/{version}/"')
            ),
        )
        table.seat(*GUESTS[0])
        phone.page.goto(f"{table.url}/#/join/{table.code}")
        phone.page.locator("form input.input").first.fill("Old")
        phone.page.locator("form button.primary").tap()
        phone.wait_for("lobby", 0)
        bar = phone.page.get_by_test_id("outdated")
        expect(bar).to_be_visible()
        phone.show("37-outdated")
        phone.page.unroute("**/static/*/outdated.js")
        bar.locator("button").tap()
        phone.page.wait_for_load_state()
        phone.wait_for("lobby", 0)
        expect(table.guests[0].page.get_by_test_id("outdated")).to_have_count(0)
    assert phone.findings == []


def test_a_page_that_lacks_a_file_offers_to_load_again(
    browser: Any, start_server: Callable[[], Any], artifacts: Path, tmp_path: Path
) -> None:
    """A newer server has no longer the files that an open page fetches late."""
    folder = artifacts / "outdated"
    folder.mkdir(parents=True, exist_ok=True)
    with Table(browser, start_server().url, "en", folder) as table:
        page = table.host.page
        page.route("**/static/*/views/upload.js", lambda route: route.fulfill(status=404))
        page.goto(table.url)
        page.get_by_test_id("own-scenario").set_input_files(short_game(tmp_path))
        expect(page.get_by_test_id("own-refused")).to_contain_text("too old")
        bar = page.get_by_test_id("outdated")
        expect(bar).to_be_visible()
        table.host.show("38-lacks-a-file")
        page.unroute("**/static/*/views/upload.js")
        bar.locator("button").click()
        page.wait_for_load_state()
        page.get_by_test_id("own-scenario").set_input_files(short_game(tmp_path))
        expect(page.locator("input[value='own:short_game']")).to_be_checked()
    assert table.host.findings == []
