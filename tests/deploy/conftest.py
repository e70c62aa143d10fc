"""Two workers behind HAProxy, as docs/deploy.md has them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
from proxies import DEPLOY, HOST_KEY, Square, free_port, in_front, program
from serving import short_scenario


@pytest.fixture
def square(start_server: Callable[..., Any], tmp_path: Path) -> Iterator[Square]:
    haproxy, port = program("haproxy"), free_port()
    scenario = short_scenario(tmp_path, seconds=1.0)
    common = ("--shards", "2", "--trusted-proxy", "127.0.0.1", "--public-url", f"http://localhost:{port}")
    common += ("--set", f"host_key={HOST_KEY}", "--scenario", str(scenario))
    workers = [start_server("--shard", str(number), *common) for number in range(2)]
    environment = {"SQUARE_FRONT": f"127.0.0.1:{port}", "SQUARE_MAXCONN": "200"}
    for number, worker in enumerate(workers):
        environment[f"SQUARE_SHARD_{number}"] = worker.url.removeprefix("http://")
    with in_front([haproxy, "-db", "-f", str(DEPLOY / "haproxy.cfg")], port, environment):
        yield Square(f"http://localhost:{port}", workers)
