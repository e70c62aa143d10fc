"""The page behind HAProxy: a code typed at the wrong process leads to the right one, and an old page says it is old."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from townsquare_server.client import Player
from townsquare_server.wire import ServerWelcome

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
from proxies import HOST_KEY, Square
from serving import create

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def open_room(url: str) -> ServerWelcome:
    """Open a room from another thread: the browser keeps this one's event loop."""
    made: list[ServerWelcome] = []

    async def run() -> None:
        async with Player(url) as host:
            made.append(await create(host, host_key=HOST_KEY))

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join(60)
    return made[0]


def test_a_page_finds_its_shard_and_says_when_it_is_old(browser: Any, square: Square) -> None:
    room = open_room(square.shard(1))
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    try:
        find_the_room(page, square, room.code)
        live_through_a_restart(page, square)
        say_it_is_old(context.new_page(), square, room.code)
    finally:
        context.close()


def find_the_room(page: Page, square: Square, code: str) -> None:
    """Type the code at the wrong shard, take a seat at the right one, and come back to it from the wrong one."""
    page.goto(f"{square.shard(0)}/#/join")
    page.locator("input[name=code]").fill(code.lower())
    page.locator("form button").click()
    page.wait_for_url(f"{square.shard(1)}/#/join/{code}")
    page.locator("input[name=nickname]").fill("Anna")
    page.locator("form button.primary").click()
    page.wait_for_url(f"{square.shard(1)}/#/play")
    expect(page.locator(".top-bar")).to_contain_text("Anna")
    page.goto(f"{square.shard(0)}/#/play")
    page.wait_for_url(f"{square.shard(1)}/#/play")
    expect(page.locator(".top-bar")).to_contain_text("Anna")


def live_through_a_restart(page: Page, square: Square) -> None:
    """A server that is asked to end says what happens, and the page comes back to its seat by itself."""
    square.workers[1].stop()
    expect(page.locator(".banner")).to_contain_text("The server restarts. Your seat is kept.")
    square.workers[1].start()
    expect(page.locator(".banner")).to_have_count(0, timeout=60_000)
    expect(page.locator(".top-bar")).to_contain_text("Anna")


def say_it_is_old(page: Page, square: Square, code: str) -> None:
    """Have the page ask for a version that this server does not speak."""

    def older(route: Any) -> None:
        text = route.fetch().text().replace("townsquare.v1.", "townsquare.v0.")
        route.fulfill(content_type="text/javascript", body=text)  # without the headers that make it immutable

    page.route("**/codec.js", older)
    page.goto(f"{square.shard(1)}/#/join/{code}")
    words = page.locator("[role=alert].loading")
    expect(words).to_contain_text("This page is too old, or not whole.")
    page.unroute("**/codec.js")
    words.get_by_role("button").click()
    expect(page.locator("input[name=nickname]")).to_be_visible()
    expect(words).to_have_count(0)
