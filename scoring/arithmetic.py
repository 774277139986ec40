"""How the value of a formula is computed from its parts.

``compiled`` turns the parts into functions once. They compute with pairs of whole numbers (numerator, denominator), exact
and without a ``Fraction`` for every step. Each takes the values by name, and either the tables or, inside ``sum``,
``count``, ``most`` and ``least``, the row at hand.
"""

import operator
from calendar import isleap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import gcd
from typing import Any

from scoring.syntax import Apply, Compare, FormulaError, Name, Number, Over, Part, Row, Text, Value, as_day

LARGEST = 10**30
LARGEST_DENOMINATOR = 10**200

Pair = tuple[int, int]
Run = Callable[[Row, Mapping[str, Any]], Pair]

# A pair within these limits needs no look; a larger one is reduced, and refused when it is really too large.
_SMALL = 1 << 62
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_CHANGED: dict[str, Callable[[int, int], Pair]] = {
    "negative": lambda n, d: (-n, d),
    "not": lambda n, d: (int(not n), 1),
    "abs": lambda n, d: (abs(n), d),
    "floor": lambda n, d: (n // d, 1),
    "ceil": lambda n, d: (-(-n // d), 1),
}
_MISSING = object()


def compiled(part: Part, most_rows: int) -> Run:
    """The function that computes ``part`` as a number. Tables of more than ``most_rows`` rows are refused."""
    match part:
        case Number(value=value):
            constant = value.as_integer_ratio()
            return lambda values, more: constant
        case Name():
            return _name(part)
        case Compare(signs=[sign], parts=parts) if any(isinstance(one, Number | Compare | Over | Apply) for one in parts):
            return _comparison(sign, *(compiled(one, most_rows) for one in parts))
        case Compare():
            return _chain(part, most_rows)
        case Over():
            return _over(part, most_rows)
        case Apply(word="has" | "known" | "years" | "days"):
            return _of_facts(part)
        case Apply(column=column, word=word, parts=parts):
            return _operation(column, word, parts, [compiled(one, most_rows) for one in parts])
        case Text():
            raise FormulaError("not_a_number", "a text is not a number", part.column)


def _bounded(n: int, d: int, column: int) -> Pair:
    # Exact fractions grow with each operation; a number that needs this many digits is an attack or a mistake.
    common = gcd(n, d)
    n, d = n // common, d // common
    if d > LARGEST_DENOMINATOR or not -LARGEST * d <= n <= LARGEST * d:
        raise FormulaError("too_large", "the number becomes too large", column)
    return n, d


def lookup(name: Name) -> Callable[[Row, Mapping[str, Any]], Value]:
    """The function that finds the value of a name as it was stated: in the row at hand first, then outside."""
    key, column, in_row = name.name, name.column, bool(name.table)

    def found(values: Row, more: Mapping[str, Any]) -> Value:
        if in_row and key in more:
            cell: Value = more[key]
            return cell
        try:
            return values[key]
        except KeyError:
            raise FormulaError("unknown_name", f"there is no fact {key}", column, name=key) from None

    return found


def _name(name: Name) -> Run:
    column, found = name.column, lookup(name)
    if name.table:
        return lambda values, more: _number(found(values, more), name)
    key = name.name

    def number(values: Row, more: Mapping[str, Any]) -> Pair:
        value = values.get(key, _MISSING)
        if type(value) is int and -_SMALL < value < _SMALL:
            return value, 1
        if type(value) is Fraction:
            n, d = value.numerator, value.denominator
            return (n, d) if -_SMALL < n < _SMALL and d < _SMALL else _bounded(n, d, column)
        return _number(found(values, more), name)

    return number


def _number(value: Value, name: Name) -> Pair:
    """A value in arithmetic: what was not stated counts as 0, and of several choices counts how many they are."""
    if isinstance(value, int | Fraction):
        return _bounded(value.numerator, value.denominator, name.column)
    if value is None:
        return 0, 1
    if isinstance(value, tuple):
        return len(value), 1
    raise FormulaError("not_a_number", f"{name.name} is not a number", name.column, name=name.name)


def _operation(column: int, word: str, parts: tuple[Part, ...], runs: list[Run]) -> Run:
    match word:
        case "+" | "-":
            return _addition(column, runs[0], runs[1], 1 if word == "+" else -1)
        case "*":
            return _multiplication(column, runs[0], runs[1])
        case "/":
            return _division(column, runs[0], runs[1], parts[1].column)
        case "min" | "max":
            return _extreme(runs, operator.lt if word == "min" else operator.gt)
        case "if":
            return _branches(*runs)
        case "and" | "or":
            return _all_or_any(runs, word == "and")
        case "round":
            return _rounding(column, runs[0], 10 ** runs[1]({}, {})[0])
    change, run = _CHANGED[word], runs[0]
    return lambda values, more: change(*run(values, more))


def _addition(column: int, first: Run, second: Run, sign: int) -> Run:
    def addition(values: Row, more: Mapping[str, Any]) -> Pair:
        n, d = first(values, more)
        m, e = second(values, more)
        if d == e:
            n += sign * m
        else:
            n = n * e + sign * m * d
            d *= e
        return (n, d) if -_SMALL < n < _SMALL and d < _SMALL else _bounded(n, d, column)

    return addition


def _multiplication(column: int, first: Run, second: Run) -> Run:
    def multiplication(values: Row, more: Mapping[str, Any]) -> Pair:
        n, d = first(values, more)
        m, e = second(values, more)
        n *= m
        d *= e
        return (n, d) if -_SMALL < n < _SMALL and d < _SMALL else _bounded(n, d, column)

    return multiplication


def _division(column: int, first: Run, second: Run, divisor: int) -> Run:
    def division(values: Row, more: Mapping[str, Any]) -> Pair:
        n, d = first(values, more)
        m, e = second(values, more)
        if m > 0:
            n *= e
            d *= m
        elif m:
            n *= -e
            d *= -m
        else:
            raise FormulaError("division_by_zero", "the formula divides by zero", divisor)
        return (n, d) if -_SMALL < n < _SMALL and d < _SMALL else _bounded(n, d, column)

    return division


def _extreme(runs: list[Run], better: Callable[[int, int], bool]) -> Run:
    first, *others = runs

    def extreme(values: Row, more: Mapping[str, Any]) -> Pair:
        n, d = first(values, more)
        for run in others:
            m, e = run(values, more)
            if better(m * d, n * e):
                n, d = m, e
        return n, d

    return extreme


def _branches(condition: Run, first: Run, second: Run) -> Run:
    return lambda values, more: first(values, more) if condition(values, more)[0] else second(values, more)


def _all_or_any(runs: list[Run], every: bool) -> Run:
    if every:
        return lambda values, more: (int(all(run(values, more)[0] for run in runs)), 1)
    return lambda values, more: (int(any(run(values, more)[0] for run in runs)), 1)


def _rounding(column: int, run: Run, scale: int) -> Run:
    def rounding(values: Row, more: Mapping[str, Any]) -> Pair:
        n, d = run(values, more)
        whole = (2 * abs(n) * scale + d) // (2 * d)  # halves away from zero
        return _bounded(whole if n >= 0 else -whole, scale, column)

    return rounding


def _comparison(sign: str, first: Run, second: Run) -> Run:
    """Two numbers: beside a number there is never a text."""
    holds = _COMPARED[sign]

    def comparison(values: Row, more: Mapping[str, Any]) -> Pair:
        n, d = first(values, more)
        m, e = second(values, more)
        return (1, 1) if holds(n * e, m * d) else (0, 1)

    return comparison


def _chain(part: Compare, most_rows: int) -> Run:
    """Sides that may be texts or days. Each is computed once, and none after the first comparison that does not hold."""
    first, *others = (_side(one, most_rows) for one in part.parts)
    links = list(zip(part.signs, others, part.parts, part.parts[1:], strict=False))

    def chain(values: Row, more: Mapping[str, Any]) -> Pair:
        left = first(values, more)
        for sign, side, left_part, right_part in links:
            right = side(values, more)
            if not _holds(sign, left, right, left_part.column, right_part.column):
                return 0, 1
            left = right
        return 1, 1

    return chain


def _side(part: Part, most_rows: int) -> Callable[[Row, Mapping[str, Any]], Pair | str | None]:
    """One side of a comparison: a number as a pair, a text as it is, or None when it was not stated."""
    if isinstance(part, Text):
        text = part.text
        return lambda values, more: text
    if not isinstance(part, Name):
        return compiled(part, most_rows)
    found, name = lookup(part), part

    def side(values: Row, more: Mapping[str, Any]) -> Pair | str | None:
        value = found(values, more)
        return value if value is None or isinstance(value, str) else _number(value, name)

    return side


def _holds(sign: str, left: Pair | str | None, right: Pair | str | None, left_column: int, right_column: int) -> bool:
    if not isinstance(left, str) and not isinstance(right, str):
        n, d = left or (0, 1)
        m, e = right or (0, 1)
        return _COMPARED[sign](n * e, m * d)
    for side, column in ((left, left_column), (right, right_column)):
        if isinstance(side, tuple):
            raise FormulaError("not_a_number", "a text is compared with a number", column)
        if sign not in ("==", "!="):
            _day(side, column)
    return _COMPARED[sign](left, right)


def _day(value: Value, column: int) -> date:
    if value is None or value == "":
        raise FormulaError("missing_value", "the date is not stated", column)
    day = as_day(value) if isinstance(value, str) else None
    if day is None:
        raise FormulaError("not_a_date", "this is not a date such as 2026-12-31", column)
    return day


def _of_facts(part: Apply) -> Run:
    """What looks at values as they were stated: ``has``, ``known``, ``years``, ``days``."""
    finders = [_stated(one) for one in part.parts]
    columns = [one.column for one in part.parts]
    if part.word in ("years", "days"):
        between = full_years if part.word == "years" else days_between
        return lambda values, more: (between(*(_day(find(values, more), at) for find, at in zip(finders, columns, strict=True))), 1)
    if part.word == "known":
        return lambda values, more: (int(finders[0](values, more) not in (None, "", ())), 1)

    def has(values: Row, more: Mapping[str, Any]) -> Pair:
        chosen, wanted = (find(values, more) for find in finders)
        if isinstance(chosen, int | Fraction):
            raise FormulaError("not_a_number", "this is a number, and has looks into choices", columns[0])
        return int(wanted == chosen if isinstance(chosen, str) else wanted in (chosen or ())), 1

    return has


def _stated(part: Part) -> Callable[[Row, Mapping[str, Any]], Value]:
    if isinstance(part, Name):
        return lookup(part)
    text = part.text if isinstance(part, Text) else ""
    return lambda values, more: text


def full_years(begin: date, end: date) -> int:
    """Full years from one day to another, negative when the second comes first.

    A year that begins on 29 February is full on 28 February where there is no 29th: a term ends on the last day of the
    month (OZ, 62. člen; codice civile, art. 2963).
    """
    if end < begin:
        return -full_years(end, begin)
    day = 28 if (begin.month, begin.day) == (2, 29) and not isleap(end.year) else begin.day
    return end.year - begin.year - ((end.month, end.day) < (begin.month, day))


def days_between(begin: date, end: date) -> int:
    """Days from one day to another: 1 to the next day, negative when the second comes first."""
    return (end - begin).days


def rows_of(part: Over, tables: Mapping[str, Any], most_rows: int) -> Sequence[Row]:
    """The rows of the table that ``part`` names. Raises ``FormulaError`` (``unknown_name``, ``too_large``)."""
    rows: Sequence[Row] | None = tables.get(part.table)
    if rows is None:
        raise FormulaError("unknown_name", f"there is no table {part.table}", part.column, name=part.table)
    if len(rows) > most_rows:
        raise FormulaError("too_large", f"this formula can look at {most_rows} rows of {part.table} at most", part.column)
    return rows


def _over(part: Over, most_rows: int) -> Run:
    if part.part is None:
        return lambda values, tables: (len(rows_of(part, tables, most_rows)), 1)
    column, run = part.column, _cell(part.part) if part.word == "total" else compiled(part.part, most_rows)
    match part.word:
        case "count":
            return lambda values, tables: (sum(1 for row in rows_of(part, tables, most_rows) if run(values, row)[0]), 1)
        case "most" | "least":
            better = operator.gt if part.word == "most" else operator.lt

            def extreme(values: Row, tables: Mapping[str, Any]) -> Pair:
                n, d = 0, 0
                for row in rows_of(part, tables, most_rows):
                    m, e = run(values, row)
                    if not d or better(m * d, n * e):
                        n, d = m, e
                return n, d or 1

            return extreme

    def total(values: Row, tables: Mapping[str, Any]) -> Pair:
        n, d = 0, 1
        for row in rows_of(part, tables, most_rows):
            m, e = run(values, row)
            if d == e:
                n += m
            else:
                n = n * e + m * d
                d *= e
            if not (-_SMALL < n < _SMALL and d < _SMALL):
                n, d = _bounded(n, d, column)
        return n, d

    return total


def _cell(part: Part) -> Run:
    """The column of ``total``: unlike the names of a row expression it must be there, and is never a fact outside."""
    assert isinstance(part, Name)
    name = part

    def cell(values: Row, row: Mapping[str, Any]) -> Pair:
        if name.name not in row:
            raise FormulaError("unknown_name", f"there is no column {name.name}", name.column, name=name.name)
        return _number(row[name.name], name)

    return cell
