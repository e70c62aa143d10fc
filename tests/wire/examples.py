"""Typed examples of every message, realistic enough to draw every screen from them."""

from __future__ import annotations

import math
import struct
from typing import Literal

import msgspec

from townsquare_server import wire
from townsquare_server.wire import Texts

NOW = 1_760_000_000_000
TICKS = 28
VANITY = ["reach", "impressions", "likes", "shares", "followers", "clicks"]
VALUE = [
    "trust",
    "permissions",
    "pipeline",
    "sales_ready_leads",
    "customers",
    "revenue",
    "churned",
    "references",
    "spend",
    "customer_equity",
]
NAMES = {"A": "Aurora", "B": "Bergtoppen", "C": "Cumulus", "D": "Drivkraft"}


def texts(en: str, nb: str) -> Texts:
    """Return a text in both languages."""
    return {"en": en, "nb": nb}


def play(
    id: str,
    side: Literal["campaign", "relationship", "listening"],
    name: Texts,
    summary: Texts,
    cost: tuple[float, float],
    takes: str,
    risk: Literal["low", "medium", "high"],
    max_level: int,
) -> wire.PlayView:
    """Return a play; `takes` holds a t for a topic and an a for an audience."""
    return wire.PlayView(id, side, name, summary, cost[0], cost[1], max_level, "t" in takes, "a" in takes, risk)


PLAYS = [
    play(
        "ad_burst",
        "campaign",
        texts("Ad burst", "Annonsekampanje"),
        texts("Paid messages to everybody on the follow network.", "Betalte meldinger til alle på følgenettverket."),
        (9000.0, 6.0),
        "ta",
        "medium",
        5,
    ),
    play(
        "contest",
        "campaign",
        texts("Contest", "Konkurranse"),
        texts("Win a gadget: like and follow to take part.", "Vinn en duppeditt: lik og følg for å delta."),
        (11000.0, 10.0),
        "",
        "medium",
        3,
    ),
    play(
        "broadcast",
        "campaign",
        texts("Special of the week", "Ukens tilbud"),
        texts("The offer of the week to all followers.", "Ukens tilbud til alle følgere."),
        (2500.0, 8.0),
        "t",
        "medium",
        4,
    ),
    play(
        "auto_dm",
        "campaign",
        texts("Automatic direct messages", "Automatiske direktemeldinger"),
        texts("A robot writes to those who never asked.", "En robot skriver til folk som aldri ba om det."),
        (3000.0, 2.0),
        "ta",
        "high",
        4,
    ),
    play(
        "expert_article",
        "relationship",
        texts("Expert article", "Fagartikkel"),
        texts("An expert shares what the firm knows, under a name.", "En ekspert deler fagkunnskap under eget navn."),
        (3000.0, 30.0),
        "t",
        "low",
        5,
    ),
    play(
        "answer_questions",
        "relationship",
        texts("Answer questions", "Svar på spørsmål"),
        texts("Hours set aside for questions and complaints.", "Timer satt av til spørsmål og klager."),
        (4000.0, 40.0),
        "",
        "low",
        5,
    ),
    play(
        "reference_programme",
        "relationship",
        texts("Reference programme", "Referanseprogram"),
        texts("Happy customers tell their peers.", "Fornøyde kunder forteller kolleger om det."),
        (4000.0, 20.0),
        "",
        "low",
        3,
    ),
    play(
        "nurture",
        "relationship",
        texts("Permission nurture", "Oppfølging med tillatelse"),
        texts("A useful letter to those who asked for it.", "Et nyttig brev til dem som ba om det."),
        (4500.0, 24.0),
        "t",
        "low",
        3,
    ),
    play(
        "buyer_survey",
        "listening",
        texts("Buyer survey", "Kjøperundersøkelse"),
        texts("Ask a sample what they think of you.", "Spør et utvalg hva de synes om dere."),
        (2500.0, 8.0),
        "",
        "low",
        3,
    ),
]
TOPICS = [
    wire.ChoiceView(
        "cost", texts("Cost control", "Kostnadskontroll"), texts("Doing more with less.", "Mer for mindre.")
    ),
    wire.ChoiceView("growth", texts("Growth", "Vekst"), texts("New markets and offers.", "Nye markeder og tilbud.")),
    wire.ChoiceView("security", texts("Security", "Sikkerhet"), texts("Sleeping at night.", "Å sove om natten.")),
    wire.ChoiceView("people", texts("People", "Folk"), texts("Skills and culture.", "Kompetanse og kultur.")),
]
ARCHETYPES = [
    wire.ChoiceView(
        "function_head",
        texts("Function head", "Fagsjef"),
        texts("Runs a department and wants it to work.", "Leder en avdeling og vil at den skal virke."),
    ),
    wire.ChoiceView(
        "transformational_leader",
        texts("Transformational leader", "Endringsleder"),
        texts("Wants the firm to be another one.", "Vil at bedriften skal bli en annen."),
    ),
    wire.ChoiceView(
        "business_strategist",
        texts("Business strategist", "Forretningsstrateg"),
        texts("Thinks in markets and years.", "Tenker i markeder og år."),
    ),
    wire.ChoiceView(
        "turnaround_artist",
        texts("Turnaround artist", "Snuoperasjonsleder"),
        texts("Has ninety days to save it.", "Har nitti dager på å redde den."),
    ),
]
SCENARIO = wire.ScenarioView(
    id="first_market",
    title=texts("The first market", "Det første markedet"),
    briefing=texts(
        "Four vendors sell planning software to 2 000 people in 500 firms. Money and hours are short. Shout or talk?",
        "Fire leverandører selger planleggingsverktøy til 2 000 mennesker i 500 bedrifter. Penger og timer er knappe. "
        "Rope eller snakke?",
    ),
    buyers=2000,
    rounds=8,
    ticks_per_round=TICKS,
    money_per_round=60_000.0,
    hours_per_round=320.0,
    plays=PLAYS,
    topics=TOPICS,
    archetypes=ARCHETYPES,
    vanity_metrics=VANITY,
    value_metrics=VALUE,
)


