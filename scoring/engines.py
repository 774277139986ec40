"""The methods that turn points into euros: exact cents for each applicant, and the steps that explain them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from scoring.formula import shown
from scoring.money import RoundingMode, number_text, rounded, whole_cents
from scoring.points import Sheet
from scoring.reasons import say
from scoring.rulebook import Pot

Facts = Mapping[str, Mapping[str, Any]]


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


@dataclass
class Division:
    """What one engine found: exact cents by applicant, and the steps so far."""

    exact: dict[str, Fraction]
    steps: dict[str, list[Step]]
    caps: dict[str, Fraction] = field(default_factory=dict)
    point_value: Fraction | None = None
    passes: int = 1


def _cents(facts: Facts, applicant: str, name: str | None) -> int:
    """An amount among the facts; one that is not stated is 0. Raises ``NumberError``."""
    given = facts.get(applicant, {}).get(name or "")
    return 0 if given is None else max(0, whole_cents(given))


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


def _point_value(pot: Pot, sheets: list[Sheet], facts: Facts, available: int) -> Division:
    """Point value = pot / sum of points; what caps cut off is shared again among the others until nothing changes."""
    division = _by_points(pot, sheets, facts, available, pot.rules.point_value)
    if pot.rules.point_value == "half_up" and sum(division.exact.values(), Fraction(0)) > available:
        # A point value that was rounded up promises more than there is, so its further decimals are cut instead.
        division = _by_points(pot, sheets, facts, available, "cut")
        for own in division.steps.values():
            own.insert(0, Step("value_cut", {}))
    return division


def _by_points(pot: Pot, sheets: list[Sheet], facts: Facts, available: int, rounding: RoundingMode) -> Division:
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
        steps[name] = [
            Step("point_value", {"available_cents": str(available), "points_total": shown(whole), "value": shown(first)}),
            _product(points[name], first),
        ]
        if passes > 1:
            steps[name] += [Step("reshared", {"passes": str(passes - 1)}), _product(points[name], own)]
        if name in capped:
            steps[name].append(caps[name][1])
    return Division(exact, steps, {name: cap[0] for name, cap in caps.items()}, values[0] / 100 if values else None, max(1, len(values)))


def _product(points: Fraction, value: Fraction) -> Step:
    return Step("product", {"points": shown(points), "value": shown(value), "product": shown(points * value)})


def _share_of_request(pot: Pot, sheets: list[Sheet], facts: Facts, available: int) -> Division:
    """Each gets the share points / maximum of its request; if that is more than there is, all are scaled alike."""
    exact: dict[str, Fraction] = {}
    steps: dict[str, list[Step]] = {}
    caps = _caps(pot, sheets, facts)
    for sheet in sheets:
        requested = _cents(facts, sheet.applicant, pot.caps.request)
        share = requested * sheet.total / pot.maximum
        steps[sheet.applicant] = [
            Step(
                "request_share",
                {
                    "requested_cents": str(requested),
                    "points": shown(sheet.total),
                    "maximum": number_text(pot.maximum),
                    "product": shown(share / 100),
                },
            )
        ]
        exact[sheet.applicant] = _under_cap(share, caps.get(sheet.applicant), steps[sheet.applicant])
    wanted = sum(exact.values(), Fraction(0))
    if wanted > available:
        for name in exact:
            exact[name] = exact[name] * available / wanted
            steps[name].append(
                Step("scaled", {"wanted": shown(wanted / 100), "available_cents": str(available), "product": shown(exact[name] / 100)})
            )
    return Division(exact, steps, {name: cap[0] for name, cap in caps.items()})


def _under_cap(amount: Fraction, cap: tuple[Fraction, Step] | None, steps: list[Step]) -> Fraction:
    """The amount or, with the step that says why, the lower ceiling."""
    if cap is None or amount <= cap[0]:
        return amount
    steps.append(cap[1])
    return cap[0]


def _actual_cost(pot: Pot, sheets: list[Sheet], facts: Facts, available: int) -> Division:
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
            steps[name].append(
                Step("costs_scaled", {"wanted_cents": str(wanted), "available_cents": str(available), "product": shown(exact[name] / 100)})
            )
    return Division(exact, steps, limits)


ENGINES = {"point_value": _point_value, "share_of_request": _share_of_request, "actual_cost": _actual_cost}
