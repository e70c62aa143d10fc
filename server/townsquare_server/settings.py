"""The server's settings: what each means, its range and its default, and how the four sources of it combine.

Law: a flag wins over a variable ``TOWNSQUARE_<NAME>``, a variable over the file (TOML), the file over the default. A
value that cannot be used is refused with its source, its name and what would be right; nothing is guessed. A secret
is never shown, not even in the message that refuses it.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from townsquare_server.blotting import blotted, shown_address
from townsquare_server.shell_errors import SettingsError

PREFIX = "TOWNSQUARE_"
CONFIG_VARIABLE = "TOWNSQUARE_CONFIG"
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
DEFAULT = "default"
MOST_SHARDS = 18
"""As many as there are letters that a room's code can begin with."""
SECRETS = frozenset({"host_key", "metrics_token"})
FOREIGN = re.compile(r"(CONFIG|CHROMIUM)$|(REQUIRE|TEST|SERVICE|PORT)_")
"""Variables of our prefix that are no settings: those of the tests, and those that Kubernetes makes for a service."""

Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]
Secret = Annotated[str, Meta(min_length=12)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything a server can be told."""

    host: Annotated[str, Meta(min_length=1)] = LOOPBACK
    """address to listen on; --lan makes it every address of this machine"""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8321
    """port to listen on; 0 takes any free one"""
    lan: bool = False
    """let other machines on the local network in"""
    open: bool = False
    """open the page in this machine's browser"""
    data: str | None = None
    """folder for the log and the secret; the platform's folder for application data when left out"""
    scenarios: tuple[str, ...] = ()
    """scenario files offered besides the shipped ones"""
    public_url: str | None = None
    """address that guests type when a proxy stands in front, such as https://square.example"""
    trusted_proxies: tuple[str, ...] = ()
    """addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed; limits count by what it says"""
    origins: tuple[str, ...] = ()
    """further origins whose pages may connect, such as https://other.example; the server's own always may"""
    shard: Annotated[int, Meta(ge=0, lt=MOST_SHARDS)] = 0
    """number of this process among `shards`, from 0: its pages lie under /s/<number>/, its rooms' codes tell it"""
    shards: Annotated[int, Meta(ge=1, le=MOST_SHARDS)] = 1
    """processes that share one public address, each with a data folder of its own"""
    host_key: Secret | None = None
    """key that opens rooms from other machines; made from the data folder's secret when left out"""
    metrics_token: Secret | None = None
    """bearer token that shows /metrics to other machines; without it only this machine may read them"""
    connections_per_address: Count = 300
    """open connections from one address (a whole class may sit behind one)"""
    messages_per_second: Positive = 30.0
    """messages that one seat may send on average"""
    message_burst: Count = 60
    """messages that one seat may send at once"""
    address_messages_per_second: Positive = 600.0
    """messages that all seats and connections of one address may send on average; a share is left to each seat"""
    address_message_burst: Count = 6000
    """messages that all of them may send at once (a class that joins together, and comes back after a break)"""
    address_connections_per_second: Positive = 300.0
    """connections that one address may open on average (a page takes a dozen)"""
    address_connection_burst: Count = 6000
    """connections that one address may open at once (a class that opens the page together, twice)"""
    guesses_per_second: Positive = 1.0
    """wrong codes from one address, and at one room's personal codes, that are looked at on average"""
    guess_burst: Count = 300
    """wrong codes that are looked at at once (a class may mistype a few)"""
    uploads: bool | None = None
    """let hosts hand in scenarios of their own; when left out, only where no public_url is set"""
    upload_bytes: Count = 131_072
    """size of a scenario that a host hands in"""
    upload_buyers: Count = 20_000
    """buyers that a handed-in scenario may ask for"""
    upload_ties: Count = 2_000_000
    """ties that a handed-in scenario may ask for, on all its platforms"""
    upload_work: Count = 2_000_000_000
    """messages that may be looked at or sent in a whole game of a handed-in scenario, estimated from above"""
    upload_seconds: Positive = 6.0
    """processor time that looking a handed-in scenario over may take; on the clock, five times as much"""
    handshake_seconds: Positive = 10.0
    """time in which a client must have sent its request"""
    log_format: Literal["human", "json"] = "human"
    """lines of the log on standard error: for people, or a JSON object each"""
    restore_days: Positive = 14.0
    """rooms that nobody touched for so long are taken up when somebody comes back to them, not at a start"""
    database_url: Annotated[str, Meta(pattern="^postgres(ql)?://")] | None = None
    """keep the log in this database instead, such as postgresql://user@host/name; its password is never shown"""
    log_quota_bytes: Annotated[int, Meta(ge=100_000)] = 4_000_000_000
    """size beyond which the log's file takes nothing more (24 guests need 0.15 MB a game); a database has its own"""

    @property
    def listen_host(self) -> str:
        """Return the address to listen on."""
        return EVERYWHERE if self.lan and self.host == LOOPBACK else self.host

    @property
    def prefix(self) -> str:
        """Return what the paths of this shard begin with; nothing when there is only one."""
        return f"/s/{self.shard}" if self.shards > 1 else ""


FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


class Configuration(NamedTuple):
    """Settings, and where each value that is not a default comes from."""

    settings: Settings
    sources: Mapping[str, str]

    def table(self) -> Iterator[tuple[str, str, str]]:
        """Yield each setting's name, its value as it may be shown, and its source."""
        for name, value in msgspec.to_builtins(self.settings).items():
            yield name, shown(name, value), self.sources.get(name, DEFAULT)


def _flag(name: str) -> str:
    """Return the flag that gives a setting, as somebody types it."""
    repeated = {"scenarios": "--scenario", "trusted_proxies": "--trusted-proxy"}  # one value each time
    return repeated.get(name, f"--{name.replace('_', '-')}")


def configure(
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    config: Path | None = None,
    pairs: Sequence[str] = (),
) -> Configuration:
    """Combine flags (those given; None counts as not given), environment and a TOML file into settings.

    `pairs` are flags too, as the texts ``name=value`` of ``--set``.
    """
    if config is None and environment.get(CONFIG_VARIABLE):
        config = Path(environment[CONFIG_VARIABLE])
    values: dict[str, tuple[str, Any]] = {}
    if config is not None:
        values |= {name: (str(config), value) for name, value in _read(config).items()}
    values |= _from_environment(environment)
    values |= _from_pairs(pairs)
    values |= {name: (_flag(name), value) for name, value in flags.items() if value is not None}
    settings = Settings(**{name: _convert(source, name, value) for name, (source, value) in values.items()})
    sources = {name: source for name, (source, _) in values.items()}
    for name, problem in _contradictions(settings):
        raise SettingsError(sources.get(name, DEFAULT), name, problem)
    return Configuration(settings, sources)


def shown(name: str, value: Any) -> str:
    """Return a value as it may be printed: no secret, and no password within an address."""
    if name == "database_url" and value is not None:
        return repr(shown_address(str(value)))
    return "(secret)" if name in SECRETS and value is not None else blotted(repr(value))


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(str(config), "file", f"cannot be read ({error.strerror or error})") from error
    except ValueError as error:  # of the language, of the encoding, or a number of thousands of digits
        raise SettingsError(str(config), "file", f"is not TOML ({error})") from error


class _Text(str):
    """A value that came as text: of a variable or a pair. In a file and in other flags a number must be one already."""

    __slots__ = ()


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for variable, text in environment.items():
        name = variable.removeprefix(PREFIX)
        if name != variable and text and not FOREIGN.match(name):
            found[name.lower()] = (variable, _Text(text))
    return found


def _from_pairs(pairs: Sequence[str]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise SettingsError("--set", name, "has no value; write --set name=value")
        found[name.strip()] = ("--set", _Text(text.strip()))
    return found


def _convert(source: str, name: str, value: Any) -> Any:
    if name not in FIELDS:
        near = difflib.get_close_matches(name, FIELDS, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(sorted(FIELDS))}"
        raise SettingsError(source, name, f"is not a setting; {remedy}")
    field, from_text = FIELDS[name], isinstance(value, _Text)
    if from_text:
        value = [part.strip() for part in value.split(",")] if field.default == () else str(value)
    try:
        return msgspec.convert(value, field.type, strict=not from_text)
    except msgspec.ValidationError as error:
        text = str(error)
        raise SettingsError(source, name, f"{shown(name, value)} cannot be used: {text[0].lower()}{text[1:]}") from None


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield names and problems of values that are well formed and still cannot be meant."""
    if settings.shard >= settings.shards:
        yield "shard", f"{settings.shard} is not below shards ({settings.shards}); shards are counted from 0"
    if settings.public_url is not None and not re.match(r"https?://[^/\s]+", settings.public_url):
        yield "public_url", f"{settings.public_url!r} is no address; write it as in https://square.example"
    for text in settings.trusted_proxies:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            yield "trusted_proxies", f"{error}; give addresses, or networks such as 10.0.0.0/8"
