"""What holds for every engine, whatever the points, the ceilings and the money."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.allocation import allocate
from scoring.engines import ENGINES
from scoring.points import Decided
from scoring.proportions import share_out
from scoring.rulebook import read_rulebook
from tests.scoring.samples import agreed_pot, codes_of, euros_of, rulebook_text
from tests.scoring.test_engines import DRIVERS, REQUEST, asks, given_sheets, run
from tests.scoring.test_modifiers import BALANCE

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
