"""The append-only record of what happened: declared kinds of event with exact keys, chained by hash.
Events hold facts and ids; the sentence a person reads is made from them in the reader's language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol, cast

from flask_babel import LazyString
from sqlalchemy import BigInteger, Index, Table, Text, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.base import audit_guards, clock
from grants.base.db import Base, Sha256, db

if TYPE_CHECKING:
    from sqlalchemy.sql import ColumnElement

START = "0" * 64
_PENDING = "grants_pending_events"


class Audience(IntEnum):
    """Who may read an event of a thing that they may see: everyone, its parties, or the office only."""

    PUBLIC = 0
    PARTY = 1
    STAFF = 2


PUBLIC, PARTY, STAFF = Audience.PUBLIC, Audience.PARTY, Audience.STAFF


@dataclass(frozen=True)
class EventKind:
    """One kind of event, named in the past tense, with the exact keys of its data and a sentence over them."""

    name: str
    keys: frozenset[str]
    sentence: LazyString
    audience: Audience


class Subject(Protocol):
    """Anything with a table and a numeric id can be the subject of an event."""

    __tablename__: Any
    id: Any


KINDS: dict[str, EventKind] = {}


class UndeclaredEvent(ValueError):
    """An event whose kind or keys were not declared."""


def declare(kind: str, keys: tuple[str, ...], sentence: LazyString, audience: Audience = PARTY) -> EventKind:
    """Declare a kind of event: `declare("application.submitted", ("number",), _l("Application %(number)s was submitted."))`."""
    if kind in KINDS:
        raise UndeclaredEvent(f"{kind} is declared twice")
    KINDS[kind] = EventKind(kind, frozenset(keys), sentence, audience)
    return KINDS[kind]


class AuditEvent(Base):
    """One row of the record. `position` counts from 1 without gaps; `sha256` covers the row and the row before it."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_type", "subject_id"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    previous_sha256: Mapped[str] = mapped_column(Sha256)
    sha256: Mapped[str] = mapped_column(Sha256, unique=True)


