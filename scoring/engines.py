"""The methods that turn points into euros: exact shares of a pot for each unit that competes, and the reasons for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from scoring.field import LAST, AllocationError, Field, Unit
from scoring.money import euros, number_text
from scoring.proportions import Division, Explain, control_percentage, covering, drivers, point_value, product
from scoring.reasons import Reason
from scoring.working import exactly, exactly_ratio

# Amounts of one's own, and what happens when there is not enough for all


def _scaled(field: Field, exact: dict[int, int], over: int, available: int, explain: Explain, code: str = "scaled") -> Division:
    """Amounts that everybody gets in full or, if they are more than there is, reduced in the same proportion."""
    wanted = sum(exact.values())

    def full(index: int) -> int:
        return exact[index] // over

    if wanted <= available * over:
        return Division(exact, over, explain, full=full)
    fewer = {index: amount * available for index, amount in exact.items()}

    def explain_scaled(index: int) -> list[Reason]:
        said = {
            **exactly_ratio("wanted", wanted, over * 100), "wanted_cents": str(wanted // over), "available_cents": str(available),
            **exactly_ratio("product", fewer[index], wanted * 100),
        }  # fmt: skip
        return [*explain(index), Reason(code, said)]

    return Division(fewer, wanted, explain_scaled, full=full)


@dataclass(frozen=True)
class Codes:
    """The reasons along a list."""

    name: str

    @property
    def full(self) -> str:
        """Paid in full."""
        return f"{self.name}_paid"

    @property
    def part(self) -> str:
        """Paid in part."""
        return f"{self.name}_part"

    def unpaid(self, left: int, beyond: bool) -> str:
        """Nothing: nothing was left, too little for the whole amount was left, or the list had ended before."""
        return f"{self.name}_empty" if not left else f"{self.name}_closed" if beyond else f"{self.name}_short"


LIST, ARRIVAL = Codes("list"), Codes("arrival")


def down_the_list(
    field: Field,
    amounts: Mapping[int, int],
    order: Sequence[int],
    available: int,
    explain: Explain,
    last: str,
    codes: Codes,
    already: Mapping[int, int] | None = None,
) -> Division:
    """Whole amounts in cents, one after the other, until the money is used up. ``codes`` say what became of each; ``already`` is what each has
    got before, where only the rest of it is given here."""
    exact = dict.fromkeys(order, 0)
    left, closed = available, False
    before: dict[int, int] = {}
    beyond: set[int] = set()
    place = {index: rank for rank, index in enumerate(order, start=1)}
    minimum = field.pot.minimum_award.amount if field.pot.minimum_award and field.pot.minimum_award.below == "drop" else 0
    wanting = [index for index in order if amounts[index]]
    paid: int | None = None
    for rank, index in enumerate(order):
        before[index] = left
        if closed:
            beyond.add(index)
        if closed or not amounts[index]:
            continue
        if amounts[index] <= left:
            exact[index], paid = amounts[index], index
        else:
            if paid is not None:  # the line is drawn between this one and the one before
                field.need_lot(paid, index, wanting)
            part = last == "partial" and left > 0 and left + (already or {}).get(index, 0) >= minimum
            closed = last != "next"
            for other in order[rank + 1 :] if closed and codes is LIST else ():  # an equal after it would get what is left in its place
                if field.points[other] != field.points[index]:
                    break
                if amounts[other] and (part or amounts[other] <= left):
                    field.need_lot(index, other, wanting)
            exact[index] = left if part else 0
        left -= exact[index]

    def explain_list(index: int) -> list[Reason]:
        said = {"place": str(place[index]), "left_cents": str(before[index]), "amount_cents": str(amounts[index])}
        code = codes.unpaid(before[index], index in beyond)
        if exact[index]:
            code = codes.full if exact[index] == amounts[index] else codes.part
        elif not amounts[index]:
            code = codes.full
        tie = field.tie(index) if codes is LIST else None
        return [*explain(index), *([tie] if tie is not None else []), Reason(code, said)]

    return Division(exact, 1, explain_list, full=amounts.__getitem__)


def _in_full(field: Field, wanted: Mapping[int, int], told: Callable[[int], Reason]) -> tuple[dict[int, int], Explain]:
    """Amounts of one's own in cents under the ceilings, and the words for them."""
    caps = field.caps
    amounts = {index: cents if (cap := caps[index]) is None else min(cents, cap) for index, cents in wanted.items()}

    def explain(index: int) -> list[Reason]:
        return [told(index), *([field.cap_reason(index)] if amounts[index] < wanted[index] else [])]

    return amounts, explain


