"""A session as one file, ``NAME.townsquare``: everything that the game follows from, to keep, to send and to replay.

Law: the file is a zip archive of `manifest.json` (what it is, for people and other programs) and `log.msgpack` (the
room's entries, in order); the log alone counts, and the manifest is checked against it. It holds no secret: tokens
and personal codes follow from the server's key, which stays where it is. A reader of format n reads all formats up to
n.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path

import msgspec

from townsquare_server import entries as log_entries
from townsquare_server.entries import Commanded, Opened, RoundEnded
from townsquare_server.errors import ReplayError
from townsquare_server.seats import HOST, second_host
from townsquare_server.shell_errors import SessionFileError
from townsquare_server.version import version
from townsquare_server.wire import ClientRewind, ClientWithdrawHost

FORMAT = 1
SUFFIX = ".townsquare"
MANIFEST, LOG = "manifest.json", "log.msgpack"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    msgspec.MsgspecError,
    UnicodeDecodeError,
    NotImplementedError,
    RuntimeError,
)
"""What reading a damaged archive raises."""
MOST_BYTES = 256 * 1024 * 1024
"""Unpacked; a session of a full day stays far below."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip needs a date, and equal sessions make equal files


class Manifest(msgspec.Struct, frozen=True):
    """What the file says about itself."""

    townsquare_session: int
    version: str  # of the server that exported it
    room: str
    opened_version: str
    scenario_digest: str
    seed: int
    entries: int
    digests: list[str]  # of the finished rounds of the branch that is played last
    branch: int = 1


def pack(room: str, entries: list[bytes]) -> bytes:
    """Return the file of a room's log."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            (MANIFEST, msgspec.json.format(msgspec.json.encode(_manifest(room, entries)), indent=2)),
            (LOG, msgspec.msgpack.encode(entries)),
        ):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def differences(manifest: Manifest, entries: list[bytes]) -> list[str]:
    """Say where a manifest tells another story than the log beside it; only who exported it cannot be checked."""
    log = _manifest(manifest.room, entries)
    opened = decode_all(manifest.room, entries[:1])[0].data
    code = opened.code if isinstance(opened, Opened) else ""
    told = msgspec.structs.replace(log, version=manifest.version, room=code)
    return [
        f"the manifest says {name} {getattr(manifest, name)!r}, the log {getattr(told, name)!r}"
        for name in Manifest.__struct_fields__
        if name != "townsquare_session" and getattr(manifest, name) != getattr(told, name)
    ]


def _manifest(room: str, entries: list[bytes]) -> Manifest:
    decoded = decode_all(room, entries)
    opened = decoded[0].data
    if not isinstance(opened, Opened):
        raise ReplayError("the log does not begin with its opening", room=room, seq=decoded[0].seq)
    digests, branch = _played(decoded)
    return Manifest(
        FORMAT, version(), room, opened.version, scenario_digest(opened), opened.seed, len(entries), digests, branch
    )


def hosts(room: str, entries: list[bytes]) -> tuple[str, str]:
    """Return the seats of those who lead a room at the end of its log."""
    commands = [entry.data.message for entry in decode_all(room, entries) if isinstance(entry.data, Commanded)]
    return HOST, second_host(sum(isinstance(message, ClientWithdrawHost) for message in commands))


def _played(decoded: list[log_entries.Entry]) -> tuple[list[str], int]:
    """Return the digests of the rounds that lead to where a log ends, and the branch in which that is."""
    left: dict[int, list[str]] = {}
    now, branch = list[str](), 1
    for entry in decoded:
        match entry.data:
            case RoundEnded(digest=digest):
                now.append(digest)
            case Commanded(ClientRewind(round=round, branch=new, of=of)):
                left[branch] = now
                now, branch = left[of or branch][: round - 1], new
    return now, branch


def until_left(room: str, entries: list[bytes], branch: int) -> list[bytes]:
    """Return a log as it was when a branch was left, the whole log for the last one; empty when there is none such."""
    decoded = decode_all(room, entries)
    commands = [(n, entry.data.message) for n, entry in enumerate(decoded) if isinstance(entry.data, Commanded)]
    ends = [*(n for n, message in commands if isinstance(message, ClientRewind)), len(entries)]
    return entries[: ends[branch - 1]] if 1 <= branch <= len(ends) else []


def scenario_digest(opened: Opened) -> str:
    """Return what `Scenario.digest` says of the scenario, without reading it."""
    return hashlib.blake2b(opened.scenario, digest_size=16).hexdigest()


def decode_all(room: str, entries: list[bytes]) -> list[log_entries.Entry]:
    """Return a log's entries; raise `ReplayError` where one is broken or missing."""
    if not entries:
        raise ReplayError("the log is empty", room=room)
    return [log_entries.decode(entry, room, number) for number, entry in enumerate(entries, start=1)]


def unpack(path: Path) -> tuple[Manifest, list[bytes]]:
    """Read a file; raise `SessionFileError` when it is not a whole session of a format we know."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = msgspec.json.decode(_member(archive, path, MANIFEST), type=Manifest)
            if manifest.townsquare_session > FORMAT:
                raise SessionFileError(
                    path,
                    f"has format {manifest.townsquare_session}, this version reads up to {FORMAT}: update townsquare",
                )
            entries = msgspec.msgpack.decode(_member(archive, path, LOG), type=list[bytes])
    except OSError as error:
        raise SessionFileError(path, f"cannot be read ({error.strerror or error})") from error
    except BROKEN as error:
        raise SessionFileError(path, f"is not a whole session file ({error}); export it again") from error
    if len(entries) != manifest.entries:
        raise SessionFileError(path, f"holds {len(entries)} entries, not {manifest.entries}; export it again")
    return manifest, entries


def _member(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise SessionFileError(path, f"holds no {name}: it is not a session file") from None
    if info.file_size > MOST_BYTES:
        raise SessionFileError(path, f"{name} unpacks to {info.file_size} bytes; at most {MOST_BYTES} are read")
    with archive.open(info) as member:
        return member.read(MOST_BYTES)
