"""Questions that depend on others, and values that are computed: decided in the order of the form, the same for every rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.allocation import allocate
from scoring.bundle import public_facts
from scoring.conditions import judge_condition
from scoring.facts import Proven
from scoring.findings import RulebookError
from scoring.form import Sitting, form_of, in_order, settled
from scoring.points import score
from scoring.rulebook import Rulebook, Track, read_rulebook
from scoring.usage import facts_used
from tests.scoring.samples import rulebook_text

FACTS = """\
- {id: coached, kind: boolean, label: {sl: Trener, it: Allenatore}}
- {id: licences, kind: integer, label: {sl: Licence, it: Licenze}, when: coached == 1}
- {id: first_aid, kind: integer, label: {sl: Prva pomoč, it: Soccorso}, when: licences > 1}
- id: costs
  kind: table
  label: {sl: Stroški, it: Spese}
  columns:
    - {id: amount, kind: money, label: {sl: Znesek, it: Importo}, total: yes}
- {id: half, kind: money, label: {sl: Polovica, it: Metà}, formula: "total(costs, amount) / 2"}
- {id: requested, kind: money, label: {sl: Zaprošeno, it: Richiesto}}
"""
CRITERIA = (
    'id: licences\ntitle: {sl: Licence, it: Licenze}\narticle: "3"\nkind: per_unit\nfact: licences\nper_unit: 1\nmost_units: 50\n',
    'id: aid\ntitle: {sl: Pomoč, it: Soccorso}\narticle: "3"\nkind: per_unit\nfact: first_aid\nper_unit: 1\nmost_units: 50\n',
)
POT = """\
id: main
title: {sl: Sredstva, it: Fondi}
article: "1. člen"
amount: "10000.00"
engine: point_value
caps: {request: requested, cost: half, cost_share: 1}
rounding: {closing: largest_remainder, tie_break: [earlier_submission]}
"""


def rules(facts: str = FACTS, **pieces: Any) -> Rulebook:
    return read_rulebook(rulebook_text(facts=facts, **{"criteria": CRITERIA, "pot": POT, **pieces}))


RULES = rules()
TRACK = RULES.tracks[0]


def codes(facts: str, **pieces: Any) -> set[str]:
    with pytest.raises(RulebookError) as refusal:
        rules(facts, **pieces)
    return {finding.code for finding in refusal.value.findings}


def test_the_answer_to_a_question_that_is_not_asked_counts_for_nothing() -> None:
    stated = {"coached": False, "licences": 9, "first_aid": 9, "requested": 100}
    assert dict(settled(TRACK, stated)) == {"coached": False, "requested": 100, "half": 0}
    assert score(TRACK, TRACK.pots[0], "A", stated).total == 0
    assert score(TRACK, TRACK.pots[0], "A", {**stated, "coached": True}).total == 18


def test_a_question_that_hangs_on_an_unasked_one_is_not_asked_either() -> None:
    assert "first_aid" not in settled(TRACK, {"coached": False, "licences": 9, "first_aid": 9})
    assert "first_aid" not in settled(TRACK, {"coached": True, "licences": 1, "first_aid": 9})
    assert "first_aid" in settled(TRACK, {"coached": True, "licences": 2, "first_aid": 9})


def test_what_the_office_verified_decides_who_is_asked() -> None:
    stated = {"coached": Proven(True, verified=False, on="2026-03-01"), "licences": 9}
    assert "licences" not in settled(TRACK, stated)
    assert "licences" not in settled(TRACK, {**stated, "coached": Proven(True, proven=False)})


def test_a_computed_amount_is_rounded_to_the_cent_and_is_a_ceiling_like_any_other() -> None:
    facts = {"coached": True, "licences": 5, "costs": [{"amount": 1001}], "requested": 900}
    assert settled(TRACK, facts)["half"] == 501
    sheet = score(TRACK, TRACK.pots[0], "A", facts)
    assert allocate(RULES, [sheet], {"A": facts}).award("A", "main").amount_cents == 501


def test_a_computed_value_that_was_stated_is_computed_again_and_a_verified_one_stays() -> None:
    facts = {"costs": [{"amount": 1000}], "half": 99}
    assert settled(TRACK, facts)["half"] == 500
    verified = Proven(500, verified=400, on="2026-03-01")
    assert settled(TRACK, {**facts, "half": verified})["half"] == verified


def test_a_computed_value_that_is_proven_as_stated_follows_what_is_verified_below_it() -> None:
    cell = Proven(1000, verified=600, proven=True, on="2026-03-02", source="račun")
    facts = {"costs": [{"amount": cell}], "half": Proven(500, verified=500, proven=True, on="2026-03-01", source="račun")}
    once = settled(TRACK, facts)
    assert once["half"] == Proven(300, proven=True, on="2026-03-01", source="račun")
    assert settled(TRACK, once) == once


def test_conditions_see_only_what_was_asked() -> None:
    condition = 'id: few\ntext: {sl: Malo., it: Poco.}\narticle: "2"\nholds: licences <= 3\n'
    track = rules(conditions=(condition,)).tracks[0]
    judged = judge_condition(track, track.conditions[0], {"coached": False, "licences": 9})
    assert judged is not None and judged.met


def test_what_decides_about_a_question_is_published_with_it() -> None:
    assert {"licences", "first_aid", "coached", "half", "costs"} <= facts_used(TRACK, TRACK.pots[0])
    facts = {"coached": False, "licences": 9, "requested": 100}
    public = public_facts(TRACK, TRACK.pots, facts)
    assert score(TRACK, TRACK.pots[0], "A", public).total == score(TRACK, TRACK.pots[0], "A", facts).total


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "coached": st.booleans(),
            "licences": st.integers(0, 9),
            "first_aid": st.integers(0, 9),
            "half": st.integers(0, 10**6),
            "costs": st.lists(st.fixed_dictionaries({"amount": st.integers(0, 10**6)}), max_size=4),
        },
    )
)
def test_settling_twice_changes_nothing_and_invents_no_answer(facts: dict[str, Any]) -> None:
    once = settled(TRACK, facts)
    assert settled(TRACK, once) == once
    assert all(once[name] == facts.get(name) for name in once if name != "half")
    assert ("licences" in once) == bool("licences" in facts and facts.get("coached"))


def test_questions_without_a_section_come_first_and_a_section_can_vanish_as_a_whole() -> None:
    text = rulebook_text(
        facts=FACTS.replace("id: licences, kind: integer", "id: licences, section: people, kind: integer"), criteria=CRITERIA, pot=POT
    )
    text = text.replace(
        "    facts:\n", "    sections:\n      - {id: people, title: {sl: Ljudje, it: Persone}, when: count(costs) > 0}\n    facts:\n", 1
    )
    text = text.replace("when: licences > 1", "when: coached == 1")
    track = read_rulebook(text).tracks[0]
    assert [fact.id for fact in in_order(track)][-1] == "licences"
    sitting = Sitting(form_of(track))
    sitting.take(track.fact("coached"), True)
    assert not sitting.asks(track.fact("licences"))
    sitting.take(track.fact("costs"), [{"amount": 1}])
    assert sitting.asks(track.fact("licences"))


@pytest.mark.parametrize("when", ["requested > 0", "licences > 0", "count(costs) > 0"])
def test_a_question_can_only_depend_on_an_earlier_one(when: str) -> None:
    assert codes(FACTS.replace("when: coached == 1", f"when: {when}")) == {"asked_later"}


def test_names_in_when_and_formula_must_exist() -> None:
    assert codes(FACTS.replace("when: coached == 1", "when: coatched == 1")) == {"unknown_fact"}
    assert codes(FACTS.replace("total(costs, amount)", "total(costs, amont)")) == {"unknown_fact"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('formula: "total(costs, amount) / 2"', 'required: yes, formula: "1"'),
        ("{id: amount, kind: money,", "{id: amount, kind: money, when: coached == 1,"),
        ("total: yes", "kind: text, total: yes"),
        ("{id: coached, kind: boolean,", "{id: coached, kind: boolean, total: yes,"),
        ("{id: requested, kind: money,", '{id: requested, kind: money, legal: {text: {sl: X, it: X}, article: "1"},'),
    ],
)
def test_keys_that_do_not_fit_the_question_are_refused(right: str, wrong: str) -> None:
    text = FACTS.replace(right, wrong).replace(
        "kind: money, label: {sl: Znesek, it: Importo}, kind: text", "kind: text, label: {sl: Znesek, it: Importo}"
    )
    assert codes(text) & {"bad_value", "fact_does_not_fit"}


def test_a_form_is_compiled_once_for_each_track() -> None:
    assert form_of(TRACK) is form_of(TRACK)
    other: Track = rules(FACTS.replace("coached == 1", "coached == 0")).tracks[0]
    assert form_of(other) is not form_of(TRACK)
