"""The form of a track: its questions in their order, which of them an applicant is asked, and what is computed from earlier answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any
from weakref import ref

from scoring.facts import MISSING, Proven, effective
from scoring.finance import Rates, volunteer_cents
from scoring.formula import Formula, FormulaError, read_formula
from scoring.money import number_text, rounded
from scoring.questions import Fact
from scoring.rulebook import Track
from scoring.truth import Test
from scoring.view import Tables, Values, reader, rows_of

Given = Mapping[str, Any]


def in_order(track: Track) -> tuple[Fact, ...]:
    """The questions as the form asks them: first those without a section, then section by section."""
    known = [section.id for section in track.sections]
    loose = [fact for fact in track.facts if fact.section not in known]
    return (*loose, *(fact for name in known for fact in track.facts if fact.section == name))


class Form:
    """What deciding about questions needs, compiled. It keeps no reference to the track itself."""

    def __init__(self, track: Track) -> None:
        self.facts = in_order(track)
        sections = {one.id: Test(one.when) for one in track.sections if one.when is not None}
        self.tests: dict[str, tuple[Test, ...]] = {}
        for fact in self.facts:
            own = [sections[fact.section]] if fact.section in sections else []
            own += [Test(fact.when)] if fact.when is not None else []
            if own:
                self.tests[fact.id] = tuple(own)
        self.formulas: dict[str, Formula] = {one.id: read_formula(one.formula) for one in self.facts if one.formula is not None}
        self.volunteers = None if track.plan is None else track.plan.volunteers
        self.counted = None if track.partners is None else track.partners.count
        told = (None if self.volunteers is None else self.volunteers.value, self.counted)
        self.computed = frozenset((*self.formulas, *(name for name in told if name is not None)))
        self.plain = not self.tests and not self.formulas
        self.readers = {fact.id: reader(fact) for fact in self.facts if fact.kind != "table"}
        self.columns = {fact.id: tuple((one.id, reader(one)) for one in fact.columns) for fact in self.facts if fact.kind == "table"}


class Sitting:
    """One applicant's way through a form: what was answered so far decides what is asked next."""

    def __init__(self, form: Form, rates: Rates | None = None, partners: int = 0) -> None:
        self.form = form
        self.rates = rates
        self.partners = partners
        self.values: Values = dict.fromkeys((*form.readers, *form.columns))
        self.tables: Tables = {name: [] for name in form.columns}
        self.typed: dict[str, Any] = {}

    def asks(self, fact: Fact) -> bool:
        """Whether this question is asked. What cannot be computed from the answers does not hold."""
        return all(test.holds(self.values, self.tables) for test in self.form.tests.get(fact.id, ()))

    def take(self, fact: Fact, value: Any) -> None:
        """The answer (None: none) of a question that is asked. Raises ``FactError`` (``wrong_type``)."""
        self.typed[fact.id] = effective(fact, value)
        if fact.id in self.form.readers:
            self.values[fact.id] = self.form.readers[fact.id](value)
        elif fact.id in self.form.columns:
            rows = rows_of(fact, value)
            self.tables[fact.id] = [{name: read(row.get(name)) for name, read in self.form.columns[fact.id]} for row in rows]
            self.values[fact.id] = len(rows) or None  # for known(table)

    def compute(self, fact: Fact) -> Any:
        """The typed value of a computed fact; None where it cannot be computed."""
        volunteers = self.form.volunteers
        if volunteers is not None and fact.id == volunteers.value:
            return None if self.rates is None else volunteer_cents(volunteers, self.typed, self.rates)
        if fact.id == self.form.counted:
            return self.partners
        try:
            value = self.form.formulas[fact.id].value(self.values, self.tables)
        except FormulaError:
            return None
        return typed(fact, Fraction(value))


def typed(fact: Fact, value: Fraction) -> int | str:
    """A computed number as a value of its fact: half up to the cent, to the whole number, or to its decimals."""
    if fact.kind == "money":
        return int(rounded(value * 100, "half_up"))
    if fact.kind == "integer":
        return int(rounded(value, "half_up"))
    return number_text(rounded(value, "half_up", fact.decimals))


class Settled(dict[str, Any]):
    """Facts that are settled for a form: doing it again would give the same, so it is not done again."""

    __slots__ = ("form",)

    def __init__(self, facts: Given, form: Form) -> None:
        super().__init__(facts)
        self.form = form


def settled(track: Track, given: Given) -> Given:
    """The facts that count: without the answers to questions that are not asked, and with what is computed from the others.

    A computed value for which an office found another one stays as found; one that was confirmed as stated is computed again from what is
    verified. What volunteer hours are worth is taken as given, since it depends on numbers of the law that no rulebook holds (``revalued``
    computes it), and so is the number of partners, which no answer says. Doing it again changes nothing. Raises ``FactError`` (``wrong_type``).
    """
    form = form_of(track)
    if form.plain or (isinstance(given, Settled) and given.form is form):
        return given
    kept, sitting = dict(given), Sitting(form)
    for fact in form.facts:
        if not sitting.asks(fact):
            kept.pop(fact.id, None)
            continue
        if fact.id in form.formulas:
            value = _recomputed(kept.pop(fact.id, None), sitting.compute(fact))
            if value is not None:
                kept[fact.id] = value
        sitting.take(fact, kept.get(fact.id))
    return Settled(kept, form)


def asked_of(track: Track, given: Given) -> frozenset[str]:
    """The questions that an applicant with these answers is asked. Raises ``FactError`` (``wrong_type``)."""
    form = form_of(track)
    if not form.tests:
        return frozenset(fact.id for fact in form.facts)
    sitting, asked = Sitting(form), []
    for fact in form.facts:
        if sitting.asks(fact):
            asked.append(fact.id)
            sitting.take(fact, sitting.compute(fact) if fact.id in form.formulas else given.get(fact.id))
    return frozenset(asked)


def _recomputed(before: Any, value: Any) -> Any:
    if not isinstance(before, Proven):
        return value
    if before.verified is MISSING or before.verified == before.stated:
        return replace(before, stated=value, verified=MISSING)
    return before


def revalued(track: Track, given: Given, rates: Rates) -> Given:
    """The facts with what volunteer hours are worth by what an office verified, at the rates that the application was submitted under.

    Raises ``FactError`` (``wrong_type``).
    """
    form = form_of(track)
    if form.volunteers is None:
        return given
    sitting = Sitting(form, rates)
    for fact in form.facts:
        if not sitting.asks(fact):
            continue
        if fact.id != form.volunteers.value:
            sitting.take(fact, sitting.compute(fact) if fact.id in form.formulas else given.get(fact.id))
            continue
        before, value = given.get(fact.id), sitting.compute(fact)
        if value == effective(fact, before) or (isinstance(before, Proven) and before.proven is False):
            break
        stated = before.stated if isinstance(before, Proven) else before
        days = [one.on for one in given.values() if isinstance(one, Proven)]
        return {**given, fact.id: Proven(stated, verified=value, on=max(days, default=""))}
    return given


_forms: dict[int, tuple[ref[Track], Form]] = {}


def form_of(track: Track) -> Form:
    """The form of a track, made once."""
    known = _forms.get(id(track))
    if known is not None and known[0]() is track:
        return known[1]
    key, made = id(track), Form(track)
    _forms[key] = ref(track, lambda _: _forms.pop(key, None)), made
    return made
