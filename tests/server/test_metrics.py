"""Metrics of a played room, read as Prometheus reads them: what was done is what was counted, and no guest is named."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.errors import Code
from townsquare_server.metrics import LOOP_SECONDS
from townsquare_server.phases import Phase
from townsquare_server.wire import ClientResume

sys.path.insert(0, str(Path(__file__).parent))
from serving import advance, create, edit, get, join, refusal, running, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")
TOKEN = "a token of the tests"
AFAR = {"X-Forwarded-For": "198.51.100.7"}


async def scrape(url: str) -> dict[str, Metric]:
    status, headers, body = await get(f"{url}/metrics")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert headers["content-type"].startswith("text/plain; version=")
    return {family.name: family for family in text_string_to_metric_families(body.decode())}


def value(families: dict[str, Metric], name: str, **labels: str) -> float:
    """Return the one sample of that name with these labels."""
    samples = [sample for family in families.values() for sample in family.samples if sample.name == name]
    (found,) = [sample.value for sample in samples if labels.items() <= sample.labels.items()]
    return found


def test_a_played_room_is_counted(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        before = await scrape(url)
        assert value(before, "townsquare_rooms", phase="lobby") == 0
        assert value(before, "townsquare_frames_sent_total") == 0
        async with Player(url) as host, Player(url) as anna, Player(url) as projector:
            room = await create(host)
            await join(anna, room.code, "Grotesque nickname", "A")
            await projector.ask(lambda id: ClientResume(id, room.projector_token or ""))
            for phase in ("briefing", "planning"):
                await advance(host)
                await host.wait_for_phase(phase)
            assert refusal(await edit(anna, "no_such_play", "level", 1)) == "unknown_play"
            await edit(anna, "contest", "level", 1)
            await advance(host)
            await host.wait_for_phase("review", 1)
            await asyncio.sleep(2 * LOOP_SECONDS)
            after = await scrape(url)
            assert value(after, "townsquare_rooms", phase="review") == 1
            assert value(after, "townsquare_rooms", phase="lobby") == 0
            assert value(after, "townsquare_seats", role="participant") == 1
            assert value(after, "townsquare_connections") == 3
            assert value(after, "townsquare_messages_received_total") >= 8
            assert value(after, "townsquare_frames_sent_total") >= 20
            assert value(after, "townsquare_bytes_sent_total") > 10_000
            assert value(after, "townsquare_frames_skipped_total") == 0
            assert value(after, "townsquare_refusals_total", code="unknown_play") == 1
            assert value(after, "townsquare_refusals_total", code="too_fast") == 0
            assert value(after, "townsquare_http_replies_total", status="200") >= 1
            assert value(after, "townsquare_tick_compute_seconds_count") == 6
            assert value(after, "townsquare_acknowledgement_seconds_count") >= 5
            assert value(after, "townsquare_acknowledgement_seconds_sum") > 0
            assert value(after, "townsquare_log_append_seconds_count") >= 5
            assert value(after, "townsquare_loop_lag_seconds_count") >= 1
            check_labels(after, room.code)
            check_document(after)
        assert [name for name in REGISTRY._names_to_collectors if name.startswith("townsquare")] == []

    with_server(tmp_path, test)


def check_document(families: dict[str, Metric]) -> None:
    """What docs/deploy.md tells of is what there is."""
    text = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(townsquare_\w+)(?:\{[\w,]+\})?`", text))
    ours = [family for family in families.values() if re.match(r"townsquare_\w+(?<!_created)$", family.name)]
    assert told == {f"{family.name}_total" if family.type == "counter" else family.name for family in ours}


def check_labels(families: dict[str, Metric], code: str) -> None:
    """Every label is a word of ours: no room, no guest, no team, no address."""
    labels = {
        (sample.name, key): text
        for family in families.values()
        for sample in family.samples
        for key, text in sample.labels.items()
    }
    ours = {*map(str, Code), *(phase.value for phase in Phase), "participant", "facilitator", "projector"}
    known = {"phase": ours, "role": ours, "code": ours}
    for (name, key), text in labels.items():
        assert key in ("le", "version", "protocol", "python", "status") or text in known[key], name
    assert not any(code in text or "Grotesque" in text for text in labels.values())


def test_what_was_restored_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with running(tmp_path) as application, Player(f"http://127.0.0.1:{application.port}") as host:
            await create(host)
        async with running(tmp_path) as application:
            families = await scrape(f"http://127.0.0.1:{application.port}")
            assert value(families, "townsquare_restored_rooms") == 1
            assert value(families, "townsquare_unrestored_rooms") == 0
            assert 0 < value(families, "townsquare_restore_seconds") < 120
            assert value(families, "townsquare_build_info", protocol="1") == 1

    asyncio.run(run())


def test_other_machines_may_not_read_the_metrics(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        for headers in (AFAR, {**AFAR, "Authorization": f"Bearer {TOKEN}"}, {**AFAR, "Authorization": "Bearer None"}):
            status, _headers, body = await get(f"{url}/metrics", headers)
            assert (status, body) == (
                403,
                b"metrics are for this machine alone: to read them from another, set metrics_token\n",
            )

    with_server(tmp_path, test, lan=True)


def test_with_the_token_they_may(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        assert (await get(f"{url}/metrics"))[0] == 200
        for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            status, headers, _body = await get(f"{url}/metrics", {**AFAR, **wrong})
            assert (status, headers["www-authenticate"]) == (401, "Bearer")
        status, _, body = await get(f"{url}/metrics", {**AFAR, "Authorization": f"Bearer {TOKEN}"})
        assert status == 200
        assert b"townsquare_build_info" in body

    with_server(tmp_path, test, lan=True, metrics_token=TOKEN)
