"""Sheets and pots become awards, in exact arithmetic, with a step for every euro."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from scoring.formula import shown
from scoring.money import RoundingMode, close_by_largest_remainder, number_text, rounded, take_back_overspend, to_unit
from scoring.points import Sheet
from scoring.reasons import say
from scoring.rulebook import Pot, Rulebook

Facts = Mapping[str, Mapping[str, Any]]


class AllocationError(ValueError):
    """Pots or sheets that cannot be settled together. ``code`` is a stable slug."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.params = {key: str(value) for key, value in params.items()}


@dataclass(frozen=True)
class Step:
    """One step of how an amount came about: a code and the values of its sentence."""

    code: str
    params: Mapping[str, str]

    def sentence(self, language: str) -> str:
        """The step as a sentence."""
        return say(self.code, self.params, language)

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {"code": self.code, "params": dict(self.params)}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Step":
        """From what ``to_data()`` gave."""
        return Step(data["code"], data["params"])


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


@dataclass
class _Division:
    """What one engine found: exact cents by applicant, and the steps so far."""

    exact: dict[str, Fraction]
    steps: dict[str, list[Step]]
    caps: dict[str, Fraction] = field(default_factory=dict)
    point_value: Fraction | None = None
    passes: int = 1


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
                raise AllocationError("source_not_settled", f"the leftover of {source.id} joins {pot.id}: settle it first", source=source.id, pot=pot.id)
        own = sorted((sheet for sheet in sheets if sheet.pot == pot.id), key=lambda sheet: sheet.applicant)
        if len({sheet.applicant for sheet in own}) != len(own):
            raise AllocationError("sheet_twice", f"an applicant has two sheets in {pot.id}", pot=pot.id)
        settled[pot.id] = _settle(rulebook, pot, own, facts, joined, dict(order or {}))
    return Allocation(tuple(settled.values()))


def _settle(rulebook: Rulebook, pot: Pot, sheets: list[Sheet], facts: Facts, joined: dict[str, int], order: Mapping[str, int]) -> PotResult:
    available = pot.amount + sum(joined.values())
    opening = [Step("pot", {"amount_cents": str(pot.amount)})]
    running = pot.amount
    for source, cents in joined.items():
        if cents:
            running += cents
            title = rulebook.pot(source).title
            opening.append(Step("joined", {"joined_cents": str(cents), "available_cents": str(running), **{f"answer_{code}": text for code, text in title.items()}}))
    steps: dict[str, list[Step]] = {}
    competing: list[Sheet] = []
    for sheet in sheets:
        steps[sheet.applicant] = []
        if not sheet.passes and pot.threshold is not None:
            steps[sheet.applicant].append(Step("below_threshold", {"points": shown(sheet.total), "minimum": number_text(pot.threshold.minimum)}))
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
        Award(s.applicant, pot.id, s.total, s.passes, amounts.get(s.applicant, 0), (*steps[s.applicant], Step("award", {"amount_cents": str(amounts.get(s.applicant, 0))})))
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
    ranks: dict[str, Callable[[str], object]] = {"more_points": lambda name: -points[name], "earlier_submission": lambda name: order.get(name, 0), "applicant": lambda name: name}
    return lambda name: tuple(ranks[rule](name) for rule in (*pot.rules.tie_break, "applicant"))


def _divide(pot: Pot, competing: list[Sheet], facts: Facts, available: int, rank: Callable[[str], tuple[Any, ...]]) -> tuple[_Division, dict[str, list[Step]]]:
    """Divide by the pot's engine under its minimum award; also who got nothing by that minimum, with the steps that say so."""
    inside = list(competing)
    out: dict[str, list[Step]] = {}
    while True:
        division = _ENGINES[pot.engine](pot, inside, facts, available)
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


