"""Settings: four sources in one order, and a refusal that says where the bad value stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_server.settings import Settings, load_settings
from townsquare_server.shell_errors import SettingsError


def test_a_flag_wins_over_a_variable_over_the_file_over_the_default(tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text('port = 1\nmessage_burst = 2\norigins = ["https://a.example"]\nlan = true\n')
    settings = load_settings(
        {"port": 3, "open": None},
        {"TOWNSQUARE_PORT": "4", "TOWNSQUARE_MESSAGE_BURST": "5", "TOWNSQUARE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"},
        config,
    )
    assert (settings.port, settings.message_burst, settings.lan, settings.open) == (3, 5, True, False)
    assert settings.origins == ("https://a.example",)
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")


def test_the_file_can_be_named_by_a_variable(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("port = 1234\n")
    assert load_settings({}, {"TOWNSQUARE_CONFIG": str(tmp_path / "s.toml")}).port == 1234


def test_by_default_only_this_machine_is_served() -> None:
    assert Settings().listen_host == "127.0.0.1"
    assert Settings(lan=True).listen_host == "0.0.0.0"
    assert Settings(lan=True, host="10.1.2.3").listen_host == "10.1.2.3"


@pytest.mark.parametrize(
    ("flags", "environment", "text", "message"),
    [
        ({"port": 70000}, {}, "", r"^--port: port: 70000 cannot be used: expected `int` <= 65535$"),
        ({}, {"TOWNSQUARE_PORT": "eighty"}, "", r"^TOWNSQUARE_PORT: port: 'eighty' cannot be used: expected `int`"),
        ({}, {"TOWNSQUARE_LAN": "perhaps"}, "", r"^TOWNSQUARE_LAN: lan: 'perhaps' cannot be used: expected `bool`"),
        ({}, {}, "port = '80'", r"server\.toml: port: '80' cannot be used: expected `int`, got `str`$"),
        (
            {},
            {},
            "prot = 80",
            r"server\.toml: prot: is not a setting; the settings are connections_per_address, .*port",
        ),
        ({}, {}, "port 80", r"server\.toml: file: is not TOML \(.*line 1"),
        ({}, {}, "messages_per_second = 0.0", r"messages_per_second: 0\.0 cannot be used: expected `float` > 0"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, flags: dict[str, object], environment: dict[str, str], text: str, message: str
) -> None:
    config = tmp_path / "server.toml"
    config.write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_settings(flags, environment, config)


def test_a_missing_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: file: cannot be read"):
        load_settings({}, {}, tmp_path / "none.toml")
