"""Every method that ordinances use, with numbers that can be followed by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.money import cents_from_euros
from scoring.points import Decided, Sheet
from scoring.rulebook import Rulebook
from tests.scoring.samples import agreed_pot, codes_of, euros_of

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


def test_every_cent_lies_in_the_tier_whose_ends_say_so() -> None:
    tiers = (
        "{below: 0.015, factor: 1}, {from: 0.02, to: 0.04, factor: 2}, {above: '1/19', below: 0.07, factor: 3}, {above: 0.07, factor: 4}"
    )
    facts = {f"a{cents}": {"costs": cents} for cents in range(10)}
    done = run("0.20", dict.fromkeys(facts, 1), facts, engine="control_percentage", extra=f"basis: costs\ntiers: [{tiers}]\n")
    factors = [step.params["factor"] for name in facts for step in done.award(name, "main").steps if step.code == "control_percentage"]
    assert factors == ["1", "1", "2", "2", "2", "0", "3", "0", "4", "4"], "0.05 and 0.07 EUR lie in no tier"


def test_the_least_award_is_set_aside_and_the_percentage_falls_for_the_others() -> None:
    extra = "basis: costs\nminimum_award: {amount: 100, below: raise}\n"
    facts = {"A": {"costs": 10000}, "B": {"costs": 90000}, "C": {"costs": 5000}}
    done = run("400.00", {"A": 1, "B": 1, "C": 1}, facts, engine="control_percentage", extra=extra)
    assert euros_of(done) == {"A": 10000, "B": 25000, "C": 5000}, "nobody gets more than the own costs, not even by the least award"
