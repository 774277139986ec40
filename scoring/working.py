"""The working of a formula: the formula again, with the values of one application in the places of their names."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scoring.arithmetic import LARGEST, LARGEST_DENOMINATOR, compiled
from scoring.money import fixed, number_text
from scoring.syntax import Apply, Compare, FormulaError, Name, Number, Over, Part, Row, Text, Value

MOST_ROWS_SHOWN = 6
LONGEST_TEXT = 60
MOST_BITS = 4096
NOT_STATED = "–"
NO_ROWS = "∅"

# How strongly each operation binds, for parentheses.
_STRENGTHS = {"or": 1, "and": 2, "not": 3, "+": 4, "-": 4, "negative": 4, "*": 5, "/": 5}
_SUM, _ATOM = 4, 9
_WRITTEN = {"-": "−", "*": "×", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


def shown(value: Fraction) -> str:
    """A number for people: exact when it has at most 10 decimals, else cut to 4 with an ellipsis."""
    return ratio_shown(value.numerator, value.denominator)


def ratio_shown(up: int, down: int) -> str:
    """The same of ``up / down``, which need not be reduced: that takes long where both have thousands of digits."""
    scaled, rest = divmod(abs(up) * 10**10, down)
    value = Fraction(scaled if up >= 0 else -scaled, 10**10)
    return fixed(value, 4) + "…" if rest else number_text(value)


def exactly(name: str, value: Fraction) -> dict[str, str]:
    """A number for people under its name and, where that is cut, the exact one for machines as ``name_exact``."""
    return exactly_ratio(name, value.numerator, value.denominator)


def exactly_ratio(name: str, up: int, down: int) -> dict[str, str]:
    """The same of ``up / down``, which need not be reduced. One of hundreds of digits is told only as cut: who needs it computes it again."""
    text = ratio_shown(up, down)
    if not text.endswith("…") or max(up.bit_length(), down.bit_length()) > MOST_BITS:
        return {name: text}
    return {name: text, f"{name}_exact": number_text(Fraction(up, down))}


def written(part: Part, values: Row, tables: Mapping[str, Any], most_rows: int) -> str:
    """The working of ``part``. What a branch that was not taken names need not be there: it keeps its name."""
    return _Writer(values, tables, most_rows).part(part, tables)[0]


class _Writer:
    """Every method gives a text and how strongly it binds; ``more`` holds the tables, or the row at hand."""

    def __init__(self, values: Row, tables: Mapping[str, Any], most_rows: int) -> None:
        self.values = values
        self.tables = tables
        self.most_rows = most_rows

    def part(self, part: Part, more: Mapping[str, Any]) -> tuple[str, int]:
        match part:
            case Number(value=value):
                return shown(value), _ATOM
            case Text(text=text):
                return text, _ATOM
            case Name():
                return _worded(self.stated(part, more)), _ATOM
            case Compare():
                return self.comparison(part, more), _ATOM
            case Over():
                return self.over(part), _ATOM
            case Apply(word="has" | "known" | "years" | "days" as word, parts=parts):
                return f"{word}({'; '.join(self.as_stated(one, more) for one in parts)})", _ATOM
            case Apply(word="if", parts=(test, yes, no)):
                return self.branches(test, yes, no, more), _ATOM
            case Apply(word=word, parts=parts) if word in _STRENGTHS:
                return self.operation(word, parts, more), _STRENGTHS[word]
            case Apply(word=word, parts=parts):
                return f"{word}({'; '.join(self.part(one, more)[0] for one in parts)})", _ATOM

    def branches(self, test: Part, yes: Part, no: Part, more: Mapping[str, Any]) -> str:
        """The branch that was taken; a dash stands in the place of the other."""
        texts = [self.part(test, more)[0], NOT_STATED, NOT_STATED]
        try:
            taken = 1 if compiled(test, self.most_rows)(self.values, more)[0] else 2
        except FormulaError:  # inside a branch that was not taken itself
            return f"if({texts[0]})"
        texts[taken] = self.part(yes if taken == 1 else no, more)[0]
        return f"if({'; '.join(texts)})"

    def at_least(self, strength: int, part: Part, more: Mapping[str, Any]) -> str:
        text, own = self.part(part, more)
        return text if own >= strength else f"({text})"

    def operation(self, word: str, parts: tuple[Part, ...], more: Mapping[str, Any]) -> str:
        strength = _STRENGTHS[word]
        match word:
            case "negative":
                return "−" + self.at_least(_ATOM, parts[0], more)
            case "not":
                return "not " + self.at_least(strength, parts[0], more)
        # What stands behind a minus or a division keeps its parentheses: 10 − (4 − 1).
        after = strength + (word in "-/")
        first, *others = parts
        return f" {_WRITTEN.get(word, word)} ".join(
            [self.at_least(strength, first, more), *(self.at_least(after, one, more) for one in others)]
        )

    def comparison(self, part: Compare, more: Mapping[str, Any]) -> str:
        texts = any(isinstance(one, Text) or isinstance(self.stated(one, more), str) for one in part.parts)
        sides = [self.as_stated(one, more) if texts else self.at_least(_SUM, one, more) for one in part.parts]
        return (
            "(" + sides[0] + "".join(f" {_WRITTEN.get(sign, sign)} {side}" for sign, side in zip(part.signs, sides[1:], strict=True)) + ")"
        )

    def over(self, part: Over) -> str:
        rows = self.tables.get(part.table)
        if rows is not None and not len(rows):
            return f"{part.word}({NO_ROWS})"
        if part.part is None or part.word == "total" or not rows:
            try:
                return _worded(Fraction(*compiled(part, self.most_rows)(self.values, self.tables)))
            except FormulaError:  # in a branch that was not taken
                return f"{part.word}({part.table})"
        each = [
            self.at_least(_SUM, part.part, row) if part.word == "sum" else self.part(part.part, row)[0] for row in rows[:MOST_ROWS_SHOWN]
        ]
        if len(rows) > MOST_ROWS_SHOWN:
            each.append(f"… ({len(rows)} rows)")
        return f"({' + '.join(each)})" if part.word == "sum" else f"{part.word}({'; '.join(each)})"

    def as_stated(self, part: Part, more: Mapping[str, Any]) -> str:
        if not isinstance(part, Name):
            return self.at_least(_SUM, part, more)
        value = self.stated(part, more)
        if isinstance(value, tuple):
            return ", ".join(value) or NOT_STATED
        return NOT_STATED if value is None or value == "" else _worded(value)

    def stated(self, part: Part, more: Mapping[str, Any]) -> Value:
        if not isinstance(part, Name):
            return None
        if part.table and part.name in more:
            cell: Value = more[part.name]
            return cell
        return self.values.get(part.name, part.name)


def _worded(value: Value) -> str:
    """A value in arithmetic; a negative number in parentheses."""
    if isinstance(value, tuple):
        return str(len(value))
    if isinstance(value, int | Fraction):
        exact = Fraction(value)
        if abs(exact) > LARGEST or exact.denominator > LARGEST_DENOMINATOR:
            return "…"
        return shown(exact) if exact >= 0 else f"({shown(exact)})"
    return (value[:LONGEST_TEXT] if isinstance(value, str) else "0") or NOT_STATED