def _raised(pot: Pot, sheets: list[Sheet], facts: Facts, available: int, first: _Division) -> _Division | None:
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
        division = _ENGINES[pot.engine](pot, [sheet for sheet in sheets if sheet.applicant not in raised], facts, left)
    if not raised:
        return first
    exact = {**division.exact, **{name: Fraction(cents) for name, cents in raised.items()}}
    kept = Step("minimum_kept", {"raised_cents": str(sum(raised.values())), "available_cents": str(available - sum(raised.values()))})
    steps = {name: [kept, *own] for name, own in division.steps.items()}
    steps |= {name: [*first.steps[name], Step("minimum_raised", {"minimum_cents": str(cents)})] for name, cents in raised.items()}
    return _Division(exact, steps, first.caps, first.point_value if division.point_value is None else division.point_value, max(first.passes, division.passes))


def _cents(facts: Facts, applicant: str, name: str | None) -> int:
    """An amount among the facts; one that is not stated is 0."""
    return max(0, int(facts.get(applicant, {}).get(name or "") or 0))


def cap_of(pot: Pot, facts: Facts, applicant: str) -> tuple[Fraction, Step] | None:
    """The lowest ceiling of one applicant in cents, and the step that explains it. A request that is not stated is zero."""
    ceilings: list[tuple[Fraction, Step]] = []
    caps = pot.caps
    if caps.request is not None:
        cents = _cents(facts, applicant, caps.request)
        ceilings.append((Fraction(cents), Step("cap_request", {"cap_cents": str(cents)})))
    if caps.amount is not None:
        ceilings.append((Fraction(caps.amount), Step("cap_amount", {"cap_cents": str(caps.amount)})))
    if caps.cost is not None:
        share = caps.cost_share if caps.cost_share is not None else Fraction(1)
        ceiling = _cents(facts, applicant, caps.cost) * share
        ceilings.append((Fraction(int(ceiling)), Step("cap_cost", {"cap_cents": str(int(ceiling)), "share": number_text(share * 100)})))
    return min(ceilings, key=lambda pair: pair[0]) if ceilings else None


def _caps(pot: Pot, sheets: list[Sheet], facts: Facts) -> dict[str, tuple[Fraction, Step]]:
    return {sheet.applicant: cap for sheet in sheets if (cap := cap_of(pot, facts, sheet.applicant))}


def _point_value(pot: Pot, sheets: list[Sheet], facts: Facts, available: int) -> _Division:
    """Point value = pot / sum of points; what caps cut off is shared again among the others until nothing changes."""
    division = _by_points(pot, sheets, facts, available, pot.rules.point_value)
    if pot.rules.point_value == "half_up" and sum(division.exact.values(), Fraction(0)) > available:
        # A point value that was rounded up promises more than there is, so its further decimals are cut instead.
        division = _by_points(pot, sheets, facts, available, "cut")
        for own in division.steps.values():
            own.insert(0, Step("value_cut", {}))
    return division


def _by_points(pot: Pot, sheets: list[Sheet], facts: Facts, available: int, rounding: RoundingMode) -> _Division:
    caps = _caps(pot, sheets, facts)
    points = {sheet.applicant: sheet.total for sheet in sheets}
    exact: dict[str, Fraction] = {}
    passed_in: dict[str, int] = {}
    values: list[Fraction] = []
    free = list(points)
    while total := sum((points[name] for name in free), Fraction(0)):
        left = available - sum(exact.values(), Fraction(0))
        value = rounded(left / total / 100, rounding, pot.rules.decimals) * 100
        values.append(value)
        over = [name for name in free if name in caps and points[name] * value > caps[name][0]]
        for name in over or free:
            exact[name] = caps[name][0] if over else points[name] * value
            passed_in[name] = len(values)
        free = [name for name in free if name not in exact]
    capped = {name for name in exact if name in caps and points[name] * values[passed_in[name] - 1] > caps[name][0]}
    whole = sum(points.values(), Fraction(0))
    steps: dict[str, list[Step]] = {}
    for name in points:
        own, passes = values[passed_in[name] - 1] / 100, passed_in[name]
        first = values[0] / 100
        steps[name] = [Step("point_value", {"available_cents": str(available), "points_total": shown(whole), "value": shown(first)}), _product(points[name], first)]
        if passes > 1:
            steps[name] += [Step("reshared", {"passes": str(passes - 1)}), _product(points[name], own)]
        if name in capped:
            steps[name].append(caps[name][1])
    return _Division(exact, steps, {name: cap[0] for name, cap in caps.items()}, values[0] / 100 if values else None, max(1, len(values)))


