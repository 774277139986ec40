"""Leftovers that go from pot to pot, and items that are scored one by one: small pieces of a division, without a whole call."""

from __future__ import annotations

import re
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from grants.base.errors import Refused
from grants.calls.models import Call
from grants.decisions import actions, distribution, queries
from grants.decisions.letters import computation, lines
from grants.decisions.models import Award
from scoring.allocation import AllocationError, allocate
from scoring.points import Sheet
from scoring.reasons import Reason
from scoring.rulebook import Rulebook, read_rulebook
from scoring.sheets import Item, Line

HEAD = """
format: "1"
id: chain
version: "1"
title: {sl: Veriga}
languages: [sl]
tracks:
  - id: clubs
    kind: operating
    title: {sl: Klubi}
    article: "1"
    facts: [{id: costs, kind: money, label: {sl: Stroški}}]
    pots:
"""
POT = '      - {{id: {name}, title: {{sl: {name}}}, article: "1", amount: "{amount}", engine: actual_cost, cost_fact: costs{more}}}\n'


def _rulebook() -> Rulebook:
    pots = [("a", "1000", ", leftover: {to: [b, c]}"), ("b", "500", ", leftover: {to: [d]}"), ("c", "100", ""), ("d", "100", "")]
    return read_rulebook(HEAD + "".join(POT.format(name=name, amount=amount, more=more) for name, amount, more in pots))


def test_money_that_went_on_to_one_pot_is_not_carried_to_another(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = _rulebook()
    sheets = [Sheet(name, name, (), Fraction(0), True) for name in ("a", "b", "c")]
    facts = {"a": {"costs": 20000}, "b": {"costs": 10000}, "c": {"costs": 500000}}
    kept = allocate(rulebook, sheets, facts, pots=["a", "b", "c"]).to_data()
    monkeypatch.setattr(queries, "adopted_proposals", lambda call: [SimpleNamespace(allocation=kept)])
    assert distribution.carried_into(cast(Call, None), ["d"]) == {"a": 0, "b": 40000, "c": 0}


BALANCED = HEAD.replace(
    "facts: [",
    "facts: [{id: school, kind: choice, label: {sl: Šola}, choices: [{id: x, label: {sl: Prva šola}}, {id: y, label: {sl: Druga šola}}]}, ",
) + POT.format(name="schools", amount="100", more=", balance: {id: fair, title: {sl: Delež}, article: '2', by: school, least: 50}")


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("en", "balance_impossible", "The least shares of “schools” .* than there is: Prva šola, Druga šola. .*correction of the rules"),
        ("sl", "balance_impossible", "Najmanjši deleži sredstev »schools«, .*: Prva šola, Druga šola. .*popravek pravil razpisa"),
        ("it", "balance_impossible", "Le quote minime di «schools» .*: Prva šola, Druga šola. .*rettifica delle regole del bando"),
        ("sl", "denominators", "Točke pri »schools« so ulomki, .* na koliko decimalk se rezultat zaokroži"),
        ("it", "denominators", "I punti in «schools» sono frazioni .* a quanti decimali si arrotonda"),
    ],
)
def test_rules_that_cannot_be_computed_are_told_in_the_language_of_the_page(app: Flask, language: str, code: str, said: str) -> None:
    call, field = cast(Call, SimpleNamespace(rulebook=read_rulebook(BALANCED))), cast(distribution.Field, None)
    with app.test_request_context(f"/{language}/"):
        refused = distribution._refusal(call, ["schools"], field, AllocationError(code, "English", pot="schools", groups="x, y"))
        assert re.search(said, str(refused))


@pytest.mark.parametrize("chosen", [["a", "b"], ["c"], ["b"]])
def test_pots_that_a_leftover_passes_through_are_divided_together(app: Flask, monkeypatch: pytest.MonkeyPatch, chosen: list[str]) -> None:
    monkeypatch.setattr(queries, "settled_pots", lambda call: {"a", "b", "c"} - set(chosen))
    call = cast(Call, SimpleNamespace(rulebook=_rulebook()))
    with app.test_request_context("/en/"), pytest.raises(Refused, match="Divide these together: b, c"):
        actions._check_leftovers(call, chosen)
    if "a" not in chosen:
        with app.test_request_context("/en/"):
            actions._check_leftovers(call, ["b", "c"])


