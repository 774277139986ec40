"""Work that can wait. The row is the truth: it is written with the facts it belongs to, queued after the commit,
and a sweep queues again what was left behind by a crash."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from sqlalchemy import BigInteger, Index, String, Text, case, func, select
from sqlalchemy.orm import Mapped, mapped_column

from grants.base import clock, transaction
from grants.base.db import Base, Instant, db

log = logging.getLogger(__name__)
ATTEMPTS = 6
LEASE = timedelta(minutes=5)
Work = Callable[[int], None]
WORK: dict[str, Work] = {}
PERIODIC: list[Callable[[], None]] = []


class Job(Base):
    """One piece of work: what, for which row, how often tried, and how it ended."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_batch", "batch"), Index("ix_job_waiting", "finished_at", "run_after"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    argument: Mapped[int] = mapped_column(BigInteger)
    batch: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    run_after: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    gave_up: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    done: int
    failed: int
    total: int

    @property
    def finished(self) -> bool:
        """Nothing left to wait for."""
        return self.done + self.failed >= self.total


def job(kind: str) -> Callable[[Work], Work]:
    """Declare what a kind of job does with the id it is given. It opens its own units of work and may be run again."""

    def declare(work: Work) -> Work:
        WORK[kind] = work
        return work

    return declare


def periodic(work: Callable[[], None]) -> Callable[[], None]:
    """Declare work that the worker does every minute (closing calls at their second is checked on every request anyway)."""
    PERIODIC.append(work)
    return work


def enqueue(kind: str, argument: int, *, batch: str | None = None) -> None:
    """Note work in this unit of work; it is queued once the facts have been committed."""
    if kind not in WORK:
        raise LookupError(f"no job of the kind {kind}")
    instant = clock.now()
    row = Job(kind=kind, argument=argument, batch=batch, created_at=instant, run_after=instant)
    db.session.add(row)
    db.session.flush()
    identity = row.id
    transaction.after_commit(lambda: _send(identity))


def _send(identity: int) -> None:
    queue: Callable[[int], Any] | None = current_app.extensions.get("grants_queue")
    if queue is not None:
        queue(identity)


def perform(identity: int) -> bool:
    """Do one job now. True when it is done. Failures are kept with their cause and tried again, later each time.

    The work runs outside any transaction and opens its own, so that rendering never holds the lock of the database.
    A lease keeps a second worker away; after a crash the lease runs out and the sweep sends the job again.
    """
    claimed = _claim(identity)
    if claimed is None:
        return False
    kind, argument = claimed
    try:
        WORK[kind](argument)
    except Exception as error:
        log.warning("job %s failed: %s", identity, error)
        _note_failure(identity, error)
        return False
    with transaction.unit_of_work():
        row = db.session.get_one(Job, identity)
        row.finished_at, row.error = clock.now(), None
    return True


def _claim(identity: int) -> tuple[str, int] | None:
    with transaction.unit_of_work():
        row = db.session.get(Job, identity, with_for_update=True)
        if row is None or row.finished_at is not None or row.run_after > clock.now():
            return None
        row.attempts += 1
        row.run_after = clock.now() + LEASE
        return row.kind, row.argument


def _note_failure(identity: int, error: Exception) -> None:
    with transaction.unit_of_work():
        row = db.session.get(Job, identity, with_for_update=True)
        if row is None or row.finished_at is not None:
            return
        row.error = "".join(traceback.format_exception_only(error))[-2000:]
        row.run_after = clock.now() + timedelta(seconds=10 * 4**row.attempts)
        if row.attempts >= ATTEMPTS:
            row.finished_at, row.gave_up = clock.now(), True


def waiting(limit: int = 500) -> list[int]:
    """Jobs that are due, oldest first."""
    due = select(Job.id).where(Job.finished_at.is_(None), Job.run_after <= clock.now()).order_by(Job.id).limit(limit)
    with transaction.unit_of_work(write=False):
        return list(db.session.scalars(due))


def run_pending(on_each: Callable[[], None] | None = None) -> int:
    """Do everything that is due, here and now; used by `demo --once`, by commands and by tests. Returns how many were done."""
    done = 0
    seen: set[int] = set()
    while due := [identity for identity in waiting() if identity not in seen]:
        for identity in due:
            seen.add(identity)
            done += perform(identity)
            if on_each:
                on_each()
    return done


def progress(batch: str) -> Progress:
    """How far the jobs of one batch are."""
    failed = func.coalesce(func.sum(case((Job.gave_up.is_(True), 1), else_=0)), 0)
    row = db.session.execute(select(func.count(Job.id), func.count(Job.finished_at), failed).where(Job.batch == batch)).one()
    return Progress(done=row[1] - int(row[2]), failed=int(row[2]), total=row[0])


def not_the_queues(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether Alembic looks at a table: those of the queue are made and kept by its library."""
    return not (kind == "table" and name is not None and name.startswith("huey_"))


def make_queue(app: Flask) -> Huey:
    """The queue: a file beside the database, or the same PostgreSQL server."""
    settings = app.config["SETTINGS"]
    if settings.database_url.startswith("postgresql"):
        dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        return PostgresHuey("grants", dsn=dsn, results=False)
    settings.jobs_path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("grants", filename=str(settings.jobs_path), results=False)


def attach_queue(app: Flask) -> Huey:
    """Connect the app to its queue: what is committed goes there at once, and a sweep every minute finds what did not."""
    queue = make_queue(app)

    @queue.task(name="perform")
    def run(identity: int) -> None:
        with app.app_context():
            perform(identity)

    @queue.periodic_task(crontab(minute="*"), name="sweep")
    def sweep() -> None:
        with app.app_context():
            for identity in waiting():
                run(identity)
            for work in PERIODIC:
                try:
                    with transaction.unit_of_work():
                        work()
                except Exception:
                    log.exception("periodic work failed")

    app.extensions["grants_queue"] = run
    app.extensions["grants_sweep"] = sweep
    return queue


def work_forever(app: Flask) -> NoReturn:
    """The worker process: one job at a time, so that a batch of PDFs never takes the machine from the people."""
    queue = attach_queue(app)
    with app.app_context():
        for identity in waiting():
            app.extensions["grants_queue"](identity)
    queue.create_consumer(workers=1, worker_type="thread", periodic=True, initial_delay=0.1, max_delay=1.0).run()
    raise SystemExit(0)
