"""Brings an extract into the database beside the register that is in use, then changes over in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import delete, func, select

from grants.accounts import states
from grants.accounts.models import Organisation, RegisterSnapshot, RegisterUnit
from grants.accounts.register.columns import KEPT
from grants.accounts.register.facts import follow
from grants.accounts.register.reading import BadRow, Extract, UnreadableExtract
from grants.base import audit, clock
from grants.base.db import db
from grants.base.transaction import unit_of_work

AT_ONCE = 10_000
MOST_BAD = 10
"""Of a hundred rows. A file with more of them is rather another file than a register with faults."""


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    units: int
    bad: list[BadRow]
    refreshed: int
    disagreeing: list[str]


def import_extract(extract: Extract, *, taken_on: date) -> Imported:
    """Make this extract the register. Until the last step the old one stays in use, and after any failure it still is.

    The rows come in pieces, each a short transaction, so that nobody who works meanwhile waits for the import.
    """
    snapshot = _begin(extract, taken_on)
    try:
        written = _fill(snapshot, extract)
        if not written:
            raise UnreadableExtract("it has no usable row")
        if len(extract.bad) * 100 > MOST_BAD * (written + len(extract.bad)):
            raise UnreadableExtract(
                f"{len(extract.bad)} of {written + len(extract.bad)} rows are bad, more than {MOST_BAD} in a hundred; {extract.first_bad}"
            )
        refreshed, disagreeing = _change_over(snapshot, written, len(extract.bad))
    except BaseException:
        _forget_units(RegisterUnit.snapshot_id == snapshot)
        raise
    _forget_units(RegisterUnit.snapshot_id < snapshot)
    return Imported(written, extract.bad, refreshed, disagreeing)


def _begin(extract: Extract, taken_on: date) -> int:
    with unit_of_work():
        snapshot = RegisterSnapshot(taken_on=taken_on, file_sha256=extract.sha256, began_at=clock.now())
        db.session.add(snapshot)
        db.session.flush()
        return snapshot.id


def _fill(snapshot: int, extract: Extract) -> int:
    units, written = extract.units(), 0
    while piece := [(snapshot, *unit) for unit in islice(units, AT_ONCE)]:
        with unit_of_work():
            _insert(piece)
        written += len(piece)
    return written


def _insert(piece: list[tuple[object, ...]]) -> None:
    """The quickest way of each database for many rows."""
    connection = db.session.connection()
    columns = ", ".join(("snapshot_id", *KEPT))
    if connection.dialect.name == "postgresql":
        raw = connection.connection.driver_connection
        assert raw is not None
        with raw.cursor().copy(f"COPY register_unit ({columns}) FROM STDIN") as copy:
            for row in piece:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * (len(KEPT) + 1))
        connection.exec_driver_sql(f"INSERT INTO register_unit ({columns}) VALUES ({marks})", piece)  # noqa: S608 - names of ours


def _change_over(identity: int, written: int, rejected: int) -> tuple[int, list[str]]:
    with unit_of_work():
        snapshot = db.session.get_one(RegisterSnapshot, identity, with_for_update=True)
        newer = select(RegisterSnapshot.id).where(RegisterSnapshot.id > identity, RegisterSnapshot.completed_at.is_not(None))
        there = db.session.scalar(select(func.count()).where(RegisterUnit.snapshot_id == identity))
        if there != written or db.session.scalar(newer.limit(1)) is not None:
            raise UnreadableExtract("another import ran at the same time and was faster; start this one again")
        snapshot.completed_at, snapshot.units, snapshot.rejected = clock.now(), written, rejected
        audit.record(
            states.REGISTER_IMPORTED, snapshot, by=None, taken_on=snapshot.taken_on.isoformat(), units=written, rejected=rejected,
            sha256=snapshot.file_sha256,
        )  # fmt: skip
        return _refresh(snapshot)


def _refresh(snapshot: RegisterSnapshot) -> tuple[int, list[str]]:
    """Bring all organisations to what the register says now; those typed by hand are matched, if both numbers agree."""
    same = (RegisterUnit.snapshot_id == snapshot.id) & (RegisterUnit.registration_number == Organisation.registration_number)
    query = select(Organisation, RegisterUnit).join(RegisterUnit, same).order_by(Organisation.id)
    refreshed, disagreeing = 0, []
    for organisation, unit in db.session.execute(query):
        if unit.tax_number and unit.tax_number != organisation.tax_number:
            disagreeing.append(f"{organisation.registration_number} {organisation.name}")
            continue
        if changed := follow(organisation, unit):
            refreshed += 1
            audit.record(
                states.ORGANISATION_REFRESHED, organisation, by=None, fields=changed, taken_on=snapshot.taken_on.isoformat()
            )  # fmt: skip
    return refreshed, disagreeing


def _forget_units(which: object) -> None:
    with unit_of_work():
        db.session.execute(delete(RegisterUnit.__table__).where(which))  # type: ignore[arg-type]
