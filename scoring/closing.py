"""Closing what was divided to the last unit by the rules of its pot: who comes first among equals, and where a lot must be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from scoring.field import Field
from scoring.money import Closed, close_pot


def close(
    field: Field,
    inside: Sequence[int],
    exact: Mapping[int, int],
    over: int,
    total: int,
    caps: Sequence[int | None],
    paid: Sequence[int] | None = None,
) -> Closed:
    """Close the shares of the units ``inside`` (``exact[i] / over`` cents, under ``caps`` in the same order), of which there is ``total``.

    ``paid`` is what each unit of the field has got already: of two with the same share and points, the one who got less comes first.

    Raises ``AllocationError`` (``lot_needed``) where the rules want a lot and it would decide who gets a unit.
    """
    rules = field.pot.rules
    place = {index: rank for rank, index in enumerate(inside)}

    def closed(order: Sequence[int]) -> Closed:
        ranked = [place[index] for index in _more_points_first(order, exact, field.points, paid)]
        shares = [exact[index] for index in inside]
        return close_pot(shares, over, total, rules.unit_cents, rules.closing, rules.award, caps, ranked)

    order = [index for index in field.order if index in place]
    done = closed(order)
    if "lot" not in rules.tie_break or not any(done.moved):
        return done
    step = over * rules.unit_cents

    def open_to(index: int) -> bool:
        cap = caps[place[index]]
        return cap is None or cap >= (exact[index] // step + 1) * rules.unit_cents

    # Units that go to the largest remainders are contested by those with the same remainder; what goes to one, by all.
    def alike(index: int) -> int:
        return 0 if rules.closing == "to_one" else exact[index] % step

    tied = [group for group in field.drawn_apart([index for index in order if open_to(index)], alike) if len(group) > 1]
    if not tied:
        return done
    turned = {one: other for group in tied for one, other in zip(group, reversed(group), strict=True)}
    again = closed([turned.get(index, index) for index in order])
    for group in tied:
        if any(done.cents[place[index]] != again.cents[place[index]] for index in group):
            field.lot_needed(group)
    return done


def _more_points_first(order: Sequence[int], exact: Mapping[int, int], points: Sequence[int], paid: Sequence[int] | None) -> list[int]:
    """The order for ties, in which of two with the same share the one with more points comes first: points never cost a cent."""
    often = Counter(exact[index] for index in order)
    if len(often) == len(order):
        return list(order)
    alike: dict[int, list[int]] = {}
    for index in order:
        if often[exact[index]] > 1:
            alike.setdefault(exact[index], []).append(index)

    def place(index: int) -> tuple[int, int]:
        return -points[index], 0 if paid is None else paid[index]

    queues = {share: iter(sorted(own, key=place)) for share, own in alike.items()}
    return [next(queues[exact[index]]) if exact[index] in queues else index for index in order]
