"""Formulas, tests, conditions and derived values in words: with the questions in the places of their ids."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from grants.base.language import day, localized
from grants.calls.letters.rules.amounts import band_said, cited, number_said, quoted
from scoring.formula import FormulaError, read_formula
from scoring.questions import Combination, Condition, Derived, Fact
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.syntax import Apply, Compare, Name, Number, Over, Part, Text, as_day

_SIGNS = {"-": "−", "*": "×", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_STRENGTHS = {"or": 1, "and": 2, "not": 3, "+": 4, "-": 4, "*": 5, "/": 5, "negative": 6}


@dataclass(frozen=True)
class Names:
    """What the names in a formula stand for: questions, derived values and, in a gate, criteria."""

    track: Track
    pot: Pot | None = None
    table: str = ""

    def fact(self, name: str, table: str = "") -> Fact | None:
        """The question or column of this name."""
        columns = [c for fact in self.track.facts if fact.id == (table or self.table) for c in fact.columns]
        return next((one for one in (*columns, *self.track.facts) if one.id == name), None)

    def derived(self, name: str) -> Derived | None:
        """The derived value of this name."""
        return next((one for one in self.track.derived if one.id == name), None)

    def label(self, name: str, table: str = "") -> str:
        """What a person reads instead of the id, in quotation marks."""
        if self.pot is not None and name == "total":
            return _("all points")
        return quoted(self.title(name, table))

    def title(self, name: str, table: str = "") -> str:
        """The same without quotation marks."""
        if self.pot is not None:
            known = next((one for one in (*self.pot.criteria, *self.pot.panel_criteria) if one.id == name), None)
            if known is not None:
                return localized(known.title)
        fact, derived = self.fact(name, table), self.derived(name)
        return localized(fact.label if fact is not None else derived.title if derived is not None else name)

    def answer(self, name: str, answer: str, table: str = "") -> str:
        """One answer of a choice, or one class."""
        fact, derived = self.fact(name, table), self.derived(name)
        if fact is not None and fact.kind == "boolean":
            return {"yes": _("yes"), "no": _("no")}.get(answer, answer)
        labels = {one.id: one.label for one in fact.choices} if fact is not None else {}
        labels |= {one.id: one.title for one in derived.classes} if derived is not None else {}
        return localized(labels[answer]) if answer in labels else answer


def formula_said(source: str, names: Names) -> str:
    """A formula with the questions in the places of their ids."""
    try:
        return _said(read_formula(source).tree, names)[0]
    except FormulaError:
        return source


def test_said(test: str | Combination, names: Names) -> str:
    """A test, or all / any / not over tests."""
    if isinstance(test, str):
        return formula_said(test, names)
    if test.not_ is not None:
        return _("not: (%(test)s)", test=test_said(test.not_, names))
    parts = "; ".join(test_said(one, names) for one in test.all_ or test.any_ or ())
    return _("all of these: (%(tests)s)", tests=parts) if test.all_ is not None else _("at least one of these: (%(tests)s)", tests=parts)


def condition_said(condition: Condition, track: Track) -> list[str]:
    """How a condition is established, and who is let in although it is not met."""
    if condition.holds is None:
        return [_("The office establishes it.")]
    names = Names(track)
    said = [_("Computed from the answers: %(test)s.", test=test_said(condition.holds, names))]
    for one in condition.except_:
        text = cited(localized(one.text), one.article)
        said.append(_("Exception: %(text)s, if %(test)s.", text=text, test=test_said(one.holds, names)))
    return said


def derived_said(derived: Derived, track: Track) -> tuple[list[str], list[tuple[str, str]]]:
    """How a derived value follows from the answers: sentences, and pairs of what and which value."""
    names = Names(track, table=derived.table or "")
    lead = [_("Computed for every row of “%(table)s”.", table=names.title(derived.table))] if derived.table else []
    fact = names.fact(derived.fact or "")
    if derived.fact:
        lead.append(_("Computed from the answer “%(question)s”.", question=names.title(derived.fact)))
    if derived.formula:
        lead.append(_("Computed by the formula %(formula)s", formula=formula_said(derived.formula, names)))
    unit = f"\u00a0{derived.unit}" if derived.unit else ""
    steps = [(names.answer(derived.fact or "", one), number_said(value) + unit) for one, value in (derived.choose or {}).items()]
    steps += [(band_said(band, fact), number_said(band.value) + unit) for band in derived.bands]
    steps += [
        (localized(one.title), formula_said(one.when, names) if one.when is not None else _("all the others")) for one in derived.classes
    ]
    return lead, steps


def _said(part: Part, names: Names) -> tuple[str, int]:
    match part:
        case Number(value=value):
            return number_said(value), 9
        case Text(text=text):
            return (day(text) if as_day(text) else quoted(text)), 9
        case Name(name=name, table=table):
            return names.label(name, table), 9
        case Compare():
            return _comparison(part, names), 3
        case Over():
            return _rows(part, names), 9
        case Apply(word="known", parts=parts):
            return _("%(value)s is stated and proven", value=_said(parts[0], names)[0]), 3
        case Apply(word="has", parts=parts):
            first, second = parts
            answer = (
                names.answer(first.name, second.text, first.table)
                if isinstance(first, Name) and isinstance(second, Text)
                else _said(second, names)[0]
            )
            return _("%(value)s includes “%(answer)s”", value=_said(first, names)[0], answer=answer), 3
        case Apply(word="years", parts=parts):
            return _("full years from %(start)s to %(end)s", start=_said(parts[0], names)[0], end=_said(parts[1], names)[0]), 3
        case Apply(word="days", parts=parts):
            return _("days from %(start)s to %(end)s", start=_said(parts[0], names)[0], end=_said(parts[1], names)[0]), 3
        case Apply(word="if", parts=parts):
            test, yes, no = (_said(one, names)[0] for one in parts)
            return _("(if %(test)s: %(yes)s, otherwise %(no)s)", test=test, yes=yes, no=no), 9
        case Apply(word=word, parts=parts) if word in _STRENGTHS:
            return _operation(word, parts, names), _STRENGTHS[word]
        case Apply(word=word, parts=parts):
            inner = "; ".join(_said(one, names)[0] for one in parts)
            return f"{_functions().get(word, word)} ({inner})", 9


def _functions() -> dict[str, str]:
    return {
        "min": _("the smallest of"), "max": _("the largest of"), "floor": _("rounded down"), "ceil": _("rounded up"),
        "abs": _("without the sign"), "round": _("rounded to decimals"),
    }  # fmt: skip


def _operation(word: str, parts: tuple[Part, ...], names: Names) -> str:
    strength = _STRENGTHS[word]

    def inner(part: Part, least: int) -> str:
        text, own = _said(part, names)
        return text if own >= least else f"({text})"

    if word == "negative":
        return "−" + inner(parts[0], 6)
    if word == "not":
        return _("not: (%(test)s)", test=_said(parts[0], names)[0])
    sign = {"and": _("and"), "or": _("or")}.get(word, _SIGNS.get(word, word))
    return f" {sign} ".join([inner(parts[0], strength), *(inner(one, strength + (word in "-/")) for one in parts[1:])])


def _comparison(part: Compare, names: Names) -> str:
    named = next((one for one in part.parts if isinstance(one, Name)), None)

    def side(one: Part) -> str:
        if isinstance(one, Text) and named is not None and not as_day(one.text):
            return quoted(names.answer(named.name, one.text, named.table))
        if isinstance(one, Number) and named is not None and all(isinstance(other, Name | Number) for other in part.parts):
            fact = names.fact(named.name, named.table)
            if fact is not None and fact.kind == "boolean" and one.value in (0, 1):
                return _("yes") if one.value else _("no")
        text, own = _said(one, names)
        return text if own >= 4 else f"({text})"

    said = [side(one) for one in part.parts]
    return said[0] + "".join(f" {_SIGNS.get(sign, sign)} {other}" for sign, other in zip(part.signs, said[1:], strict=True))


def _rows(part: Over, names: Names) -> str:
    table = names.title(part.table)
    inner = _said(part.part, names)[0] if part.part is not None else ""
    match part.word:
        case "count":
            if part.part is None:
                return _("the number of rows of “%(table)s”", table=table)
            return _("the number of rows of “%(table)s” where %(test)s", table=table, test=inner)
        case "most":
            return _("the largest %(value)s among the rows of “%(table)s”", value=inner, table=table)
        case "least":
            return _("the smallest %(value)s among the rows of “%(table)s”", value=inner, table=table)
    return _("the sum of %(value)s over the rows of “%(table)s”", value=inner, table=table)
