"""The generated tables of the written documents (`model_document` puts them into place).

Each function returns Markdown and reads only what the model itself reads: pydantic fields, dtypes and their comments,
enumerations, shipped scenarios.
"""

from __future__ import annotations

from collections.abc import Callable

from townsquare_agents import scenario_parts
from townsquare_agents.kernels import codes
from townsquare_research.document_tables.keys import schema_table
from townsquare_research.document_tables.rules import assumed_count, parameter_table, shipped_changes, switch_table
from townsquare_research.document_tables.shipped import archetype_table, event_table, platform_table, play_table
from townsquare_research.document_tables.variables import dtype_table, enum_table, metric_table, purpose_table

TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameter_table,
    "assumed": assumed_count,
    "shipped_changes": shipped_changes,
    "switches": switch_table,
    "buyer": dtype_table("BUYER"),
    "relation": dtype_table("RELATION"),
    "account": dtype_table("ACCOUNT"),
    "vendor": dtype_table("VENDOR"),
    "platform": dtype_table("PLATFORM"),
    "message": dtype_table("MESSAGE"),
    "stages": enum_table(codes.Stage),
    "reaches": enum_table(codes.Reach),
    "causes": enum_table(codes.Cause),
    "purposes": purpose_table,
    "metrics": metric_table,
    "platforms": platform_table,
    "plays": play_table,
    "archetypes": archetype_table,
    "events": event_table,
    "keys_calendar": schema_table(scenario_parts.Calendar),
    "keys_population": schema_table(scenario_parts.Population),
    "keys_spam": schema_table(scenario_parts.Spamming),
    "keys_topic": schema_table(scenario_parts.Topic),
    "keys_archetype": schema_table(scenario_parts.Archetype),
    "keys_vendor": schema_table(scenario_parts.Vendor),
    "keys_platform": schema_table(scenario_parts.Platform),
    "keys_network": schema_table(scenario_parts.NetworkSpec),
    "keys_play": schema_table(scenario_parts.Play),
    "keys_message": schema_table(scenario_parts.MessageSpec),
    "keys_capacity": schema_table(scenario_parts.Capacity),
    "keys_event": schema_table(scenario_parts.Event),
    "keys_change": schema_table(scenario_parts.Change),
}
