"""The one door through which a status changes. Each entity has one table of transitions; every step writes its event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from grants.base import audit
from grants.base.db import db

_MOVED = "grants_moved"


@dataclass(frozen=True)
class Transition:
    """One allowed step. `source` None means creation; `who` says in words who takes it (for the docs)."""

    source: StrEnum | None
    target: StrEnum
    event: audit.EventKind
    who: str


@dataclass(frozen=True)
class Lifecycle:
    """The life of one kind of thing: all of its statuses and all the steps between them."""

    entity: str
    statuses: type[StrEnum]
    transitions: tuple[Transition, ...]
    final: frozenset[StrEnum] = frozenset()

    def find(self, source: StrEnum | None, target: StrEnum) -> Transition | None:
        """The step from one status to another, if there is one."""
        return next((t for t in self.transitions if t.source == source and t.target == target), None)

    def initial(self) -> Transition:
        """How a thing of this kind comes to be."""
        return next(t for t in self.transitions if t.source is None)


class ImpossibleMove(RuntimeError):
    """No such step in the table of transitions."""


class StatusOutsideMove(RuntimeError):
    """A status was set past `move()`."""


LIFECYCLES: dict[type, Lifecycle] = {}


def register(model: type, lifecycle: Lifecycle) -> None:
    """Tie a model with a `status` column to its table of transitions."""
    LIFECYCLES[model] = lifecycle


def start(thing: Any, *, by: Any, **data: Any) -> None:
    """Put a new thing into its first status and write the event of its creation."""
    first = LIFECYCLES[type(thing)].initial()
    _set(thing, first.target)
    db.session.add(thing)
    audit.record(first.event, thing, by=by, **data)


def move(thing: Any, target: StrEnum, *, by: Any, **data: Any) -> None:
    """Take one step: set the status and write the event with exactly its declared data."""
    transition = LIFECYCLES[type(thing)].find(thing.status, target)
    if transition is None:
        raise ImpossibleMove(f"{LIFECYCLES[type(thing)].entity} {thing.id}: no step from {thing.status} to {target}")
    _set(thing, target)
    audit.record(transition.event, thing, by=by, **data)


def _set(thing: Any, target: StrEnum) -> None:
    db.session.info.setdefault(_MOVED, {})[id(thing)] = (thing, target)
    thing.status = target


def guard(session: Any) -> None:
    """Make the session refuse every status that did not come through `move()`: assignment and bulk update alike."""

    @event.listens_for(session, "before_flush")
    def no_assignment(session: Session, _context: Any, _instances: Any) -> None:
        moved = session.info.get(_MOVED, {})
        for thing in _with_status([*session.new, *session.dirty]):
            history = inspect(thing).attrs.status.history
            if not history.has_changes():
                continue
            allowed = moved.get(id(thing))
            if allowed is None or allowed[0] is not thing or allowed[1] != thing.status:
                raise StatusOutsideMove(f"{type(thing).__name__}.status was set to {thing.status!r} past workflow.move()")

    @event.listens_for(session, "after_flush")
    def forget(session: Session, _context: Any) -> None:
        session.info.pop(_MOVED, None)

    @event.listens_for(session, "do_orm_execute")
    def no_bulk(state: ORMExecuteState) -> None:
        if not (state.is_update or state.is_insert) or state.bind_mapper is None:
            return
        if state.bind_mapper.class_ not in LIFECYCLES:
            return
        statement: Any = state.statement
        names = {getattr(column, "key", column) for column in (getattr(statement, "_values", None) or {})}
        for row in _parameters(state.parameters):
            names |= set(row)
        names |= {getattr(c, "key", c) for values in getattr(statement, "_multi_values", ()) for row in values for c in row}
        names |= {getattr(c, "key", c) for c, _ in (getattr(statement, "_ordered_values", None) or ())}
        if "status" in names:
            raise StatusOutsideMove(f"bulk change of {state.bind_mapper.class_.__name__}.status past workflow.move()")


def _parameters(parameters: Any) -> list[dict[str, Any]]:
    if not parameters:
        return []
    return list(parameters) if isinstance(parameters, list) else [parameters]


def _with_status(things: Iterable[Any]) -> list[Any]:
    return [thing for thing in things if type(thing) in LIFECYCLES]
