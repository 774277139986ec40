"""Pots whose size follows from a count over the applications: what each part of a fund comes to, to the cent, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.competing import by_points
from scoring.exclusion import Exclusion
from scoring.field import AllocationError, Facts
from scoring.formula import FormulaError, read_formula
from scoring.money import number_text
from scoring.points import Sheet
from scoring.proofs import in_languages
from scoring.reasons import Reason
from scoring.rulebook import Fund, Rulebook, cents_of
from scoring.sharing import Pot
from scoring.view import values_of
from scoring.working import exactly

ZERO = Fraction(0)


@dataclass(frozen=True)
class Size:
    """What a pot comes to in cents, and how that follows from the counts."""

    cents: int
    reason: Reason


def settled_with(rulebook: Rulebook, pot: Pot) -> list[Pot]:
    """The pots whose size follows from one another's counts, this one among them; none where its size is published."""
    return [other for _, other in rulebook.pots() if other.counted and other.of == pot.of] if pot.counted else []


def sizes_of(
    rulebook: Rulebook, by_pot: Mapping[str, Sequence[Sheet]], facts: Facts, exclusion: Exclusion, chosen: Sequence[str]
) -> dict[str, Size]:
    """The size of every chosen pot that is ``counted``. Only who competes for it is counted.

    Raises ``AllocationError`` (``settle_together``) where only some of the pots of a fund are among ``chosen``.
    """
    found: dict[str, Size] = {}
    published = cents_of(rulebook)
    for fund in rulebook.funds:
        pots = [pot for _, pot in rulebook.pots() if pot.counted and pot.of == fund.id]
        names = [pot.id for pot in pots]
        if not set(names) & set(chosen):
            continue
        if not set(names) <= set(chosen):
            said = ", ".join(names)
            raise AllocationError("settle_together", f"what {said} come to follows from one count: settle them together", pots=said)
        counts = {pot.id: _count(rulebook, pot, by_pot[pot.id], facts, exclusion) for pot in pots}
        parts: list[Fund | Pot] = [*rulebook.funds, *(pot for _, pot in rulebook.pots())]
        fixed = sum(published[one.id] for one in parts if one.of == fund.id and one.id not in names)
        found |= _sizes(fund, pots, counts, max(0, published[fund.id] - fixed))
    return found


def _count(rulebook: Rulebook, pot: Pot, sheets: Sequence[Sheet], facts: Facts, exclusion: Exclusion) -> Fraction:
    """How many there are: of each application that competes the value of the formula, or 1. What cannot be computed counts as nothing."""
    if pot.by_count is None:
        return ZERO
    barred, track = exclusion.barred.get(pot.id, {}), rulebook.track_and_pot(pot.id)[0]
    needed = by_points(pot)
    inside = [sheet for sheet in sheets if sheet.passes and (sheet.total > 0 or not needed)]
    competing = [sheet.applicant for sheet in inside if sheet.applicant not in barred]
    if pot.by_count.formula is None:
        return Fraction(len(competing))
    formula, total = read_formula(pot.by_count.formula), ZERO
    for applicant in competing:
        try:
            total += max(ZERO, Fraction(formula.value(*values_of(track, facts.get(applicant, {})))))
        except FormulaError:
            continue
    return total


def _sizes(fund: Fund, pots: Sequence[Pot], counts: Mapping[str, Fraction], left: int) -> dict[str, Size]:
    """First what has a rate, then what is shared in proportion, then the remainder; every cent of ``left`` is in one of them or stays."""
    rated = {pot.id: pot.by_count.rate * counts[pot.id] for pot in pots if pot.by_count is not None and pot.by_count.rate is not None}
    wanted = sum(rated.values(), ZERO)
    if wanted <= left:
        cents = {name: int(exact) for name, exact in rated.items()}
    else:
        cents = _in_proportion(rated, left)
    rest = left - sum(cents.values())
    shared = {pot.id: counts[pot.id] for pot in pots if pot.by_count is not None and pot.by_count.rate is None}
    everybody = sum(shared.values(), ZERO)
    cents |= _in_proportion(shared, rest) if everybody else dict.fromkeys(shared, 0)
    kept = left - sum(cents.values())
    return {
        pot.id: Size(
            cents.get(pot.id, kept), _reason(fund, pot, counts[pot.id], everybody, cents.get(pot.id, kept), left if pot.id in rated else rest, wanted)
        )
        for pot in pots
    }  # fmt: skip


def _in_proportion(weights: Mapping[str, Fraction], cents: int) -> dict[str, int]:
    """Cents in proportion to weights, all of them: what cutting left goes to the largest remainders, among equals to the first."""
    whole = sum(weights.values(), ZERO)
    exact = {name: cents * weight / whole for name, weight in weights.items()}
    found = {name: int(share) for name, share in exact.items()}

    def taken(name: str) -> Fraction:
        return found[name] - exact[name]

    for name in sorted(found, key=taken)[: cents - sum(found.values())]:
        found[name] += 1
    return found


def _reason(fund: Fund, pot: Pot, count: Fraction, everybody: Fraction, cents: int, left: int, wanted: Fraction) -> Reason:
    said = {"amount_cents": str(cents), "left_cents": str(left), **in_languages("answer", fund.title)}
    if pot.by_count is None:
        return Reason("size_rest", {**said, "article": pot.article})
    said |= {**exactly("count", count), "article": pot.by_count.article, **in_languages("counted", pot.by_count.title)}
    if pot.by_count.rate is None:
        return Reason("size_shared", {**said, **exactly("everybody", everybody)})
    said |= {"rate_cents": str(pot.by_count.rate), "product": number_text(pot.by_count.rate * count / 100)}
    if wanted <= left:
        return Reason("size_rate", said)
    return Reason("size_rate_cut", {**said, "wanted": number_text(wanted / 100)})
