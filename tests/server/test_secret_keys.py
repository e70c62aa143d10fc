"""The keys: made once, for their owner alone, replaced in one step, and gone when they must be gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from townsquare_server import secret_keys
from townsquare_server.errors import RefusalError
from townsquare_server.seats import Claim, Signer

CLAIM = Claim("participant", "KWMRTX", "s3")
posix = pytest.mark.skipif(os.name != "posix", reason="files have no modes here")


def test_keys_are_made_once_and_outlive_a_restart(tmp_path: Path) -> None:
    keys = secret_keys.load(tmp_path)
    assert [len(key) for key in keys] == [32]
    assert secret_keys.load(tmp_path) == keys


@posix
def test_only_the_owner_reads_the_secret(tmp_path: Path) -> None:
    secret_keys.load(tmp_path)
    path = tmp_path / secret_keys.NAME
    assert path.stat().st_mode & 0o777 == 0o600
    secret_keys.rotate(tmp_path, forget=False)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)  # as a copy from another disk may have it
    secret_keys.load(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_rotation_lets_seats_live_on_and_the_next_one_ends_them(tmp_path: Path) -> None:
    token = Signer(secret_keys.load(tmp_path)).token(CLAIM)
    personal_code = Signer(secret_keys.load(tmp_path)).personal_code("KWMRTX", "s3")
    after = Signer(secret_keys.rotate(tmp_path, forget=False))
    assert after.verify(token) == CLAIM
    assert after.find_personal_code("KWMRTX", ["s1", "s3"], personal_code) == "s3"
    fresh = after.token(CLAIM)
    assert fresh != token
    last = Signer(secret_keys.rotate(tmp_path, forget=False))
    assert last.verify(fresh) == CLAIM
    with pytest.raises(RefusalError, match="bad_token"):
        last.verify(token)
    assert last.find_personal_code("KWMRTX", ["s1", "s3"], personal_code) is None


def test_a_rotation_that_forgets_ends_every_token_at_once(tmp_path: Path) -> None:
    token = Signer(secret_keys.load(tmp_path)).token(CLAIM)
    with pytest.raises(RefusalError, match="bad_token"):
        Signer(secret_keys.rotate(tmp_path, forget=True)).verify(token)


@pytest.mark.parametrize("found", [b"", b"short", bytes(33), bytes(96)])
def test_a_file_that_holds_no_keys_is_replaced(found: bytes, tmp_path: Path) -> None:
    (tmp_path / secret_keys.NAME).write_bytes(found)
    (tmp_path / f"{secret_keys.NAME}.new").write_bytes(b"what a crash left behind")
    keys = secret_keys.load(tmp_path)
    assert keys == secret_keys.load(tmp_path) != (found,)
    assert [path.name for path in tmp_path.iterdir()] == [secret_keys.NAME]
