"""The form over HTTP: what is typed is kept, what is wrong is said, and nobody overwrites anybody."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from grants.accounts.models import User
from grants.applications import queries
from grants.applications.actions import drafting
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import audit
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_application, make_call, make_member, owner_of, small_pdf, valid_answers
from tests.calls.builders import at
from tests.conftest import sign_in
from tests.pages import LintingClient

VALID = {
    "f_members": "40",
    "f_youth": "y",
    "f_coach": "second",
    "f_events-0-f_title": "Regata",
    "f_events-0-f_held": "4. 7. 2026",
    "f_requested": "1.234,56",
}


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def owner(application: Application) -> User:
    return owner_of(again(application).organisation)


def send(client: LintingClient, application: Application, **fields: Any) -> TestResponse:
    version = fields.pop("version", again(application).version)
    return client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": version, **fields})


def test_the_whole_way_from_the_form_to_the_receipt(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner(application))
    assert client.get(f"/sl/vloge/{application.id}/obrazec").status_code == 200
    answer = send(client, application, **VALID, check="1")
    assert (answer.status_code, answer.location) == (303, f"/sl/vloge/{application.id}/oddaja")
    page = client.get(answer.location)
    assert "1.234,56" in page.text
    answer = client.post(f"/sl/vloge/{application.id}/oddaja", data={"version": again(application).version, "declared": "y"})
    assert (answer.status_code, answer.location) == (303, f"/sl/vloge/{application.id}/potrdilo")
    page = client.get(answer.location)
    number, digest = again(application).number, queries.latest_submission(again(application)).content_sha256
    assert number is not None
    assert number in page.text
    assert digest in page.text
    for address in ("", "/oddaja", "/umik"):
        assert number in client.get(f"/sl/vloge/{application.id}{address}", follow_redirects=True).text
    assert client.get(f"/sl/vloge/{application.id}/obrazec").status_code == 403


def test_a_double_click_gives_the_same_receipt(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    sign_in(client, owner(application))
    data = {"version": again(application).version, "declared": "y"}
    answers = [client.post(f"/sl/vloge/{application.id}/oddaja", data=data) for _ in range(3)]
    assert {(one.status_code, one.location) for one in answers} == {(303, f"/sl/vloge/{application.id}/potrdilo")}
    assert len(again(application).submissions) == 1


def test_without_the_declaration_nothing_is_submitted(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    sign_in(client, owner(application))
    answer = client.post(f"/sl/vloge/{application.id}/oddaja", data={"version": again(application).version})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert again(application).status == ApplicationStatus.DRAFT


def test_a_draft_that_changed_after_the_check_is_not_submitted_unseen(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    seen = again(application).version
    with unit_of_work():
        drafting.save(again(application), {"members": "41"}, version=seen, by=owner(application))
    sign_in(client, owner(application))
    answer = client.post(f"/sl/vloge/{application.id}/oddaja", data={"version": seen, "declared": "y"})
    assert answer.status_code == 409
    assert again(application).status == ApplicationStatus.DRAFT


def test_wrong_answers_are_kept_shown_and_explained_in_every_language(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner(application))
    wrong = {**VALID, "f_members": "dvanajst", "f_events-0-f_held": "31. 2. 2026", "f_requested": "12,345"}
    answer = send(client, application, **wrong)
    assert answer.status_code == 422
    for typed in ("dvanajst", "31. 2. 2026", "12,345", "Regata"):
        assert f'value="{typed}"' in answer.text
    for field in ("f_members", "f_events-0-f_held", "f_requested"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text
    assert again(application).answers["members"] == "dvanajst"
    for language in ("sl", "it", "en"):
        page = client.get(f"/{language}/vloge/{application.id}/obrazec")
        assert page.status_code == 200
        assert 'value="dvanajst"' in page.text
    assert "There is no such day in the calendar." in page.text


def test_an_incomplete_draft_is_saved_without_complaint(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner(application))
    answer = send(client, application, f_members="", f_requested="")
    assert answer.status_code == 303
    page = client.get(f"/sl/vloge/{application.id}/oddaja")
    assert '/obrazec?vse=1#f_members"' in page.text
    assert "f_requested" in page.text
    assert "f_requested-error" in client.get(f"/sl/vloge/{application.id}/obrazec?vse=1").text


def test_texts_over_their_limit_and_impossible_signs_lose_nothing(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner(application))
    long = "č" * 90
    answer = send(client, application, **{**VALID, "f_events-0-f_title": long + "\x00"})
    assert answer.status_code == 422
    assert again(application).answers["events"][0]["title"] == long


def test_rows_are_added_and_removed_without_scripts(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner(application))
    answer = send(client, application, **VALID, add_row="f_events")
    assert answer.status_code == 200
    assert 'name="f_events-1-f_title"' in answer.text
    answer = send(client, application, **VALID, **{"f_events-5-f_title": "Pohod", "f_events-5-f_held": ""}, remove_row="f_events-0")
    assert 'value="Pohod"' in answer.text
    assert [row["title"] for row in again(application).answers["events"]] == ["Pohod"]


def test_two_versions_are_set_side_by_side_and_the_person_chooses(app: Flask, client: LintingClient) -> None:
    application = make_application()
    version, editor = again(application).version, make_member(application.organisation)
    with unit_of_work():
        theirs = {
            "members": "10",
            "requested": "100",
            "youth": "y",
            "events": [{"title": "Regata", "held": ""}, {"title": "Kros", "held": ""}],
        }
        drafting.save(again(application), theirs, version=version, by=db.session.get_one(User, editor.id))
    sign_in(client, owner(application))
    answer = send(client, application, **{**VALID, "f_members": "20", "f_requested": "200"}, version=version)
    assert answer.status_code == 409
    assert "Luka Zgled" in answer.text
    assert again(application).answers["members"] == "10"
    assert 'name="keep_events" value="both"' in answer.text and 'name="keep_members" value="both"' not in answer.text
    mine = {"members": "20", "requested": "200"}
    merge = f"/sl/vloge/{application.id}/zdruzitev"
    answer = client.post(merge, data={"version": again(application).version, "mine": json.dumps(mine), "keep_members": "mine"})
    assert answer.status_code == 422
    data = {"version": again(application).version, "mine": json.dumps(mine), "keep_members": "mine", "keep_requested": "theirs"}
    assert client.post(merge, data=data).status_code == 303
    assert (again(application).answers["members"], again(application).answers["requested"]) == ("20", "100")
    # Of two people who both added rows neither loses any.
    mine = {"events": [{"title": "Pohod", "held": "4. 5. 2026"}, {"title": "Kros", "held": ""}], "members": "30"}
    data = {"version": again(application).version, "mine": json.dumps(mine), "keep_events": "both", "keep_members": "both"}
    assert client.post(merge, data=data).status_code == 422
    assert client.post(merge, data=data | {"keep_members": "theirs"}).status_code == 303
    assert [row["title"] for row in again(application).answers["events"]] == ["Regata", "Kros", "Pohod"]
    assert client.post(merge, data={"version": again(application).version, "mine": "[1"}).status_code == 400
    assert client.post(merge, data={"version": 1, "mine": json.dumps({"events": [7]})}).status_code == 400


def test_one_second_late_is_refused_recorded_and_keeps_the_draft(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    sign_in(client, owner(application))
    data = {"version": again(application).version, "declared": "y"}
    with at(application.call.closes_at + timedelta(seconds=1)):
        answer = client.post(f"/sl/vloge/{application.id}/oddaja", data=data)
        assert answer.status_code == 409
        assert "12:00" in answer.text or ":00:01" in answer.text
        assert send(client, application, **VALID).status_code == 303  # what is typed after the deadline is kept as well
        assert client.get(f"/sl/vloge/{application.id}/oddaja").status_code == 200
    assert again(application).status == ApplicationStatus.DRAFT
    assert "application.late_submission_refused" in [entry.kind.name for entry in audit.timeline(again(application), audit.PARTY)]
    assert again(application).answers["members"] == "40"


def test_files_are_attached_explained_and_removed_and_the_rest_is_saved(app: Flask, client: LintingClient) -> None:
    application = make_application(call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    track = queries.track_of(application.call, application.track)
    fact = next(one for one in track.facts if one.kind == "file")
    text = next(one for one in track.facts if one.kind == "longtext")
    sign_in(client, owner(application))
    good, bad = small_pdf("Statut društva.pdf", "Statut"), b"MZ this is a program"
    answer = send(client, application, **{f"f_{text.id}": "Vse to ostane."}, **{f"f_{fact.id}": [(io.BytesIO(bad), "zapisnik.pdf")]})
    assert answer.status_code == 422
    assert "zapisnik.pdf" in answer.text
    assert "Vse to ostane." in answer.text
    assert again(application).answers[text.id] == "Vse to ostane."
    answer = send(client, application, **{f"f_{fact.id}": [(io.BytesIO(good.data), good.name)]})
    assert answer.status_code == 303
    (attachment,) = queries.attachments_of(again(application))
    identity = attachment.id
    answer = client.get(f"/sl/vloge/{application.id}/priloge/{identity}")
    assert answer.data == good.data
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Statut" in client.get(f"/sl/vloge/{application.id}/obrazec").text
    assert send(client, application, remove_file=identity).status_code == 200
    assert queries.attachments_of(again(application)) == []
    assert client.get(f"/sl/vloge/{application.id}/priloge/{identity}").status_code == 404


def test_every_shipped_form_is_valid_html_filled_and_empty(app: Flask, client: LintingClient) -> None:
    for name, area in (("obala-sport-2026", "sport"), ("obala-culture-2026", "culture"), ("obala-ngo-2026", "ngo")):
        call = make_call(rulebook=name, area=area)
        for track in call.rulebook.tracks:
            application = make_application(call=call, track=track.id)
            sign_in(client, owner(application))
            assert client.get(f"/it/vloge/{application.id}/obrazec?vse=1").status_code == 200
            with unit_of_work():
                drafting.save(again(application), valid_answers(track), version=again(application).version, by=owner(application))
            for address in ("obrazec", "oddaja"):
                assert client.get(f"/sl/vloge/{application.id}/{address}").status_code == 200


def test_an_expired_page_keeps_what_was_typed(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner(application))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = send(client, application, **VALID)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "1.234,56" in answer.text
