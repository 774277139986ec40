"""What a formula can see at its place: facts, columns and derived values by name, with what kind of value each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.questions import Derived, Fact
    from scoring.rulebook import Track

NUMBERS = ("integer", "decimal", "money", "boolean", "choices", "file")


@dataclass(frozen=True)
class Seen:
    """One name: a ``number``, a ``text`` (a choice or a class), a ``date``, a ``list`` (several choices, which also counts them), a
    ``table``, or ``words`` that no formula can use; with its unit, and the ids it can have. ``plain`` numbers have no unit at all."""

    kind: str
    unit: str = ""
    ids: tuple[str, ...] = ()
    plain: bool = False


@dataclass(frozen=True)
class Scope:
    """All names at one place; ``rows`` are those of each table, on top of the others."""

    names: Mapping[str, Seen]
    rows: Mapping[str, Mapping[str, Seen]] = field(default_factory=dict)

    def inside(self, table: str | None) -> Scope:
        """The scope of one row of a table (of the application, when there is none)."""
        return self if table is None else Scope({**self.names, **self.rows.get(table, {})}, self.rows)

    def units(self) -> dict[str, str]:
        """The units as ``formula.units_of`` wants them; columns as ``table.column``. A name of which no unit is known is left out."""
        names = [*self.names.items(), *((f"{table}.{name}", seen) for table, names in self.rows.items() for name, seen in names.items())]
        return {name: unit for name, seen in names if (unit := _unit(seen)) is not None}


def _unit(seen: Seen) -> str | None:
    if seen.kind in ("text", "date"):
        return seen.kind
    return seen.unit or ("" if seen.plain else None)


def of_track(track: Track, before: int | None = None) -> Scope:
    """The names of a track; ``before`` leaves out that derived value and those after it, which it cannot use."""
    names = {fact.id: of_fact(fact) for fact in track.facts}
    rows: dict[str, dict[str, Seen]] = {
        fact.id: {column.id: of_fact(column) for column in fact.columns} for fact in track.facts if fact.kind == "table"
    }
    for derived in track.derived[:before]:
        seen = of_derived(derived)
        if derived.table is None:
            names[derived.id] = seen
        elif derived.table in rows:
            rows[derived.table][derived.id] = seen
    return Scope(names, rows)


def of_fact(fact: Fact) -> Seen:
    """What a formula can do with a fact."""
    if fact.kind == "choice":
        return Seen("text", ids=tuple(choice.id for choice in fact.choices))
    if fact.kind == "choices":
        return Seen("list", ids=tuple(choice.id for choice in fact.choices), plain=True)
    if fact.kind in ("date", "table"):
        return Seen(fact.kind)
    if fact.kind in NUMBERS:
        return Seen("number", "EUR" if fact.kind == "money" else fact.unit or "", plain=fact.kind not in ("money", "decimal"))
    return Seen("words")


def of_derived(derived: Derived) -> Seen:
    """What a formula can do with a derived value."""
    if derived.classes:
        return Seen("text", ids=tuple(one.id for one in derived.classes))
    return Seen("number", derived.unit or "")
