"""The smallest change that would have altered a result, and how stable a result is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.allocation import allocate
from scoring.changes import smallest_changes
from scoring.points import Agreement, Entry, Mark, Sheet, compare_field, score, score_pot
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


FIRST = {name: rank for rank, name in enumerate("ABCDE")}
"""Received in the order of the names."""


def points(given: int, requested: int, level: str = "none") -> dict[str, Any]:
    """An application with as many points as members, a request in euros, and a group."""
    return {"members": given, "requested": requested * 100, "level": level}


def pointed(engine: str, extra: str = "") -> Rulebook:
    """A pot of 1,000 euros in which every member is a point."""
    each = (
        'id: size\ntitle: {sl: Velikost, it: Grandezza}\narticle: "2. člen"\nkind: per_unit\nfact: members\nper_unit: 1\nmost_units: 1000\n'
    )
    return sample(criteria=(each,), pot=pot(engine, extra).replace("10000.00", "1000.00"))


def scored(rulebook: Rulebook, facts: dict[str, dict[str, Any]]) -> tuple[Rulebook, list[Sheet], dict[str, dict[str, Any]]]:
    track, pot = rulebook.track_and_pot("main")
    return rulebook, score_pot(track, pot, [Entry(name, own) for name, own in facts.items()]), facts


def said(changes: Any, language: str = "en") -> list[str]:
    return [change.sentence(language) for change in changes]


def pot(engine: str = "point_value", extra: str = "") -> str:
    return POT.replace("engine: point_value", f"engine: {engine}") + extra


def test_below_the_threshold_the_missing_points_are_told_and_the_band_that_would_give_them() -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot(extra="threshold: {minimum: 10}\n"))
    change = result(rulebook, {"A": {"members": 9, "requested": 100000}, "B": {"members": 60, "requested": 10}})
    assert said(change("A")) == [
        "5 points are missing to the threshold of 10; the award would then be 1,000.00 EUR.",
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


def test_on_a_list_it_is_told_from_both_sides_what_other_points_would_have_meant() -> None:
    rulebook = sample(criteria=(BANDS,), pot=pot("waterfall").replace("10000.00", "150.00"))
    facts = {"A": {"members": 60, "requested": 10000}, "B": {"members": 20, "requested": 10000}, "C": {"members": 1, "requested": 10000}}
    change = result(rulebook, facts, order={"A": 0, "B": 1, "C": 2})
    assert said(change("A")) == [
        "Even with 10 points fewer the award would have stayed the same; with fewer still it would have been 50.00 EUR."
    ]
    assert (
        said(change("B"))
        == [
            "Even with 5 points fewer the award would have stayed the same; with fewer still it would have been 0.00 EUR.",
            "Criterion “Velikost”: a value of 50 (band [50, ∞)) would give 10 points more.",  # the same points as A, which is earlier: no more money
        ]
    )
    assert said(change("C"))[0] == "More than 5 points are missing to an award of 50.00 EUR."
    equal = result(rulebook, {"A": facts["A"], "B": {**facts["A"]}}, order={"A": 0, "B": 1})
    assert said(equal("B")) == []  # all points there are: none more are possible


def test_equals_are_told_that_the_order_for_ties_decided_and_what_any_difference_would_have_meant() -> None:
    change = result(pointed("waterfall", "last: partial\n"), {"A": points(20, 700), "B": points(20, 700)}, order=FIRST)
    assert said(change("B")) == [
        "The one before it has equally many points and the order for ties decided; with any more points the award would have been 700.00 EUR."
    ]
    assert said(change("A")) == [
        "Another application has equally many points and the order for ties decided; with any fewer points the award would have been 300.00 EUR."
    ]


def test_where_a_lot_would_decide_between_equals_nothing_is_said_of_exactly_as_many_points() -> None:
    drawn = (
        pot("waterfall", "last: partial\n")
        .replace("10000.00", "1000.00")
        .replace("tie_break: [earlier_submission], closing: largest_remainder", "closing: leave, tie_break: [lot]")
    )
    each = (
        'id: size\ntitle: {sl: Velikost, it: Grandezza}\narticle: "2. člen"\nkind: per_unit\nfact: members\nper_unit: 1\nmost_units: 1000\n'
    )
    change = result(sample(criteria=(each,), pot=drawn), {"A": points(30, 1000), "B": points(20, 700)})
    assert said(change("B")) == ["With more points (by more than 10) the award would have been 700.00 EUR."]
    assert said(change("A")) == ["With fewer points (by more than 10) the award would have been 300.00 EUR."]


def test_on_a_list_that_ends_with_whom_there_is_not_enough_for_only_that_place_must_be_passed() -> None:
    facts = {"A": points(30, 600), "B": points(20, 500), "C": points(15, 200)}
    nothing = result(pointed("waterfall", "last: nothing\n"), facts, order=FIRST)
    assert said(nothing("C")) == ["More than 5 points are missing to an award of 200.00 EUR."]
    partly = result(pointed("waterfall", "last: partial\n"), {**facts, "B": points(20, 300), "D": points(10, 200)}, order=FIRST)
    assert said(partly("D")) == ["More than 5 points are missing to an award of 100.00 EUR."]
    assert said(partly("C"))[0] == "More than 5 points are missing to an award of 200.00 EUR."


def test_on_a_list_that_goes_on_to_the_next_nobody_is_compared_with_itself() -> None:
    facts = {"A": points(30, 600), "B": points(20, 500), "C": points(15, 200), "D": points(10, 300), "E": points(9, 200)}
    change = result(pointed("waterfall", "last: next\n"), facts, order=FIRST)
    assert said(change("E")) == []  # last, and paid in full: fewer points change nothing
    assert said(change("B")) == ["More than 10 points are missing to an award of 500.00 EUR."]
    assert said(change("D")) == ["More than 5 points are missing to an award of 300.00 EUR."]


def test_whoever_gets_nothing_on_a_list_is_told_why_as_it_was() -> None:
    facts = {"A": points(30, 600), "B": points(20, 500), "C": points(15, 200)}
    for last, codes in (("nothing", ("list_short", "list_closed")), ("next", ("list_short", "list_paid"))):
        allocation = allocate(*scored(pointed("waterfall", f"last: {last}\n"), facts), order=FIRST)
        assert (
            tuple(next(step.code for step in allocation.award(name, "main").steps if step.code.startswith("list_")) for name in "BC")
            == codes
        )


def test_one_point_more_may_win_the_second_pass_or_lift_the_threshold_of_all_over_others() -> None:
    best = "second_pass: [{id: best, title: {sl: Naj, it: Migliori}, article: '4', group: level, best: 1, factor: 2}]\n"
    facts = {"A": points(60, 9000, "national"), "B": points(60, 9000, "regional"), "C": points(59, 9000, "regional")}
    change = result(pointed("point_value", best), facts)
    assert said(change("C")) == ["One point more would have meant 136.01 EUR more (333.33 EUR)."]  # as good as B: both are doubled
    half = "threshold: {relative: {percent: 50, of: best}, article: '5'}\n"
    change = result(pointed("point_value", half), {"A": points(60, 9000), "B": points(30, 9000)})
    assert said(change("A"))[0] == "One point more would have meant 333.33 EUR more (1,000.00 EUR)."


def test_what_is_missing_to_a_threshold_that_moves_with_the_own_points_is_told_as_it_would_then_be() -> None:
    mean = "threshold: {relative: {percent: 100, of: mean}, article: '5'}\n"
    change = result(pointed("point_value", mean), {"A": points(30, 9000), "B": points(10, 9000), "C": points(32, 9000)})
    assert said(change("B")) == [
        "The threshold follows from the points of all applications; with more points this one reaches it at 31: 21 points are missing; "
        "the award would then be 492.06 EUR."
    ]


def test_by_category_an_earlier_place_in_the_order_of_receipt_is_what_would_have_changed_it() -> None:
    text = "category: level\namounts: {regional: 400}\nlast: partial\n"
    facts = {name: points(10, 900, "regional") for name in "ABCD"}
    change = result(pointed("category_amounts", text), facts, order=FIRST)
    assert said(change("C")) == ["In place 2 of the order of receipt the award would have been 400.00 EUR."]
    assert said(change("D")) == ["In place 3 of the order of receipt the award would have been 200.00 EUR."]
    assert said(change("A")) == []


def test_a_value_is_told_only_if_somebody_could_state_it_and_it_would_give_the_points() -> None:
    bands = BANDS.replace("below: 10", "to: 10").replace("from: 10, below: 50", "above: 10, to: 50").replace("from: 50", "above: 50")
    change = result(sample(criteria=(bands,), pot=pot()), {"A": {"members": 9, "requested": 10}})
    assert "Criterion “Velikost”: a value of 11 (band (10, 50]) would give 5 points more." in said(change("A"))


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


def test_of_a_pot_of_items_every_item_has_its_own_smallest_changes() -> None:
    rulebook = sample(
        criteria=(BANDS.replace("fact: members", "fact: participants"),),
        pot=POT.replace("10000.00", "150.00").replace("caps: {request: requested}", "")
        + "items: {table: groups, name: name}\nthreshold: {minimum: 10}\n",
    )
    groups = [{"name": "Mladi", "participants": 49}, {"name": "Stari", "participants": 9}]
    told = result(rulebook, {"A": {"groups": groups}, "B": {"groups": [{"participants": 50}]}})
    assert [change.sentence("en") for change in told("A")] == [
        "“Mladi”: One point more would have meant 3.23 EUR more (53.23 EUR).",
        "“Mladi”: Criterion “Velikost”: a value of 50 (band [50, ∞)) would give 10 points more.",
        "“Stari”: 5 points are missing to the threshold of 10; the award would then be 37.50 EUR.",
        "“Stari”: Criterion “Velikost”: a value of 10 (band [10, 50)) would give 5 points more.",
    ]
    assert told("B")[0].sentence("sl").startswith("»#1«: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"A": 10, "B": 2}, "it exceeds it above 4: more than 2 points are missing."),
        ({"A": 10, "B": 4}, "it exceeds it above 4: more than 0 points are missing."),
    ],
)
def test_what_is_missing_is_told_of_a_bar_of_the_field_that_must_be_exceeded_too(given: dict[str, int], said: str) -> None:
    rulebook = sample(criteria=(PANEL,), pot=POT + "aggregation: agreed\nthreshold: {relative: {percent: 40, of: best}, inclusive: no}\n")
    sheets = compare_field(*rulebook.track_and_pot("main"), given_agreed(rulebook, given), {})
    facts = {name: {"requested": 90000} for name in given}
    (told,) = smallest_changes(rulebook, sheets, facts, allocate(rulebook, sheets, facts), "B", "main")
    assert told.sentence("en").replace("this one", "it").endswith(said)


def test_a_band_of_points_is_told_only_where_it_is_the_band_that_gives_more() -> None:
    rulebook = sample(
        criteria=(PANEL,),
        pot=POT.replace("point_value", "share_of_request")
        + "aggregation: agreed\nscore_bands: [{from: 5, below: 9, percent: 40}, {from: 9, percent: 80}]\nminimum_award: {amount: 60, below: raise}\n",
    )
    sheets, facts = given_agreed(rulebook, {"A": 0}), {"A": {"requested": 4000}}
    allocation = allocate(rulebook, sheets, facts)
    told = smallest_changes(rulebook, sheets, facts, allocation, "A", "main")
    assert "change_score_band" not in {change.code for change in told}, "any points are lifted to the whole request"


def given_agreed(rulebook: Rulebook, given: dict[str, int]) -> list[Sheet]:
    """Sheets with a mark that the panel agreed on."""
    track, pot = rulebook.track_and_pot("main")
    agreed = {name: (Agreement("quality", Fraction(own), {"sl": "Tako.", "it": "Così."}),) for name, own in given.items()}
    return score_pot(track, pot, [Entry(name, {}, (), own) for name, own in agreed.items()])
