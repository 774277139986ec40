"""What is shared out after the awards are known: leftovers of pots whose rule says ``when: after``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from scoring.closing import close
from scoring.engines import ARRIVAL, LIST, down_the_list, in_order_of_receipt
from scoring.modifiers import weights_of
from scoring.proportions import share_out
from scoring.reasons import Reason
from scoring.settling import Settled


class Flows(Protocol):
    """Where money went."""

    flows: dict[str, dict[str, int]]

    def send(self, source: str, target: str, cents: int) -> None:
        """Money that went from one pot to another."""


def share_out_afterwards(settled: Mapping[str, Settled], money: Flows) -> None:
    """Share out the leftovers of pots whose rule says after."""
    for name, source in settled.items():
        rule = source.pot.leftover
        if rule is None or rule.when != "after":
            continue
        pool = source.residual - sum(money.flows.get(name, {}).values())
        targets = [settled[target] for target in rule.to if target != name]
        if rule.order == "score":
            _by_score(source, targets, pool, money)
            continue
        for target in targets:
            used = _by_rule(source, target, pool)
            money.send(name, target.pot.id, used)
            pool -= used


def _give(source: Settled, target: Settled, index: int, cents: int) -> None:
    title = {f"answer_{code}": text for code, text in source.pot.title.items()}
    target.amounts[index] += cents
    target.received[source.pot.id] = target.received.get(source.pot.id, 0) + cents
    rule = source.pot.leftover
    article = (rule.article if rule is not None else "") or source.pot.article
    said = {"received_cents": str(cents), "amount_cents": str(target.amounts[index]), "article": article, **title}
    target.later.setdefault(index, []).append(Reason("received", said))


def _by_score(source: Settled, targets: Sequence[Settled], pool: int, money: Flows) -> None:
    """From the most points down, over all target pots, each up to the own ceiling; equals by the rules of their pot."""
    queue = []
    for number, target in enumerate(targets):
        place = {index: rank for rank, index in enumerate(target.pot_field.order)}
        queue += [
            (-target.pot_field.units[index].points, number, place[index], target, index)
            for index in target.members
            if index not in target.divided.out
        ]
    ranked = sorted(queue, key=lambda entry: entry[:3])
    for rank, (_, number, _, target, index) in enumerate(ranked):
        room = target.headroom(index)
        unit = target.pot.rules.unit_cents
        cents = (pool if room is None else min(pool, room)) // unit * unit
        if cents > 0 and (room is None or cents < room):  # the money ends here, so an equal after it would be told apart by the name
            equals = [other for _, place, _, _, other in ranked[rank + 1 :] if place == number and target.headroom(other) != 0]
            for other in equals:
                target.pot_field.need_lot(index, other, equals)
        if cents > 0:
            _give(source, target, index, cents)
            money.send(source.pot.id, target.pot.id, cents)
            pool -= cents


def _by_rule(source: Settled, target: Settled, pool: int) -> int:
    """By the rule of the target pot: on down its list, or in proportion to its shares, up to the ceilings. What was used, in cents."""
    inside = [index for portion in target.divided.portions for index in portion.members]
    room: list[int | None] = [target.headroom(index) for index in range(len(target.pot_field.units))]
    used = 0
    pot, unit = target.pot, target.pot.rules.unit_cents
    if pot.engine in ("waterfall", "category_amounts") or pot.short == "leave_out":
        by_receipt, among = pot.engine == "category_amounts", frozenset(inside)
        order = in_order_of_receipt(target.pot_field, inside) if by_receipt else [one for one in target.pot_field.ranking if one in among]
        missing = {index: (room[index] or 0) // unit * unit for index in inside}
        last = "nothing" if pot.short == "leave_out" else pot.last
        already = {index: target.amounts[index] for index in inside}
        listed = down_the_list(
            target.pot_field, missing, order, pool // unit * unit, lambda index: [], last, ARRIVAL if by_receipt else LIST, already
        )
        for index in order:
            if listed.exact[index]:
                _give(source, target, index, listed.exact[index])
                used += listed.exact[index]
        return used
    weights = weights_of(target.divided.portions)
    shares = share_out(inside, weights, room, pool, lambda value: value)
    closed = close(target.pot_field, inside, shares.exact, shares.over, pool, [room[index] for index in inside], target.amounts)
    for index, cents in zip(inside, closed.cents, strict=True):
        if cents:
            _give(source, target, index, cents)
            used += cents
    return used
