"""Sheets and pots become awards, in exact arithmetic, with a step for every euro."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.engines import ENGINES, Division, Facts, Step
from scoring.formula import shown
from scoring.money import NumberError, close_by_largest_remainder, number_text, take_back_overspend, to_unit
from scoring.points import Sheet
from scoring.rulebook import Pot, Rulebook


class AllocationError(ValueError):
    """Pots or sheets that cannot be settled together. ``code`` is a stable slug."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.params = {key: str(value) for key, value in params.items()}


@dataclass(frozen=True)
class Award:
    """What one applicant gets from one pot, in cents, and why."""

    applicant: str
    pot: str
    points: Fraction
    passes: bool
    amount_cents: int
    steps: tuple[Step, ...]

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "applicant": self.applicant, "pot": self.pot, "points": number_text(self.points), "passes": self.passes,
            "amount_cents": self.amount_cents, "steps": [step.to_data() for step in self.steps],
        }  # fmt: skip


@dataclass(frozen=True)
class PotResult:
    """How one pot was divided: ``available = amount + joined``, ``available = paid + residual``, all in cents."""

    pot: str
    amount_cents: int
    joined_cents: int
    joined_from: tuple[str, ...]
    available_cents: int
    points_total: Fraction
    point_value: Fraction | None
    paid_cents: int
    residual_cents: int
    flowed_to: str | None
    passes: int
    awards: tuple[Award, ...]

    def to_data(self) -> dict[str, Any]:
        """Plain data; the point value is euros as the text of an exact number."""
        return {
            "pot": self.pot, "amount_cents": self.amount_cents, "joined_cents": self.joined_cents, "joined_from": list(self.joined_from),
            "available_cents": self.available_cents, "points_total": number_text(self.points_total),
            "point_value": None if self.point_value is None else number_text(self.point_value),
            "paid_cents": self.paid_cents, "residual_cents": self.residual_cents, "flowed_to": self.flowed_to,
            "passes": self.passes, "awards": [award.to_data() for award in self.awards],
        }  # fmt: skip


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

    Raises ``AllocationError`` for cyclic leftovers and unknown pots.
    """
    known = {pot.id: pot for _, pot in rulebook.pots()}
    wanted = list(known) if pots is None else list(pots)
    for name in wanted:
        if name not in known:
            raise AllocationError("unknown_pot", f"there is no pot {name}", pot=name)
    ordered: list[str] = []
    left = [name for name in known if name in wanted]
    while left:
        ready = [name for name in left if not any(known[other].leftover_to == name for other in left if other != name)]
        if not ready or any(known[name].leftover_to == name for name in left):
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
) -> Allocation:
    """Divide the pots among the sheets by the published rules.

    ``facts``: values by applicant (requests and costs in cents). ``order``: rank of completeness for tie-breaks, smaller
    is earlier. ``pots`` limits what is settled; a pot whose leftover joins one of them must be settled too, or its leftover
    in cents be given in ``carried``. Raises ``AllocationError``.
    """
    carried = dict(carried or {})
    if any(cents < 0 for cents in carried.values()):
        raise AllocationError("negative_leftover", "a leftover that is carried over is at least 0")
    known = {pot.id for _, pot in rulebook.pots()}
    for sheet in sheets:
        if sheet.pot not in known:
            raise AllocationError("unknown_pot", f"{sheet.applicant} has a sheet in {sheet.pot}, and there is no such pot", pot=sheet.pot)
    chosen = settlement_order(rulebook, pots)
    settled: dict[str, PotResult] = {}
    for pot in chosen:
        joined: dict[str, int] = {}
        for _, source in rulebook.pots():
            if source.leftover_to != pot.id:
                continue
            if source.id in settled:
                joined[source.id] = settled[source.id].residual_cents
            elif source.id in carried:
                joined[source.id] = carried[source.id]
            else:
                raise AllocationError(
                    "source_not_settled", f"the leftover of {source.id} joins {pot.id}: settle it first", source=source.id, pot=pot.id
                )
        own = sorted((sheet for sheet in sheets if sheet.pot == pot.id), key=lambda sheet: sheet.applicant)
        if len({sheet.applicant for sheet in own}) != len(own):
            raise AllocationError("sheet_twice", f"an applicant has two sheets in {pot.id}", pot=pot.id)
        try:
            settled[pot.id] = _settle(rulebook, pot, own, facts, joined, dict(order or {}))
        except NumberError as error:
            raise AllocationError("wrong_fact", f"an amount in {pot.id} is not whole cents: {error}", pot=pot.id) from error
    return Allocation(tuple(settled.values()))


def _settle(rulebook: Rulebook, pot: Pot, sheets: list[Sheet], facts: Facts, joined: dict[str, int], order: Mapping[str, int]) -> PotResult:
    available = pot.amount + sum(joined.values())
    opening = [Step("pot", {"amount_cents": str(pot.amount)})]
    running = pot.amount
    for source, cents in joined.items():
        if cents:
            running += cents
            title = rulebook.pot(source).title
            opening.append(
                Step(
                    "joined",
                    {
                        "joined_cents": str(cents),
                        "available_cents": str(running),
                        **{f"answer_{code}": text for code, text in title.items()},
                    },
                )
            )
    steps: dict[str, list[Step]] = {}
    competing: list[Sheet] = []
    for sheet in sheets:
        steps[sheet.applicant] = []
        if not sheet.passes and pot.threshold is not None:
            steps[sheet.applicant].append(
                Step("below_threshold", {"points": shown(sheet.total), "minimum": number_text(pot.threshold.minimum)})
            )
        elif sheet.total <= 0 and pot.engine != "actual_cost":
            steps[sheet.applicant].append(Step("no_points", {}))
        else:
            steps[sheet.applicant] += opening
            competing.append(sheet)
    rank = _tie_break(pot, {sheet.applicant: sheet.total for sheet in competing}, order)
    division, out = _divide(pot, competing, facts, available, rank)
    for name, own_steps in out.items():
        steps[name] += own_steps
    inside = [sheet for sheet in competing if sheet.applicant not in out]
    amounts = _to_cents(pot, division, available, rank)
    for name, own_steps in division.steps.items():
        steps[name] += own_steps
    awards = tuple(
        Award(
            s.applicant,
            pot.id,
            s.total,
            s.passes,
            amounts.get(s.applicant, 0),
            (*steps[s.applicant], Step("award", {"amount_cents": str(amounts.get(s.applicant, 0))})),
        )
        for s in sheets
    )
    paid = sum(award.amount_cents for award in awards)
    points_total = sum((sheet.total for sheet in inside), Fraction(0))
    return PotResult(
        pot.id, pot.amount, sum(joined.values()), tuple(joined), available, points_total, division.point_value,
        paid, available - paid, pot.leftover_to, division.passes, awards,
    )  # fmt: skip


def _tie_break(pot: Pot, points: Mapping[str, Fraction], order: Mapping[str, int]) -> Callable[[str], tuple[Any, ...]]:
    """Who comes first among equals (smaller first), by the declared rules and at last by name, so that it is never open."""
    ranks: dict[str, Callable[[str], object]] = {
        "more_points": lambda name: -points[name],
        "earlier_submission": lambda name: order.get(name, 0),
        "applicant": lambda name: name,
    }
    return lambda name: tuple(ranks[rule](name) for rule in (*pot.rules.tie_break, "applicant"))


def _divide(
    pot: Pot, competing: list[Sheet], facts: Facts, available: int, rank: Callable[[str], tuple[Any, ...]]
) -> tuple[Division, dict[str, list[Step]]]:
    """Divide by the pot's engine under its minimum award; also who got nothing by that minimum, with the steps that say so."""
    inside = list(competing)
    out: dict[str, list[Step]] = {}
    while True:
        division = ENGINES[pot.engine](pot, inside, facts, available)
        least = pot.minimum_award
        if least is None:
            return division, out
        code, small = "minimum_dropped", [name for name, exact in division.exact.items() if exact < least.amount]
        if least.below == "raise":
            raised = _raised(pot, inside, facts, available, division)
            if raised is not None:
                return raised, out
            # There is not enough for everybody's minimum.
            code, small = "minimum_unfunded", list(division.exact)
        if not small:
            return division, out
        # One at a time, the smallest first and among equals the last: what it frees may lift the next one.
        smallest = min(division.exact[name] for name in small)
        gone = max((name for name in small if division.exact[name] == smallest), key=rank)
        out[gone] = [*division.steps[gone], Step(code, {"minimum_cents": str(least.amount)})]
        inside = [sheet for sheet in inside if sheet.applicant != gone]


