"""The units in a formula: euros are not added to members, and a date is not a number.

A literal number adapts to any unit: in ``members * 2 + hours * 3`` the 2 is points per member and the 3 points per hour. So
does a name whose unit is not given. ``*`` combines units and ``/`` takes them apart again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from scoring.syntax import Apply, Compare, Name, Number, Over, Part, Text

# How often each unit is a factor, below zero when it divides; empty for a pure number, None for what adapts.
Unit = dict[str, int] | None

_PURE: Unit = {}
_WORDS = ({"date": 1}, {"text": 1})


@dataclass(frozen=True)
class UnitMismatch:
    """Two units that do not go together; ``column`` is where the second stands. An empty unit is a pure number."""

    column: int
    left: str
    right: str


def mismatches(part: Part, units: Mapping[str, str]) -> list[UnitMismatch]:
    """Every mismatch in a formula, by place. ``units`` has the unit of each name and, as ``table.column``, of each column."""
    finder = _Finder(units)
    finder.number(part)
    return sorted(finder.found, key=lambda mismatch: mismatch.column)


def result_unit(part: Part, units: Mapping[str, str]) -> str:
    """The unit of what a formula comes to; empty for a pure number and for what adapts."""
    return unit_text(_Finder(units).unit(part))


def unit_of(text: str) -> dict[str, int]:
    """``EUR/hour`` as factors."""
    above, *below = text.split("/")
    return _product(Counter(filter(None, (one.strip() for one in above.split("·")))), Counter(one.strip() for one in below), -1)


def unit_text(unit: Unit) -> str:
    """Factors as ``EUR/hour``; a pure number is empty."""
    factors = sorted((unit or {}).items())
    above = "·".join(name for name, power in factors for _ in range(power))
    below = "".join(f"/{name}" for name, power in factors for _ in range(-power))
    return (above or "1") + below if above or below else ""


def _product(first: Mapping[str, int], second: Mapping[str, int], sign: int) -> dict[str, int]:
    powers = {name: first.get(name, 0) + sign * second.get(name, 0) for name in {**first, **second}}
    return {name: power for name, power in powers.items() if power}


class _Finder:
    """Works out the unit of every part, and notes where two do not go together."""

    def __init__(self, units: Mapping[str, str]) -> None:
        self.units = units
        self.found: list[UnitMismatch] = []

    def differ(self, column: int, left: Unit, right: Unit) -> None:
        self.found.append(UnitMismatch(column, unit_text(left), unit_text(right)))

    def number(self, part: Part) -> Unit:
        """The unit of what must be a number: a date or a text is noted."""
        unit = self.unit(part)
        if unit in _WORDS:
            self.differ(part.column, unit, _PURE)
            return None
        return unit

    def unit(self, part: Part) -> Unit:
        match part:
            case Number():
                return None
            case Text():
                return {"text": 1}
            case Name(name=name, table=table):
                text = self.units.get(f"{table}.{name}" if table else name, self.units.get(name))
                return None if text is None else unit_of(text)
            case Compare(parts=parts):
                self.compared(parts)
                return _PURE
            case Over(word=word, table=table, part=over):
                unit = self.number(over) if over is not None else None
                return unit_of(self.units.get(table, "")) if word == "count" else unit
            case Apply(word="+" | "-" | "min" | "max", parts=parts):
                return self.same(parts)
            case Apply(word="*" | "/" as word, parts=(first, second)):
                left, right = self.number(first), self.number(second)
                return None if left is None or right is None else _product(left, right, 1 if word == "*" else -1)
            case Apply(word="if", parts=(condition, *branches)):
                self.number(condition)
                return self.same(branches)
            case Apply(word="years" | "days" as word, parts=parts):
                self.dates(parts)
                return {word.removesuffix("s"): 1}
            case Apply(word="known"):
                return _PURE
            case Apply(word="has", parts=parts):
                chosen = self.unit(parts[0])
                if chosen and chosen != {"text": 1}:
                    self.differ(parts[0].column, chosen, {"text": 1})
                return _PURE
            case Apply(word="and" | "or" | "not", parts=parts):
                for one in parts:
                    self.number(one)
                return _PURE
            case Apply(parts=parts):
                return self.number(parts[0])

    def same(self, parts: "tuple[Part, ...] | list[Part]") -> Unit:
        """Parts that must have one unit: the unit of the first that has one."""
        common: Unit = None
        for part in parts:
            unit = self.number(part)
            if common is None:
                common = unit
            elif unit is not None and unit != common:
                self.differ(part.column, common, unit)
        return common

    def compared(self, parts: tuple[Part, ...]) -> None:
        """Sides of a comparison: numbers of one unit, or dates, or texts. A text in quotes may be a date."""
        sides = [self.unit(part) for part in parts]
        for part, other, left, right in zip(parts, parts[1:], sides, sides[1:], strict=False):
            if not _compare(part, left, other, right):
                self.differ(other.column, left, right)

    def dates(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            unit = self.unit(part)
            if unit is not None and not isinstance(part, Text) and unit != {"date": 1}:
                self.differ(part.column, unit, {"date": 1})


def _compare(part: Part, left: Unit, other: Part, right: Unit) -> bool:
    if left is None or right is None:
        # What adapts is a number, unless it is a name of which nothing is known.
        word, adapts = (left, other) if right is None else (right, part)
        return word not in _WORDS or isinstance(adapts, Name)
    if isinstance(part, Text) or isinstance(other, Text):
        return left in _WORDS and right in _WORDS
    return left == right
