"""Where the web client's files lie: the checkout's folder when there is one, else the copy that the wheel carries."""

from __future__ import annotations

from pathlib import Path

from townsquare_agents.paths import data_folder


def web_client_folder() -> Path:
    """Return the folder that holds `index.html`."""
    return data_folder("web_client", module=Path(__file__).resolve(), source_root="server")
