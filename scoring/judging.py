"""How points come about: criteria and their parts, thresholds, gates, and the second pass over a whole field."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from pydantic import ConfigDict, Field

from scoring.questions import Band, Part, whole_part
from scoring.values import ClassId, Exact, FormulaText, Id, Percent, Texts, Truth

KEYS = {
    "bands": ("fact", "bands", "class", "tables", "each", "gap_reason"),
    "per_unit": ("fact", "per_unit", "most_units", "class", "tables", "each"),
    "choice": ("fact", "choices", "class", "tables", "each"),
    "flag": ("fact", "points", "each"),
    "formula": ("formula", "each"),
    "components": ("components", "norm", "each"),
    "panel": ("minimum", "step", "descriptors", "subcriteria"),
}
"""Which keys a kind of criterion knows, beside those that all kinds know."""

_NEEDED = {
    "bands": ("fact",),
    "per_unit": ("fact",),
    "choice": ("fact",),
    "flag": ("fact", "points"),
    "formula": ("formula",),
    "components": ("components",),
    "panel": (),
}


class ChoicePoints(Part):
    """The points of one answer."""

    choice: Id
    points: Exact


class Descriptor(Part):
    """What a panel's mark means, from this many points on."""

    points: Exact
    text: Texts


class Table(Part):
    """The table of one class: bands, points for a unit, or points of answers."""

    bands: tuple[Band, ...] = ()
    per_unit: Exact | None = None
    most_units: FormulaText | None = None
    choices: tuple[ChoicePoints, ...] = ()


class Norm(Part):
    """The share to which a group is full: ``min(actual / norm, 1)``, or 1 where ``unless`` holds. Formulas over the row."""

    actual: FormulaText
    norm: FormulaText
    unless: FormulaText | None = None
    article: str = ""


class Component(Part):
    """One summand of a criterion: a formula, reduced by the norm or not, and zero while ``needs`` is not proven."""

    id: Id
    title: Texts
    formula: FormulaText
    normed: Truth = False
    needs: FormulaText | None = None
    article: str = ""


class Subcriterion(Part):
    """A published part of a criterion that the panel judges on its own."""

    id: Id
    title: Texts
    maximum: Exact
    minimum: Exact = Fraction(0)
    step: Exact = Fraction(1)
    description: Texts | None = None
    descriptors: tuple[Descriptor, ...] = ()


class Relative(Part):
    """A share of what the whole field reached: of its best, mean or median total, or of the sum of all totals."""

    percent: Percent
    of: Literal["best", "mean", "median", "sum"]


class Threshold(Part):
    """The least number of points, fixed or relative to the field, compared on the exact value."""

    minimum: Exact | None = None
    relative: Relative | None = None
    inclusive: Truth = True
    article: str = ""

    @whole_part
    def _complete(self) -> Threshold:
        if (self.minimum is None) == (self.relative is None):
            raise ValueError("a threshold is either minimum: or relative:")
        return self


class Gate(Part):
    """What must hold over the points themselves: a formula over criteria by id, and ``total``."""

    id: Id
    text: Texts
    article: str
    holds: FormulaText


class SecondPass(Part):
    """After scoring: the best of each group have their points multiplied, or get more."""

    id: Id
    title: Texts
    article: str
    group: Id
    among: FormulaText | None = None
    by: Id | None = None
    best: Exact = Fraction(1)
    equals: Literal["all", "none"] = "all"
    factor: Exact | None = None
    points: Exact | None = None

    @whole_part
    def _complete(self) -> SecondPass:
        if (self.factor is None) == (self.points is None):
            raise ValueError("the second pass either multiplies (factor:) or adds (points:)")
        if self.best.denominator != 1 or self.best < 1:
            raise ValueError("best is a whole number from 1")
        return self


