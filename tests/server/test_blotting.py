"""No secret is shown, wherever it stands; what is none stays readable."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_server.blotting import blotted, shown_address

pytestmark = pytest.mark.small
PASSWORDS = st.text(st.sampled_from([chr(code) for code in range(33, 127) if chr(code) not in "@\"'"]), min_size=1)


@settings(deadline=None, derandomize=True)
@given(PASSWORDS)
def test_a_password_within_an_address_is_hidden_whatever_it_is_made_of(password: str) -> None:
    text = f"cannot reach postgresql://square:{password}@db.example/town today"
    assert blotted(text) == "cannot reach postgresql://[password]@db.example/town today"


def test_what_is_no_secret_stays() -> None:
    text = "room KWMRTX: http://127.0.0.1:8321/join?room=KWMRTX asked by anna@example.org, 3 tokens left"
    assert blotted(text) == text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://square:s3cret@db.example:5433/town?password=s3cret", "postgresql://square@db.example:5433/town"),
        ("postgresql://db.example/town", "postgresql://db.example/town"),
        ("postgresql://square:s3cret@[::1/town", "(hidden)"),
        ("square:s3cret@db.example/town", "(hidden)"),
    ],
)
def test_an_address_of_a_database_is_shown_without_what_opens_it(address: str, shown: str) -> None:
    assert shown_address(address) == shown
