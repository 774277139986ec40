"""Forms that no page of ours sends, and a disk that is full: each is answered, and what was typed is kept."""

from __future__ import annotations

import errno
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from grants.applications.models import Application, Attachment
from grants.base.db import db
from tests.applications.builders import make_application, make_call, owner_of, small_pdf
from tests.conftest import sign_in
from tests.pages import LintingClient


@pytest.fixture
def draft(app: Flask, client: LintingClient) -> Application:
    """A draft whose owner is signed in; errors show their pages, as they do for people."""
    application = make_application()
    sign_in(client, owner_of(application.organisation))
    return db.session.get_one(Application, application.id)


@pytest.mark.parametrize(
    "number", ["²", "x", "", "-1", "9" * 21, "9" * 5000], ids=["raised", "letter", "none", "negative", "large", "endless"]
)
def test_rows_with_strange_numbers_are_left_out(client: LintingClient, draft: Application, number: str) -> None:
    address, version = f"/sl/vloge/{draft.id}/obrazec", draft.version
    sent = {
        "version": version,
        "f_members": "12",
        f"f_events-{number}-f_title": "Tek",
        "remove_row": f"f_events-{number}",
        "remove_file": number,
    }
    assert client.post(address, data=sent).status_code == 200
    db.session.rollback()
    assert db.session.get_one(Application, draft.id).answers["members"] == "12"
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "mine", ["[" * 100_000, "5", "null", "[]", '{"members": "\\ud800"}'], ids=["deep", "number", "null", "list", "half a letter"]
)
def test_a_joining_of_drafts_that_no_page_sent_is_answered(client: LintingClient, draft: Application, mine: str) -> None:
    answer = client.post(f"/sl/vloge/{draft.id}/zdruzitev", data={"version": draft.version, "mine": mine, "keep_members": "mine"})
    assert answer.status_code in (303, 400)


def test_what_was_typed_while_a_colleague_submitted_stands_on_the_page_that_refuses_it(client: LintingClient) -> None:
    """Without scripts that page is the only place where it still is."""
    submitted = make_application("submitted")
    sign_in(client, owner_of(submitted.organisation))
    typed = {"version": "1", "base": '{"members": "0a1b2c3d4e5f"}', "touched": "members", "f_members": "4711"}
    page = client.post(f"/sl/vloge/{submitted.id}/obrazec", data=typed)
    assert page.status_code == 403
    assert "Ta vloga je oddana" in page.text and "4711" in page.text
    assert "0a1b2c3d4e5f" not in page.text, "what our page sent along is nothing that anybody typed"


def test_a_full_disk_keeps_what_was_typed_and_says_which_file_is_not_there(
    app: Flask, client: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = make_application(call=make_call(rulebook="obala-sport-2026"))
    sign_in(client, owner_of(application.organisation))
    application = db.session.get_one(Application, application.id)
    fact = next(one for one in application.call.rulebook.tracks[0].facts if one.kind == "file")
    text = next(one for one in application.call.rulebook.tracks[0].facts if one.kind == "text")

    def full(_path: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    sent = {
        "version": application.version,
        f"f_{text.id}": "Ostane zapisano",
        f"f_{fact.id}": (BytesIO(small_pdf("priloga", "Priloga").data), "priloga.pdf"),
    }
    answer = client.post(f"/en/vloge/{application.id}/obrazec", data=sent)
    assert answer.status_code == 422
    assert "disk is full" in answer.text
    assert "Ostane zapisano" in answer.text
    db.session.rollback()
    assert db.session.get_one(Application, application.id).answers[text.id] == "Ostane zapisano"
    assert db.session.query(Attachment).count() == 0