EVENTS = {
    "recession": (
        texts("Recession", "Nedgangstid"),
        texts("Half as many accounts look for a supplier.", "Halvparten så mange bedrifter ser etter leverandør."),
    ),
    "spam_wave": (
        texts("Spam wave", "Spambølge"),
        texts("Spammers have found a way around the police.", "Spammerne har funnet en vei utenom kontrollen."),
    ),
}
NOTES = [
    wire.NoteView(1, NOW - 300_000, None, "Lunsj klokka tolv. Runde 4 begynner halv ett."),
    wire.NoteView(2, NOW - 50_000, "A", "Dere har timer igjen: hva med et lytteverktøy?"),
]


def slot(
    play: str, level: int, author: str | None, topic: str | None = None, audience: str | None = None
) -> wire.SlotView:
    """Return a slot of a plan, changed a minute ago."""
    return wire.SlotView(play, level, topic, audience, author, NOW - 60_000)


PLAN_A = wire.PlanView(
    slots={
        "expert_article": slot("expert_article", 3, "s1", "security"),
        "answer_questions": slot("answer_questions", 2, "s3"),
        "ad_burst": slot("ad_burst", 2, "s3", "security", "function_head"),
        "buyer_survey": slot("buyer_survey", 1, "s1"),
    },
    money=60_000.0,
    hours=320.0,
    money_used=37_500.0,
    hours_used=190.0,
    ready=False,
    history=[
        wire.EditView(NOW - 90_000, "s1", "expert_article", "level", 3),
        wire.EditView(NOW - 80_000, "s1", "expert_article", "topic", "security"),
        wire.EditView(NOW - 75_000, "s3", "ad_burst", "level", 2),
        wire.EditView(NOW - 73_000, "s3", "ad_burst", "topic", "security"),
        wire.EditView(NOW - 72_000, "s3", "ad_burst", "audience", "function_head"),
        wire.EditView(NOW - 70_000, "s3", "answer_questions", "level", 2),
        wire.EditView(NOW - 60_000, "s1", "buyer_survey", "level", 1),
    ],
)
PLAN_B = wire.PlanView(
    slots={
        "ad_burst": slot("ad_burst", 2, "s2", None, "business_strategist"),
        "contest": slot("contest", 1, "s2"),
        "broadcast": slot("broadcast", 2, "s4", "growth"),
    },
    money=60_000.0,
    hours=320.0,
    money_used=34_000.0,
    hours_used=38.0,
    ready=True,
    history=[
        wire.EditView(NOW - 66_000, "s2", "ad_burst", "level", 2),
        wire.EditView(NOW - 64_000, "s4", "broadcast", "level", 2),
    ],
)


