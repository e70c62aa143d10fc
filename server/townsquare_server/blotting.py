"""What may be shown of a text that may hold a secret: of a line of the log, a setting, a database's address.

Law: rather a word too much is hidden than a secret shown. Tokens and personal codes seat whoever reads them in
somebody's place; whatever stands before an address's ``@`` may be a password.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from townsquare_server.seats import ALPHABET

_SECRETS = (
    (re.compile(r"\b\d+\.(?:participant|facilitator|projector)\.[^\s\"']+"), "[token]"),
    (re.compile(rf"(?i)\b[{ALPHABET}]{{4}}(?:-[{ALPHABET}]{{4}}){{1,2}}\b"), "[code]"),
    (
        # a name and a password, which may hold anything but spaces and quotes, or a name alone
        re.compile(r"(?i)\b([a-z][a-z0-9+.\-]{0,20}://)(?:[^\s/@:\"']*:[^\s@\"']{0,200}|[^\s/@\"']*)@"),
        r"\1[password]@",
    ),
    (re.compile(r"(?i)\b(token|password|host_key|secret)(\"?\s{0,9}[=:]\s{0,9}\"?)[^\s&\"',;]+"), r"\1\2[secret]"),
)


def blotted(text: str) -> str:
    """Return a text with every secret in it blotted out."""
    for pattern, blot in _SECRETS:
        text = pattern.sub(blot, text)
    return text


def shown_address(url: str) -> str:
    """Return an address of a database without its password and its options, which may hold one too."""
    try:
        parts = urlsplit(url)
        user = f"{parts.username}@" if parts.username else ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(hidden)"
    known = parts.scheme in ("postgres", "postgresql")
    return f"{parts.scheme}://{user}{parts.hostname or ''}{port}{parts.path}" if known else "(hidden)"
