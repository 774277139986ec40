"""Every method and every modifier that ordinances use, with numbers that can be followed by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.engines import ENGINES
from scoring.exclusion import linked
from scoring.findings import RulebookError
from scoring.lint import lint
from scoring.money import cents_from_euros
from scoring.points import Decided, Sheet
from scoring.proportions import share_out
from scoring.rulebook import Rulebook, read_rulebook, rulebook_from_data
from scoring.usage import exclusives_use
from tests.scoring.samples import PANEL, agreed_pot, codes_of, euros_of, rulebook_text, sheet_of

REQUEST = "{request: requested}"
TO_THE_CENT = "{closing: largest_remainder, tie_break: [earlier_submission]}"


def given_sheets(rulebook: Rulebook, points: dict[str, Any], pot: str = "main") -> list[Sheet]:
    """Sheets with these points."""
    return [Sheet(name, pot, (), Fraction(value), True) for name, value in points.items()]


def run(
    amount: str,
    points: dict[str, Any],
    facts: dict[str, dict[str, Any]] | None = None,
    *,
    order: str = "",
    decided: Any = None,
    lots: Any = None,
    **pot: Any,
) -> Allocation:
    """Divide one pot; ``order`` names the applicants in the order of receipt."""
    rulebook = agreed_pot(amount, **{"rounding": TO_THE_CENT, **pot})
    names = (order or " ".join(points)).split()
    return allocate(
        rulebook,
        given_sheets(rulebook, points),
        facts or {},
        order={name: rank for rank, name in enumerate(names)},
        decided=decided,
        lots=lots,
    )


def asks(**euros: str) -> dict[str, dict[str, Any]]:
    """Facts with what each asks for."""
    return {name: {"requested": cents_from_euros(text)} for name, text in euros.items()}


# ── fixed point value ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_point_value_that_was_set_beforehand_is_paid_while_the_pot_allows_it() -> None:
    done = run("1000.00", {"A": 10, "B": 5}, engine="fixed_point_value", extra='value: "20.50"\n')
    assert euros_of(done) == {"A": 20500, "B": 10250}
    assert done.result("main").residual_cents == 100000 - 30750
    assert codes_of(done, "A") == ["pot", "fixed_value", "product", "award"]


def test_a_fixed_point_value_that_promises_too_much_is_reduced_for_all_alike() -> None:
    done = run("100.00", {"A": 10, "B": 5}, engine="fixed_point_value", extra="value: 20\n")
    assert euros_of(done) == {"A": 6667, "B": 3333}
    assert codes_of(done, "A")[-3:-1] == ["scaled", "closing_unit"]


def test_or_it_is_paid_from_the_most_points_down_until_the_money_is_gone() -> None:
    done = run("250.00", {"A": 10, "B": 5, "C": 1}, engine="fixed_point_value", extra="value: 20\nshort: leave_out\n")
    assert euros_of(done) == {"A": 20000, "B": 0, "C": 0}


# ── several drivers ───────────────────────────────────────────────────────────────────────────────────────────────────

DRIVERS = """drivers:
  - {id: points, title: {sl: Točke, it: Punti}, article: "1", percent: 70}
  - {id: members, title: {sl: Člani, it: Soci}, article: "1", percent: 25, by: formula, formula: members}
  - {id: equal, title: {sl: Enako, it: Uguale}, article: "1", percent: 5, by: equal}
