"""Files of the store to which nothing refers any more: found once a day, removed when they are older than a day, each removal noted.

What refers to a file is found and not listed: every column as wide as a hash, and every hash inside plain data (`places`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Column, ColumnElement, MetaData, String, Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.base import audit, clock, files, jobs, transaction
from grants.base.audit import STAFF, declare
from grants.base.db import Base, Sha256, db
from grants.base.jobs import Job

REMOVED = declare("file.removed", ("sha256", "size"), _l("A file to which nothing refers any more was removed from the store."), STAFF)
SWEEP = "files.sweep"
PERIOD = timedelta(days=1)
MOST = 500
"""So many in one go: the database is ours only briefly."""
_HASH = re.compile("[0-9a-f]{64}")
_ASIDE = ".aside"
_WHILE: dict[Column[Any], ColumnElement[bool]] = {}


def refers_while(place: InstrumentedAttribute[Any], condition: ColumnElement[bool]) -> None:
    """Rows of this table refer to their file only as long as the condition holds. Without one every row does."""
    _WHILE[place.property.columns[0]] = condition


def places(metadata: MetaData) -> tuple[list[Column[Any]], list[Column[Any]]]:
    """Every column that may hold the hash of a file, and every one with plain data in which one may stand."""
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    hashes = [one for one in columns if isinstance(one.type, String) and one.type.length == Sha256.length]
    return hashes, [one for one in columns if isinstance(one.type, JSON)]


def referred(among: Collection[str], session: Session) -> set[str]:
    """Those of some hashes to which anything refers."""
    wanted, found = set(among), set[str]()
    hashes, data = places(Base.metadata)
    for column in hashes:
        query = select(column).where(column.is_not(None))
        if column in _WHILE:
            query = query.where(_WHILE[column])
        found |= wanted & set(session.scalars(query.execution_options(yield_per=2000)))
    # After the columns: what a submission took over from an attachment that went meanwhile is seen here.
    for column in data:
        if wanted <= found:
            break
        for text in session.scalars(select(cast(column, Text)).where(column.is_not(None)).execution_options(yield_per=200)):
            found |= wanted.intersection(_HASH.findall(text or ""))
    return found


@jobs.periodic
def ask_for_a_sweep() -> None:
    """Once a day; the worker asks every minute."""
    last = db.session.scalars(select(Job.created_at).where(Job.batch == SWEEP).order_by(Job.id.desc()).limit(1)).first()
    if last is None or last <= clock.now() - PERIOD:
        jobs.enqueue(SWEEP, 0, batch=SWEEP)


@jobs.job(SWEEP)
def sweep(_argument: int) -> None:
    """Remove what is older than a day and to which nothing refers."""
    _put_back_what_was_left()
    before = (clock.now() - PERIOD).timestamp()
    old = {path.name: path for path in _kept() if path.stat().st_mtime < before}
    with transaction.unit_of_work(write=False):
        orphans = sorted(set(old) - referred(old, db.session()))
    for start in range(0, len(orphans), MOST):
        _remove([old[name] for name in orphans[start : start + MOST]], before)


def _remove(paths: list[Path], before: float) -> None:
    """Each is put aside first: who stores the same content again meanwhile gives it a new time, and it is put back, or writes it anew."""
    aside: list[Path] = []
    try:
        with transaction.unit_of_work():
            noted = db.session.scalars(select(Job).where(Job.batch == SWEEP).order_by(Job.id.desc()).limit(1)).one()
            for path in paths:
                moved = path.with_name(path.name + _ASIDE)
                path.rename(moved)
                if moved.stat().st_mtime >= before:
                    moved.rename(path)
                    continue
                aside.append(moved)
                audit.record(REMOVED, noted, by=None, sha256=path.name, size=moved.stat().st_size)
    except BaseException:
        _put_back_what_was_left()
        raise
    for moved in aside:
        moved.unlink()


def _put_back_what_was_left() -> None:
    """What a killed worker had put aside stands in its place again."""
    for folder in _folders():
        for moved in folder.glob(f"*{_ASIDE}"):
            moved.rename(moved.with_name(moved.name.removesuffix(_ASIDE)))


def _folders() -> Iterator[Path]:
    store = files.folder()
    if store.is_dir():
        yield from (one for one in store.iterdir() if one.is_dir() and re.fullmatch("[0-9a-f]{2}", one.name))


def _kept() -> Iterator[Path]:
    for folder in _folders():
        yield from (one for one in folder.iterdir() if _HASH.fullmatch(one.name))
