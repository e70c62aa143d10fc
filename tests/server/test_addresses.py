"""Addresses that are printed, and the codes that phones read."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET

from townsquare_server.addresses import join_url, lan_address, qr_svg, qr_terminal, url


def test_an_address_is_written_as_a_browser_takes_it() -> None:
    assert url("192.0.2.7", 8321) == "http://192.0.2.7:8321/"
    assert url("2001:db8::1", 8321) == "http://[2001:db8::1]:8321/"
    assert join_url("http://192.0.2.7:8321/", "BCDFGH") == "http://192.0.2.7:8321/#/join/BCDFGH"


def test_the_address_on_the_local_network_is_one_or_none() -> None:
    found = lan_address()
    assert found is None or not ipaddress.ip_address(found).is_loopback


def test_a_code_is_a_square_picture_that_scales_and_depends_on_the_text() -> None:
    root = ET.fromstring(qr_svg("http://192.0.2.7:8321/#/join/BCDFGH"))
    _, _, width, height = root.attrib["viewBox"].split()
    assert width == height
    assert "width" not in root.attrib
    assert qr_svg("a") != qr_svg("b")
    lines = qr_terminal("http://192.0.2.7:8321/").splitlines()
    assert len({len(line) for line in lines if line}) == 1
