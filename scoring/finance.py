"""The finance plan of a track: costs and income that balance to the cent, the shares that are the applicant's own, volunteer hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from scoring.money import number, rounded
from scoring.questions import Part
from scoring.values import Id, Percent, Texts

if TYPE_CHECKING:
    from scoring.rulebook import Track

KINDS_OF_HOURS = ("organisational", "substantive", "other")
"""The kinds of volunteer work that the law values differently."""
Rates = Mapping[str, int]
"""Cents for an hour, by kind."""


class CostLines(Part):
    """The table of the costs: the column with the amount and, where costs are told apart, the choice with their category.

    ``bearer`` is the choice that says who bears a cost: its first answer is the applicant, the others are the partners in their order.
    """

    table: Id
    amount: Id
    category: Id | None = None
    bearer: Id | None = None


class Volunteers(Part):
    """Volunteer hours, by kind, of an applicant that is registered for them. ``value`` is the fact that gets what they are worth: it is
    a cost and own income at once."""

    registered: Id
    organisational: Id | None = None
    substantive: Id | None = None
    other: Id | None = None
    value: Id
    article: str

    @model_validator(mode="after")
    def _complete(self) -> Volunteers:
        if not self.hours:
            raise ValueError("name the facts with the hours: organisational, substantive, other")
        return self

    @property
    def hours(self) -> dict[str, str]:
        """The facts with the hours, by kind."""
        named = {kind: getattr(self, kind) for kind in KINDS_OF_HOURS}
        return {kind: fact for kind, fact in named.items() if fact is not None}


class Share(Part):
    """The least or largest share of all costs that some of the income must or may cover."""

    id: Id
    text: Texts
    article: str
    of: Annotated[tuple[Id, ...], Field(min_length=1)]
    least: Percent | None = None
    most: Percent | None = None

    @model_validator(mode="after")
    def _complete(self) -> Share:
        if self.least is None and self.most is None:
            raise ValueError("a share needs least: or most:")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is at most most")
        return self


class FinancePlan(Part):
    """Costs by category and income by source. ``income`` are the money facts of the sources; ``of`` in a share names some of them."""

    title: Texts
    article: str
    section: Id | None = None
    costs: CostLines
    income: Annotated[tuple[Id, ...], Field(min_length=1)]
    volunteers: Volunteers | None = None
    shares: tuple[Share, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts of the income side; the volunteer hours come last."""
        return (*self.income, *((self.volunteers.value,) if self.volunteers is not None else ()))


@dataclass(frozen=True)
class Held:
    """A share as it stands: how much of the costs the named income covers, and what is missing to (or above) what the rule says."""

    share: Share
    cents: int
    percent: Fraction | None
    missing: int
    over: int

    @property
    def holds(self) -> bool:
        """Whether the rule is kept."""
        return not self.missing and not self.over


@dataclass(frozen=True)
class Balance:
    """Both sides in cents: costs by category (None for those without one, and volunteer hours under the id of their fact), income by fact.

    ``borne`` divides the same costs by who bears them (None: nobody is named); it is empty where the plan does not ask.
    """

    costs: tuple[tuple[str | None, int], ...]
    income: tuple[tuple[str, int], ...]
    shares: tuple[Held, ...]
    borne: tuple[tuple[str | None, int], ...] = ()

    @property
    def cost_cents(self) -> int:
        """All costs."""
        return sum(cents for _, cents in self.costs)

    @property
    def income_cents(self) -> int:
        """All income."""
        return sum(cents for _, cents in self.income)

    @property
    def difference(self) -> int:
        """What the income lacks to the costs; below 0 where it is more."""
        return self.cost_cents - self.income_cents

    @property
    def balances(self) -> bool:
        """Whether both sides are equal to the cent."""
        return self.difference == 0


def balance_of(track: Track, values: Mapping[str, Any]) -> Balance | None:
    """How the plan of a track stands for checked values; None where the track has none, or its costs are not asked for."""
    plan = track.plan
    if plan is None:
        return None
    table = track.fact(plan.costs.table)
    column = next((one for one in table.columns if one.id == plan.costs.category), None)
    by_category: dict[str | None, int] = {one.id: 0 for one in column.choices} if column is not None else {}
    for row in values.get(plan.costs.table) or ():
        category = row.get(plan.costs.category) if plan.costs.category is not None else None
        by_category[category] = by_category.get(category, 0) + (row.get(plan.costs.amount) or 0)
    income = {name: values.get(name) or 0 for name in plan.sources}
    if plan.volunteers is not None:
        by_category[plan.volunteers.value] = income[plan.volunteers.value]
    costs = sum(by_category.values())
    shares = tuple(_held(share, sum(income[name] for name in share.of), costs) for share in plan.shares)
    return Balance(tuple(by_category.items()), tuple(income.items()), shares, _borne(track, values, plan))


def _borne(track: Track, values: Mapping[str, Any], plan: FinancePlan) -> tuple[tuple[str | None, int], ...]:
    """The costs by who bears them. The volunteer hours are the applicant's own."""
    column = next((one for one in track.fact(plan.costs.table).columns if one.id == plan.costs.bearer), None)
    if column is None:
        return ()
    borne: dict[str | None, int] = {one.id: 0 for one in column.choices}
    for row in values.get(plan.costs.table) or ():
        bearer = row.get(column.id)
        borne[bearer] = borne.get(bearer, 0) + (row.get(plan.costs.amount) or 0)
    if plan.volunteers is not None:
        borne[column.choices[0].id] += values.get(plan.volunteers.value) or 0
    return tuple(borne.items())


def _held(share: Share, cents: int, costs: int) -> Held:
    missing = 0 if share.least is None else max(0, _up(costs * share.least / 100) - cents)
    over = 0 if share.most is None else max(0, cents - int(costs * share.most / 100))
    return Held(share, cents, Fraction(100 * cents, costs) if costs else None, missing, over)


def _up(value: Fraction) -> int:
    return -int(-value // 1)


def volunteer_cents(volunteers: Volunteers, values: Mapping[str, Any], rates: Rates) -> int:
    """What the hours are worth, each kind rounded half up to the cent; nothing where the applicant is not registered."""
    if not values.get(volunteers.registered):
        return 0
    total = 0
    for kind, name in volunteers.hours.items():
        hours = values.get(name)
        if hours is not None:
            total += int(rounded(number(hours) * rates[kind], "half_up"))
    return total
