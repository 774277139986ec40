"""The store forgets what nothing refers to any more, and never anything else."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, create_engine, insert, text
from sqlalchemy.orm import Session

from grants.accounts import vault
from grants.accounts.models import User, VaultDocument
from grants.applications import queries
from grants.applications.actions import drafting, submitting
from grants.applications.models import Application
from grants.base import audit, clock, documents, files, jobs, orphans
from grants.base.db import Base, Instant, db
from grants.base.transaction import unit_of_work
from grants.calls.actions.drafting import add_document
from grants.calls.models import Call
from tests.accounts.builders import make_document
from tests.applications.builders import confirmed, make_application, make_call, owner_of, small_pdf
from tests.applications.papers import transcribed
from tests.calls.builders import make_call as make_draft_call
from tests.calls.builders import make_officer
from tests.conftest import Clock

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty_store(app: Flask) -> None:
    """The tests of one run share a folder, and each begins with an empty database."""
    for path in files.folder().glob("??/*"):
        path.unlink()


def aged(days: float = 2) -> None:
    """Everything in the store came so many days ago."""
    moment = (clock.now() - timedelta(days=days)).timestamp()
    for path in files.folder().glob("??/*"):
        os.utime(path, (moment, moment))


def swept() -> list[str]:
    """What a sweep removes."""
    with unit_of_work():
        orphans.ask_for_a_sweep()
    before = {path.name for path in files.folder().glob("??/*")}
    for identity in jobs.waiting():
        jobs.perform(identity)
    gone = before - {path.name for path in files.folder().glob("??/*")}
    noted = [entry.data["sha256"] for entry in removals()]
    assert set(noted) >= gone
    return sorted(gone)


def removals() -> list[Any]:
    rows = db.session.scalars(db.select(jobs.Job).where(jobs.Job.batch == orphans.SWEEP)).all()
    return [entry for row in rows for entry in audit.timeline(row, audit.STAFF)]


def there(sha256: str) -> bool:
    return files.path_of(sha256).exists()


def filling(column: Column[Any]) -> Any:
    """Any value that the column takes."""
    kinds = ((Boolean, False), (Integer, 1), (Numeric, 1), (DateTime, NOW), (Instant, NOW), (Date, date(2026, 5, 4)))
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "x")


def test_every_table_that_holds_a_hash_or_plain_data_keeps_its_files(app: Flask) -> None:
    """A row in every table of every stage, each with hashes of its own: a new place that is forgotten fails here."""
    engine, hashes = create_engine("sqlite://"), list[str]()
    wide, data = orphans.places(Base.metadata)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
        for table in Base.metadata.sorted_tables:
            row = {column: filling(column) for column in table.columns if not column.nullable}
            for column in [*wide, *data]:
                if column.table is table:
                    hashes.append(hashlib.sha256(str(column).encode()).hexdigest())
                    row[column] = {"deep": [{"in": hashes[-1]}]} if column in data else hashes[-1]
            session.execute(insert(table).values(row))
        nobodys = hashlib.sha256(b"nobody's").hexdigest()
        assert orphans.referred([*hashes, nobodys], session) == set(hashes)
    assert len(hashes) > 30


def test_a_column_that_is_called_a_hash_is_wide_enough_to_be_looked_at() -> None:
    wide, _data = orphans.places(Base.metadata)
    named = [one for table in Base.metadata.sorted_tables for one in table.columns if "sha256" in one.name]
    assert {str(one) for one in named} <= {str(one) for one in wide}


def test_what_was_taken_off_a_draft_goes_and_what_was_submitted_stays(app: Flask) -> None:
    application = make_application("ready", call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    identity, owner = application.id, owner_of(application.organisation).id
    fact = next(one.id for one in queries.track_of(application.call, application.track).facts if one.kind == "file")
    sent, never = small_pdf("oddano.pdf", "submitted once"), small_pdf("nikoli.pdf", "never submitted")
    with unit_of_work():
        person, draft = db.session.get_one(User, owner), db.session.get_one(Application, identity)
        submitted = drafting.attach(draft, fact, sent, by=person).sha256
        submitting.submit(draft, by=person)
        submitting.withdraw(draft, by=person)
        submitting.resume(draft, by=person)
        for one in list(draft.attachments):
            drafting.detach(one, by=person)
        drafting.detach(drafting.attach(draft, fact, never, by=person), by=person)
    aged()
    assert there(submitted)
    assert swept() == [never.sha256]
    assert there(submitted)
    (note,) = removals()
    assert (note.kind.name, note.data["sha256"]) == ("file.removed", never.sha256)


def test_documents_scans_files_of_calls_and_of_vaults_stay_and_what_was_taken_out_of_a_vault_goes(app: Flask) -> None:
    application = confirmed(make_application("submitted", call=make_call(rulebook="small")))
    for identity in jobs.waiting():
        jobs.perform(identity)
    scan = transcribed(db.session.merge(application.call)).scans[0].sha256
    organisation = db.session.get_one(Application, application.id).organisation
    kept = make_document(organisation, data=b"%PDF-1.7\nkept\n%%EOF").sha256
    removed = make_document(organisation, data=b"%PDF-1.7\nremoved\n%%EOF")
    removed_id, gone, owner = removed.id, removed.sha256, owner_of(organisation).id
    call, officer = make_draft_call("draft", rulebook="small").id, make_officer().id
    published = small_pdf("pogodba.pdf", "with the call")
    with unit_of_work():
        vault.remove_document(db.session.get_one(VaultDocument, removed_id), by=db.session.get_one(User, owner))
        add_document(db.session.get_one(Call, call), published, title={"sl": "Vzorec"}, by=db.session.get_one(User, officer))
    printed = [one.file_sha256 for one in db.session.scalars(db.select(documents.Document)) if one.file_sha256]
    assert printed
    aged()
    assert swept() == [gone]
    assert all(there(one) for one in (scan, kept, published.sha256, *printed))


def test_what_is_younger_than_a_day_and_what_is_stored_again_stays(app: Flask) -> None:
    old, young, again = (files.store(one) for one in (b"old", b"young", b"stored again"))
    aged()
    moment = (clock.now() - timedelta(hours=23)).timestamp()
    os.utime(files.path_of(young), (moment, moment))
    files.store(files.stored(again))
    assert swept() == [old]
    assert there(young) and there(again)


def test_what_is_stored_again_while_it_is_swept_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    digest, referred = files.store(b"wanted again"), orphans.referred
    aged()

    def meanwhile(*given: Any) -> set[str]:
        found = referred(*given)
        files.store(b"wanted again")
        return found

    monkeypatch.setattr(orphans, "referred", meanwhile)
    assert swept() == []
    assert files.read(digest) == b"wanted again"


def test_a_sweep_that_was_killed_leaves_everything_in_its_place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = files.store(b"orphan")
    aged()

    def killed(*_given: Any, **_data: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", killed)
        assert swept() == []
    assert there(digest)
    path = files.path_of(digest)
    path.rename(path.with_name(path.name + ".aside"))  # as a worker leaves it whom nobody asked
    orphans.sweep(0)
    assert not there(digest)
    assert [entry.data["sha256"] for entry in removals()] == [digest]


def test_the_worker_asks_for_a_sweep_once_a_day(app: Flask, clock: Clock) -> None:
    def asked() -> int:
        with unit_of_work():
            orphans.ask_for_a_sweep()
        return len(db.session.scalars(db.select(jobs.Job.id).where(jobs.Job.kind == orphans.SWEEP)).all())

    assert [asked(), asked()] == [1, 1]
    clock.forward(hours=24)
    assert [asked(), asked()] == [2, 2]
