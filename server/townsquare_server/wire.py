"""The wire: every message between a browser and the server, in one file, named by direction (`ClientX`, `ServerX`).

Subprotocols ``townsquare.v1.msgpack`` (default) and ``townsquare.v1.json`` carry the same messages: a map whose key
``t`` names the type (the class name without its direction, in snake case). In JSON, bytes travel as base64 text.
`codec.py` turns bytes into these types, `docs/protocol.md` is generated from this file (`protocol_document.py`), and
`tests/wire/` holds an example of each message that both test suites read.

State: a `ServerSnapshot` (version n) holds a whole `View`; each `ServerDelta` (n+1, ...) holds a JSON merge patch
(RFC 7386) of that view, in which a member that became null is absent: read an absent member as null. A client that has
missed a delta sends `ClientResume` with the version it has. Node states of the network view travel beside it as packed
bytes (`ServerNodes`).

Times are milliseconds since the epoch by the server's clock; `ServerWelcome.now` lets the client find its offset.
A team has the identifier of the vendor that it runs. Within a protocol version fields are only ever added.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

PROTOCOL_VERSION = 1
SUBPROTOCOLS = (f"townsquare.v{PROTOCOL_VERSION}.msgpack", f"townsquare.v{PROTOCOL_VERSION}.json")
MAX_MESSAGE_BYTES = 16_384

Role = Literal["participant", "facilitator", "projector"]
PhaseName = Literal["lobby", "briefing", "planning", "running", "review", "debrief", "closed"]
Language = Literal["en", "nb"]
Driver = Literal["people", "policy"]
Field = Literal["level", "topic", "audience"]
Texts = dict[str, str]  # language -> text
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # what a browser counts exactly


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


# views ------------------------------------------------------------------------


class PlayView(msgspec.Struct, frozen=True):
    """A play as the planning screen shows it; costs are per level and round."""

    id: str
    side: Literal["campaign", "relationship", "listening"]
    name: Texts
    summary: Texts
    money: float
    hours: float
    max_level: int
    takes_topic: bool
    takes_audience: bool
    risk: Literal["low", "medium", "high"]


class ChoiceView(msgspec.Struct, frozen=True):
    """A topic or an archetype: something a play can be aimed at."""

    id: str
    name: Texts
    summary: Texts


class ScenarioView(msgspec.Struct, frozen=True):
    """What never changes in a room: sent in the snapshot, never in a delta."""

    id: str
    title: Texts
    briefing: Texts
    buyers: int
    rounds: int
    ticks_per_round: int
    money_per_round: float
    hours_per_round: float
    plays: list[PlayView]
    topics: list[ChoiceView]
    archetypes: list[ChoiceView]
    vanity_metrics: list[str]
    value_metrics: list[str]


class PhaseView(msgspec.Struct, frozen=True):
    """Where the room is.

    `ends_at` is None while paused or when the phase has no timer; `remaining_ms` is set while paused.
    """

    name: PhaseName
    round: int  # 1..rounds; 0 before the first
    tick: int  # ticks published in this round, 0..ticks_per_round
    started_at: int
    ends_at: int | None
    remaining_ms: int | None
    paused: bool


class SeatView(msgspec.Struct, frozen=True):
    """One participant as others see them."""

    nickname: str
    online: bool
    aside: bool = False  # handed over: nobody waits for this seat, and a team of such seats is played by the computer


class HostView(msgspec.Struct, frozen=True):
    """One facilitator as the facilitators see them; the nickname is empty until one is chosen."""

    nickname: str
    online: bool
    first: bool  # opened the room, and may send a second one away


class TeamView(msgspec.Struct, frozen=True):
    """A team and the vendor it runs: `id` names both. View.teams holds every vendor, also those without people.

    `colour` is the vendor's index: into the client's team palette, and in the bytes of `ServerNodes`. `money_share` and
    `hours_share` tell the size of its organisation: its round has so many times `ScenarioView.money_per_round` and
    `hours_per_round`, before events; `PlanView` has what they come to.
    """

    id: str
    name: str
    colour: int
    open: bool  # guests may take a seat; False: a rival that the computer plays throughout
    driver: Driver  # who makes the plan of this round
    ready: bool
    seats: dict[str, SeatView]  # seat id -> seat
    handed: bool = False  # the facilitator gave the team to the computer, until it is given back
    money_share: float = 1.0
    hours_share: float = 1.0


class SlotView(msgspec.Struct, frozen=True):
    """One action of a plan. The slot's name is the play's id, or ``play#2`` for the second use of a play.

    `author` is the seat that last changed it, None for the computer.
    """

    play: str
    level: int
    topic: str | None
    audience: str | None
    author: str | None
    at: int


class EditView(msgspec.Struct, frozen=True):
    """One change of a plan, newest last."""

    at: int
    author: str
    slot: str
    field: str
    value: str | int | None


class PlanView(msgspec.Struct, frozen=True):
    """The shared plan of a team for the coming round, with what it costs and what the team has.

    An event may leave a round less than the plan of the round before costs: such a plan can only be made cheaper, and
    where it is not, its newest levels are taken back when the round begins.
    """

    slots: dict[str, SlotView]
    money: float
    hours: float
    money_used: float
    hours_used: float
    ready: bool
    history: list[EditView]  # at most the last 20


class VendorResults(msgspec.Struct, frozen=True):
    """Results of one vendor, a list entry for each finished round. A value that nobody measured is None.

    Vanity is public. Value and plan are the own team's alone until the debrief (others: empty), and the value is what
    the team's listening bought; the facilitator, and everybody in the debrief, gets every vendor's exact ones.
    """

    vanity: dict[str, list[float]]
    value: dict[str, list[float | None]]
    plan: list[dict[str, SlotView]]
    driver: list[Driver]


class EventView(msgspec.Struct, frozen=True):
    """Something that can happen to the whole market."""

    id: str
    name: Texts
    summary: Texts


class HappeningView(msgspec.Struct, frozen=True):
    """An event of `View.happened` or `View.waiting`, and the tick in which it happens."""

    id: str
    name: Texts
    summary: Texts
    round: int
    tick: int


class NoteView(msgspec.Struct, frozen=True):
    """What the facilitator told one team, or all (None). `number` counts upward in a room and names the note."""

    number: int
    at: int
    team: str | None
    text: str


class BranchView(msgspec.Struct, frozen=True):
    """A branch of the game: the host went back to the planning of `round`, or to the `end` of what `parent` had played.

    The first branch has no parent (0). `rounds` are finished in it, those that it shares with its parent included.
    """

    number: int
    parent: int
    round: int
    rounds: int
    at: int
    end: bool = False


class View(msgspec.Struct, frozen=True):
    """All that one audience (facilitator, projector, or one team) may see of a room.

    `timelines` (vendor -> metric -> one value per tick) are the facilitator's, and everybody's in the debrief.
    `leaderboard` holds vendor ids, best first: by vanity during the game, by customer equity in the debrief.
    """

    code: str
    language: Language
    scenario: ScenarioView
    phase: PhaseView
    teams: dict[str, TeamView]
    plans: dict[str, PlanView]  # own team's; every team's for the facilitator
    live: dict[str, dict[str, float]]  # vendor -> vanity metric -> total so far in the running round
    results: dict[str, VendorResults]
    timelines: dict[str, dict[str, list[float]]]
    leaderboard: list[str]
    graph_url: str | None  # relative to the page; None while the layout is being computed
    join_url: str
    notices: list[str]  # keys of texts, e.g. "restored_after_restart"
    happened: list[HappeningView] = []  # oldest first; an event is shown with the tick in which it happens
    notes: list[NoteView] = []  # the newest last, at most 8; the projector gets those for all
    locked: bool = False  # no new guests; who has a seat comes back to it
    speed: int = 100  # of a running round, in percent of the scenario's pace
    events: list[EventView] = []  # the facilitator's: what it can let happen
    waiting: list[HappeningView] = []  # the facilitator's: what it let happen and is not shown yet
    hosts: dict[str, HostView] = {}  # the facilitator's: seat id -> host
    branches: list[BranchView] = []  # in the order in which they began; the last is the one that is played


# client to server -------------------------------------------------------------


class ClientMessage(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="t",
    tag=lambda name: _snake(name.removeprefix("Client")),
):
    """Base of all messages from a client. `id` is the client's own number for the message; ack and refusal carry it.

    A seat counts upward from `ServerWelcome.now`, so that no two of its devices use one number for two things.
    A command whose answer was lost is sent again with the same `id` and applied once.
    """

    id: Whole


class ClientCreateRoom(ClientMessage, frozen=True):
    """Open a room. From another machine the host key that `serve` printed is needed."""

    scenario: str
    teams: int
    language: Language = "en"
    seed: Whole | None = None
    host_key: str | None = None


class ClientUploadScenario(ClientMessage, frozen=True):
    """Hand in a scenario (TOML) to open a room with, on the same connection, in parts that fit into messages.

    `part` counts from 0. Each part is acknowledged before the next is sent; the last is answered by
    `ServerScenarioRead`. From another machine the host key is needed, as for opening the room.
    """

    part: Whole
    text: str
    last: bool
    host_key: str | None = None


class ClientPeek(ClientMessage, frozen=True):
    """Ask what room a code belongs to, before joining; answered by `ServerRoomInfo`."""

    code: str


class ClientListScenarios(ClientMessage, frozen=True):
    """Ask which scenarios the server offers; answered by `ServerScenarios`."""


class ClientJoin(ClientMessage, frozen=True):
    """Take a seat in a team, in any phase before the room is closed; answered by `ServerWelcome`, `ServerSnapshot`."""

    code: str
    nickname: str  # 1-24 visible characters, unique in the room
    team: str


class ClientResume(ClientMessage, frozen=True):
    """Come back to a seat; `version` is the last one seen, or None for a whole snapshot.

    On a connection that has the seat already it asks for a snapshot: the way back for who missed a delta.
    """

    token: str
    version: Whole | None = None


class ClientRedeem(ClientMessage, frozen=True):
    """Come back to a seat on another device with its personal code."""

    code: str
    personal_code: str


class ClientEditPlan(ClientMessage, frozen=True):
    """Set one field of one slot of the own team's plan. Level 0 empties the slot.

    A topic or an audience is an identifier of the scenario, or None for "all". Setting a level makes the slot.
    `round` is the round that the plan was made for, so that what a phone sends late changes no other one.
    """

    slot: str
    field: Field
    value: str | int | None
    round: int | None = None


class ClientSetReady(ClientMessage, frozen=True):
    """Say that the team's plan is done (or not); the phase ends early when every team of people is ready.

    `round` is the round meant, so that what a phone sends late ends nothing else.
    """

    ready: bool
    round: int | None = None


class ClientChangeTeam(ClientMessage, frozen=True):
    """Move the own seat to another team; in the lobby and the briefing."""

    team: str


class ClientAdvance(ClientMessage, frozen=True):
    """Facilitator: end the current phase now. `phase` is the phase meant, so that a late click ends nothing else."""

    phase: PhaseName
    round: int


class ClientPause(ClientMessage, frozen=True):
    """Facilitator: stop the clock. `phase` and `round` are those meant, so that a late click stops no other."""

    phase: PhaseName | None = None
    round: int | None = None


class ClientContinue(ClientMessage, frozen=True):
    """Facilitator: let the clock run again; `phase` and `round` as in `ClientPause`."""

    phase: PhaseName | None = None
    round: int | None = None


class ClientExtend(ClientMessage, frozen=True):
    """Facilitator: give the current phase more time, or less. `phase` and `round` as in `ClientPause`."""

    seconds: Annotated[int, msgspec.Meta(ge=-86_400, le=86_400)]
    phase: PhaseName | None = None
    round: int | None = None


class ClientStep(ClientMessage, frozen=True):
    """Facilitator, while the clock stands: show the next tick, or go on to the next review, and stand still again.

    `phase` and `round` as in `ClientPause`.
    """

    unit: Literal["tick", "round"]
    phase: PhaseName | None = None
    round: int | None = None


class ClientSetSpeed(ClientMessage, frozen=True):
    """Facilitator: set the pace of running rounds, of this one and of those to come, in percent of the scenario's."""

    percent: Annotated[int, msgspec.Meta(ge=10, le=1000)]


