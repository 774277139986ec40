"""A result again with one thing changed for one applicant: a trial says what the rules would have given, nothing is estimated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import lcm

from scoring.allocation import Allocation, allocate
from scoring.comparison import alone, compare_field, of_items
from scoring.field import AllocationError, Facts
from scoring.formula import FormulaError, read_formula
from scoring.judging import Criterion, Threshold
from scoring.plan import below
from scoring.points import Decided, Line, ScoringError, Sheet
from scoring.reasons import Reason
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot
from scoring.sheets import Item

_OF_POINTS = ("threshold", "threshold_over", "criterion_threshold", "criterion_threshold_over", "gate")


@dataclass(frozen=True)
class Given:
    """Everything that a result was computed from, as ``allocate`` took it."""

    rulebook: Rulebook
    sheets: Sequence[Sheet]
    facts: Facts
    pots: Sequence[str] | None = None
    order: Mapping[str, int] | None = None
    carried: Mapping[str, int] | None = None
    lots: Mapping[str, int] | None = None
    decided: Mapping[str, Mapping[str, Decided]] | None = None
    owners: Mapping[str, str] | None = None
    kept: dict[str, bool] = field(default_factory=dict, compare=False)

    def same_again(self, pot: str) -> bool:
        """Whether the points of a pot that depend on the field come out the same when it is compared again. Found out once."""
        if pot not in self.kept:
            own = [one for one in self.sheets if one.pot == pot]
            try:
                again = compare_field(*self.rulebook.track_and_pot(pot), own, self.facts)
                self.kept[pot] = all((a.total, a.passes) == (b.total, b.passes) for a, b in zip(own, again, strict=True))
            except ScoringError:
                self.kept[pot] = False
        return self.kept[pot]

    def divide(self) -> Allocation | None:
        """The result; None where the rules do not decide it, because a lot would have to be drawn."""
        try:
            return allocate(
                self.rulebook, self.sheets, self.facts, pots=self.pots, order=self.order, carried=self.carried, lots=self.lots,
                decided=self.decided, owners=self.owners,
            )  # fmt: skip
        except AllocationError:
            return None


@dataclass(frozen=True)
class Tried:
    """What one applicant would have had: the amount in cents, the points after the comparison of the field, and whether it competes."""

    amount: int
    total: Fraction
    passes: bool


class Trials:
    """Trials with other points of one applicant in one pot, or of one of its items. ``own`` are its points as a sheet of their own;
    trials change those before the comparison with the others: ``raw`` has them."""

    def __init__(self, given: Given, sheet: Sheet, present: int, item: str = "") -> None:
        self.given = given
        self.sheet = sheet
        self.item = item
        self.present = present
        track, rules = given.rulebook.track_and_pot(sheet.pot)
        self.track: Track = track
        self.rules: Pot = rules
        self.lines = tuple(sheet.lines)
        inside = tuple(replace(line, item="") for line in self.lines if line.item == item) if item else self.lines
        self.own = next((_apart(sheet, one, inside) for one in sheet.items if one.id == item), sheet)
        self.raw = alone(replace(self.own, lines=inside))
        self.known: dict[Fraction, Tried | None] = {}

    @cached_property
    def compared(self) -> bool:
        """Whether points depend on those of the others."""
        threshold = self.rules.threshold
        return bool(self.rules.second_pass) or (threshold is not None and threshold.relative is not None)

    @cached_property
    def trusted(self) -> bool:
        """Whether nothing changes when nothing is changed: else the field is another one than that which was compared."""
        return not self.compared or self.given.same_again(self.rules.id)

    @cached_property
    def others(self) -> list[Sheet]:
        """What else there is in the pot: applications, or items, each as a sheet of its own."""
        inside = [one for one in self.given.sheets if one.pot == self.rules.id]
        if self.rules.items is None:
            return [one for one in inside if one is not self.sheet]
        return [_apart(one, item) for one in inside for item in one.items if one is not self.sheet or item.id != self.item]

    @cached_property
    def competitors(self) -> list[Sheet]:
        """The others in the pot who pass by themselves, before the comparison of the field."""
        return [one for one in map(alone, self.others) if one.passes]

    def turns(self) -> list[Fraction]:
        """The own points at which the place among the others may change."""
        others = {one.total for one in self.others}
        found = others | {one.total for one in self.competitors} if self.compared else others
        for second in self.rules.second_pass:
            found |= {total / second.factor if second.factor else total - (second.points or 0) for total in found}
        threshold = self.rules.threshold
        if threshold is not None and threshold.minimum is not None:
            found |= {threshold.minimum}
        if threshold is not None and threshold.relative is not None and threshold.relative.percent:
            part = threshold.relative.percent / 100
            found |= {total / part for total in found} | {total * part for total in found}
        return sorted(found)

    @cached_property
    def places(self) -> list[Criterion | None]:
        """Where more points could come from, as far as that makes a difference: each criterion at which a rule looks, and any other."""
        rules = self.rules
        named = {one.by for one in rules.second_pass} | {rule.removeprefix("criterion:") for rule in rules.rules.tie_break}
        named |= {name for driver in rules.drivers for name in driver.criteria}
        named |= {name for gate in rules.gates for name in read_formula(gate.holds).names}
        looked_at = [one for one in rules.criteria if one.threshold is not None or named & {one.id, *(part.id for part in one.judged)}]
        found: list[Criterion | None] = [*looked_at]
        return found if looked_at and len(looked_at) == len(rules.criteria) else [None, *found]

    def has_equal(self) -> bool:
        """Whether somebody who competes too has as many points, so that the order for ties told the two apart."""
        return self.own.passes and any(one.passes and one.total == self.own.total for one in self.others)

    def room(self) -> Fraction | None:
        """How many points more are possible at all; None where nothing limits them."""
        return None if self.rules.maximum is None else self.rules.maximum - self.raw.total

    def with_points(self, more: Fraction) -> Tried | None:
        """The result with so many points more (or fewer, below 0).

        None where so many are not possible, where a lot would decide, or where it depends on the criterion in which they are got.
        """
        if more not in self.known:
            self.known[more] = self._tried(more)
        return self.known[more]

    def _tried(self, more: Fraction) -> Tried | None:
        room = self.room()
        if not self.trusted or (room is not None and more > room) or self.raw.total + more < 0:
            return None
        found: set[Tried | None] = set()
        for place in self.places:
            if place is not None:
                own = self.raw.points_of(place.id) + more
                if own < 0 or (place.maximum is not None and own > place.maximum):
                    continue
            found.add(self._divided(self._moved(more, place)))
            if len(found) > 1:
                return None
        return next(iter(found), None)

    def _divided(self, changed: Sheet) -> Tried | None:
        whole = self._with_item(changed) if self.item else changed
        own = [whole if one is self.sheet else one for one in self.given.sheets if one.pot == self.rules.id]
        try:
            own = compare_field(self.track, self.rules, own, self.given.facts)
        except ScoringError:
            return None
        again = next(one for one in own if one.applicant == changed.applicant)
        others = [one for one in self.given.sheets if one.pot != self.rules.id]
        result = replace(self.given, sheets=[*others, *own]).divide()
        if result is None:
            return None
        award = result.award(changed.applicant, self.rules.id)
        if self.item:
            inside = next(one for one in again.items if one.id == self.item)
            return Tried(next(one.amount_cents for one in award.items if one.item == self.item), inside.total, inside.passes)
        return Tried(award.amount_cents, again.total, again.passes)

    def _with_item(self, changed: Sheet) -> Sheet:
        """The whole sheet, in which one item is changed."""
        base = alone(self.sheet)
        items = tuple(
            replace(one, total=changed.total, passes=changed.passes, barriers=changed.barriers) if one.id == self.item else one
            for one in base.items
        )
        return of_items(replace(base, lines=(*self.lines, replace(changed.lines[-1], item=self.item))), items)

    def _moved(self, more: Fraction, place: Criterion | None) -> Sheet:
        """The sheet before the comparison with so many points more in one criterion, and what then keeps it out."""
        raw = self.raw
        name = "" if place is None else place.judged[0].id if place.subcriteria else place.id
        title, article = (self.rules.title, self.rules.article) if place is None else (place.title, place.article)
        line = Line(name, title, article, "trial", None, more, {}, "", Reason("row", {"row": "", "points": ""}), {})
        moved = replace(raw, lines=(*raw.lines, line), total=raw.total + more)
        barriers = [reason for reason in raw.barriers if reason.code not in _OF_POINTS]
        if self.rules.threshold is not None and self.rules.threshold.minimum is not None and below(self.rules.threshold, moved.total):
            barriers.append(Reason("threshold", {}))
        for criterion in self.rules.criteria:
            kept = [one for one in raw.barriers if one.code.startswith("criterion_") and one.params.get("criterion") == criterion.id]
            if criterion is not place:
                barriers += kept
            elif isinstance(criterion.threshold, Threshold) and below(criterion.threshold, moved.points_of(criterion.id)):
                barriers.append(Reason("criterion_threshold", {}))
        if self.rules.gates:
            ids = [part.id for one in self.rules.criteria for part in (*one.judged, one)]
            points = {name: moved.points_of(name) for name in ids} | {"total": moved.total}
            barriers += [Reason("gate", {}) for gate in self.rules.gates if not _holds(gate.holds, points)]
        return replace(moved, passes=not barriers, barriers=tuple(barriers))


def _apart(sheet: Sheet, item: Item, lines: tuple[Line, ...] = ()) -> Sheet:
    """One item as a sheet of its own."""
    return Sheet(sheet.applicant, sheet.pot, lines, item.total, item.passes, item.barriers)


def _holds(source: str, points: Mapping[str, Fraction]) -> bool:
    try:
        return bool(read_formula(source).value(points))
    except FormulaError:
        return False


@dataclass(frozen=True)
class Turn:
    """Where an amount turns into another one: with exactly so many points, or (``over``) only with any more than that.

    ``sure`` is whether it is known that exactly so many do not turn it: a lot might decide then.
    """

    points: Fraction
    over: bool
    amount: int
    sure: bool


def first_turn(
    ends: Sequence[Fraction],
    most: Fraction | None,
    amount: Callable[[Fraction], int | None],
    other: Callable[[int], bool],
    steady: bool = True,
) -> Turn | None:
    """The first point at which ``amount`` becomes ``other``; between ``ends`` it stays the same, if it is ``steady``. Both sides are tried.

    ``amount(distance)`` is None where nothing can be said. Found by halving, so it must not turn back.
    """
    ends = sorted({end for end in ends if end >= 0 and (most is None or end <= most)})
    little = Fraction(1, 2 * lcm(*(end.denominator for end in ends), 1))
    steps = [(end, over) for end in (Fraction(0), *(end for end in ends if end)) for over in (False, True)][1:]
    steps = [(end, over) for end, over in steps if most is None or not over or end + little <= most]

    def turned(step: tuple[Fraction, bool]) -> int | None:
        found = amount(step[0] + little if step[1] else step[0])
        return found if found is not None and other(found) else None

    if not steps or turned(steps[-1]) is None:
        return None
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if turned(steps[middle]) is not None else (middle + 1, high)
    (end, over), found = steps[low], turned(steps[low])
    least = little / 1_000_000
    before = amount(end if over else end - least)
    if over and ((near := amount(end + least)) is None or not other(near) or (steady and near != found)):
        return None
    if found is None or (before is None and not over) or (before is not None and other(before)):
        return None
    return Turn(end, over, found, before is not None)
