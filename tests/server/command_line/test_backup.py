"""`townsquare backup`: taken while a game runs, and a server goes on from it; PostgreSQL's own tools do the same."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.cli import main
from townsquare_server.client import Player
from townsquare_server.wire import ClientResume, ServerAck, ServerWelcome

sys.path.insert(0, str(Path(__file__).parents[1]))
from keeping import Keeping
from serving import advance, create, edit, join, with_server

needs_speed = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


@needs_speed
def test_a_server_goes_on_from_a_copy_that_was_taken_while_a_game_ran(
    keeping: Keeping, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, copy = keeping.folder / "data", tmp_path / "copy"
    seats: list[ServerWelcome] = []
    restored = keeping

    async def play(application: Application, url: str) -> None:
        nonlocal restored
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            seats.extend([room, await join(anna, room.code, "Anna", "A")])
            await advance(host)
            await anna.wait_for_phase("briefing")
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)
            if keeping.url is None:
                assert main(["backup", str(copy), "--data", str(source)]) == 0
                assert "1 rooms and the secret are copied" in capsys.readouterr().out
            else:
                assert keeping.server is not None
                dump, empty = str(keeping.server.folder / "dump"), keeping.server.database()
                keeping.server.run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={keeping.url}")
                keeping.server.run("pg_restore", "--exit-on-error", f"--dbname={empty}", dump)
                restored = Keeping(keeping.folder, empty, keeping.server)
            assert isinstance(await edit(anna, "contest", "level", 3), ServerAck)  # after the copy was taken

    async def go_on(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            for player, seat in zip((host, anna), seats, strict=True):
                answer = await player.ask(lambda id, seat=seat: ClientResume(id, seat.token))  # type: ignore[misc]
                assert isinstance(answer, ServerWelcome), answer
            await anna.until(lambda view: view["plans"]["A"]["slots"]["contest"]["level"] == 1)
            await advance(host)
            await anna.wait_for_phase("planning")

    with_server(source, play, **keeping.settings)
    with_server(copy if keeping.url is None else source, go_on, **restored.settings)


def folder_with_a_log(path: Path) -> Path:
    with Keeping(path).open() as log:
        log.append("A", [(1, b"a")], durable=True).result(10)
    return path


def test_a_copy_is_for_its_owner_alone_and_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, copy = folder_with_a_log(tmp_path), tmp_path / "copies" / "monday"
    assert main(["backup", str(copy), "--data", str(source)]) == 0
    assert sorted(path.name for path in copy.iterdir()) == ["log.sqlite", "secret"]
    if os.name == "posix":
        assert copy.stat().st_mode & 0o077 == 0
        assert (copy / "secret").stat().st_mode & 0o077 == 0
    assert (copy / "secret").read_bytes() == (source / "secret").read_bytes()
    with Keeping(copy).open() as log:
        assert log.read("A") == [b"a"]
    assert main(["backup", str(copy), "--data", str(source)]) == 2
    assert "is not empty; name a new folder" in capsys.readouterr().err


def test_what_cannot_be_copied_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = folder_with_a_log(tmp_path)
    with contextlib.closing(sqlite3.connect(source / "log.sqlite")) as connection:
        connection.executemany("INSERT INTO entries VALUES ('B', ?, zeroblob(4000))", [(n,) for n in range(50)])
        connection.commit()
    whole = (source / "log.sqlite").read_bytes()
    (source / "log.sqlite").write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    (tmp_path / "file").write_text("")
    cases = [
        (["backup", str(tmp_path / "copy"), "--data", str(tmp_path / "none")], "holds no log.sqlite"),
        (["backup", str(tmp_path / "file"), "--data", str(source)], "cannot be written"),
        (["backup", str(tmp_path / "copy"), "--data", str(source)], "log.sqlite cannot be copied"),
    ]
    for arguments, words in cases:
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
    assert not (tmp_path / "copy" / "log.sqlite").exists()


def test_a_log_in_a_database_is_left_to_its_own_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOWNSQUARE_DATABASE_URL", "postgresql://square:s3cret@db.example/town")
    assert main(["backup", str(tmp_path / "copy"), "--data", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "the log is in postgresql://square@db.example/town: copy it with pg_dump" in error
    assert "s3cret" not in error
