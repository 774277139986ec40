"""Two names are of the same activity where only capitals, accents, punctuation or spaces differ."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.applications.activities import Activity, activities_of, comparable, repeated
from scoring.rulebook import read_rulebook
from tests.applications.joint import RULEBOOK

TRACKS = read_rulebook(RULEBOOK).tracks
SLOVENIAN = st.text("abcčdđeéfghijklmnoòprsštuüvzžABCČDĐEÈFGHIJKLMNOPRSŠTUÜVZŽ0123456789", min_size=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Noč knjige", "  noc   KNJIGE "),
        ("Poletje v mestu 2026!", "»Poletje v mestu« – 2026"),
        ("L’estate in città", "L'ESTATE  IN CITTA"),
        ("Đačka noć", "dacka noc"),
        ("Straße der Musik", "STRASSE DER MUSIK"),
        ("Noč knjige", unicodedata.normalize("NFD", "NOČ KNJIGE")),
        ("Pust\u00a0Pristan", "Pust Pristan"),
        ("★★", " ★★ "),
    ],
)
def test_the_same_activity_otherwise_written(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(("one", "other"), [("Pust 2026", "Pust 2027"), ("Noč knjige", "Noč knjig"), ("★", "☆"), ("1. pohod", "11. pohod")])
def test_other_activities_stay_others(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


@given(st.text())
def test_comparing_again_changes_nothing(name: str) -> None:
    assert comparable(comparable(name)) == comparable(name)


@given(st.text(min_size=1))
def test_nothing_that_is_written_becomes_nothing(name: str) -> None:
    assert bool(comparable(name)) == bool(name.split())


@given(st.lists(SLOVENIAN, min_size=1, max_size=5), st.sampled_from([" ", "  ", "-", ", ", " – ", "\t", "… ", " »", "« "]))
def test_signs_spaces_capitals_and_accents_make_no_difference(words: list[str], between: str) -> None:
    plain = " ".join(words)
    assert comparable(between.join(words)) == comparable(plain)
    assert comparable(plain.upper()) == comparable(plain.lower()) == comparable(plain)
    assert comparable(unicodedata.normalize("NFD", plain)) == comparable(unicodedata.normalize("NFC", plain))


@given(st.lists(SLOVENIAN, min_size=1, max_size=4), st.lists(SLOVENIAN, min_size=1, max_size=4))
def test_names_are_the_same_where_their_bare_letters_are(one: list[str], other: list[str]) -> None:
    def bare(words: list[str]) -> list[str]:
        plain = "".join(sign for sign in unicodedata.normalize("NFD", " ".join(words)) if not unicodedata.combining(sign))
        return plain.lower().replace("đ", "d").split()

    assert (comparable(" ".join(one)) == comparable(" ".join(other))) == (bare(one) == bare(other))


def test_what_an_application_does_stands_in_a_text_or_in_the_rows_of_a_table() -> None:
    programme, events = TRACKS
    assert activities_of(programme, {"name": "Pust"}) == [Activity("Pust")]
    assert activities_of(programme, {"name": "  "}) == []
    rows = {"programme": [{"title": "Pust"}, {"title": ""}, {"title": "PUST!"}]}
    assert activities_of(events, rows) == [Activity("Pust", 0), Activity("PUST!", 2)]
    assert repeated(events, rows) == [(Activity("PUST!", 2), Activity("Pust", 0))]
