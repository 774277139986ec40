"""What a panel may decide: for whom, from which amount up, and how much at most."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.allocation import allocate
from scoring.deciding import ToDecide, to_decide
from scoring.facts import Proven
from scoring.points import Decided, Sheet
from tests.scoring.samples import FACTS, POT, agreed_pot, sample

UNIT = "{award_unit: '10', closing: leave}"
LIMITS = {"engine": "panel_amounts", "caps": "{request: requested, amount: '500.00'}", "rounding": UNIT}


def decide(*, extra: str = "", **asked: int) -> list[ToDecide]:
    rulebook = agreed_pot("1000.00", extra=extra, **LIMITS)
    sheets = [Sheet(name, "main", (), Fraction(5), name != "Out") for name in asked]
    return to_decide(rulebook, sheets, {name: {"requested": cents} for name, cents in asked.items()}, "main")


def test_everybody_who_competes_waits_for_an_amount_under_the_own_ceiling() -> None:
    a, b = decide(B=90000, A=20000, Out=30000)
    assert (a.key, a.cap, a.why and a.why.code, b.cap, b.why and b.why.code) == ("A", 20000, "cap_request", 50000, "cap_amount")
    assert [a.fault(cents) for cents in (20000, 0, 21000, 555, -1)] == ["", "", "over", "unit", "over"]


@pytest.mark.parametrize(("below", "faults"), [("drop", ["", "under", ""]), ("pay", ["", "", ""]), ("raise", ["under", "under", ""])])
def test_the_least_award_is_minded(below: str, faults: list[str]) -> None:
    (one,) = decide(extra=f"minimum_award: {{amount: '100.00', below: {below}}}\n", A=20000)
    assert [one.fault(cents) for cents in (0, 5000, 10000)] == faults


@given(asked=st.lists(st.integers(0, 60000), min_size=1, max_size=4), decided=st.lists(st.integers(-1000, 60000), min_size=4, max_size=4))
def test_an_amount_without_a_fault_is_paid_as_it_was_decided(asked: list[int], decided: list[int]) -> None:
    rulebook = agreed_pot("100000.00", extra="minimum_award: {amount: '100.00', below: drop}\n", **LIMITS)
    facts = {f"A{place}": {"requested": cents} for place, cents in enumerate(asked)}
    sheets = [Sheet(name, "main", (), Fraction(5), True) for name in facts]
    waiting = to_decide(rulebook, sheets, facts, "main")
    typed = {one.key: cents // 1000 * 1000 for one, cents in zip(waiting, decided, strict=False)}
    right = {one.key: typed[one.key] if not one.fault(typed[one.key]) else 0 for one in waiting}
    done = allocate(rulebook, sheets, facts, decided={"main": {name: Decided(cents, {"sl": "Zato."}) for name, cents in right.items()}})
    assert {award.applicant: award.amount_cents for award in done.result("main").awards} == right


def test_a_ceiling_of_a_computed_value_follows_what_was_verified() -> None:
    share = '- {id: share, kind: money, label: {sl: Delež, it: Quota}, formula: "costs * 0.5"}\n'
    pot = POT.replace("point_value", "panel_amounts").replace("request: requested", "request: share")
    rulebook = sample(facts=FACTS + share, pot=pot)
    facts = {"A": {"costs": Proven(20000, 10000, proven=True), "share": 10000}}
    sheets = [Sheet("A", "main", (), Fraction(5), True)]
    (one,) = to_decide(rulebook, sheets, facts, "main")
    assert (one.cap, one.fault(10000)) == (5000, "over")
    done = allocate(rulebook, sheets, facts, decided={"main": {"A": Decided(5000, {"sl": "Zato."})}})
    assert done.award("A", "main").amount_cents == 5000
