"""Capabilities cannot be forged, codes can be typed, nicknames can be seen."""

from __future__ import annotations

import itertools
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_server import seats
from townsquare_server.errors import Code, RefusalError
from townsquare_server.seats import Claim, Signer, clean_nickname, join_code, nickname_key, normal_code

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine, however busy

OLD, NEW = b"an old secret, long enough", b"a new secret, long enough too"
CLAIM = Claim("participant", "KWMRTX", "s3")


def test_token_proves_its_claim_and_is_readable() -> None:
    token = Signer([NEW]).token(CLAIM)
    assert token.startswith("1.participant.KWMRTX.s3.")
    assert Signer([NEW]).verify(token) == CLAIM
    assert NEW.decode() not in token


def test_older_secret_is_still_believed_and_a_strange_one_is_not() -> None:
    token = Signer([OLD]).token(CLAIM)
    assert Signer([NEW, OLD]).verify(token) == CLAIM
    with pytest.raises(RefusalError):
        Signer([NEW]).verify(token)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("participant", "facilitator"),
        lambda t: t.replace("KWMRTX", "BBBBBB"),
        lambda t: t.replace(".s3.", ".host."),
        lambda t: t.replace("1.", "2.", 1),
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t[:-1],
        lambda t: t + "=",
        lambda t: t.rpartition(".")[0],
        lambda t: t.rpartition(".")[0] + ".",
        lambda t: "",
        lambda t: "....",
        lambda t: "é" * 40,
        lambda t: "\ud800",
    ],
)
def test_changed_token_is_refused(change: object) -> None:
    token = change(Signer([NEW]).token(CLAIM))  # type: ignore[operator]
    with pytest.raises(RefusalError) as caught:
        Signer([NEW]).verify(token)
    assert caught.value.code is Code.BAD_TOKEN


@steady
@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(RefusalError):
        Signer([NEW]).verify(text)


def test_signed_nonsense_is_refused_all_the_same() -> None:
    signer = Signer([NEW])
    for claim in (("king", "KWMRTX", "s1"), ("participant", "A.B", "s1")):
        with pytest.raises(RefusalError):
            signer.verify(signer.token(Claim(*claim)))  # type: ignore[arg-type]


@pytest.mark.parametrize("secrets", [[], [b""], [b"short"], [NEW, b"short"]])
def test_weak_secrets_are_not_taken(secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Signer(secrets)


def test_personal_codes_differ_and_are_found_however_typed() -> None:
    signer, room = Signer([NEW, OLD]), [f"s{n}" for n in range(200)]
    codes = {seat: signer.personal_code("KWMRTX", seat) for seat in room}
    assert len(set(codes.values())) == 200
    assert codes["s1"] != signer.personal_code("OTHERX", "s1")
    for seat in ("s0", "s77", "s199"):
        for typed in (
            codes[seat],
            codes[seat].lower(),
            f" {codes[seat].replace('-', ' ')} ",
            codes[seat].replace("-", ""),
        ):
            assert signer.find_personal_code("KWMRTX", room, typed) == seat
    assert signer.find_personal_code("KWMRTX", room, Signer([OLD]).personal_code("KWMRTX", "s5")) == "s5"
    for wrong in ("", "BBBB-BBBB", codes["s1"][:-1], "é", codes["s1"] + "B"):
        assert signer.find_personal_code("KWMRTX", room, wrong) is None


def test_of_what_was_typed_at_length_little_is_looked_at() -> None:
    for text in ("x" * 16_000, "Ada" + " " * 16_000 + "Lovelace and her very long name", "e\u0301" * 8000):
        with pytest.raises(RefusalError, match="visible characters") as refused:
            clean_nickname(text)
        assert len(refused.value.detail) < 300
    assert Signer([NEW]).find_personal_code("KWMRTX", ["s1"], " " * 16_000) is None


def test_a_personal_code_is_compared_with_every_seat_s() -> None:
    signer, seats_of_a_room = Signer([NEW, OLD]), [f"s{number}" for number in range(9)]
    for wanted, code in (("s0", signer.personal_code("KWMRTX", "s0")), (None, "BBBB-BBBB")):
        left = iter(seats_of_a_room)
        assert signer.find_personal_code("KWMRTX", left, code) == wanted
        assert list(left) == []  # looked at to the end, found or not


def test_join_codes_have_six_letters_without_look_alikes() -> None:
    codes = [join_code(random.Random(n).randrange) for n in range(300)]
    assert all(len(code) == 6 for code in codes)
    letters = set("".join(codes))
    assert letters == set(seats.ALPHABET)
    assert not letters & set("ILOQUV0158AE")
    assert len(set(codes)) == 300


def test_join_code_is_what_was_drawn() -> None:
    draws = itertools.count()
    assert join_code(lambda below: next(draws) % below) == seats.ALPHABET[:6]


@pytest.mark.parametrize("typed", ["KWMRTX", "kwmrtx", " kwm rtx ", "KWM-RTX"])
def test_codes_are_read_as_typed(typed: str) -> None:
    assert normal_code(typed) == "KWMRTX"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Kari", "Kari"),
        ("  Åse   Marie ", "Åse Marie"),
        ("陳小姐", "陳小姐"),
        ("Ole-Jørgen O'Hara", "Ole-Jørgen O'Hara"),
        ("🦊", "🦊"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("A\u030as", "Ås"),
        ("x" * 24, "x" * 24),
        ("Nguyễn Ế", "Nguyễn Ế"),
        ("שָׁלוֹם", unicodedata.normalize("NFC", "שָׁלוֹם")),
        ("น้ำผึ้ง", "น้ำผึ้ง"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_nicknames_that_can_be_seen(typed: str, kept: str) -> None:
    assert clean_nickname(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "x" * 25,
        "\u200b",
        "Ka\u202eri",
        "a\x00b",
        "tab\tand\x1bescape",
        "\u200dKari",
        "Z" + "\u0300" * 80,
        "\u3164",
        "\u2800 \u2800",
        "\ud800",
        "\ue000",
        "\u0301",
        "Z" + "\u0300" * 5,
        "Anna" + "\u0336" * 40,
        "Anna\u034f",
        "Ann\u17b4a",
    ],
)
def test_nicknames_that_cannot_be_seen_are_refused(typed: str) -> None:
    with pytest.raises(RefusalError) as caught:
        clean_nickname(typed)
    assert caught.value.code is Code.BAD_NICKNAME
    assert caught.value.detail.encode()


@steady
@given(st.text(max_size=40))
def test_clean_nickname_is_clean(text: str) -> None:
    try:
        name = clean_nickname(text)
    except RefusalError:
        return
    assert clean_nickname(name) == name
    assert name.encode()
    assert nickname_key(name)


@pytest.mark.parametrize(("one", "other"), [("Kari", "KARI"), ("straße", "STRASSE"), ("ﬁn", "fin"), ("a\u200db", "ab")])
def test_names_taken_for_one(one: str, other: str) -> None:
    assert nickname_key(one) == nickname_key(other)


@pytest.mark.parametrize(
    "another",
    ["Oscar\ufe0f", "Os\U000e0100car", "О\u0455car", "\u041e\u0405\u0421AR", "\u039fscar", "ОЅСАR", "\uff2fscar"],
)
def test_a_name_in_letters_of_other_alphabets_is_taken_for_the_one_that_it_looks_like(another: str) -> None:
    assert nickname_key(clean_nickname(another)) == nickname_key("Oscar")
    assert nickname_key("Оскар") != nickname_key("Oscar")  # the same name, and nobody reads it as the other
