"""Leftovers that go from pot to pot, and items that are scored one by one: small pieces of a division, without a whole call."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from grants.base.errors import Refused
from grants.calls.models import Call
from grants.decisions import actions, distribution, queries
from grants.decisions.letters import lines
from grants.decisions.models import Award
from scoring.allocation import allocate
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
    assert distribution._carried(cast(Call, None), ["d"]) == {"a": 0, "b": 40000, "c": 0}


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
