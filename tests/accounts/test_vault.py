"""The vault of an organisation: kept once, renewed, reminded of, and never shown to anybody else."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grants.accounts import jobs, queries, vault
from grants.accounts.models import MemberRole, Organisation, User, VaultDocument
from grants.base import audit
from grants.base.db import db
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from tests.accounts.builders import make_document, make_member, make_organisation, make_user
from tests.conftest import Clock, sign_in
from tests.pages import LintingClient
from tests.uploads import watch_uploads

PDF = b"%PDF-1.7\nstatut\n%%EOF"


def sent(data: bytes = PDF, name: str = "Statut društva.pdf", **changes: str) -> dict[str, Any]:
    return {"kind": "statute", "title": "Statut", "year": "2019", "expires_on": "", "file": (BytesIO(data), name)} | changes


def kept(organisation_id: int) -> list[str]:
    return [document.title for document in queries.vault_of(organisation_id)]


def events(organisation_id: int) -> list[str]:
    return [entry.kind.name for entry in audit.timeline(db.session.get_one(Organisation, organisation_id), audit.PARTY)]


@pytest.fixture
def organisation(client: LintingClient) -> int:
    owner = make_user()
    identity = make_organisation(owner).id
    sign_in(client, db.session.get_one(User, owner.id))
    return identity


def test_a_document_is_kept_renewed_and_taken_out(client: LintingClient, organisation: int) -> None:
    address = f"/en/organizacije/{organisation}/dokumenti"
    assert "The vault is empty" in client.get(address).text
    assert client.get(f"{address}/nov").status_code == 200
    assert client.post(f"{address}/nov", data=sent(expires_on="4. 6. 2026")).status_code == 303
    first = queries.vault_of(organisation)[0]
    first_id = first.id
    assert (first.name, first.year, first.expires_on) == ("Statut društva.pdf", 2019, date(2026, 6, 4))
    page = client.get(address).text
    assert "Statut" in page and "4 June 2026" in page and "expires soon" not in page
    file = client.get(f"{address}/{first_id}/datoteka")
    assert file.data == PDF and file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Disposition"].startswith("attachment") and "sandbox" in file.headers["Content-Security-Policy"]

    assert client.get(f"{address}/{first_id}/nova-razlicica").status_code == 200
    newer = {"year": "2026", "expires_on": "", "file": (BytesIO(PDF.replace(b"statut", b"novi")), "novi.pdf")}
    assert client.post(f"{address}/{first_id}/nova-razlicica", data=newer).status_code == 303
    second = queries.vault_of(organisation)[0]
    second_id = second.id
    assert (second.title, second.year, second.replaces_id) == ("Statut", 2026, first_id)
    assert client.get(f"{address}/{first_id}/datoteka").status_code == 404  # the old version is out of the vault
    assert client.post(f"{address}/{second_id}/odstrani").status_code == 303
    assert kept(organisation) == []
    assert client.post(f"{address}/{second_id}/odstrani").status_code == 404
    assert events(organisation)[-3:] == ["vault.document_kept", "vault.document_replaced", "vault.document_removed"]


def test_another_writer_gets_through_while_a_document_is_checked(
    app: Flask, client: LintingClient, organisation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, address = watch_uploads(app, monkeypatch), f"/en/organizacije/{organisation}/dokumenti"
    assert client.post(f"{address}/nov", data=sent()).status_code == 303
    newer = {"year": "2026", "expires_on": "", "file": (BytesIO(PDF.replace(b"statut", b"novi")), "novi.pdf")}
    assert client.post(f"{address}/{queries.vault_of(organisation)[0].id}/nova-razlicica", data=newer).status_code == 303
    assert seen == ["Statut društva.pdf", "novi.pdf"]
    assert kept(organisation) == ["Statut"]


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"file": (b"", "")}, 422, "Choose a file"),
        ({"file": (b"MZ" * 90, "virus.pdf")}, 422, "virus.pdf"),
        ({"file": (b"x" * 99, "program.exe")}, 422, "was not accepted"),
        ({"title": " "}, 422, "Write what it is"),
        ({"kind": "crown"}, 422, "choice"),
        ({"year": "26"}, 422, "four digits"),
        ({"expires_on": "some day"}, 422, "date"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    client: LintingClient, organisation: int, changes: dict[str, Any], status: int, says: str
) -> None:
    changes = {name: (BytesIO(value[0]), value[1]) if name == "file" else value for name, value in changes.items()}
    answer = client.post(f"/en/organizacije/{organisation}/dokumenti/nov", data=sent() | changes)
    assert answer.status_code == status and says in answer.text
    assert kept(organisation) == []


def test_a_vault_has_its_limits(client: LintingClient, organisation: int, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/en/organizacije/{organisation}/dokumenti/nov"
    assert client.post(address, data=sent()).status_code == 303
    assert "in the vault already" in client.post(address, data=sent(title="Drugič")).text
    monkeypatch.setattr(vault, "MOST_BYTES", len(PDF) + 5)
    answer = client.post(address, data=sent(PDF + b"xxxxxx%%EOF"))
    assert answer.status_code == 413
    monkeypatch.setattr(vault, "MOST_BYTES", 10**9)
    monkeypatch.setattr(vault, "MOST_DOCUMENTS", 1)
    answer = client.post(address, data=sent(PDF + b"y%%EOF"))
    assert answer.status_code == 422 and "at most 1 documents" in answer.text
    assert kept(organisation) == ["Statut"]
    # A new version takes the place of the old one, so it does not count twice.
    one = queries.vault_of(organisation)[0].id
    newer = {"year": "", "expires_on": "", "file": (BytesIO(PDF + b"z%%EOF"), "novi.pdf")}
    assert client.post(f"/en/organizacije/{organisation}/dokumenti/{one}/nova-razlicica", data=newer).status_code == 303


def test_owners_and_editors_are_reminded_30_and_7_days_before_once_each(app: Flask, clock: Clock) -> None:
    owner = make_user()
    organisation = make_organisation(owner)
    identity = organisation.id
    make_member(organisation, MemberRole.EDITOR)
    make_member(db.session.get_one(Organisation, identity), MemberRole.READER, "Rosa Lettrice")
    make_document(db.session.get_one(Organisation, identity), expires_on=date(2026, 6, 20))

    def remind(local: str) -> int:
        clock.set(local)
        for _ in range(2):  # the worker asks every minute
            with unit_of_work():
                jobs.remind_of_expiry()
        return len(db.session.scalars(select(Message).where(Message.event == "accounts/document_expires")).all())

    assert remind("2026-05-20T12:00:00") == 0  # 31 days
    assert remind("2026-05-21T00:01:00") == 2  # 30 days: owner and editor, not the reader
    assert remind("2026-06-12T12:00:00") == 2  # 8 days
    assert remind("2026-06-13T12:00:00") == 4  # 7 days
    assert remind("2026-06-20T12:00:00") == 4  # its last day
    assert remind("2026-06-21T12:00:00") == 4
    assert [event for event in events(identity) if event == "vault.reminded"] == ["vault.reminded"] * 2
    message = db.session.scalars(select(Message).where(Message.event == "accounts/document_expires")).first()
    assert message is not None and "Statut" in message.body and "20. junija 2026" in message.body


def test_a_document_that_came_late_or_left_is_reminded_of_once_or_never(app: Flask, clock: Clock) -> None:
    owner = make_user()
    organisation = make_organisation(owner)
    late = make_document(organisation, expires_on=date(2026, 5, 8)).id
    gone = make_document(db.session.get_one(Organisation, organisation.id), data=PDF + b"2%%EOF", expires_on=date(2026, 5, 8)).id
    with unit_of_work():
        vault.remove_document(db.session.get_one(VaultDocument, gone), by=db.session.get_one(User, owner.id))
    with unit_of_work():
        assert vault.remind_of_expiry() == 1
    with unit_of_work():
        assert vault.remind_of_expiry() == 0
    assert db.session.get_one(VaultDocument, late).reminded_days == 7
    assert db.session.get_one(VaultDocument, gone).reminded_days is None


def test_what_has_expired_is_marked(client: LintingClient, organisation: int, clock: Clock) -> None:
    make_document(db.session.get_one(Organisation, organisation), expires_on=date(2026, 5, 20))
    address = f"/en/organizacije/{organisation}/dokumenti"
    assert "expires soon" in client.get(address).text
    clock.set("2026-05-20T23:59:00")
    assert "expired" not in client.get(address).text
    clock.set("2026-05-21T00:01:00")
    assert "expired" in client.get(address).text


def test_the_list_costs_the_same_for_one_document_and_for_many(client: LintingClient, organisation: int, queries: Any) -> None:
    counts = []
    for number in range(11):
        make_document(db.session.get_one(Organisation, organisation), data=PDF + b"%d%%%%EOF" % number)
        if number in (0, 10):
            queries()
            client.get(f"/en/organizacije/{organisation}/dokumenti")
            counts.append(len(queries()))
    assert counts[0] == counts[1]
