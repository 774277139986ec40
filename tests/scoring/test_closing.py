"""Who gets the last unit of a pot: where the rules want a lot between equals, it is asked for, and the name decides nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.points import Sheet
from tests.scoring.samples import agreed_pot, codes_of, euros_of

REQUEST = "{request: requested}"
LOT = "closing: largest_remainder, tie_break: [lot]"
ENGINES = {
    "point_value": "", "fixed_point_value": "value: 900\n", "share_of_request": "", "full_request": "", "control_percentage": "basis: requested\n",
    "actual_cost": "cost_fact: requested\n", "drivers": "drivers: [{id: p, title: {sl: a, it: a}, article: x, percent: 70}, {id: e, title: {sl: a, it: a}, article: x, percent: 30, by: equal}]\n",
}  # fmt: skip


def run(
    amount: str, points: dict[str, Any], lots: dict[str, int] | None = None, rounding: str = LOT, asked: int = 90_000, **pot: Any
) -> Allocation:
    rulebook = agreed_pot(amount, rounding=f"{{{rounding}}}", **{"caps": REQUEST, **pot})
    sheets = [Sheet(name, "main", (), Fraction(value), True) for name, value in points.items()]
    return allocate(rulebook, sheets, {name: {"requested": asked} for name in points}, lots=lots or {})


def tied(*arguments: Any, **pot: Any) -> str:
    """Between whom a lot is asked for."""
    with pytest.raises(AllocationError) as refusal:
        run(*arguments, **pot)
    assert refusal.value.code == "lot_needed"
    return refusal.value.params["applicants"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_cent_between_equals_waits_for_the_lot_whatever_the_engine(engine: str) -> None:
    points = {"A": 5, "B": 5, "C": 5}
    if engine == "share_of_request":  # 5 of 100,000 points are too few for the pot
        points = dict.fromkeys(points, 50_000)
    pot = {"engine": engine, "extra": ENGINES[engine]}
    assert tied("100.00", points, **pot) == "A, B, C"
    assert tied("100.00", points, {"A": 1, "B": 2}, **pot) == "A, B, C", "who was not drawn is not simply last"
    drawn = run("100.00", points, {"A": 3, "B": 1, "C": 2}, **pot)
    assert euros_of(drawn) == {"A": 3333, "B": 3334, "C": 3333}
    assert "closing_unit" in codes_of(drawn, "B")
    assert euros_of(run("99.99", points, **pot)) == dict.fromkeys(points, 3333), "no lot is needed where it decides nothing"


@pytest.mark.parametrize(
    ("amount", "rounding", "before", "after"),
    [
        ("100.00", "closing: to_one, award_unit: '1', tie_break: [lot]", "A, B, C", (3300, 3400, 3300)),
        ("151.50", "closing: leave, award_unit: '1', tie_break: [lot]", "A, B, C", (5000, 5100, 5000)),
        ("100.00", "closing: largest_remainder, award_unit: '1', tie_break: [lot]", "A, B, C", (3300, 3400, 3300)),
    ],
)
def test_every_closing_asks_for_it(amount: str, rounding: str, before: str, after: tuple[int, ...]) -> None:
    points = {"A": 1, "B": 1, "C": 1}
    assert tied(amount, points, rounding=rounding) == before
    assert tuple(euros_of(run(amount, points, {"A": 3, "B": 1, "C": 2}, rounding)).values()) == after


def test_only_those_who_compete_for_the_unit_are_drawn() -> None:
    # 100.00 by 7 : 3 : 3 : 1 are 50.00, 21.428…, 21.428…, 7.142…: B and C get a cent, and D has the smallest remainder
    points = {"A": 7, "B": 3, "C": 3, "D": 1}
    assert sum(euros_of(run("100.00", points)).values()) == 10000
    # 2,500.5, 2,500.5 and 5,001 cents
    assert tied("100.02", {"A": 1, "B": 1, "C": 2}) == "A, B"
    assert euros_of(run("100.02", {"A": 1, "B": 1, "C": 2}, {"A": 2, "B": 1})) == {"A": 2500, "B": 2501, "C": 5001}
    # half a cent and one and a half: the remainders are equal, the points are not
    assert tied("0.02", {"A": 1, "B": 3}) == "A, B"
    assert euros_of(run("0.02", {"A": 1, "B": 3}, rounding="closing: largest_remainder, tie_break: [more_points, lot]")) == {"A": 0, "B": 2}


@pytest.mark.parametrize("below", ["drop", "raise"])
def test_who_of_two_equals_leaves_for_the_least_award_is_drawn_as_well(below: str) -> None:
    extra = f"minimum_award: {{amount: 60, below: {below}}}\n"
    assert tied("100.00", {"A": 1, "B": 1}, extra=extra) == "A, B"
    assert euros_of(run("100.00", {"A": 1, "B": 1}, {"A": 2, "B": 1}, extra=extra)) == {"A": 0, "B": 10000}
    assert euros_of(run("120.00", {"A": 1, "B": 1}, extra=extra)) == {"A": 6000, "B": 6000}


@settings(max_examples=150, deadline=None)
@given(
    points=st.lists(st.integers(1, 6), min_size=1, max_size=7),
    cents=st.integers(1, 5000),
    closing=st.sampled_from(["largest_remainder", "to_one", "leave"]),
    unit=st.sampled_from(["0.01", "1"]),
    asked=st.integers(1, 3000),
)
def test_without_a_lot_no_name_ever_decides(points: list[int], cents: int, closing: str, unit: str, asked: int) -> None:
    names = "ABCDEFG"[: len(points)]
    rounding = f"closing: {closing}, award_unit: '{unit}', tie_break: [lot]"
    amount = f"{cents // 100}.{cents % 100:02d}"
    found = []
    for turned in (names, names[::-1]):
        try:
            awards = euros_of(run(amount, dict(zip(turned, points, strict=True)), rounding=rounding, asked=asked))
            found.append([awards[name] for name in turned])
        except AllocationError as error:
            assert error.code == "lot_needed" and len(error.params["applicants"].split(", ")) > 1
            found.append([])
    assert found[0] == found[1], "the same people get the same, whatever they are called"
    ranked = euros_of(run(amount, dict(zip(names, points, strict=True)), {name: rank for rank, name in enumerate(names)}, rounding, asked))
    assert sum(ranked.values()) <= cents, "and where all lots are drawn, nothing is asked any more"