class Criterion(Part):
    """One criterion: how its points follow from facts, or what the panel judges. ``maximum`` None means: no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    id: Id
    title: Texts
    article: str
    kind: Literal["bands", "per_unit", "choice", "flag", "panel", "formula", "components"]
    maximum: Exact | None = None
    description: Texts | None = None
    when: FormulaText | None = None
    otherwise: Texts | None = None
    threshold: Threshold | None = None
    fact: Id | None = None
    each: Id | None = None
    bands: tuple[Band, ...] = ()
    per_unit: Exact | None = None
    most_units: FormulaText | None = None
    choices: tuple[ChoicePoints, ...] = ()
    points: Exact | None = None
    formula: FormulaText | None = None
    components: tuple[Component, ...] = ()
    norm: Norm | None = None
    class_: Id | None = Field(None, alias="class")
    tables: dict[ClassId, Table] = Field(default_factory=dict)
    minimum: Exact = Fraction(0)
    step: Exact = Fraction(1)
    descriptors: tuple[Descriptor, ...] = ()
    subcriteria: tuple[Subcriterion, ...] = ()
    gap_reason: Texts | None = None

    @whole_part
    def _complete(self) -> Criterion:
        missing = [name for name in _NEEDED[self.kind] if getattr(self, name) in (None, ())]
        if self.class_ is None:
            own = {"bands": "bands", "per_unit": "per_unit", "choice": "choices"}.get(self.kind)
            missing += [own] if own and getattr(self, own) in (None, ()) else []
        elif not self.tables:
            missing.append("tables")
        if missing:
            raise ValueError(f"a criterion of the kind {self.kind} needs: {', '.join(missing)}")
        without = [key for keys in KEYS.values() for key in keys if key not in KEYS[self.kind] and self._has(key)]
        if without:
            raise ValueError(f"a criterion of the kind {self.kind} does not know: {', '.join(dict.fromkeys(without))}")
        if self.tables and self.class_ is None:
            raise ValueError("tables need class: the classification that chooses among them")
        if self.threshold is not None and self.threshold.relative is not None:
            raise ValueError("the threshold of one criterion is a minimum; a relative one belongs to the pot")
        if self.maximum is None:
            object.__setattr__(self, "maximum", self._implied())
        if self.kind == "panel" and self.maximum is None:
            raise ValueError("a criterion of the kind panel needs: maximum")
        if (self.maximum is not None and self.maximum < 0) or self.step <= 0:
            raise ValueError("maximum is at least 0 and step is more than 0")
        if self.maximum is not None and not 0 <= self.minimum <= self.maximum:
            raise ValueError("minimum lies between 0 and the maximum")
        return self

    def _has(self, key: str) -> bool:
        name = "class_" if key == "class" else key
        return bool(getattr(self, name) != type(self).model_fields[name].get_default(call_default_factory=True))

    def _implied(self) -> Fraction | None:
        """The most points that the tables can give; None where nothing limits them."""
        if self.kind == "flag":
            return self.points
        if self.kind == "panel":
            return sum((one.maximum for one in self.subcriteria), Fraction(0)) if self.subcriteria else None
        if self.each is not None or self.kind not in ("bands", "choice"):
            return None
        tables = list(self.tables.values()) or [Table(bands=self.bands, choices=self.choices)]
        if self.kind == "choice":  # several answers may be ticked; the linter knows the fact and says so
            return None if any(not table.choices for table in tables) else max(max(c.points for c in t.choices) for t in tables)
        return None if any(not table.bands for table in tables) else max(max(b.points for b in t.bands) for t in tables)

    @property
    def judged(self) -> tuple[Criterion, ...]:
        """What the panel marks here: the published sub-criteria as criteria of their own, else the criterion itself."""
        if self.kind != "panel":
            return ()
        if not self.subcriteria:
            return (self,)
        return tuple(_as_criterion(self, one) for one in self.subcriteria)


def _as_criterion(parent: Criterion, one: Subcriterion) -> Criterion:
    data: dict[str, Any] = {name: getattr(one, name) for name in ("title", "maximum", "minimum", "step", "description", "descriptors")}
    return Criterion.model_construct(
        **{
            **{name: field.get_default(call_default_factory=True) for name, field in Criterion.model_fields.items()},
            **data,
            "id": f"{parent.id}_{one.id}",
            "article": parent.article,
            "kind": "panel",
            "when": parent.when,
            "otherwise": parent.otherwise,
        }
    )
