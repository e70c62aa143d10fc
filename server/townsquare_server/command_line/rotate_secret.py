"""`townsquare rotate-secret`: sign seats with a new secret, after a laptop was lent or a folder was copied."""

from __future__ import annotations

import argparse
import os

from townsquare_server.data_folder import DataFolder
from townsquare_server.settings import configure


def run(options: argparse.Namespace) -> int:
    """Replace the secret of a data folder that no server works on."""
    settings = configure({"data": options.data}, os.environ).settings
    folder = DataFolder.of(settings.data)
    try:
        folder.rotate_secret(forget=options.forget)
    finally:
        folder.close()
    if options.forget:
        print("a new secret signs; no seat that was handed out before is known any more")
    else:
        print("a new secret signs; seats live on until the next rotation, and get new tokens as they come back")
    print("the host key has changed: `townsquare serve` prints the new one")
    return 0
