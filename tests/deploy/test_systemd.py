"""The systemd units: systemd reads them without a word, their settings are ours, and both are locked up alike."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from townsquare_server.cli import build_parser
from townsquare_server.settings import configure

sys.path.insert(0, str(Path(__file__).parent))
from proxies import DEPLOY, program

UNITS = ("townsquare.service", "townsquare@.service")
HARDENED = {
    "DynamicUser": "yes",
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectSystem": "strict",
    "Restart": "on-failure",
    "UMask": "0077",
}


def lines(unit: str) -> list[tuple[str, str]]:
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    return [(line.partition("=")[0], line.partition("=")[2]) for line in text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_to_say(unit: str, tmp_path: Path) -> None:
    verify = program("systemd-analyze")
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    installed = tmp_path / unit.replace("@", "@1")
    installed.write_text(text.replace("/opt/townsquare/bin/townsquare", "/bin/true"), encoding="utf-8")
    result = subprocess.run([verify, "verify", str(installed)], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_locked_up_and_its_settings_are_ours(unit: str) -> None:
    found = lines(unit)
    assert dict(found).items() >= HARDENED.items()
    values = dict(value.replace("%i", "1").split("=", 1) for key, value in found if key == "Environment")
    folders = {"StateDirectory": values["TOWNSQUARE_DATA"], "CacheDirectory": values["NUMBA_CACHE_DIR"]}
    for key, path in folders.items():  # the only places that it may write to
        assert path.split("/", 1)[1] == dict(found)[key].replace("%i", "1")
    environment = {name: value for name, value in values.items() if name != "TOWNSQUARE_CONFIG"}
    sources = configure({}, {"TOWNSQUARE_SHARDS": "2", **environment}).sources
    assert "data" in sources
    command = dict(found)["ExecStart"].split()
    assert build_parser().parse_args(command[1:]).command == "serve"


def test_the_shards_of_the_units_are_those_of_haproxy() -> None:
    values = dict(value.split("=", 1) for key, value in lines("townsquare@.service") if key == "Environment")
    haproxy = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
    for shard in range(2):
        port = values["TOWNSQUARE_PORT"].replace("%i", str(shard))
        assert f"presetenv SQUARE_SHARD_{shard} 127.0.0.1:{port}\n" in haproxy


def test_both_units_are_locked_up_alike() -> None:
    def locked(unit: str) -> list[tuple[str, str]]:
        own = ("Description", "Environment", "StateDirectory", "CacheDirectory")
        return [(key, value) for key, value in lines(unit) if key not in own]

    assert locked(UNITS[0]) == locked(UNITS[1])
