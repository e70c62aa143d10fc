"""Headless work on top of the market: whole games, what must be true of them, what carries it, how fast they are.

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from townsquare_research.game import Game, GameResult, play_game

_HOMES = {"Game": "game", "GameResult": "game", "play_game": "game"}

__all__ = ["Game", "GameResult", "play_game"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"townsquare_research.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
