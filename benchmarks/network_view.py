"""Times the browser's network view in headless Chromium without a GPU, and prints one JSON line for each size.

Law: the budget is 16 ms of main thread for an update of 50 000 nodes at 1920 x 1080 with the soft backend; `--check`
exits with 1 when the usual tick is over it.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import shutil
import sys
import threading
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BUDGET_MS = 16.0
SIZES = ((2_000, 8), (10_000, 10), (50_000, 12))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the checkout; module scripts need their type on every system."""

    extensions_map: ClassVar[dict[str, str]] = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the output is for programs."""


def measure(backend: str) -> list[dict[str, object]]:
    """Return the page's numbers for each size."""
    handler = functools.partial(Handler, directory=str(ROOT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    arguments = ["--no-sandbox", "--disable-background-networking"]
    arguments += ["--disable-gpu"] if backend == "soft" else ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    rows: list[dict[str, object]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        for nodes, degree in SIZES:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            address = f"http://127.0.0.1:{server.server_port}/benchmarks/network_view.html"
            page.goto(f"{address}?nodes={nodes}&degree={degree}&backend={backend}")
            page.wait_for_function("window.measure")
            rows.append(page.evaluate("window.measure()"))
            page.close()
        browser.close()
    server.shutdown()
    return rows


def main() -> int:
    """Measure, print, and judge when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("soft", "webgl"), default="soft")
    parser.add_argument(
        "--check", action="store_true", help=f"exit with 1 when a usual tick costs more than {BUDGET_MS} ms"
    )
    options = parser.parse_args()
    rows = measure(options.backend)
    for row in rows:
        print(json.dumps(row))
    slow = [row for row in rows if row["usual"]["median"] > BUDGET_MS]  # type: ignore[index]
    return 1 if options.check and slow else 0


if __name__ == "__main__":
    sys.exit(main())
