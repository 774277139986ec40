"""Sentences of an act, in each of its languages."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import lazy_gettext as _l

from grants.decisions.distribution import kept_number
from grants.decisions.letters import words


@pytest.mark.parametrize(
    ("slovenian", "italian"),
    [
        ("9. člen", "articolo 9"),
        ("9. člen, prvi odstavek", "articolo 9, primo comma"),
        ("12.a člen, 3. odstavek, druga alineja", "articolo 12.a, comma 3, secondo trattino"),
        ("5. točka 7. člena", "punto 5 articolo 7"),
        ("Javni razpis 2020, I. krog", "Javni razpis 2020, I. krog"),
        ("", "–"),
    ],
)
def test_articles_are_named_in_both_languages(slovenian: str, italian: str) -> None:
    assert words.article(slovenian, ["sl", "it"]) == {"sl": slovenian or "–", "it": italian}


def test_english_is_never_a_language_of_an_act() -> None:
    assert words.legal(["en", "it", "sl"]) == ["sl", "it"]
    assert words.legal(["sl", "en"]) == ["sl"]


def test_a_sentence_speaks_each_language_with_its_own_numbers(app: Flask) -> None:
    said = words.said(
        ["sl", "it"], _l("The application reached %(points)s points. The rules require at least %(threshold)s, so it cannot be co-financed from “%(pot)s”. The reasons for the points that were not given stand beside each criterion."),
        points=words.points("254/3"), threshold=words.points("85"), pot={"sl": "Šport", "it": "Sport"},
    )  # fmt: skip
    assert said["sl"].startswith("Vloga je dosegla toliko točk: 84\u00a02/3. Pravila zahtevajo najmanj 85, zato je iz sredstev »Šport«")
    assert said["it"].startswith("La domanda ha ottenuto il seguente punteggio: 84\u00a02/3. Le regole richiedono almeno 85, perciò")


def test_a_text_that_lacks_italian_falls_back_to_what_was_published() -> None:
    assert words.of({"sl": "Pravilnik", "it": ""}, ["sl", "it"]) == {"sl": "Pravilnik", "it": "Pravilnik"}


def test_a_sum_that_is_too_long_to_be_written_out_is_read_as_far_as_it_was() -> None:
    assert kept_number("1/3") == Fraction(1, 3)
    assert kept_number("2415.596617179134316611141009815474…") == Fraction("2415.596617179134316611141009815474")
