"""The kinds of criterion whose points follow from facts: bands, per unit, choice, flag, formula."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.facts import FactError, exact_value
from scoring.formula import Computed, FormulaError, read_formula, shown
from scoring.money import number_text
from scoring.reasons import Reason
from scoring.rulebook import Condition, Criterion, Track


@dataclass(frozen=True)
class Computation:
    """Points of one criterion, the inputs by fact id, the working written out, and the structured reason."""

    points: Fraction
    inputs: Mapping[str, str]
    working: str
    reason: Reason


def compute(track: Track, criterion: Criterion, facts: Mapping[str, Any]) -> Computation:
    """The points of one computed criterion. A missing or unproven fact gives zero points; it does not reject."""
    maximum = number_text(criterion.maximum)
    if criterion.kind == "formula":
        return _formula(track, criterion, facts)
    fact = track.fact(str(criterion.fact))
    given = facts.get(fact.id)
    if criterion.kind == "choice":
        earned = {choice.choice: choice.points for choice in criterion.choices}
        answers = given if isinstance(given, list) else [] if given is None else [given]
        points = min(sum((earned.get(answer, Fraction(0)) for answer in answers), Fraction(0)), criterion.maximum)
        labels = {choice.id: choice.label for choice in fact.choices}
        if not answers:
            return Computation(Fraction(0), {fact.id: ""}, "", Reason("no_answer", {"maximum": maximum}))
        texts = {
            language: ", ".join(labels[a].get(language) or next(iter(labels[a].values())) for a in answers if a in labels)
            for language in ("sl", "it", "en")
        }
        params = {"points": number_text(points), "maximum": maximum, **{f"answer_{language}": text for language, text in texts.items()}}
        return Computation(points, {fact.id: ", ".join(answers)}, "", Reason("choice", params))
    value = exact_value(fact, given)
    if criterion.kind == "flag":
        points = min(criterion.points or Fraction(0), criterion.maximum) if value else Fraction(0)
        return Computation(
            points,
            {fact.id: "yes" if value else "no"},
            "",
            Reason("flag" if value else "flag_off", {"points": number_text(points), "maximum": maximum}),
        )
    if value is None:
        return Computation(Fraction(0), {fact.id: ""}, "", Reason("no_answer", {"maximum": maximum}))
    unit = fact.unit or ("EUR" if fact.kind == "money" else "")
    shown = {"value": number_text(value), "unit": unit, "maximum": maximum}
    if criterion.kind == "bands":
        for band in criterion.bands:
            if band.holds(value):
                points = min(band.points, criterion.maximum)
                return Computation(
                    points,
                    {fact.id: number_text(value)},
                    f"{number_text(value)} ∈ {band.text()}",
                    Reason("band", {**shown, "band": band.text(), "points": number_text(points)}),
                )
        return Computation(Fraction(0), {fact.id: number_text(value)}, "", Reason("gap", shown))
    counted = value if criterion.most_units is None else min(value, criterion.most_units)
    per_unit = criterion.per_unit or Fraction(0)
    points = max(Fraction(0), min(counted * per_unit, criterion.maximum))
    working = f"{number_text(counted)} × {number_text(per_unit)} = {number_text(counted * per_unit)}"
    code = "per_unit" if points == counted * per_unit and counted == value else "per_unit_capped"
    return Computation(
        points,
        {fact.id: number_text(value)},
        working,
        Reason(
            code,
            {
                **shown,
                "counted": number_text(counted),
                "per_unit": number_text(per_unit),
                "points": number_text(points),
                "working": working,
            },
        ),
    )


def condition_met(track: Track, condition: Condition, facts: Mapping[str, Any]) -> Computed | None:
    """What a computed condition gives: met when the value is not 0. None when the office must establish it.

    A formula that cannot be computed from these facts is not met; its working then says why.
    """
    if condition.holds is None:
        return None
    values, tables = formula_values(track, facts)
    try:
        return read_formula(condition.holds).compute(values, tables)
    except FormulaError as error:
        return Computed(Fraction(0), error.message)


def formula_values(track: Track, facts: Mapping[str, Any]) -> tuple[dict[str, Fraction], dict[str, list[dict[str, Fraction]]]]:
    """What a formula may see: numbers by fact id (a missing one counts as 0), and tables as rows of numbers.

    Raises ``FactError`` (``wrong_type``).
    """
    values: dict[str, Fraction] = {}
    tables: dict[str, list[dict[str, Fraction]]] = {}
    for fact in track.facts:
        given = facts.get(fact.id)
        if fact.kind == "table":
            if given is not None and not (isinstance(given, list | tuple) and all(isinstance(row, Mapping) for row in given)):
                raise FactError("wrong_type", fact=fact.id)
            tables[fact.id] = [
                {column.id: exact_value(column, row.get(column.id)) or Fraction(0) for column in fact.columns} for row in given or []
            ]
        elif fact.kind in ("integer", "decimal", "money", "boolean", "choices", "file"):
            values[fact.id] = exact_value(fact, given) or Fraction(0)
    return values, tables


def _formula(track: Track, criterion: Criterion, facts: Mapping[str, Any]) -> Computation:
    formula = read_formula(str(criterion.formula))
    values, tables = formula_values(track, facts)
    maximum = number_text(criterion.maximum)
    used = {name: number_text(values[name]) for name in sorted(formula.names) if name in values}
    try:
        computed = formula.compute(values, tables)
    except FormulaError as error:
        return Computation(Fraction(0), used, "", Reason(f"formula_{error.code}", {"maximum": maximum, "formula": formula.source}))
    points = max(Fraction(0), min(computed.value, criterion.maximum))
    code = "formula" if points == computed.value else "formula_capped"
    return Computation(
        points, used, computed.working, Reason(code, {"working": computed.working, "points": shown(points), "maximum": maximum})
    )
