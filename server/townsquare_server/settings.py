"""The server's settings: what each means, its range and its default, and how the four sources of it combine.

Law: a flag wins over a variable ``TOWNSQUARE_<NAME>``, a variable over the file (TOML), the file over the default. A
value that cannot be used is refused with its source, its name and what would be right; nothing is guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from townsquare_server.shell_errors import SettingsError

PREFIX = "TOWNSQUARE_"
CONFIG_VARIABLE = "TOWNSQUARE_CONFIG"
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"

Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]


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
    """addresses whose X-Forwarded-For is believed"""
    origins: tuple[str, ...] = ()
    """further origins whose pages may connect, such as https://other.example; the server's own always may"""
    connections_per_address: Count = 300
    """open connections from one address (a whole class may sit behind one)"""
    messages_per_second: Positive = 30.0
    """messages that one seat may send on average"""
    message_burst: Count = 60
    """messages that one seat may send at once"""
    handshake_seconds: Positive = 10.0
    """time in which a client must have sent its request"""
    restore_days: Positive = 14.0
    """rooms that nobody touched for so long stay in the log and are not taken up at a start"""
    log_quota_bytes: Annotated[int, Meta(ge=100_000)] | None = None
    """size beyond which the log takes nothing more; no limit when left out"""

    @property
    def listen_host(self) -> str:
        """Return the address to listen on."""
        return EVERYWHERE if self.lan and self.host == LOOPBACK else self.host


FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str], config: Path | None = None) -> Settings:
    """Combine flags (those given; None counts as not given), environment and a TOML file into settings."""
    if config is None and environment.get(CONFIG_VARIABLE):
        config = Path(environment[CONFIG_VARIABLE])
    values: dict[str, tuple[str, Any]] = {}
    if config is not None:
        values |= {name: (str(config), value) for name, value in _read(config).items()}
    values |= _from_environment(environment)
    values |= {name: (f"--{name.replace('_', '-')}", value) for name, value in flags.items() if value is not None}
    return Settings(**{name: _convert(source, name, value) for name, (source, value) in values.items()})


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(str(config), "file", f"cannot be read ({error.strerror or error})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(config), "file", f"is not TOML ({error})") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for name, field in FIELDS.items():
        variable = PREFIX + name.upper()
        text = environment.get(variable)
        if text:
            listed = field.default == ()
            found[name] = (variable, [part.strip() for part in text.split(",")] if listed else text)
    return found


def _convert(source: str, name: str, value: Any) -> Any:
    if name not in FIELDS:
        known = ", ".join(sorted(FIELDS))
        raise SettingsError(source, name, f"is not a setting; the settings are {known}")
    try:
        # a variable is text; a number in a file or from a flag must be one already
        return msgspec.convert(value, FIELDS[name].type, strict=not source.startswith(PREFIX))
    except msgspec.ValidationError as error:
        text = str(error)
        raise SettingsError(source, name, f"{value!r} cannot be used: {text[0].lower()}{text[1:]}") from None
