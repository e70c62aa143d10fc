"""Addresses to print: where this machine is found on its network, and the code that a phone reads."""

from __future__ import annotations

import functools
import io
import socket

import segno


def lan_address() -> str | None:
    """Return this machine's address on its local network, or None when there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only has the system choose a route
            address = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if address.startswith("127.") or address == "0.0.0.0" else address


def url(host: str, port: int) -> str:
    """Return the page's address."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def join_url(base: str, code: str) -> str:
    """Return the address that a guest of a room opens."""
    return f"{base.rstrip('/')}/#/join/{code}"


@functools.lru_cache(maxsize=256)  # one takes as long as a hundred other pages
def qr_svg(text: str) -> bytes:
    """Return a QR code as an SVG that scales."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=3, xmldecl=False, svgclass=None, lineclass=None, omitsize=True, light="#fff"
    )
    return out.getvalue()


def qr_terminal(text: str) -> str:
    """Return a QR code in half blocks, for a terminal with a dark ground."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()
