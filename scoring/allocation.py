"""Sheets and pots become awards, in exact arithmetic, with a reason for every euro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.afterwards import share_out_afterwards
from scoring.exclusion import excluded
from scoring.facts import FactError
from scoring.field import AllocationError, Facts, Inputs
from scoring.form import form_of, settled
from scoring.money import NumberError
from scoring.points import Decided, Sheet
from scoring.pools import sizes_of
from scoring.rulebook import Rulebook
from scoring.settling import Award, ItemAward, PotResult, Settled
from scoring.sharing import Pot

__all__ = ["Allocation", "AllocationError", "Award", "ItemAward", "PotResult", "allocate", "settlement_order"]


@dataclass(frozen=True)
class Allocation:
    """The results of the pots that were settled, in the order in which they were settled."""

    results: tuple[PotResult, ...]

    def result(self, pot: str) -> PotResult:
        """The result of one pot. Raises ``KeyError``."""
        for result in self.results:
            if result.pot == pot:
                return result
        raise KeyError(pot)

    def award(self, applicant: str, pot: str) -> Award:
        """One award. Raises ``KeyError``."""
        for award in self.result(pot).awards:
            if award.applicant == applicant:
                return award
        raise KeyError((applicant, pot))

    def to_data(self) -> dict[str, Any]:
        """Plain data for keeping and hashing."""
        return {"results": [result.to_data() for result in self.results]}


def settlement_order(rulebook: Rulebook, pots: Sequence[str] | None = None) -> list[Pot]:
    """The pots in the order in which they must be settled: one whose leftover joins another comes first.

    Raises ``AllocationError`` for leftovers that run in a circle and for unknown pots.
    """
    known = {pot.id: pot for _, pot in rulebook.pots()}
    wanted = list(known) if pots is None else list(pots)
    for name in wanted:
        if name not in known:
            raise AllocationError("unknown_pot", f"there is no pot {name}", pot=name)
    before: dict[str, set[str]] = {name: set() for name in known}
    for pot in known.values():
        if pot.leftover is not None and pot.leftover.when == "before":
            chain = [pot.id, *pot.leftover.to]
            for source, target in zip(chain, chain[1:], strict=False):
                before.setdefault(target, set()).add(source)
    ordered: list[str] = []
    left = [name for name in known if name in wanted]
    while left:
        ready = [name for name in left if not before[name] & set(left)]
        if not ready:
            raise AllocationError("cyclic_leftovers", f"the leftovers of {', '.join(left)} run in a circle", pots=", ".join(left))
        ordered += ready
        left = [name for name in left if name not in ready]
    return [known[name] for name in ordered]


def allocate(
    rulebook: Rulebook,
    sheets: Sequence[Sheet],
    facts: Facts,
    *,
    pots: Sequence[str] | None = None,
    order: Mapping[str, int] | None = None,
    carried: Mapping[str, int] | None = None,
    lots: Mapping[str, int] | None = None,
    decided: Mapping[str, Mapping[str, Decided]] | None = None,
    owners: Mapping[str, str] | None = None,
) -> Allocation:
    """Divide the pots among the sheets by the published rules.

    ``facts``: values by applicant (requests and costs in cents). ``order``: rank of completeness, smaller is earlier. ``lots``: drawn lots by
    applicant, smaller comes first. ``decided``: by pot and applicant the amounts that a panel decided. ``pots`` limits what is settled; a pot
    whose leftover joins one of them must be settled too, or its leftover in cents be given in ``carried``. ``owners``: who stands behind an
    applicant, where one organisation made several applications; exclusive pots look at it. Raises ``AllocationError``.
    """
    carried = dict(carried or {})
    if any(cents < 0 for cents in carried.values()):
        raise AllocationError("negative_leftover", "a leftover that is carried over is at least 0")
    by_pot: dict[str, list[Sheet]] = {pot.id: [] for _, pot in rulebook.pots()}
    for sheet in sheets:
        if sheet.pot not in by_pot:
            raise AllocationError("unknown_pot", f"{sheet.applicant} has a sheet in {sheet.pot}, and there is no such pot", pot=sheet.pot)
        by_pot[sheet.pot].append(sheet)
    facts = settled_facts(rulebook, by_pot, facts)
    inputs = Inputs(facts, dict(order or {}), dict(lots or {}), dict(decided or {}))
    chosen = settlement_order(rulebook, pots)
    exclusion = excluded(rulebook, by_pot, facts, [pot.id for pot in chosen], owners or {}, inputs.order)
    sizes = sizes_of(rulebook, by_pot, facts, exclusion, [pot.id for pot in chosen])
    money = _Money(rulebook, [pot.id for pot in chosen], carried)
    settled: dict[str, Settled] = {}
    for pot in chosen:
        own = sorted(by_pot[pot.id], key=lambda sheet: sheet.applicant)
        if len({sheet.applicant for sheet in own}) != len(own):
            raise AllocationError("sheet_twice", f"an applicant has two sheets in {pot.id}", pot=pot.id)
        track = rulebook.track_and_pot(pot.id)[0]
        try:
            settled[pot.id] = Settled.of(rulebook, track, pot, own, inputs, money.joined(pot.id), exclusion, sizes.get(pot.id))
        except NumberError as error:
            raise AllocationError("wrong_fact", f"an amount in {pot.id} is not whole cents: {error}", pot=pot.id) from error
        money.flow(pot, settled[pot.id].residual)
    share_out_afterwards(settled, money)
    return Allocation(tuple(one.result(money.flows.get(name, {})) for name, one in settled.items()))


def settled_facts(rulebook: Rulebook, by_pot: Mapping[str, Sequence[Sheet]], facts: Facts) -> Facts:
    """The facts that count: only questions that were asked, and what is computed from them. Raises ``AllocationError``."""
    found = dict(facts)
    for track in rulebook.tracks:
        if form_of(track).plain:
            continue
        for applicant in {sheet.applicant for pot in track.pots for sheet in by_pot[pot.id]}:
            try:
                found[applicant] = settled(track, found.get(applicant, {}))
            except FactError as error:
                raise AllocationError("wrong_fact", f"{applicant}: {error}", **error.params) from error
    return found


# Where leftovers go


class _Money:
    """What joins each pot before it is computed, and what flows on."""

    def __init__(self, rulebook: Rulebook, chosen: Sequence[str], carried: Mapping[str, int]) -> None:
        self.chosen = set(chosen)
        self.incoming: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {}
        self.flows: dict[str, dict[str, int]] = {}
        for _, source in rulebook.pots():
            rule = source.leftover
            if rule is None:
                continue
            concerned = self.chosen & set(rule.to)
            if source.id in self.chosen:
                if rule.when == "after" and not set(rule.to) <= self.chosen:
                    names = ", ".join((source.id, *rule.to))
                    raise AllocationError(
                        "settle_together", f"the leftover of {source.id} is shared out among {names}: settle them together", pots=names
                    )
                continue
            if concerned and source.id in carried and rule.when == "before":
                if not set(rule.to) <= self.chosen:  # what one of them leaves goes on to the next: apart, that money would be lost
                    names = ", ".join(rule.to)
                    raise AllocationError(
                        "settle_together", f"the leftover of {source.id} goes along {names}: settle them together", pots=names
                    )
                self.incoming.setdefault(rule.to[0], []).append((source.id, carried[source.id], rule.to[1:]))
            elif concerned:
                target = sorted(concerned)[0]
                raise AllocationError(
                    "source_not_settled", f"the leftover of {source.id} joins {target}: settle it first", source=source.id, pot=target
                )

    def joined(self, pot: str) -> dict[str, int]:
        """By source what joins a pot."""
        joined: dict[str, int] = {}
        for source, cents, _ in self.incoming.get(pot, ()):
            joined[source] = joined.get(source, 0) + cents
        return joined

    def flow(self, pot: Pot, residual: int) -> None:
        """Send on what a pot did not need: first what only passed through, then its own leftover."""
        for source, cents, further in self.incoming.get(pot.id, ()):
            if further and further[0] in self.chosen and (passed := min(cents, residual)):
                self.incoming.setdefault(further[0], []).append((source, passed, further[1:]))
                self.send(pot.id, further[0], passed)
                residual -= passed
        rule = pot.leftover
        if rule is not None and rule.when == "before" and rule.to[0] in self.chosen:
            self.incoming.setdefault(rule.to[0], []).append((pot.id, residual, rule.to[1:]))
            self.send(pot.id, rule.to[0], residual)

    def send(self, source: str, target: str, cents: int) -> None:
        own = self.flows.setdefault(source, {})
        own[target] = own.get(target, 0) + cents
