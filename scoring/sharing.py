"""How money is divided: the keys of a pot that are about euros, and the pot itself."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, Self

from pydantic import ConfigDict, Field, PrivateAttr

from scoring.judging import Criterion, Gate, SecondPass, Threshold
from scoring.money import cents_from_euros
from scoring.questions import Condition, Interval, Part, whole_part
from scoring.values import Count, Euros, Exact, FormulaText, Id, Percent, PointDecimals, PotId, Texts, Truth

Engine = Literal[
    "point_value",
    "fixed_point_value",
    "drivers",
    "share_of_request",
    "full_request",
    "waterfall",
    "panel_amounts",
    "category_amounts",
    "control_percentage",
    "actual_cost",
]
KEYS: dict[str, tuple[str, ...]] = {
    "point_value": ("equal_base",),
    "fixed_point_value": ("value", "short"),
    "drivers": ("drivers",),
    "share_of_request": ("basis", "score_bands"),
    "full_request": ("basis", "short"),
    "waterfall": ("basis", "last"),
    "panel_amounts": (),
    "category_amounts": ("category", "amounts", "last"),
    "control_percentage": ("basis", "tiers"),
    "actual_cost": ("cost_fact",),
}
"""Which keys an engine knows, beside those that all engines know."""

_NEEDED: dict[str, tuple[str, ...]] = {
    "fixed_point_value": ("value",),
    "drivers": ("drivers",),
    "category_amounts": ("category", "amounts"),
    "control_percentage": ("basis",),
}


class Limit(Part):
    """A ceiling of its own: an amount, or a share of a money fact; with ``when`` only for those for whom that holds."""

    id: Id
    title: Texts
    article: str
    amount: Euros | None = None
    fact: Id | None = None
    percent: Percent = Fraction(100)
    when: FormulaText | None = None

    @whole_part
    def _complete(self) -> Limit:
        if (self.amount is None) == (self.fact is None):
            raise ValueError("a limit is either amount: or fact: (with percent:)")
        return self


class Caps(Part):
    """Ceilings of one award: the request, an amount, a share of a cost, and limits of their own. The lowest counts."""

    request: Id | None = None
    amount: Euros | None = None
    cost: Id | None = None
    cost_share: Exact | None = None
    limits: tuple[Limit, ...] = ()

    @whole_part
    def _complete(self) -> Caps:
        if self.cost_share is not None:
            if self.cost is None:
                raise ValueError("cost_share needs cost: the money fact of which it is a share")
            if not 0 < self.cost_share <= 1:
                raise ValueError("cost_share is more than 0 and at most 1: 70 % is 0.7")
        return self


class Rounding(Part):
    """How numbers are rounded: the point value, the unit of an award in euros, and what happens to the last cents."""

    point_value: Literal["exact", "cut", "half_up"] = "exact"
    decimals: PointDecimals = 0
    award_unit: Literal["0.01", "1", "10", "100"] = "0.01"
    award: Literal["half_up", "cut"] = "half_up"
    closing: Literal["largest_remainder", "to_one", "leave"] = "leave"
    tie_break: tuple[str, ...] = ("earlier_submission", "applicant")

    @property
    def unit_cents(self) -> int:
        """The award unit in cents."""
        return cents_from_euros(self.award_unit)


class MinimumAward(Part):
    """What happens to awards that would be smaller than this: not given, paid as they are, or raised to it."""

    amount: Euros
    below: Literal["drop", "pay", "raise"] = "drop"


class EqualBase(Part):
    """What everybody who competes gets alike before the rest is divided by points: an amount each, or a share of the pot."""

    amount: Euros | None = None
    percent: Percent | None = None
    article: str = ""

    @whole_part
    def _complete(self) -> EqualBase:
        if (self.amount is None) == (self.percent is None):
            raise ValueError("an equal base is either amount: or percent:")
        return self


class Driver(Part):
    """A slice of the pot and what it is divided by: all points, the points of some criteria, a formula, or equally."""

    id: Id
    title: Texts
    article: str
    percent: Percent
    by: Literal["points", "criteria", "formula", "equal"] = "points"
    criteria: tuple[Id, ...] = ()
    formula: FormulaText | None = None

    @whole_part
    def _complete(self) -> Driver:
        if (self.by == "criteria") != bool(self.criteria) or (self.by == "formula") != (self.formula is not None):
            raise ValueError("by: criteria needs criteria: (a list of ids); by: formula needs formula:; the others need neither")
        return self


class ScoreBand(Interval):
    """The share of the basis that these points give."""

    percent: Percent


class Tier(Interval):
    """The factor of the control percentage for a basis of this size (in euros)."""

    factor: Exact


class BalanceGroup(Part):
    """The share of one group, where it is not that of all the others."""

    group: str
    least: Percent | None = None
    most: Percent | None = None


class Balance(Part):
    """The least or largest share of a pot for each group of applicants: an area, a community, a school, youth."""

    id: Id
    title: Texts
    article: str
    by: Id
    least: Percent | None = None
    most: Percent | None = None
    groups: tuple[BalanceGroup, ...] = ()


class Leftover(Part):
    """Where the money goes that is left of a pot.

    ``before``: it joins the next pot before anything is computed there; what that pot does not need goes on along the list.
    ``after``: the pots in the list are divided by their own money first, then the leftover is shared out among their applicants by
    the same rule (``listed``), or from the most points down, each up to the own ceiling (``score``).
    """

    to: tuple[PotId, ...] = Field(min_length=1)
    when: Literal["before", "after"] = "before"
    order: Literal["listed", "score"] = "listed"
    article: str = ""

    @whole_part
    def _complete(self) -> Leftover:
        if self.order == "score" and self.when == "before":
            raise ValueError("order: score shares out what is left after the awards are known: add when: after")
        return self


class Items(Part):
    """The rows of a table are scored and funded one by one; ``where`` says which of them belong to this pot."""

    table: Id
    name: Id | None = None
    where: FormulaText | None = None


class ByCount(Part):
    """The part of a fund that follows from a count over the applications that compete for it: of each the value of a formula, or 1.

    With ``rate`` it is so much for each that is counted. Without, such parts share what the others leave in proportion to their counts.
    """

    title: Texts
    article: str
    formula: FormulaText | None = None
    rate: Euros | None = None

    @whole_part
    def _complete(self) -> ByCount:
        if self.rate is not None and self.rate <= 0:
            raise ValueError("rate is more than 0")
        return self


class Money(Part):
    """Money with an amount of its own, or a percentage or the remainder of a fund."""

    amount: Euros | None = None
    percent: Percent | None = None
    remainder: Truth = False
    of: Id | None = None

    @whole_part
    def _one_source(self) -> Self:
        counted = getattr(self, "by_count", None) is not None  # pots have it, funds do not
        given = [
            name
            for name, there in (
                ("amount", self.amount is not None), ("percent", self.percent is not None), ("remainder", self.remainder), ("by_count", counted),
            )
            if there
        ]  # fmt: skip
        if len(given) != 1:
            raise ValueError("write exactly one of: amount, percent (of a fund), remainder (of a fund), and in a pot by_count (of a fund)")
        if (given[0] == "amount") != (self.of is None):
            raise ValueError("percent, remainder and by_count need of: the fund that they are part of; an amount stands alone")
        return self


class Pot(Money):
    """Money that is divided by one rule among those who compete for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    id: PotId
    title: Texts
    article: str
    engine: Engine
    by_count: ByCount | None = None
    items: Items | None = None
    conditions: tuple[Condition, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    maximum_points: Exact | None = None
    above_maximum: Literal["cut"] | None = None
    threshold: Threshold | None = None
    gates: tuple[Gate, ...] = ()
    second_pass: tuple[SecondPass, ...] = ()
    aggregation: Literal["agreed", "mean", "trimmed_mean", "median"] = "mean"
    least_marks: Count = 1
    display_decimals: PointDecimals = 2
    caps: Caps = Caps()
    basis: Id | None = None
    value: Exact | None = None
    short: Literal["scale", "leave_out"] = "scale"
    drivers: tuple[Driver, ...] = ()
    score_bands: tuple[ScoreBand, ...] = ()
    tiers: tuple[Tier, ...] = ()
    last: Literal["partial", "nothing", "next"] = "partial"
    category: Id | None = None
    amounts: dict[Id, Euros] = Field(default_factory=dict)
    cost_fact: Id | None = None
    equal_base: EqualBase | None = None
    minimum_award: MinimumAward | None = None
    balance: Balance | None = None
    rounding: Rounding | None = None
    leftover: Leftover | None = None
    notes: tuple[Texts, ...] = ()
    _cents: int | None = PrivateAttr(None)
    _counted: bool = PrivateAttr(False)

    @whole_part
    def _complete(self) -> Pot:
        if self.maximum_points is not None and self.maximum_points <= 0:
            raise ValueError("maximum_points is more than 0")
        if self.above_maximum is not None and self.maximum_points is None:
            raise ValueError("above_maximum needs maximum_points: the most points that anybody can have")
        missing = [name for name in _NEEDED.get(self.engine, ()) if getattr(self, name) in (None, (), {})]
        if missing:
            raise ValueError(f"the engine {self.engine} needs: {', '.join(missing)}")
        without = [key for keys in KEYS.values() for key in keys if key not in KEYS[self.engine] and self._has(key)]
        if without:
            raise ValueError(f"the engine {self.engine} does not know: {', '.join(dict.fromkeys(without))}")
        if self.value is not None and self.value <= 0:
            raise ValueError("value is more than 0")
        return self

    def _has(self, key: str) -> bool:
        return bool(getattr(self, key) != type(self).model_fields[key].get_default(call_default_factory=True))

    @property
    def counted(self) -> bool:
        """Whether what it comes to is known only when the applications are: it, or what it is the remainder of, follows from a count."""
        return self._counted

    def sized(self, cents: int) -> Pot:
        """The same pot with the amount that a count came to."""
        copy = self.model_copy()
        copy._cents = cents
        return copy

    @property
    def amount_cents(self) -> int:
        """The published amount in cents; of a part of a fund, what its percentage or the remainder comes to; 0 while it is ``counted``."""
        if self._cents is not None:
            return self._cents
        return self.amount or 0

    @property
    def rules(self) -> Rounding:
        """The declared rounding, or the default one (the linter warns when none is declared)."""
        return self.rounding or Rounding()

    @property
    def basis_fact(self) -> str | None:
        """The money fact that a share is a share of: the basis or, without one, the request."""
        return self.basis or self.caps.request

    @property
    def panel_criteria(self) -> tuple[Criterion, ...]:
        """What people judge: panel criteria, those with published sub-criteria as these."""
        return tuple(part for criterion in self.criteria for part in criterion.judged)

    @property
    def maximum(self) -> Fraction | None:
        """The declared maximum of points, or the sum of the criteria; None where one of them has no limit."""
        if self.maximum_points is not None:
            return self.maximum_points
        most = [criterion.maximum for criterion in self.criteria]
        return None if None in most else sum((one for one in most if one is not None), Fraction(0))

    def criterion(self, identity: str) -> Criterion:
        """One criterion by its id, or what the panel judges in it. Raises ``KeyError``."""
        for criterion in (*self.criteria, *self.panel_criteria):
            if criterion.id == identity:
                return criterion
        raise KeyError(identity)
