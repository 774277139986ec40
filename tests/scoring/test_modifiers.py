"""What changes the result of an engine: bases, limits, least awards, balance between groups, closing."""

from __future__ import annotations

from typing import Any

from tests.scoring.samples import codes_of, euros_of
from tests.scoring.test_engines import REQUEST, asks, run

# ── modifiers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_equal_base_comes_first_and_the_rest_goes_by_points() -> None:
    done = run("1000.00", {"A": 30, "B": 10}, extra="equal_base: {percent: 40}\n")
    assert euros_of(done) == {"A": 20000 + 45000, "B": 20000 + 15000}
    assert codes_of(done, "A") == ["pot", "equal_base", "point_value", "product", "with_base", "award"]
    assert euros_of(run("1000.00", {"A": 30, "B": 10}, extra="equal_base: {amount: 600}\n")) == {"A": 50000, "B": 50000}


LIMITS = """{request: requested, limits: [
  {id: deficit, title: {sl: Primanjkljaj, it: Disavanzo}, article: "5", fact: costs, percent: 50, when: inclusive == 1},
  {id: most, title: {sl: Največ, it: Massimo}, article: "5", amount: 250, when: inclusive == 0}]}"""


def test_limits_hold_only_for_those_whom_they_concern() -> None:
    facts = {"A": {"requested": 90000, "costs": 30000, "inclusive": True}, "B": {"requested": 90000, "costs": 30000, "inclusive": False}}
    done = run("1000.00", {"A": 1, "B": 1}, facts, caps=LIMITS)
    assert euros_of(done) == {"A": 15000, "B": 25000}
    assert codes_of(done, "A")[-2] == "cap_limit"


BALANCE = "balance: {id: fair, title: {sl: Uravnoteženost, it: Equilibrio}, article: '6', by: level, %s}\n"


def levels(**answers: str) -> dict[str, dict[str, Any]]:
    return {name: {"level": answer} for name, answer in answers.items()}


def test_no_group_gets_more_than_its_largest_share() -> None:
    facts = levels(A="national", B="national", C="regional")
    done = run("1000.00", {"A": 60, "B": 20, "C": 20}, facts, extra=BALANCE % "most: 60")
    assert euros_of(done) == {"A": 45000, "B": 15000, "C": 40000}
    assert "balance_most" in codes_of(done, "A") and "balance_most" not in codes_of(done, "C")
    assert (
        done.award("C", "main").steps[1].sentence("en")
        == "Groups with a least or largest share get 600.00 EUR; 400.00 EUR is divided among all others."
    )


def test_no_group_gets_less_than_its_least_share() -> None:
    facts = levels(A="national", B="regional", C="regional")
    done = run("1000.00", {"A": 90, "B": 6, "C": 4}, facts, extra=BALANCE % "groups: [{group: regional, least: 30}]")
    assert euros_of(done) == {"A": 70000, "B": 18000, "C": 12000}


def test_a_group_that_cannot_use_its_least_share_leaves_it_to_the_others() -> None:
    facts = levels(A="national", B="regional")
    facts["A"]["requested"], facts["B"]["requested"] = 100000, 5000
    done = run("1000.00", {"A": 99, "B": 1}, facts, caps=REQUEST, extra=BALANCE % "groups: [{group: regional, least: 30}]")
    assert euros_of(done) == {"A": 95000, "B": 5000}


def test_small_awards_are_paid_as_they_are_where_the_rules_say_pay() -> None:
    assert euros_of(run("100.00", {"A": 99, "B": 1}, extra="minimum_award: {amount: 50, below: pay}\n")) == {"A": 9900, "B": 100}


def test_whoever_cannot_reach_the_least_award_leaves_before_those_who_could() -> None:
    done = run("270.00", {"A": 100, "B": 90, "C": 90}, asks(A="500", B="95", C="500"), caps=REQUEST, extra="minimum_award: {amount: 100}\n")
    assert euros_of(done) == {"A": 14211, "B": 0, "C": 12789}, "what B frees lifts C over the minimum"


CUT = "{point_value: cut, decimals: 3, closing: leave}"


def test_nobody_falls_below_the_least_award_only_because_the_point_value_was_cut() -> None:
    done = run("100.00", {"A": 27, "B": 1}, rounding=CUT, extra="minimum_award: {amount: 100}\n")
    assert euros_of(done) == {"A": 10000, "B": 0}, "27 times 3.703 are 99.981"
    assert codes_of(done, "A") == ["pot", "point_value", "product", "minimum_reached", "award"]
    assert codes_of(done, "B")[-2] == "minimum_dropped"
    over = run("100.00", {"A": 27, "B": 1}, rounding=CUT, extra="minimum_award: {amount: '100.01'}\n")
    assert euros_of(over) == {"A": 0, "B": 0}


def test_a_base_that_is_more_than_there_is_is_the_same_for_all_and_says_so() -> None:
    done = run("1000.00", {"A": 50, "B": 50, "C": 1}, extra="equal_base: {amount: 400}\n")
    assert euros_of(done) == {"A": 33334, "B": 33333, "C": 33333}
    step = next(step for step in done.award("C", "main").steps if step.code == "base_short")
    assert step.sentence("en") == (
        "There is not enough for the base amount of 400.00 EUR for all, so the money is divided into equal parts of 333.33 EUR."
    )
    assert "base_short" not in codes_of(run("1200.00", {"A": 1, "B": 1, "C": 1}, extra="equal_base: {amount: 400}\n"), "A")


def test_where_the_least_awards_are_more_than_there_is_the_smallest_leave_and_are_told_why() -> None:
    done = run("1000.00", {"A": 50, "B": 20, "C": 18, "D": 12}, extra="minimum_award: {amount: 400, below: raise}\n")
    assert euros_of(done) == {"A": 60000, "B": 40000, "C": 0, "D": 0}
    assert [codes_of(done, name)[-2] for name in "BCD"] == ["minimum_raised", "minimum_unfunded", "minimum_unfunded"]
    assert "minimum_left" in codes_of(done, "A") and "minimum_left" in codes_of(done, "B")
    assert next(step for step in done.award("A", "main").steps if step.code == "minimum_left").sentence("en") == (
        "There is not enough for the minimum of all, so the 2 with the lowest computed amounts leave and the money is divided among the others."
    )


def test_of_equal_amounts_the_one_with_fewer_points_leaves_for_the_least_award() -> None:
    # the point value of 0.014 EUR is rounded to 0, so all computed amounts are equal, and there are 7 cents for minima of 2 each
    rounding = "{point_value: half_up, decimals: 0, closing: largest_remainder}"
    points, facts = {"A": 1, "B": 1, "C": 1, "D": 2}, asks(A="0.02", B="0.02", C="0.02", D="0.02")
    done = run("0.07", points, facts, caps=REQUEST, rounding=rounding, extra="minimum_award: {amount: 100, below: raise}\n")
    assert euros_of(done) == {"A": 2, "B": 2, "C": 0, "D": 2}


def test_the_rest_goes_to_one_where_the_rules_say_so() -> None:
    rounding = '{award_unit: "1", closing: to_one, tie_break: [more_points]}'
    done = run("100.00", {"A": 1, "B": 1, "C": "1.001"}, rounding=rounding)
    assert euros_of(done) == {"A": 3300, "B": 3300, "C": 3400}
    assert "closing_rest" in codes_of(done, "C")
