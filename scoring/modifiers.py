"""What bends a division: the least award that is paid, and the balance between groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm

from scoring.engines import ENGINES
from scoring.field import AllocationError, Field
from scoring.money import number_text
from scoring.proportions import NOTHING, Division, Explain
from scoring.reasons import Reason

Out = dict[int, Callable[[], list[Reason]]]


@dataclass(frozen=True)
class Portion:
    """A part of a pot that is divided and closed by itself; ``opening`` are reasons that all its units share."""

    members: Sequence[int]
    division: Division
    available: int
    opening: Sequence[Reason] = ()


@dataclass(frozen=True)
class Divided:
    """A whole pot: its portions, and who got nothing by the least award, with the reasons."""

    portions: Sequence[Portion]
    out: Out = field(default_factory=dict)


def divide(pot_field: Field, members: Sequence[int], available: int) -> Divided:
    """Divide a pot by its engine, its least award and its balance."""
    if pot_field.pot.balance is not None and members:
        return _balanced(pot_field, members, available)
    division, out = _with_least_award(pot_field, members, available)
    return Divided([Portion([index for index in members if index not in out], division, available)], out)


# The least award


def _with_least_award(pot_field: Field, members: Sequence[int], available: int) -> tuple[Division, Out]:
    engine = ENGINES[pot_field.pot.engine]
    division = engine(pot_field, members, available) if members else NOTHING
    least = pot_field.pot.minimum_award
    if least is None or least.below == "pay" or not members:
        return division, {}
    if least.below == "raise":
        return _raised(pot_field, members, available, division, least.amount)
    return _dropped(pot_field, members, available, division, least.amount)


def _dropped(
    pot_field: Field, members: Sequence[int], available: int, first: Division, least: int, precise: bool = True
) -> tuple[Division, Out]:
    """Whoever can never reach the least award leaves first, then the smallest amounts, until all that is paid is enough.

    What one frees may lift the next one, so only as many leave as must; among equal amounts the last by the tie rules goes. Nobody leaves who
    is below only because the value was rounded (``precise``): there is money for the least award, and it is paid.
    """
    engine = ENGINES[pot_field.pot.engine]
    rounds = precise and pot_field.pot.rules.point_value != "exact"
    unrounded = _unrounded(pot_field) if rounds else pot_field

    def small_of(trial: Division, inside: Sequence[int]) -> list[int]:
        small = [index for index in inside if 0 < trial.exact[index] < least * trial.over]
        if not small or not rounds:
            return small
        true = engine(unrounded, inside, available)
        return [index for index in small if true.exact[index] < least * true.over]

    out: Out = {}
    ceilings = {index: _ceiling(pot_field, first, index) for index in members}
    never = [index for index in members if first.exact[index] and (cap := ceilings[index]) is not None and cap < least]
    for index in never:
        out[index] = _without(first, index, "minimum_dropped", least)
    inside = [index for index in members if index not in out]
    division = engine(pot_field, inside, available) if inside else NOTHING
    if small_of(division, inside):
        place = {index: rank for rank, index in enumerate(pot_field.order)}
        # The order of the amounts stays the same when somebody leaves, and nobody gets less: so the number that must leave is found by halving.
        ascending = sorted(
            (index for index in inside if division.exact[index]),
            key=lambda index: (division.exact[index], pot_field.points[index], -place[index]),
        )
        low, high = 1, len(ascending)
        while low < high:
            middle = (low + high) // 2
            gone = frozenset(ascending[:middle])
            stay = [index for index in inside if index not in gone]
            if small_of(engine(pot_field, stay, available), stay):
                low = middle + 1
            else:
                high = middle
        if low < len(ascending) and division.exact[ascending[low]] == division.exact[ascending[low - 1]]:
            equals = [index for index in ascending if division.exact[index] == division.exact[ascending[low]]]
            pot_field.need_lot(ascending[low], ascending[low - 1], equals)
        out |= {index: _without(division, index, "minimum_dropped", least) for index in ascending[:low]}
        inside = [index for index in inside if index not in out]
        division = engine(pot_field, inside, available) if inside else NOTHING
    reached = {index for index in inside if 0 < division.exact[index] < least * division.over}
    if not reached:
        return division, out
    exact = {index: least * division.over if index in reached else share for index, share in division.exact.items()}
    if sum(exact.values()) > available * division.over:  # other amounts were rounded up
        return _dropped(pot_field, members, available, first, least, precise=False)
    explain, said = division.explain, Reason("minimum_reached", {"minimum_cents": str(least)})
    return replace(division, exact=exact, explain=lambda index: [*explain(index), *([said] if index in reached else [])]), out


def _unrounded(pot_field: Field) -> Field:
    """The same units in a pot that does not round its value."""
    rules = pot_field.pot.rules.model_copy(update={"point_value": "exact"})
    return replace(pot_field, pot=pot_field.pot.model_copy(update={"rounding": rules}))


def _without(division: Division, index: int, code: str, least: int) -> Callable[[], list[Reason]]:
    """Why a unit gets nothing: what it would have got, and the least award."""
    return lambda: [*division.explain(index), Reason(code, {"minimum_cents": str(least)})]


def _ceiling(pot_field: Field, division: Division, index: int) -> int | None:
    cap, own = pot_field.caps[index], (division.limits or {}).get(index)
    return own if cap is None else cap if own is None else min(cap, own)


def _raised(pot_field: Field, members: Sequence[int], available: int, first: Division, least: int) -> tuple[Division, Out]:
    """Nobody is under the least award (or under the own ceiling, where that is lower): it is set aside, and the others share the rest.

    Where there is not enough for everybody's least award, the smallest amounts leave.
    """
    engine = ENGINES[pot_field.pot.engine]
    out: Out = {}
    floors = {index: least if (cap := _ceiling(pot_field, first, index)) is None else min(least, cap) for index in members}
    inside = list(members)
    if sum(floors.values()) > available:
        place = {index: rank for rank, index in enumerate(pot_field.order)}
        needed = sum(floors.values())
        ascending = sorted(members, key=lambda index: (first.exact[index], pot_field.points[index], -place[index]))
        for rank, index in enumerate(ascending):
            if needed <= available:
                if first.exact[index] == first.exact[ascending[rank - 1]]:
                    equals = [one for one in members if first.exact[one] == first.exact[index]]
                    pot_field.need_lot(index, ascending[rank - 1], equals)
                break
            needed -= floors[index]
            out[index] = _without(first, index, "minimum_unfunded", least)
        inside = [index for index in members if index not in out]
        if not inside:
            return NOTHING, out
    whole = engine(pot_field, inside, available) if out else first
    raised: dict[int, int] = {}
    division = whole
    while True:
        small = {index: floors[index] for index in division.exact if division.exact[index] < floors[index] * division.over}
        if not small:
            break
        raised |= small
        left = [index for index in inside if index not in raised]
        division = engine(pot_field, left, available - sum(raised.values())) if left else NOTHING
    aside = sum(raised.values())
    left_out = [Reason("minimum_left", {"number": str(len(out))})] if out else []

    def explain(index: int) -> list[Reason]:
        if index in raised:
            return [*left_out, *whole.explain(index), Reason("minimum_raised", {"minimum_cents": str(raised[index])})]
        kept = [Reason("minimum_kept", {"raised_cents": str(aside), "available_cents": str(available - aside)})] if aside else []
        return [*left_out, *kept, *division.explain(index)]

    exact = {**division.exact, **{index: cents * division.over for index, cents in raised.items()}}
    value = whole.value if division.value is None else division.value
    return Division(exact, division.over, explain, value, max(whole.passes, division.passes), whole.limits, whole.full), out


# Balance between groups


@dataclass(frozen=True)
class Bounds:
    """What a group may get in whole cents: at least ``least`` (as much of it as it can use), at most ``most``; ``share`` is its least share."""

    least: int
    most: int | None
    share: int


def _balanced(pot_field: Field, members: Sequence[int], available: int) -> Divided:
    """Groups that got too much or too little by the rule get their own portion; the others share the rest by the same rule.

    Every group gets what the rule gives it, held within its shares, and what is held back or added is made up by all others in the
    proportion of the rule. If the amounts that were held within the shares are together more than there is, the others will get less yet, so
    whoever is below the least share stays there: these are fixed. If they are less, the same is true of those above the largest share. Each
    round fixes at least one group for good, so there are at most as many rounds as groups, and no group is ever fixed wrongly.
    """
    balance = pot_field.pot.balance
    assert balance is not None
    group_of = {index: _group(pot_field, index) for index in members}
    groups: dict[str, list[int]] = {}
    for index, name in group_of.items():
        groups.setdefault(name, []).append(index)
    bounds = {name: _bounds(pot_field, name, inside, available) for name, inside in sorted(groups.items())}
    if sum(one.least for one in bounds.values()) > available:
        named = ", ".join(name for name, one in bounds.items() if one.least)
        message = f"the least shares of the groups that compete in {pot_field.pot.id} ({named}) are together more than there is"
        raise AllocationError("balance_impossible", message, pot=pot_field.pot.id, groups=named)
    fixed: dict[str, tuple[int, str]] = {}
    rest = available
    while True:
        free = [index for index in members if group_of[index] not in fixed]
        division, out = _with_least_award(pot_field, free, rest)
        totals = {name: Fraction(0) for name in bounds if name not in fixed}
        for index, share in division.exact.items():
            totals[group_of[index]] += Fraction(share, division.over)
        below = {name: bounds[name].least for name, total in totals.items() if total < bounds[name].least}
        above = {name: most for name, total in totals.items() if (most := bounds[name].most) is not None and total > most}
        if not below and not above:
            break
        held = sum(totals.values()) + sum(cents - totals[name] for name, cents in (*below.items(), *above.items()))
        side = "least" if below and (not above or held > rest) else "most"
        for name, cents in (below if side == "least" else above).items():
            used = _with_least_award(pot_field, groups[name], cents)[0].wanted()
            # What a group cannot use, such as the half of a request that is paid whole or not at all, is not kept from the others.
            fixed[name] = (min(cents, -int(-used // 1)), side)
            rest -= fixed[name][0]
    aside = available - rest
    said = {"fixed_cents": str(aside), "available_cents": str(rest), "article": balance.article}
    opening = [Reason("balance_rest", said)] if aside else []
    if "" in groups:
        division = replace(division, explain=_outside(groups[""], division.explain))
    portions = [Portion([index for index in free if index not in out], division, rest, opening)]
    for name, (cents, side) in fixed.items():
        own_division, own_out = _with_least_award(pot_field, groups[name], cents)
        out = {**out, **own_out}
        inside = [index for index in groups[name] if index not in own_out]
        portions.append(Portion(inside, own_division, cents, [_held(pot_field, name, side, cents, bounds[name])]))
    return Divided(portions, out)


def _bounds(pot_field: Field, group: str, inside: Sequence[int], available: int) -> Bounds:
    """The shares of a group in whole cents. It is given no more than it could use if it had the whole pot for itself."""
    least, most = _share(pot_field, group, "least"), _share(pot_field, group, "most")
    high = None if most is None else int(available * most / 100)
    if least is None:
        return Bounds(0, high, 0)
    share = int(available * least / 100)
    usable = int(_with_least_award(pot_field, inside, available)[0].wanted()) if share else 0
    return Bounds(min(share, usable, share if high is None else high), high, share)


def _share(pot_field: Field, group: str, side: str) -> Fraction | None:
    """The least or largest share of a group in percent: its own, or that of all groups. Whoever is in no group has none."""
    balance = pot_field.pot.balance
    assert balance is not None
    if not group:
        return None
    own = next((one for one in balance.groups if one.group == group), None)
    value: Fraction | None = getattr(own, side, None)
    return getattr(balance, side) if value is None else value


def _held(pot_field: Field, group: str, side: str, cents: int, bounds: Bounds) -> Reason:
    """Why a group got its own portion."""
    balance = pot_field.pot.balance
    assert balance is not None
    share = _share(pot_field, group, side) or Fraction(0)
    said = {**pot_field.label(balance.by, group), "percent": number_text(share), "group_cents": str(cents), "article": balance.article}
    if side == "least" and cents < bounds.share:
        return Reason("balance_usable", {**said, "share_cents": str(bounds.share)})
    return Reason(f"balance_{side}", said)


def _outside(members: Sequence[int], explain: Explain) -> Explain:
    """Words for those who did not say to which group they belong: no share is theirs."""
    return lambda index: [*([Reason("balance_no_group", {})] if index in members else []), *explain(index)]


def _group(pot_field: Field, index: int) -> str:
    """The group of a unit: the answer, the class, or yes or no; empty where there is none of them."""
    name = pot_field.pot.balance.by if pot_field.pot.balance else ""
    value = pot_field.values(index)[0].get(name)
    if isinstance(value, str):
        return value
    return "" if value is None else "yes" if value else "no"


def common_denominator(portions: Sequence[Portion]) -> int:
    """One denominator for all portions."""
    return lcm(*(portion.division.over for portion in portions))


def weights_of(portions: Sequence[Portion]) -> Mapping[int, int]:
    """The shares of all portions over one denominator, as weights of whatever is still to be shared by the same rule."""
    over = common_denominator(portions)
    return {index: share * (over // portion.division.over) for portion in portions for index, share in portion.division.exact.items()}
