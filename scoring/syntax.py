"""What a formula consists of once it was read: numbers, texts, names, comparisons, functions, each with its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

Value = int | Fraction | str | tuple[str, ...] | None
Row = Mapping[str, Value]

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class FormulaError(ValueError):
    """A formula that cannot be read or computed. ``column`` counts from 1 inside the formula; ``code`` is a slug."""

    def __init__(self, code: str, message: str, column: int, **params: str) -> None:
        super().__init__(f"{message} (at character {column} of the formula)")
        self.code = code
        self.message = message
        self.column = column
        self.params = params


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    column: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Text:
    """A text or a day as it is written."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A fact or a derived value; inside a row expression of ``table`` a column of it, if it has one of this name."""

    column: int
    name: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison, or a chain such as ``2 <= x <= 5``: one sign less than parts."""

    column: int
    signs: tuple[str, ...]
    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Over:
    """``count``, ``sum``, ``most``, ``least`` or ``total`` over the rows of a table."""

    column: int
    word: str
    table: str
    part: "Part | None"


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation (``+ - * /``, ``negative``, ``and``, ``or``, ``not``) or a function with its parts."""

    column: int
    word: str
    parts: tuple["Part", ...]


Part = Number | Text | Name | Compare | Over | Apply


def as_day(text: str) -> date | None:
    """The day that a text such as 2026-12-31 names."""
    match = _DAY.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
