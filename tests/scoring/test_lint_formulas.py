"""The linter on formulas: units that fit, divisors that can be 0, and the ends of what can come out."""

from itertools import product

import pytest

from scoring.formula import read_formula
from scoring.lint_ranges import Space, Span, space_of
from scoring.money import number
from scoring.rulebook import read_rulebook
from tests.scoring.samples import FACTS, POT
from tests.scoring.test_lint_points import criterion, linted, whole

# Formulas


@pytest.mark.parametrize(
    ("formula", "severity", "units"),
    [
        ("members + costs", "warning", ("a plain number", "EUR")),
        ("hours_paid + costs", "warning", ("ur", "EUR")),
        ("if(costs > hours_paid, 5, 0)", "warning", ("EUR", "ur")),
        ("founded + 1", "error", ("date", "a plain number")),
        ("members * 2 + costs / 1000", None, ()),
        ("members + hours_paid", None, ()),
        ("members + spread", None, ()),
        ("spread + costs", None, ()),
        ("min(costs, requested) / 100", None, ()),
        ("if(costs > 0, requested / costs, 0)", None, ()),
        ("years(founded, '2026-01-01')", None, ()),
    ],
)
def test_units_must_fit(formula: str, severity: str | None, units: tuple[str, ...]) -> None:
    facts = (
        FACTS + "- {id: founded, kind: date, label: {sl: a, it: a}}\n- {id: hours_paid, kind: decimal, unit: ur, label: {sl: a, it: a}}\n"
    )
    for pieces in (
        {"criteria": (criterion(f'kind: formula\nmaximum: 5\nformula: "{formula}"'),)},
        {"conditions": (f'id: k\ntext: {{sl: a, it: a}}\narticle: x\nholds: {{any: ["{formula}", years > 1]}}\n',)},
    ):
        found = linted(facts=facts, **pieces)
        assert [one.code for one in found] == (["units_do_not_fit"] if severity else [])
        for one in found:
            assert (one.severity, one.params["left"], one.params["right"]) == (severity, *units)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("members / years", "years"),
        ("if(years > 0, members / years, 0)", None),
        ("members / max(years, 1)", None),
        ("members / least_one", None),
        ("sum(groups, hours / participants)", "groups.participants"),
        ("members / 4", None),
        ("known(years) * members / years", None),
    ],
)
def test_a_divisor_that_can_be_0_is_told(formula: str, told: str | None) -> None:
    facts = FACTS + "- {id: least_one, kind: integer, minimum: 1, label: {sl: a, it: a}}\n"
    found = linted(facts=facts, criteria=(criterion(f"kind: formula\nmaximum: 5\nformula: {formula}"),))
    assert [(one.code, one.params.get("fact")) for one in found] == ([("divisor_can_be_zero", told)] if told else [])


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        ("members / 0", 11),
        ("1 / 3 / 0.0", 9),
        ("members / (5 - 5)", 12),
        ("years + sum(groups, hours / (0 * hours))", 30),
        ("if(members / 0 > 1, 1, 2)", 14),
        ("members / none", 11),
    ],
)
def test_a_divisor_that_is_0_for_everybody_is_an_error_at_its_place(formula: str, at: int) -> None:
    facts = FACTS + "- {id: none, kind: integer, maximum: 0, label: {sl: a, it: a}}\n"
    for pieces in (
        {"criteria": (criterion(f'kind: formula\nmaximum: 5\nformula: "{formula}"'),)},
        {"conditions": (f'id: k\ntext: {{sl: a, it: a}}\narticle: x\nholds: {{any: ["{formula}", years > 1]}}\n',)},
    ):
        found = [one for one in linted(facts=facts, **pieces) if one.code == "divisor_is_zero"]
        assert [(one.severity, one.params, one.line > 0) for one in found] == [("error", {"column": str(at)}, True)]


def test_a_gate_that_divides_by_0_is_an_error() -> None:
    found = linted(pot=POT + "gates: [{id: g, text: {sl: a, it: a}, article: x, holds: quality / 0 > 1}]\n")
    assert [one.code for one in found if one.severity == "error"] == ["divisor_is_zero"]


def test_the_ends_of_a_formula_hold_for_every_value() -> None:
    values = {"a": range(-2, 4), "b": range(3)}
    space = Space({"a": Span(number(-2), number(3), number(1)), "b": Span(number(0), number(2), number(1))})
    formulas = [
        "a + b", "a - b", "a * b", "a * 2 - 1", "-a", "abs(a)", "min(a, b)", "max(a, b)", "if(a > b, a, b)", "a > b", "a >= 3", "a == b", "a != 7", "not b", "a and b",
        "a or b", "floor(a / 2)", "ceil(a / 2)", "round(a / 3, 1)", "b / (b + 1)", "(a > 5) * 3", "2 <= a <= 3", "a < 0 - 2", "a > 9 or b < 0", "if(b >= 0, 4, 9)",
    ]  # fmt: skip
    for source in formulas:
        span = space.formula(source)
        for a, b in product(values["a"], values["b"]):
            value = read_formula(source).value({"a": a, "b": b})
            assert (span.low is None or span.low <= value) and (span.high is None or value <= span.high), source
            assert span.grain is None or (not span.grain and not value) or (value / span.grain).denominator == 1, source
    assert space.formula("a < 0 - 2").never and space.formula("if(b >= 0, 4, 9)").high == 4 and space.formula("b >= 0").always


def test_derived_values_and_tables_have_ends_too() -> None:
    text = whole(
        derived=(
            "worth: fact: level\nchoose: {none: 0, regional: 2, national: '4.5'}",
            "twice: formula: worth * 2",
            "rows: formula: count(groups)",
        )
    )
    space = space_of(read_rulebook(text).tracks[0])
    assert (space.of("worth").high, space.of("twice").high, space.of("rows").high, space.of("groups").high) == (number("4.5"), 9, 50, 50)
    assert space.of("worth").grain == number("0.5")
