"""An unproven fact scores as the rules say and rejects nobody; a verified value counts, and the reason says so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import MISSING, FactError, Proven, check_fact, check_facts, data_of, effective, exact_value, value_from_data
from scoring.points import Line, score
from tests.scoring.samples import FACTS
from tests.scoring.test_criteria import SPORT_FACTS, criterion, rules
from tests.scoring.test_facts import fact

MEMBERS = "kind: per_unit\nfact: members\nper_unit: 1"


def line(body: str, facts: dict[str, Any], facts_text: str = SPORT_FACTS, derived: tuple[str, ...] = ()) -> Line:
    rulebook = rules(criterion(body), facts=facts_text, derived=derived)
    found: Line = score(*rulebook.track_and_pot("main"), "A", facts).lines[0]
    return found


@pytest.mark.parametrize(
    ("value", "counts", "stated_counts"),
    [
        (12, 12, 12),
        (Proven(12), 12, 12),
        (Proven(12, proven=True), 12, 12),
        (Proven(12, proven=False), None, 12),
        (Proven(12, verified=10), 10, 10),
        (Proven(12, verified=10, proven=True), 10, 10),
        (Proven(12, verified=10, proven=False), None, 10),
        (Proven(12, verified=None), None, None),
        (Proven(None, verified=3), 3, 3),
        (None, None, None),
    ],
)
def test_what_counts_is_the_verified_value_and_nothing_that_is_not_proven(value: Any, counts: Any, stated_counts: Any) -> None:
    strict, mild = fact("integer"), fact("integer", unproven="stated")
    assert effective(strict, value) == counts
    assert effective(mild, value) == stated_counts
    assert exact_value(strict, value) == counts


@pytest.mark.parametrize(("kind", "plain", "verified"), [("members", 12, 7), ("spread", "12.5", "7.5"), ("costs", 1200, 700)])
def test_a_proven_fact_scores_like_a_plain_one(kind: str, plain: Any, verified: Any) -> None:
    body = f"kind: per_unit\nfact: {kind}\nper_unit: 1"
    assert line(body, {kind: Proven(plain)}).points == line(body, {kind: plain}).points
    assert line(body, {kind: Proven(plain, verified=verified)}).points == line(body, {kind: verified}).points
    unproven = line(body, {kind: Proven(plain, proven=False)})
    assert (unproven.points, unproven.reason.code) == (0, "no_answer")


@pytest.mark.parametrize(
    ("body", "facts", "points"),
    [
        ("kind: flag\nfact: inclusive\npoints: 5", {"inclusive": Proven(True, proven=False)}, 0),
        ("kind: flag\nfact: inclusive\npoints: 5", {"inclusive": Proven(False, verified=True)}, 5),
        ("kind: choice\nfact: level\nchoices: [{choice: national, points: 9}]", {"level": Proven("regional", verified="national")}, 9),
        ("kind: choice\nfact: fields\nmaximum: 9\nchoices: [{choice: youth, points: 9}]", {"fields": Proven(["youth"], verified=[])}, 0),
        ("kind: formula\nformula: known(members) * 5", {"members": Proven(3, proven=False)}, 0),
        ('kind: formula\nformula: years(founded, "2026-01-01")', {"founded": Proven("2020-01-01", verified="2016-01-01")}, 10),
        ("kind: formula\nformula: sum(teams, hours * coach)", {"teams": [{"hours": "3", "coach": True}, {"hours": Proven("5", verified="4"), "coach": Proven(True, proven=True)}, {"hours": "9", "coach": Proven(True, proven=False)}]}, 7),
        ("kind: per_unit\nfact: teams\nper_unit: 1", {"teams": Proven([{}, {}], verified=[{}])}, 1),
    ],
)  # fmt: skip
def test_every_kind_of_value_can_be_proven_or_not(body: str, facts: dict[str, Any], points: int) -> None:
    assert line(body, facts).points == points


SAYS = [
    (MEMBERS, {"members": Proven(12, verified=10, on="2026-03-01", source="AJPES")}, "Podatek »Člani« je bil preverjen 1. 3. 2026 (AJPES): velja 10; v vlogi je navedeno 12.", "“Člani” was verified on 1 March 2026 (AJPES): 10 counts; the application states 12."),
    (MEMBERS, {"members": Proven(12, verified=12)}, "Podatek »Člani« je bil preverjen in potrjen: 12.", "“Člani” was verified and confirmed: 12."),
    (MEMBERS, {"members": Proven(1200, proven=False)}, "Podatek »Člani« ni izkazan, zato se ne upošteva (v vlogi je navedeno 1.200).", "“Člani” is not proven, so it does not count (the application states 1,200)."),
    ("kind: per_unit\nfact: costs\nper_unit: 1", {"costs": Proven(None, verified=123456, on="2026-12-31")}, "Podatek »Stroški« je bil preverjen 31. 12. 2026: velja 1.234,56 EUR; v vlogi je navedeno –.", "“Stroški” was verified on 31 December 2026: 1,234.56 EUR counts; the application states –."),
    ("kind: flag\nfact: inclusive\npoints: 1", {"inclusive": Proven(True, verified=False)}, "Podatek »Invalidi« je bil preverjen: velja ne; v vlogi je navedeno da.", "“Invalidi” was verified: no counts; the application states yes."),
    ("kind: choice\nfact: level\nchoices: [{choice: national, points: 1}]", {"level": Proven("regional", verified="national")}, "Podatek »Raven« je bil preverjen: velja država; v vlogi je navedeno regija.", "“Raven” was verified: država counts; the application states regija."),
    ("kind: formula\nformula: total(teams, hours)", {"teams": [{"hours": "1"}, {"hours": Proven("5", proven=False), "coach": Proven(True, proven=False)}]}, "Podatek »Skupine 2: Ure« ni izkazan, zato se ne upošteva (v vlogi je navedeno 5).", "“Skupine 2: Ure” is not proven, so it does not count (the application states 5)."),
]  # fmt: skip


@pytest.mark.parametrize(("body", "facts", "slovenian", "english"), SAYS)
def test_the_reason_says_what_was_found_out(body: str, facts: dict[str, Any], slovenian: str, english: str) -> None:
    found = line(body, facts)
    assert found.sentence("sl").endswith(slovenian)
    assert found.sentence("en").endswith(english)
    assert len(found.reason.parts) == 1
    assert found.sentence("it").endswith(".")


def test_what_was_found_out_about_other_facts_is_not_said() -> None:
    assert line(MEMBERS, {"members": 5, "years": Proven(3, proven=False)}).reason.parts == ()


def test_a_fact_that_counts_unproven_says_so() -> None:
    facts = FACTS.replace("{id: members, kind: integer,", "{id: members, kind: integer, unproven: stated,")
    found = line(MEMBERS, {"members": Proven(7, proven=False)}, facts)
    assert (found.points, found.sentence("sl")) == (7, "Upoštevano: 7; 7 × 1 = 7, torej število točk 7. Podatek »Člani« ni izkazan; po objavljenih pravilih se kljub temu upošteva 7.")  # fmt: skip


def test_what_a_derived_value_is_computed_from_is_told_too() -> None:
    found = line("kind: formula\nformula: twice", {"members": Proven(7, verified=5)}, derived=("id: twice\nformula: members * 2",))
    assert (found.points, [part.code for part in found.reason.parts]) == (10, ["verified"])


def test_many_notes_end_with_how_many_more() -> None:
    teams = [{"hours": Proven("2", verified="1")}] * 9
    parts = line("kind: formula\nformula: total(teams, hours)", {"teams": teams}).reason.parts
    assert [part.code for part in parts] == ["verified"] * 6 + ["more_notes"]
    assert parts[-1].sentence("en") == "Other facts that were verified or are not proven: 3."


# Kept and read again

VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans(), st.lists(st.text(max_size=3), max_size=3))
PROVEN = st.builds(Proven, VALUES, st.one_of(st.just(MISSING), VALUES), st.sampled_from([None, True, False]), st.text(max_size=4), st.just("2026-03-01"), st.text(max_size=4))  # fmt: skip


@given(st.one_of(VALUES, PROVEN, st.lists(st.dictionaries(st.text(max_size=3), st.one_of(VALUES, PROVEN), max_size=3), max_size=3)))
def test_what_was_found_out_survives_being_kept(value: Any) -> None:
    assert value_from_data(data_of(value)) == value


def test_the_data_have_the_keys_of_a_bundle() -> None:
    assert Proven(12, 10, None, "Ana", "2026-03-01", "AJPES").to_data() == {"stated": 12, "verified": 10, "proven": None, "by": "Ana", "on": "2026-03-01", "source": "AJPES"}  # fmt: skip
    assert "verified" not in Proven(12).to_data()


# Read from a form


def test_both_values_are_checked_and_the_verified_one_need_not_keep_the_limits_of_the_form() -> None:
    question = fact("integer", minimum="5", maximum="10", required=True)
    assert check_fact(question, Proven("7", "3")) == Proven(7, 3)
    assert check_fact(question, Proven("", "3")) == Proven(None, 3)
    for raw, code in ((Proven("3", "7"), "below_minimum"), (Proven("", MISSING), "required"), (Proven("7", "many"), "not_a_whole_number"), (Proven("7", "-1"), "negative")):  # fmt: skip
        with pytest.raises(FactError) as refusal:
            check_fact(question, raw)
        assert refusal.value.code == code


def test_cells_of_a_table_can_be_proven() -> None:
    table = fact("table", columns=({"id": "hours", "kind": "decimal", "label": {"sl": "Ure"}},))
    values, errors = check_facts([table], {"fact": [{"hours": Proven("1,5", proven=False)}, {"hours": ""}]})
    assert (values, errors) == ({"fact": [{"hours": Proven("1.5", proven=False)}]}, {})