def _raised(pot: Pot, sheets: list[Sheet], facts: Facts, available: int, first: Division) -> Division | None:
    """The division in which nobody is under the minimum (or under the own ceiling, where that is lower).

    What is raised is taken from the pot before the others share the rest. None when the pot cannot pay it.
    """
    minimum = pot.minimum_award.amount if pot.minimum_award else 0
    raised: dict[str, int] = {}
    division = first
    while True:
        small = {}
        for name, amount in division.exact.items():
            floor = min(minimum, int(first.caps.get(name, Fraction(minimum))))
            if amount < floor:
                small[name] = floor
        if not small:
            break
        raised |= small
        left = available - sum(raised.values())
        if left < 0:
            return None
        division = ENGINES[pot.engine](pot, [sheet for sheet in sheets if sheet.applicant not in raised], facts, left)
    if not raised:
        return first
    exact = {**division.exact, **{name: Fraction(cents) for name, cents in raised.items()}}
    kept = Step("minimum_kept", {"raised_cents": str(sum(raised.values())), "available_cents": str(available - sum(raised.values()))})
    steps = {name: [kept, *own] for name, own in division.steps.items()}
    steps |= {name: [*first.steps[name], Step("minimum_raised", {"minimum_cents": str(cents)})] for name, cents in raised.items()}
    return Division(
        exact,
        steps,
        first.caps,
        first.point_value if division.point_value is None else division.point_value,
        max(first.passes, division.passes),
    )


def _to_cents(pot: Pot, division: Division, available: int, rank: Callable[[str], tuple[Any, ...]]) -> dict[str, int]:
    """Round by the declared unit and close by the declared rule; the pot is never exceeded. Adds the steps."""
    unit = pot.rules.unit_cents
    wanted = sum(division.exact.values(), Fraction(0))
    if pot.rules.closing == "largest_remainder":
        amounts, extra = close_by_largest_remainder(
            division.exact, min(available, to_unit(wanted, unit)) // unit * unit, unit, division.caps, rank
        )
        moved, code = extra, "closing_unit"
    else:
        half_up = {
            name: min(to_unit(exact, unit), int(division.caps[name]) // unit * unit) if name in division.caps else to_unit(exact, unit)
            for name, exact in division.exact.items()
        }
        amounts, moved = take_back_overspend(division.exact, half_up, available, unit, rank)
        code = "taken_back"
    for name, cents in amounts.items():
        if moved[name]:
            division.steps[name].append(Step(code, {"unit_cents": str(unit * moved[name]), "amount_cents": str(cents)}))
        elif division.exact[name] != cents:
            division.steps[name].append(Step("rounded", {"unit_cents": str(unit), "amount_cents": str(cents)}))
    return amounts
