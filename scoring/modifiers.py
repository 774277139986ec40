"""What bends a division: the least award that is paid, and the balance between groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from scoring.engines import ENGINES
from scoring.field import Field
from scoring.money import number_text
from scoring.proportions import NOTHING, Division
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


def _dropped(pot_field: Field, members: Sequence[int], available: int, first: Division, least: int) -> tuple[Division, Out]:
    """Whoever can never reach the least award leaves first, then the smallest amounts, until all that is paid is enough.

    What one frees may lift the next one, so only as many leave as must; among equal amounts the last by the tie rules goes.
    """
    engine = ENGINES[pot_field.pot.engine]
    out: Out = {}
    ceilings = {index: _ceiling(pot_field, first, index) for index in members}
    never = [index for index in members if first.exact[index] and (cap := ceilings[index]) is not None and cap < least]
    for index in never:
        out[index] = _without(first, index, "minimum_dropped", least)
    rest = [index for index in members if index not in out]
    division = engine(pot_field, rest, available) if rest else NOTHING
    place = {index: rank for rank, index in enumerate(pot_field.order)}
    small = [index for index in rest if 0 < division.exact[index] < least * division.over]
    if not small:
        return division, out
    # The order of the amounts stays the same when somebody leaves, and nobody gets less: so the number that must leave is found by halving.
    ascending = sorted(
        (index for index in rest if division.exact[index]),
        key=lambda index: (division.exact[index], pot_field.points[index], -place[index]),
    )
    low, high = 1, len(ascending)
    while low < high:
        middle = (low + high) // 2
        gone = frozenset(ascending[:middle])
        trial = engine(pot_field, [index for index in rest if index not in gone], available)
        if all(trial.exact[index] >= least * trial.over for index in ascending[middle:]):
            high = middle
        else:
            low = middle + 1
    gone = frozenset(ascending[:low])
    for index in ascending[:low]:
        out[index] = _without(division, index, "minimum_dropped", least)
    inside = [index for index in rest if index not in gone]
    return (engine(pot_field, inside, available) if inside else NOTHING), out


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
        for index in sorted(members, key=lambda index: (first.exact[index], pot_field.points[index], -place[index])):
            if needed <= available:
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
    if not raised:
        return whole, out
    aside = sum(raised.values())

    def explain(index: int) -> list[Reason]:
        if index in raised:
            return [*whole.explain(index), Reason("minimum_raised", {"minimum_cents": str(raised[index])})]
        kept = Reason("minimum_kept", {"raised_cents": str(aside), "available_cents": str(available - aside)})
        return [kept, *division.explain(index)]

    exact = {**division.exact, **{index: cents * division.over for index, cents in raised.items()}}
    value = whole.value if division.value is None else division.value
    return Division(exact, division.over, explain, value, max(whole.passes, division.passes), whole.limits), out


# Balance between groups


def _balanced(pot_field: Field, members: Sequence[int], available: int) -> Divided:
    """Groups that got too much or too little by the rule get their own portion; the others share the rest by the same rule.

    First those above their largest share are fixed, then those below their least one, and each time the rest is divided again.
    """
    balance = pot_field.pot.balance
    assert balance is not None
    group_of = {index: _group(pot_field, index) for index in members}
    own = {group.group: group for group in balance.groups}
    names = sorted(set(group_of.values()))

    def bound(group: str, side: str) -> int | None:
        value = getattr(own.get(group), side, None)
        value = getattr(balance, side) if value is None else value
        return None if value is None else int(available * value / 100)

    fixed: dict[str, tuple[int, str]] = {}
    while True:
        free = [index for index in members if group_of[index] not in fixed]
        rest = available - sum(cents for cents, _ in fixed.values())
        division, out = _with_least_award(pot_field, free, rest)
        totals = {name: Fraction(0) for name in names if name not in fixed}
        for index, share in division.exact.items():
            totals[group_of[index]] += Fraction(share, division.over)
        above = {name: most for name, total in totals.items() if (most := bound(name, "most")) is not None and total > most}
        below = {name: least for name, total in totals.items() if (least := bound(name, "least")) is not None and total < least}
        if above:
            fixed |= {name: (min(cents, rest), "most") for name, cents in above.items()}
        elif below:
            for name, cents in below.items():
                inside = [index for index in free if group_of[index] == name]
                used = _with_least_award(pot_field, inside, min(cents, rest))[0].wanted()
                # What a group cannot use under its ceilings is not kept from the others.
                fixed[name] = (min(cents, -int(-used // 1), rest), "least")
                rest -= fixed[name][0]
        else:
            break
    aside = available - rest
    said = {"fixed_cents": str(aside), "available_cents": str(rest), "article": balance.article}
    opening = [Reason("balance_rest", said)] if aside else []
    portions = [Portion([index for index in free if index not in out], division, rest, opening)]
    for name, (cents, side) in fixed.items():
        inside = [index for index in members if group_of[index] == name]
        own_division, own_out = _with_least_award(pot_field, inside, cents)
        out = {**out, **own_out}
        share = getattr(own.get(name), side, None) or getattr(balance, side)
        said = {**pot_field.label(balance.by, name), "percent": number_text(share), "group_cents": str(cents), "article": balance.article}
        opening = [Reason(f"balance_{side}", said)]
        portions.append(Portion([index for index in inside if index not in own_out], own_division, cents, opening))
    return Divided(portions, out)


def _group(pot_field: Field, index: int) -> str:
    """The group of a unit: the answer, the class, or yes or no."""
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