def _product(points: Fraction, value: Fraction) -> Step:
    return Step("product", {"points": shown(points), "value": shown(value), "product": shown(points * value)})


def _share_of_request(pot: Pot, sheets: list[Sheet], facts: Facts, available: int) -> _Division:
    """Each gets the share points / maximum of its request; if that is more than there is, all are scaled alike."""
    exact: dict[str, Fraction] = {}
    steps: dict[str, list[Step]] = {}
    caps = _caps(pot, sheets, facts)
    for sheet in sheets:
        requested = _cents(facts, sheet.applicant, pot.caps.request)
        share = requested * sheet.total / pot.maximum
        steps[sheet.applicant] = [Step("request_share", {"requested_cents": str(requested), "points": shown(sheet.total), "maximum": number_text(pot.maximum), "product": shown(share / 100)})]
        exact[sheet.applicant] = _under_cap(share, caps.get(sheet.applicant), steps[sheet.applicant])
    wanted = sum(exact.values(), Fraction(0))
    if wanted > available:
        for name in exact:
            exact[name] = exact[name] * available / wanted
            steps[name].append(Step("scaled", {"wanted": shown(wanted / 100), "available_cents": str(available), "product": shown(exact[name] / 100)}))
    return _Division(exact, steps, {name: cap[0] for name, cap in caps.items()})


def _under_cap(amount: Fraction, cap: tuple[Fraction, Step] | None, steps: list[Step]) -> Fraction:
    """The amount or, with the step that says why, the lower ceiling."""
    if cap is None or amount <= cap[0]:
        return amount
    steps.append(cap[1])
    return cap[0]


def _actual_cost(pot: Pot, sheets: list[Sheet], facts: Facts, available: int) -> _Division:
    """Proven costs up to the ceilings and the pot; if they are more than there is, all are scaled alike."""
    caps = _caps(pot, sheets, facts)
    exact: dict[str, Fraction] = {}
    steps: dict[str, list[Step]] = {}
    for sheet in sheets:
        cost = _cents(facts, sheet.applicant, pot.cost_fact)
        steps[sheet.applicant] = [Step("actual_cost", {"cost_cents": str(cost)})]
        exact[sheet.applicant] = _under_cap(Fraction(cost), caps.get(sheet.applicant), steps[sheet.applicant])
    limits = dict(exact)
    wanted = int(sum(exact.values(), Fraction(0)))
    if wanted > available:
        for name in exact:
            exact[name] = exact[name] * available / wanted
            steps[name].append(Step("costs_scaled", {"wanted_cents": str(wanted), "available_cents": str(available), "product": shown(exact[name] / 100)}))
    return _Division(exact, steps, limits)


_ENGINES = {"point_value": _point_value, "share_of_request": _share_of_request, "actual_cost": _actual_cost}


def _to_cents(pot: Pot, division: _Division, available: int, rank: Callable[[str], tuple[Any, ...]]) -> dict[str, int]:
    """Round by the declared unit and close by the declared rule; the pot is never exceeded. Adds the steps."""
    unit = pot.rules.unit_cents
    wanted = sum(division.exact.values(), Fraction(0))
    if pot.rules.closing == "largest_remainder":
        amounts, extra = close_by_largest_remainder(division.exact, min(available, to_unit(wanted, unit)) // unit * unit, unit, division.caps, rank)
        moved, code = extra, "closing_unit"
    else:
        half_up = {name: min(to_unit(exact, unit), int(division.caps[name]) // unit * unit) if name in division.caps else to_unit(exact, unit) for name, exact in division.exact.items()}
        amounts, moved = take_back_overspend(division.exact, half_up, available, unit, rank)
        code = "taken_back"
    for name, cents in amounts.items():
        if moved[name]:
            division.steps[name].append(Step(code, {"unit_cents": str(unit * moved[name]), "amount_cents": str(cents)}))
        elif division.exact[name] != cents:
            division.steps[name].append(Step("rounded", {"unit_cents": str(unit), "amount_cents": str(cents)}))
    return amounts
