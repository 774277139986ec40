"""The kinds of criterion whose points follow from facts, compiled once: the points are fast, the words come when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.conditions import Judged, condition_met, judge_condition
from scoring.formula import FormulaError, read_formula
from scoring.judging import Criterion, Table
from scoring.kinds import (
    Bands,
    ByFormula,
    Choice,
    Components,
    Flag,
    Outcome,
    PerUnit,
    Rule,
    Told,
    failed,
    number_shown,
    told_failure,
    total_of,
)
from scoring.proofs import clause_of, in_languages
from scoring.questions import Derived, Fact, Text
from scoring.reasons import LANGUAGES, SENTENCES, Reason, localised, say
from scoring.rulebook import Track
from scoring.usage import columns_used, facts_used
from scoring.view import Tables, Values, values_of, whole
from scoring.wording import Names, told_in_languages

__all__ = [
    "CompiledCriterion", "Computation", "Judged", "columns_used", "condition_met", "facts_used", "formula_values", "judge_condition",
]  # fmt: skip

formula_values = values_of
"""What a formula may see: values by name and the rows of each table; see ``scoring.view``."""

MOST_ROWS = 6
_CAPPED = {one: f"{one}_capped" for one in ("per_unit", "formula", "components", "rows")}


@dataclass(frozen=True, slots=True)
class Computation:
    """Points of one criterion, the inputs by name, the working written out, and the structured reason."""

    points: Fraction
    inputs: Mapping[str, str]
    working: str
    reason: Reason


class _Named:
    """What a criterion calls by name: a fact, a column or a derived value, with its unit and the labels of its answers."""

    def __init__(self, track: Track, name: str, places: tuple[str, ...]) -> None:
        found: Fact | Derived | None = None
        for place in places:
            columns = next((fact.columns for fact in track.facts if fact.id == place), ())
            found = found or next((one for one in columns if one.id == name), None)
            found = found or next((one for one in track.derived if one.table == place and one.id == name), None)
        found = found or next((one for one in track.derived if one.table is None and one.id == name), None)
        found = found or next((one for one in track.facts if one.id == name), None)
        self.unit = "" if found is None else found.unit or ("EUR" if isinstance(found, Fact) and found.kind == "money" else "")
        self.labels: dict[str, Text] = {}
        if isinstance(found, Fact):
            self.labels = {choice.id: choice.label for choice in found.choices}
        elif found is not None:
            self.labels = {one.id: one.title for one in found.classes}


class _ByClass:
    """One rule for each class of a classification."""

    def __init__(self, name: str, rules: Mapping[str, Rule], labels: Mapping[str, Text]) -> None:
        self.name = name
        self.rules = rules
        self.labels = labels

    def judge(self, values: Values, tables: Tables) -> Outcome:
        group = values.get(self.name)
        if not isinstance(group, str):
            return 0, "no_class", None
        rule = self.rules.get(group)
        return (0, "no_table", group) if rule is None else rule.judge(values, tables)

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        if outcome[1] == "no_class":
            return Told()
        group = str(values[self.name])
        label = in_languages("group", self.labels.get(group, {"sl": group}))
        if outcome[1] == "no_table":
            return Told("", label)
        told = self.rules[group].tell(values, tables, outcome)
        return Told(told.working, told.params, (*told.parts, Reason("by_class", {"class": group, **label})))


class _Each:
    """A rule for every row of a table, summed."""

    def __init__(self, table: Fact | None, rule: Rule) -> None:
        self.table = "" if table is None else table.id
        self.label: Text = {} if table is None else table.label
        self.rule = rule

    def judge(self, values: Values, tables: Tables) -> Outcome:
        found = [self.rule.judge({**values, **row}, tables) for row in tables[self.table]]
        return total_of(one[0] for one in found), "rows" if found else "no_rows", found

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        rows = tables[self.table]
        if not rows:
            return Told("", in_languages("label", self.label))
        parts: list[Reason] = []
        workings: list[str] = []
        said: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        for number, (row, one) in enumerate(zip(rows[:MOST_ROWS], outcome[2], strict=False), 1):
            told = self.rule.tell({**values, **row}, tables, one)
            points = number_shown(one[0])
            shown = told.working or told.params.get("value", "")
            working = shown if shown.endswith(f"= {points}") else f"{shown} → {points}" if shown else points
            workings.append(f"{number}: {working}")
            own = Reason(one[1], {**told.params, "points": points, "maximum": ""}, told.parts)
            parts.append(Reason("row", {"row": str(number), "points": points, "working": working}, (own,)))
            for language in LANGUAGES:
                said[language].append(f"{number}: {_row_said(own, told.working, language)}")
        if len(rows) > MOST_ROWS:
            for texts in (workings, *said.values()):
                texts.append(f"… (+{len(rows) - MOST_ROWS})")
        spoken = in_languages("working", {language: "; ".join(texts) for language, texts in said.items()})
        return Told("; ".join(workings), {"rows": str(len(rows)), "working": "; ".join(workings), **spoken}, tuple(parts))


def _row_said(own: Reason, working: str, language: str) -> str:
    """One row in one language: the class that chose its table, how its points come about, and the points."""
    points = localised(own.params["points"], language)
    code = "row_formula_failed" if own.code.startswith("formula_") and not working else f"row_{own.code}"
    text = own.params.get(f"working_{language}") or localised(working, language, grouped=True)
    if own.code == "choice":
        text = say("row_answer", own.params, language)
    elif not working and code in SENTENCES:
        text = say(code, own.params, language)
    classes = [say("row_class", one.params, language) for one in own.parts if one.code == "by_class"]
    text = text if text.endswith(f"= {points}") else f"{text} → {points}" if text else points
    return "".join(f"{one} " for one in classes) + text


class CompiledCriterion:
    """A computed criterion ready for many applicants. ``judge`` gives the points within its limits, ``explain`` the words for them."""

    def __init__(self, track: Track, criterion: Criterion, items: tuple[str, ...] = ()) -> None:
        self.criterion = criterion
        self.maximum = None if criterion.maximum is None else whole(criterion.maximum)
        self.most = None if self.maximum is None else self.maximum.as_integer_ratio()
        self.when = None if criterion.when is None else read_formula(criterion.when).value
        self.rule = _rule(track, criterion, items)
        self.tables = frozenset(fact.id for fact in track.facts if fact.kind == "table")
        self.names = _names(criterion)
        self.wording = Names(track, items)

    def judge(self, values: Values, tables: Tables) -> Outcome:
        """The exact points within the limits, and what to tell about them."""
        if self.when is not None:
            try:
                if not self.when(values, tables):
                    return 0, "not_for", None
            except FormulaError as error:
                return failed(error, str(self.criterion.when))
        outcome = self.rule.judge(values, tables)
        points = outcome[0]
        n, d = (points, 1) if type(points) is int else points.as_integer_ratio()
        if n < 0:
            points = 0
        elif self.most is not None and n * self.most[1] > self.most[0] * d:
            points = self.maximum or 0
        else:
            return outcome
        return points, _CAPPED.get(outcome[1], outcome[1]), outcome[2]

    def explain(self, values: Values, tables: Tables, outcome: Outcome, notes: tuple[Reason, ...] = ()) -> Computation:
        """An outcome in words. ``notes`` are said after the reason."""
        points, code, raw = outcome
        if code == "not_for":
            otherwise = in_languages("text", clause_of(self.criterion.otherwise or {}))
            when = str(self.criterion.when)
            spoken = in_languages("working", told_in_languages(when, self.wording, values, tables))
            told = Told(read_formula(when).compute(values, tables).working, {**otherwise, **spoken})
        elif code.startswith("formula_") and isinstance(raw, str):
            told = told_failure(outcome)
        else:
            told = self.rule.tell(values, tables, outcome)
        maximum = "" if self.maximum is None else number_shown(self.maximum)
        params = {**told.params, "points": number_shown(points), "maximum": maximum}
        inputs = {name: self.input(name, values, tables) for name in self.names if name in self.tables or name in values}
        return Computation(Fraction(points), inputs, told.working, Reason(code, params, (*told.parts, *notes)))

    def input(self, name: str, values: Values, tables: Tables) -> str:
        """What a name stood for, as text: of a table how many rows, empty when it was not stated."""
        if name in self.tables:
            return str(len(tables.get(name, ())))
        value = values.get(name)
        if self.criterion.kind == "flag" and name == self.criterion.fact:
            return "yes" if value else "no"
        if isinstance(value, tuple):
            return ", ".join(value)
        return value if isinstance(value, str) else "" if value is None else number_shown(value)


def _names(criterion: Criterion) -> tuple[str, ...]:
    """Everything that a criterion names outside the rows of tables."""
    named = [criterion.each, criterion.fact, criterion.class_]
    sources = [criterion.when, criterion.formula, criterion.most_units]
    sources += [source for one in criterion.components for source in (one.formula, one.needs)]
    sources += [criterion.norm.actual, criterion.norm.norm, criterion.norm.unless] if criterion.norm is not None else []
    for source in sources:
        if source is not None:
            formula = read_formula(source)
            named += [*sorted(formula.names), *sorted({table for table, _ in formula.tables})]
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _rule(track: Track, criterion: Criterion, items: tuple[str, ...]) -> Rule:
    places = items if criterion.each is None else (criterion.each, *items)
    rule: Rule
    if criterion.class_ is not None:
        labels = _Named(track, criterion.class_, places).labels
        rule = _ByClass(
            criterion.class_, {name: _by_fact(track, criterion, table, places) for name, table in criterion.tables.items()}, labels
        )
    elif criterion.kind == "formula":
        rule = ByFormula(str(criterion.formula), Names(track, places))
    elif criterion.kind == "components":
        rule = Components(criterion.components, criterion.norm, Names(track, places))
    else:
        own = Table.model_construct(
            bands=criterion.bands, per_unit=criterion.per_unit, most_units=criterion.most_units, choices=criterion.choices
        )
        rule = _by_fact(track, criterion, own, places)
    if criterion.each is None:
        return rule
    return _Each(next((fact for fact in track.facts if fact.id == criterion.each), None), rule)


def _by_fact(track: Track, criterion: Criterion, table: Table, places: tuple[str, ...]) -> Rule:
    name = str(criterion.fact)
    named = _Named(track, name, places)
    tables = [fact.id for fact in track.facts if fact.kind == "table"]
    if criterion.kind == "bands":
        return Bands(name, table.bands, tables, named.unit)
    if criterion.kind == "per_unit":
        return PerUnit(name, table.per_unit or Fraction(0), table.most_units or criterion.most_units, tables, named.unit)
    if criterion.kind == "choice":
        return Choice(name, {one.choice: whole(one.points) for one in table.choices}, named.labels)
    return Flag(name, whole(criterion.points or Fraction(0)), tables)