class AuditHead(Base):
    """Where the record ends: taking this row's lock is what puts writers in one line."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Sha256)


audit_guards.protect(cast(Table, AuditEvent.__table__), cast(Table, AuditHead.__table__))


def canonical_json(data: Any) -> str:
    """Sorted keys, no spaces, no floats: the same facts always give the same bytes."""
    _refuse_floats(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(data: Any) -> None:
    if isinstance(data, float):
        raise TypeError(f"float {data!r} in a record: use integer cents or a string")
    if isinstance(data, Mapping):
        for value in data.values():
            _refuse_floats(value)
    elif isinstance(data, list | tuple):
        for value in data:
            _refuse_floats(value)


def row_sha256(*, position: int, at: str, kind: str, subject_type: str, subject_id: int, actor: str, data: str, previous: str) -> str:
    """The hash of one row: over its columns and the hash of the row before it."""
    covered = canonical_json([position, at, kind, subject_type, subject_id, actor, data, previous])
    return hashlib.sha256(covered.encode()).hexdigest()


def record(kind: EventKind | str, subject: Any, *, by: Any, **data: Any) -> None:
    """Note that `kind` happened to `subject`. It is written when the unit of work commits, with all the others of it."""
    declared = kind if isinstance(kind, EventKind) else KINDS.get(kind)
    if declared is None:
        raise UndeclaredEvent(f"{kind} is not declared")
    if frozenset(data) != declared.keys:
        raise UndeclaredEvent(f"{declared.name} wants exactly {sorted(declared.keys)}, got {sorted(data)}")
    canonical_json(data)
    actor = "system" if by is None else f"user:{by.id}"
    db.session.info.setdefault(_PENDING, []).append((declared.name, subject, actor, data, clock.now()))


def pending(session: Session) -> list[tuple[str, Any]]:
    """The kinds and subjects noted in this unit of work and not yet written."""
    return [(kind, subject) for kind, subject, *_ in session.info.get(_PENDING, [])]


def forget_pending(session: Session) -> None:
    """Drop the notes of a unit of work that was rolled back."""
    session.info.pop(_PENDING, None)


def write_pending(session: Session) -> None:
    """Append the noted events to the chain. Called by `transaction` just before the commit, so the lock is short."""
    notes = session.info.pop(_PENDING, [])
    if not notes:
        return
    session.flush()
    head = session.execute(select(AuditHead.position, AuditHead.sha256).where(AuditHead.id == 1).with_for_update()).one_or_none()
    if head is None:
        session.execute(insert(AuditHead).values(id=1, position=0, sha256=START))
        head_position, previous = 0, START
    else:
        head_position, previous = head
    rows = []
    for position, (kind, subject, actor, data, instant) in enumerate(notes, start=head_position + 1):
        row = {
            "position": position,
            "at": instant.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": kind,
            "subject_type": subject.__tablename__,
            "subject_id": subject.id,
            "actor": actor,
            "data": canonical_json(data),
        }
        digest = row_sha256(**row, previous=previous)
        rows.append({**row, "previous_sha256": previous, "sha256": digest})
        previous = digest
    session.execute(insert(AuditEvent), rows)
    moved = update(AuditHead).where(AuditHead.id == 1).values(position=rows[-1]["position"], sha256=previous)
    session.execute(moved.execution_options(synchronize_session=False))


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    kind: EventKind
    data: Mapping[str, Any]
    actor_id: int | None
    position: int
    sha256: str
    subject_type: str = ""
    subject_id: int = 0

    @property
    def actor(self) -> str | None:
        """Who did it is shown only where a page looks the person up; a timeline names nobody by itself."""
        return None

    @property
    def sentence(self) -> str:
        """What happened, in the language of the present reader."""
        return str(self.kind.sentence) % {**self.data}


def timeline(subject: Any, audience: Audience) -> list[Entry]:
    """The events of one thing, oldest first, as far as this audience may read them."""
    return events_of(type(subject).__tablename__, [subject.id], audience)


def events_of(subject_type: str, ids: list[int], audience: Audience) -> list[Entry]:
    """The events of several things of one table, oldest first."""
    condition: ColumnElement[bool] = (AuditEvent.subject_type == subject_type) & AuditEvent.subject_id.in_(ids)
    rows = db.session.scalars(select(AuditEvent).where(condition).order_by(AuditEvent.position))
    return [_entry(row) for row in rows if KINDS[row.kind].audience <= audience]


def newest(limit: int, offset: int = 0) -> list[Entry]:
    """The newest events of the whole record, for those who may read all of it."""
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(limit).offset(offset))
    return [_entry(row) for row in rows]


def _entry(row: AuditEvent) -> Entry:
    actor = int(row.actor.removeprefix("user:")) if row.actor.startswith("user:") else None
    return Entry(
        datetime.fromisoformat(row.at),
        KINDS[row.kind],
        json.loads(row.data),
        actor,
        row.position,
        row.sha256,
        row.subject_type,
        row.subject_id,
    )


@dataclass(frozen=True)
class Fault:
    """A row of the record that is not as it was written."""

    position: int
    what: str


def verify(session: Session) -> tuple[int, list[Fault]]:
    """Walk the whole chain: how many rows were checked, and every row edited, deleted, inserted or reordered."""
    faults: list[Fault] = []
    expected, previous, checked = 1, START, 0
    for row in _rows(session):
        checked += 1
        if row.position != expected:
            faults.append(
                Fault(
                    row.position,
                    f"rows {expected} to {row.position - 1} are missing" if row.position > expected else "position occurs twice",
                )
            )
        if row.previous_sha256 != previous:
            faults.append(Fault(row.position, "does not follow from the row before it"))
        digest = row_sha256(
            position=row.position, at=row.at, kind=row.kind, subject_type=row.subject_type, subject_id=row.subject_id,
            actor=row.actor, data=row.data, previous=row.previous_sha256,
        )  # fmt: skip
        if digest != row.sha256:
            faults.append(Fault(row.position, "its content was changed after it was written"))
        expected, previous = row.position + 1, row.sha256
    head = session.execute(select(AuditHead.position, AuditHead.sha256).where(AuditHead.id == 1)).one_or_none()
    end = (0, START) if head is None else (head.position, head.sha256)
    if end != (expected - 1, previous):
        faults.append(Fault(expected, f"the record ends at {expected - 1}, its head says {end[0]}"))
    if not checked and head is None and (first := _thing_without_record(session)) is not None:
        faults.append(Fault(1, f"the record is empty although there are rows in the table {first}: all of it was deleted"))
    return checked, faults


def _thing_without_record(session: Session) -> str | None:
    """A table with rows whose making always leaves an event: whatever has a status."""
    tables = [table for table in Base.metadata.sorted_tables if "status" in table.c]
    return next((table.name for table in tables if session.execute(select(table.c.status).limit(1)).first() is not None), None)


def _rows(session: Session) -> Iterator[AuditEvent]:
    return iter(session.scalars(select(AuditEvent).order_by(AuditEvent.position).execution_options(yield_per=1000)))
