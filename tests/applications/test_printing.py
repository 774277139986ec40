"""The form on paper: blank for everybody when the call is published, filled on demand, and never made inside a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import page
import pytest
from flask import Flask

from grants.applications import printing, queries
from grants.applications.actions import drafting
from grants.applications.models import Application
from grants.base import documents, files, jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_application, make_call, make_opened, make_staff, owner_of
from tests.conftest import Clock, sign_in
from tests.pages import LintingClient

RULES = (Path(__file__).parent / "projects.yaml").read_text(encoding="utf-8")


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def owner(application: Application) -> Any:
    return owner_of(again(application).organisation)


def make_papers() -> None:
    """Do what waits, as the worker does."""
    for identity in jobs.waiting(100):
        jobs.perform(identity)


def text_of(document: documents.Document, folder: Path) -> str:
    import subprocess

    from tests.base.test_rendering import requires_program

    assert document.file_sha256 is not None
    (folder / "form.pdf").write_bytes(files.read(document.file_sha256))
    told = subprocess.run([requires_program("pdftotext"), "-layout", folder / "form.pdf", "-"], capture_output=True, check=True)
    return " ".join(told.stdout.decode().split())


def test_a_published_call_has_its_blank_forms_in_each_language_before_anybody_signs_in(
    app: Flask, client: LintingClient, tmp_path: Path
) -> None:
    call = make_call(rulebook=RULES)
    address = f"/sl/razpisi/{call.id}/obrazec/project/natis.pdf"
    assert client.get(address).status_code == 409
    make_papers()
    papers = documents.of_subject(call, "form")
    assert [one.language for one in papers] == ["sl", "it"]
    answer = client.get(address)
    assert answer.status_code == 200 and answer.data == files.read(str(papers[0].file_sha256))
    assert client.get(address.replace("/sl/", "/it/")).data == files.read(str(papers[1].file_sha256))
    assert client.get(address.replace("project", "other")).status_code == 404
    assert page.validate_pdf_bytes(answer.data, profile="ua1").is_compliant
    told = text_of(papers[0], tmp_path)
    for said in (
        "Število članov", "Kdo zna prvo pomoč", "Ta razdelek se izpolni le, če velja: »Ali imate trenerja« = da", "»Število licenc« ≥ 2", "Podatki so resnični in popolni.",
        "evidence FURS", "Merilo »Velikost«, največ 20 točk (10. člen)", "Stroški in prihodki so enaki", "13,00 EUR", "Merilo »Kakovost«", "Stran 1 od",
    ):  # fmt: skip
        assert said in told.replace("\xa0", " "), said


def test_the_page_of_the_form_says_the_same_without_signing_in(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook=RULES)
    told = " ".join(client.get(f"/sl/razpisi/{call.id}/obrazec/project").text.replace("&nbsp;", " ").replace("\xa0", " ").split())
    for said in (
        "če velja: »Ali imate trenerja« = da",
        "Podatki so resnični in popolni.",
        "ZUP 139(5)",
        "Merilo »Velikost«, največ 20 točk (10. člen)",
        "Lastni delež je vsaj 40 %.",
    ):
        assert said in told, said
    assert f"/sl/razpisi/{call.id}/obrazec/project/natis.pdf" in told


def test_a_draft_of_a_call_has_no_paper_yet(app: Flask, client: LintingClient) -> None:
    call = make_call("draft", rulebook=RULES)
    sign_in(client, make_staff())
    assert "natis.pdf" not in client.get(f"/sl/razpisi/{call.id}/obrazec/project").text
    assert client.get(f"/sl/razpisi/{call.id}/obrazec/project/natis.pdf").status_code == 404


def test_a_draft_is_printed_with_its_answers_and_says_that_it_is_not_submitted(app: Flask, client: LintingClient, tmp_path: Path) -> None:
    application = make_application(call=make_call(rulebook=RULES))
    make_papers()
    with unit_of_work():
        drafting.save(
            again(application),
            {"members": "41", "coached": "n", "own": "veliko", "costs": [{"category": "rent", "amount": "12,5"}]},
            version=again(application).version,
            by=owner(application),
        )
    sign_in(client, owner(application))
    answer = client.post(f"/sl/vloge/{application.id}/natis")
    assert answer.status_code == 303
    assert "data-progress" in client.get(answer.location).text
    assert client.get(f"{answer.location}/stanje").json == {"done": 0, "failed": 0, "total": 1}
    make_papers()
    (paper,) = documents.of_subject(again(application), "draft")
    assert f"/dokumenti/{paper.id}" in client.get(answer.location).text
    assert client.get(f"{answer.location}/stanje").json == {"done": 1, "failed": 0, "total": 1}
    told = text_of(paper, tmp_path)
    for said in (
        "Osnutek, ni oddano",
        "41",
        "veliko",
        "najemnine",
        "12,50 EUR",
        "Stroški 12,50 EUR, prihodki 0,00 EUR. Manjka 12,50 EUR prihodkov.",
        application.organisation.name,
    ):
        assert said in told.replace("\xa0", " "), said
    assert "Število licenc" not in told
    assert page.validate_pdf_bytes(files.read(str(paper.file_sha256)), profile="ua1").is_compliant
    assert client.post(f"/sl/vloge/{application.id}/natis").location == answer.location, "the same draft is not made twice"
    with unit_of_work():
        drafting.save(again(application), {"members": "42"}, version=again(application).version, by=owner(application))
    assert client.post(f"/sl/vloge/{application.id}/natis").location != answer.location


def test_a_print_of_a_draft_stays_with_the_organisation_and_the_office_prints_what_was_submitted(
    app: Flask, client: LintingClient, tmp_path: Path
) -> None:
    application = make_application("ready", call=make_call(rulebook=RULES))
    sign_in(client, owner(application))
    draft = client.post(f"/sl/vloge/{application.id}/natis").location
    answer = client.post(f"/sl/vloge/{application.id}/oddaja", data={"version": again(application).version, "declared": "y"})
    assert answer.status_code == 303
    make_opened(again(application).call)
    make_papers()
    sign_in(client, make_staff())
    identity = draft.rsplit("/", 1)[1]
    assert client.get(draft).status_code == 404
    assert client.get(f"/sl/vloge/{application.id}/dokumenti/{identity}").status_code == 404
    assert f"/dokumenti/{identity}" not in client.get(f"/sl/vloge/{application.id}").text
    own = client.post(f"/sl/vloge/{application.id}/natis").location
    make_papers()
    assert client.get(own).status_code == 200
    (paper,) = documents.of_subject(again(application), "application")
    told = text_of(paper, tmp_path)
    number = queries.latest_submission(again(application)).number
    assert number in told and "ni oddano" not in told


def test_a_submitted_application_is_printed_with_the_organisation_as_it_was_on_that_day(app: Flask, client: LintingClient) -> None:
    application = make_application("submitted", call=make_call(rulebook="small"))
    before, address = again(application).organisation.name, again(application).organisation.address
    with unit_of_work():
        organisation = again(application).organisation
        organisation.name, organisation.street = "Društvo z novim imenom", "Nova ulica 99"
    sign_in(client, owner(application))
    assert client.post(f"/sl/vloge/{application.id}/natis").status_code == 303
    (paper,) = documents.of_subject(again(application), "application")
    assert (paper.facts["applicant"]["name"], paper.facts["applicant"]["seat"]) == (before, address)
    for shown in (f"/sl/vloge/{application.id}", f"/sl/vloge/{application.id}/natis/{paper.id}"):
        heading = client.get(shown).text.split("<h1")[1].split("</h1>")[0]
        assert before in heading and "Društvo z novim imenom" not in heading


def test_of_the_prints_of_a_draft_only_the_newest_and_those_of_today_are_kept(app: Flask, client: LintingClient, clock: Clock) -> None:
    application = make_application(call=make_call(rulebook="small"))
    other = make_application(call=again(application).call)

    def printed(one: Application, members: str) -> str:
        with unit_of_work():
            drafting.save(again(one), {"members": members}, version=again(one).version, by=owner(one))
        sign_in(client, owner(one))
        return client.post(f"/sl/vloge/{one.id}/natis").location

    first, second, theirs = printed(application, "1"), printed(application, "2"), printed(other, "1")
    with unit_of_work():
        assert printing.forget_old_drafts() == 0
    clock.forward(days=1, minutes=1)
    third = printed(application, "3")
    with unit_of_work():
        assert printing.forget_old_drafts() == 2
    make_papers()  # what was to be made and is forgotten stops nobody
    assert [one.facts["state"]["title"] for one in documents.of_subject(again(other), "draft")] == ["Osnutek, ni oddano"]
    sign_in(client, owner(application))
    assert [client.get(one).status_code for one in (first, second, third)] == [404, 404, 200]
    sign_in(client, owner(other))
    assert client.get(theirs).status_code == 200


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_nobody_else_prints_an_application(app: Flask, client: LintingClient, who: str) -> None:
    application = make_application()
    if who == "stranger":
        sign_in(client, owner_of(make_application().organisation))
    answer = client.post(f"/sl/vloge/{application.id}/natis")
    assert answer.status_code == (404 if who == "stranger" else 400)
