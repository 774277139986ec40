"""From the typed facts of one applicant to what formulas and criteria see: numbers, texts and rows by name, derived values too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any
from weakref import ref

from scoring.arithmetic import Value
from scoring.facts import FactError, effective, exact_value
from scoring.formula import FormulaError, read_formula
from scoring.money import NumberError, number
from scoring.questions import Derived, Fact
from scoring.rulebook import Track
from scoring.scopes import NUMBERS

Number = int | Fraction
Values = dict[str, Value]
Tables = dict[str, list[Values]]
View = tuple[Values, Tables]
"""The values by name, and the rows of each table. Inside a row its columns stand among the values, before the names outside."""
Given = Mapping[str, Any]
Read = Callable[[Any], Value]
Derive = Callable[[Values, Tables], Value]


def whole(value: Number) -> Number:
    """The same number, as an ``int`` where it is one: whole numbers are many times faster."""
    return value.numerator if value.denominator == 1 else value


@lru_cache(maxsize=1 << 14)
def _number_of(text: str) -> Number:
    return whole(number(text))


def reader(fact: Fact) -> Read:
    """The function that reads a typed value of a fact: money becomes euros, yes is 1, several choices are a tuple of ids.

    It raises ``FactError`` (``wrong_type``) for what ``check_fact`` would never give.
    """
    kind = fact.kind

    def slow(value: Any) -> Value:
        value = effective(fact, value)
        if value is None:
            return None
        if kind in ("choice", "date"):
            if not isinstance(value, str):
                raise FactError("wrong_type", fact=fact.id)
            return value
        if kind == "choices":
            if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
                raise FactError("wrong_type", fact=fact.id)
            return tuple(value)
        exact = exact_value(fact, value)
        return None if exact is None else whole(exact)

    def of_integer(value: Any) -> Value:
        return value if type(value) is int else slow(value)  # type: ignore[no-any-return]

    def of_money(value: Any) -> Value:
        if type(value) is int:
            return Fraction(value, 100) if value % 100 else value // 100
        return slow(value)

    def of_boolean(value: Any) -> Value:
        return 1 if value is True else 0 if value is False else slow(value)

    def of_decimal(value: Any) -> Value:
        if type(value) is str:
            try:
                return _number_of(value)
            except NumberError:
                raise FactError("wrong_type", fact=fact.id) from None
        return slow(value)

    def of_choice(value: Any) -> Value:
        return value if type(value) is str else slow(value)

    fast: dict[str, Read] = {
        "integer": of_integer, "money": of_money, "boolean": of_boolean, "decimal": of_decimal, "choice": of_choice, "date": of_choice,
    }  # fmt: skip
    return fast.get(kind, slow)


def rows_of(fact: Fact, given: Any) -> Sequence[Given]:
    """The rows of a table as they were given. Raises ``FactError`` (``wrong_type``)."""
    rows = effective(fact, given)
    if rows is None:
        return ()
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        raise FactError("wrong_type", fact=fact.id)
    return rows


class Viewer:
    """Makes the view of one applicant: the chosen facts and tables of a track, and the derived values among ``derived``.

    All columns that formulas can use are read. Made once for a track, or for what a pot needs of it.
    """

    def __init__(self, track: Track, facts: Iterable[str] | None = None, derived: Iterable[str] | None = None) -> None:
        wanted = None if facts is None else frozenset(facts)
        chosen = [fact for fact in track.facts if wanted is None or fact.id in wanted]
        self.facts = tuple((fact.id, reader(fact)) for fact in chosen if seen(fact))
        self.tables = tuple(
            (fact, tuple((column.id, reader(column)) for column in fact.columns if seen(column))) for fact in chosen if fact.kind == "table"
        )
        tables = {fact.id for fact in track.facts if fact.kind == "table"}
        kept = None if derived is None else frozenset(derived)
        self.derived = tuple((one.id, one.table, deriving(one, tables)) for one in track.derived if kept is None or qualified(one) in kept)

    def __call__(self, given: Given) -> View:
        """The view of these facts. Raises ``FactError`` (``wrong_type``)."""
        values: Values = {name: read(given.get(name)) for name, read in self.facts}
        tables: Tables = {}
        for table, columns in self.tables:
            rows = rows_of(table, given.get(table.id))
            tables[table.id] = [{name: read(row.get(name)) for name, read in columns} for row in rows]
        for name, of_table, derive in self.derived:
            if of_table is None:
                values[name] = derive(values, tables)
            else:
                for row in tables[of_table]:
                    row[name] = derive({**values, **row}, tables)
        return values, tables


def seen(fact: Fact) -> bool:
    return fact.kind in NUMBERS or fact.kind in ("choice", "date")


def qualified(derived: Derived) -> str:
    """The name of a derived value, with its table in front where it belongs to rows."""
    return f"{derived.table}.{derived.id}" if derived.table else derived.id


def deriving(derived: Derived, tables: Iterable[str]) -> Derive:
    """The function that computes a derived value. What cannot be computed from what is known is not known: None."""
    if derived.formula is not None:
        run = read_formula(derived.formula).value

        def by_formula(values: Values, rows: Tables) -> Value:
            try:
                return run(values, rows)
            except FormulaError:
                return None

        return by_formula
    if derived.classes:
        return _classes(derived)
    name = str(derived.fact)
    if derived.choose is not None:
        chosen = {answer: whole(points) for answer, points in derived.choose.items()}

        def by_choice(values: Values, rows: Tables) -> Value:
            answer = values.get(name)
            if isinstance(answer, tuple):
                return whole(sum((chosen.get(one, 0) for one in answer), Fraction(0)))
            return chosen.get(answer, 0) if isinstance(answer, str) else 0

        return by_choice
    number_at = counted(name, tables)

    def by_bands(values: Values, rows: Tables) -> Value:
        value = number_at(values, rows)
        if value is not None:
            for band in derived.bands:
                if band.holds(value):
                    return whole(band.value)
        return 0

    return by_bands


def _classes(derived: Derived) -> Derive:
    tests = [(one.id, None if one.when is None else read_formula(one.when).value) for one in derived.classes]

    def by_class(values: Values, tables: Tables) -> Value:
        for name, test in tests:
            if test is None:
                return name
            try:
                if test(values, tables):
                    return name
            except FormulaError:  # what cannot be computed does not hold
                continue
        return None

    return by_class


def counted(name: str, tables: Iterable[str]) -> Callable[[Values, Tables], Number | None]:
    """The function that gives the number of a fact: of a table or of several choices, how many there are."""
    if name in tables:
        return lambda values, rows: len(rows[name])

    def found(values: Values, rows: Tables) -> Number | None:
        value = values.get(name)
        if isinstance(value, tuple):
            return len(value)
        return None if isinstance(value, str) else value

    return found


_viewers: dict[int, tuple[ref[Track], Viewer]] = {}


def viewer_of(track: Track) -> Viewer:
    """The viewer of everything in a track, made once."""
    known = _viewers.get(id(track))
    if known is not None and known[0]() is track:
        return known[1]
    key, made = id(track), Viewer(track)
    _viewers[key] = ref(track, lambda _: _viewers.pop(key, None)), made
    return made


def values_of(track: Track, facts: Given) -> View:
    """What a formula of a track sees: values by name, and the rows of each table with their derived values.

    None is what was not stated or not proven; formulas count it as 0. Raises ``FactError`` (``wrong_type``).
    """
    return viewer_of(track)(facts)


def row_values(track: Track, table: str, facts: Given, row: int) -> Values:
    """The columns and derived values of one row, counted from 0. Raises ``FactError``, ``KeyError``, ``IndexError``."""
    return values_of(track, facts)[1][table][row]
