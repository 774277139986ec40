"""How much an applicant asks for: the amounts that it states, in a fact or in the rows of a table, whatever was verified afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.facts import Proven
from scoring.form import settled
from scoring.money import whole_cents
from scoring.plan import plan_of
from scoring.rulebook import Track
from scoring.sharing import Pot


def requested_cents(track: Track, facts: Mapping[str, Any]) -> int | None:
    """All that is asked for in a track: each fact, and each column of items once for all its rows. None where nothing is stated or asked."""
    given = _stated(facts)
    places = dict.fromkeys((_table_of(track, pot, pot.caps.request), pot.caps.request) for pot in track.pots if pot.caps.request)
    amounts = [
        value
        for table, name in places
        for value in ([given.get(name)] if table is None else [row.get(name) for row in given.get(table) or ()])
        if value is not None
    ]
    return sum(whole_cents(amount) for amount in amounts) if amounts else None


def requested_from(track: Track, pot: Pot, facts: Mapping[str, Any]) -> int | None:
    """What is asked for from one pot; None where its rules ask for no amount. Amounts count as stated, but which questions are asked and
    which items belong to the pot is decided by what was verified, as when it is divided."""
    named = pot.caps.request or (pot.cost_fact if pot.engine == "actual_cost" else None)
    if named is None:
        return None
    asked = settled(track, facts)
    given = _stated(asked)
    table = _table_of(track, pot, named)
    if table is None:
        return whole_cents(given.get(named) or 0)
    plan, rows = plan_of(track, pot), given.get(table) or []
    return sum(whole_cents(rows[index].get(named) or 0) for index, _ in plan.chosen(plan.view(asked)))


def _table_of(track: Track, pot: Pot, name: str) -> str | None:
    """The table of items in which the amount is a column; None where it is a fact of the whole application."""
    if pot.items is None or all(column.id != name for column in track.fact(pot.items.table).columns):
        return None
    return pot.items.table


def _stated(value: Any) -> Any:
    """Facts as they were stated, without what an office found out."""
    if isinstance(value, Proven):
        return _stated(value.stated)
    if isinstance(value, Mapping):
        return {key: _stated(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_stated(one) for one in value]
    return value
