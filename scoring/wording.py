"""A test in words: the formula with the published names of facts and answers, the values of one application, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from scoring.arithmetic import compiled
from scoring.formula import read_formula
from scoring.questions import Combination, Derived, Fact
from scoring.questions import Text as Words
from scoring.reasons import LANGUAGES, amount, day, localised
from scoring.rulebook import Track
from scoring.syntax import Apply, Compare, FormulaError, Name, Number, Over, Part, Text, Value, as_day
from scoring.view import Tables, Values
from scoring.words_formulas import WORDS
from scoring.working import shown

LONGEST_SYMBOL = 4
_STRENGTHS = {"or": 1, "and": 2, "not": 3, "+": 4, "-": 4, "negative": 4, "*": 5, "/": 5}
_TEST, _SUM, _ATOM = 3, 4, 9
_WRITTEN = {"-": "−", "*": "×", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_WORDS = re.compile(r"[A-Za-z∅]")
_TESTS = ("and", "or", "not", "has", "known")


class Names:
    """What names stand for: facts, columns, derived values and, in a gate, criteria. It keeps no reference to the track."""

    def __init__(self, track: Track, places: Iterable[str] = (), criteria: Mapping[str, Words] | None = None) -> None:
        self.places = tuple(places)
        self.criteria = criteria
        self.found: dict[tuple[str, str], Fact | Derived] = {("", fact.id): fact for fact in track.facts}
        self.found |= {(fact.id, column.id): column for fact in track.facts for column in fact.columns}
        self.found |= {(one.table or "", one.id): one for one in track.derived}

    def find(self, name: str, table: str = "") -> Fact | Derived | None:
        """The fact, column or derived value of a name at its place."""
        places = (table, *self.places, "") if table else (*self.places, "")
        return next((found for place in places if (found := self.found.get((place, name))) is not None), None)

    def title(self, name: str, table: str, language: str) -> str:
        """What people read in the place of a name."""
        if self.criteria is not None:
            if name == "total":
                return WORDS["total_points"][language]
            if name in self.criteria:
                return quoted(spoken(self.criteria[name], language), language)
        found = self.find(name, table)
        return quoted(name if found is None else spoken(found.label if isinstance(found, Fact) else found.title, language), language)


def spoken(text: Words, language: str) -> str:
    """A text in a language, or in another one where that was not written."""
    return next((words for one in (language, "en", *LANGUAGES) if (words := text.get(one))), next(iter(text.values()), ""))


def quoted(text: str, language: str) -> str:
    """A text in the quotation marks of a language."""
    return WORDS["quoted"][language].format(text=text)


def told_in_languages(source: str | Combination, names: Names, values: Values, tables: Tables) -> dict[str, str]:
    """A test with what comes of it, in every language."""
    return {language: Wording(names, values, tables, language).test(source) for language in LANGUAGES}


def worked(source: str, working: str, names: Names, values: Values, tables: Tables) -> dict[str, str]:
    """The parameters that say the working of a formula: numbers and signs alone are the same everywhere, anything else is told in words."""
    if not _WORDS.search(working):
        return {"working": working}
    spoken = {f"working_{language}": Wording(names, values, tables, language).computed(source) for language in LANGUAGES}
    return {"working": working, **spoken}


class Wording:
    """The words of tests for one application in one language. Every part is a text and how strongly it binds."""

    def __init__(self, names: Names, values: Values, tables: Tables, language: str) -> None:
        self.names = names
        self.values = values
        self.tables = tables
        self.language = language

    def word(self, word: str, **values: str) -> str:
        return WORDS[word][self.language].format(**values)

    def test(self, source: str | Combination) -> str:
        """A test, and whether it holds."""
        if isinstance(source, str):
            return self.judged(read_formula(source).tree)
        if source.not_ is not None:
            word, parts = "not", [source.not_]
        else:
            word, parts = ("all", [*source.all_]) if source.all_ is not None else ("any", [*(source.any_ or ())])
        verdict = {True: "holds", False: "fails", None: "not_computed"}[self.holds(source)]
        return f"{self.word(word, tests='; '.join(self.test(one) for one in parts))} – {self.word(verdict)}"

    def holds(self, source: str | Combination) -> bool | None:
        if isinstance(source, str):
            value = self.value(read_formula(source).tree)
            return None if isinstance(value, FormulaError) else value != 0
        if source.not_ is not None:
            held = self.holds(source.not_)
            return None if held is None else not held
        every = source.all_ is not None
        found = [self.holds(one) for one in source.all_ or source.any_ or ()]
        return (not every) if (not every) in found else None if None in found else every

    def computed(self, source: str) -> str:
        """A formula and its value."""
        tree = read_formula(source).tree
        text, value = self.part(tree)[0], self.value(tree)
        return f"{text} = {self.word('not_computed') if isinstance(value, FormulaError) else self.number(value)}"

    def judged(self, part: Part) -> str:
        """A part as a test, and whether it holds."""
        text, strength = self.part(part)
        value = self.value(part)
        if isinstance(value, FormulaError):
            why = f" ({self.word(value.code)})" if value.code in WORDS else ""
            return f"{text} – {self.word('not_computed')}{why}"
        if not _is_test(part) and not self.is_truth(part):
            text = f"{text if strength >= _SUM else f'({text})'} ≠ 0"
        return f"{text} – {self.word('holds' if value else 'fails')}"

    def value(self, part: Part) -> Fraction | FormulaError:
        try:
            return Fraction(*compiled(part, 1_000_000)(self.values, self.tables))
        except FormulaError as error:
            return error

    def number(self, value: int | Fraction) -> str:
        return localised(shown(Fraction(value)), self.language, grouped=True)

    def part(self, part: Part, table: str = "") -> tuple[str, int]:
        """A part in words; inside the expression for the rows of a table there are no values."""
        match part:
            case Number(value=value):
                return self.number(value), _ATOM
            case Text(text=text):
                return (day(text, self.language) if as_day(text) else quoted(text, self.language)), _ATOM
            case Name():
                return self.named(part, table), _ATOM
            case Compare():
                return self.comparison(part, table), _TEST
            case Over():
                return self.over(part), _ATOM
            case Apply(word="known", parts=(first, *_)):
                return self.word("known", value=self.part(first, table)[0]), _TEST
            case Apply(word="has", parts=(Name() as first, Text() as second)):
                answer = quoted(self.answer(first, second.text), self.language)
                return self.word("has", value=self.named(first, table), answer=answer), _TEST
            case Apply(word="years" | "days" as word, parts=(first, second)):
                return self.word(word, start=self.part(first, table)[0], end=self.part(second, table)[0]), _TEST
            case Apply(word="if", parts=(test, yes, no)):
                return self.branches(test, yes, no, table), _ATOM
            case Apply(word=word, parts=parts) if word in _STRENGTHS:
                return self.operation(word, parts, table), _STRENGTHS[word]
            case Apply(word=word, parts=parts):
                return f"{self.word(word)} ({'; '.join(self.part(one, table)[0] for one in parts)})", _ATOM

    def branches(self, test: Part, yes: Part, no: Part, table: str) -> str:
        """Only the branch that is taken; in the rows of a table that may be either."""
        value = self.value(test)
        if table or isinstance(value, FormulaError):
            inner = "; ".join(self.part(one, table)[0] for one in (yes, no))
            return self.word("if_holds", test=self.part(test, table)[0], value=inner)
        return self.word("if_holds" if value else "if_fails", test=self.part(test)[0], value=self.part(yes if value else no)[0])

    def operation(self, word: str, parts: tuple[Part, ...], table: str) -> str:
        strength = _STRENGTHS[word]
        if word in ("and", "or") and not table:
            return f" {self.word(word)} ".join(f"({self.judged(one)})" for one in parts)
        if word == "not":
            return self.word("not", tests=self.part(parts[0], table)[0] if table else self.judged(parts[0]))

        def inner(one: Part, least: int) -> str:
            text, own = self.part(one, table)
            return text if own >= least else f"({text})"

        if word == "negative":
            return "−" + inner(parts[0], _ATOM)
        sign = self.word(word) if word in ("and", "or") else _WRITTEN.get(word, word)
        return f" {sign} ".join([inner(parts[0], strength), *(inner(one, strength + (word in "-/")) for one in parts[1:])])

    def comparison(self, part: Compare, table: str) -> str:
        named = next((one for one in part.parts if isinstance(one, Name)), None)

        def side(one: Part) -> str:
            if isinstance(one, Text) and named is not None and not as_day(one.text):
                return quoted(self.answer(named, one.text), self.language)
            if isinstance(one, Number) and named is not None and all(isinstance(other, Name | Number) for other in part.parts):
                return self.said(named, one.value)
            text, own = self.part(one, table)
            if isinstance(one, Apply) and not table and not isinstance(value := self.value(one), FormulaError):
                return f"({text[1:-1] if one.word == 'if' else text} = {self.number(value)})"
            return text if own >= _SUM else f"({text})"

        said = [side(one) for one in part.parts]
        return said[0] + "".join(f" {_WRITTEN.get(sign, sign)} {other}" for sign, other in zip(part.signs, said[1:], strict=True))

    def over(self, part: Over) -> str:
        table = self.names.title(part.table, "", self.language)
        inner = "" if part.part is None else self.part(part.part, part.table)[0]
        word = {"total": "sum", "count": "count" if part.part is None else "count_where"}.get(part.word, part.word)
        text, value = self.word(word, table=table, value=inner), self.value(part)
        if not self.tables.get(part.table):
            return f"{text} (0: {self.word('no_rows')})"
        return f"{text} ({self.word('not_computed') if isinstance(value, FormulaError) else self.number(value)})"

    def named(self, name: Name, table: str) -> str:
        """A name, with its value where there is one."""
        title = self.names.title(name.name, name.table, self.language)
        if table and name.table and (table, name.name) in self.names.found:
            return title
        if not name.table and name.name in self.tables:
            return f"{title} ({len(self.tables[name.name]) or self.word('no_rows')})"
        return f"{title} ({self.said(name, self.values.get(name.name))})"

    def said(self, name: Name, value: Value) -> str:
        """A value of a fact as people write it."""
        found = self.names.find(name.name, name.table)
        kind = found.kind if isinstance(found, Fact) else ""
        if value is None:
            return self.word("not_determined" if isinstance(found, Derived) else "not_stated")
        if isinstance(value, tuple):
            return ", ".join(self.answer(name, one) for one in value) or self.word("no_answer")
        if isinstance(value, str):
            return day(value, self.language) if as_day(value) else self.answer(name, value)
        if kind == "boolean" and value in (0, 1):
            return self.word("yes" if value else "no")
        unit = "EUR" if kind == "money" else (found.unit or "") if found is not None and kind not in ("table", "file", "choices") else ""
        cents = Fraction(value) * 100
        if unit == "EUR" and cents.denominator == 1:
            return amount(int(cents), self.language)
        # A unit that is a word would have to be declined; the name of the fact says it already.
        return self.number(value) if len(unit) > LONGEST_SYMBOL else f"{self.number(value)} {unit}".rstrip()

    def answer(self, name: Name, answer: str) -> str:
        """The label of an answer, or the title of a class."""
        found = self.names.find(name.name, name.table)
        labels: dict[str, Any] = {}
        if isinstance(found, Fact):
            labels = {one.id: one.label for one in found.choices}
        elif found is not None:
            labels = {one.id: one.title for one in found.classes}
        return spoken(labels[answer], self.language) if answer in labels else answer

    def is_truth(self, part: Part) -> bool:
        """Whether a part is a fact that is answered with yes or no."""
        found = self.names.find(part.name, part.table) if isinstance(part, Name) else None
        return isinstance(found, Fact) and found.kind == "boolean"


def _is_test(part: Part) -> bool:
    return isinstance(part, Compare) or (isinstance(part, Apply) and part.word in _TESTS)