"""


def test_each_driver_divides_its_slice_and_the_slices_are_added_up() -> None:
    done = run("1000.00", {"A": 30, "B": 10}, {"A": {"members": 10}, "B": {"members": 40}}, engine="drivers", extra=DRIVERS)
    # A: 700 * 30/40 + 250 * 10/50 + 50/2 = 525 + 50 + 25
    assert euros_of(done) == {"A": 60000, "B": 40000}
    assert codes_of(done, "A") == ["pot", "driver", "driver", "driver", "driver_sum", "award"]
    assert done.award("A", "main").steps[2].sentence("sl") == "»Člani« (25 % sredstev, 250 EUR): 10 od skupaj 50, torej 50 EUR."


def test_what_a_ceiling_takes_from_a_driver_goes_to_the_others() -> None:
    facts = {"A": {"members": 10, "requested": 30000}, "B": {"members": 40, "requested": 90000}}
    assert euros_of(run("1000.00", {"A": 30, "B": 10}, facts, engine="drivers", extra=DRIVERS, caps=REQUEST)) == {"A": 30000, "B": 70000}


def test_what_a_ceiling_leaves_is_divided_anew_by_the_same_drivers() -> None:
    extra = "drivers:\n  - {id: points, title: {sl: Točke, it: Punti}, article: '1', percent: 70}\n  - {id: equal, title: {sl: Enako, it: Uguale}, article: '1', percent: 30, by: equal}\n"
    done = run("1000.00", {"A": 6, "B": 3, "C": 1}, asks(A="100", B="1000", C="1000"), engine="drivers", extra=extra, caps=REQUEST)
    # 900 are left: 630 by points, 3 : 1, and 270 in halves
    assert euros_of(done) == {"A": 10000, "B": 47250 + 13500, "C": 15750 + 13500}
    assert codes_of(done, "B") == ["pot", "driver", "driver", "driver_sum", "reshared", "reshared_to", "award"]
    assert done.award("B", "main").steps[5].sentence("en") == "After sharing again: 607.50 EUR."


def test_a_slice_in_which_nobody_is_left_goes_to_the_other_slices() -> None:
    facts = {"A": {"members": 10, "requested": 10000}, "B": {"members": 0, "requested": 90000}}
    extra = "drivers:\n  - {id: members, title: {sl: Č, it: S}, article: '1', percent: 60, by: formula, formula: members}\n  - {id: equal, title: {sl: E, it: U}, article: '1', percent: 40, by: equal}\n"
    assert euros_of(run("1000.00", {"A": 1, "B": 1}, facts, engine="drivers", extra=extra, caps=REQUEST)) == {"A": 10000, "B": 90000}
    nobody = {name: {**own, "members": 0} for name, own in facts.items()}
    done = run("1000.00", {"A": 1, "B": 1}, nobody, engine="drivers", extra=extra, caps=REQUEST)
    assert euros_of(done) == {"A": 10000, "B": 30000}, "what nobody has a share in stays in the pot"


# ── shares of the request, whole requests ─────────────────────────────────────────────────────────────────────────────

BANDS = "score_bands:\n  - {from: 80, percent: 100}\n  - {from: 60, below: 80, percent: 50}\n"


def test_score_bands_give_a_share_of_the_request() -> None:
    points = {"A": 80, "B": "79.99", "C": 59}
    done = run("9000.00", points, asks(A="1000", B="1000", C="1000"), engine="share_of_request", caps=REQUEST, extra=BANDS)
    assert euros_of(done) == {"A": 100000, "B": 50000, "C": 0}
    assert codes_of(done, "C") == ["pot", "no_score_band", "award"]
    scaled = run("750.00", points, asks(A="1000", B="1000", C="1000"), engine="share_of_request", caps=REQUEST, extra=BANDS)
    assert euros_of(scaled) == {"A": 50000, "B": 25000, "C": 0}


def test_a_share_can_be_one_of_the_costs_and_not_of_the_request() -> None:
    facts = {"A": {"requested": 90000, "costs": 40000}}
    done = run("9000.00", {"A": 90}, facts, engine="share_of_request", caps=REQUEST, extra=f"basis: costs\n{BANDS}")
    assert euros_of(done) == {"A": 40000}


def test_whoever_passes_gets_the_whole_request_or_all_are_reduced() -> None:
    assert euros_of(run("900.00", {"A": 9, "B": 1}, asks(A="500", B="300"), engine="full_request", caps=REQUEST)) == {
        "A": 50000,
        "B": 30000,
    }
    assert euros_of(run("400.00", {"A": 9, "B": 1}, asks(A="500", B="300"), engine="full_request", caps=REQUEST)) == {
        "A": 25000,
        "B": 15000,
    }


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("last", "expected", "residual"),
    [("partial", (30000, 20000, 0), 0), ("nothing", (30000, 0, 0), 20000), ("next", (30000, 0, 10000), 10000)],
)
def test_a_waterfall_pays_whole_requests_down_the_list(last: str, expected: tuple[int, ...], residual: int) -> None:
    done = run(
        "500.00", {"A": 90, "B": 80, "C": 70}, asks(A="300", B="400", C="100"), engine="waterfall", caps=REQUEST, extra=f"last: {last}\n"
    )
    assert tuple(euros_of(done).values()) == expected
    assert done.result("main").residual_cents == residual


def test_a_part_that_is_smaller_than_the_least_award_is_not_paid() -> None:
    extra = "minimum_award: {amount: 250}\n"
    assert euros_of(run("500.00", {"A": 9, "B": 8}, asks(A="300", B="400"), engine="waterfall", caps=REQUEST, extra=extra)) == {
        "A": 30000,
        "B": 0,
    }


def test_equals_on_a_list_are_told_apart_by_the_declared_rules_and_a_lot_must_be_drawn() -> None:
    facts = asks(A="300", B="300")
    first = run("300.00", {"A": 9, "B": 9}, facts, engine="waterfall", caps=REQUEST, order="B A")
    assert euros_of(first) == {"A": 0, "B": 30000}
    assert "tie_earlier_submission" in codes_of(first, "A") and "tie_earlier_submission" in codes_of(first, "B")
    rounding = "{closing: largest_remainder, tie_break: [lot]}"
    with pytest.raises(AllocationError) as refusal:
        run("300.00", {"A": 9, "B": 9}, facts, engine="waterfall", caps=REQUEST, rounding=rounding)
    assert (refusal.value.code, refusal.value.params["applicants"]) == ("lot_needed", "A, B")
    drawn = run("300.00", {"A": 9, "B": 9}, facts, engine="waterfall", caps=REQUEST, rounding=rounding, lots={"A": 2, "B": 1})
    assert euros_of(drawn) == {"A": 0, "B": 30000}
    assert "tie_lot" in codes_of(drawn, "A")
    enough = run("600.00", {"A": 9, "B": 9}, facts, engine="waterfall", caps=REQUEST, rounding=rounding)
    assert euros_of(enough) == {"A": 30000, "B": 30000}, "no lot is needed where it decides nothing"


LOT = "{closing: leave, tie_break: [lot]}"


@pytest.mark.parametrize(
    ("last", "amount", "asked"),
    [("partial", "400.00", {"A": "500", "B": "500"}), ("nothing", "400.00", {"A": "500", "B": "300"})],
    ids=["only one gets the rest", "the second would fit"],
)
def test_a_lot_is_drawn_where_equals_compete_for_what_is_left_too(last: str, amount: str, asked: dict[str, str]) -> None:
    with pytest.raises(AllocationError) as refusal:
        run(amount, {"A": 9, "B": 9}, asks(**asked), engine="waterfall", caps=REQUEST, rounding=LOT, extra=f"last: {last}\n")
    assert refusal.value.code == "lot_needed"
    drawn = run(
        amount,
        {"A": 9, "B": 9},
        asks(**asked),
        engine="waterfall",
        caps=REQUEST,
        rounding=LOT,
        extra=f"last: {last}\n",
        lots={"B": 1, "A": 2},
    )
    assert euros_of(drawn) == {"A": 0, "B": 40000 if last == "partial" else 30000}


def test_no_lot_is_drawn_where_no_equal_gets_anything() -> None:
    facts = asks(A="500", B="500", C="400")
    done = run("400.00", {"A": 9, "B": 9, "C": 10}, facts, engine="waterfall", caps=REQUEST, rounding=LOT)
    assert euros_of(done) == {"A": 0, "B": 0, "C": 40000}


def test_a_lot_names_everybody_who_is_equal() -> None:
    facts = asks(A="300", B="300", C="300", D="300")
    with pytest.raises(AllocationError) as refusal:
        run("700.00", {"A": 9, "B": 9, "C": 9, "D": 10}, facts, engine="waterfall", caps=REQUEST, rounding=LOT)
    assert refusal.value.params["applicants"] == "A, B, C"


@pytest.mark.parametrize("lots", [{"A": 1}, {"C": 1}, {"A": 1, "B": 2}, {"B": 2, "C": 1}])
@pytest.mark.parametrize("amount", ["200.00", "400.00"])
def test_whoever_was_not_among_the_drawn_is_not_simply_last(lots: dict[str, int], amount: str) -> None:
    facts = {name: {"requested": 20000} for name in "ABC"}
    with pytest.raises(AllocationError) as refusal:
        run(amount, dict.fromkeys("ABC", 9), facts, engine="waterfall", caps=REQUEST, rounding=LOT, lots=lots)
    assert (refusal.value.code, refusal.value.params["applicants"]) == ("lot_needed", "A, B, C")


def test_a_lot_may_be_drawn_for_one_pot_alone() -> None:
    facts = asks(A="300", B="300")
    lots = {"main B": 1, "main A": 2, "B": 2, "A": 1}
    drawn = run("300.00", {"A": 9, "B": 9}, facts, engine="waterfall", caps=REQUEST, rounding=LOT, lots=lots)
    assert euros_of(drawn) == {"A": 0, "B": 30000}


def test_fixed_amounts_are_paid_in_the_order_of_receipt_until_the_money_is_gone() -> None:
    facts = {name: {"level": level} for name, level in (("A", "national"), ("B", "regional"), ("C", "national"), ("D", "none"))}
    extra = "category: level\namounts: {regional: 100, national: 250}\nlast: partial\n"
    done = run("400.00", {"A": 1, "B": 1, "C": 1, "D": 1}, facts, engine="category_amounts", extra=extra, order="C B A D")
    assert euros_of(done) == {"A": 5000, "B": 10000, "C": 25000, "D": 0}
    assert codes_of(done, "A") == ["pot", "category_amount", "arrival_part", "award"]


# ── amounts that the panel decides ────────────────────────────────────────────────────────────────────────────────────


def amounts(**euros: str) -> dict[str, dict[str, Decided]]:
    return {"main": {name: Decided(cents_from_euros(text), {"sl": "Program je zgleden."}) for name, text in euros.items()}}


def test_the_panel_decides_amounts_within_the_limits_and_with_reasons() -> None:
    done = run("900.00", {"A": 9, "B": 8}, asks(A="500", B="400"), engine="panel_amounts", caps=REQUEST, decided=amounts(A="500", B="250"))
    assert euros_of(done) == {"A": 50000, "B": 25000}
    assert done.award("A", "main").steps[1].sentence("sl") == "Komisija je določila 500,00 EUR: Program je zgleden."


@pytest.mark.parametrize(
    ("decided", "code"),
    [
        (amounts(A="500"), "amount_not_decided"),
        (amounts(A="500.01", B="1"), "decided_over_cap"),
        (amounts(A="500", B="400"), "decided_exceeds_pot"),
        ({"main": {"A": Decided(1, {}), "B": Decided(1, {})}}, "decided_without_reason"),
    ],
)
def test_amounts_outside_the_limits_are_refused(decided: Any, code: str) -> None:
    with pytest.raises(AllocationError) as refusal:
        run("800.00", {"A": 9, "B": 8}, asks(A="500", B="400"), engine="panel_amounts", caps=REQUEST, decided=decided)
    assert refusal.value.code == code


# ── control percentage ────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_percentage_times_the_factor_of_the_tier_uses_up_the_pot() -> None:
    extra = "basis: costs\ntiers:\n  - {below: 1000, factor: 2}\n  - {from: 1000, factor: 1}\n"
    facts = {"A": {"costs": 50000}, "B": {"costs": 300000}}
    done = run("400.00", {"A": 1, "B": 1}, facts, engine="control_percentage", extra=extra)
    # weights 1000 and 3000: 10 % of each; A gets 20 % of its 500
    assert euros_of(done) == {"A": 10000, "B": 30000}
    assert done.result("main").point_value == 10


def test_the_least_award_is_set_aside_and_the_percentage_falls_for_the_others() -> None:
    extra = "basis: costs\nminimum_award: {amount: 100, below: raise}\n"
    facts = {"A": {"costs": 10000}, "B": {"costs": 90000}, "C": {"costs": 5000}}
    done = run("400.00", {"A": 1, "B": 1, "C": 1}, facts, engine="control_percentage", extra=extra)
    assert euros_of(done) == {"A": 10000, "B": 25000, "C": 5000}, "nobody gets more than the own costs, not even by the least award"


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


# ── several pots ──────────────────────────────────────────────────────────────────────────────────────────────────────


def pots(first: str, second: str, third: str = "", head: str = "") -> Rulebook:
    """Two or three pots that are judged by one panel criterion."""
    parts = [("first", first), ("second", second), *([("third", third)] if third else [])]
    texts = [
        f'id: {name}\ntitle: {{sl: {name}, it: {name}}}\narticle: "1"\naggregation: agreed\nrounding: {TO_THE_CENT}\n{keys}\n'
        f"criteria:\n  - {{{', '.join(PANEL.replace('15', '100').strip().splitlines())}}}\n"
        for name, keys in parts
    ]
    return read_rulebook(rulebook_text(pots=tuple(texts[:-1]), pot=texts[-1], criteria=()).replace("tracks:\n", f"{head}tracks:\n", 1))


def settle(rulebook: Rulebook, points: dict[str, dict[str, int]], facts: dict[str, dict[str, Any]] | None = None) -> Allocation:
    sheets = [sheet_of(rulebook, name, value, pot) for pot, own in points.items() for name, value in own.items()]
    return allocate(rulebook, sheets, facts or {})


def test_pots_are_percentages_and_the_remainder_of_a_fund() -> None:
    head = 'funds:\n  - {id: all, title: {sl: a, it: b}, article: "1", amount: "1000.05"}\n'
    rulebook = pots("percent: 33\nof: all\nengine: point_value", "remainder: yes\nof: all\nengine: point_value", head=head)
    assert [pot.amount_cents for _, pot in rulebook.pots()] == [33001, 100005 - 33001]
    again = read_rulebook(rulebook_text())  # an amount stands alone
    assert again.pot("main").amount_cents == 1000000


def test_a_leftover_that_one_pot_cannot_use_goes_on_to_the_next_in_the_list() -> None:
    rulebook = pots(
        "amount: 1000\nengine: point_value\ncaps: {request: requested}\nleftover: {to: [second, third]}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
        "amount: 10\nengine: point_value",
    )
    done = settle(
        rulebook, {"first": {"A": 1}, "second": {"B": 1}, "third": {"C": 1}}, {"A": {"requested": 60000}, "B": {"requested": 20000}}
    )
    assert [(result.pot, result.paid_cents, result.flows) for result in done.results] == [
        ("first", 60000, (("second", 40000),)), ("second", 20000, (("third", 30000),)), ("third", 31000, ()),
    ]  # fmt: skip


def test_a_chain_of_leftovers_that_is_settled_in_pieces_is_refused_and_not_lost() -> None:
    plain = "engine: point_value\ncaps: {request: requested}"
    rulebook = pots(f"amount: 1000\n{plain}\nleftover: {{to: [second, third]}}", f"amount: 100\n{plain}", f"amount: 10\n{plain}")
    with pytest.raises(AllocationError) as refusal:
        allocate(rulebook, [], {}, pots=["second"], carried={"first": 90000})
    assert refusal.value.code == "settle_together"
    both = allocate(rulebook, [], {}, pots=["second", "third"], carried={"first": 90000})
    assert both.result("third").available_cents == 1000 + 90000


def test_a_leftover_after_the_awards_goes_by_score_over_all_pots_up_to_the_ceilings() -> None:
    rulebook = pots(
        "amount: 1000\nengine: point_value\ncaps: {request: requested}\nleftover: {to: [second, third], when: after, order: score}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
    )
    facts = {name: {"requested": 50000} for name in "ABC"}
    done = settle(rulebook, {"first": {"A": 1}, "second": {"B": 40}, "third": {"C": 50}}, facts)
    assert {award.applicant: award.amount_cents for result in done.results for award in result.awards} == {
        "A": 50000,
        "B": 20000,
        "C": 50000,
    }
    assert done.result("first").flows == (("third", 40000), ("second", 10000))
    assert [done.result(name).received_cents for name in ("second", "third")] == [10000, 40000]
    assert codes_of(done, "C", "third") == ["pot", "point_value", "product", "received", "award"]


def test_a_leftover_after_the_awards_goes_by_the_rule_of_the_next_pot() -> None:
    rulebook = pots(
        "amount: 1000\nengine: point_value\ncaps: {request: requested}\nleftover: {to: [second], when: after}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
    )
    facts = {"A": {"requested": 98000}, "B": {"requested": 50000}, "C": {"requested": 2600}}
    done = settle(rulebook, {"first": {"A": 1}, "second": {"B": 30, "C": 10}}, facts)
    assert {award.applicant: award.amount_cents for award in done.result("second").awards} == {"B": 9400, "C": 2600}


def test_of_exclusive_pots_the_first_or_the_chosen_one_counts() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    plain = "amount: 100\nengine: point_value"
    done = settle(pots(plain, plain, head=head), {"first": {"A": 1}, "second": {"A": 1, "B": 1}})
    assert [award.amount_cents for result in done.results for award in result.awards] == [10000, 0, 10000]
    assert codes_of(done, "A", "second") == ["exclusive", "award"]
    with pytest.raises(AllocationError) as refusal:
        allocate(pots(plain, plain, head=head), [], {}, pots=["first"])
    assert refusal.value.code == "settle_together"


def test_applications_of_one_organisation_exclude_one_another_too() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A2", "second"), ("B1", "second"))]
    done = allocate(rulebook, sheets, {}, owners={"A1": "A", "A2": "A"})
    assert [award.amount_cents for result in done.results for award in result.awards] == [10000, 0, 10000]
    assert codes_of(done, "A2", "second") == ["exclusive", "award"]
    apart = allocate(rulebook, sheets, {})
    assert [award.amount_cents for result in apart.results for award in result.awards] == [10000, 5000, 5000]


def chosen_pots(facts: dict[str, dict[str, Any]], order: dict[str, int]) -> dict[str, int]:
    """What two applications of one organisation get, A1 in the first pot and A2 in the second, and B, alone in a third one of the list."""
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second, third], keep: chosen, fact: level}\n'
    rulebook = pots(*["amount: 100\nengine: point_value"] * 3, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A2", "second"), ("B", "third"))]
    done = allocate(rulebook, sheets, facts, order=order, owners={"A1": "A", "A2": "A"})
    return {award.applicant: award.amount_cents for result in done.results for award in result.awards}


def test_of_two_wishes_that_of_the_earlier_application_counts_and_one_that_leads_nowhere_hides_no_other() -> None:
    wishes = {"A1": {"level": "second"}, "A2": {"level": "first"}}
    assert chosen_pots(wishes, {"A1": 1, "A2": 2}) == {"A1": 0, "A2": 10000, "B": 10000}
    assert chosen_pots(wishes, {"A1": 2, "A2": 1}) == {"A1": 10000, "A2": 0, "B": 10000}
    assert chosen_pots({"A1": {"level": "third"}, "A2": {"level": "second"}}, {"A1": 1, "A2": 2}) == {"A1": 0, "A2": 10000, "B": 10000}


def test_only_applications_on_which_a_result_depends_are_linked() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    rulebook = pots(*["amount: 100\nengine: point_value"] * 3, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A2", "third"), ("B1", "first"), ("B2", "second"))]
    owners = {"A1": "A1", "A2": "A1", "B1": "B1", "B2": "B1"}
    assert linked(rulebook, sheets, owners) == {"B1": "B1", "B2": "B1"}


def test_an_exception_is_told_of_those_pots_only_in_which_the_applicant_still_competes() -> None:
    head = (
        'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second, third], except: [{holds: inclusive, text: {sl: Izjema.,'
        ' it: Eccezione.}, article: "2"}]}\n  - {id: two, text: {sl: a, it: b}, article: "3", pots: [third, second]}\n'
    )
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, plain, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A1", "second"), ("A1", "third"), ("A2", "first"))]
    done = allocate(rulebook, sheets, {"A1": {"inclusive": True}, "A2": {}}, owners={"A1": "A1", "A2": "A1"})
    assert codes_of(done, "A1", "second") == ["exclusive", "award"]
    here = {(name, pot): done.award(name, pot).steps[0] for name, pot in (("A1", "first"), ("A2", "first"), ("A1", "third"))}
    assert {step.code for step in here.values()} == {"exclusive_except"}
    title = {pot: rulebook.pot(pot).title["sl"] for pot in ("first", "second", "third")}
    assert {key: step.params["pots_sl"] for key, step in here.items()} == {
        ("A1", "first"): f"»{title['third']}«", ("A2", "first"): f"»{title['third']}«", ("A1", "third"): f"»{title['first']}«",
    }  # fmt: skip
    assert here["A2", "first"].sentence("sl").endswith("po izjemi »Izjema« (2).")


def test_exclusive_pots_have_exceptions() -> None:
    head = (
        'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second], except: [{holds: {all: [inclusive, members >= 5]},'
        ' text: {sl: a, it: b}, article: "2"}]}\n'
    )
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, head=head)
    assert rulebook_from_data(rulebook.to_data()) == rulebook
    facts = {"A": {"inclusive": True, "members": 5}, "B": {"inclusive": True, "members": 4}, "C": {}}
    done = settle(rulebook, {name: dict.fromkeys("ABC", 1) for name in ("first", "second")}, facts)
    assert [award.applicant for award in done.result("second").awards if award.amount_cents] == ["A"], "the others got theirs in the first"
    assert codes_of(done, "B", "second") == codes_of(done, "C", "second") == ["exclusive", "award"]
    for here, there in (("first", "second"), ("second", "first")):
        step = done.award("A", here).steps[0]
        assert (step.code, step.params["article"], step.params["except_article"]) == ("exclusive_except", "1", "2")
        assert {code: rulebook.pot(there).title[code] in step.params[f"pots_{code}"] for code in ("sl", "it")} == {"sl": True, "it": True}
        assert all("{" not in step.sentence(code) for code in ("sl", "it", "en"))
    assert "exclusive_except" not in codes_of(done, "B", "first"), "no exception is for it"
    alone = settle(rulebook, {"first": {"A": 1}, "second": {}}, facts)
    assert codes_of(alone, "A", "first")[0] != "exclusive_except", "it competes in one of them only"
    assert exclusives_use(rulebook, rulebook.tracks[0]) == {"inclusive", "members"}, "whoever recomputes needs them"
    with pytest.raises(RulebookError) as refusal:
        pots(plain, plain, head=head.replace("members", "membres"))
    assert [(one.code, one.params["nearest"]) for one in refusal.value.findings] == [("unknown_fact", "members")]

    secret = pots(plain, plain, head=head.replace("inclusive, members", "leader > 1, members"))
    assert [one.params for one in lint(secret) if one.code == "personal_fact_in_rule"] == [{"fact": "leader"}]


# ── properties ────────────────────────────────────────────────────────────────────────────────────────────────────────

EXTRA = {
    "fixed_point_value": "value: 3\n", "drivers": DRIVERS, "category_amounts": "category: level\namounts: {regional: 100, national: 250}\n",
    "control_percentage": "basis: costs\n", "actual_cost": "cost_fact: costs\n",
}  # fmt: skip
MAIN = 'id: main\ntitle: {sl: Sredstva, it: Fondi}\narticle: "1. člen"\namount: "600.00"\n'
MODIFIERS = ["minimum_award: {amount: 50}\n", "minimum_award: {amount: 50, below: raise}\n", BALANCE % "least: 20, most: 60"]
NAMES = [f"a{index}" for index in range(8)]
few = settings(max_examples=60, deadline=None)
FIELD = st.lists(
    st.tuples(
        st.fractions(min_value=0, max_value=100, max_denominator=6), st.integers(0, 90_000), st.integers(0, 90_000), st.integers(0, 60),
        st.sampled_from(["none", "regional", "national"]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def spread(field: list[Any]) -> tuple[dict[str, Fraction], dict[str, dict[str, Any]], Any]:
    points = {NAMES[index]: row[0] for index, row in enumerate(field)}
    facts = {NAMES[index]: {"requested": row[1], "costs": row[2], "members": row[3], "level": row[4]} for index, row in enumerate(field)}
    decided = {"main": {name: Decided(0, {"sl": "Ker."}) for name in points}}
    return points, facts, decided


@pytest.mark.parametrize("engine", ENGINES)
@few
@given(
    field=FIELD,
    amount=st.sampled_from(["0.00", "1.01", "333.33", "2000.00"]),
    closing=st.sampled_from(["largest_remainder", "leave", "to_one"]),
)
def test_every_engine_keeps_the_pot_the_ceilings_and_the_order_of_the_points(
    engine: str, field: list[Any], amount: str, closing: str
) -> None:
    points, facts, decided = spread(field)
    pot = {"engine": engine, "caps": REQUEST, "extra": EXTRA.get(engine, ""), "rounding": f"{{closing: {closing}}}"}
    done = run(amount, points, facts, decided=decided, **pot)
    result = done.result("main")
    assert 0 <= result.paid_cents <= result.available_cents == result.paid_cents + result.residual_cents
    awards = euros_of(done)
    assert all(0 <= cents <= facts[name]["requested"] for name, cents in awards.items())
    turned = run(amount, dict(reversed(points.items())), facts, decided=decided, order=" ".join(points), **pot)
    assert dict(sorted(euros_of(turned).items())) == dict(sorted(awards.items()))
    for award in result.awards:
        assert award.steps[-1].params["amount_cents"] == str(award.amount_cents)
        assert all(step.sentence(language) for step in award.steps for language in ("sl", "it", "en"))
    alike = run(amount, points, {name: {**own, **facts[NAMES[0]]} for name, own in facts.items()}, decided=decided, **pot)
    rich = euros_of(alike)
    if engine in ("point_value", "fixed_point_value", "share_of_request", "waterfall", "drivers") and closing != "to_one":
        assert all(rich[one] >= rich[other] for one in points for other in points if points[one] > points[other]), (
            "more points, never less money"
        )


@pytest.mark.parametrize("engine", ENGINES)
@few
@given(field=FIELD, more=FIELD, amount=st.sampled_from(["1.01", "333.33", "2000.00"]), extra=st.sampled_from(["", *MODIFIERS]))
def test_whoever_has_no_points_gets_nothing_and_changes_nothing(
    engine: str, field: list[Any], more: list[Any], amount: str, extra: str
) -> None:
    points, facts, decided = spread(field)
    drivers = "drivers: [{id: p, title: {sl: a, it: a}, article: x, percent: 60}, {id: c, title: {sl: a, it: a}, article: x, percent: 40, by: criteria, criteria: [quality]}]\n"
    pot = {"engine": engine, "caps": REQUEST, "extra": (drivers if engine == "drivers" else EXTRA.get(engine, "")) + extra}
    others = {f"z{index}": {"requested": row[1], "costs": row[2], "members": row[3], "level": row[4]} for index, row in enumerate(more)}
    alone = run(amount, points, facts, decided=decided, **pot)
    among = run(
        amount, {**dict.fromkeys(others, 0), **points}, {**others, **facts}, decided=decided, **pot, order=" ".join([*points, *others])
    )
    awards = euros_of(among)
    assert {name: awards.pop(name) for name in others} == dict.fromkeys(others, 0)
    assert awards == euros_of(alone)
    assert all(codes_of(among, name) == ["no_points", "award"] for name in [*others, *(one for one in points if not points[one])])


def test_without_criteria_there_are_no_points_to_have_and_drivers_may_count_something_else() -> None:
    for engine, extra in (("full_request", ""), ("control_percentage", "basis: requested\n"), ("actual_cost", "cost_fact: requested\n")):
        rulebook = read_rulebook(rulebook_text(pot=f"{MAIN}engine: {engine}\ncaps: {REQUEST}\n{extra}", criteria=()))
        done = allocate(rulebook, given_sheets(rulebook, {"A": 0, "B": 0}), asks(A="900", B="300"))
        assert euros_of(done) == {"A": 45000, "B": 15000}
    done = run("1000.00", {"A": 30, "B": 0}, {"A": {"members": 10}, "B": {"members": 40}}, engine="drivers", extra=DRIVERS)
    assert euros_of(done) == {"A": 70000 + 5000 + 2500, "B": 20000 + 2500}


@few
@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 5000) | st.none()), min_size=1, max_size=12), st.integers(0, 20_000))
def test_sharing_out_gives_everything_or_fills_every_ceiling(field: list[tuple[int, int | None]], available: int) -> None:
    weights, caps = [weight for weight, _ in field], [cap for _, cap in field]
    shares = share_out(range(len(field)), weights, caps, available, lambda value: value)
    exact = [Fraction(shares.exact[index], shares.over) for index in range(len(field))]
    assert all(cap is None or share <= cap for share, cap in zip(exact, caps, strict=True))
    room = None if None in caps else sum(cap or 0 for cap in caps)
    assert sum(exact) == (available if room is None else min(available, room))
    open_ = [share / weight for share, weight, cap in zip(exact, weights, caps, strict=True) if cap is None or share < cap]
    assert len(set(open_)) <= 1, "whoever is not at the ceiling gets the same for a point"


@few
@given(FIELD, st.integers(0, 200_000))
def test_drivers_are_the_rule_applied_again_to_what_the_ceilings_leave(field: list[Any], cents: int) -> None:
    points, facts, _ = spread(field)
    amount = f"{cents // 100}.{cents % 100:02d}"
    awards = euros_of(run(amount, points, facts, engine="drivers", caps=REQUEST, extra=DRIVERS))
    left, free, expected = Fraction(cents), list(points), dict[str, Fraction]()
    counted = [(70, points), (25, {name: Fraction(facts[name]["members"]) for name in points}), (5, dict.fromkeys(points, Fraction(1)))]
    left = Fraction(int(left * sum(percent for percent, own in counted if any(own.values())) / 100))
    while free:
        alive = [(percent, own, total) for percent, own in counted if (total := sum(own[name] for name in free))]
        whole = sum(percent for percent, _, _ in alive)
        shares = {name: sum(left * percent * own[name] / whole / total for percent, own, total in alive) for name in free}
        over = {name: Fraction(facts[name]["requested"]) for name in free if shares[name] > facts[name]["requested"]}
        expected |= over or shares
        left -= sum(over.values())
        free = [name for name in free if name not in over] if over else []
    assert all(abs(awards[name] - expected[name]) <= 1 for name in points), (awards, expected)
    assert abs(sum(awards.values()) - sum(expected.values())) <= Fraction(1, 2)


@few
@given(FIELD, st.integers(2, 9))
def test_scaling_the_budget_scales_awards_without_ceilings(field: list[Any], times: int) -> None:
    points, facts, _ = spread(field)
    once = agreed_pot("1000.00", rounding="{point_value: exact, closing: leave}")
    more = agreed_pot(f"{1000 * times}.00", rounding="{point_value: exact, closing: leave}")
    small = allocate(once, given_sheets(once, points), facts).result("main").point_value
    large = allocate(more, given_sheets(more, points), facts).result("main").point_value
    assert large == (None if small is None else small * times)


@few
@given(FIELD, st.integers(1, 400))
def test_the_number_that_leaves_for_the_least_award_is_the_smallest_that_works(field: list[Any], least: int) -> None:
    points, facts, _ = spread(field)
    done = run("500.00", points, facts, caps=REQUEST, extra=f"minimum_award: {{amount: {least}}}\n")
    awards = euros_of(done)
    assert all(cents == 0 or cents >= least * 100 for cents in awards.values())
    gone = [name for name in points if "minimum_dropped" in codes_of(done, name) and facts[name]["requested"] >= least * 100]
    if gone:  # had the last one that left stayed, somebody would have been below
        stay = [name for name in points if awards[name]] + [max(gone, key=lambda name: points[name])]
        again = run("500.00", {name: points[name] for name in stay}, facts, caps=REQUEST)
        assert any(0 < cents < least * 100 for cents in euros_of(again).values())
