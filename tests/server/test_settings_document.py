"""docs/settings.md: what the code says, for every setting."""

from __future__ import annotations

from pathlib import Path

from townsquare_server.settings import FIELDS, SECRETS
from townsquare_server.settings_document import comments, markdown

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_the_document_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown()


def test_every_setting_is_explained_in_words() -> None:
    assert list(comments()) == list(FIELDS)
    assert set(FIELDS) >= SECRETS
