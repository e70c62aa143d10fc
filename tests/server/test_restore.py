"""A log restores the room that wrote it, at every prefix; what was tampered with or is missing is refused in words."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from townsquare_server import entries, wire
from townsquare_server.effects import Send
from townsquare_server.errors import DigestError, RefusalError, ReplayError
from townsquare_server.room import Room

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, Driver, small_scenario


def played(*, kill: bool = False) -> tuple[Driver, list[tuple[int, dict[str, object]]]]:
    """A whole game with two teams, and what every audience saw whenever an entry had just been written.

    With `kill` the server is killed before every step, also between the ticks of a running round.
    """
    driver, seen = Driver.open(), []

    def note() -> None:
        state = driver.room.state
        if not seen or seen[-1][0] != len(driver.log):
            last = entries.decode(driver.log[-1], "KWMRTX", len(driver.log))
            if state.phase.value != "running" or last.tick == state.tick:
                seen.append((len(driver.log), driver.views()))

    def say(*words: object) -> None:
        if kill:
            driver.crash()
        answer = driver.say(*words)  # type: ignore[arg-type]
        assert isinstance(answer, wire.ServerAck), answer
        note()

    kari, ola, per = driver.join("Kari", "A"), driver.join("Ola", "B"), driver.join("Per", "A")
    note()
    say(per, wire.ClientChangeTeam, "B")
    driver.skip()
    say("host", wire.ClientPause)
    say("host", wire.ClientExtend, 30)
    say("host", wire.ClientContinue)
    driver.skip()
    for round in (1, 2):
        say(kari, wire.ClientEditPlan, "ad_burst", "level", round)
        say(ola, wire.ClientEditPlan, "answer_questions", "level", round)
        say(per, wire.ClientEditPlan, "expert_article#2", "level", 2)
        say(kari, wire.ClientEditPlan, "ad_burst", "topic", driver.room.scenario.topics[0].id)
        say(kari, wire.ClientSetReady, True)
        say(per, wire.ClientSetReady, True)
        driver.wait(700)
        say("host", wire.ClientPause)
        driver.wait(5_000)
        say("host", wire.ClientContinue)
        driver.wait(700)
        if kill:
            driver.crash()
        driver.join(f"late {round}", "A")
        note()
        driver.wait(2_000)
        note()
        driver.skip()
        note()
    assert driver.room.state.phase.value == "debrief"
    driver.skip()
    note()
    return driver, seen


@pytest.fixture(scope="module")
def game() -> tuple[Driver, list[tuple[int, dict[str, object]]]]:
    return played()


def test_every_prefix_restores_to_what_was_seen_then(game: tuple[Driver, list[tuple[int, dict[str, object]]]]) -> None:
    driver, seen = game
    assert len(seen) > 25
    assert {views["facilitator"]["phase"]["name"] for _, views in seen} >= {"planning", "running", "review", "debrief"}
    for length, views in seen:
        assert driver.views(driver.restored(length)) == views, f"after {length} entries"


def test_every_prefix_goes_on(game: tuple[Driver, list[tuple[int, dict[str, object]]]]) -> None:
    driver, _ = game
    for length in range(1, len(driver.log)):
        other = Driver(driver.restored(length), driver.now + 10_000, driver.log[:length])
        other.run(other.room.advance(other.now))
        assert entries.decode(other.log[length], "KWMRTX", length + 1).data == entries.Restarted(SETTINGS.version)
        assert other.room.state.digests == driver.room.state.digests[: len(other.room.state.digests)]


def test_undisturbed_and_often_killed_game_have_the_same_digests(
    game: tuple[Driver, list[tuple[int, dict[str, object]]]],
) -> None:
    killed, _ = played(kill=True)
    assert sum(b"restarted" in entry for entry in killed.log) >= 20
    assert killed.room.state.digests == game[0].room.state.digests


def test_restart_costs_nobody_time_and_says_so() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.to("planning")
    driver.wait(12_000)
    driver.say(kari, wire.ClientEditPlan, "contest", "level", 1)
    driver.crash(3_600_000)
    hour = driver.now
    assert driver.room.next_deadline() == hour
    driver.run(driver.room.connected(kari, None, hour))
    view = driver.mirrors[kari][1]
    assert view["phase"]["ends_at"] == hour + 8_000
    assert not view["phase"]["paused"]
    assert view["notices"] == ["restored_after_restart"]
    assert view["teams"]["A"]["seats"][kari]["online"]
    driver.wait(7_999)
    assert driver.room.state.phase.value == "planning"
    driver.crash(10**7)  # a second time, and nobody came
    driver.run(driver.room.advance(driver.now))
    driver.wait(7_999)  # the time since the last entry is given again rather than lost
    assert driver.room.state.phase.value == "planning"
    driver.wait(1)
    assert driver.room.state.phase.value == "running"
    assert driver.room.state.driver("A") == "people"


def test_repeated_command_is_known_after_a_restart() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.to("planning")
    edit = wire.ClientEditPlan(900, "contest", "level", 1)
    driver.tell(kari, edit)
    driver.crash()
    driver.tell(kari, wire.ClientEditPlan(901, "contest", "level", 2))
    length = len(driver.log)
    assert driver.tell(kari, edit) == wire.ServerAck(900)
    assert len(driver.log) == length
    assert driver.room.state.plans["A"].slots["contest"].level == 2


def test_versions_of_an_earlier_life_are_not_mistaken() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.skip()
    version = driver.mirrors[kari][0]
    driver.crash(5)
    effects = driver.room.connected(kari, version, driver.now)
    assert any(isinstance(effect, Send) and isinstance(effect.message, wire.ServerSnapshot) for effect in effects)


def test_room_without_a_signer_replays_and_admits_nobody() -> None:
    driver = Driver.open()
    room = Room.restore("KWMRTX", driver.log, 0)
    with pytest.raises(Exception, match="only replayed"):
        room.seat_for(wire.ClientResume(1, "x"), 0)


def altered(entry: bytes, **changes: object) -> bytes:
    stored = msgspec.msgpack.decode(entry)
    stored["data"] |= changes
    return msgspec.msgpack.encode(stored)


def made_in(entry: bytes, tick: int) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.decode(entry) | {"tick": tick})


def test_another_seed_or_plan_is_found_out(game: tuple[Driver, list[tuple[int, dict[str, object]]]]) -> None:
    log = list(game[0].log)
    with pytest.raises(DigestError, match="round 1 was logged with digest"):
        Room.restore("KWMRTX", [altered(log[0], seed=8), *log[1:]], 0)
    kinds = [msgspec.msgpack.decode(entry)["kind"] for entry in log]
    last = len(kinds) - 1 - kinds[::-1].index("round")
    with pytest.raises(DigestError, match="round 2") as caught:
        Room.restore("KWMRTX", [*log[:last], altered(log[last], digest="00"), *log[last + 1 :]], 0)
    assert caught.value.seq == last + 1
    edit = next(i for i, e in enumerate(log) if msgspec.msgpack.decode(e)["data"].get("message", {}).get("value") == 1)
    message = msgspec.msgpack.decode(log[edit])["data"]["message"] | {"value": 3}
    with pytest.raises(DigestError, match="round 1"):
        Room.restore("KWMRTX", [*log[:edit], altered(log[edit], message=message), *log[edit + 1 :]], 0)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda log: [], "the log is empty"),
        (lambda log: log[1:], "entry 2 stands where 1 belongs"),
        (lambda log: [log[0], *log[2:]], "entry 3 stands where 2 belongs"),
        (lambda log: [*log[:3], log[3][:-4]], "not an entry of a log"),
        (lambda log: [*log[:3], b"\xc1"], "not an entry of a log"),
        (lambda log: [altered(log[0], format=99), *log[1:]], "format 99"),
        (lambda log: [altered(log[0], scenario=b"{}"), *log[1:]], "does not follow"),
        (lambda log: [log[0], altered(log[1], team=7)], "not an entry of a log"),
        (
            lambda log: [*log[:-1], made_in(log[-1], tick=10**12)],
            "4 ticks, and this entry was made in tick 1",
        ),
    ],
)
def test_spoilt_logs_are_refused_in_words(
    game: tuple[Driver, list[tuple[int, dict[str, object]]]], spoil: object, words: str
) -> None:
    with pytest.raises(ReplayError, match=words):
        Room.restore("KWMRTX", spoil(game[0].log), 0)  # type: ignore[operator]


def test_entry_of_an_unknown_kind_or_unknown_seat_is_refused() -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    stored = msgspec.msgpack.decode(driver.log[1])
    with pytest.raises(ReplayError, match="the kind 'later' is unknown"):
        Room.restore("KWMRTX", [driver.log[0], msgspec.msgpack.encode(stored | {"kind": "later"})], 0)
    ready = entries.Entry(2, 0, 0, "s9", entries.Commanded(wire.ClientSetReady(1, True)))
    with pytest.raises(ReplayError, match="does not follow"):
        Room.restore("KWMRTX", [driver.log[0], entries.encode(ready)], 0)


def test_log_is_small_and_holds_no_secret(game: tuple[Driver, list[tuple[int, dict[str, object]]]]) -> None:
    driver, _ = game
    log = b"".join(driver.log)
    assert len(log) < 60_000
    for messages in driver.sent.values():
        for message in messages:
            if isinstance(message, wire.ServerWelcome):
                assert message.token.encode() not in log
                assert message.personal_code.encode() not in log
    assert small_scenario().to_json() in log


def test_restart_is_logged_even_when_the_first_to_come_is_refused() -> None:
    driver = Driver.open()
    driver.crash()
    with pytest.raises(RefusalError, match="unknown_team"):
        driver.join("Kari", "Z")
    assert driver.room.next_deadline() == driver.now
    driver.join("Kari", "A")
    kinds = [msgspec.msgpack.decode(entry)["kind"] for entry in driver.log]
    assert kinds == ["opened", "restarted", "joined"]
    assert driver.views(driver.restored()) == driver.views()


def test_a_round_goes_on_behind_the_tick_that_was_seen_last() -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    driver.to("running")
    ticks = driver.room.state.ticks_per_round
    ends = driver.room.state.timer.ends_at
    for _ in range(3):
        driver.wait(600)
        tick = driver.room.state.tick
        driver.crash(100_000)
        assert driver.room.state.tick == tick  # taken up where it was
    assert tick > 1
    driver.run(driver.room.connected("projector", None, driver.now))
    driver.wait(10_000)
    assert driver.room.state.phase.value == "review"
    shown = [m.tick for m in driver.published["projector"] if isinstance(m, wire.ServerNodes)]
    assert shown == list(range(1, ticks + 1))  # none twice, none left out
    seen = [entries.decode(entry, "KWMRTX", seq) for seq, entry in enumerate(driver.log, 1)]
    last = next(entry for entry in seen if isinstance(entry.data, entries.RoundEnded))
    assert ends is not None
    assert 300_000 <= last.at - ends <= 300_000 + 3 * 500  # the time away, and at most a tick's for each crash


def test_a_log_that_lost_its_end_says_so_and_goes_on() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.skip()
    driver.say(kari, wire.ClientEditPlan, "contest", "level", 1)
    driver.log.pop()
    driver.room = Room.restore("KWMRTX", driver.log, driver.now, SETTINGS, lost=1)
    driver.mirrors.clear()
    driver.run(driver.room.connected(kari, None, driver.now))
    assert driver.mirrors[kari][1]["notices"] == ["restored_without_the_end"]
    assert entries.decode(driver.log[-1], "KWMRTX", len(driver.log)).data == entries.Restarted(SETTINGS.version, 1)
    assert driver.views(driver.restored()) == driver.views()
