"""Who may do what in which phase: one table.

Law: a room asks `check` before it looks at anything else in a command; what is not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from townsquare_server.errors import Code, RefusalError
from townsquare_server.phases import Phase
from townsquare_server.wire import (
    ClientAcknowledge,
    ClientAdvance,
    ClientChangeTeam,
    ClientContinue,
    ClientEditPlan,
    ClientExtend,
    ClientInject,
    ClientInspectBuyer,
    ClientLockRoom,
    ClientMessage,
    ClientMoveSeat,
    ClientNameHost,
    ClientPause,
    ClientRemoveSeat,
    ClientRenameSeat,
    ClientResume,
    ClientRewind,
    ClientSetAside,
    ClientSetDriver,
    ClientSetReady,
    ClientSetSpeed,
    ClientStep,
    ClientTell,
    ClientWithdrawHost,
    Role,
)

EVERY = frozenset(Phase)
OPEN = EVERY - {Phase.CLOSED}
TIMED = frozenset({Phase.BRIEFING, Phase.PLANNING, Phase.RUNNING, Phase.REVIEW})
BEFORE_DEBRIEF = TIMED | {Phase.LOBBY}

RULES: Mapping[type[ClientMessage], Mapping[Role, frozenset[Phase]]] = {
    ClientEditPlan: {"participant": frozenset({Phase.BRIEFING, Phase.PLANNING})},
    ClientSetReady: {"participant": frozenset({Phase.PLANNING})},
    ClientChangeTeam: {"participant": frozenset({Phase.LOBBY, Phase.BRIEFING})},
    ClientAdvance: {"facilitator": OPEN},
    ClientPause: {"facilitator": TIMED},
    ClientContinue: {"facilitator": TIMED},
    # a running round has no time to give: its ticks come at the pace that is set
    ClientExtend: {"facilitator": TIMED - {Phase.RUNNING}},
    ClientStep: {"facilitator": TIMED},
    ClientSetSpeed: {"facilitator": BEFORE_DEBRIEF},
    ClientInject: {"facilitator": BEFORE_DEBRIEF},
    ClientTell: {"facilitator": OPEN},
    ClientMoveSeat: {"facilitator": OPEN},
    ClientRenameSeat: {"facilitator": OPEN},
    ClientRemoveSeat: {"facilitator": OPEN},
    ClientLockRoom: {"facilitator": OPEN},
    ClientSetDriver: {"facilitator": BEFORE_DEBRIEF},
    ClientSetAside: {"participant": BEFORE_DEBRIEF, "facilitator": BEFORE_DEBRIEF},
    ClientNameHost: {"facilitator": OPEN},
    ClientWithdrawHost: {"facilitator": OPEN},
    ClientRewind: {"facilitator": frozenset({Phase.PLANNING, Phase.RUNNING, Phase.REVIEW, Phase.DEBRIEF})},
    ClientInspectBuyer: {
        "facilitator": EVERY,
        "participant": frozenset({Phase.DEBRIEF}),
        "projector": frozenset({Phase.DEBRIEF}),
    },
    ClientResume: {"facilitator": EVERY, "participant": EVERY, "projector": EVERY},
    ClientAcknowledge: {"facilitator": EVERY, "participant": EVERY, "projector": EVERY},
}


def tag(kind: type[ClientMessage]) -> str:
    """Return the name that a message type has on the wire."""
    return str(kind.__struct_config__.tag)


def check(kind: type[ClientMessage], role: Role, phase: Phase) -> None:
    """Let a command pass, or refuse it."""
    rule = RULES.get(kind)
    if rule is None:
        detail = f"{tag(kind)!r} is not a command to a room that one already sits in; open another connection for it"
        raise RefusalError(Code.ALREADY_SEATED, detail)
    if role not in rule:
        raise RefusalError(Code.WRONG_ROLE, f"a {role} cannot send {tag(kind)!r}; {_names(rule)} can")
    if phase not in rule[role]:
        allowed = ", ".join(each for each in Phase if each in rule[role])
        detail = f"{tag(kind)!r} cannot be done in the phase {phase.value!r}; a {role} can do it in: {allowed}"
        raise RefusalError(Code.WRONG_PHASE, detail)


def _names(roles: Mapping[Role, frozenset[Phase]]) -> str:
    return " or ".join(f"a {role}" for role in roles)


def markdown() -> str:
    """Return the table for the documentation."""
    lines = ["| message | who | phases |", "|---|---|---|"]
    for kind, rule in RULES.items():
        for role, phases in rule.items():
            names = "all" if phases == EVERY else ", ".join(each for each in Phase if each in phases)
            lines.append(f"| `{tag(kind)}` | {role} | {names} |")
    return "\n".join(lines) + "\n"
