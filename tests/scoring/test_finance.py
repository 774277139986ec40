"""A finance plan balances to the cent, its shares are judged exactly, and volunteer hours count only for those who are registered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import Proven
from scoring.finance import balance_of, volunteer_cents
from scoring.findings import RulebookError
from scoring.form import revalued
from scoring.rulebook import Rulebook, read_rulebook
from tests.scoring.samples import rulebook_text

FACTS = """\
- id: costs
  kind: table
  label: {sl: Stroški, it: Spese}
  columns:
    - {id: category, kind: choice, label: {sl: Vrsta, it: Tipo}, choices: [{id: fees, label: {sl: honorarji, it: compensi}}, {id: rent, label: {sl: najem, it: affitto}}]}
    - {id: amount, kind: money, label: {sl: Znesek, it: Importo}}
- {id: registered, kind: boolean, label: {sl: Vpis, it: Iscrizione}}
- {id: led, kind: decimal, label: {sl: Vodenje, it: Guida}}
- {id: done, kind: integer, label: {sl: Delo, it: Lavoro}}
- {id: worth, kind: money, label: {sl: Prostovoljstvo, it: Volontariato}}
- {id: own, kind: money, label: {sl: Lastno, it: Proprio}}
- {id: requested, kind: money, label: {sl: Zaprošeno, it: Richiesto}}
"""
PLAN = """\
    plan:
      title: {sl: Načrt, it: Piano}
      article: "8"
      costs: {table: costs, amount: amount, category: category}
      income: [own, requested]
      volunteers: {registered: registered, organisational: led, substantive: done, value: worth, article: "37(5)"}
      shares:
        - {id: own, text: {sl: Lastni delež., it: Quota propria.}, article: "9", of: [own, worth], least: 40}
        - {id: town, text: {sl: Delež občine., it: Quota del Comune.}, article: "9", of: [requested], most: "60"}
    pots:
"""
RATES = {"organisational": 1300, "substantive": 1000, "other": 600}


def rules(facts: str = FACTS, plan: str = PLAN) -> Rulebook:
    return read_rulebook(rulebook_text(facts=facts).replace("    pots:\n", plan, 1))


TRACK = rules().tracks[0]
PLAN_OF = TRACK.plan
assert PLAN_OF is not None and PLAN_OF.volunteers is not None
VOLUNTEERS = PLAN_OF.volunteers


def test_both_sides_with_volunteer_hours_as_cost_and_as_income() -> None:
    values = {
        "costs": [{"category": "fees", "amount": 60000}, {"category": "rent", "amount": 20000}, {"category": "fees", "amount": 1}],
        "worth": 20000, "own": 20001, "requested": 60000,
    }  # fmt: skip
    balance = balance_of(TRACK, values)
    assert balance is not None
    assert dict(balance.costs) == {"fees": 60001, "rent": 20000, "worth": 20000}
    assert dict(balance.income) == {"own": 20001, "requested": 60000, "worth": 20000}
    assert (balance.cost_cents, balance.income_cents, balance.balances) == (100001, 100001, True)
    assert [held.holds for held in balance.shares] == [True, True]


def test_a_share_is_missed_by_one_cent() -> None:
    values = {"costs": [{"category": "fees", "amount": 100001}], "own": 40000, "requested": 60001}
    balance = balance_of(TRACK, values)
    assert balance is not None and balance.balances
    own, town = balance.shares
    assert (own.missing, own.holds, town.over, town.holds) == (1, False, 1, False)


@given(st.lists(st.integers(0, 10**7), max_size=6), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**6))
def test_the_difference_and_the_shares_are_exact(costs: list[int], own: int, requested: int, worth: int) -> None:
    values = {"costs": [{"amount": one} for one in costs], "own": own, "requested": requested, "worth": worth}
    balance = balance_of(TRACK, values)
    assert balance is not None
    total = sum(costs) + worth
    assert balance.difference == total - own - requested - worth
    share, town = balance.shares
    assert share.holds == ((own + worth) * 100 >= total * 40)
    assert town.holds == (requested * 100 <= total * 60)
    if not share.holds:
        assert (own + worth + share.missing) * 100 >= total * 40 > (own + worth + share.missing - 1) * 100
    if not town.holds:
        assert (requested - town.over) * 100 <= total * 60 < (requested - town.over + 1) * 100


def test_hours_are_valued_by_their_kind_and_only_for_a_registered_organisation() -> None:
    hours = {"registered": True, "led": "1.5", "done": 10}
    assert volunteer_cents(VOLUNTEERS, hours, RATES) == 1950 + 10000
    assert volunteer_cents(VOLUNTEERS, {**hours, "registered": False}, RATES) == 0
    assert volunteer_cents(VOLUNTEERS, {"led": "1.5", "done": 10}, RATES) == 0
    assert volunteer_cents(VOLUNTEERS, {"registered": True, "led": "0.01"}, {**RATES, "organisational": 1350}) == 14


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(1, 5000))
def test_the_worth_grows_with_the_hours_and_is_whole_cents(hundredths: int, done: int, rate: int) -> None:
    rates = {**RATES, "organisational": rate}
    values: dict[str, Any] = {"registered": True, "led": f"{hundredths // 100}.{hundredths % 100:02d}", "done": done}
    worth = volunteer_cents(VOLUNTEERS, values, rates)
    assert abs((worth - done * 1000) * 100 - hundredths * rate) <= 50
    assert volunteer_cents(VOLUNTEERS, {**values, "done": done + 1}, rates) == worth + 1000


def test_without_a_plan_there_is_no_balance() -> None:
    assert balance_of(rules(plan="    pots:\n").tracks[0], {}) is None


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("table: costs", "table: cost", "unknown_fact"),
        ("amount: amount", "amount: category", "fact_does_not_fit"),
        ("category: category}", "category: amount}", "fact_does_not_fit"),
        ("income: [own, requested]", "income: [own, requested, own]", "id_twice"),
        ("income: [own, requested]", "income: [own, done]", "fact_does_not_fit"),
        ("of: [requested]", "of: [costs]", "unknown_fact"),
        ("registered: registered", "registered: own", "fact_does_not_fit"),
        ("substantive: done", "substantive: own", "fact_does_not_fit"),
        ("value: worth", "value: own", "bad_value"),
        ("least: 40", "least: 70, most: 60", "bad_value"),
        (", of: [own, worth], least: 40", ", of: [own, worth]", "bad_value"),
        ("organisational: led, substantive: done, ", "", "bad_value"),
        ('article: "8"', 'article: "8"\n      section: money', "unknown_section"),
    ],
)
def test_a_plan_names_what_fits(right: str, wrong: str, code: str) -> None:
    assert right in PLAN
    with pytest.raises(RulebookError) as refusal:
        rules(plan=PLAN.replace(right, wrong))
    assert code in {finding.code for finding in refusal.value.findings}


def test_hours_are_asked_before_their_worth_is_computed() -> None:
    lines = FACTS.splitlines(keepends=True)
    moved = "".join([line for line in lines if "id: led" not in line] + [line for line in lines if "id: led" in line])
    with pytest.raises(RulebookError) as refusal:
        rules(facts=moved)
    assert [finding.code for finding in refusal.value.findings] == ["asked_later"]


@pytest.mark.parametrize(
    ("verified", "worth"),
    [
        ({}, 23000),
        ({"done": Proven(10, verified=4, on="2026-03-01")}, Proven(23000, verified=17000, on="2026-03-01")),
        ({"done": Proven(10, proven=False, on="2026-03-01")}, Proven(23000, verified=13000, on="2026-03-01")),
        ({"registered": Proven(True, verified=False, on="2026-03-02")}, Proven(23000, verified=0, on="2026-03-02")),
        ({"done": Proven(10, verified=10, on="2026-03-01")}, 23000),
    ],
)
def test_what_hours_are_worth_follows_what_was_verified(verified: dict[str, Any], worth: Any) -> None:
    facts = {"registered": True, "led": "10", "done": 10, "worth": 23000, "own": 100, **verified}
    once = revalued(TRACK, facts, RATES)
    assert once == {**facts, "worth": worth}
    assert revalued(TRACK, once, RATES) == once