class ClientInject(ClientMessage, frozen=True):
    """Facilitator: let an event of the scenario happen in the next tick that is not computed yet."""

    event: str


class ClientTell(ClientMessage, frozen=True):
    """Facilitator: tell one team something, or all (None)."""

    team: str | None
    text: str  # 1-280 visible characters


class ClientMoveSeat(ClientMessage, frozen=True):
    """Facilitator: move a guest to another team."""

    seat: str
    team: str


class ClientRenameSeat(ClientMessage, frozen=True):
    """Facilitator: give a guest another nickname."""

    seat: str
    nickname: str


class ClientRemoveSeat(ClientMessage, frozen=True):
    """Facilitator: take a guest's seat away, for good. A room that is not locked lets the guest join anew."""

    seat: str


class ClientLockRoom(ClientMessage, frozen=True):
    """Facilitator: let no new guest in (or let them in again)."""

    locked: bool


class ClientSetDriver(ClientMessage, frozen=True):
    """Facilitator: give a team to the computer, or back to its people.

    Until a round runs this counts for that round; while one runs and in its review it counts for the next.
    """

    team: str
    driver: Driver


class ClientSetAside(ClientMessage, frozen=True):
    """Hand a seat over, or take it back: one's own, or (facilitator) the guest's that `seat` names.

    Nobody waits for a seat that is handed over. When all of a team's are, the computer makes its plan: at once in a
    planning, else from the next round on.
    """

    aside: bool
    seat: str | None = None


