"""Balance between groups: every share holds where all can hold, the others share the rest by the rule, and the reasons say which is which."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.points import Sheet
from tests.scoring.samples import agreed_pot, codes_of, euros_of
from tests.scoring.test_modifiers import BALANCE

REQUEST = "{request: requested}"
GROUPS = {"a": "none", "b": "regional", "c": "national"}
POT = 100_000


def run(
    shares: str, points: dict[str, Any], facts: dict[str, dict[str, Any]], *, caps: str = "{}", extra: str = "", **pot: Any
) -> Allocation:
    """Divide 1,000 euros; the group of an applicant is the small first letter of the name unless the facts say it."""
    rounding = "{closing: largest_remainder, tie_break: [earlier_submission]}"
    rulebook = agreed_pot("1000.00", caps=caps, extra=BALANCE % shares + extra, **{"rounding": rounding, **pot})
    sheets = [Sheet(name, "main", (), Fraction(value), True) for name, value in points.items()]
    given_facts = {name: {"level": GROUPS[name[0].lower()], **facts.get(name, {})} for name in points}
    return allocate(rulebook, sheets, given_facts, order={name: rank for rank, name in enumerate(points)})


@pytest.mark.parametrize(
    ("shares", "points", "expected", "bounded"),
    [
        (  # 450, 80 and 470 by the rule: b is lifted to 500, and then nobody is above the largest share
            "groups: [{group: none, most: 44}, {group: regional, least: 50}, {group: national, most: 46}]",
            {"A": 45, "B": 8, "C": 47}, {"A": 24457, "B": 50000, "C": 25543}, {"B": "balance_least"},
        ),
        (
            "groups: [{group: none, most: 44}, {group: regional, least: 40}]",
            {"A": 45, "B": 10, "C": 45}, {"A": 30000, "B": 40000, "C": 30000}, {"B": "balance_least"},
        ),
        (
            "groups: [{group: none, most: 55}, {group: regional, least: 40}]",
            {"A": 60, "B": 10, "C": 30}, {"A": 40000, "B": 40000, "C": 20000}, {"B": "balance_least"},
        ),
        (  # 800, 150 and 50 by the rule: what a leaves is more than c needs
            "least: 10, most: 60",
            {"A": 80, "B": 15, "C": 5}, {"A": 60000, "B": 30000, "C": 10000}, {"A": "balance_most"},
        ),
        (  # both at once
            "least: 20, most: 50",
            {"A": 90, "B": 7, "C": 3}, {"A": 50000, "B": 30000, "C": 20000}, {"A": "balance_most", "C": "balance_least"},
        ),
    ],
)  # fmt: skip
def test_no_share_is_broken_for_the_sake_of_another(
    shares: str, points: dict[str, Any], expected: dict[str, int], bounded: dict[str, str]
) -> None:
    done = run(shares, points, {})
    assert euros_of(done) == expected
    for name in points:
        said = [code for code in codes_of(done, name) if code.startswith("balance_") and code != "balance_rest"]
        assert said == ([bounded[name]] if name in bounded else []), "the reasons tell by which share a group is bound, or by none"


def test_a_group_that_cannot_use_its_least_share_is_told_so() -> None:
    done = run(
        "groups: [{group: regional, least: 30}]", {"A": 99, "B": 1}, {"A": {"requested": POT}, "B": {"requested": 5000}}, caps=REQUEST
    )
    assert euros_of(done) == {"A": 95000, "B": 5000}
    more = run(
        "groups: [{group: regional, least: 30}]", {"A": 999, "B": 1}, {"A": {"requested": POT}, "B": {"requested": 5000}}, caps=REQUEST
    )
    assert euros_of(more) == {"A": 95000, "B": 5000}, "by the rule it would get 1 euro, and it is lifted to what it can use"
    step = next(step for step in more.award("B", "main").steps if step.code == "balance_usable")
    assert step.sentence("en") == (
        "The group “regija” is entitled to at least 30 % of the money, 300.00 EUR, but under its limits it can use only 50.00 EUR, which is divided within it."
    )  # fmt: skip


def test_least_shares_that_are_more_than_there_is_are_refused_and_not_cut() -> None:
    with pytest.raises(AllocationError) as refusal:
        run("least: 40", {"A": 1, "B": 1, "C": 1}, {})
    assert (refusal.value.code, refusal.value.params) == ("balance_impossible", {"pot": "main", "groups": "national, none, regional"})
    assert euros_of(run("least: 40", {"A": 9, "B": 1}, {})) == {"A": 60000, "B": 40000}, "a group in which nobody competes wants nothing"


def test_largest_shares_that_do_not_reach_the_pot_leave_the_rest_in_it() -> None:
    done = run("most: 30", {"A": 9, "B": 1}, {})
    assert euros_of(done) == {"A": 30000, "B": 30000}
    assert done.result("main").residual_cents == 40000
    assert all("balance_most" in codes_of(done, name) for name in "AB")


def test_who_does_not_say_the_group_is_in_none_and_is_neither_lifted_nor_held_back() -> None:
    done = run("least: 20", {"A": 50, "B": 5}, {"B": {"level": None}})
    assert euros_of(done) == {"A": 90909, "B": 9091}
    assert codes_of(done, "B")[1] == "balance_no_group" and "balance_no_group" not in codes_of(done, "A")
    held = run("most: 60", {"A": 50, "B": 50, "C": 900}, {"C": {"level": None}})
    assert euros_of(held) == {"A": 5000, "B": 5000, "C": 90000}


# ── properties ────────────────────────────────────────────────────────────────────────────────────────────────────────

Member = tuple[int, int | None]


def reach(members: list[Member], value: Fraction) -> Fraction:
    """What members get together at a point value, each up to the own ceiling."""
    return sum((value * points if cap is None else min(value * points, Fraction(cap)) for points, cap in members), Fraction(0))


def value_at(members: list[Member], wanted: Fraction) -> Fraction:
    """The lowest point value at which members get ``wanted`` together, or at which all have what they can get."""
    low = Fraction(0)
    for high in sorted(Fraction(cap, points) for points, cap in members if cap is not None):
        if reach(members, high) >= wanted:
            return (
                low
                if reach(members, high) == reach(members, low)
                else low + (wanted - reach(members, low)) * (high - low) / (reach(members, high) - reach(members, low))
            )
        low = high
    slope = sum(points for points, cap in members if cap is None)
    return low + (wanted - reach(members, low)) / slope if slope else low


def reference(groups: dict[str, list[Member]], least: dict[str, int], most: dict[str, int]) -> dict[str, list[Fraction]]:
    """Exact amounts: one point value for all groups, each held within its shares, by looking at every value where a slope changes."""
    low = {name: min(Fraction(least[name]), reach(members, value_at(members, Fraction(POT)))) for name, members in groups.items()}

    def amount(name: str, value: Fraction) -> Fraction:
        return min(max(reach(groups[name], value), low[name]), Fraction(most[name]))

    def total(value: Fraction) -> Fraction:
        return sum((amount(name, value) for name in groups), Fraction(0))

    breaks = {Fraction(0), Fraction(10 * POT)}
    for name, members in groups.items():
        breaks |= {Fraction(cap, points) for points, cap in members if cap is not None}
        breaks |= {value_at(members, low[name]), value_at(members, Fraction(most[name]))}
    ordered, value = sorted(breaks), Fraction(10 * POT)
    for first, second in zip(ordered, ordered[1:], strict=False):
        if total(second) >= POT:
            gained = total(second) - total(first)
            value = first if not gained else first + (POT - total(first)) * (second - first) / gained
            break
    found = {}
    for name, members in groups.items():
        own = value_at(members, amount(name, value)) if amount(name, value) != reach(members, value) else value
        found[name] = [own * points if cap is None else min(own * points, Fraction(cap)) for points, cap in members]
    return found


FIELD = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 100), st.none() | st.integers(0, POT)), min_size=1, max_size=8
)  # fmt: skip
SHARES = st.tuples(st.integers(0, 33), st.integers(34, 100))


@settings(max_examples=300, deadline=None)
@given(field=FIELD, shares=st.fixed_dictionaries(dict.fromkeys(GROUPS, SHARES)))
def test_balance_is_the_proportional_solution(field: list[tuple[str, int, int | None]], shares: dict[str, tuple[int, int]]) -> None:
    names = [f"{group}{index}" for index, (group, _, _) in enumerate(field)]
    points = {name: row[1] for name, row in zip(names, field, strict=True)}
    facts = {name: {"requested": 10 * POT if row[2] is None else row[2]} for name, row in zip(names, field, strict=True)}
    said = ", ".join(f"{{group: {GROUPS[name]}, least: {least}, most: {most}}}" for name, (least, most) in shares.items())
    done = run(f"groups: [{said}]", points, facts, caps=REQUEST)
    awards = euros_of(done)

    groups: dict[str, list[Member]] = {}
    for group, own, cap in field:
        groups.setdefault(group, []).append((own, cap))
    least, most = ({name: pair[side] * POT // 100 for name, pair in shares.items()} for side in (0, 1))
    expected = reference(groups, least, most)
    for group, amounts in expected.items():
        inside = [awards[name] for name in names if name[0] == group]
        assert all(abs(cents - exact) <= 1 for cents, exact in zip(inside, amounts, strict=True)), (awards, expected)
        usable = sum(POT if cap is None else cap for _, cap in groups[group])
        assert min(least[group], usable) <= sum(inside) <= most[group], "shares hold whenever all of them can"
    there = sum(min(most[group], sum(POT if cap is None else cap for _, cap in members)) for group, members in groups.items())
    assert sum(awards.values()) == min(POT, there), "what can be given is given, to the cent"
    for first, (group, more, cap) in zip(names, field, strict=True):
        for second, (other, fewer, limit) in zip(names, field, strict=True):
            if group == other and more > fewer and (cap is None or (limit is not None and cap >= limit)):
                assert awards[first] >= awards[second], "more points, never less money within a group"
    for name in names:
        step = next(
            (step for step in done.award(name, "main").steps if step.code in ("balance_least", "balance_most", "balance_usable")), None
        )
        total = sum(awards[one] for one in names if one[0] == name[0])
        if step is not None:
            share = most[name[0]] if step.code == "balance_most" else least[name[0]]
            assert total == share if step.code != "balance_usable" else total < share


@pytest.mark.parametrize("engine", ["share_of_request", "full_request", "control_percentage", "waterfall", "fixed_point_value"])
@settings(max_examples=40, deadline=None)
@given(field=FIELD, shares=st.fixed_dictionaries(dict.fromkeys(GROUPS, SHARES)))
def test_every_engine_keeps_the_shares_and_the_pot(
    engine: str, field: list[tuple[str, int, int | None]], shares: dict[str, tuple[int, int]]
) -> None:
    names = [f"{group}{index}" for index, (group, _, _) in enumerate(field)]
    points = {name: row[1] for name, row in zip(names, field, strict=True)}
    facts = {name: {"requested": POT if row[2] is None else row[2]} for name, row in zip(names, field, strict=True)}
    said = ", ".join(f"{{group: {GROUPS[name]}, least: {least}, most: {most}}}" for name, (least, most) in shares.items())
    more = "value: 20\n" if engine == "fixed_point_value" else "basis: requested\n" if engine == "control_percentage" else ""
    done = run(f"groups: [{said}]", points, facts, caps=REQUEST, extra=more, engine=engine)
    awards = euros_of(done)
    result = done.result("main")
    assert sum(awards.values()) == result.paid_cents == POT - result.residual_cents <= POT
    assert all(cents <= facts[name]["requested"] for name, cents in awards.items())
    alone = {group: euros_of(run("groups: [{group: none, most: 100}]", {name: points[name] for name in names if name[0] == group}, facts, caps=REQUEST, extra=more, engine=engine)) for group in {name[0] for name in names}}  # fmt: skip
    for group in {name[0] for name in names}:
        total = sum(awards[name] for name in names if name[0] == group)
        assert total <= shares[group][1] * POT // 100
        assert total >= min(shares[group][0] * POT // 100, sum(alone[group].values())) - 1, "a cent may be lost by rounding an own share"
