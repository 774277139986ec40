"""Files reach the disk before the database is locked: nobody who submits waits for somebody else's upload."""

from __future__ import annotations

import sqlite3
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from grants.applications.models import Application
from grants.base import files
from grants.base.db import db
from tests.applications.answers import small_pdf
from tests.applications.builders import make_application, make_call, owner_of
from tests.conftest import sign_in


def test_another_writer_gets_through_while_a_file_is_stored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    application = make_application("draft", call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    fact = next(one.id for one in application.call.rulebook.track(application.track).facts if one.kind == "file")
    identity, version, url = application.id, application.version, app.config["SETTINGS"].database_url
    member, store, seen = sign_in(app.test_client(), owner_of(application.organisation)), files.store, []

    def watched(data: bytes) -> str:
        if url.startswith("sqlite") and not seen:
            with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None) as other:
                other.execute("BEGIN IMMEDIATE")  # "database is locked" if the request held it
                other.execute("ROLLBACK")
            other.close()
        seen.append(data)
        return store(data)

    monkeypatch.setattr(files, "store", watched)
    data: dict[str, Any] = {"version": version, f"f_{fact}": [(BytesIO(small_pdf("a.pdf", "a").data), "a.pdf")]}
    assert member.post(f"/sl/vloge/{identity}/obrazec", data=data, content_type="multipart/form-data").status_code in (303, 422)
    assert seen
    assert [one.name for one in db.session.get_one(Application, identity, populate_existing=True).attachments] == ["a.pdf"]


def test_what_another_tab_saved_while_the_file_was_stored_is_not_overwritten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    application = make_application("draft", call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    fact = next(one.id for one in application.call.rulebook.track(application.track).facts if one.kind == "file")
    question = next(one.id for one in application.call.rulebook.track(application.track).facts if one.kind == "integer")
    identity, version, owner = application.id, application.version, owner_of(application.organisation)
    member, other, store, done = sign_in(app.test_client(), owner), sign_in(app.test_client(), db.session.merge(owner)), files.store, []

    def beside(data: bytes) -> str:
        if not done and app.config["SETTINGS"].database_url.startswith("sqlite"):
            done.append(True)
            from threading import Thread

            def save() -> None:
                with app.app_context():
                    done.append(other.post(f"/sl/vloge/{identity}/obrazec", data={"version": version, f"f_{question}": "41"}).status_code)

            thread = Thread(target=save)
            thread.start()
            thread.join()
        return store(data)

    monkeypatch.setattr(files, "store", beside)
    data: dict[str, Any] = {"version": version, f"f_{question}": "42", f"f_{fact}": [(BytesIO(small_pdf("a.pdf", "a").data), "a.pdf")]}
    answer = member.post(f"/sl/vloge/{identity}/obrazec", data=data, content_type="multipart/form-data")
    kept = db.session.get_one(Application, identity, populate_existing=True)
    if done:
        assert answer.status_code == 409
        assert kept.answers[question] == "41"
    assert [one.name for one in kept.attachments] == ["a.pdf"]
