"""What tests of the server share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from townsquare_server.codec import Format

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver
from keeping import Keeping
from postgresql import PostgresqlServer, started


@pytest.fixture(params=list(Format), ids=lambda format: format.value)
def format(request: pytest.FixtureRequest) -> Format:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def driver() -> Driver:
    return Driver.open()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with started() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def keeping(request: pytest.FixtureRequest, tmp_path: Path) -> Keeping:
    if request.param == "sqlite":
        return Keeping(tmp_path)
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return Keeping(tmp_path, server.database(), server)
