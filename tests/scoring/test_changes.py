"""The smallest change that would have altered a result, and how stable a result is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.allocation import allocate
from scoring.changes import smallest_changes
from scoring.points import Agreement, Entry, Mark, compare_field, score
from scoring.rulebook import Rulebook
from scoring.stability import Case, Report, stability
from tests.scoring.samples import PANEL, POT, sample

BANDS = """id: size
title: {sl: Velikost, it: Grandezza}
article: "2. člen"
kind: bands
fact: members
bands:
  - {below: 10, points: 5}
  - {from: 10, below: 50, points: 10}
  - {from: 50, points: 20}
"""


def result(rulebook: Rulebook, facts: dict[str, dict[str, Any]], **more: Any) -> Any:
    track, pot = rulebook.track_and_pot("main")
    sheets = compare_field(track, pot, [score(track, pot, name, own) for name, own in facts.items()], facts)
    allocation = allocate(rulebook, sheets, facts, **more)
    return lambda name: smallest_changes(rulebook, sheets, facts, allocation, name, "main", **more)


def said(changes: Any, language: str = "en") -> list[str]:
    return [change.sentence(language) for change in changes]


def pot(engine: str = "point_value", extra: str = "") -> str:
    return POT.replace("engine: point_value", f"engine: {engine}") + extra


def test_below_the_threshold_the_missing_points_are_told_and_the_band_that_would_give_them() -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot(extra="threshold: {minimum: 10}\n"))
    change = result(rulebook, {"A": {"members": 9, "requested": 100000}, "B": {"members": 60, "requested": 10}})
    assert said(change("A")) == [
        "5 points are missing to the threshold of 10.",
        "Criterion “Velikost”: a value of 10 (band [10, 50)) would give 5 points more.",
    ]
    assert "10 points above the threshold" in said(change("B"))[0]


def test_one_point_more_is_computed_by_dividing_again() -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot().replace("10000.00", "300.00").replace("caps: {request: requested}\n", ""))
    change = result(rulebook, {"A": {"members": 20}, "B": {"members": 60}})
    # 300 * 11/31 = 106.45 instead of 100.00
    assert said(change("A"))[0] == "One point more would have meant 6.45 EUR more (106.45 EUR)."
    assert said(change("B")) == []  # all points: nothing would give more


def test_at_the_ceiling_one_point_more_changes_nothing_and_that_is_said() -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot())
    change = result(rulebook, {"A": {"members": 20, "requested": 10000}})
    assert said(change("A"), "sl")[0] == "Točka več ne bi spremenila zneska 100,00 EUR."


def test_on_a_list_the_distance_to_the_line_is_told_from_both_sides() -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot("waterfall").replace("10000.00", "150.00"))
    facts = {"A": {"members": 60, "requested": 10000}, "B": {"members": 20, "requested": 10000}, "C": {"members": 1, "requested": 10000}}
    change = result(rulebook, facts, order={"A": 0, "B": 1, "C": 2})
    assert said(change("A")) == ["It is 10 points ahead of the first place that did not get the full amount."]
    assert said(change("B"))[0] == "10 points are missing to the last place that still received money."
    assert said(change("C"))[0] == "15 points are missing to the last place that still received money."
    equal = result(rulebook, {"A": facts["A"], "B": {**facts["A"]}}, order={"A": 0, "B": 1})
    assert said(equal("B")) == ["The last place that still received money has equally many points; the order for ties decided."]


def test_a_condition_that_was_not_met_is_what_would_have_to_change() -> None:
    condition = 'id: old\ntext: {sl: Vsaj dve leti., it: Due anni.}\narticle: "1"\nholds: years >= 2\n'
    rulebook = sample(criteria=(BANDS,), conditions=(condition,))
    change = result(rulebook, {"A": {"members": 60, "requested": 10, "years": 1}})
    assert said(change("A"), "sl") == ["Sredstva bi bila mogoča, če bi bil izpolnjen pogoj: Vsaj dve leti."]


# ── stability ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def report(marks: dict[str, list[int]], extra: str = "", percent: int = 10) -> Report:
    """Three members' marks by applicant, of 15 with a threshold."""
    rulebook = sample(criteria=(PANEL,), pot=pot(extra=extra).replace("caps: {request: requested}\n", ""))
    entries = [
        Entry(name, {}, tuple(Mark(f"m{member}", "quality", Fraction(points)) for member, points in enumerate(own, start=1)), ())
        for name, own in marks.items()
    ]
    return stability(Case(rulebook, {"main": entries}), percent)


def test_a_clear_result_is_stable() -> None:
    found = report({"A": [15, 15, 15], "B": [15, 15, 15]}, percent=10)
    assert found.stable
    # three members, and each of six marks one step down (there is no step above the maximum)
    assert [trial.kind for trial in found.trials] == ["member"] * 3 + ["mark"] * 6


def test_an_award_that_one_member_decides_is_found() -> None:
    found = report({"A": [15, 15, 15], "B": [15, 5, 10]}, extra="threshold: {minimum: 10}\n")
    alone = {trial.member: [(shift.applicant, shift.what) for shift in trial.shifts] for trial in found.trials if trial.kind == "member"}
    assert alone["m1"] == [("A", "changes"), ("B", "vanishes")]
    assert alone["m2"] == [("B", "changes")]
    assert not found.stable and ("B", "main") in found.unstable_awards()
    one_step = [trial for trial in found.trials if trial.kind == "mark" and trial.applicant == "B" and trial.shifts]
    assert [(trial.member, trial.before, trial.after) for trial in one_step] == [("m1", 15, 14), ("m2", 5, 4), ("m3", 10, 9)]
    assert found.to_data()["stable"] is False


def test_a_trial_that_the_rules_do_not_allow_says_why() -> None:
    found = report({"A": [15, 15, 15]}, extra="least_marks: 3\n")
    assert all("at least 3" in trial.refused for trial in found.trials if trial.kind == "member")


def test_of_an_agreed_mark_the_agreed_one_is_moved() -> None:
    rulebook = sample(
        criteria=(PANEL,), pot=pot(extra="aggregation: agreed\nthreshold: {minimum: 10}\n").replace("caps: {request: requested}\n", "")
    )
    entries = [Entry("A", {}, (), (Agreement("quality", Fraction(10), {"sl": "Ker je tako."}),))]
    found = stability(Case(rulebook, {"main": entries}))
    assert [(trial.after, [shift.what for shift in trial.shifts]) for trial in found.trials] == [(9, ["vanishes"]), (11, [])]


@pytest.mark.parametrize("language", ["sl", "it", "en"])
def test_every_change_is_a_sentence_in_every_language(language: str) -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot(extra="threshold: {minimum: 10, inclusive: no}\n"))
    change = result(rulebook, {"A": {"members": 20, "requested": 100}})
    assert all("{" not in text and text for text in said(change("A"), language))
