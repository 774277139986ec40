"""Formulas compute exactly, show their working, and are harmless whatever somebody writes into them."""

import time
import warnings
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoring.formula import FormulaError, read_formula, shown

VALUES = {"members": Fraction(12), "norm": Fraction(16), "hours": Fraction(80), "zero": Fraction(0)}
TABLES = {"groups": [{"hours": Fraction(3, 2)}, {"hours": Fraction(4)}], "nobody": list[dict[str, Fraction]]()}


@pytest.mark.parametrize(
    ("source", "value", "working"),
    [
        ("1 + 2 * 3", 7, "1 + 2 × 3 = 7"),
        ("(1 + 2) * 3", 9, "(1 + 2) × 3 = 9"),
        ("10 - (4 - 1)", 7, "10 − (4 − 1) = 7"),
        ("10 / (4 / 2)", 5, "10 / (4 / 2) = 5"),
        ("hours * min(members / norm, 1)", 60, "80 × min(12 / 16; 1) = 60"),
        ("-members + 20", 8, "−12 + 20 = 8"),
        ("(members > norm) * 5", 0, "(12 > 16) × 5 = 0"),
        ("members <= 12", 1, "(12 ≤ 12) = 1"),
        ("members != 12", 0, "(12 ≠ 12) = 0"),
        ("floor(norm / members)", 1, "floor(16 / 12) = 1"),
        ("total(groups, hours) * 2", 11, "5.5 × 2 = 11"),
        ("count(groups) + count(nobody) + total(nobody, hours)", 2, "2 + 0 + 0 = 2"),
        ("  members  ", 12, "12 = 12"),
        ("members\n", 12, "12 = 12"),
    ],
)
def test_a_formula_computes_and_shows_its_working(source: str, value: int, working: str) -> None:
    computed = read_formula(source).compute(VALUES, TABLES)
    assert (computed.value, computed.working) == (value, working)


def test_decimals_are_exact() -> None:
    assert read_formula("0.1 + 0.2").compute({}).value == Fraction(3, 10)
    assert read_formula("1 / 3 * 3").compute({}).value == 1
    assert shown(Fraction(1, 3)) == "0.3333…"


HOSTILE = [
    "members.__class__", "().__class__.__bases__[0]", "__import__('os').system('id')", "members.real", "f'{members}'", "lambda: 1", "(lambda x: x)(1)",
    "9 ** 9 ** 9", "2 ** 100000", "1 << 100000", "10 % 3", "10 // 3", "~1", "+1", "not members", "members and 1", "1 if members else 2", "members[0]",
    "[1, 2]", "{1: 2}", "{1, 2}", "(1, 2)", "'a' * 9999", "\"a\"", "b'a'", "True", "None", "...", "1j", "1e9", "1_000", "0x10", "0b1", "1 < 2 < 3",
    "members in groups", "members is 1", "(a := 1)", "[x for x in groups]", "*members", "min(*groups)", "min(members, key=hours)", "min(1)", "min()", "floor(1, 2)",
    "count()", "count(1)", "count(groups, hours)", "total(groups)", "total('groups', hours)", "eval('1')", "open('x')", "abs(1)", "sum(groups)", "min", "count",
    "members;1", "members\nmembers", "members = 1", "import os", "", " ", "(", ")", "1 +", "a b", "члени", "members × 2", "1\\\n+2", "\0", "@", "yield 1", "await x", "assert 1",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_what_is_not_arithmetic_is_refused_at_its_place(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python itself remarks on some of these
        with pytest.raises(FormulaError) as refusal:
            read_formula(source)
    assert 1 <= refusal.value.column <= len(source) + 2
    assert refusal.value.code and "at character" in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "column"),
    [("members + 2 ** 3", 11), ("  members.real", 3), ("min(members, 1e9)", 14), ("members + é", 11), ("members + unknown(1)", 11)],
)
def test_the_place_is_the_character_where_it_stands(source: str, column: int) -> None:
    with pytest.raises(FormulaError) as refusal:
        read_formula(source)
    assert refusal.value.column == column


@pytest.mark.parametrize(
    "source",
    ["(" * 5000 + "1" + ")" * 5000, "-" * 490 + "1", "(" * 60 + "1" + ")" * 60, "+".join(["1"] * 249), "min(" * 80 + "1", "1" * 500, "1" * 30, "a" * 501, "[" * 400, "not " * 120 + "1", "a." * 240 + "a", "f(" * 200],
)  # fmt: skip
def test_huge_and_deep_formulas_are_refused_at_once(source: str) -> None:
    begun = time.process_time()
    with pytest.raises(FormulaError):
        read_formula(source)
    assert time.process_time() - begun < 0.5


def test_numbers_that_grow_without_end_are_stopped() -> None:
    formula = read_formula("*".join(["members"] * 38))
    with pytest.raises(FormulaError) as refusal:
        formula.compute({"members": Fraction(10**20)})
    assert refusal.value.code == "too_large"
    with pytest.raises(FormulaError):
        formula.compute({"members": Fraction(1, 10**20)})


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("members / zero", "division_by_zero"),
        ("1 / (members - 12)", "division_by_zero"),
        ("nothing + 1", "unknown_name"),
        ("count(nothing)", "unknown_name"),
        ("total(groups, nothing)", "unknown_name"),
    ],
)
def test_what_cannot_be_computed_says_why(source: str, code: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        read_formula(source).compute(VALUES, TABLES)
    assert refusal.value.code == code


def test_a_formula_knows_what_it_uses() -> None:
    formula = read_formula("hours * min(members / norm, 1) + total(groups, fee) + count(teams)")
    assert formula.names == {"hours", "members", "norm"}
    assert formula.tables == {("groups", "fee"), ("teams", "")}


@settings(max_examples=150, deadline=None)
@example("1if 1else 2")
@example("0_7")
@example("0777")
@given(st.text(alphabet="ab01239.+-*/()<>=! ,_minaxcoutflr\t'\"[]{}:;#@%&|^~\\", max_size=60))
def test_any_text_is_either_a_formula_or_refused(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read_formula(source)
        except FormulaError as refusal:
            assert refusal.column >= 1
