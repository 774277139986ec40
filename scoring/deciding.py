"""What a panel that decides the amounts of a pot has to decide: for whom, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.allocation import settled_facts
from scoring.competing import competes, units_of
from scoring.exclusion import excluded
from scoring.field import Facts, Field, Inputs
from scoring.points import Sheet
from scoring.reasons import Reason
from scoring.rulebook import Rulebook


@dataclass(frozen=True)
class ToDecide:
    """One application, or one item of it, that waits for an amount; amounts in cents.

    ``cap`` is the lowest ceiling, and ``why`` says which one it is. An amount is a multiple of ``unit`` and at least ``least``; 0 is
    allowed besides, unless the rules raise everybody to the least award.
    """

    applicant: str
    item: str
    name: str
    cap: int | None
    why: Reason | None
    least: int
    nothing: bool
    unit: int

    @property
    def key(self) -> str:
        """Its name among the decided amounts."""
        return f"{self.applicant} #{self.item}" if self.item else self.applicant

    def fault(self, cents: int) -> str:
        """What is wrong with an amount: "over", "under", "unit", or nothing."""
        if cents < 0 or (self.cap is not None and cents > self.cap):
            return "over"
        if cents < self.least and not (cents == 0 and self.nothing):
            return "under"
        return "unit" if cents % self.unit else ""


def to_decide(
    rulebook: Rulebook,
    sheets: Sequence[Sheet],
    facts: Facts,
    pot_id: str,
    owners: Mapping[str, str] | None = None,
    order: Mapping[str, int] | None = None,
) -> list[ToDecide]:
    """Everybody who competes in a pot, in the order of their names. ``sheets`` may hold those of other pots too.

    Raises ``KeyError`` and ``AllocationError``.
    """
    track, pot = rulebook.track_and_pot(pot_id)
    by_pot: Mapping[str, list[Sheet]] = {one.id: [sheet for sheet in sheets if sheet.pot == one.id] for _track, one in rulebook.pots()}
    facts = settled_facts(rulebook, by_pot, facts)
    barred = excluded(rulebook, by_pot, facts, list(by_pot), owners or {}, order or {}).barred.get(pot_id, {})
    own = sorted(by_pot[pot_id], key=lambda sheet: sheet.applicant)
    field = Field(track, pot, [unit for sheet in own for unit in units_of(sheet, pot)], Inputs(facts))
    minimum = pot.minimum_award
    least = minimum.amount if minimum is not None and minimum.below != "pay" else 0
    found = []
    for index, unit in enumerate(field.units):
        if unit.applicant in barred or not competes(unit, pot):
            continue
        cap, raised = field.caps[index], minimum is not None and minimum.below == "raise"
        own_least = min(least, cap) if raised and cap is not None else least
        why = None if cap is None else field.cap_reason(index)
        found.append(ToDecide(unit.applicant, unit.item, unit.name, cap, why, own_least, not raised, pot.rules.unit_cents))
    return found
