"""A guest in sixty lines of Python, by docs/protocol.md: joins a room, plans each round, and leaves with the result.

pip install websockets, then: python client.py ws://127.0.0.1:8321 CODE NICKNAME
"""

import asyncio
import itertools
import json
import random
import sys

from websockets.asyncio.client import connect


def merge(old, patch):
    """Apply a JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    old = old if isinstance(old, dict) else {}
    both = {**old, **{key: merge(old.get(key), value) for key, value in patch.items()}}
    return {key: value for key, value in both.items() if value is not None}


async def play(url, code, nickname):
    """Play until the game is over; return how it ended."""
    async with connect(f"{url}/ws", subprotocols=["townsquare.v1.json"]) as socket:
        numbers, view, team, planned = itertools.count(1), {}, None, 0

        async def say(kind, **fields):
            await socket.send(json.dumps({"t": kind, "id": next(numbers), **fields}))

        await say("peek", code=code)
        async for text in socket:
            match message := json.loads(text):
                case {"t": "room_info", "teams": teams}:
                    team = random.choice([team["id"] for team in teams.values() if team["open"]])
                    await say("join", code=code, nickname=nickname, team=team)
                case {"t": "welcome", "now": now}:  # its token brings the seat back, by "resume"
                    numbers = itertools.count(now)
                case {"t": "refusal", "shard": int(shard)}:  # the room lives in another process
                    return await play(f"{url.split('/s/')[0]}/s/{shard}", code, nickname)
                case {"t": "refusal", "detail": detail}:
                    print("refused:", detail)
                    if not view:
                        return "no seat"
                case {"t": "snapshot"}:
                    view = message["view"]
                case {"t": "delta"}:
                    view = merge(view, message["patch"])
            phase = view.get("phase", {"name": "lobby"})
            if phase["name"] == "planning" and phase["round"] > planned:
                planned = phase["round"]
                for choice in random.sample(view["scenario"]["plays"], 2):
                    await say("edit_plan", slot=choice["id"], field="level", value=1)
                await say("set_ready", ready=True, round=planned)
            elif phase["name"] in ("debrief", "closed"):
                return f"won by {view['leaderboard'][0]} after {planned} plans of {team}"
        return f"the server closed the connection: {socket.close_code} {socket.close_reason}"


print(asyncio.run(play(*sys.argv[1:4])))
