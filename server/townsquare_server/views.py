"""What each audience may see of a room: one function decides, and nothing else ever reaches a client's view.

Law: until the debrief a team sees of the others only what a passer-by sees: names, seats, readiness, vanity. Plans
and value of others, and exact values of its own, are not in its view in any form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import msgspec

from townsquare_agents.metrics import VALUE, VANITY
from townsquare_agents.scenario import Scenario
from townsquare_agents.stories import BuyerStory
from townsquare_server import wire
from townsquare_server.branches import Happening
from townsquare_server.effects import Audience
from townsquare_server.phases import Phase
from townsquare_server.seats import HOST, Seat
from townsquare_server.state import State

FACILITATOR: Audience = "facilitator"
PROJECTOR: Audience = "projector"
EQUITY = "customer_equity"
POPULARITY = "followers"


Results: TypeAlias = dict[str, wire.VendorResults]


@dataclass(frozen=True, slots=True)
class Moving:
    """What a tick may change, and all that it may: made once for all audiences."""

    phase: wire.PhaseView
    live: dict[str, dict[str, float]]
    leaderboard: list[str]
    happened: list[wire.HappeningView]
    waiting: list[wire.HappeningView]  # for the facilitator

    @classmethod
    def of(cls, state: State) -> Moving:
        """Return the moving part of a state."""
        happened = [_happening(state, each) for each in state.past.happened]
        waiting = [_happening(state, each) for each in state.waiting]
        return cls(phase_view(state), state.live, _leaderboard(state), happened, waiting)


@dataclass(frozen=True, slots=True)
class Public:
    """What audiences see alike: made once for all of them."""

    moving: Moving
    teams: dict[str, wire.TeamView]

    @classmethod
    def of(cls, state: State, around: Surroundings) -> Public:
        """Return the public part of a state."""
        return cls(Moving.of(state), team_views(state, around.online))


@dataclass
class Surroundings:
    """What a view shows that is not in the log: it belongs to one life of one server."""

    scenario: Scenario
    join_url: str
    graph_url: str | None = None
    online: dict[str, int] = field(default_factory=dict)  # seat -> open connections
    _results: dict[tuple[int, int, str | None, bool], Results] = field(default_factory=dict)

    def results(self, state: State, own: str | None, everything: bool) -> Results:
        """Return every vendor's results as one audience sees them, made anew only after a round."""
        key = (state.branch, len(state.records), own, everything)
        if key not in self._results:
            vendors = [vendor.id for vendor in state.scenario.vendors]
            self._results = {old: value for old, value in self._results.items() if old[:2] == key[:2]}
            self._results[key] = {vendor: _results(state, vendor, own, everything) for vendor in vendors}
        return self._results[key]

    @cached_property
    def scenario_view(self) -> wire.ScenarioView:
        """The part of every view that never changes."""
        return scenario_view(self.scenario)

    @cached_property
    def event_views(self) -> list[wire.EventView]:
        """What a facilitator can let happen."""
        return [wire.EventView(event.id, event.name, event.summary) for event in self.scenario.events]


def team_audience(team: str) -> Audience:
    """Return the audience that a team's seats belong to."""
    return f"team:{team}"


def audience_of(seat: Seat) -> Audience:
    """Return the audience that a seat belongs to."""
    return team_audience(seat.team) if seat.team is not None else seat.role


def audiences(state: State) -> list[Audience]:
    """Return every audience of a room."""
    return [FACILITATOR, PROJECTOR, *(team_audience(team) for team in state.teams)]


def sees_nodes(state: State, audience: Audience) -> bool:
    """Whether an audience gets the states of buyers: they tell who is whose customer."""
    return audience in (FACILITATOR, PROJECTOR) or _open(state)


def view(state: State, audience: Audience, around: Surroundings, public: Public | None = None) -> wire.View:
    """Return all that an audience may see; `public` is made here unless it is at hand."""
    public = public or Public.of(state, around)
    own = audience.removeprefix("team:") if audience.startswith("team:") else None
    everything = audience == FACILITATOR or _open(state)
    host = audience == FACILITATOR
    moving = public.moving
    plans = {
        team: plan.view(state.scenario, state.budget_of(team))
        for team, plan in state.plans.items()
        if host or team == own
    }
    return wire.View(
        code=state.opened.code,
        language=state.opened.language,
        scenario=around.scenario_view,
        phase=moving.phase,
        teams=public.teams,
        plans=plans,
        live=moving.live,
        results=around.results(state, own, everything),
        timelines=state.past.timelines if everything else {},
        leaderboard=moving.leaderboard,
        graph_url=around.graph_url,
        join_url=around.join_url,
        notices=state.notices,
        happened=moving.happened,
        notes=[note for note in state.notes if host or note.team in (None, own)],
        locked=state.locked,
        speed=state.speed,
        events=around.event_views if host else [],
        waiting=moving.waiting if host else [],
        hosts=_hosts(state, around.online) if host else {},
        branches=_branches(state),
    )


def after_tick(view: wire.View, audience: Audience, moving: Moving) -> wire.View:
    """Return what an audience's view is when nothing happened since but ticks: a tenth of the work of a new one."""
    return msgspec.structs.replace(
        view,
        phase=moving.phase,
        live=moving.live,
        leaderboard=moving.leaderboard,
        happened=moving.happened,
        waiting=moving.waiting if audience == FACILITATOR else [],
    )


