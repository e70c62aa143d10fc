"""The web client's files, read once at the start and served from memory.

Law: a file is found by looking its path up in a dictionary, so nothing outside the folder can be asked for. Paths under
``/static/<version>/`` name their content and are cached for ever; ``/`` names the version and is asked for each time.
In `index.html` the word ``__VERSION__`` stands for the version.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from townsquare_server.http_messages import IMMUTABLE, HttpReply, HttpRequest, file_reply, text_reply
from townsquare_server.names import host_name

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What is served; a file of another kind in the folder is not."""
TOOLS = {"jsconfig.json", "tsconfig.json", "package.json", "package-lock.json"}
VERSION_WORD = "__VERSION__"
MISSING_PAGE = "<!doctype html><title>Townsquare</title><p>The web client is missing from this installation."


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, as it is and packed (None where packing does not pay)."""

    content_type: str
    plain: bytes
    packed: bytes | None

    @classmethod
    def of(cls, name: str, plain: bytes) -> StaticFile:
        """Return the file, packed when that saves a tenth."""
        packed = gzip.compress(plain, 9, mtime=0)
        return cls(CONTENT_TYPES[Path(name).suffix], plain, packed if len(packed) < 0.9 * len(plain) else None)


class InlineBlocks(HTMLParser):
    """Collects the texts of inline scripts and styles, for the policy that allows exactly these."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, list[str]] = {"script": [], "style": []}
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block when it is inline."""
        if tag in self.found and not any(name == "src" for name, _ in attrs):
            self._open = tag
            self.found[tag].append("")

    def handle_data(self, data: str) -> None:
        """Collect."""
        if self._open:
            self.found[self._open][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Close the block."""
        if tag == self._open:
            self._open = None


def _sources(page: str) -> tuple[str, str]:
    """Return the hashes of a page's inline scripts and styles as policy sources."""
    parser = InlineBlocks()
    parser.feed(page)
    parser.close()

    def hashes(kind: str) -> str:
        digests = (hashlib.sha256(text.encode()).digest() for text in parser.found[kind])
        return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)

    return hashes("script"), hashes("style")


class StaticSite:
    """All files of the web client."""

    def __init__(self, folder: Path) -> None:
        """Read the folder."""
        names = sorted(
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in CONTENT_TYPES and path.name not in TOOLS
        )
        contents = {name: (folder / name).read_bytes() for name in names if not name.startswith(("node_modules/", "."))}
        digest = hashlib.sha256()
        for name, content in contents.items():
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        self.version = digest.hexdigest()[:16]
        page = contents.pop("index.html", MISSING_PAGE.encode()).decode().replace(VERSION_WORD, self.version)
        self._page = StaticFile.of("index.html", page.encode())
        self._script_hashes, self._style_hashes = _sources(page)
        self._files = {f"/static/{self.version}/{name}": StaticFile.of(name, body) for name, body in contents.items()}
        self._icon = next((name for name in ("favicon.ico", "favicon.svg") if name in contents), None)

    def reply(self, request: HttpRequest) -> HttpReply | None:
        """Return the page or the file for a path, or None when it is not one of ours."""
        if request.path in ("/", "/index.html"):
            page, policy = self._page, ("Content-Security-Policy", self.policy(request.host))
            return file_reply(request, page.content_type, page.plain, page.packed, policy=policy)
        if request.path == "/favicon.ico" and self._icon:
            icon = self._files[f"/static/{self.version}/{self._icon}"]
            return file_reply(request, icon.content_type, icon.plain, icon.packed)
        file = self._files.get(request.path)
        if file is not None:
            return file_reply(request, file.content_type, file.plain, file.packed, caching=IMMUTABLE)
        if request.path.startswith("/static/"):
            return text_reply(404, "no such file in this version of the page: load the page again")
        return None

    def policy(self, host: str) -> str:
        """Return the page's Content-Security-Policy: only what this server sends, nothing inline but by its hash."""
        # older Safari does not count a WebSocket to the same host as 'self'
        sockets = f" ws://{host} wss://{host}" if host_name(host) else ""
        return "; ".join(
            [
                "default-src 'none'",
                f"script-src 'self'{self._script_hashes}",
                f"style-src 'self'{self._style_hashes}",
                "img-src 'self' data: blob:",
                "font-src 'self'",
                f"connect-src 'self'{sockets}",
                "manifest-src 'self'",
                "worker-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ]
        )
