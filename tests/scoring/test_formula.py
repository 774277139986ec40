"""Formulas compute exactly, show their working, and are harmless whatever somebody writes into them."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from scoring.formula import FUNCTIONS, FormulaError, Value, read_formula, shown, units_of

VALUES: dict[str, Value] = {
    "members": 12, "norm": Fraction(16), "hours": 80, "zero": 0, "debt": -5, "kf": Fraction(1, 2), "blank": None,
    "seat": "local", "fields": ("music", "dance"), "none_chosen": (),
    "founded": "2004-02-29", "deadline": "2026-03-31", "years": 3, "del": 4, "from": 5, "is": 6,
}  # fmt: skip
TABLES: dict[str, list[dict[str, Value]]] = {
    "groups": [{"hours": Fraction(3, 2), "minors": 8, "kind": "choir", "begun": "2025-01-10"}, {"hours": 4, "minors": 0, "kind": "band", "begun": None}],
    "nobody": [],
    "events": [{"fee": number} for number in range(1, 13)],
}  # fmt: skip


def value_of(source: str) -> Fraction | int:
    return read_formula(source).value(VALUES, TABLES)


def refusal_of(source: str) -> FormulaError:
    """The error with which a formula is refused when it is read, or else when it is computed: both ways say the same."""
    try:
        formula = read_formula(source)
    except FormulaError as refusal:
        return refusal
    with pytest.raises(FormulaError) as slow:
        formula.compute(VALUES, TABLES)
    with pytest.raises(FormulaError) as fast:
        formula.value(VALUES, TABLES)
    assert (slow.value.code, slow.value.column) == (fast.value.code, fast.value.column)
    return fast.value


@pytest.mark.parametrize(
    ("source", "value", "working"),
    [
        ("1 + 2 * 3", 7, "1 + 2 × 3 = 7"),
        ("(1 + 2) * 3", 9, "(1 + 2) × 3 = 9"),
        ("10 - (4 - 1)", 7, "10 − (4 − 1) = 7"),
        ("10 - 4 - 1", 5, "10 − 4 − 1 = 5"),
        ("10 / (4 / 2)", 5, "10 / (4 / 2) = 5"),
        ("hours * min(members / norm, 1)", 60, "80 × min(12 / 16; 1) = 60"),
        ("-members + 20", 8, "−12 + 20 = 8"),
        ("-(members - 20)", 8, "−(12 − 20) = 8"),
        ("debt + 7", 2, "(-5) + 7 = 2"),
        ("(members > norm) * 5", 0, "(12 > 16) × 5 = 0"),
        ("members <= 12", 1, "(12 ≤ 12) = 1"),
        ("members != 12", 0, "(12 ≠ 12) = 0"),
        ("2 <= members <= 5", 0, "(2 ≤ 12 ≤ 5) = 0"),
        ("5 < members < norm < 20", 1, "(5 < 12 < 16 < 20) = 1"),
        ("floor(norm / members)", 1, "floor(16 / 12) = 1"),
        ("ceil(norm / members)", 2, "ceil(16 / 12) = 2"),
        ("floor(debt / 2) + ceil(debt / 2)", -5, "floor((-5) / 2) + ceil((-5) / 2) = -5"),
        ("abs(debt) + abs(kf)", Fraction(11, 2), "abs((-5)) + abs(0.5) = 5.5"),
        ("round(kf / 4, 2) - round(debt / 2, 0)", Fraction(313, 100), "round(0.5 / 4; 2) − round((-5) / 2; 0) = 3.13"),
        ("max(members, norm, 3)", 16, "max(12; 16; 3) = 16"),
        ("members >= 10 and norm < 10", 0, "(12 ≥ 10) and (16 < 10) = 0"),
        ("members >= 10 or norm < 10", 1, "(12 ≥ 10) or (16 < 10) = 1"),
        ("not members and not (zero or debt)", 0, "not 12 and not (0 or (-5)) = 0"),
        ("(members or zero) * 5", 5, "(12 or 0) × 5 = 5"),
        ("if(members >= 10, 5, 3)", 5, "if((12 ≥ 10); 5; –) = 5"),
        ("if (members < 10, 5, 3) * 2", 6, "if((12 < 10); –; 3) × 2 = 6"),
        ('if(seat == "local", 10, 0)', 10, "if((local = local); 10; –) = 10"),
        ("seat != 'abroad'", 1, "(local ≠ abroad) = 1"),
        ('has(fields, "music") + has(fields, "theatre")', 1, "has(music, dance; music) + has(music, dance; theatre) = 1"),
        ('has(none_chosen, "music")', 0, "has(–; music) = 0"),
        ("fields * 2", 4, "2 × 2 = 4"),
        ("known(members) + known(blank)", 1, "known(12) + known(–) = 1"),
        ("blank + 1", 1, "0 + 1 = 1"),
        ('years(founded, "2026-12-31")', 22, "years(2004-02-29; 2026-12-31) = 22"),
        ("days('2026-03-01', deadline)", 30, "days(2026-03-01; 2026-03-31) = 30"),
        ('deadline <= "2026-12-31"', 1, "(2026-03-31 ≤ 2026-12-31) = 1"),
        ('"2000-01-01" <= founded < deadline', 1, "(2000-01-01 ≤ 2004-02-29 < 2026-03-31) = 1"),
        ("total(groups, hours) * 2", 11, "5.5 × 2 = 11"),
        ("count(groups) + count(nobody) + total(nobody, hours)", 2, "2 + count(∅) + total(∅) = 2"),
        ("sum(groups, minors * kf + hours)", Fraction(19, 2), "(8 × 0.5 + 1.5 + 0 × 0.5 + 4) = 9.5"),
        ("sum(groups, hours * (minors > 0)) / 2", Fraction(3, 4), "(1.5 × (8 > 0) + 4 × (0 > 0)) / 2 = 0.75"),
        ("sum(groups, minors > 0 and hours > 1)", 1, "(((8 > 0) and (1.5 > 1)) + ((0 > 0) and (4 > 1))) = 1"),
        ('count(groups, kind == "choir")', 1, "count((choir = choir); (band = choir)) = 1"),
        ("most(groups, hours) - least(groups, hours)", Fraction(5, 2), "most(1.5; 4) − least(1.5; 4) = 2.5"),
        ("sum(nobody, hours) + most(nobody, hours) + least(nobody, hours) + count(nobody, hours)", 0, "sum(∅) + most(∅) + least(∅) + count(∅) = 0"),
        ("sum(events, fee)", 78, "(1 + 2 + 3 + 4 + 5 + 6 + … (12 rows)) = 78"),
        ("most(events, fee * 2)", 24, "most(1 × 2; 2 × 2; 3 × 2; 4 × 2; 5 × 2; 6 × 2; … (12 rows)) = 24"),
        ("members / 7", Fraction(12, 7), "12 / 7 = 1.7142…"),
        ("  members  ", 12, "12 = 12"),
        ("members\n", 12, "12 = 12"),
    ],
)  # fmt: skip
def test_a_formula_computes_and_shows_its_working(source: str, value: int | Fraction, working: str) -> None:
    formula = read_formula(source)
    computed = formula.compute(VALUES, TABLES)
    assert (computed.value, computed.working) == (value, working)
    assert formula.value(VALUES, TABLES) == value


def test_decimals_are_exact() -> None:
    assert read_formula("0.1 + 0.2").compute({}).value == Fraction(3, 10)
    assert read_formula("1 / 3 * 3").compute({}).value == 1
    assert shown(Fraction(1, 3)) == "0.3333…"


@pytest.mark.parametrize(("source", "kind"), [("1 / 3 * 3", int), ("members == 12", int), ("norm", int), ("norm / 3", Fraction)])
def test_a_value_is_a_whole_number_where_it_can_be_and_never_a_float(source: str, kind: type) -> None:
    assert type(value_of(source)) is kind


@pytest.mark.parametrize(
    ("number", "decimals", "rounded"),
    [("2.5", 0, "3"), ("-2.5", 0, "-3"), ("2.4999", 0, "2"), ("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("1 / 3", 10, "0.3333333333"), ("-0.4", 0, "0")],
)  # fmt: skip
def test_halves_are_rounded_away_from_zero(number: str, decimals: int, rounded: str) -> None:
    assert value_of(f"round({number}, {decimals})") == Fraction(rounded)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("if(zero == 0, 1, 1 / zero)", 1),
        ("if(zero, 1 / zero, 2)", 2),
        ("zero and 1 / zero", 0),
        ("members or 1 / zero", 1),
        ("1 < zero < 1 / zero", 0),
        ("if(known(blank), years(blank, deadline), -1)", -1),
        ("if(members, 1, nothing + total(nobody_there, fee) + sum(nobody_there, fee) + seat)", 1),
    ],
)
def test_what_is_not_needed_is_not_computed(source: str, value: int) -> None:
    assert value_of(source) == read_formula(source).compute(VALUES, TABLES).value == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("blank * 5 + 1", 1),
        ("blank < 1", 1),
        ("blank == 0", 1),
        ('blank == "local"', 0),
        ('blank != "local"', 1),
        ("blank == seat", 0),
        ('has(blank, "music")', 0),
        ("known(blank)", 0),
        ("known(zero)", 1),
        ("known(none_chosen)", 0),
        ("not known(seat)", 0),
        ('has(seat, "local")', 1),
        ('has(seat, "loc")', 0),
        ("total(groups, begun) * 0", 0),
    ],
)
def test_what_was_not_stated_counts_as_zero_equals_no_text_and_is_not_known(source: str, value: int) -> None:
    tables: dict[str, list[dict[str, Value]]] = {"groups": [{"begun": None}]}
    assert read_formula(source).value(VALUES, tables) == read_formula(source).compute(VALUES, tables).value == value


def test_a_yes_counts_one() -> None:
    yes = read_formula("proven").value({"proven": True})
    assert (yes, type(yes)) == (1, int)
    assert read_formula("proven * 2 + 1").compute({"proven": True}).working == "1 × 2 + 1 = 3"


@pytest.mark.parametrize(
    ("begin", "end", "full_years"),
    [
        ("2000-06-15", "2026-06-14", 25),
        ("2000-06-15", "2026-06-15", 26),
        ("2024-01-01", "2024-12-31", 0),
        ("2004-02-29", "2025-02-27", 20),
        ("2004-02-29", "2025-02-28", 21),  # there is no 29th: a term ends on the last day of the month
        ("2004-02-29", "2024-02-28", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2026-06-15", "2000-06-15", -26),
        ("2026-06-15", "2000-06-16", -25),
    ],
)
def test_years_are_full_years(begin: str, end: str, full_years: int) -> None:
    assert read_formula("years(begin, end)").value({"begin": begin, "end": end}) == full_years
    assert value_of(f'years("{begin}", "{end}")') == full_years


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 29 February is full on the 28th where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@given(begin=st.dates(date(1900, 1, 1), date(2199, 1, 1)), apart=st.integers(-40_000, 40_000))
@example(begin=date(2000, 3, 1), apart=-22_280)  # 60 full years and 365 days: an average year would say more than 61
@example(begin=date(2000, 2, 29), apart=365)
def test_days_and_years_look_the_same_from_both_ends(begin: date, apart: int) -> None:
    end = begin + timedelta(days=apart)
    values: dict[str, Value] = {"begin": begin.isoformat(), "end": end.isoformat()}
    assert read_formula("days(begin, end)").value(values) == apart
    assert read_formula("years(begin, end) + years(end, begin)").value(values) == 0
    assert read_formula("begin <= end").value(values) == int(apart >= 0)
    years = read_formula("years(begin, end)").value(values)
    assert (years >= 0) == (apart >= 0) or years == 0
    earlier, later = sorted((begin, end))
    assert anniversary(earlier, abs(int(years))) <= later < anniversary(earlier, abs(int(years)) + 1)


HOSTILE = [
    "members.__class__", "().__class__.__bases__[0]", "__import__('os').system('id')", "members.real", "f'{members}'", "lambda: 1", "(lambda x: x)(1)",
    "9 ** 9 ** 9", "9**9**9", "2 ** 100000", "1 << 100000", "1 >> 1", "10 % 3", "10 // 3", "~1", "+1", "1 if members else 2", "1 if (members) else 2",
    "members[0]", "[1, 2]", "{1: 2}", "{1, 2}", "(1, 2)", "1,5", "'a' * 9999", "\"a\"", "b'a'", "u'a' == members", "rb'' == members", "True", "None", "False + 1", "...",
    "1j", "1e9", "1e400", "1_000", "0x10", "0b1", "0777", ".5", "5.", "1.2.3", "٣ + ٤", "１", "members in groups", "members not in groups", "members is 1", "members is not 1",
    "(a := 1)", "a := 1", "[x for x in groups]", "sum(groups, x for x in groups)", "sum(x for x in groups)", "*members", "min(*groups)", "min(**groups)", "min(members, key=hours)",
    "min(1)", "min()", "floor(1, 2)", "abs()", "ceil(1, 2)", "round(1)", "round(1, 11)", "round(1, -1)", "round(1, members)", "round(1, 1.0)", "round(1, 2, 3)", "if(1, 2)", "if(1, 2, 3, 4)",
    "if", "if + 1", "if members", "count()", "count(1)", "count(groups, 1, 2)", "total(groups)", "total('groups', hours)", "total(groups, hours * 2)", "sum(groups)", "sum(1 + 1, hours)",
    "most(groups)", "least(groups, 1, 2)", "sum(groups, sum(groups, hours))", "count(groups, count(groups) > 1)", "most(groups, total(groups, hours))",
    "has(fields)", "has(fields, music)", "has('music', fields)", "has(1, 'music')", "has(fields, '')", "known()", "known(1)", "known('a')", "known(members + 1)", "known(a, b)",
    "years(founded)", "years(founded, 1)", "years(founded, 'yesterday')", "years(founded, '2026-02-30')", "years(founded + 1, founded)", "days('20260101', founded)", "years('2026-1-1', founded)",
    "seat == 'a' 'b'", "seat == '''a'''", "seat == ''", "seat == \"\"", "seat == 'local", "seat == 'lo\\x63al'", "seat == 'é'", "seat < 'local'", "'a' == 'a'", "'a' == 1", "members + 1 == 'a'",
    "seat + 'a'", "-'a'", "not 'a'", "'a' and 1", "if('a', 1, 2)", "if(1, 'a', 'b')", "min(1, 'a')", "sum(groups, 'a')", "1 < 'a' < 2", "seat == 'a' == 'a'",
    "eval('1')", "open('x')", "pow(9, 9)", "getattr(a, b)", "min(1)(2)", "2(3)", "min(min", "members;1", "members\nmembers", "members = 1", "members === 1", "members <> 1", "import os",
    "", " ", "\n", "(", ")", ")(", "())", "1 +", "* 1", "a b", "1 2", "not", "and", "1 and", "or 1", "1 = 1", "members =! 1", "члени", "members × 2", "a\u200bb", "a\u202eb", "\ud800", "\x0c1", "1\\\n+2", "\0", "@", "#", "1 # 2",
    "yield 1", "await x", "assert 1", "del x", "return 1", "async x", "_x", "__", "__(1, 2, 3)", "_", "min(_, 1)",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_what_is_not_in_the_language_is_refused_at_its_place(source: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        read_formula(source)
    assert 1 <= refusal.value.column <= len(source) + 1
    assert refusal.value.code and "at character" in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("members + 2 ** 3", "not_allowed", 13),
        ("  members.real", "syntax", 10),
        ("min(members, 1e9)", "not_a_number", 14),
        ("members + é", "syntax", 11),
        ("members + unknown(1)", "unknown_function", 11),
        ("if(members, 1e9, 2)", "not_a_number", 13),
        ("  if(if(1, 2, 3), 4, nope(5))", "unknown_function", 22),
        ("members + if(1, 2)", "arguments", 11),
        ("(1 + (2 + 3)", "syntax", 1),
        ("1 + 2)", "syntax", 6),
        ("1 + 2 =", "syntax", 7),
        ('seat == "local', "syntax", 9),
        ('1 + "local"', "not_a_number", 5),
        ('seat == "local" + 1', "not_a_number", 9),
        ('members + 1 == "local"', "not_a_number", 16),
        ('seat < "local"', "not_a_date", 8),
        ('1 + years(founded, "2026-02-30")', "not_a_date", 20),
        ("1 + sum(groups, 2 * count(events))", "nested", 21),
        ("1 + round(members, 11)", "arguments", 5),
        ("1 + (2, 5)", "not_allowed", 5),
        ("1 + _x", "syntax", 5),
    ],
)
def test_the_place_is_the_character_where_it_stands(source: str, code: str, column: int) -> None:
    refusal = refusal_of(source)
    assert (refusal.code, refusal.column) == (code, column)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + "1" + ")" * 5000, "-" * 490 + "1", "- " * 240 + "1", "(" * 60 + "1" + ")" * 60, "(" * 41 + "1" + ")" * 41, "+".join(["1"] * 249), "min(" * 80 + "1",
        "1" * 500, "1" * 30, "a" * 501, "[" * 400, "not " * 120 + "1", "a." * 240 + "a", "f(" * 200, "f(" * 40, "((" * 20 + "a b" + "))" * 20, "min(1," * 40 + "a b" + ")" * 40,
        "if(1,2," * 40 + "a b" + ")" * 40, "(1 if " * 40, "1<" * 249 + "1", "a and " * 80 + "1 1", "'a'" * 160, "9**" * 160 + "9", "f()" * 160, "x:=" * 160, "f'" * 250, "((x for " * 30,
    ],
)  # fmt: skip
def test_huge_and_deep_formulas_are_refused_at_once(source: str) -> None:
    begun = time.process_time()
    with pytest.raises(FormulaError) as refusal:
        read_formula(source)
    assert 1 <= refusal.value.column <= len(source) + 1
    assert time.process_time() - begun < 0.5


def test_numbers_that_grow_without_end_are_stopped() -> None:
    formula = read_formula("*".join(["members"] * 38))
    for members in (10**20, Fraction(1, 10**20), 10**40, Fraction(1, 10**300), -(10**5000)):
        for compute in (formula.value, formula.compute):
            with pytest.raises(FormulaError) as refusal:
                compute({"members": members})
            assert refusal.value.code == "too_large"


def test_large_numbers_that_come_out_small_are_exact() -> None:
    values: dict[str, Value] = {"a": 10**29 + 1, "b": Fraction(1, 10**60 + 7)}
    assert read_formula("a * b / b - a + a * b / a").value(values) == Fraction(1, 10**60 + 7)


def test_the_work_over_a_table_is_bounded() -> None:
    rows = [{"x": 1}] * 100_000
    assert read_formula("count(rows)").value({}, {"rows": rows}) == 100_000
    heavy = read_formula("sum(rows, x + x + x + x + x + x + x + x + x + x)")
    with pytest.raises(FormulaError) as refusal:
        heavy.value({}, {"rows": rows})
    assert (refusal.value.code, refusal.value.column) == ("too_large", 1)
    assert heavy.value({}, {"rows": rows[:1000]}) == 10_000


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("members / zero", "division_by_zero", 11),
        ("1 / (members - 12)", "division_by_zero", 6),
        ("  1 / blank", "division_by_zero", 7),
        ("nothing + 1", "unknown_name", 1),
        ("1 + known(nothing)", "unknown_name", 11),
        ("count(nothing)", "unknown_name", 1),
        ("1 + sum(nothing, 1)", "unknown_name", 5),
        ("total(groups, nothing)", "unknown_name", 15),
        ("total(groups, members)", "unknown_name", 15),
        ("sum(groups, nothing)", "unknown_name", 13),
        ("members + seat", "not_a_number", 11),
        ("seat", "not_a_number", 1),
        ("sum(groups, kind)", "not_a_number", 13),
        ("total(groups, kind)", "not_a_number", 15),
        ("if(seat, 1, 2)", "not_a_number", 4),
        ("not seat", "not_a_number", 5),
        ("seat == 1", "not_a_number", 1),
        ("seat == members", "not_a_number", 9),
        ('members == "local"', "not_a_number", 1),
        ('fields == "music"', "not_a_number", 1),
        ('has(members, "music")', "not_a_number", 5),
        ("years(blank, deadline)", "missing_value", 7),
        ("days(deadline, blank)", "missing_value", 16),
        ('blank <= "2026-12-31"', "missing_value", 1),
        ("deadline > blank", "missing_value", 12),
        ("sum(groups, years(begun, deadline))", "missing_value", 19),
        ("years(seat, deadline)", "not_a_date", 7),
        ("days(members, deadline)", "not_a_date", 6),
        ("deadline < seat", "not_a_date", 12),
    ],
)
def test_what_cannot_be_computed_says_why_and_where(source: str, code: str, column: int) -> None:
    refusal = refusal_of(source)
    assert (refusal.code, refusal.column) == (code, column)


def test_a_float_is_refused() -> None:
    inexact: Any = 0.5
    for source in ("members", "members + 1", "members < 1", "sum(rows, members)", "total(rows, members)"):
        with pytest.raises(FormulaError) as refusal:
            read_formula(source).value({"members": inexact}, {"rows": [{"members": inexact}]})
        assert refusal.value.code == "not_a_number"


def test_a_word_is_a_function_only_before_a_parenthesis_and_a_fact_may_have_any_name() -> None:
    assert value_of("years + years(founded, deadline)") == 25
    assert value_of("del * from + is") == 26
    assert read_formula("del * if(from, is, is)").names == {"del", "from", "is"}
    for word in set(FUNCTIONS) - {"if"}:
        assert read_formula(f"{word} + 1").value({word: 1}) == 2


def test_inside_a_row_a_name_is_a_column_first_and_then_a_fact() -> None:
    values: dict[str, Value] = {"hours": 100, "norm": 16}
    tables: dict[str, list[dict[str, Value]]] = {"groups": [{"hours": 1}, {"hours": None}, {}]}
    assert read_formula("sum(groups, hours + norm)").value(values, tables) == (1 + 16) + (0 + 16) + (100 + 16)


@dataclass(frozen=True)
class Uses:
    """What a formula uses, as far as a case speaks of it."""

    names: str = ""
    tables: tuple[tuple[str, str], ...] = ()
    row_names: tuple[tuple[str, str], ...] = ()
    divisors: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    dates: str = ""
    condition: bool = False


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        (
            "hours * min(members / norm, 1) + total(groups, fee) + count(teams)",
            Uses("hours members norm", (("groups", "fee"), ("teams", "")), divisors="norm"),
        ),
        ("1 / (a + if(b, 1, 2)) * c", Uses("a b c", divisors="a b")),
        ("1 / total(groups, fee) / count(teams)", Uses("", (("groups", "fee"), ("teams", "")), divisors="groups.fee teams")),
        (
            "fee + sum(groups, fee / hours * norm)",
            Uses("fee", (("groups", "fee"), ("groups", "hours"), ("groups", "norm")), (("groups", "fee"), ("groups", "hours"), ("groups", "norm")), "groups.hours"),
        ),
        ("sum(groups, 2)", Uses("", (("groups", ""),))),
        ('count(groups, kind == "choir")', Uses("", (("groups", "kind"),), (("groups", "kind"),), texts=(("groups.kind", "choir"),))),
        ('seat == "local" or "abroad" != seat', Uses("seat", texts=(("seat", "local"), ("seat", "abroad")), condition=True)),
        ('has(fields, "music")', Uses("fields", texts=(("fields", "music"),), condition=True)),
        ('if(seat == "local", 1, 2)', Uses("seat", texts=(("seat", "local"),))),
        ('years(founded, "2026-12-31") >= 2', Uses("founded", dates="founded", condition=True)),
        ("sum(groups, days(begun, deadline))", Uses("", (("groups", "begun"), ("groups", "deadline")), (("groups", "begun"), ("groups", "deadline")), dates="groups.begun groups.deadline")),
        ('deadline < "2026-12-31"', Uses("deadline", dates="deadline", condition=True)),
        ("known(members)", Uses("members", condition=True)),
        ("not members", Uses("members", condition=True)),
        ("(members > 2) * 5", Uses("members")),
        ("members", Uses("members")),
    ],
)  # fmt: skip
def test_a_formula_knows_what_it_uses(source: str, uses: Uses) -> None:
    formula = read_formula(source)
    assert formula.source == source
    assert formula.names == set(uses.names.split())
    assert formula.tables == set(uses.tables)
    assert formula.row_names == set(uses.row_names)
    assert formula.divisors == set(uses.divisors.split())
    assert formula.texts == set(uses.texts)
    assert formula.dates == set(uses.dates.split())
    assert formula.condition is uses.condition


def test_a_formula_is_read_once() -> None:
    assert read_formula("members * 3") is read_formula("members * 3")


UNITS = {
    "requested": "EUR", "costs": "EUR", "fee": "EUR/hour", "hours": "hour", "members": "member", "kf": "", "rate": "EUR/member", "founded": "date", "deadline": "date", "seat": "text",
    "groups.hours": "hour", "groups.fee": "EUR", "groups.kind": "text", "groups.begun": "date",
}  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "requested + costs - 100", "min(requested, costs, 500)", "requested >= 100 and members >= 10", "members * 2 + hours * 3", "hours * fee <= requested", "members * rate + requested",
        "requested / costs + kf", "requested / costs + members / members * kf", "if(members > 3, requested, costs) + requested", "if(seat == 'local', 5, 3)", "(members > 3) * requested + costs",
        "requested + unheard_of", "unheard_of + seat_of * members", "years(founded, deadline) >= 2", "founded < deadline", "founded <= '2026-12-31'", "days('2026-01-01', founded) * 2",
        "seat != 'abroad'", "has(seat, 'local') + known(founded)", "sum(groups, hours * 2) + members", "sum(groups, fee) + requested", "total(groups, fee) / requested", "sum(groups, fee * members) / members <= requested",
        "count(groups, kind == 'choir') * 2 + kf", "most(groups, hours) + hours", "round(requested, 2) + abs(costs)", "-requested + costs", "sum(groups, if(begun < '2026-01-01', hours, 0))", "0 < requested <= 500",
        "hours * hours / hours + hours", "1 / fee * requested + 2 * hours", "unheard_of == 'local'", "known(seat) * 5",
        "min(total(groups, hours) * 0.5, 12) + min(count(groups) * 2, 8)",
    ],
)  # fmt: skip
def test_units_that_go_together_are_no_finding(source: str) -> None:
    assert units_of(read_formula(source), UNITS) == []


@pytest.mark.parametrize(
    ("source", "column", "left", "right"),
    [
        ("requested + members", 13, "EUR", "member"),
        ("requested - members", 13, "EUR", "member"),
        ("members + kf", 11, "member", ""),
        ("requested <= members", 14, "EUR", "member"),
        ("0 < requested <= members", 18, "EUR", "member"),
        ("min(500, requested, members)", 21, "EUR", "member"),
        ("if(members > 3, requested, hours)", 28, "EUR", "hour"),
        ("requested * kf + members", 18, "EUR", "member"),
        ("requested / hours + fee + members", 27, "EUR/hour", "member"),
        ("requested * members + costs", 23, "EUR·member", "EUR"),
        ("1 + (costs + hours) / 2", 14, "EUR", "hour"),
        ("floor(requested) + members", 20, "EUR", "member"),
        ("sum(groups, hours + fee)", 21, "hour", "EUR"),
        ("sum(groups, hours) + requested", 22, "hour", "EUR"),
        ("sum(groups, hours + members)", 21, "hour", "member"),
        ("count(groups) + members", 17, "", "member"),
        ("(members > 3) + members", 17, "", "member"),
        ("years(founded, deadline) + members", 28, "year", "member"),
        ("founded + 1", 1, "date", ""),
        ("deadline - founded", 1, "date", ""),
        ("seat * 2", 1, "text", ""),
        ("not seat", 5, "text", ""),
        ("if(seat, 1, 2)", 4, "text", ""),
        ("sum(groups, kind)", 13, "text", ""),
        ("seat == 5", 9, "text", ""),
        ("5 < founded", 5, "", "date"),
        ("founded < deadline * 2", 11, "date", ""),
        ("founded == seat", 12, "date", "text"),
        ("members == 'many'", 12, "member", "text"),
        ("years(members, deadline)", 7, "member", "date"),
        ("has(requested, 'music')", 5, "EUR", "text"),
    ],
)
def test_units_that_do_not_go_together_are_found_at_their_place(source: str, column: int, left: str, right: str) -> None:
    mismatch = units_of(read_formula(source), UNITS)[0]
    assert (mismatch.column, mismatch.left, mismatch.right) == (column, left, right)


def check_that_it_is_a_formula_or_refused(source: str) -> None:
    try:
        formula = read_formula(source)
    except FormulaError as refusal:
        assert 1 <= refusal.column <= len(source) + 1
        return
    units_of(formula, UNITS)
    try:
        value = formula.value(VALUES, TABLES)
    except FormulaError as refusal:
        assert 1 <= refusal.column <= len(source)
    else:
        assert formula.compute(VALUES, TABLES).value == value


@settings(max_examples=200, deadline=None)
@example("1if 1else 2")
@example("0_7")
@example("0777")
@example("if(1,1,1)")
@example('a=="b"')
@given(st.text(alphabet="ab01239.+-*/()<>=! ,_minaxcoutflrdwhsgky\t'\"[]{}:;#@%&|^~\\é", max_size=60))
def test_any_text_is_either_a_formula_or_refused(source: str) -> None:
    check_that_it_is_a_formula_or_refused(source)


WORDS = ["if", "min", "sum", "count", "has", "years", "known", "round", "and", "or", "not", "in", "(", ")", ",", "+", "-", "*", "/", "<", "==", "a", "groups", "hours", "seat", "1", "0.5", '"b"', '"2026-01-01"']  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_any_row_of_words_is_either_a_formula_or_refused(words: list[str]) -> None:
    check_that_it_is_a_formula_or_refused(" ".join(words))


# A formula as it is written beside the same computation in Python, without any of the product's code.
Env = Mapping[str, Fraction]
Told = tuple[str, Callable[[Env, list[Env]], Fraction]]


def _both(sign: str, compute: Callable[[Fraction, Fraction], Any]) -> Callable[[Told, Told], Told]:
    return lambda a, b: (f"({a[0]} {sign} {b[0]})", lambda env, rows: Fraction(compute(a[1](env, rows), b[1](env, rows))))


def _of_two(a: Told, b: Told) -> st.SearchStrategy[Told]:
    return st.sampled_from(
        [
            _both("+", lambda x, y: x + y)(a, b),
            _both("-", lambda x, y: x - y)(a, b),
            _both("*", lambda x, y: x * y)(a, b),
            _both("/", lambda x, y: x / y)(a, b),
            _both("<", lambda x, y: x < y)(a, b),
            _both("<=", lambda x, y: x <= y)(a, b),
            _both(">", lambda x, y: x > y)(a, b),
            _both(">=", lambda x, y: x >= y)(a, b),
            _both("==", lambda x, y: x == y)(a, b),
            _both("!=", lambda x, y: x != y)(a, b),
            (f"({a[0]} and {b[0]})", lambda env, rows: Fraction(bool(a[1](env, rows) and b[1](env, rows)))),
            (f"({a[0]} or {b[0]})", lambda env, rows: Fraction(bool(a[1](env, rows) or b[1](env, rows)))),
            (f"(not {a[0]} == {b[0]})", lambda env, rows: Fraction(a[1](env, rows) != b[1](env, rows))),
            (f"(-{a[0]} * {b[0]})", lambda env, rows: -a[1](env, rows) * b[1](env, rows)),
            (f"min({a[0]}, {b[0]})", lambda env, rows: min(a[1](env, rows), b[1](env, rows))),
            (f"max({a[0]}, {b[0]}, a)", lambda env, rows: max(a[1](env, rows), b[1](env, rows), env["a"])),
            (f"floor({a[0]})", lambda env, rows: Fraction(a[1](env, rows).__floor__())),
            (f"ceil({a[0]})", lambda env, rows: Fraction(a[1](env, rows).__ceil__())),
            (f"abs({a[0]})", lambda env, rows: abs(a[1](env, rows))),
            (f"if({a[0]}, {b[0]}, c)", lambda env, rows: b[1](env, rows) if a[1](env, rows) else env["c"]),
            (f"(0 <= {a[0]} < {b[0]})", lambda env, rows: Fraction(0 <= a[1](env, rows) < b[1](env, rows))),
        ]
    )


def _named(name: str) -> Told:
    return name, lambda env, rows: env[name]


def _over_rows(inner: Told, word: str) -> Told:
    gather: Callable[[list[Fraction]], Any] = {
        "sum": lambda each: sum(each, Fraction(0)),
        "most": lambda each: max(each, default=0),
        "least": lambda each: min(each, default=0),
        "count": lambda each: sum(1 for one in each if one),
    }[word]
    return f"{word}(t, {inner[0]})", lambda env, rows: Fraction(gather([inner[1]({**env, **row}, []) for row in rows]))


def _deeper(leaf: st.SearchStrategy[Told]) -> st.SearchStrategy[Told]:
    return st.recursive(leaf, lambda deeper: st.tuples(deeper, deeper).flatmap(lambda two: _of_two(*two)), max_leaves=8)


LEAVES = st.one_of(
    st.sampled_from([_named(name) for name in "abc"]), st.decimals(0, 20, places=2).map(lambda d: (f"{d:f}", lambda env, rows: Fraction(d)))
)
TOLD = _deeper(st.one_of(LEAVES, st.tuples(_deeper(st.one_of(LEAVES, st.just(_named("x")))), st.sampled_from(["sum", "most", "least", "count"])).map(lambda two: _over_rows(*two))))  # fmt: skip
NUMBERS = (
    st.integers(-2000, 2000).map(lambda n: Fraction(n, 100)) | st.integers(-3, 20).map(Fraction) | st.fractions(-20, 20, max_denominator=9)
)


@settings(max_examples=200, deadline=None)
@given(told=TOLD, numbers=st.tuples(NUMBERS, NUMBERS, NUMBERS), cells=st.lists(NUMBERS, max_size=4))
def test_both_ways_of_computing_give_what_python_gives(told: Told, numbers: tuple[Fraction, ...], cells: list[Fraction]) -> None:
    source, expected = told
    env = dict(zip("abc", numbers, strict=True))
    rows: list[Env] = [{"x": cell} for cell in cells]
    # Whole numbers may come as int or as Fraction.
    values: dict[str, Value] = {name: int(number) if number.denominator == 1 else number for name, number in env.items()}
    assume(len(source) <= 500)
    try:
        formula = read_formula(source)
    except FormulaError as refusal:
        assume(refusal.code not in ("too_large", "too_deep"))
        raise
    try:
        result = expected(env, rows)
    except ZeroDivisionError:
        for compute in (formula.value, formula.compute):
            with pytest.raises(FormulaError) as refused:
                compute(values, {"t": rows})
            assert refused.value.code == "division_by_zero"
        return
    assert formula.value(values, {"t": rows}) == formula.compute(env, {"t": rows}).value == result


@settings(max_examples=150, deadline=None)
@given(told=TOLD, numbers=st.tuples(*[st.integers(-500, 500).map(lambda n: Fraction(n, 20))] * 3), cells=st.lists(st.integers(-50, 50).map(Fraction), min_size=2, max_size=6))  # fmt: skip
def test_the_working_gives_the_value_when_somebody_computes_it_again(
    told: Told, numbers: tuple[Fraction, ...], cells: list[Fraction]
) -> None:
    assume(len(told[0]) <= 300 and "count" not in told[0])
    try:
        computed = read_formula(told[0]).compute(dict(zip("abc", numbers, strict=True)), {"t": [{"x": cell} for cell in cells]})
    except FormulaError:
        return
    again = computed.working.rpartition(" = ")[0]
    for theirs, ours in (
        ("×", "*"),
        ("−", "-"),
        (";", ","),
        ("≤", "<="),
        ("≥", ">="),
        ("≠", "!="),
        (" = ", " == "),
        ("most(", "max("),
        ("least(", "min("),
        ("–", "0"),
    ):
        again = again.replace(theirs, ours)
    assume(len(again) <= 500 and again.count("(") < 40)
    assert read_formula(re.sub(r"\s+", " ", again)).value({}) == computed.value
