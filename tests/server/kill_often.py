"""A program: play a room on a real log in processes that are killed at any instant, and look what the next one finds.

`python kill_often.py FOLDER KILLS SEED [DATABASE_URL]`. This process never opens the log: it forks a player, hears from
it through a pipe which entries are kept, kills it, and tells the next player what it heard. It prints one line with the
counts, or the first thing that is wrong and exits with 1.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, Driver, small_scenario
from keeping import Keeping

from townsquare_server import wire
from townsquare_server.archive import Archive
from townsquare_server.effects import Append
from townsquare_server.event_log import EventLog
from townsquare_server.restore import replay
from townsquare_server.room import Room

LONGEST_LIFE = 0.1  # seconds
UP = b"up\n"
PLAYS = ("contest", "expert_article", "ad_burst")
Heard = dict[str, list[str]]  # room -> digest of each kept entry, in order


@dataclass
class Player(Driver):
    """Drives a room whose entries go to a real log, and says which are kept."""

    events: EventLog | None = None
    pipe: int = -1

    def keep(self, append: Append) -> None:
        assert self.events is not None
        self.events.append(self.room.code, [(append.seq, append.entry)], durable=append.durable).result()
        os.write(self.pipe, f"{self.room.code} {append.seq} {digest(append.entry)}\n".encode())
        super().keep(append)


def digest(entry: bytes) -> str:
    return hashlib.blake2b(entry, digest_size=8).hexdigest()


def check(log: EventLog, heard: Heard) -> list[str]:
    """Every entry that was called kept is there, unchanged and in its place; return what was kept and not told of."""
    news = []
    for room in log.rooms():
        found, digests = [digest(entry) for entry in log.read(room)], heard.get(room, [])
        assert found[: len(digests)] == digests, f"room {room}: {len(digests)} kept, {len(found)} found"
        assert len(found) <= len(digests) + 1, f"room {room}: {len(found)} found, {len(digests)} told of"
        news += [f"{room} {seq} {found[seq - 1]}\n" for seq in range(len(digests) + 1, len(found) + 1)]
    assert heard.keys() <= set(log.rooms())
    return news


def live(keeping: Keeping, heard: Heard, seed: int, pipe: int) -> None:
    """One life: look, take the newest room up, play until killed."""
    log = EventLog(keeping.store())
    os.write(pipe, "".join(check(log, heard)).encode())
    choose, archive = random.Random(seed), Archive(log)
    codes = archive.look(0)
    if codes:
        player = Player(archive.read_back(codes[0], 0, SETTINGS), 0, log.read(codes[0]), events=log, pipe=pipe)
        player.next_id = 1000 * len(player.log)  # a number that no earlier life gave to a command
        player.now = player.room.state.at + 1000
        player.run(player.room.advance(player.now))
    else:
        player = opened(log, f"ROOM{len(log.rooms()):02}", seed, pipe)
    os.write(pipe, UP)
    while True:
        if player.room.state.phase.value == "closed":  # perhaps by a life that ended before it could say so
            log.close_room(player.room.code).result()
            player = opened(log, f"ROOM{len(log.rooms()):02}", choose.randrange(1000), pipe)
        play(player, choose)


def opened(log: EventLog, code: str, seed: int, pipe: int) -> Player:
    room, effects = Room.create(code, small_scenario(), seed, 2, "en", SETTINGS, 1_000_000)
    player = Player(room, 1_000_000, events=log, pipe=pipe)
    player.run(effects)
    player.run(room.connected("host", None, player.now))
    return player


def play(player: Player, choose: random.Random) -> None:
    """Do one thing that somebody in the room might do."""
    guests = [seat for seat, who in player.room.state.seats.items() if who.team == "A"]
    what = choose.random()
    if not guests:
        _, effects = player.room.seat_for(wire.ClientJoin(1, player.room.code, "Kari", "A"), player.now)
        player.run(effects)
    elif what < 0.6:
        level = choose.randint(1, 3)
        player.say(guests[0], wire.ClientEditPlan, choose.choice(PLAYS), "level", level)
    elif what < 0.9:
        player.wait(choose.randint(100, 2000))
    else:
        player.skip()


def main() -> int:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    keeping = Keeping(folder, sys.argv[4] if len(sys.argv) > 4 else None)
    warm = Driver.open()  # compiled once, here: every player inherits it
    warm.to("review")
    choose, heard = random.Random(seed), dict[str, list[str]]()
    for life in range(kills):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                live(keeping, heard, seed * 1000 + life, write)
            except BaseException as error:
                os.write(write, f"! {type(error).__name__}: {error}\n".encode())
                os._exit(1)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            said = b""
            patient = choose.random() < 0.8  # else it is killed while it takes the room up
            while patient and UP not in said:
                said += os.read(pipe.fileno(), 65536) or UP
            time.sleep(choose.uniform(0.0, LONGEST_LIFE))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            said += pipe.read()
            for line in said.replace(UP, b"").decode().splitlines():
                if line.startswith("!"):
                    print(f"seed {seed}, life {life}: {line[2:]}")
                    return 1
                room, seq, found = line.split()
                digests = heard.setdefault(room, [])
                assert int(seq) == len(digests) + 1, line
                digests.append(found)
    log = EventLog(keeping.store())
    check(log, heard)
    rounds = sum(len(replay(room, log.read(room))[0].digests) for room in log.rooms())
    entries = sum(len(log.read(room)) for room in log.rooms())
    log.close()
    print(f"{kills} kills, {len(heard)} rooms, {entries} entries, {rounds} rounds with the digests that were logged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
