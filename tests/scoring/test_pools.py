"""Pots whose size follows from a count: every cent of the fund is in one of them, and every size says how it came about."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.bundle import make_bundle, verify_bundle
from scoring.findings import RulebookError
from scoring.points import Sheet, score
from scoring.rulebook import Rulebook, read_rulebook, rulebook_from_data

RULES = """format: "1"
id: pools
version: "1"
title: {{sl: Skladi, it: Fondi, en: Funds}}
languages: [sl, it, en]
funds:
  - {{id: whole, title: {{sl: Kultura, it: Cultura, en: Culture}}, article: 1. člen, amount: "{amount}"}}
{funds}tracks:
  - id: groups
    kind: operating
    title: {{sl: Skupine, it: Gruppi, en: Groups}}
    article: 2. člen
    facts:
      - {{id: members, kind: integer, unit: članov, label: {{sl: Člani, it: Soci, en: Members}}}}
      - {{id: budget, kind: money, label: {{sl: Proračun, it: Bilancio, en: Budget}}}}
      - {{id: size, kind: choice, label: {{sl: Velikost, it: Grandezza, en: Size}}, choices: [{{id: small, label: {{sl: mali, it: piccoli, en: small}}}}, {{id: large, label: {{sl: veliki, it: grandi, en: large}}}}]}}
    pots:
      - id: pool
        title: {{sl: Del, it: Parte, en: Part}}
        article: 3. člen
        of: whole
        engine: full_request
        basis: budget
        rounding: {{closing: largest_remainder, tie_break: [earlier_submission]}}
        parts:
