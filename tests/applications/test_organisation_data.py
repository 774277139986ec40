"""What an application takes from its organisation: facts of the register, documents of the vault; and what a reader may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from grants.accounts import forms, vault
from grants.accounts.models import MemberRole, Organisation, User, VaultDocument
from grants.accounts.policy import READS_ONLY
from grants.applications import policy, queries, registered
from grants.applications.actions import drafting
from grants.applications.answers import check_draft
from grants.applications.models import Application
from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.municipality import municipality
from scoring.questions import Choice, Fact
from tests.applications.builders import make_application, make_call, make_member, make_organisation, owner_of, small_pdf
from tests.conftest import Clock, sign_in
from tests.pages import LintingClient

LABEL = {"sl": "Podatek", "it": "Dato", "en": "Fact"}


def keep(organisation: Organisation, title: str = "Statut", *, expires_on: date | None = None) -> int:
    identity, owner = organisation.id, owner_of(organisation).id
    with unit_of_work():
        return vault.keep_document(
            db.session.get_one(Organisation, identity), small_pdf(f"{title}.pdf", title), kind="statute", title=title, year=2019,
            expires_on=expires_on, by=db.session.get_one(User, owner),
        ).id  # fmt: skip


def with_a_file() -> tuple[Application, str]:
    """A draft whose form asks for a file, and the name of that question."""
    call = make_call(rulebook="obala-culture-2026", area="culture")
    for track in call.rulebook.tracks:
        for fact in track.facts:
            if fact.kind == "file":
                return make_application(call=call, track=track.id), fact.id
    raise LookupError("no question of this rulebook is answered by a file")


def test_a_form_takes_a_document_from_the_vault_without_scripts(client: LintingClient) -> None:
    application, fact = with_a_file()
    identity, organisation = application.id, application.organisation
    owner = owner_of(organisation).id
    mine, other = keep(organisation), keep(db.session.get_one(Organisation, organisation.id), "Poročilo")
    foreign = keep(make_organisation())
    sign_in(client, db.session.get_one(User, owner))
    address = f"/en/vloge/{identity}/obrazec"
    page = client.get(address).text
    assert f'name="vault_{fact}" value="{mine}"' in page and f'value="{other}"' in page and f'value="{foreign}"' not in page
    version = db.session.get_one(Application, identity).version
    answer = client.post(address, data={"version": version, f"vault_{fact}": [str(mine), str(foreign), "x", "9" * 30]})
    assert answer.status_code in (303, 422)
    attached = queries.attachments_of(db.session.get_one(Application, identity))
    assert [(one.fact, one.name) for one in attached] == [(fact, "Statut.pdf")]
    # What is attached already is no longer offered, and a second click attaches nothing twice.
    page = client.get(address).text
    assert f'name="vault_{fact}" value="{mine}"' not in page
    version = db.session.get_one(Application, identity).version
    client.post(address, data={"version": version, f"vault_{fact}": str(mine)})
    assert len(queries.attachments_of(db.session.get_one(Application, identity))) == 1
    # The application keeps the file when the vault no longer has it.
    with unit_of_work():
        vault.remove_document(db.session.get_one(VaultDocument, mine), by=db.session.get_one(User, owner))
    kept = queries.attachments_of(db.session.get_one(Application, identity))[0].id
    assert client.get(f"/en/vloge/{identity}/priloge/{kept}").data.startswith(b"%PDF")


def test_an_expired_document_is_offered_with_a_mark(client: LintingClient, clock: Clock) -> None:
    application, _fact = with_a_file()
    keep(application.organisation, expires_on=date(2026, 5, 3))
    keep(db.session.get_one(Organisation, application.organisation_id), "Potrdilo", expires_on=date(2026, 5, 4))
    sign_in(client, owner_of(db.session.get_one(Organisation, application.organisation_id)))
    page = client.get(f"/en/vloge/{application.id}/obrazec").text
    assert "expired on 3 May 2026" in page and "valid until 4 May 2026" in page


def test_a_form_without_files_does_not_ask_the_vault(client: LintingClient, queries: Callable[[], list[str]]) -> None:
    application = make_application()
    sign_in(client, owner_of(application.organisation))
    address = f"/en/vloge/{application.id}/obrazec"
    client.get(address)
    queries()
    client.get(address)
    assert not any("vault_document" in statement for statement in queries())


def test_the_form_costs_the_same_for_one_document_and_for_many(client: LintingClient, queries: Callable[[], list[str]]) -> None:
    application, _fact = with_a_file()
    identity, organisation = application.id, application.organisation_id
    sign_in(client, owner_of(application.organisation))
    counts = []
    for number in range(11):
        keep(db.session.get_one(Organisation, organisation), f"Dokument {number}")
        if number in (0, 10):
            queries()
            client.get(f"/en/vloge/{identity}/obrazec")
            counts.append(len(queries()))
    assert counts[0] == counts[1]


def test_register_facts_are_taken_into_the_draft(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = Organisation(
        name="Društvo", email="", representative="", street="Obala 1", postcode="6399", place="Pristan", iban="", tax_number="", registration_number="",
        phone="", short_name="D", settlement="Spodnja vas", municipality="Obala", municipality_code=municipality().register_code, legal_form="association",
        activity_codes="93.120\n94.999",
    )  # fmt: skip
    known = registered.known_of(organisation)
    forms = tuple(Choice(id=one, label=LABEL) for one in ("association", "institute"))
    asked = (
        Fact(id="a", kind="text", label=LABEL, prefill="settlement"), Fact(id="b", kind="text", label=LABEL, prefill="municipality"),
        Fact(id="c", kind="text", label=LABEL, prefill="activity_codes"), Fact(id="d", kind="boolean", label=LABEL, prefill="seat_inside"),
        Fact(id="e", kind="choice", label=LABEL, prefill="legal_form", choices=forms), Fact(id="f", kind="text", label=LABEL, prefill="short_name"),
        Fact(id="g", kind="choice", label=LABEL, prefill="legal_form", choices=forms[1:]), Fact(id="h", kind="text", label=LABEL, prefill="phone"),
    )  # fmt: skip
    track: Any = SimpleNamespace(facts=asked)
    assert registered.prefilled(track, known) == {
        "a": "Spodnja vas", "b": "Obala", "c": "93.120, 94.999", "d": "y", "e": "association", "f": "D",
    }  # fmt: skip
    organisation.municipality_code = "050"
    assert registered.known_of(organisation)["seat_inside"] == "n"
    organisation.municipality_code = organisation.municipality = ""
    assert registered.known_of(organisation)["seat_inside"] == ""


@pytest.mark.parametrize(
    ("code", "name", "inside"), [("399", "", True), ("050", "Obala", False), ("0399", "", True), ("", "OBALA", True), ("", "Koper", False), ("", "", None)]
)  # fmt: skip
def test_a_seat_lies_inside_by_code_or_else_by_name(app: Flask, code: str, name: str, inside: bool | None) -> None:
    assert municipality().seat_inside(code, name) is inside


def test_whatever_can_be_disputed_is_known_where_it_matters() -> None:
    assert {*registered.DISPUTABLE, "other"} == forms.DISPUTABLE.keys()


def test_what_the_register_says_is_not_typed_in_a_form(client: LintingClient) -> None:
    application = make_application(call=make_call(rulebook="obala-culture-2026", area="culture"))
    identity, owner = application.id, owner_of(application.organisation).id
    sign_in(client, db.session.get_one(User, owner))
    address = f"/en/vloge/{identity}/obrazec"
    # As long as its data are typed there too, they may be typed here.
    assert 'name="f_organisation"' in client.get(address).text
    with unit_of_work():
        organisation = db.session.get_one(Application, identity).organisation
        organisation.name, organisation.representative, organisation.from_register_on = "Društvo iz registra", "", date(2026, 4, 1)
    page = client.get(address).text
    assert 'name="f_organisation"' not in page and "Društvo iz registra" in page and "From the business register of 1 April 2026" in page
    assert f"/en/organizacije/{organisation.id}/to-ni-prav" in page
    # What the register leaves empty is asked, and so is what it does not know at all.
    assert 'name="f_representative"' in page and 'name="f_email"' in page
    typed = {"version": db.session.get_one(Application, identity).version, "f_organisation": "Čisto drugo društvo", "f_representative": "Ana Zastopnica", "f_email": "novo@primer.example"}  # fmt: skip
    assert client.post(address, data=typed).status_code in (303, 422)
    assert client.post(f"/en/vloge/{identity}/samodejno", data=typed | {"changed": "organisation"}).status_code == 200
    kept = db.session.get_one(Application, identity)
    assert kept.answers["representative"] == "Ana Zastopnica" and kept.answers["email"] == "novo@primer.example"
    with unit_of_work():
        kept = db.session.get_one(Application, identity)
        drafting.save(kept, {"organisation": "Čisto drugo društvo"}, version=kept.version, by=db.session.get_one(User, owner))
    assert "Čisto drugo društvo" not in kept.answers.values()
    assert check_draft(kept).values["organisation"] == "Društvo iz registra"


PAGES = {
    # what a reader is answered: the page of the application and nothing that changes it
    "get": {"": 200, "/obrazec": 403, "/oddaja": 403, "/umik": 403},
    "post": {"/obrazec": 403, "/oddaja": 403, "/umik": 403, "/nadaljevanje": 403, "/zdruzitev": 403, "/sproti": 403},
}


@pytest.mark.parametrize("status", ["draft", "submitted", "withdrawn"])
def test_a_reader_reads_and_changes_nothing(app: Flask, status: str) -> None:
    application = make_application(status)
    identity, organisation = application.id, application.organisation
    reader = make_member(organisation, MemberRole.READER).id
    visitor = app.test_client()
    sign_in(visitor, db.session.get_one(User, reader))  # type: ignore[arg-type]
    events = len(audit.timeline(db.session.get_one(Application, identity), audit.STAFF))
    for method, pages in PAGES.items():
        for page, expected in pages.items():
            answer = getattr(visitor, method)(f"/en/vloge/{identity}{page}")
            assert answer.status_code == expected, (method, page)
            if expected == 403:
                assert "change nothing" in answer.text
    page = visitor.get(f"/en/vloge/{identity}").text
    for link in ("/obrazec", "/oddaja", "/umik", "/nadaljevanje"):
        assert f"/en/vloge/{identity}{link}" not in page
    assert ("You may read this draft" in page) is (status != "submitted")
    assert len(audit.timeline(db.session.get_one(Application, identity), audit.STAFF)) == events
    assert str(identity) in visitor.get("/en/vloge").text


def test_a_reader_begins_no_application(app: Flask, client: LintingClient) -> None:
    call, organisation = make_call(rulebook="small"), make_organisation()
    call_id, identity = call.id, organisation.id
    reader = make_member(organisation, MemberRole.READER).id
    sign_in(client, db.session.get_one(User, reader))
    assert "do not act for any organisation" in client.get(f"/en/razpisi/{call_id}/prijava/operating").text
    answer = client.post(f"/en/razpisi/{call_id}/prijava/operating", data={"organisation": str(identity), "language": "sl"})
    assert answer.status_code == 422
    with pytest.raises(Refused) as refusal, unit_of_work():
        drafting.start(
            db.session.merge(call),
            "operating",
            db.session.get_one(Organisation, identity),
            by=db.session.get_one(User, reader),
            language="sl",
        )
    assert refusal.value.message == READS_ONLY
    assert policy.acts_for(db.session.get_one(User, reader), identity) is False
