/**
 * The wire's types as the client sees them. Law: only types live here (nothing imports this file at run time); `server/townsquare_server/wire.py` is
 * the original, and the fixtures in tests/wire/ hold both to the same messages.
 *
 * @typedef {Record<string, string>} Texts language -> text
 * @typedef {"lobby" | "briefing" | "planning" | "running" | "review" | "debrief" | "closed"} PhaseName
 * @typedef {"participant" | "facilitator" | "projector"} Role
 *
 * @typedef {{
 *   id: string, side: "campaign" | "relationship" | "listening", name: Texts, summary: Texts, money: number, hours: number, max_level: number,
 *   takes_topic: boolean, takes_audience: boolean, risk: "low" | "medium" | "high",
 * }} PlayView
 * @typedef {{id: string, name: Texts, summary: Texts}} ChoiceView
 * @typedef {{
 *   id: string, title: Texts, briefing: Texts, buyers: number, rounds: number, ticks_per_round: number, money_per_round: number,
 *   hours_per_round: number, plays: PlayView[], topics: ChoiceView[], archetypes: ChoiceView[], vanity_metrics: string[], value_metrics: string[],
 * }} ScenarioView
 * @typedef {{
 *   name: PhaseName, round: number, tick: number, started_at: number, ends_at: number | null, remaining_ms: number | null, paused: boolean,
 * }} PhaseView
 * @typedef {{nickname: string, online: boolean, aside?: boolean}} SeatView
 * @typedef {{nickname: string, online: boolean, first: boolean}} HostView
 * @typedef {{number: number, parent: number, round: number, rounds: number, at: number, end?: boolean}} BranchView
 * @typedef {{
 *   id: string, name: string, colour: number, open: boolean, driver: "people" | "policy", ready: boolean, seats: Record<string, SeatView>,
 *   handed?: boolean, money_share?: number, hours_share?: number,
 * }} TeamView
 * @typedef {{play: string, level: number, topic: string | null, audience: string | null, author: string | null, at: number}} SlotView
 * @typedef {{at: number, author: string, slot: string, field: string, value: string | number | null}} EditView
 * @typedef {{
 *   slots: Record<string, SlotView>, money: number, hours: number, money_used: number, hours_used: number, ready: boolean, history: EditView[],
 * }} PlanView
 * @typedef {{
 *   vanity: Record<string, number[]>, value: Record<string, (number | null)[]>, plan: Record<string, SlotView>[], driver: ("people" | "policy")[],
 * }} VendorResults
 * @typedef {{id: string, name: Texts, summary: Texts}} EventView
 * @typedef {{id: string, name: Texts, summary: Texts, round: number, tick: number}} HappeningView
 * @typedef {{number: number, at: number, team: string | null, text: string}} NoteView
 * @typedef {{
 *   code: string, language: string, scenario: ScenarioView, phase: PhaseView, teams: Record<string, TeamView>, plans: Record<string, PlanView>,
 *   live: Record<string, Record<string, number>>, results: Record<string, VendorResults>, timelines: Record<string, Record<string, number[]>>,
 *   leaderboard: string[], graph_url: string | null, join_url: string, notices: string[],
 *   happened?: HappeningView[], notes?: NoteView[], locked?: boolean, speed?: number, events?: EventView[], waiting?: HappeningView[],
 *   hosts?: Record<string, HostView>, branches?: BranchView[],
 * }} View
 *
 * @typedef {{
 *   t: "welcome", id: number, code: string, seat: string, role: Role, team: string | null, nickname: string, token: string, personal_code: string,
 *   projector_token: string | null, now: number, protocol: number, server_version: string,
 *   cohost_token?: string | null, cohost_code?: string | null, client_version?: string,
 * }} Welcome
 * @typedef {{t: "snapshot", version: number, view: View}} Snapshot
 * @typedef {{t: "delta", version: number, patch: Record<string, unknown>}} Delta
 * @typedef {{t: "nodes", round: number, tick: number, keyframe: boolean, changed: Uint8Array, states: Uint8Array}} NodesMessage
 * @typedef {{t: "ack", id: number}} Ack
 * @typedef {{t: "refusal", id: number | null, code: string, detail: string, shard?: number | null}} Refusal
 * @typedef {{
 *   t: "room_info", id: number, code: string, title: Texts, language: string, phase: PhaseName, round: number, rounds: number,
 *   teams: Record<string, TeamView>, locked?: boolean,
 * }} RoomInfo
 * @typedef {{id: string, title: Texts, summary: Texts, buyers: number, rounds: number, vendors: number}} ScenarioChoice
 * @typedef {{t: "scenarios", id: number, scenarios: ScenarioChoice[], host_key_needed: boolean, ready: boolean, progress: number, uploads: boolean}} Scenarios
 * @typedef {{t: "scenario_read", id: number, scenario: ScenarioChoice}} ScenarioRead
 * @typedef {{tick: number, what: string, vendor: string | null, play: string | null, detail: Record<string, number>}} BuyerEvent
 * @typedef {{
 *   t: "buyer_story", id: number, buyer: number, archetype: string, account: number, in_market: boolean,
 *   relations: Record<string, Record<string, number | string>>, events: BuyerEvent[],
 * }} BuyerStory
 * @typedef {{t: "goodbye", reason: string}} Goodbye
 * @typedef {Welcome | Snapshot | Delta | NodesMessage | Ack | Refusal | RoomInfo | Scenarios | ScenarioRead | BuyerStory | Goodbye} ServerMessage
 *
 * @typedef {{round: number, tick: number, states: Uint8Array, changed: Uint32Array | null}} Nodes
 *   states of all buyers after the newest frame, and which of them that frame changed (null: all may have)
 * @typedef {"idle" | "connecting" | "open" | "waiting" | "gone" | "outdated"} Status
 *   gone: the server said goodbye or does not know the seat; it will not be tried again; outdated: the page is of another version than the server
 *
 * @typedef {{me: Welcome | null, view: View | null, version: number | null, nodes: Nodes | null, endings: Record<number, Uint8Array>, behind: boolean,
 *   goodbye: string | null}} State endings: the newest states that came of each round
 *   what `reduce` makes of the messages; behind: a delta came that does not follow the view we hold, so a snapshot must be asked for
 * @typedef {State & {status: Status, toasts: {id: number, code: string, detail: string}[]}} SessionState
 * @typedef {{code: string, token: string, nickname: string, personal_code: string, title?: Record<string, string>, phase?: string, round?: number, rounds?: number}} Seat what the browser
 *   keeps to come back, and what it last saw there
 *
 * @typedef {{message: any, resolve: (reply: any) => void, reject: (why: any) => void, sentAt: number}} Pending a request without its reply
 * @typedef {{
 *   url: string, greet: () => object | null, receive: (message: ServerMessage, roundTrip: number) => void, status: (status: Status) => void,
 * }} ConnectionOptions greet: the message that brings the seat back, or null before there is one
 */
export {};