class ClientNameHost(ClientMessage, frozen=True):
    """Facilitator: choose the name under which the other facilitator sees you."""

    nickname: str


class ClientWithdrawHost(ClientMessage, frozen=True):
    """First facilitator: end the second one's seat. Its link and code are worth nothing from then on; new ones come."""


class ClientRewind(ClientMessage, frozen=True):
    """Facilitator: go back to the planning of a round, with the plans with which it began.

    What was played from there on is set aside and kept: the game goes on as a new branch. `branch` is the number that
    the new branch gets, one more than there are, so that a late click does nothing. `of` is the branch along which to
    go back (None: the one that is played); of another one, the round after its last goes on where that one was left.
    """

    round: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    branch: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
    of: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class ClientInspectBuyer(ClientMessage, frozen=True):
    """Ask why a buyer is where it is (facilitator, or anybody in the debrief); answered by `ServerBuyerStory`."""

    buyer: Whole


class ClientAcknowledge(ClientMessage, frozen=True):
    """The newest version of the state that arrived; not answered."""

    version: Whole


# server to client -------------------------------------------------------------


class ServerMessage(
    msgspec.Struct,
    frozen=True,
    tag_field="t",
    tag=lambda name: _snake(name.removeprefix("Server")),
):
    """Base of all messages from the server."""


