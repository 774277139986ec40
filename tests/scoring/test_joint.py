"""Joint applications in the language: who bears a cost, how many partners there are, and the activity that is entered once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.finance import balance_of
from scoring.findings import RulebookError
from scoring.form import Sitting, form_of, settled
from scoring.lint import lint
from scoring.rulebook import Rulebook, read_rulebook
from tests.scoring.samples import rulebook_text

BEARER = "{id: bearer, kind: choice, label: {sl: Kdo, it: Chi}, choices: [{id: lead, label: {sl: mi, it: noi}}, {id: other, label: {sl: oni, it: loro}}]}"
FACTS = f"""\
- {{id: name, kind: text, required: true, label: {{sl: Ime, it: Nome}}}}
- id: costs
  kind: table
  label: {{sl: Stroški, it: Spese}}
  columns:
    - {{id: what, kind: text, label: {{sl: Kaj, it: Cosa}}}}
    - {{id: amount, kind: money, label: {{sl: Znesek, it: Importo}}}}
    - {BEARER}
- {{id: registered, kind: boolean, label: {{sl: Vpis, it: Iscrizione}}}}
- {{id: led, kind: decimal, label: {{sl: Vodenje, it: Guida}}}}
- {{id: worth, kind: money, label: {{sl: Prostovoljstvo, it: Volontariato}}}}
- {{id: requested, kind: money, label: {{sl: Zaprošeno, it: Richiesto}}}}
- {{id: partner_count, kind: integer, label: {{sl: Partnerji, it: Partner}}}}
- {{id: twice, kind: integer, label: {{sl: Dvakrat, it: Doppio}}, formula: partner_count * 2}}
"""
PLAN = """\
    plan:
      title: {sl: Načrt, it: Piano}
      article: "8"
      costs: {table: costs, amount: amount, bearer: bearer}
      income: [requested]
      volunteers: {registered: registered, organisational: led, value: worth, article: "37(5)"}
    partners: {most: 1, count: partner_count, article: "6"}
    activity: {fact: name, article: "7"}
    pots:
"""


def rules(facts: str = FACTS, plan: str = PLAN) -> Rulebook:
    return read_rulebook(rulebook_text(facts=facts).replace("    pots:\n", plan, 1))


TRACK = rules().tracks[0]


@given(st.lists(st.tuples(st.integers(0, 10**8), st.sampled_from(["lead", "other", None])), max_size=8), st.integers(0, 10**6))
def test_what_each_organisation_bears_adds_up_to_all_costs(rows: list[tuple[int, str | None]], worth: int) -> None:
    values = {"costs": [{"amount": cents, "bearer": bearer} for cents, bearer in rows], "worth": worth}
    balance = balance_of(TRACK, values)
    assert balance is not None
    assert sum(cents for _, cents in balance.borne) == balance.cost_cents
    assert dict(balance.borne)["lead"] == worth + sum(cents for cents, bearer in rows if bearer == "lead")


def test_a_plan_without_bearers_divides_nothing() -> None:
    track = rules(plan=PLAN.replace(", bearer: bearer", "")).tracks[0]
    balance = balance_of(track, {"costs": [{"amount": 5}]})
    assert balance is not None and balance.borne == ()


def test_the_number_of_partners_is_told_and_can_be_computed_with() -> None:
    form = form_of(TRACK)
    assert {"partner_count", "twice", "worth"} == form.computed
    sitting = Sitting(form, partners=2)
    for fact in form.facts:
        sitting.take(fact, sitting.compute(fact) if fact.id in form.computed else None)
    assert (sitting.typed["partner_count"], sitting.typed["twice"]) == (2, 4)
    assert settled(TRACK, {"partner_count": 1})["twice"] == 2


@pytest.mark.parametrize(
    ("facts", "plan", "code"),
    [
        (FACTS, PLAN.replace("bearer: bearer", "bearer: carrier"), "unknown_fact"),
        (FACTS, PLAN.replace("bearer: bearer", "bearer: what"), "fact_does_not_fit"),
        (FACTS, PLAN.replace("most: 1", "most: 2"), "bad_value"),
        (FACTS.replace(BEARER, BEARER.replace("kind: choice", "kind: choice, required: true")), PLAN, "bad_value"),
        (FACTS, PLAN.replace('    partners: {most: 1, count: partner_count, article: "6"}\n', ""), "bad_value"),
        (FACTS, PLAN.replace("count: partner_count", "count: members_of_partners"), "unknown_fact"),
        (FACTS, PLAN.replace("count: partner_count", "count: name"), "fact_does_not_fit"),
        (FACTS, PLAN.replace("count: partner_count", "count: twice"), "bad_value"),
        (FACTS, PLAN.replace("fact: name", "fact: title"), "unknown_fact"),
        (FACTS, PLAN.replace("fact: name", "fact: costs"), "fact_does_not_fit"),
        (FACTS, PLAN.replace("fact: name", "fact: costs, column: amount"), "fact_does_not_fit"),
        (FACTS, PLAN.replace("fact: name", "fact: costs, column: title"), "unknown_fact"),
    ],
)
def test_what_leads_nowhere_or_does_not_fit_is_refused_at_its_place(facts: str, plan: str, code: str) -> None:
    with pytest.raises(RulebookError) as refused:
        rules(facts, plan)
    assert code in [one.code for one in refused.value.findings]


def test_more_partners_than_the_language_knows_and_no_article_are_refused() -> None:
    for wrong in ("most: 10", "most: 0"):
        with pytest.raises(RulebookError):
            rules(plan=PLAN.replace("most: 1", wrong))
    with pytest.raises(RulebookError) as refused:
        rules(plan=PLAN.replace(', article: "7"}', "}"))
    assert [one.code for one in refused.value.findings] == ["missing_key"]


def codes(rulebook: Rulebook) -> dict[str, str]:
    return {one.code: one.severity for one in lint(rulebook)}


def test_the_linter_names_partners_without_a_budget_and_activities_that_cannot_be_compared_or_told() -> None:
    joint = {"partners_without_budget", "activity_optional", "activity_personal"}
    assert not joint & set(codes(rules()))
    assert codes(rules(plan=PLAN.replace(", bearer: bearer", "")))["partners_without_budget"] == "warning"
    assert codes(rules(FACTS.replace("kind: text, required: true", "kind: text")))["activity_optional"] == "warning"
    assert codes(rules(FACTS.replace("required: true", "required: true, personal: true", 1)))["activity_personal"] == "error"
    column = rules(plan=PLAN.replace("fact: name", "fact: costs, column: what"))
    assert codes(column)["activity_optional"] == "warning"


def test_rules_without_partners_keep_the_hash_that_they_had() -> None:
    plain: dict[str, Any] = rules(plan="    pots:\n").to_data()["tracks"][0]
    assert not {"partners", "activity"} & set(plain)
