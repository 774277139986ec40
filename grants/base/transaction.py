"""The one place that commits. A request, a job and a command are each one unit of work: all of it or nothing.
What must not happen before the commit (mail, rendering, queueing) is registered with `after_commit`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import event
from sqlalchemy.orm import Session

from grants.base import audit, transaction_mode
from grants.base.db import begin_immediate, db

log = logging.getLogger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_AFTER_COMMIT = "grants_after_commit"


class WriteInRead(RuntimeError):
    """Something tried to change data while answering a request that only reads."""


def after_commit(work: Callable[[], None]) -> None:
    """Run `work` once, after the present unit of work has committed; forget it if it is rolled back."""
    db.session.info.setdefault(_AFTER_COMMIT, []).append(work)


READS_FIRST: set[str] = set()
"""Endpoints that read before they write, or never write: they check files, which takes seconds, or only compute from what was sent.
They ask for the lock when the first thing changes, so that nobody waits for them meanwhile."""


def begin_writing() -> None:
    """Ask for the lock of the database, where the unit of work has only read so far. What is written to is locked and read afresh."""
    if not transaction_mode.waits():
        return
    transaction_mode.no_longer_waits()
    if db.engine.dialect.name == "sqlite":
        connection = db.session.connection()
        connection.exec_driver_sql("COMMIT")
        begin_immediate(connection)


def _commit() -> None:
    begin_writing()
    audit.write_pending(db.session())
    waiting: list[Callable[[], None]] = db.session.info.pop(_AFTER_COMMIT, [])
    db.session.commit()
    for work in waiting:
        try:
            work()
        except Exception:
            # The facts are saved; a sweep finds what was left undone. Failing the request now would be a lie.
            log.exception("work after the commit failed")


def _rollback() -> None:
    db.session.rollback()
    forget()


def forget() -> None:
    """Drop what was waiting for a commit that will not come."""
    db.session.info.pop(_AFTER_COMMIT, None)
    audit.forget_pending(db.session())


@contextmanager
def unit_of_work(*, write: bool = True) -> Iterator[None]:
    """One piece of work outside a request: a job, a command, a step of the demo. Commits at the end, once."""
    with transaction_mode.mode(write=write):
        if db.session.new or db.session.deleted or _really_dirty(db.session()):
            raise RuntimeError("changes were made outside a unit of work, and another one begins")
        db.session.rollback()  # begin afresh: a read that is still open must not become a write half-way
        try:
            yield
            if write:
                db.session.flush()
                _commit()
            else:
                db.session.rollback()
        except BaseException:
            _rollback()
            raise


class TransactionalFlask(Flask):
    """Flask whose requests are units of work: committed once when the answer is good, rolled back otherwise."""

    def full_dispatch_request(self) -> Response:
        writes = request.method not in SAFE_METHODS
        with transaction_mode.mode(write=writes, wait=writes and request.endpoint in READS_FIRST):
            return super().full_dispatch_request()

    def dispatch_request(self) -> Any:
        answer = super().dispatch_request()
        if request.method not in SAFE_METHODS:
            db.session.flush()  # constraint errors surface here, where the error pages still apply
        return answer

    def process_response(self, response: Response) -> Response:
        response = super().process_response(response)
        if request.method in SAFE_METHODS:
            return response
        # A refusal that keeps what was typed (a form with errors, a submission that came late) says so with `g.keep`.
        roll_back, keep = g.pop("roll_back", False), g.pop("keep", False)
        if not roll_back and (keep or response.status_code < 400):
            _commit()
        else:
            _rollback()
        return response


def refuse_writes_in_reads(session: Any) -> None:
    """Make a flush with changes raise while a read is under way: no GET writes, whatever a library thinks."""

    @event.listens_for(session, "before_flush")
    def guard(session: Session, _context: Any, _instances: Any) -> None:
        if not transaction_mode.may_write() and (session.new or session.deleted or _really_dirty(session)):
            raise WriteInRead(f"a read tried to write: {[*session.new, *session.dirty, *session.deleted]!r}")
        if session.new or session.deleted or session.dirty:
            begin_writing()


def _really_dirty(session: Session) -> bool:
    return any(session.is_modified(thing) for thing in session.dirty)
