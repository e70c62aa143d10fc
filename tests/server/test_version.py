"""The version is the installed distribution's."""

from __future__ import annotations

import re

from townsquare_server.version import version


def test_the_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+.*|0\+unknown", version())
