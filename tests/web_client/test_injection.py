"""Whatever people write - names, notes, whole scenarios - is text on every screen, and would run nothing otherwise.

Law: a real browser decides. The hostile scenario arrives as a stranger's would: a host chooses its file on the page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from townsquare_agents.paths import scenarios_folder

sys.path.insert(0, str(Path(__file__).parent))
from screens import Screen
from table import Table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

MARKUP = "<img src=x onerror=window.pwned=1><script>window.pwned=2</script><a href=javascript:alert(1)>x</a>{name}"
TEAM = "<img src=x onerror=window.pwned=3>"  # a vendor's name has at most 40 characters
NICKNAME = "<img src=x onerror=f()>"  # a nickname 24
CHECKED_MS = 60_000  # a server may take six seconds of the processor for a file, and then there is the machine
WATCH = """
window.f = () => { window.pwned = 4; };
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""
INJECTED = """() => [
  ...document.querySelectorAll("#app img[src=x], #app script, #app a[href^=javascript]"),
  ...[...document.querySelectorAll("#app *")]
    .filter((each) => each.getAttributeNames().some((name) => /^on/.test(name))),
].map((node) => node.outerHTML)"""


def hostile_scenario(folder: Path) -> Path:
    """Write the shipped market with markup in every text that a person reads."""
    parts = ("first_market", "archetypes/b2b", "platforms/standard", "plays/standard", "events/standard")
    text = "\n".join((scenarios_folder() / f"{part}.toml").read_text(encoding="utf-8") for part in parts)
    text = re.sub(r"^include = .*$", "", text, flags=re.M)
    text = re.sub(r'"""(?s:.*?)"""', f'"{MARKUP}"', text)
    text = re.sub(r'^((?:name\.|summary\.)?(?:en|nb)) = ".*"$', rf'\1 = "{MARKUP}"', text, flags=re.M)
    text, vendors = re.subn(r'^name = ".*"$', f'name = "{TEAM}"', text, flags=re.M)
    assert vendors == 4
    assert text.count(MARKUP) > 50
    for old, new in (
        ('id = "first_market"', 'id = "hostile"'),
        ("rounds = 8", "rounds = 1"),
        ("ticks_per_round = 28", "ticks_per_round = 28\nrunning_seconds = 2"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "hostile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def check(screen: Screen, *shown: str) -> None:
    """Look for what markup would have become, and for the words that it must have stayed."""
    assert screen.page.evaluate("window.pwned ?? null") is None
    assert screen.page.evaluate(INJECTED) == []
    assert screen.page.evaluate("window.violations") == []
    words = screen.page.locator("#app").inner_text()
    for text in shown:
        assert text.lower() in words.lower(), f"{screen.name}: {text} is not on the screen"


def test_markup_stays_text_on_every_screen(
    browser: Any, start_server: Callable[[], Any], artifacts: Path, tmp_path: Path
) -> None:
    folder = artifacts / "injection"
    folder.mkdir(parents=True, exist_ok=True)
    with Table(browser, start_server().url, "en", folder) as table:
        table.host.context.add_init_script(WATCH)
        table.projector.context.add_init_script(WATCH)
        hand_in(table, tmp_path)
        for number, team in enumerate("AB"):
            join(table, f"{NICKNAME[:-1]}{number}", team)
        for phase, round in (("briefing", 0), ("planning", 1), ("running", 1)):
            table.advance(phase, round)
            if phase == "planning":
                tell(table)
            look(table)
        table.wait_for("review", 1)
        look(table)
        table.advance("debrief", 1)
        look(table)
        assert [error for screen in table.everybody for error in screen.errors] == []
        would_not_run(table.guests[0])


def hand_in(table: Table, folder: Path) -> None:
    """Choose a broken file, read what is wrong with it, choose the whole one, open the room."""
    page = table.host.page
    page.goto(table.url)
    chooser = page.get_by_test_id("own-scenario")
    broken = folder / "broken.toml"
    broken.write_text('id = "x"\n[population]\nbuyers = 1_000_000_000\n', encoding="utf-8")
    chooser.set_input_files(broken)
    refused = page.get_by_test_id("own-refused")
    expect(refused.locator("li")).to_contain_text(["1000000000 buyers; this server takes 20000"], timeout=CHECKED_MS)
    expect(refused.locator("li")).to_contain_text(["broken.toml"])  # the name that the host knows the file by
    otherwise = page.locator(".team-choice:has(input:checked) strong").inner_text()
    expect(refused).to_contain_text(f"The room opens with “{otherwise}”")
    table.host.show("00-refused")
    chooser.set_input_files(hostile_scenario(folder))
    expect(page.locator("input[value='own:hostile']")).to_be_checked(timeout=CHECKED_MS)
    check(table.host, MARKUP)
    table.host.show("01-handed-in")
    page.locator(".wide-tabs button").nth(1).click()
    page.locator("main form button.primary").last.click()
    table.host.wait_for("lobby", 0)
    table.code = page.locator(".host-code").inner_text()
    table.projector.page.goto(table.url + "/" + (page.get_by_test_id("projector-link").get_attribute("href") or ""))
    table.projector.wait_for("lobby", 0)


def join(table: Table, nickname: str, team: str) -> None:
    guest = table.screen(f"phone-{team}", "phone")
    guest.context.add_init_script(WATCH)
    guest.page.goto(f"{table.url}/#/join/{table.code}")
    guest.page.locator("form input.input").first.fill(nickname)
    check(guest, TEAM)
    guest.page.locator(".team-choice").nth("AB".index(team)).tap()
    guest.page.locator("form button.primary").tap()
    guest.wait_for("lobby", 0)
    table.guests.append(guest)


def tell(table: Table) -> None:
    """The host tells everybody something with markup in it."""
    form = table.host.page.get_by_test_id("host-notes")
    form.locator("textarea").fill(MARKUP)
    form.locator("button").click()
    for screen in (*table.guests, table.projector):
        expect(screen.page.locator(".notice.note, .stage-told.note").first).to_contain_text(MARKUP)


def look(table: Table) -> None:
    for screen in table.everybody:
        check(screen, "<img src=x onerror=")


def would_not_run(screen: Screen) -> None:
    """Even if markup got into a page, its policy would let none of it run."""
    screen.page.evaluate(
        """() => {
          const place = document.createElement("div");
          place.innerHTML = "<img src=x onerror='window.pwned=5'><a id=trap href='javascript:window.pwned=6'>x</a>";
          document.body.append(place);
          const script = document.createElement("script");
          script.textContent = "window.pwned = 7";
          document.body.append(script);
          document.getElementById("trap").click();
        }"""
    )
    screen.page.wait_for_function("window.violations.length >= 3")
    assert screen.page.evaluate("window.pwned ?? null") is None