"""
HEADS = "title: {sl: Prijavitelji, it: Richiedenti, en: Applicants}, article: 4. člen"
PART = "          - {{id: {name}, {money}, conditions: [{{id: is, text: {{sl: Velikost., it: Grandezza., en: Size.}}, article: 5. člen, holds: 'size == \"{name}\"'}}]}}\n"
SHARED = f"by_count: {{{HEADS}}}"
MEMBERS = "title: {sl: Člani, it: Soci, en: Members}, article: 4. člen, formula: members"


def rules(small: str = SHARED, large: str = SHARED, *more: str, amount: str = "1000.00", funds: str = "") -> Rulebook:
    text = RULES.format(amount=amount, funds=funds)
    return read_rulebook(text + PART.format(name="small", money=small) + PART.format(name="large", money=large) + "".join(more))


def given_facts(small: int, large: int, members: int = 10, budget: int = 10**9) -> dict[str, dict[str, Any]]:
    names = [("small", n) for n in range(small)] + [("large", n) for n in range(large)]
    return {f"{size} {n}": {"size": size, "members": members + n, "budget": budget} for size, n in names}


def sheets_of(rulebook: Rulebook, facts: dict[str, dict[str, Any]]) -> list[Sheet]:
    return [score(track, pot, name, own) for track, pot in rulebook.pots() for name, own in facts.items()]


def divide(rulebook: Rulebook, facts: dict[str, dict[str, Any]], **more: Any) -> Allocation:
    return allocate(rulebook, sheets_of(rulebook, facts), facts, **more)


def sizes(done: Allocation) -> dict[str, int]:
    return {result.pot.removeprefix("pool."): result.amount_cents for result in done.results}


def test_parts_share_a_fund_in_proportion_to_those_who_compete_to_the_cent() -> None:
    done = divide(rules(), given_facts(2, 1))
    assert sizes(done) == {"small": 66667, "large": 33333}
    result = done.result("pool.small")
    assert (result.paid_cents, result.residual_cents) == (66667, 0)
    step = done.award("small 0", "pool.small").steps[0]
    assert step == result.size
    assert (
        step.sentence("sl") == "Del sklada »Kultura« po številu (4. člen): »Prijavitelji« 2 od skupaj 3, torej 666,67 EUR od 1.000,00 EUR."
    )
    assert step.sentence("en").endswith("“Applicants” 2 of 3 in all, so 666.67 EUR of 1,000.00 EUR.")


def test_what_is_counted_is_a_formula_over_those_who_compete_only() -> None:
    counted = f"by_count: {{{MEMBERS}}}"
    facts = given_facts(1, 1, members=30) | {"large 9": {"size": "large", "members": 90, "budget": 1}}
    assert sizes(divide(rules(counted, counted), facts)) == {"small": 20000, "large": 80000}
    facts["large 9"]["size"] = None
    assert sizes(divide(rules(counted, counted), facts)) == {"small": 50000, "large": 50000}, "it competes nowhere any more"


def test_a_rate_for_each_leaves_the_rest_to_the_remainder() -> None:
    rulebook = rules(f'by_count: {{{MEMBERS}, rate: "12.50"}}', "remainder: yes")
    done = divide(rulebook, given_facts(2, 1))
    assert sizes(done) == {"small": 26250, "large": 73750}  # 10 + 11 members
    assert done.award("small 0", "pool.small").steps[0].sentence("it").endswith("«Soci» 21 × 12,50 EUR = 262,50 EUR.")
    assert done.award("large 0", "pool.large").steps[0].code == "size_rest"


def test_rates_that_need_more_than_there_is_are_reduced_in_the_same_proportion() -> None:
    rate = f'by_count: {{{MEMBERS}, rate: "100.00"}}'
    done = divide(rules(rate, rate), given_facts(1, 2))
    assert sizes(done) == {"small": 32258, "large": 67742}  # 10 : 21 of 1,000
    said = done.award("large 0", "pool.large").steps[0].sentence("sl")
    assert "21 × 100,00 EUR = 2.100 EUR" in said and "3.100 EUR" in said and "677,42 EUR" in said


def test_rates_come_before_what_is_shared_and_nobody_means_nothing() -> None:
    rulebook = rules(f'by_count: {{{HEADS}, rate: "100.00"}}', SHARED)
    assert sizes(divide(rulebook, given_facts(3, 1))) == {"small": 30000, "large": 70000}
    assert sizes(divide(rulebook, given_facts(0, 0))) == {"small": 0, "large": 0}
    assert sizes(divide(rules(), given_facts(0, 4))) == {"small": 0, "large": 100000}


def test_published_parts_of_the_fund_stay_as_they_are() -> None:
    third = "          - {id: prizes, percent: 10, title: {sl: Nagrade, it: Premi, en: Prizes}}\n"
    rulebook = rules(SHARED, SHARED, third)
    assert rulebook.pot("pool.prizes").amount_cents == 10000 and not rulebook.pot("pool.prizes").counted
    assert rulebook.pot("pool.small").counted
    done = divide(rulebook, given_facts(1, 1))
    assert sizes(done) == {"small": 45000, "large": 45000, "prizes": 10000}
    assert done.result("pool.prizes").size is None and "size" not in done.result("pool.prizes").to_data()


def test_they_are_settled_together() -> None:
    with pytest.raises(AllocationError) as refusal:
        divide(rules(), given_facts(1, 1), pots=["pool.small"])
    assert refusal.value.code == "settle_together"


def test_whoever_recomputes_finds_the_same_sizes() -> None:
    counted = f"by_count: {{{MEMBERS}}}"
    rulebook, facts = rules(counted, counted), given_facts(2, 1)
    sheets = sheets_of(rulebook, facts)
    order = {name: rank for rank, name in enumerate(facts)}
    data = make_bundle({}, rulebook, facts, {}, {}, sheets, allocate(rulebook, sheets, facts, order=order), order)
    assert verify_bundle(data).differences == ()
    data["awards"][0]["size"]["params"]["count"] = "4"
    assert any("size published" in one for one in verify_bundle(data).differences)
    assert rulebook_from_data(rulebook.to_data()) == rulebook


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10**7), st.integers(0, 6), st.integers(0, 6), st.sampled_from([None, "0.01", "33.33", "5000"]),
    st.sampled_from([None, "members", "members / 7"]), st.booleans(),
)  # fmt: skip
def test_every_cent_of_the_fund_is_somewhere(cents: int, small: int, large: int, rate: str | None, formula: str | None, rest: bool) -> None:
    heads = HEADS + (f", formula: {formula}" if formula else "")
    first = f"by_count: {{{heads}" + (f', rate: "{rate}"' if rate else "") + "}"
    rulebook = rules(first, "remainder: yes" if rest else f"by_count: {{{heads}}}", amount=f"{cents // 100}.{cents % 100:02d}")
    facts = given_facts(small, large)
    got = sizes(divide(rulebook, facts))
    assert min(got.values()) >= 0 and sum(got.values()) <= cents
    if rest or large or (small and rate is None):
        assert sum(got.values()) == cents


@pytest.mark.parametrize(
    ("small", "code"),
    [
        (f"percent: 5, by_count: {{{HEADS}}}", "bad_value"),
        (f'by_count: {{{HEADS}, rate: "0"}}', "bad_value"),
        (f"by_count: {{{HEADS}, formula: membres}}", "unknown_fact"),
        (f"by_count: {{{HEADS}, heads: 5}}", "unknown_key"),
    ],
)
def test_a_count_that_cannot_be_read_is_refused(small: str, code: str) -> None:
    with pytest.raises(RulebookError) as refusal:
        rules(small)
    assert code in {one.code for one in refusal.value.findings}
