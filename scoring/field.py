"""Who competes for a pot, and what is known of each: points, ceilings, requests, and who comes first among equals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, NamedTuple

from scoring.facts import effective
from scoring.findings import CodedError
from scoring.formula import FormulaError, read_formula
from scoring.money import number_text, whole_cents
from scoring.points import Decided, Sheet
from scoring.questions import Fact
from scoring.reasons import Reason
from scoring.rulebook import Track
from scoring.sharing import Limit, Pot
from scoring.view import row_values, values_of

Facts = Mapping[str, Mapping[str, Any]]
MOST_BITS = 1 << 29
"""How much room all points of a pot may take over their common denominator: some 5,000 applicants with as many unlike denominators."""
LAST = 1 << 60
"""The place of whoever has none: no time of receipt, no lot."""


_NOTHING: Mapping[str, Any] = {}


class AllocationError(CodedError):
    """Pots or sheets that cannot be settled together; ``others`` are more mistakes of the same kind, found at the same time."""

    others: tuple[AllocationError, ...] = ()

    def with_others(self, others: Iterable[AllocationError]) -> AllocationError:
        """The same error, which carries these too."""
        self.others = tuple(others)
        return self


class Unit(NamedTuple):
    """What gets one amount: an application, or one of its items (the row of a table, counted from 0)."""

    applicant: str
    points: Fraction
    sheet: Sheet
    item: str = ""
    name: str = ""
    row: int = -1

    @property
    def key(self) -> str:
        """Its name in messages and ties."""
        return f"{self.applicant} #{self.item}" if self.item else self.applicant


@dataclass(frozen=True)
class Inputs:
    """What a division needs beside points: facts by applicant, the order of receipt, drawn lots, amounts that a panel decided."""

    facts: Facts
    order: Mapping[str, int] = field(default_factory=dict)
    lots: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, Mapping[str, Decided]] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """The units that compete for one pot, as parallel lists; ``points[i] / scale`` are the points of unit ``i``."""

    track: Track
    pot: Pot
    units: Sequence[Unit]
    inputs: Inputs

    @cached_property
    def scale(self) -> int:
        """The common denominator of all points. Raises ``AllocationError`` (``denominators``)."""
        return common_denominator({unit.points.denominator for unit in self.units}, len(self.units), self.pot)

    @cached_property
    def points(self) -> list[int]:
        """Points times ``scale``."""
        scale = self.scale
        return [unit.points.numerator * (scale // unit.points.denominator) for unit in self.units]

    @cached_property
    def _kinds(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.track.facts}

    @cached_property
    def _columns(self) -> dict[str, Fact]:
        return {} if self.pot.items is None else {column.id: column for column in self._kinds[self.pot.items.table].columns}

    def given(self, index: int, name: str) -> Any:
        """The typed value of a fact, or of a column where the unit is an item; None when it is not stated or not proven."""
        unit = self.units[index]
        own = self.inputs.facts.get(unit.applicant, {})
        if unit.row >= 0 and name in self._columns:
            table = self.pot.items.table if self.pot.items else ""
            rows = effective(self._kinds[table], own.get(table)) or []
            return effective(self._columns[name], rows[unit.row].get(name)) if unit.row < len(rows) else None
        value = own.get(name)
        return None if value is None else effective(self._kinds[name], value)

    def cents(self, index: int, name: str | None) -> int:
        """An amount among the facts in cents; one that is not stated is 0. Raises ``NumberError``."""
        value = None if name is None else self.given(index, name)
        return 0 if value is None else max(0, whole_cents(value))

    def column(self, name: str | None) -> list[int]:
        """The amounts of one fact for all units, in cents."""
        if name is None:
            return [0] * len(self.units)
        if name in self._columns:
            return [self.cents(index, name) for index in range(len(self.units))]
        facts, found = self.inputs.facts, []
        for index, unit in enumerate(self.units):
            value = facts.get(unit.applicant, _NOTHING).get(name)
            found.append(value if type(value) is int and value >= 0 else self.cents(index, name))
        return found

    @cached_property
    def basis(self) -> list[int]:
        """What shares are shares of, in cents: the basis of the pot or the request."""
        return self.column(self.pot.basis_fact)

    def values(self, index: int) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
        """What a formula sees for a unit: names, and tables as rows."""
        unit = self.units[index]
        own = self.inputs.facts.get(unit.applicant, {})
        names, tables = values_of(self.track, own)
        if unit.row >= 0 and self.pot.items is not None:
            names = {**names, **row_values(self.track, self.pot.items.table, own, unit.row)}
        return names, tables

    def compute(self, index: int, source: str) -> Fraction | int:
        """The value of a formula for a unit; 0 where it cannot be computed from what is known."""
        try:
            return read_formula(source).value(*self.values(index))
        except FormulaError:
            return 0

    @cached_property
    def caps(self) -> list[int | None]:
        """The lowest ceiling of every unit in whole cents, or None. A request that is not stated is zero."""
        caps = self.pot.caps
        lowest: list[int | None] = [caps.amount] * len(self.units)
        if caps.request is not None:
            lowest = [_lower(cap, cents) for cap, cents in zip(lowest, self.column(caps.request), strict=True)]
        if caps.cost is not None:
            share = caps.cost_share if caps.cost_share is not None else Fraction(1)
            up, down = share.numerator, share.denominator
            lowest = [_lower(cap, cents * up // down) for cap, cents in zip(lowest, self.column(caps.cost), strict=True)]
        for limit in caps.limits:
            for index in range(len(self.units)):
                cents = self.limit(index, limit)
                if cents is not None:
                    lowest[index] = _lower(lowest[index], cents)
        return lowest

    def limit(self, index: int, limit: Limit) -> int | None:
        """One limit in cents for one unit; None where it does not apply."""
        if limit.when is not None and not self.compute(index, limit.when):
            return None
        if limit.amount is not None:
            return limit.amount
        return int(self.cents(index, limit.fact) * limit.percent / 100)

    def cap_reason(self, index: int) -> Reason:
        """Which ceiling it is that limits a unit."""
        caps, lowest = self.pot.caps, self.caps[index]
        if caps.request is not None and self.cents(index, caps.request) == lowest:
            return Reason("cap_request", {"cap_cents": str(lowest)})
        if caps.amount is not None and caps.amount == lowest:
            return Reason("cap_amount", {"cap_cents": str(lowest)})
        for limit in caps.limits:
            if self.limit(index, limit) == lowest:
                said = {f"answer_{code}": text for code, text in limit.title.items()}
                return Reason("cap_limit", {"cap_cents": str(lowest), "article": limit.article, **said})
        share = caps.cost_share if caps.cost_share is not None else Fraction(1)
        return Reason("cap_cost", {"cap_cents": str(lowest), "share": number_text(share * 100), **self.title(str(caps.cost))})

    def title(self, name: str) -> dict[str, str]:
        """What people call a fact, a column or a derived value: by language, as ``cost_sl`` …"""
        facts = [*self._columns.values(), *self.track.facts]
        texts = next((one.label for one in facts if one.id == name), None)
        if texts is None:
            texts = next((one.title for one in self.track.derived if one.id == name), {})
        return {f"cost_{code}": text for code, text in texts.items()}

    def label(self, name: str, answer: str) -> dict[str, str]:
        """How people call an answer of a choice, a class, or a yes or no: by language, as ``answer_sl`` …"""
        facts = [*self.track.facts, *self._columns.values()]
        texts = next((choice.label for fact in facts if fact.id == name for choice in fact.choices if choice.id == answer), None)
        if texts is None:
            classes = [one for derived in self.track.derived if derived.id == name for one in derived.classes]
            texts = next((one.title for one in classes if one.id == answer), None)
        if texts is None:
            texts = {"yes": {"sl": "da", "it": "sì", "en": "yes"}, "no": {"sl": "ne", "it": "no", "en": "no"}}.get(
                answer, {"en": answer or "—"}
            )
        return {f"answer_{code}": text for code, text in texts.items()}

    def tie(self, index: int) -> Reason | None:
        """Which rule told a unit from a neighbour in the ranking with the same points; None where nobody has as many."""
        place = self._places[index]
        beside = [self.ranking[other] for other in (place - 1, place + 1) if 0 <= other < len(self.ranking)]
        other = next((one for one in beside if self.points[one] == self.points[index]), None)
        if other is None:
            return None
        rules = (*self.pot.rules.tie_break, "applicant")
        decided = next(
            (rule for rule, mine, theirs in zip(rules, self.keys[index], self.keys[other], strict=False) if mine != theirs), "applicant"
        )
        if not decided.startswith("criterion:"):
            return Reason(f"tie_{decided}", {})
        criterion = self.pot.criterion(decided.removeprefix("criterion:"))
        return Reason("tie_criterion", {"article": criterion.article, **{f"answer_{code}": text for code, text in criterion.title.items()}})

    @cached_property
    def _places(self) -> dict[int, int]:
        return {index: place for place, index in enumerate(self.ranking)}

    @cached_property
    def keys(self) -> list[tuple[Any, ...]]:
        """For every unit who it is among equals, smaller first: by the declared rules, at last by name and item."""
        names, rows = [unit.applicant for unit in self.units], [unit.row for unit in self.units]
        return list(zip(*(self._ranks(rule, names) for rule in self.pot.rules.tie_break), names, rows, strict=True))

    def _ranks(self, rule: str, names: Sequence[str]) -> Sequence[Any]:
        """By one rule for ties who every unit is, smaller first."""
        match rule:
            case "more_points":
                return [-points for points in self.points]
            case "earlier_submission":
                order = self.inputs.order
                return [order.get(name, LAST) for name in names]
            case "lot":
                return [self.lot(unit) for unit in self.units]
            case "applicant":
                return names
        criterion = [rule.removeprefix("criterion:")]
        return [-self.points_in(index, criterion) for index in range(len(self.units))]

    def points_in(self, index: int, criteria: Sequence[str]) -> Fraction:
        """The points of a unit in some criteria alone, sub-criteria included."""
        unit = self.units[index]
        return sum((unit.sheet.points_of(name, unit.item) for name in criteria), Fraction(0))

    @cached_property
    def order(self) -> list[int]:
        """The units from who comes first among equals to who comes last."""
        return sorted(range(len(self.units)), key=self.keys.__getitem__)

    @cached_property
    def ranking(self) -> list[int]:
        """The units from the most points down, equals by the declared rules."""
        points = self.points
        return sorted(self.order, key=lambda index: -points[index])

    def need_lot(self, inside: int, outside: int, among: Sequence[int]) -> None:
        """Refuse to decide between two equals by name where the rules want a lot. Raises ``AllocationError`` (``lot_needed``).

        The lot is drawn between everybody in ``among`` who is equal to the two, and the error names them all. It counts only if each of
        them was drawn: who was not is not simply last.
        """
        rules = self.pot.rules.tie_break
        if "lot" not in rules:
            return
        place = rules.index("lot")

        def equal(index: int) -> bool:
            return self.points[index] == self.points[inside] and self.keys[index][:place] == self.keys[inside][:place]

        if not equal(outside):
            return
        tied = [index for index in {inside, outside, *among} if equal(index)]
        if self.keys[inside][place] == self.keys[outside][place] or any(self.keys[index][place] == LAST for index in tied):
            self.lot_needed(tied)

    def drawn_apart(self, among: Sequence[int], alike: Callable[[int], int]) -> list[list[int]]:
        """Groups of those whom only a lot could tell apart, where it was not drawn for each of them; ``alike`` are those who compete."""
        place = self.pot.rules.tie_break.index("lot")
        groups: dict[tuple[Any, ...], list[int]] = {}
        for index in among:
            groups.setdefault((alike(index), self.keys[index][:place]), []).append(index)
        lots = {key: [self.keys[index][place] for index in group] for key, group in groups.items()}
        return [group for key, group in groups.items() if LAST in lots[key] or len(set(lots[key])) < len(group)]

    def lot_needed(self, tied: Sequence[int]) -> None:
        """Ask for a lot between units. Raises ``AllocationError`` (``lot_needed``)."""
        names = ", ".join(sorted({self.units[index].key for index in tied}))
        message = f"{names} are equal in {self.pot.id}, and the rules want a lot between them: draw it and record it"
        raise AllocationError("lot_needed", message, pot=self.pot.id, applicants=names)

    def lot(self, unit: Unit) -> int:
        """The place that was drawn for a unit: by "pot name" where lots of several pots were drawn, or by the name alone."""
        lots = self.inputs.lots
        names = (f"{self.pot.id} {unit.key}", f"{self.pot.id} {unit.applicant}", unit.key, unit.applicant)
        return next((lots[name] for name in names if name in lots), LAST)


def common_denominator(denominators: Iterable[int], count: int, pot: Pot) -> int:
    """One denominator for ``count`` numbers. Raises ``AllocationError`` (``denominators``) where they would take too much room and time."""
    most, common = MOST_BITS // max(1, count), 1
    for one in denominators:
        common = lcm(common, one)
        if common.bit_length() > most:
            message = (
                f"the points in {pot.id} have so many different denominators that they cannot be added up exactly: "
                "round what the criteria divide, such as round(own / costs * 20, 4)"
            )
            raise AllocationError("denominators", message, pot=pot.id)
    return common


def _lower(cap: int | None, cents: int) -> int:
    return cents if cap is None or cents < cap else cap
