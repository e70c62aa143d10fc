"""The keys that sign tokens and personal codes: one small file in the data folder, for its owner's eyes alone.

Law: the newest key signs. After a rotation the one before it is still believed, so seats live on and get new tokens as
they come back; a second rotation, or one that forgets, ends what the older key signed. The file is replaced in one
step, so that a crash leaves the old keys or the new ones. Where the platform has modes it has 0600; on Windows it has
what the user's own application data folder grants.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAME = "secret"
KEY_BYTES = 32
MOST_KEYS = 2
"""The one that signs, and the one before."""


def load(folder: Path) -> tuple[bytes, ...]:
    """Return the folder's keys, newest first; a folder without keys gets its first. Raises OSError."""
    path = folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        data = b""
    count, rest = divmod(len(data), KEY_BYTES)
    if rest or not 1 <= count <= MOST_KEYS:
        return _write(folder, (secrets.token_bytes(KEY_BYTES),))
    if os.name == "posix" and path.stat().st_mode & 0o077:  # copied, or brought back from a backup
        path.chmod(0o600)
    return tuple(data[start : start + KEY_BYTES] for start in range(0, len(data), KEY_BYTES))


def rotate(folder: Path, *, forget: bool) -> tuple[bytes, ...]:
    """Put a new key before the newest, or in the place of all of them; return the keys. Raises OSError."""
    former = () if forget else load(folder)[: MOST_KEYS - 1]
    return _write(folder, (secrets.token_bytes(KEY_BYTES), *former))


def copy(source: Path, target: Path) -> None:
    """Give another folder the same keys. Raises OSError."""
    _write(target, load(source))


def _write(folder: Path, keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
    fresh = folder / f"{NAME}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(b"".join(keys))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / NAME)
    return keys
