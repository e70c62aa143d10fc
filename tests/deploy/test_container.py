"""The Dockerfile, as far as it goes without Docker: it runs as nobody, keeps nothing it need not, asks what exists."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from townsquare_server.cli import build_parser
from townsquare_server.settings import EVERYWHERE, configure

ROOT = Path(__file__).resolve().parents[2]
Stage = list[tuple[str, str]]  # instructions and their arguments, in order


def stages() -> list[Stage]:
    """Return the instructions of each stage."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: list[Stage] = []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def all_of(stage: Stage, word: str) -> list[str]:
    return [rest for instruction, rest in stage if instruction == word]


def variables(stage: Stage) -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in all_of(stage, "ENV") for pair in shlex.split(rest))


def test_what_is_copied_exists_and_is_let_into_the_build() -> None:
    build, final = stages()
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [source for rest in all_of(build, "COPY") for source in rest.split()[:-1]]
    assert sorted(sources) == sorted(let_in)
    assert all((ROOT / source).exists() for source in sources)
    assert all_of(final, "COPY") == ["--from=build /opt/townsquare /opt/townsquare"]


def test_the_image_installs_what_ci_installs() -> None:
    """CI runs these two commands in an environment of its own, from the wheel, and starts the program there."""
    commands = [shlex.split(rest) for rest in all_of(stages()[0], "RUN")]
    assert commands[1][:3] == ["pip", "install", "--require-hashes"]
    assert commands[1][-2:] == ["-r", "requirements/runtime.txt"]
    assert commands[2] == ["pip", "install", "--no-deps", "."]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"installed/bin/pip\" install .*--require-hashes -r requirements/runtime.txt", ci)
    assert variables(stages()[0])["PIP_NO_CACHE_DIR"] == "1"


def test_it_runs_as_nobody_and_writes_to_its_volume_alone() -> None:
    final = stages()[-1]
    (user,) = all_of(final, "USER")
    assert int(user) > 0
    assert f"--uid {user}" in all_of(final, "RUN")[0]
    assert all_of(final, "VOLUME") == ["/data"]
    environment = variables(final)
    assert environment["TOWNSQUARE_DATA"] == "/data"
    assert environment["NUMBA_CACHE_DIR"].startswith("/data/")


def test_its_settings_and_its_command_are_ours() -> None:
    final = stages()[-1]
    settings, sources = configure({}, variables(final))
    assert settings.listen_host == EVERYWHERE
    assert all_of(final, "EXPOSE") == [str(settings.port)]
    assert set(sources) == {"data", "host", "port", "log_format"}
    (entry,), (command,) = all_of(final, "ENTRYPOINT"), all_of(final, "CMD")
    assert json.loads(entry) == ["townsquare"]
    assert build_parser().parse_args(json.loads(command)).command == "serve"


def test_its_health_check_tells_a_ready_server_from_none(start_server: Callable[..., Any]) -> None:
    (check,) = all_of(stages()[-1], "HEALTHCHECK")
    program, *arguments = json.loads(check.partition(" CMD ")[2])
    assert program == "python"
    server = start_server()
    environment = {**os.environ, "TOWNSQUARE_PORT": server.url.rpartition(":")[2]}

    def healthy() -> bool:
        return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True).returncode == 0

    assert healthy()
    server.stop()
    assert not healthy()


@pytest.mark.parametrize("stage", [0, 1])
def test_every_stage_begins_with_a_named_slim_image(stage: int) -> None:
    image = all_of(stages()[stage], "FROM")[0].split()[0]
    assert re.fullmatch(r"python:3\.\d+-slim", image)
