"""The dated numbers of the procedure and the remedies that follow from them."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from grants.calls import parameters
from grants.calls.models import Decider, Regime
from grants.calls.municipality import municipality, read
from grants.config import ConfigurationError, resource


def test_the_set_is_chosen_by_the_day_on_which_the_procedure_begins() -> None:
    assert parameters.for_day(date(2022, 1, 21)).id == "zup-2000"
    assert parameters.for_day(date(2022, 1, 22)).id == "zup-2022"
    assert parameters.for_day(date(2026, 5, 4)).id == "zup-2022"
    with pytest.raises(parameters.UnknownSet):
        parameters.for_day(date(1999, 1, 1))
    with pytest.raises(parameters.UnknownSet):
        parameters.get("zup-1986")


def test_the_numbers_are_those_of_the_law() -> None:
    now, before = parameters.get("zup-2022"), parameters.get("zup-2000")
    assert (now.appeal_days, now.service_fiction_days, now.court_days, now.decision_months) == (21, 7, 30, 2)
    assert (before.appeal_days, before.service_fiction_days) == (15, 15)
    assert before.standing == "believed"
    assert [now.supplement_days(regime) for regime in ("sport", "culture", "general")] == [8, 5, 8]


def test_every_number_has_its_legal_reference() -> None:
    for one in parameters.all_sets():
        numbers = {field.name for field in fields(one)} - {"id", "valid_from", "standing", "reference", "basis"}
        assert set(one.basis) == numbers
        assert all(basis.reference and basis.standing in ("law", "believed") for basis in one.basis.values())
        assert one.reference["sl"] and one.reference["it"]


@pytest.mark.parametrize("regime", list(Regime))
def test_every_remedy_is_complete_in_both_languages(regime: Regime) -> None:
    pairs = parameters.deciders(regime)
    assert {decider for decider, _ in pairs} == set(Decider)
    for decider, kind in pairs:
        remedy = parameters.remedy(regime, decider, kind)
        for language in ("sl", "it"):
            assert str(remedy.days) in remedy.text[language]
            assert not re.search(r"[{}]", remedy.text[language])
            assert remedy.competence[language]
        where = municipality().court_locative if kind == "court" else municipality().address
        assert where["sl"] in remedy.text["sl"] and where["it"] in remedy.text["it"]


def test_the_remedy_follows_regime_decider_and_set() -> None:
    assert parameters.remedy("sport").kind == "appeal"
    assert parameters.remedy("sport", "mayor").kind == "court"
    assert parameters.remedy("sport", "council").kind == "court"
    assert parameters.remedy("general").act == "order"
    assert parameters.remedy("general", "mayor", "objection").kind == "objection"
    assert parameters.remedy("sport", parameters=parameters.get("zup-2000")).days == 15
    assert "v 21 dneh" in parameters.remedy("sport", parameters=parameters.get("zup-2022")).text["sl"]
    with pytest.raises(LookupError):
        parameters.remedy("sport", "administration", "objection")


def test_a_municipality_that_lacks_something_says_what(tmp_path: Path) -> None:
    source = resource("municipality.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "municipality.yaml"
    broken.write_text(source.replace("gazette:", "gazeta:"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="gazeta, gazette"):
        read(broken)
    half = tmp_path / "half.yaml"
    half.write_text(source.replace("  it: Comune di Obala\n", "", 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="name has no text in it"):
        read(half)
