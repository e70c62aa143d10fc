"""The web client is served from the checkout."""

from __future__ import annotations

from pathlib import Path

from townsquare_server.paths import web_client_folder


def test_web_client_comes_from_the_checkout() -> None:
    assert web_client_folder() == Path(__file__).resolve().parents[2] / "web_client"
