"""Why did buyer 731 unfollow? has an answer."""

from __future__ import annotations

import numpy as np
import pytest

from townsquare_agents import Market
from townsquare_agents.errors import ParameterError
from townsquare_agents.kernels.codes import Cause, Happening, Stage
from townsquare_agents.scenario import Scenario
from townsquare_agents.stories import tell_story


@pytest.fixture(scope="module")
def played(shipped: Scenario) -> Market:
    market = Market(shipped, 7, policies={"A": "campaign", "B": "relationship"}, collect=False)
    for _ in range(112):
        market.step()
    return market


def test_whoever_left_has_a_reason_a_play_and_a_day(played: Market) -> None:
    rows = played.stories.rows()
    left = rows[rows["what"] == Happening.UNFOLLOW]
    assert left.size > 20
    for row in left[:20]:
        story = tell_story(played, int(row["buyer"]))
        exits = [event for event in story.events if event.what == "unfollow"]
        assert exits
        for event in exits:
            assert event.why in {cause.name.lower() for cause in Cause} - {"none"}
            assert event.play in played.play_index
            assert event.vendor in played.vendor_index
            assert 0 <= event.tick < 112


def test_events_add_up_to_the_state_they_explain(played: Market) -> None:
    """Every account that a vendor won has a purchase in its members' stories, and no story was lost."""
    assert played.stories.lost == 0
    rows = played.stories.rows()
    bought = rows[rows["what"] == Happening.BOUGHT]
    won = np.flatnonzero((played.columns.supplier >= 0) & (played.columns.customer_since > 0))
    assert won.size > 5
    for account in won:
        first = played.columns.account_start[account]
        mine = bought[bought["buyer"] == first]
        assert mine[-1]["vendor"] == played.columns.supplier[account]


def test_a_story_shows_where_the_buyer_stands(played: Market) -> None:
    story = tell_story(played, 3)
    assert set(story.relations) == set(played.vendor_index)
    for v, relation in enumerate(story.relations.values()):
        assert relation["stage"] == Stage(int(played.columns.stage[3, v])).name.lower()
        assert relation["trust"] == played.columns.trust[3, v]
    assert [event.tick for event in story.events] == sorted(event.tick for event in story.events)


@pytest.mark.parametrize("buyer", [-1, 2000])
def test_a_buyer_that_does_not_exist_is_named(played: Market, buyer: int) -> None:
    with pytest.raises(ParameterError, match="buyers are 0 to 1999"):
        tell_story(played, buyer)