def test_the_lines_of_items_have_names_of_their_own() -> None:
    def line(item: str) -> Line:
        return Line("jury", {"sl": "Žirija"}, "1", "flag", None, Fraction(1), {}, "", Reason("flag", {"points": "1"}), {}, item)

    items = (Item("1", "Koncert", Fraction(1), True), Item("2", "", Fraction(1), True))
    sheet = Sheet("A001", "main", (line("1"), line("2")), Fraction(2), True, (), items)
    proposal: Any = SimpleNamespace(call=SimpleNamespace(languages=["sl"]))
    made = lines.of_award(cast(Award, SimpleNamespace(proposal=proposal, sheet=SimpleNamespace(data=sheet.to_data()))))
    assert [(one.criterion, one.title["sl"]) for one in made] == [("jury#1", "Koncert: Žirija"), ("jury#2", "2: Žirija")]


def test_the_steps_of_items_stand_under_the_name_of_their_item_and_the_sum_after_them() -> None:
    def item(number: str, name: str, cents: int) -> list[dict[str, Any]]:
        named = {f"answer_{code}": name for code in ("sl", "it", "en")}
        return [
            Reason("item", {"item": number, **named}).to_data(),
            Reason("pot", {"amount_cents": "10000"}).to_data(),
            Reason("item_award", {"amount_cents": str(cents), **named}).to_data(),
        ]

    steps = [*item("1", "Koncert", 3000), *item("2", "Razstava", 2000), Reason("award", {"amount_cents": "5000"}).to_data()]
    award = cast(Award, SimpleNamespace(steps=steps, proposal=SimpleNamespace(call=SimpleNamespace(rulebook=_rulebook()))))
    told = computation.of_award(award, ["sl", "it"])
    assert [step["text"]["it"] for step in told if step.get("heading")] == ["Voce 1: Koncert.", "Voce 2: Razstava."]
    assert [step.get("number") for step in told] == [None, 1, 2, None, 1, 2, None]
    assert [step.get("total", False) for step in told] == [False] * 6 + [True]
    one = computation.of_award(cast(Award, SimpleNamespace(steps=steps[1:2], proposal=award.proposal)), ["sl"])
    assert one == [{"text": {"sl": "Razpisana sredstva: 100,00 EUR."}, "result": {"cents": 10000}}], "without items there are no headings"


def test_a_step_says_what_was_found_out_about_its_facts_too() -> None:
    note = Reason("more_notes", {"count": "3"})
    step = Reason("condition", {"working": "(1 ≥ 2) = 0", "answer_sl": "Vsaj dve leti."}, (note,)).to_data()
    assert computation.said_in(_rulebook(), [step], "sl")[0].sentence.endswith(f" {note.sentence('sl')}")


@pytest.mark.parametrize(
    ("engine", "title"),
    [("actual_cost", "Obračun po dejanskih stroških"), ("panel_amounts", "Znesek, ki ga je določila komisija"), ("full_request", "Kako se določi znesek")],
)  # fmt: skip
def test_the_line_of_a_pot_without_criteria_says_how_its_amount_is_set(app: Flask, engine: str, title: str) -> None:
    pot = POT.format(name="a", amount="10", more="").replace("actual_cost, cost_fact: costs", f"{engine}, cost_fact: costs")
    if engine != "actual_cost":
        pot = pot.replace(", cost_fact: costs", "").replace("}\n", ", caps: {request: costs}}\n")
    call: Any = SimpleNamespace(rulebook=read_rulebook(HEAD + pot), languages=["sl"])
    steps = [Reason("panel_amount", {"amount_cents": "500", "answer_sl": "Ker je program potreben."}).to_data()]
    award: Any = SimpleNamespace(
        proposal=SimpleNamespace(call=call),
        pot="a",
        steps=steps,
        sheet=SimpleNamespace(data=Sheet("A001", "a", (), Fraction(0), True).to_data()),
    )
    (line,) = lines.of_award(cast(Award, award))
    assert line.title["sl"] == title and "Ker je program potreben." in line.reason_sl
