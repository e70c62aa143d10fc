"""Write the golden session of the newest format, and give those of older formats the digests of today's market.

`python tests/golden/make_sessions.py` says what it wrote. Law: an entry of an older format is never written anew, but
for the digest that closes a round: the market's numbers may change (see CHANGELOG.md), how a log is read may not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "server"))

from driving import Driver, eventful  # noqa: E402

from townsquare_server import entries, session_file, wire  # noqa: E402
from townsquare_server.errors import DigestError  # noqa: E402
from townsquare_server.restore import replay  # noqa: E402


def play() -> Driver:
    """Play a short game in which every kind of entry and of command is written; round 2 is stepped over."""
    driver = Driver.open(eventful(rounds=3, buyers=40, boom=2), seed=11)
    kari, ola, per = driver.join("Kari", "A"), driver.join("Åse-Marie", "B"), driver.join("Per", "A")
    driver.say(per, wire.ClientChangeTeam, "B")
    driver.skip()
    driver.say("host", wire.ClientPause)
    driver.say("host", wire.ClientExtend, 30)
    driver.say("host", wire.ClientContinue)
    driver.say("host", wire.ClientMoveSeat, per, "A")
    driver.say("host", wire.ClientRenameSeat, per, "Per P.")
    driver.say("host", wire.ClientTell, None, "Lykke til!")
    driver.say("host", wire.ClientSetSpeed, 150)
    driver.skip()
    for round in (1, 3):
        driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 2)
        driver.say(kari, wire.ClientEditPlan, "ad_burst", "topic", driver.room.scenario.topics[0].id)
        driver.say(ola, wire.ClientEditPlan, "expert_article#2", "level", 2)
        driver.say(kari, wire.ClientSetReady, True)
        driver.say(ola, wire.ClientSetReady, True)
        driver.wait(700)
        driver.say("cohost", wire.ClientInject, "recession" if round == 1 else "boom")
        driver.say("host", wire.ClientPause)
        driver.say("host", wire.ClientStep, "tick")
        driver.say("host", wire.ClientContinue)
        driver.join(f"late {round}", "A")
        driver.crash()
        driver.wait(3_000)
        driver.say("host", wire.ClientSetDriver, "B", "policy")
        driver.say("host", wire.ClientPause)
        driver.say("host", wire.ClientStep, "round")
    driver.say("host", wire.ClientNameHost, "Vert")
    driver.say("host", wire.ClientWithdrawHost)
    driver.say(kari, wire.ClientSetAside, True)
    driver.say("host", wire.ClientSetAside, True, per)
    driver.say("host", wire.ClientRewind, 2, 2)
    driver.say(kari, wire.ClientSetAside, False)
    driver.say("host", wire.ClientContinue)
    driver.to("review")
    driver.say("host", wire.ClientRewind, 4, 3, 1)
    driver.say("host", wire.ClientRemoveSeat, per)
    driver.say("host", wire.ClientLockRoom, True)
    driver.to("closed")
    return driver


def renewed(room: str, log: list[bytes]) -> list[bytes]:
    """Return a log with the digests that its rounds have today."""
    log = list(log)
    while True:
        try:
            replay(room, log)
        except DigestError as error:
            index = (error.seq or 1) - 1
            entry = entries.decode(log[index], room, index + 1)
            data = entries.RoundEnded(error.round, error.replayed)
            log[index] = entries.encode(msgspec.structs.replace(entry, data=data))
        else:
            return log


def main() -> None:
    """Write the golden sessions."""
    newest = HERE / f"session_format_{entries.FORMAT}.townsquare"
    newest.write_bytes(session_file.pack("KWMRTX", play().log))
    print(newest)
    for path in sorted(HERE.glob("session_format_*.townsquare")):
        if path != newest:
            manifest, log = session_file.unpack(path)
            path.write_bytes(session_file.pack(manifest.room, renewed(manifest.room, log)))
            print(path)


if __name__ == "__main__":
    main()
