"""Which classes of a classification can be reached, and who is in none: decided where they are tested by plain comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod

from scoring.formula import Formula, FormulaError, read_formula
from scoring.lint_ranges import Space, Span
from scoring.money import number_text
from scoring.questions import ClassOf
from scoring.scopes import Scope
from scoring.syntax import Apply, Compare, Name, Number, Part, Text

MOST_CELLS = 4000


@dataclass(frozen=True)
class Reached:
    """The ids that somebody can be in, and an example of somebody in none (empty where there is none)."""

    ids: frozenset[str]
    nobody: str


def reached(classes: Sequence[ClassOf], scope: Scope, space: Space) -> Reached | None:
    """Try every combination that can make a difference; None where the tests are more than plain comparisons of facts."""
    formulas = [None if one.when is None else read_formula(one.when) for one in classes]
    cells = _cells([one for one in formulas if one is not None], scope, space)
    if cells is None:
        return None
    ids: set[str] = set()
    nobody = ""
    for values in product(*cells.values()):
        row = dict(zip(cells, values, strict=True))
        stated = {name: value for name, value in row.items() if value is not None}
        found = next((one.id for one, formula in zip(classes, formulas, strict=True) if formula is None or _holds(formula, row)), None)
        if found is not None:
            ids.add(found)
        elif not nobody and len(stated) == len(row):
            nobody = ", ".join(f"{name} = {value if isinstance(value, str) else number_text(value)}" for name, value in stated.items())
    return Reached(frozenset(ids), nobody)


def _holds(formula: Formula, row: Mapping[str, str | Fraction | None]) -> bool:
    try:
        return formula.value(row) != 0
    except FormulaError:
        return False


def _cells(formulas: Sequence[Formula], scope: Scope, space: Space) -> dict[str, list[str | Fraction | None]] | None:
    constants: dict[str, set[Fraction]] = {}
    for formula in formulas:
        if not _collect(formula.tree, constants):
            return None
    cells: dict[str, list[str | Fraction | None]] = {}
    for name, numbers in constants.items():
        seen = scope.names.get(name)
        if seen is None or seen.kind not in ("number", "text") or (seen.kind == "text" and not seen.ids):
            return None
        cells[name] = [*(seen.ids if seen.kind == "text" else _values(numbers, space.of(name))), None]
    return cells if prod(len(one) for one in cells.values()) <= MOST_CELLS else None


def _collect(part: Part, constants: dict[str, set[Fraction]]) -> bool:
    """Whether a formula only compares names with numbers and texts; and with which numbers."""
    match part:
        case Name(name=name, table=""):
            constants.setdefault(name, set()).add(Fraction(0))
            return True
        case Number():
            return True
        case Apply(word="and" | "or" | "not", parts=parts):
            return all(_collect(one, constants) for one in parts)
        case Compare(parts=parts):
            for left, right in zip(parts, parts[1:], strict=False):
                named, other = (left, right) if isinstance(left, Name) else (right, left)
                if not isinstance(named, Name) or named.table or not isinstance(other, Number | Text):
                    return False
                constants.setdefault(named.name, set()).update([other.value] if isinstance(other, Number) else [])
            return True
    return False


def _values(numbers: set[Fraction], span: Span) -> list[Fraction]:
    """A number in every part of the line that the constants cut it into, and the constants themselves, as far as the fact has them."""
    grain = span.grain
    ends = sorted({*numbers, *(end for end in (span.low, span.high) if end is not None)})
    tried: set[Fraction] = set()
    for at, end in enumerate(ends):
        following = ends[at + 1] if at + 1 < len(ends) else end + 2
        if grain:
            tried |= {floor(end / grain) * grain + step * grain for step in (-1, 0, 1)} | {ceil(end / grain) * grain}
        else:
            tried |= {end - 1, end, (end + following) / 2}
    inside = [one for one in tried if (span.low is None or one >= span.low) and (span.high is None or one <= span.high)]
    return sorted(inside) or [span.low or Fraction(0)]