def _hosts(state: State, online: dict[str, int]) -> dict[str, wire.HostView]:
    return {
        seat.id: wire.HostView(seat.nickname, online.get(seat.id, 0) > 0, seat.id == HOST)
        for seat in state.seats.values()
        if seat.role == "facilitator"
    }


def _branches(state: State) -> list[wire.BranchView]:
    pasts = state.pasts
    return [
        wire.BranchView(fork.number, fork.parent, fork.round, len(pasts[fork.number].records), fork.at, fork.end)
        for fork in state.forks
    ]


def _happening(state: State, happening: Happening) -> wire.HappeningView:
    event = next(event for event in state.scenario.events if event.id == happening.event)
    return wire.HappeningView(event.id, event.name, event.summary, happening.due.round, happening.due.tick)


def _open(state: State) -> bool:
    return state.phase in (Phase.DEBRIEF, Phase.CLOSED)


def _results(state: State, vendor: str, own: str | None, everything: bool) -> wire.VendorResults:
    value: dict[str, list[float | None]] = {}
    if everything:
        value = {metric: [record.value[vendor][metric] for record in state.records] for metric in VALUE}
    elif vendor == own:
        value = {metric: [record.observed[vendor].get(metric) for record in state.records] for metric in VALUE}
    return wire.VendorResults(
        vanity={metric: [record.vanity[vendor][metric] for record in state.records] for metric in VANITY},
        value=value,
        plan=[record.plans[vendor] for record in state.records] if everything or vendor == own else [],
        driver=[record.drivers[vendor] for record in state.records],
    )


def _leaderboard(state: State) -> list[str]:
    vendors = [vendor.id for vendor in state.scenario.vendors]
    if _open(state) and state.records:
        score = {vendor: metrics[EQUITY] for vendor, metrics in state.records[-1].value.items()}
    else:
        shown = state.live or (state.records[-1].vanity if state.records else {})
        score = {vendor: metrics[POPULARITY] for vendor, metrics in shown.items()}
    return sorted(vendors, key=lambda vendor: -score.get(vendor, 0.0))


def phase_view(state: State) -> wire.PhaseView:
    """Return where the room is."""
    timer = state.timer
    return wire.PhaseView(
        name=state.phase.value,
        round=state.round,
        tick=state.tick,
        started_at=timer.started_at,
        ends_at=None if timer.paused else timer.ends_at,
        remaining_ms=timer.remaining(0) if timer.paused else None,
        paused=timer.paused,
    )


def team_views(state: State, online: dict[str, int], *, only_open: bool = False) -> dict[str, wire.TeamView]:
    """Return the teams as everybody sees them."""
    return {
        vendor.id: wire.TeamView(
            id=vendor.id,
            name=vendor.name,
            colour=index,
            open=vendor.id in state.plans,
            driver=state.driver(vendor.id),
            ready=vendor.id in state.plans and state.plans[vendor.id].ready,
            seats={
                seat.id: wire.SeatView(seat.nickname, online.get(seat.id, 0) > 0, seat.id in state.aside)
                for seat in state.seats.values()
                if seat.team == vendor.id
            },
            handed=vendor.id in state.handed,
            money_share=vendor.money,
            hours_share=vendor.hours,
        )
        for index, vendor in enumerate(state.scenario.vendors)
        if vendor.id in state.plans or not only_open
    }


def room_info(state: State, online: dict[str, int], id: int) -> wire.ServerRoomInfo:
    """Return what a guest needs to choose a team, in answer to message `id`."""
    return wire.ServerRoomInfo(
        id=id,
        code=state.opened.code,
        title=state.scenario.title,
        language=state.opened.language,
        phase=state.phase.value,
        round=state.round,
        rounds=state.scenario.calendar.rounds,
        teams=team_views(state, online, only_open=True),
        locked=state.locked,
    )


def buyer_story(story: BuyerStory, id: int) -> wire.ServerBuyerStory:
    """Return why a buyer is where it is, in answer to message `id`."""
    return wire.ServerBuyerStory(
        id=id,
        buyer=story.buyer,
        archetype=story.archetype,
        account=story.account,
        in_market=story.in_market,
        relations=story.relations,
        events=[msgspec.convert(event, wire.BuyerEvent, from_attributes=True) for event in story.events],
    )


def scenario_view(scenario: Scenario) -> wire.ScenarioView:
    """Return the scenario as a room shows it."""
    calendar = scenario.calendar
    return wire.ScenarioView(
        id=scenario.id,
        title=scenario.title,
        briefing=scenario.briefing,
        buyers=scenario.population.buyers,
        rounds=calendar.rounds,
        ticks_per_round=calendar.ticks_per_round,
        money_per_round=calendar.money_per_round,
        hours_per_round=calendar.hours_per_round,
        plays=[
            wire.PlayView(
                play.id,
                play.side,
                play.name,
                play.summary,
                play.money,
                play.hours,
                play.max_level,
                play.takes_topic,
                play.takes_audience,
                play.risk,
            )
            for play in scenario.plays
        ],
        topics=[wire.ChoiceView(topic.id, topic.name, topic.summary) for topic in scenario.topics],
        archetypes=[wire.ChoiceView(kind.id, kind.name, kind.summary) for kind in scenario.archetypes],
        vanity_metrics=list(VANITY),
        value_metrics=list(VALUE),
    )
