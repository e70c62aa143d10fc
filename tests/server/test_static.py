"""The page and its files: found by look-up, packed, cached by content, and fenced in by a policy that is computed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from townsquare_server.http_messages import HttpReply, HttpRequest
from townsquare_server.paths import web_client_folder
from townsquare_server.static import StaticSite

IMPORT_MAP = '{"imports": {"app": "./static/__VERSION__/app.js"}}'
PAGE = f"""<!doctype html><html lang="en"><head><title>æ</title>
<link rel="stylesheet" href="static/__VERSION__/style.css">
<script type="importmap">{IMPORT_MAP}</script><script type="module" src="static/__VERSION__/app.js"></script>
</head><body></body></html>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "web_client"
    (root / "views").mkdir(parents=True)
    (root / "index.html").write_text(PAGE, encoding="utf-8")
    (root / "app.js").write_text("export const x = 1;\n" * 200)
    (root / "views" / "home.js").write_text("x")
    (root / "style.css").write_text("body{}")
    (root / "jsconfig.json").write_text("{}")
    (root / "tool.py").write_text("pass")
    (tmp_path / "secret.txt").write_text("secret")
    return root


def get(site: StaticSite, target: str, **headers: str) -> HttpReply | None:
    lowered = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.reply(HttpRequest.of(target, {"host": "square.example:8000", **lowered}))


def header(reply: HttpReply, name: str) -> str | None:
    return next((value for key, value in reply.headers if key == name), None)


def test_the_page_names_the_version_and_is_asked_for_each_time(folder: Path) -> None:
    site = StaticSite(folder)
    reply = get(site, "/?room=ABC")
    assert reply is not None
    assert (reply.status, header(reply, "Cache-Control")) == (200, "no-cache")
    assert f'src="static/{site.version}/app.js"'.encode() in reply.body
    assert b"__VERSION__" not in reply.body


def test_the_policy_allows_the_import_map_by_its_hash_and_nothing_else_inline(folder: Path) -> None:
    site = StaticSite(folder)
    reply = get(site, "/")
    assert reply is not None
    policy = header(reply, "Content-Security-Policy") or ""
    served = re.search(r'<script type="importmap">(.*?)</script>', reply.body.decode())
    assert served is not None
    digest = base64.b64encode(hashlib.sha256(served[1].encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self' ws://square.example:8000 wss://square.example:8000;" in policy
    assert header(reply, "X-Content-Type-Options") == "nosniff"
    assert header(reply, "Referrer-Policy") == "no-referrer"


@pytest.mark.parametrize("host", ["", "a b", "x; script-src *", "evil\r\nX: y"])
def test_a_strange_host_does_not_reach_the_policy(folder: Path, host: str) -> None:
    assert "connect-src 'self';" in StaticSite(folder).policy(host)


def test_a_versioned_file_is_packed_and_cached_for_ever(folder: Path) -> None:
    site = StaticSite(folder)
    reply = get(site, f"/static/{site.version}/app.js", accept_encoding="br, gzip;q=0.8")
    assert reply is not None
    assert header(reply, "Cache-Control") == "public, max-age=31536000, immutable"
    assert header(reply, "Content-Type") == "text/javascript; charset=utf-8"
    assert (header(reply, "Content-Encoding"), header(reply, "Vary")) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(reply.body) == (folder / "app.js").read_bytes()
    plain = get(site, f"/static/{site.version}/app.js", accept_encoding="gzip;q=0")
    assert plain is not None
    assert header(plain, "Content-Encoding") is None
    assert plain.body == (folder / "app.js").read_bytes()
    assert header(plain, "ETag") != header(reply, "ETag")


def test_what_the_browser_has_is_not_sent_again(folder: Path) -> None:
    site = StaticSite(folder)
    first = get(site, "/")
    assert first is not None
    tag = header(first, "ETag") or ""
    again = get(site, "/", if_none_match=f'"other", W/{tag}')
    assert again is not None
    assert (again.status, again.body) == (304, b"")
    other = get(site, "/", if_none_match='"other"')
    assert other is not None
    assert other.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/{v}/../../secret.txt",
        "/static/{v}/%2e%2e/secret.txt",
        "/static/{v}/..%2fsecret.txt",
        "/static/{v}//etc/passwd",
        "/static/{v}/jsconfig.json",
        "/static/{v}/tool.py",
        "/static/0000000000000000/app.js",
        "/static/{v}/views",
    ],
)
def test_nothing_else_can_be_asked_for(folder: Path, path: str) -> None:
    site = StaticSite(folder)
    reply = get(site, path.format(v=site.version))
    assert reply is not None
    assert reply.status == 404
    assert get(site, "/secret.txt") is None
    assert get(site, "/../secret.txt") is None


def test_the_version_changes_with_any_file(folder: Path) -> None:
    before = StaticSite(folder).version
    assert StaticSite(folder).version == before
    (folder / "views" / "home.js").write_text("y")
    assert StaticSite(folder).version != before


def test_the_real_client_can_be_served() -> None:
    site = StaticSite(web_client_folder())
    reply = get(site, "/")
    assert reply is not None
    assert reply.status == 200
    wanted = re.findall(rb"(static/[^\"'\s]+\.(?:js|css|svg|png|ico|webmanifest))", reply.body)
    for path in wanted:
        found = get(site, "/" + path.decode())
        assert found is not None
        assert found.status == 200, path