class ServerWelcome(ServerMessage, frozen=True):
    """The seat is yours. Keep `token` to come back to it; `personal_code` brings it to another device."""

    id: int
    code: str
    seat: str
    role: Role
    team: str | None
    nickname: str
    token: str
    personal_code: str
    projector_token: str | None  # facilitators only: opens the projector view
    now: int
    protocol: int
    server_version: str
    cohost_token: str | None = None  # first facilitator only: opens the facilitator's view for a second one
    cohost_code: str | None = None  # the same, as the second one's personal code
    client_version: str = ""  # of the pages that this server has: a page of another one is to be loaded again


class ServerSnapshot(ServerMessage, frozen=True):
    """A whole view."""

    version: int
    view: View


class ServerDelta(ServerMessage, frozen=True):
    """A merge patch from version - 1 to version."""

    version: int
    patch: dict[str, object]


class ServerNodes(ServerMessage, frozen=True):
    """States of buyers, to facilitator and projector (to everybody in the debrief).

    Each state byte: bits 0-2 stage (0 unaware, 1 aware, 2 considering, 3 customer, 4 advocate, 5 lost), bits 3-5 index
    of the vendor that stage belongs to (`TeamView.colour`), bit 6 set when a vendor's message was seen this tick.

    In a keyframe `changed` is empty and `states` has a byte for each buyer. Else `changed` holds uint32 little-endian
    indices and `states` as many bytes, and both say what is new since the frame of the tick before: a client that
    missed that one waits for the next keyframe.
    """

    round: int
    tick: int
    keyframe: bool
    changed: bytes
    states: bytes


