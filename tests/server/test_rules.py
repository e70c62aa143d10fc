"""The table of who may do what when: complete over roles and phases, and refusing in words."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from townsquare_server import rules, wire
from townsquare_server.errors import Code, RefusalError
from townsquare_server.phases import Phase

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "wire"))
import examples
from driving import Driver

ROLES: tuple[wire.Role, ...] = get_args(wire.Role)


def allowed(kind: type[wire.ClientMessage], role: wire.Role, phase: Phase) -> bool:
    try:
        rules.check(kind, role, phase)
    except RefusalError:
        return False
    return True


def test_check_says_what_the_table_says() -> None:
    for kind, role, phase in itertools.product(get_args(wire.ClientAny), ROLES, Phase):
        assert allowed(kind, role, phase) == (phase in rules.RULES.get(kind, {}).get(role, ()))


@pytest.mark.parametrize(
    ("kind", "role", "phase", "code"),
    [
        (wire.ClientJoin, "participant", Phase.LOBBY, Code.ALREADY_SEATED),
        (wire.ClientSetReady, "facilitator", Phase.PLANNING, Code.WRONG_ROLE),
        (wire.ClientSetReady, "participant", Phase.REVIEW, Code.WRONG_PHASE),
    ],
)
def test_codes(kind: type[wire.ClientMessage], role: wire.Role, phase: Phase, code: Code) -> None:
    with pytest.raises(RefusalError) as caught:
        rules.check(kind, role, phase)
    assert caught.value.code is code


def test_projector_and_participant_move_nothing() -> None:
    clock = {wire.ClientAdvance, wire.ClientPause, wire.ClientContinue, wire.ClientExtend}
    for kind, phase in itertools.product(get_args(wire.ClientAny), Phase):
        if allowed(kind, "projector", phase):
            assert kind in (wire.ClientInspectBuyer, wire.ClientAcknowledge, wire.ClientResume)
        assert not (kind in clock and allowed(kind, "participant", phase))


@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_a_closed_room(role: wire.Role) -> None:
    harmless = {wire.ClientInspectBuyer, wire.ClientAcknowledge, wire.ClientResume}
    assert {kind for kind in get_args(wire.ClientAny) if allowed(kind, role, Phase.CLOSED)} <= harmless


def test_refusal_names_what_is_allowed() -> None:
    with pytest.raises(RefusalError, match=r"'edit_plan' .* 'review'; a participant can do it in: briefing, planning"):
        rules.check(wire.ClientEditPlan, "participant", Phase.REVIEW)
    with pytest.raises(RefusalError, match="a participant cannot send 'pause'; a facilitator can"):
        rules.check(wire.ClientPause, "participant", Phase.REVIEW)


def test_document_lists_every_rule() -> None:
    rows = rules.markdown().splitlines()[2:]
    assert len(rows) == sum(len(rule) for rule in rules.RULES.values())


FACILITATORS = {kind for kind, rule in rules.RULES.items() if set(rule) == {"facilitator"}}


def test_the_facilitator_s_commands() -> None:
    clock = {wire.ClientAdvance, wire.ClientPause, wire.ClientContinue, wire.ClientExtend, wire.ClientStep}
    guests = {wire.ClientMoveSeat, wire.ClientRenameSeat, wire.ClientRemoveSeat, wire.ClientLockRoom}
    rest = {wire.ClientSetSpeed, wire.ClientInject, wire.ClientTell, wire.ClientSetDriver, wire.ClientRewind}
    hosts = {wire.ClientNameHost, wire.ClientWithdrawHost}
    assert clock | guests | rest | hosts == FACILITATORS


@pytest.mark.parametrize("phase", [phase.value for phase in Phase])
def test_whatever_projector_and_participants_send_a_facilitator_s_thing_is_not_done(phase: str) -> None:
    """Every message, from every seat but the facilitators', in every phase: the room and its log stay as they are."""
    driver = Driver.open()
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.run(driver.room.connected("projector", None, driver.now))
    driver.to(phase)
    sent = 0
    for name, message in examples.client_messages().items():
        if type(message) not in FACILITATORS:
            continue
        for variant in variants(message, driver, ola):
            for seat in (kari, "projector", "", "s99"):
                before, length = driver.views(), len(driver.log)
                answer = driver.tell(seat, variant)
                assert isinstance(answer, wire.ServerRefusal), (name, seat)
                assert answer.code == ("wrong_role" if seat in (kari, "projector") else "not_seated"), (name, seat)
                assert (driver.views(), len(driver.log)) == (before, length), (name, seat)
                sent += 1
    assert sent >= 4 * len(FACILITATORS)


def variants(message: wire.ClientMessage, driver: Driver, guest: str) -> list[wire.ClientMessage]:
    """Return a message as it is, and made to fit this very room."""
    state = driver.room.state
    fitting = {"seat": guest, "phase": state.phase.value, "round": state.round, "team": "B"}
    fields = {name: value for name, value in fitting.items() if name in message.__struct_fields__}
    return [message, msgspec.structs.replace(message, **fields)]