def teams(*, ready_b: bool = False) -> dict[str, wire.TeamView]:
    """Return two teams of two people and two rivals."""
    people: dict[str, dict[str, wire.SeatView]] = {
        "A": {"s1": wire.SeatView("Kari", True), "s3": wire.SeatView("Åse-Marie", True)},
        "B": {"s2": wire.SeatView("Ola", True), "s4": wire.SeatView("陳小姐", False)},
    }
    return {
        id: wire.TeamView(
            id=id,
            name=NAMES[id],
            colour=index,
            open=id in people,
            driver="people" if id in people else "policy",
            ready=ready_b and id == "B",
            seats=people.get(id, {}),
        )
        for index, id in enumerate(NAMES)
    }


def curve(vendor: int, metric: int, length: int, scale: float) -> list[float]:
    """Return a smooth line that differs for each vendor and metric."""
    return [
        round(
            scale * (1 + 0.3 * vendor) * (1 - math.exp(-(t + 1) / (20 + 9 * metric))) + 3 * math.sin(t / 4 + vendor), 3
        )
        for t in range(length)
    ]


def timelines(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Return every metric of every vendor, tick by tick."""
    return {
        vendor: {m: curve(v, i, rounds * TICKS, 100.0 * (i + 1)) for i, m in enumerate(VANITY + VALUE)}
        for v, vendor in enumerate(NAMES)
    }


def results(rounds: int, own: str | None, *, exact: bool) -> dict[str, wire.VendorResults]:
    """Return the results that a team sees (`own`), that everybody sees (None), or that the facilitator sees."""
    lines = timelines(rounds)
    plans = {"A": PLAN_A.slots, "B": PLAN_B.slots}
    found: dict[str, wire.VendorResults] = {}
    for vendor in NAMES:
        ends = {m: [line[(r + 1) * TICKS - 1] for r in range(rounds)] for m, line in lines[vendor].items()}
        value: dict[str, list[float | None]] = {}
        if exact:
            value = {m: list(ends[m]) for m in VALUE}
        elif vendor == own:
            bought = {"trust", "permissions", "customers", "revenue", "spend"}
            value = {m: [round(x * 1.07, 3) if m in bought else None for x in ends[m]] for m in VALUE}
        seen = exact or vendor == own
        policy = {"nurture": slot("nurture", 2, None, "growth")}
        found[vendor] = wire.VendorResults(
            vanity={m: ends[m] for m in VANITY},
            value=value,
            plan=[plans.get(vendor, policy)] * rounds if seen else [],
            driver=["people" if vendor in plans else "policy"] * rounds,
        )
    return found


def phase(name: wire.PhaseName, round: int, tick: int = 0, seconds: int | None = 240) -> wire.PhaseView:
    """Return a phase that began a minute ago and has `seconds` in all."""
    ends_at = None if seconds is None else NOW - 60_000 + seconds * 1000
    return wire.PhaseView(name, round, tick, NOW - 60_000, ends_at, None, False)


def view(where: wire.PhaseView, finished: int, own: str | None, *, host: bool = False) -> wire.View:
    """Return what a team (`own`), the projector (None) or the facilitator (`host`) sees after `finished` rounds."""
    debrief = where.name in ("debrief", "closed")
    plans = {"A": PLAN_A, "B": PLAN_B}
    lines = timelines(finished) if host or debrief else {}
    live: dict[str, dict[str, float]] = {}
    if where.name == "running":
        live = {v: {m: curve(i, j, 13, 40.0)[-1] for j, m in enumerate(VANITY)} for i, v in enumerate(NAMES)}
    return wire.View(
        code="KWMRTX",
        language="nb",
        scenario=SCENARIO,
        phase=where,
        teams=teams(ready_b=where.name == "planning"),
        plans={id: plan for id, plan in plans.items() if host or id == own},
        live=live,
        results=results(finished, own, exact=host or debrief),
        timelines=lines,
        leaderboard=["C", "A", "D", "B"] if debrief else ["B", "D", "A", "C"],
        graph_url="rooms/KWMRTX/graph-5f2d9a01.bin",
        join_url="http://192.168.1.20:8000/#/join/KWMRTX",
        notices=["restored_after_restart"] if where.name == "review" else [],
        happened=[happening("recession", 2, 9)] if finished else [],
        notes=[note for note in NOTES if finished and (host or note.team in (None, own))],
        locked=where.name in ("running", "review"),
        speed=200 if where.name == "running" else 100,
        events=[wire.EventView(id, *words) for id, words in EVENTS.items()] if host else [],
        waiting=[happening("spam_wave", where.round, where.tick + 2)] if host and where.name == "running" else [],
        hosts={"host": wire.HostView("Ingrid", True, True), "cohost": wire.HostView("", False, False)} if host else {},
        branches=[wire.BranchView(1, 0, 1, 3, NOW - 3_000_000), wire.BranchView(2, 1, 2, finished, NOW - 1_500_000)]
        if finished
        else [wire.BranchView(1, 0, 1, 0, NOW - 3_000_000)],
    )


def happening(id: str, round: int, tick: int) -> wire.HappeningView:
    """Return an event in its tick."""
    return wire.HappeningView(id, *EVENTS[id], round, tick)


def snapshots() -> dict[str, wire.ServerMessage]:
    """Return whole views of each phase, for a participant of team A, for the facilitator and for the projector."""
    lobby = phase("lobby", 0, seconds=None)
    planning, running = phase("planning", 3), phase("running", 3, tick=13, seconds=90)
    review, debrief = phase("review", 3, tick=TICKS), phase("debrief", 8, tick=TICKS, seconds=None)
    paused = wire.PhaseView("planning", 3, 0, NOW - 60_000, None, 97_000, True)
    return {
        "server_snapshot_lobby": wire.ServerSnapshot(1, view(lobby, 0, "A")),
        "server_snapshot": wire.ServerSnapshot(17, view(planning, 2, "A")),
        "server_snapshot_facilitator": wire.ServerSnapshot(21, view(planning, 2, None, host=True)),
        "server_snapshot_paused": wire.ServerSnapshot(23, view(paused, 2, "A")),
        "server_snapshot_running": wire.ServerSnapshot(31, view(running, 2, "A")),
        "server_snapshot_running_facilitator": wire.ServerSnapshot(36, view(running, 2, None, host=True)),
        "server_snapshot_running_projector": wire.ServerSnapshot(33, view(running, 2, None)),
        "server_snapshot_review": wire.ServerSnapshot(62, view(review, 3, "A")),
        "server_snapshot_review_facilitator": wire.ServerSnapshot(70, view(review, 3, None, host=True)),
        "server_snapshot_review_projector": wire.ServerSnapshot(65, view(review, 3, None)),
        "server_snapshot_debrief": wire.ServerSnapshot(240, view(debrief, 8, "A")),
        "server_snapshot_debrief_facilitator": wire.ServerSnapshot(260, view(debrief, 8, None, host=True)),
    }


def client_messages() -> dict[str, wire.ClientMessage]:
    """Return one of each message from a client."""
    return {
        "client_create_room": wire.ClientCreateRoom(1, "first_market", 2, "nb", 7, "tvers-fjord"),
        "client_upload_scenario": wire.ClientUploadScenario(
            2, 0, 'schema_version = 1\nid = "my_market"\n', False, None
        ),
        "client_peek": wire.ClientPeek(2, "KWMRTX"),
        "client_list_scenarios": wire.ClientListScenarios(3),
        "client_join": wire.ClientJoin(4, "KWMRTX", "Åse-Marie", "A"),
        "client_resume": wire.ClientResume(5, "1.participant.KWMRTX.s3.0Jb2Yw3n5bN2vX7c8dQe4A", 17),
        "client_resume_fresh": wire.ClientResume(6, "1.participant.KWMRTX.s3.0Jb2Yw3n5bN2vX7c8dQe4A"),
        "client_redeem": wire.ClientRedeem(7, "KWMRTX", "HJKM-RTWX"),
        "client_edit_plan": wire.ClientEditPlan(NOW + 8, "expert_article", "topic", "security", 3),
        "client_edit_plan_level": wire.ClientEditPlan(NOW + 9, "ad_burst#2", "level", 2),
        "client_edit_plan_all": wire.ClientEditPlan(NOW + 10, "ad_burst", "audience", None),
        "client_set_ready": wire.ClientSetReady(NOW + 11, True, 3),
        "client_change_team": wire.ClientChangeTeam(NOW + 12, "B"),
        "client_advance": wire.ClientAdvance(NOW + 13, "planning", 3),
        "client_pause": wire.ClientPause(NOW + 14, "planning", 3),
        "client_continue": wire.ClientContinue(NOW + 15),
        "client_extend": wire.ClientExtend(NOW + 16, 60),
        "client_step": wire.ClientStep(NOW + 20, "tick"),
        "client_step_round": wire.ClientStep(NOW + 21, "round"),
        "client_set_speed": wire.ClientSetSpeed(NOW + 22, 200),
        "client_inject": wire.ClientInject(NOW + 23, "recession"),
        "client_tell": wire.ClientTell(NOW + 24, "A", "Dere har timer igjen: hva med et lytteverktøy?"),
        "client_tell_all": wire.ClientTell(NOW + 25, None, "Lunsj klokka tolv."),
        "client_move_seat": wire.ClientMoveSeat(NOW + 26, "s3", "B"),
        "client_rename_seat": wire.ClientRenameSeat(NOW + 27, "s3", "Åse"),
        "client_remove_seat": wire.ClientRemoveSeat(NOW + 28, "s3"),
        "client_lock_room": wire.ClientLockRoom(NOW + 29, True),
        "client_set_driver": wire.ClientSetDriver(NOW + 30, "A", "policy"),
        "client_set_aside": wire.ClientSetAside(NOW + 33, True),
        "client_set_aside_guest": wire.ClientSetAside(NOW + 34, False, "s3"),
        "client_name_host": wire.ClientNameHost(NOW + 35, "Ingrid"),
        "client_withdraw_host": wire.ClientWithdrawHost(NOW + 36),
        "client_rewind": wire.ClientRewind(NOW + 31, 2, 2),
        "client_rewind_end": wire.ClientRewind(NOW + 32, 4, 3, 1),
        "client_inspect_buyer": wire.ClientInspectBuyer(NOW + 17, 731),
        "client_acknowledge": wire.ClientAcknowledge(NOW + 18, 17),
    }


def server_messages() -> dict[str, wire.ServerMessage]:
    """Return one of each message from the server, and more of those that come in kinds."""
    states = bytes((b * 7 % 6) | (b % 4) << 3 | (b % 3 == 0) << 6 for b in range(2000))
    token = "1.participant.KWMRTX.s3.0Jb2Yw3n5bN2vX7c8dQe4A"
    pages = "5f2d9a01c3b4e786"
    welcome = wire.ServerWelcome(
        4, "KWMRTX", "s3", "participant", "A", "Åse-Marie", token, "HJKM-RTWX", None, NOW, 1, "0.1.0", None, None, pages
    )
    host_token, projector = "1.facilitator.KWMRTX.host.b1Zk8sQm4Rj0", "1.projector.KWMRTX.projector.Qx93LmVn27aa"
    cohost = "1.facilitator.KWMRTX.cohost.Yt5pWc0aHq81"
    host = wire.ServerWelcome(
        1,
        "KWMRTX",
        "host",
        "facilitator",
        None,
        "",
        host_token,
        "WXYZ-HJKM",
        projector,
        NOW,
        1,
        "0.1.0",
        cohost,
        "RSTW-BCDF",
        pages,
    )
    patch: dict[str, object] = {
        "plans": {
            "A": {
                "slots": {"nurture": {"play": "nurture", "level": 1, "topic": None, "audience": None, "author": "s1"}},
                "money_used": 42_000.0,
                "hours_used": 214.0,
            }
        },
        "teams": {"B": {"ready": False, "seats": {"s4": None}}},
    }
    story = wire.ServerBuyerStory(
        NOW + 17,
        731,
        "function_head",
        183,
        True,
        {
            "A": {"awareness": 0.62, "trust": 0.41, "irritation": 0.05, "stage": "considering"},
            "B": {"awareness": 0.97, "trust": 0.08, "irritation": 0.71, "stage": "lost"},
        },
        [
            wire.BuyerEvent(3, "impression", "B", "contest", None, {"value": 0.1}),
            wire.BuyerEvent(9, "like", "B", "contest", None, {"value": 0.31}),
            wire.BuyerEvent(24, "unfollow", "B", "broadcast", "too_frequent", {"value": 0.12}),
            wire.BuyerEvent(31, "warning_heard", "B", None, None, {"value": 0.2, "from_buyer": 402.0}),
            wire.BuyerEvent(40, "ask", "A", "expert_article", None, {"value": 0.33}),
        ],
    )
    choice = wire.ScenarioChoice(
        "first_market",
        SCENARIO.title,
        texts("Two thousand buyers, four vendors, eight rounds.", "To tusen kjøpere, fire leverandører, åtte runder."),
        2000,
        8,
        4,
    )
    return {
        "server_welcome": welcome,
        "server_welcome_facilitator": host,
        **snapshots(),
        "server_delta": wire.ServerDelta(18, patch),
        "server_delta_paused": wire.ServerDelta(
            24, {"phase": {"ends_at": None, "remaining_ms": 97_000, "paused": True}}
        ),
        "server_delta_tick": wire.ServerDelta(32, {"phase": {"tick": 14}, "live": {"A": {"likes": 31.0}}}),
        "server_nodes": wire.ServerNodes(3, 13, True, b"", states),
        "server_nodes_changed": wire.ServerNodes(
            3,
            14,
            False,
            struct.pack("<5I", 3, 17, 256, 731, 1999),
            bytes([1, 2, 3 | 1 << 3, 5 | 1 << 3, 64 | 2 | 3 << 3]),
        ),
        "server_ack": wire.ServerAck(NOW + 8),
        "server_refusal": wire.ServerRefusal(
            NOW + 9,
            "too_expensive",
            "the plan would cost 64,500 but a round has 60,000; "
            "choose a lower level for 'ad_burst#2' or empty another slot",
        ),
        "server_refusal_unreadable": wire.ServerRefusal(
            None, "bad_message", "object missing required field `id`; see docs/protocol.md"
        ),
        "server_room_info": wire.ServerRoomInfo(2, "KWMRTX", SCENARIO.title, "nb", "planning", 3, 8, open_teams()),
        "server_scenarios": wire.ServerScenarios(3, [choice], True, True, 1.0, True),
        "server_scenario_read": wire.ServerScenarioRead(4, msgspec.structs.replace(choice, id="own:my_market")),
        "server_scenarios_warming": wire.ServerScenarios(3, [choice], False, False, 0.45),
        "server_buyer_story": story,
        "server_goodbye": wire.ServerGoodbye("shutdown"),
    }


def open_teams() -> dict[str, wire.TeamView]:
    """Return the teams that a guest may join."""
    return {id: team for id, team in teams().items() if team.open}


def messages() -> dict[str, wire.ClientMessage | wire.ServerMessage]:
    """Return every example by name; a name begins with the direction and the type's tag."""
    return {**client_messages(), **server_messages()}