class ServerAck(ServerMessage, frozen=True):
    """The command `id` is in the log and in force."""

    id: int


class ServerRefusal(ServerMessage, frozen=True):
    """The command `id` changed nothing (None: the message was unreadable).

    `code` is a key of the client's texts; `detail` names the value and the remedy in English. `elsewhere`: rooms are
    spread over processes, and this one is on `shard`: ask again at ``/s/<shard>/ws`` of the same address.
    """

    id: int | None
    code: str
    detail: str
    shard: int | None = None


class ServerRoomInfo(ServerMessage, frozen=True):
    """What a guest needs to choose a team."""

    id: int
    code: str
    title: Texts
    language: Language
    phase: PhaseName
    round: int
    rounds: int
    teams: dict[str, TeamView]
    locked: bool = False


class ScenarioChoice(msgspec.Struct, frozen=True):
    """A scenario that a room can be opened with."""

    id: str
    title: Texts
    summary: Texts
    buyers: int
    rounds: int
    vendors: int


class ServerScenarios(ServerMessage, frozen=True):
    """What `ClientCreateRoom` can name; `ready` is False while the kernels are still being compiled."""

    id: int
    scenarios: list[ScenarioChoice]
    host_key_needed: bool
    ready: bool
    progress: float  # 0..1 of the compilation
    uploads: bool = False  # a host may hand a scenario in


class ServerScenarioRead(ServerMessage, frozen=True):
    """The scenario that was handed in can be played: `scenario.id` is what `ClientCreateRoom` names it by."""

    id: int
    scenario: ScenarioChoice


class BuyerEvent(msgspec.Struct, frozen=True):
    """One thing that happened to a buyer; `what` and `why` are keys of the client's texts.

    `why` is the largest part of what made the buyer leave, None where nothing but chance and interest did it.
    """

    tick: int
    what: str
    vendor: str | None
    play: str | None
    why: str | None
    detail: dict[str, float]


class ServerBuyerStory(ServerMessage, frozen=True):
    """Why a buyer is where it is: its traits, its relation to each vendor, its events, oldest first."""

    id: int
    buyer: int
    archetype: str
    account: int
    in_market: bool
    relations: dict[str, dict[str, float | str]]  # vendor -> awareness, trust, irritation, stage, ...
    events: list[BuyerEvent]


class ServerGoodbye(ServerMessage, frozen=True):
    """The server closes this connection and says why (`removed`, `withdrawn`, `shutdown`, `too_fast`)."""

    reason: str


ClientCommand = (
    ClientEditPlan
    | ClientSetReady
    | ClientChangeTeam
    | ClientAdvance
    | ClientPause
    | ClientContinue
    | ClientExtend
    | ClientStep
    | ClientSetSpeed
    | ClientInject
    | ClientTell
    | ClientMoveSeat
    | ClientRenameSeat
    | ClientRemoveSeat
    | ClientLockRoom
    | ClientSetDriver
    | ClientSetAside
    | ClientNameHost
    | ClientWithdrawHost
    | ClientRewind
)
"""What changes a room: checked, logged, and only then acknowledged."""

ClientAny = (
    ClientCreateRoom
    | ClientUploadScenario
    | ClientPeek
    | ClientListScenarios
    | ClientJoin
    | ClientResume
    | ClientRedeem
    | ClientCommand
    | ClientInspectBuyer
    | ClientAcknowledge
)
ServerAny = (
    ServerWelcome
    | ServerSnapshot
    | ServerDelta
    | ServerNodes
    | ServerAck
    | ServerRefusal
    | ServerRoomInfo
    | ServerScenarios
    | ServerScenarioRead
    | ServerBuyerStory
    | ServerGoodbye
)