def _requests(field: Field, members: Sequence[int]) -> tuple[dict[int, int], Explain]:
    """The whole request (or basis) of each, under the ceilings."""
    wanted = {index: field.basis[index] for index in members}
    return _in_full(field, wanted, lambda index: Reason("full_request", {"requested_cents": str(wanted[index])}))


def fixed_point_value(field: Field, members: Sequence[int], available: int) -> Division:
    """A point value that was set beforehand, checked against the pot."""
    value = field.pot.value or Fraction(0)
    over = field.scale * value.denominator
    each = {index: field.points[index] * value.numerator * 100 for index in members}
    caps = {index: cap * over for index in members if (cap := field.caps[index]) is not None}
    exact = {index: min(share, caps.get(index, share)) for index, share in each.items()}

    def explain(index: int) -> list[Reason]:
        reasons = [Reason("fixed_value", {"value": number_text(value)}), product(field.units[index].points, value)]
        return reasons + ([field.cap_reason(index)] if exact[index] < each[index] else [])

    if field.pot.short == "leave_out":
        whole = {index: share // over for index, share in exact.items()}
        order = [index for index in field.ranking if index in exact]
        return _with_value(down_the_list(field, whole, order, available, explain, "nothing", LIST), value)
    return _with_value(_scaled(field, exact, over, available, explain), value)


def _with_value(division: Division, value: Fraction) -> Division:
    return replace(division, value=value)


def share_of_request(field: Field, members: Sequence[int], available: int) -> Division:
    """Everybody gets a share of the request (or of another basis): points / maximum, or the percentage of the score band."""
    maximum = field.pot.maximum or Fraction(1)
    bands = field.pot.score_bands
    if bands:
        over = 100 * lcm(*{band.percent.denominator for band in bands})
        found = {index: covering(bands, field.units[index].points) for index in members}
        parts = {index: 0 if place is None else int(bands[place].percent * (over // 100)) for index, place in found.items()}
    else:
        over = field.scale * maximum.numerator
        parts = {index: field.points[index] * maximum.denominator for index in members}
    full = {index: field.basis[index] * part for index, part in parts.items()}
    exact = {index: min(share, cap * over) if (cap := field.caps[index]) is not None else share for index, share in full.items()}

    def explain(index: int) -> list[Reason]:
        said = {
            "requested_cents": str(field.basis[index]),
            **exactly("points", field.units[index].points),
            **exactly_ratio("product", full[index], over * 100),
        }
        if bands:
            place = found[index]
            if place is None:
                return [Reason("no_score_band", {"points": said["points"]})]
            band = {"band": bands[place].text(), "percent": number_text(bands[place].percent)}
            reasons = [Reason("score_band", {**said, **band})]
        else:
            reasons = [Reason("request_share", {**said, "maximum": number_text(maximum)})]
        return reasons + ([field.cap_reason(index)] if exact[index] < full[index] else [])

    return _scaled(field, exact, over, available, explain)


def full_request(field: Field, members: Sequence[int], available: int) -> Division:
    """Whoever passes gets the whole request (or basis) under the ceilings."""
    if field.pot.short == "leave_out":
        return _ranked(field, members, available, "nothing")
    amounts, explain = _requests(field, members)
    return _scaled(field, amounts, 1, available, explain)


def waterfall(field: Field, members: Sequence[int], available: int) -> Division:
    """The whole request under the ceilings, from the most points down, until the money is used up."""
    return _ranked(field, members, available, field.pot.last)


def _ranked(field: Field, members: Sequence[int], available: int, last: str) -> Division:
    amounts, explain = _requests(field, members)
    order = [index for index in field.ranking if index in amounts]
    return down_the_list(field, amounts, order, available, explain, last, LIST)


def category_amounts(field: Field, members: Sequence[int], available: int) -> Division:
    """A fixed amount by category, in the order of receipt, until the money is used up."""
    pot, category = field.pot, field.pot.category or ""
    answers = {index: str(field.values(index)[0].get(category) or "") for index in members}
    fixed = {index: pot.amounts.get(answer, 0) for index, answer in answers.items()}

    def told(index: int) -> Reason:
        return Reason("category_amount", {"amount_cents": str(fixed[index]), **field.label(category, answers[index])})

    amounts, explain = _in_full(field, fixed, told)
    return down_the_list(field, amounts, in_order_of_receipt(field, members), available, explain, pot.last, ARRIVAL)


def in_order_of_receipt(field: Field, members: Sequence[int]) -> list[int]:
    """Units as their applications were complete, equals by the declared rules."""
    receipt, keys = field.inputs.order, field.keys
    return sorted(members, key=lambda index: (receipt.get(field.units[index].applicant, LAST), keys[index]))


def panel_amounts(field: Field, members: Sequence[int], available: int) -> Division:
    """The amounts that the panel decided, each with a reason, within the ceilings and the pot. Raises ``AllocationError``."""
    decided, name = field.inputs.decided.get(field.pot.id, {}), field.pot.id
    exact: dict[int, int] = {}
    wrong: list[AllocationError] = []

    def refuse(code: str, unit: Unit, message: str) -> None:
        wrong.append(AllocationError(code, message, pot=name, applicant=unit.key))

    for index in members:
        unit, cap = field.units[index], field.caps[index]
        own = decided.get(unit.key) or decided.get(unit.applicant)
        if own is None:
            refuse("amount_not_decided", unit, f"the panel has not decided an amount for {unit.key} in {name}: write it, also if it is 0")
            continue
        if not any(text.strip() for text in own.reason.values()):
            refuse("decided_without_reason", unit, f"the amount for {unit.key} in {name} has no reason: write it")
        if own.cents < 0 or (cap is not None and own.cents > cap):
            most = "" if cap is None else f" of {euros(cap)} EUR"
            refuse("decided_over_cap", unit, f"the amount for {unit.key} in {name} is above its ceiling{most}: lower it")
        exact[index] = own.cents
    if not wrong and sum(exact.values()) > available:
        message = f"the amounts decided in {name} are more than there is: {euros(sum(exact.values()))} of {euros(available)} EUR"
        raise AllocationError("decided_exceeds_pot", message, pot=name)
    if wrong:
        raise wrong[0].with_others(wrong[1:])

    def explain(index: int) -> list[Reason]:
        unit = field.units[index]
        own = decided.get(unit.key) or decided[unit.applicant]
        said = {f"answer_{code}": text for code, text in own.reason.items()}
        return [Reason("panel_amount", {"amount_cents": str(own.cents), **said})]

    return Division(exact, 1, explain, full=exact.__getitem__)


def actual_cost(field: Field, members: Sequence[int], available: int) -> Division:
    """Proven costs up to the ceilings and the pot; if they are more than there is, all are reduced in proportion."""
    costs = {index: field.cents(index, field.pot.cost_fact) for index in members}
    amounts, explain = _in_full(field, costs, lambda index: Reason("actual_cost", {"cost_cents": str(costs[index])}))
    division = _scaled(field, amounts, 1, available, explain, "costs_scaled")
    return replace(division, limits=amounts)


ENGINES: Mapping[str, Callable[[Field, Sequence[int], int], Division]] = {
    "point_value": point_value,
    "fixed_point_value": fixed_point_value,
    "drivers": drivers,
    "share_of_request": share_of_request,
    "full_request": full_request,
    "waterfall": waterfall,
    "panel_amounts": panel_amounts,
    "category_amounts": category_amounts,
    "control_percentage": control_percentage,
    "actual_cost": actual_cost,
}
