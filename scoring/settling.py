"""One pot that is divided and closed: who competes, amounts in cents, and the steps of every award."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from scoring.closing import close
from scoring.competing import all_units, competitors, passes
from scoring.exclusion import Exclusion
from scoring.field import Field, Inputs
from scoring.modifiers import Divided, divide
from scoring.money import number_text
from scoring.points import Sheet
from scoring.pools import Size
from scoring.reasons import Reason
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot


@dataclass(frozen=True, slots=True)
class ItemAward:
    """What one item of an application gets, in cents."""

    item: str
    name: str
    points: Fraction
    amount_cents: int

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {"item": self.item, "name": self.name, "points": number_text(self.points), "amount_cents": self.amount_cents}


@dataclass(frozen=True, slots=True)
class Award:
    """What one applicant gets from one pot, in cents, and why: the steps are written when they are looked at."""

    applicant: str
    pot: str
    points: Fraction
    passes: bool
    amount_cents: int
    explain: Callable[[str], tuple[Reason, ...]] = field(repr=False, compare=False)
    items: tuple[ItemAward, ...] = ()

    @property
    def steps(self) -> tuple[Reason, ...]:
        """How the amount came about, step by step."""
        return self.explain(self.applicant)

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        data = {
            "applicant": self.applicant, "pot": self.pot, "points": number_text(self.points), "passes": self.passes,
            "amount_cents": self.amount_cents, "steps": [step.to_data() for step in self.steps],
        }  # fmt: skip
        return data | ({"items": [item.to_data() for item in self.items]} if self.items else {})


@dataclass(frozen=True)
class PotResult:
    """How one pot was divided, in cents.

    ``available = amount + joined``; ``available + received = paid + residual``. ``received`` came from other pots after the awards were
    known; ``flows`` says which part of the residual went on to which pot; ``size`` how the amount follows from a count, where it does.
    """

    pot: str
    amount_cents: int
    joined_cents: int
    joined_from: tuple[str, ...]
    available_cents: int
    points_total: Fraction
    point_value: Fraction | None
    paid_cents: int
    residual_cents: int
    passes: int
    awards: tuple[Award, ...]
    received_cents: int = 0
    received_from: tuple[str, ...] = ()
    flows: tuple[tuple[str, int], ...] = ()
    size: Reason | None = None

    @property
    def kept_cents(self) -> int:
        """What of the residual went nowhere."""
        return self.residual_cents - sum(cents for _, cents in self.flows)

    def to_data(self) -> dict[str, Any]:
        """Plain data; the point value is euros (of a control percentage: percent) as the text of an exact number. The key ``size`` is there
        only where the amount follows from a count."""
        size = {} if self.size is None else {"size": self.size.to_data()}
        return {
            "pot": self.pot, "amount_cents": self.amount_cents, "joined_cents": self.joined_cents, "joined_from": list(self.joined_from),
            "available_cents": self.available_cents, "points_total": number_text(self.points_total),
            "point_value": None if self.point_value is None else number_text(self.point_value),
            "paid_cents": self.paid_cents, "residual_cents": self.residual_cents, "received_cents": self.received_cents,
            "received_from": list(self.received_from), "flows": [{"to": to, "cents": cents} for to, cents in self.flows],
            "passes": self.passes, "awards": [award.to_data() for award in self.awards], **size,
        }  # fmt: skip


# One pot

_HEADINGS = ("item", "item_award", "award")
"""Steps that name something or add it up; they follow from no rule of their own."""


@dataclass
class Settled:
    """One pot that was divided: who competed, the division, amounts in cents, and what came afterwards."""

    rulebook: Rulebook
    pot_field: Field
    sheets: list[Sheet]
    exclusion: Exclusion
    joined: Mapping[str, int]
    members: list[int]
    divided: Divided
    amounts: list[int]
    moved: list[int]
    size: Reason | None = None
    later: dict[int, list[Reason]] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rulebook: Rulebook,
        track: Track,
        pot: Pot,
        sheets: list[Sheet],
        inputs: Inputs,
        joined: Mapping[str, int],
        exclusion: Exclusion,
        size: Size | None = None,
    ) -> Settled:
        """Divide and close one pot; ``size`` says what it comes to where that follows from a count."""
        pot = pot if size is None else pot.sized(size.cents)
        barred = exclusion.barred.get(pot.id, {})
        units = all_units(sheets, pot)
        pot_field = Field(track, pot, units, inputs)
        members = [index for index in competitors(units, pot) if units[index].applicant not in barred]
        available = pot.amount_cents + sum(joined.values())
        divided = divide(pot_field, members, available)
        amounts, moved = [0] * len(units), [0] * len(units)
        for portion in divided.portions:
            inside = portion.members
            limits = portion.division.limits or {}
            caps = [_least(pot_field.caps[index], limits.get(index)) for index in inside]
            closed = close(pot_field, inside, portion.division.exact, portion.division.over, portion.available, caps)
            for index, cents, units_moved in zip(inside, closed.cents, closed.moved, strict=True):
                amounts[index], moved[index] = cents, units_moved
        return cls(rulebook, pot_field, sheets, exclusion, joined, members, divided, amounts, moved, None if size is None else size.reason)

    @property
    def pot(self) -> Pot:
        return self.pot_field.pot

    @property
    def available(self) -> int:
        return self.pot.amount_cents + sum(self.joined.values())

    @property
    def residual(self) -> int:
        return self.available + sum(self.received.values()) - sum(self.amounts)

    def headroom(self, index: int) -> int | None:
        """How much more a unit may get: up to its ceiling, and to what the rule gives where there is money enough; None without either."""
        portion = next((one for one in self.divided.portions if index in one.division.exact), None)
        full = None if portion is None or portion.division.full is None else portion.division.full(index)
        most = _least(self.pot_field.caps[index], full)
        return None if most is None else max(0, most - self.amounts[index])

    def result(self, flows: Mapping[str, int]) -> PotResult:
        """The result with its awards in the order of the sheets."""
        explain = self.explain
        if self.pot.items is None:  # one unit for each sheet, in the same order
            awards = tuple(
                Award(sheet.applicant, self.pot.id, sheet.total, sheet.passes, cents, explain)
                for sheet, cents in zip(self.sheets, self.amounts, strict=True)
            )
        else:
            awards = tuple(self.of_items(sheet) for sheet in self.sheets)
        inside = [index for portion in self.divided.portions for index in portion.members]
        points = Fraction(sum(self.pot_field.points[index] for index in inside), self.pot_field.scale) if inside else Fraction(0)
        first = self.divided.portions[0].division
        return PotResult(
            self.pot.id, self.pot.amount_cents, sum(self.joined.values()), tuple(self.joined), self.available, points, first.value,
            sum(self.amounts), self.residual, max(portion.division.passes for portion in self.divided.portions), awards,
            sum(self.received.values()), tuple(self.received), tuple((to, cents) for to, cents in flows.items() if cents),
            self.size,
        )  # fmt: skip

    def of_items(self, sheet: Sheet) -> Award:
        """What one applicant gets for its items together."""
        indices = self.places.get(sheet.applicant, [])
        units = [self.pot_field.units[index] for index in indices]
        items = tuple(ItemAward(unit.item, unit.name, unit.points, self.amounts[index]) for unit, index in zip(units, indices, strict=True))
        return Award(sheet.applicant, self.pot.id, sheet.total, sheet.passes, sum(item.amount_cents for item in items), self.explain, items)

    def explain(self, applicant: str) -> tuple[Reason, ...]:
        """Every step of one award."""
        indices = self.places.get(applicant, [])
        sheet = self.by_applicant[applicant]
        total = str(sum(self.amounts[index] for index in indices))
        steps = list(self.exclusion.excepted.get(self.pot.id, {}).get(applicant, ()))
        barred = self.exclusion.barred.get(self.pot.id, {})
        if applicant in barred:
            steps.append(barred[applicant])
        elif not sheet.passes:
            steps += sheet.barriers
        elif self.pot.items is None:
            steps += self.of_unit(indices[0])
        else:
            for index in indices:
                unit = self.pot_field.units[index]
                named = {f"answer_{code}": unit.name or unit.item for code in ("sl", "it", "en")}
                steps.append(Reason("item", {"item": unit.item, **named}))
                steps += self.of_unit(index)
                steps.append(Reason("item_award", {"amount_cents": str(self.amounts[index]), **named}))
        return (*(self.with_article(step) for step in steps), Reason("award", {"amount_cents": total}))

    def with_article(self, step: Reason) -> Reason:
        """A step with the article of its rule: what has none of its own follows from the rule of the pot."""
        if step.params.get("article") or step.code in _HEADINGS or not self.pot.article:
            return step
        return Reason(step.code, {**step.params, "article": self.pot.article}, step.parts)

    def of_unit(self, index: int) -> list[Reason]:
        """The steps of one application or item, up to the rounding and what came afterwards."""
        unit = self.pot_field.units[index]
        if not passes(unit):
            return list(next((item.barriers for item in unit.sheet.items if item.id == unit.item), unit.sheet.barriers))
        if index not in self.inside:
            return [Reason("no_points", {})]
        steps = self.opening()
        if index in self.divided.out:
            return steps + self.divided.out[index]()
        portion = next(one for one in self.divided.portions if index in one.division.exact)
        steps += [*portion.opening, *portion.division.explain(index)]
        later = sum(int(reason.params.get("received_cents", "0")) for reason in self.later.get(index, ()))
        cents, unit_cents = self.amounts[index] - later, self.pot.rules.unit_cents
        said = {"unit_cents": str(unit_cents * abs(self.moved[index])), "amount_cents": str(cents)}
        if self.moved[index] > 0:
            steps.append(Reason("closing_unit" if self.pot.rules.closing == "largest_remainder" else "closing_rest", said))
        elif self.moved[index] < 0:
            steps.append(Reason("taken_back", said))
        elif not portion.division.comes_to(index, cents):
            steps.append(Reason("rounded", {"unit_cents": str(unit_cents), "amount_cents": str(cents)}))
        return steps + self.later.get(index, [])

    @cached_property
    def inside(self) -> frozenset[int]:
        return frozenset(self.members)

    @cached_property
    def by_applicant(self) -> dict[str, Sheet]:
        return {sheet.applicant: sheet for sheet in self.sheets}

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Which units belong to each applicant."""
        places: dict[str, list[int]] = {}
        for index, unit in enumerate(self.pot_field.units):
            places.setdefault(unit.applicant, []).append(index)
        return places

    def opening(self) -> list[Reason]:
        """What there is to divide."""
        steps = [self.size or Reason("pot", {"amount_cents": str(self.pot.amount_cents)})]
        running = self.pot.amount_cents
        for source, cents in self.joined.items():
            if cents:
                running += cents
                giver = self.rulebook.pot(source)
                said = {"article": (giver.leftover.article if giver.leftover is not None else "") or giver.article}
                said |= {f"answer_{code}": text for code, text in giver.title.items()}
                steps.append(Reason("joined", {"joined_cents": str(cents), "available_cents": str(running), **said}))
        return steps


def _least(first: int | None, second: int | None) -> int | None:
    return second if first is None else first if second is None else min(first, second)
