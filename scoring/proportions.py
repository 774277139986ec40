"""Methods that share money in proportion: the point value, several drivers, one percentage for all; ceilings release what is shared again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cmp_to_key
from itertools import compress
from math import ceil, floor, lcm

from scoring.field import Field, common_denominator
from scoring.money import RoundingMode, number_text, rounded
from scoring.questions import Interval
from scoring.reasons import Reason
from scoring.sharing import Driver
from scoring.working import exactly, exactly_ratio

_MOST_BITS = 2048
"""Up to here ratios are compared by whole keys, which is many times faster than by multiplication."""

Explain = Callable[[int], list[Reason]]


@dataclass(frozen=True)
class Division:
    """What an engine found: ``exact[i] / over`` is the share of unit ``i`` in cents; ``explain(i)`` says how it came about.

    ``value`` is the point value (or the percentage) in euros, ``passes`` how often money was shared out, ``limits`` ceilings that the engine itself adds.
    ``full(i)`` is what the rule gives a unit, in cents, where there is money enough; None where it only says in what proportion money is shared.
    """

    exact: dict[int, int]
    over: int
    explain: Explain
    value: Fraction | None = None
    passes: int = 1
    limits: Mapping[int, int] | None = None
    full: Callable[[int], int] | None = None

    def wanted(self) -> Fraction:
        """All shares together, in cents."""
        return Fraction(sum(self.exact.values()), self.over)

    def comes_to(self, index: int, cents: int) -> bool:
        """Whether one share is exactly so many cents."""
        return self.exact[index] == cents * self.over


NOTHING = Division({}, 1, lambda index: [])


# Shares in proportion to weights


@dataclass(frozen=True)
class Shares:
    """Money shared in proportion to weights under ceilings: what ceilings cut off was shared again until nothing changed.

    ``values[k]`` is cents for one unit of weight in pass ``k``; ``passed[i]`` the pass in which unit ``i`` was settled; ``capped`` who was cut.
    """

    exact: dict[int, int]
    over: int
    values: list[Fraction]
    passed: Mapping[int, int]
    capped: frozenset[int]


def share_out(
    members: Sequence[int],
    weights: Mapping[int, int] | Sequence[int],
    caps: Sequence[int | None],
    available: int,
    round_value: Callable[[Fraction], Fraction],
) -> Shares:
    """Divide ``available`` cents in proportion to whole weights (not negative); nobody gets more than the own ceiling in cents.

    In each pass everybody who would get more than the ceiling gets just that and leaves; the others share the rest. Units are sorted by
    the value at which they meet their ceiling, so the time grows with n log n however many passes there are.
    """
    free = [index for index in members if weights[index] > 0]
    exact = dict.fromkeys(members, 0)
    bits = 2 * max((weights[index].bit_length() for index in free), default=1)
    if bits <= _MOST_BITS:
        # Two ratios of whole numbers below 2**(bits/2) differ by more than 2**-bits, so the keys are in the order of the exact ratios.
        limited = sorted(((cap << bits) // weights[index], index) for index in free if (cap := caps[index]) is not None)
    else:  # such keys would take minutes for weights of thousands of digits, and comparing two ratios takes microseconds

        def compared(one: tuple[int, int], other: tuple[int, int]) -> int:
            left, right = one[0] * weights[other[1]], other[0] * weights[one[1]]
            return (left > right) - (left < right) or one[1] - other[1]

        limited = sorted(((cap, index) for index in free if (cap := caps[index]) is not None), key=cmp_to_key(compared))
    total, left, start = sum(weights[index] for index in free), available, 0
    values: list[Fraction] = []
    passed: dict[int, int] = {}
    while total > 0:
        value = round_value(Fraction(left, total))
        values.append(value)
        up, down = value.numerator, value.denominator
        end = start
        while end < len(limited) and weights[limited[end][1]] * up > (caps[limited[end][1]] or 0) * down:
            end += 1
        for _, index in limited[start:end]:
            cap = caps[index] or 0
            exact[index] = cap
            passed[index] = len(values)
            left -= cap
            total -= weights[index]
        if end == start:
            break
        start = end
    over = values[-1].denominator if values else 1
    up = values[-1].numerator if values else 0
    capped = frozenset(passed)
    for index in members:
        exact[index] = exact[index] * over if index in capped else weights[index] * up
    return Shares(exact, over, values, passed, capped)


def _keep(value: Fraction) -> Fraction:
    return value


def _value_rule(field: Field, mode: RoundingMode) -> Callable[[Fraction], Fraction]:
    """Rounding of the point value in euros, for a value in cents per scaled point."""
    if mode == "exact":
        return _keep
    factor = Fraction(field.scale, 100)
    return lambda value: rounded(value * factor, mode, field.pot.rules.decimals) / factor


def point_value(field: Field, members: Sequence[int], available: int) -> Division:
    """Point value = money / sum of points. An equal base, if there is one, comes first and is part of the ceiling."""
    base, caps = _equal_base(field, members, available)
    rest = available - sum(base.values())
    mode = field.pot.rules.point_value
    shares = share_out(members, field.points, caps, rest, _value_rule(field, mode))
    cut = mode == "half_up" and sum(shares.exact.values()) > rest * shares.over
    if cut:  # a value that was rounded up promises more than there is, so its further decimals are cut instead
        shares = share_out(members, field.points, caps, rest, _value_rule(field, "cut"))
    scale, total = field.scale, sum(field.points[index] for index in members)
    article = field.pot.equal_base.article if field.pot.equal_base is not None else ""
    exact = {index: share + base.get(index, 0) * shares.over for index, share in shares.exact.items()}

    @cache
    def value_in(turn: int) -> Fraction:
        return shares.values[turn] * scale / 100 if shares.values else Fraction(0)

    def explain(index: int) -> list[Reason]:
        reasons = [Reason("value_cut", {})] if cut else []
        if base:
            each, whole_base = _base_of_each(field, len(base), available)
            given = {"base_cents": str(base[index]), "available_cents": str(rest), "article": article}
            if each < whole_base:
                short = {"wanted_cents": str(whole_base), "each_cents": str(each), "article": article}
                reasons.append(Reason("base_short", short))
            reasons.append(Reason("equal_base", given))
        first = value_in(0)
        said = {"available_cents": str(rest), **exactly_ratio("points_total", total, scale), **exactly("value", first)}
        points = field.units[index].points
        reasons += [Reason("point_value", said), product(points, first)]
        turn = shares.passed.get(index, len(shares.values))
        if turn > 1:
            reasons += [Reason("reshared", {"passes": str(turn - 1)}), product(points, value_in(turn - 1))]
        if base:
            whole_share = exactly_ratio("product", exact[index], shares.over * 100)
            reasons.append(Reason("with_base", {"base_cents": str(base[index]), **whole_share, "article": article}))
        return reasons + ([field.cap_reason(index)] if index in shares.capped else [])

    value = value_in(0) if shares.values else None
    return Division(exact, shares.over, explain, value, max(1, len(shares.values)))


def product(points: Fraction, value: Fraction) -> Reason:
    """Points times the point value."""
    told = exactly_ratio("product", points.numerator * value.numerator, points.denominator * value.denominator)
    return Reason("product", {**exactly("points", points), **exactly("value", value), **told})


def _equal_base(field: Field, members: Sequence[int], available: int) -> tuple[dict[int, int], Sequence[int | None]]:
    """What everybody gets alike in whole cents, and the ceilings that are left above it."""
    rule = field.pot.equal_base
    if rule is None or not members:
        return {}, field.caps
    each, _ = _base_of_each(field, len(members), available)
    base = {index: each if (cap := field.caps[index]) is None else min(each, cap) for index in members}
    caps = list(field.caps)
    for index, cents in base.items():
        cap = caps[index]
        caps[index] = None if cap is None else cap - cents
    return base, caps


def _base_of_each(field: Field, number: int, available: int) -> tuple[int, int]:
    """The equal base of each of so many, and what the rule wanted for each, which may be more than there is."""
    rule = field.pot.equal_base
    assert rule is not None
    wanted = rule.amount if rule.amount is not None else int(available * (rule.percent or 0) / 100 / number)
    return min(wanted, available // number), wanted


def drivers(field: Field, members: Sequence[int], available: int) -> Division:
    """Several drivers, each with its slice of the pot; a unit gets the sum of its shares in them.

    Whoever would get more than the ceiling gets just that and leaves; what remains is divided anew among the others by the same drivers.
    A slice that nobody has a share in stays in the pot. Later, where nobody is left in a slice, the other slices share its money.
    """
    parts = [_driven(field, driver, members) for driver in field.pot.drivers]
    percents = [driver.percent / 100 for driver in field.pot.drivers]
    totals = [sum(own.values()) for own, _ in parts]
    used = sum((percent for percent, total in zip(percents, totals, strict=True) if total), Fraction(0))
    left, free = int(available * min(used, Fraction(1))), list(members)
    columns = [[own[index] for index in free] for own, _ in parts]
    capped: dict[int, int] = {}
    passed: dict[int, int] = {}
    rates: list[list[Fraction]] = []  # by pass and driver: cents for one of what it counts
    over, shares = 1, [0] * len(free)
    while free:
        inside = [sum(column) for column in columns]
        alive = sum((percent for percent, total in zip(percents, inside, strict=True) if total), Fraction(0))
        if not alive:
            shares = [0] * len(free)
            break
        rates.append([left * percent / alive / total if total else Fraction(0) for percent, total in zip(percents, inside, strict=True)])
        shares, over = _together(columns, rates[-1])
        cut = {
            index: cap for index, share in zip(free, shares, strict=True) if (cap := field.caps[index]) is not None and share > cap * over
        }
        if not cut:
            break
        capped |= cut
        passed |= dict.fromkeys(cut, len(rates))
        left -= sum(cut.values())
        stays = [index not in cut for index in free]
        free, columns = list(compress(free, stays)), [list(compress(column, stays)) for column in columns]
    own_share = dict(zip(free, shares, strict=False))  # nobody may be left
    exact = {index: capped[index] * over if index in capped else own_share[index] for index in members}

    def explain(index: int) -> list[Reason]:
        def whole(turn: int) -> Fraction:
            return sum((rate * own[index] for rate, (own, _) in zip(rates[turn], parts, strict=True)), Fraction(0))

        reasons = []
        for place, (driver, total, (own, scale)) in enumerate(zip(field.pot.drivers, totals, parts, strict=True)):
            said = {"article": driver.article, **{f"answer_{code}": text for code, text in driver.title.items()}}
            share = rates[0][place] * own[index] if rates else Fraction(0)
            reasons.append(
                Reason(
                    "driver",
                    {**said, "percent": number_text(driver.percent), **exactly("slice", available * driver.percent / 10000), **exactly_ratio("own", own[index], scale), **exactly_ratio("total", total, scale), **exactly("product", share / 100)},
                )
            )  # fmt: skip
        reasons.append(Reason("driver_sum", exactly("product", whole(0) / 100 if rates else Fraction(0))))
        turn = passed.get(index, len(rates))
        if turn > 1:
            reasons += [Reason("reshared", {"passes": str(turn - 1)}), Reason("reshared_to", exactly("product", whole(turn - 1) / 100))]
        return reasons + ([field.cap_reason(index)] if index in capped else [])

    return Division(exact, over, explain, None, max(1, len(rates)))


def _together(columns: Sequence[Sequence[int]], rates: Sequence[Fraction]) -> tuple[list[int], int]:
    """What several drivers give each, as whole numbers over one denominator."""
    over = lcm(*(rate.denominator for rate in rates))
    shares = [0] * len(columns[0])
    for column, rate in zip(columns, rates, strict=True):
        up = rate.numerator * (over // rate.denominator)
        if up:
            shares = [share + up * one for share, one in zip(shares, column, strict=True)]
    return shares, over


def _driven(field: Field, driver: Driver, members: Sequence[int]) -> tuple[dict[int, int], int]:
    """What a driver counts for each unit, as whole numbers over one denominator."""
    if driver.by == "equal":
        return dict.fromkeys(members, 1), 1
    if driver.by == "points":
        return {index: field.points[index] for index in members}, field.scale
    exact = {
        index: field.points_in(index, driver.criteria) if driver.by == "criteria" else max(Fraction(0), Fraction(field.compute(index, driver.formula or "0")))
        for index in members
    }  # fmt: skip
    scale = common_denominator({value.denominator for value in exact.values()}, len(exact), field.pot)
    return {index: value.numerator * (scale // value.denominator) for index, value in exact.items()}, scale


def control_percentage(field: Field, members: Sequence[int], available: int) -> Division:
    """One percentage for all, times the factor of the tier: as high as the money allows; nobody gets more than the own basis."""
    basis, tier_of = field.basis, _tiers(field, members)
    factors = [*(tier.factor for tier in field.pot.tiers), Fraction(0)] if field.pot.tiers else [Fraction(1)]
    over = lcm(*(factor.denominator for factor in factors))
    whole = [int(factor * over) for factor in factors]
    weights = {index: basis[index] * whole[tier_of[index]] for index in members}
    caps = [own if cap is None or own < cap else cap for own, cap in zip(basis, field.caps, strict=True)]
    rules = field.pot.rules

    def rule(value: Fraction) -> Fraction:  # the percentage is rounded as the point value is
        mode: RoundingMode = "cut" if rules.point_value == "half_up" else rules.point_value
        return rounded(value * over * 100, mode, rules.decimals) / (over * 100)

    shares = share_out(members, weights, caps, available, rule)

    def explain(index: int) -> list[Reason]:
        turn = shares.passed.get(index, len(shares.values))
        value = shares.values[turn - 1] * over if shares.values else Fraction(0)
        factor = factors[tier_of[index]]
        said = {
            **exactly("percent", value * 100), "factor": number_text(factor), "basis_cents": str(basis[index]),
            **exactly("product", value * factor * basis[index] / 100),
        }  # fmt: skip
        reasons = [Reason("control_percentage", said)]
        if index in shares.capped:
            own = field.caps[index]
            lowest = own is not None and own <= basis[index]
            reasons.append(field.cap_reason(index) if lowest else Reason("cap_basis", {"cap_cents": str(basis[index])}))
        return reasons

    value = shares.values[-1] * over * 100 if shares.values else None
    return Division(
        shares.exact, shares.over, explain, value, max(1, len(shares.values)), {index: caps[index] for index in members}, caps.__getitem__
    )


def _tiers(field: Field, members: Sequence[int]) -> dict[int, int]:
    """The place of the tier of every unit; a basis that lies in no tier has the place after the last."""
    if not field.pot.tiers:
        return dict.fromkeys(members, 0)
    ends, basis, nowhere = [_in_cents(tier) for tier in field.pot.tiers], field.basis, len(field.pot.tiers)

    def place(cents: int) -> int:
        for at, (least, most) in enumerate(ends):
            if least <= cents and (most is None or cents <= most):
                return at
        return nowhere

    return {index: place(basis[index]) for index in members}


def _in_cents(tier: Interval) -> tuple[int, int | None]:
    """The least and the most whole cents in a range of euros: amounts are whole cents, so comparing these is comparing exactly."""
    least = [ceil(tier.from_ * 100)] if tier.from_ is not None else []
    least += [floor(tier.above * 100) + 1] if tier.above is not None else []
    most = [floor(tier.to * 100)] if tier.to is not None else []
    most += [ceil(tier.below * 100) - 1] if tier.below is not None else []
    return max(least, default=0), min(most, default=None)


def covering(bands: Sequence[Interval], value: Fraction) -> int | None:
    """The place of the first band that covers a value."""
    return next((place for place, band in enumerate(bands) if band.holds(value)), None)
