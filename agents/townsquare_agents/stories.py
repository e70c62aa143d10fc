"""Stories: what happened to each buyer and why. Kernels write events; here they are kept and told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.errors import ParameterError
from townsquare_agents.kernels.codes import Cause, Happening, Stage, Tie
from townsquare_agents.kernels.tables import EVENT, SIZE_EVENTS, SIZE_LOST_EVENTS, Log

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class StoryLog:
    """All events so far, in order of time."""

    def __init__(self) -> None:
        self._ticks: list[NDArray[np.void]] = []
        self.lost = 0

    def take(self, log: Log) -> None:
        """Move the tick's events out of the kernels' buffer."""
        count = int(log.sizes[SIZE_EVENTS])
        if count:
            self._ticks.append(log.events[:count].copy())
        if log.events.size:
            self.lost += int(log.sizes[SIZE_LOST_EVENTS])
        log.sizes[SIZE_EVENTS] = 0
        log.sizes[SIZE_LOST_EVENTS] = 0

    def rows(self) -> NDArray[np.void]:
        """Return all events as one array (`kernels.tables.EVENT`)."""
        if len(self._ticks) > 1:
            self._ticks = [np.concatenate(self._ticks)]
        return self._ticks[0] if self._ticks else np.zeros(0, EVENT)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a buyer.

    ``detail`` holds ``cause`` as a `Cause` name where there is one, in ``why``.
    """

    tick: int
    what: str
    vendor: str | None
    play: str | None
    why: str | None
    detail: dict[str, float]


@dataclass(frozen=True, slots=True)
class BuyerStory:
    """Why a buyer is where it is."""

    buyer: int
    archetype: str
    account: int
    in_market: bool
    relations: dict[str, dict[str, float | str]]
    events: list[Event]


def tell_story(market: Market, buyer: int) -> BuyerStory:
    """Return a buyer's traits, relations and events, oldest first.

    Raises ParameterError for a buyer that does not exist.
    """
    columns, definition = market.columns, market.definition
    buyers = columns.archetype.size
    if not 0 <= buyer < buyers:
        raise ParameterError(f"there is no buyer {buyer}; buyers are 0 to {buyers - 1}")
    relations: dict[str, dict[str, float | str]] = {}
    for vendor in market.vendors:
        v = vendor.index
        ties = int(columns.ties[buyer, v])
        on = [platform.id for p, platform in enumerate(definition.platforms) if ties >> p & 1]
        on += [tie.name.lower() for tie in Tie if ties & tie and tie.name]
        relations[vendor.id] = {
            "awareness": float(columns.awareness[buyer, v]),
            "trust": float(columns.trust[buyer, v]),
            "irritation": float(columns.irritation[buyer, v]),
            "word": float(columns.word[buyer, v]),
            "expertise": float(columns.expertise[buyer, v]),
            "stage": Stage(int(columns.stage[buyer, v])).name.lower(),
            "ties": " ".join(on),
        }
    account = int(columns.account[buyer])
    rows = market.stories.rows()
    return BuyerStory(
        buyer=buyer,
        archetype=definition.archetypes[columns.archetype[buyer]].id,
        account=account,
        in_market=bool(columns.in_market[account]),
        relations=relations,
        events=[_event(market, row) for row in rows[rows["buyer"] == buyer]],
    )


_HEARD = (Happening.PRAISE_HEARD, Happening.WARNING_HEARD)


def _event(market: Market, row: np.void) -> Event:
    what, cause, vendor, message = (
        Happening(int(row["what"])),
        Cause(int(row["cause"])),
        int(row["vendor"]),
        int(row["message"]),
    )
    detail = {"value": round(float(row["value"]), 6)}
    play = None
    if what in _HEARD:
        detail["from_buyer"] = float(message)
    elif message >= 0:
        play = market.definition.plays[int(market.board.rows[message]["play"])].id
    return Event(
        tick=int(row["tick"]),
        what=what.name.lower(),
        vendor=market.definition.vendors[vendor].id if vendor >= 0 else None,
        play=play,
        why=cause.name.lower() if cause else None,
        detail=detail,
    )
