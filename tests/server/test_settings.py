"""Settings: four sources in one order, and a refusal that says where the bad value stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_server.settings import DEFAULT, FIELDS, Settings, configure, shown
from townsquare_server.shell_errors import SettingsError


def test_a_flag_wins_over_a_variable_over_the_file_over_the_default(tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text('port = 1\nmessage_burst = 2\norigins = ["https://a.example"]\nlan = true\n')
    settings, sources = configure(
        {"port": 3, "open": None},
        {"TOWNSQUARE_PORT": "4", "TOWNSQUARE_MESSAGE_BURST": "5", "TOWNSQUARE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"},
        config,
        ["message_burst=6", "restore_days = 7"],
    )
    assert (settings.port, settings.message_burst, settings.lan, settings.open) == (3, 6, True, False)
    assert settings.origins == ("https://a.example",)
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert settings.restore_days == 7.0
    assert sources == {
        "port": "--port",
        "message_burst": "--set",
        "restore_days": "--set",
        "trusted_proxies": "TOWNSQUARE_TRUSTED_PROXIES",
        "origins": str(config),
        "lan": str(config),
    }


def test_the_file_can_be_named_by_a_variable(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("port = 1234\n")
    assert configure({}, {"TOWNSQUARE_CONFIG": str(tmp_path / "s.toml")}).settings.port == 1234


def test_by_default_only_this_machine_is_served() -> None:
    assert Settings().listen_host == "127.0.0.1"
    assert Settings(lan=True).listen_host == "0.0.0.0"
    assert Settings(lan=True, host="10.1.2.3").listen_host == "10.1.2.3"


@pytest.mark.parametrize(
    ("flags", "environment", "text", "message"),
    [
        ({"trusted_proxies": ["x"]}, {}, "", "^--trusted-proxy: trusted_proxies: 'x' does not appear"),
        ({"port": 70000}, {}, "", r"^--port: port: 70000 cannot be used: expected `int` <= 65535$"),
        ({}, {"TOWNSQUARE_PORT": "eighty"}, "", r"^TOWNSQUARE_PORT: port: 'eighty' cannot be used: expected `int`"),
        ({}, {"TOWNSQUARE_LAN": "perhaps"}, "", r"^TOWNSQUARE_LAN: lan: 'perhaps' cannot be used: expected `bool`"),
        ({}, {}, "port = '80'", r"server\.toml: port: '80' cannot be used: expected `int`, got `str`$"),
        ({}, {}, "prot = 80", r"server\.toml: prot: is not a setting; did you mean port\?$"),
        ({}, {"TOWNSQUARE_PROT": "80"}, "", r"^TOWNSQUARE_PROT: prot: is not a setting; did you mean port\?$"),
        ({}, {}, "xyz = 80", r"server\.toml: xyz: is not a setting; the settings are address_connection_burst, .*port"),
        ({"shard": 2}, {}, "shards = 2", r"^--shard: shard: 2 is not below shards \(2\)"),
        ({}, {"TOWNSQUARE_PUBLIC_URL": "square.example"}, "", r"^TOWNSQUARE_PUBLIC_URL: public_url: .* is no address"),
        ({}, {}, "trusted_proxies = ['10.0.0.1/8']", r"trusted_proxies: 10\.0\.0\.1/8 has host bits set; give"),
        ({}, {"TOWNSQUARE_HOST_KEY": "short"}, "", r"^TOWNSQUARE_HOST_KEY: host_key: \(secret\) cannot be used"),
        ({}, {}, "port = " + "8" * 5000, r"server\.toml: file: is not TOML \(.*digits"),
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
        configure(flags, environment, config)


def test_a_missing_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: file: cannot be read"):
        configure({}, {}, tmp_path / "none.toml")


def test_a_pair_without_a_value_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^--set: port: has no value; write --set name=value$"):
        configure({}, {}, pairs=["port"])


def test_variables_of_others_are_left_alone() -> None:
    # the tests' own, and what Kubernetes makes for a service of this name
    names = ("REQUIRE_BROWSER", "CHROMIUM", "SERVICE_HOST", "PORT_8321_TCP", "CONFIG")
    assert configure({}, {f"TOWNSQUARE_{name}": "" if name == "CONFIG" else "x" for name in names}).sources == {}


def test_the_table_names_every_setting_with_its_source_and_shows_no_secret() -> None:
    environment = {"TOWNSQUARE_METRICS_TOKEN": "correct horse battery", "TOWNSQUARE_PORT": "80"}
    rows = {name: (value, source) for name, value, source in configure({}, environment).table()}
    assert list(rows) == list(FIELDS)
    assert rows["port"] == ("80", "TOWNSQUARE_PORT")
    assert rows["metrics_token"] == ("(secret)", "TOWNSQUARE_METRICS_TOKEN")
    assert rows["host_key"] == ("None", DEFAULT)
    assert "horse" not in repr(rows)


def test_a_password_within_an_address_is_not_shown() -> None:
    assert shown("data", "postgresql://anna:pw1@db.example/x") == "'postgresql://[password]@db.example/x'"
    assert shown("data", "postgresql://db.example/x") == "'postgresql://db.example/x'"


def test_only_one_of_several_shards_has_a_prefix() -> None:
    assert Settings().prefix == ""
    assert Settings(shard=1, shards=2).prefix == "/s/1"


def test_the_password_of_a_database_is_never_shown() -> None:
    address = "postgresql://square:s3cret@db.example:5433/town?sslmode=require&password=s3cret"
    configuration = configure({}, {"TOWNSQUARE_DATABASE_URL": address})
    assert configuration.settings.database_url == address
    rows = {name: value for name, value, _ in configuration.table()}
    assert rows["database_url"] == "'postgresql://square@db.example:5433/town'"
    with pytest.raises(
        SettingsError, match=r"database_url: '\(hidden\)' cannot be used: expected `str` matching"
    ) as caught:
        configure({"database_url": "square:s3cret@db.example/town"}, {})
    assert "s3cret" not in str(caught.value)
