"""The kinds of criterion as rules: exact points for one view of the facts, and the words for them when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, Protocol

from scoring.formula import FormulaError, read_formula, shown
from scoring.judging import Component, Norm
from scoring.proofs import answer_texts, in_languages
from scoring.questions import Band, Text
from scoring.reasons import SENTENCES, Reason
from scoring.view import Number, Tables, Values, counted, whole
from scoring.wording import Names, worked

Outcome = tuple[Number, str, Any]
"""Points, the code of the reason, and what its sentence is made of, to be put into words later."""


class Told(NamedTuple):
    """An outcome in words: the working, the values of its sentence, and the reasons it consists of."""

    working: str = ""
    params: Mapping[str, str] = {}
    parts: tuple[Reason, ...] = ()


class Rule(Protocol):
    """How points come about: ``judge`` gives the exact points before any limit, ``tell`` the words for what ``judge`` gave."""

    def judge(self, values: Values, tables: Tables) -> Outcome: ...

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told: ...


def number_shown(value: Number) -> str:
    """A number for people."""
    return shown(Fraction(value))


def total_of(points: Iterable[Number]) -> Number:
    """An exact sum over one common denominator."""
    n, d = 0, 1
    for one in points:
        if type(one) is int:
            n += one * d
            continue
        m, e = one.numerator, one.denominator
        if e != d:
            common = lcm(d, e)
            n, m, d = n * (common // d), m * (common // e), common
        n += m
    return Fraction(n, d) if n % d else n // d


def failed(error: FormulaError, source: str) -> Outcome:
    """No points, since a formula cannot be computed."""
    code = f"formula_{error.code}"
    return 0, code if code in SENTENCES else "formula_failed", source


class Bands:
    def __init__(self, name: str, bands: tuple[Band, ...], tables: Iterable[str], unit: str) -> None:
        self.number = counted(name, tables)
        self.unit = unit
        self.bands = [(*_end(band.low), *_end(band.high), whole(band.points), band) for band in bands]

    def judge(self, values: Values, tables: Tables) -> Outcome:
        value = self.number(values, tables)
        if value is None:
            return 0, "no_answer", None
        for low, low_in, high, high_in, points, band in self.bands:
            if low is not None and (value < low or (value == low and not low_in)):
                continue
            if high is not None and (value > high or (value == high and not high_in)):
                continue
            return points, "band", (value, band)
        return 0, "gap", (value, None)

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        if outcome[1] == "no_answer":
            return Told()
        value, band = outcome[2]
        params = {"value": number_shown(value), "unit": self.unit}
        if band is None:
            return Told("", params)
        return Told(f"{params['value']} ∈ {band.text()}", {**params, "band": band.text()})


def _end(end: tuple[Fraction, bool] | None) -> tuple[Number | None, bool]:
    return (None, True) if end is None else (whole(end[0]), end[1])


class PerUnit:
    def __init__(self, name: str, per_unit: Fraction, most_units: str | None, tables: Iterable[str], unit: str) -> None:
        self.number = counted(name, tables)
        self.unit = unit
        self.per_unit = per_unit
        self.n, self.d = per_unit.as_integer_ratio()
        self.most_units = most_units
        self.most = None if most_units is None else read_formula(most_units).value

    def judge(self, values: Values, tables: Tables) -> Outcome:
        value = self.number(values, tables)
        if value is None:
            return 0, "no_answer", None
        units, code = value, "per_unit"
        if self.most is not None:
            try:
                most = self.most(values, tables)
            except FormulaError as error:
                return failed(error, str(self.most_units))
            if most < value:
                units, code = most, "per_unit_capped"
        if type(units) is int:
            n = units * self.n
            return (Fraction(n, self.d) if n % self.d else n // self.d), code, (value, units)
        return whole(units * self.per_unit), code, (value, units)

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        if outcome[2] is None or isinstance(outcome[2], str):
            return told_failure(outcome)
        value, units = outcome[2]
        counted_text, per_unit = number_shown(units), number_shown(self.per_unit)
        working = f"{counted_text} × {per_unit} = {number_shown(whole(units * self.per_unit))}"
        params = {"value": number_shown(value), "unit": self.unit, "counted": counted_text, "per_unit": per_unit, "working": working}
        return Told(working, params)


def told_failure(outcome: Outcome) -> Told:
    """Why a formula could not be computed, or that nothing was stated."""
    return Told() if outcome[2] is None else Told("", {"formula": outcome[2]})


class Choice:
    def __init__(self, name: str, earned: Mapping[str, Number], labels: Mapping[str, Text]) -> None:
        self.name = name
        self.earned = earned
        self.labels = labels

    def judge(self, values: Values, tables: Tables) -> Outcome:
        answer = values.get(self.name)
        if type(answer) is str:
            return self.earned.get(answer, 0), "choice", (answer,)
        if not isinstance(answer, tuple) or not answer:
            return 0, "no_answer", None
        return total_of(self.earned.get(one, 0) for one in answer), "choice", answer

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        return Told() if outcome[2] is None else Told("", in_languages("answer", answer_texts(self.labels, outcome[2])))


class Flag:
    def __init__(self, name: str, points: Number, tables: Iterable[str]) -> None:
        self.number = counted(name, tables)
        self.points = points

    def judge(self, values: Values, tables: Tables) -> Outcome:
        return (self.points, "flag", None) if self.number(values, tables) else (0, "flag_off", None)

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        return Told()


class ByFormula:
    def __init__(self, source: str, names: Names) -> None:
        self.source = source
        self.names = names
        self.value = read_formula(source).value

    def judge(self, values: Values, tables: Tables) -> Outcome:
        try:
            return self.value(values, tables), "formula", None
        except FormulaError as error:
            return failed(error, self.source)

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        if outcome[2] is not None:
            return told_failure(outcome)
        working = read_formula(self.source).compute(values, tables).working
        return Told(working, worked(self.source, working, self.names, values, tables))


class Components:
    """A sum of formulas; some shrink with how far a norm is met, some are nothing while a proof is missing."""

    def __init__(self, components: tuple[Component, ...], norm: Norm | None, names: Names) -> None:
        self.names = names
        self.parts = [(one, read_formula(one.formula), None if one.needs is None else read_formula(one.needs)) for one in components]
        self.norm = norm

    def judge(self, values: Values, tables: Tables) -> Outcome:
        fill: tuple[Number, str, Any] | None = None
        found: list[Outcome] = []
        for component, formula, needs in self.parts:
            try:
                if needs is not None and not needs.value(values, tables):
                    found.append((0, "component_unproven", None))
                    continue
                value = formula.value(values, tables)
            except FormulaError:
                found.append((0, "component_failed", None))
                continue
            if component.normed and self.norm is not None:
                fill = fill or _fill(self.norm, values, tables)
                value = value if fill[0] == 1 else whole(value * Fraction(fill[0]))
                found.append((value, fill[1], fill))
            else:
                found.append((value, "component", None))
        return total_of(one[0] for one in found), "components", found

    def tell(self, values: Values, tables: Tables, outcome: Outcome) -> Told:
        parts = []
        for (component, formula, _), (points, code, fill) in zip(self.parts, outcome[2], strict=True):
            params = {
                "id": component.id,
                **in_languages("title", component.title),
                "value": number_shown(points),
                "article": component.article,
            }
            if code not in ("component_unproven", "component_failed"):
                params |= worked(component.formula, formula.compute(values, tables).working, self.names, values, tables)
            if fill is not None:
                params["fill"] = number_shown(fill[0])
                if fill[2] is not None:
                    params |= {"actual": number_shown(fill[2][0]), "norm": number_shown(fill[2][1])}
            parts.append(Reason(code, params))
        sides = " + ".join(
            one.params["value"] if points >= 0 else f"({one.params['value']})" for one, (points, *_) in zip(parts, outcome[2], strict=True)
        )
        working = f"{sides} = {number_shown(total_of(one[0] for one in outcome[2]))}"
        return Told(working, {"working": working}, tuple(parts))


def _fill(norm: Norm, values: Values, tables: Tables) -> tuple[Number, str, Any]:
    """How far the norm is met, from 0 to 1, the code that says so, and what was reached of what."""
    try:
        if norm.unless is not None and read_formula(norm.unless).value(values, tables):
            return 1, "component_exempt", None
        actual, wanted = read_formula(norm.actual).value(values, tables), read_formula(norm.norm).value(values, tables)
    except FormulaError:
        return 0, "component_no_norm", None
    if wanted <= 0:
        return 0, "component_no_norm", None
    fill = 0 if actual <= 0 else 1 if actual >= wanted else Fraction(actual) / Fraction(wanted)
    return fill, "component_normed", (actual, wanted)
