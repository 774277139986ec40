"""An organisation in one place: applications, decisions, open duties; the same for calendars; the calls for feed readers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from grants.accounts import actions as accounts
from grants.accounts.models import MemberRole, Membership, Organisation, Role, User
from grants.applications.models import Application
from grants.base import audit
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.actions import running
from grants.calls.models import Call
from grants.decisions.models import Decision
from grants.desk import feeds
from grants.desk.models import CalendarAddress
from grants.desk.queries import Duty
from tests.accounts.builders import make_document, make_staff
from tests.accounts.builders import make_user as make_stranger
from tests.applications.builders import make_application, make_call, make_member, make_officer, make_organisation, owner_of
from tests.conftest import Clock, sign_in
from tests.decisions.builders import make_issued
from tests.pages import LintingClient

ATOM = "{http://www.w3.org/2005/Atom}"


def address_of(organisation: Organisation | int) -> str:
    return f"/en/organizacije/{organisation if isinstance(organisation, int) else organisation.id}/zgodovina"


@pytest.fixture
def organisation(app: Flask, client: LintingClient) -> int:
    """An organisation whose owner is signed in at `client`."""
    made = make_organisation()
    identity = made.id
    sign_in(client, owner_of(made))
    return identity


def again(organisation: int) -> Organisation:
    return db.session.get_one(Organisation, organisation)


def test_applications_stand_with_number_and_state(client: LintingClient, organisation: int) -> None:
    submitted = make_application("submitted", organisation=again(organisation))
    number = submitted.number
    make_application("ready", organisation=again(organisation))
    other = make_application("submitted")
    page = client.get(address_of(organisation)).text
    assert number and number in page and "Submitted" in page and "Draft, not submitted" in page
    assert other.number not in page


def test_decisions_stand_with_their_amounts(app: Flask, client: LintingClient) -> None:
    make_issued()
    decision = db.session.scalars(select(Decision).where(Decision.amount_cents > 0).order_by(Decision.id)).first()
    assert decision is not None
    number, cents, organisation = decision.number, decision.amount_cents, decision.application.organisation_id
    others = [one for one in db.session.scalars(select(Decision.number).where(Decision.number != number)) if one != number]
    sign_in(client, owner_of(again(organisation)))
    page = client.get(address_of(organisation)).text
    assert f">{number}</a>" in page and f"{cents // 100:,}.{cents % 100:02d}" in page
    assert f"Read the decision {number}" in page
    mine = {
        one.number
        for one in db.session.scalars(select(Decision).join(Decision.application).where(Application.organisation_id == organisation))
    }
    assert not any(f">{other}</a>" in page for other in others if other not in mine)


def test_open_duties_come_by_their_day_and_go_when_they_are_done(client: LintingClient, organisation: int, clock: Clock) -> None:
    application = make_application("ready", organisation=again(organisation))
    deadline = application.call.closes_at
    make_document(again(organisation), title="Zavarovanje", expires_on=date(2026, 5, 10))
    make_document(again(organisation), title="Statut", data=b"%PDF-1.7\n2\n%%EOF", expires_on=date(2026, 6, 30))
    page = client.get(address_of(organisation)).text
    assert "Renew the document that expires: Zavarovanje" in page and "Statut" not in page
    assert "Submit the application:" in page
    clock.set("2026-05-11T08:00:00")
    assert "Renew the expired document: Zavarovanje" in client.get(address_of(organisation)).text
    clock.set_instant(deadline)
    assert "Submit the application:" not in client.get(address_of(organisation)).text


def test_an_organisation_without_anything_has_an_empty_history(client: LintingClient, organisation: int) -> None:
    page = client.get(address_of(organisation)).text
    assert "Nothing waits for you" in page and "No applications yet" in page


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("reader", 200), ("office", 403), ("stranger", 404), (None, 302)])
def test_only_members_see_it(app: Flask, organisation: int, who: str | None, status: int) -> None:
    people: dict[str, Callable[[], User]] = {
        "owner": lambda: owner_of(again(organisation)), "reader": lambda: make_member(again(organisation), MemberRole.READER),
        "office": lambda: make_staff(Role.OFFICER), "stranger": make_stranger,
    }  # fmt: skip
    visitor = app.test_client()
    if who is not None:
        sign_in(visitor, people[who]())  # type: ignore[arg-type]
    assert visitor.get(address_of(organisation)).status_code == status
    posted = {200: 303, 302: 400}.get(status, status)
    for page in ("koledar", "koledar/umik"):
        assert visitor.post(f"/en/organizacije/{organisation}/{page}").status_code == posted
    assert visitor.get(address_of(999999)).status_code == (302 if who is None else 404)


def test_the_history_costs_the_same_for_one_application_and_for_many(
    client: LintingClient, organisation: int, queries: Callable[[], list[str]]
) -> None:
    counts = []
    for number in range(6):
        make_application("submitted" if number % 2 else "draft", organisation=again(organisation))
        make_document(again(organisation), data=b"%%PDF-1.7\n%d\n%%%%EOF" % number, expires_on=date(2026, 5, 20))
        if number in (0, 5):
            client.get(address_of(organisation))
            queries()
            client.get(address_of(organisation))
            counts.append(len(queries()))
    assert counts[0] == counts[1]


def make_address(client: LintingClient, organisation: int) -> str:
    assert client.post(f"/en/organizacije/{organisation}/koledar").status_code == 303
    found = re.search(r"https?://[^/\s]+(/en/koledar/[\w-]+\.ics)", client.get(address_of(organisation)).text)
    assert found is not None
    return found[1]


def events(data: bytes) -> dict[str, Any]:
    calendar: Any = Calendar.from_ical(data)
    assert calendar["version"] == "2.0" and calendar["prodid"]
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_a_calendar_program_finds_the_duties_at_a_secret_address(app: Flask, client: LintingClient, organisation: int) -> None:
    application = make_application("ready", organisation=again(organisation))
    deadline: datetime = application.call.closes_at
    make_document(again(organisation), title="Zavarovanje; ,\\ in še kaj", expires_on=date(2026, 5, 20))
    address = make_address(client, organisation)
    answer = app.test_client().get(address)  # a calendar program signs in nowhere
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    found = events(answer.data)
    draft = next(event for summary, event in found.items() if summary.startswith("Submit the application"))
    assert draft.decoded("dtstart").astimezone(UTC) == deadline
    document = found["Renew the document that expires: Zavarovanje; ,\\ in še kaj"]
    assert document.decoded("dtstart") == date(2026, 5, 20)
    assert len({str(event["uid"]) for event in found.values()}) == len(found) == 2
    assert all(event.walk("VALARM")[0].decoded("trigger") == timedelta(days=-2) for event in found.values())
    # In another language the words are others, the events are the same.
    slovenian = events(app.test_client().get(address.replace("/en/", "/sl/")).data)
    assert {str(event["uid"]) for event in slovenian.values()} == {str(event["uid"]) for event in found.values()}
    assert not set(slovenian) & set(found)


def test_duties_on_different_things_with_one_number_are_two_events_and_no_calendar_is_empty(app: Flask, organisation: int) -> None:
    due = datetime(2026, 5, 18, 10, tzinfo=UTC)
    things = {"applications.application_page": {"application_id": 7}, "applications.partnership": {"partner_id": 7}}
    with app.test_request_context("/sl/"):
        full = feeds.calendar_of(again(organisation), [Duty("draft", 7, address, due, address, where) for address, where in things.items()])
        empty: Any = Calendar.from_ical(feeds.calendar_of(again(organisation), []))
    assert len({str(event["uid"]) for event in events(full).values()}) == 2
    assert [part.name for part in empty.subcomponents] == ["VTIMEZONE"]  # RFC 5545, 3.6: at least one


def test_the_secret_address_is_revocable(app: Flask, client: LintingClient, organisation: int) -> None:
    visitor = app.test_client()
    first = make_address(client, organisation)
    second = make_address(client, organisation)
    assert first != second and len(second.rsplit("/", 1)[1]) > 40
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)
    assert client.post(f"/en/organizacije/{organisation}/koledar/umik").status_code == 303
    assert visitor.get(second).status_code == 404
    assert client.post(f"/en/organizacije/{organisation}/koledar/umik").status_code == 303  # a second click
    kinds = [entry.kind.name for entry in audit.timeline(again(organisation), audit.PARTY)]
    assert kinds[-3:] == ["organisation.calendar_made", "organisation.calendar_made", "organisation.calendar_ended"]
    assert visitor.get("/en/koledar/x.ics").status_code == 404


def test_the_address_dies_with_the_membership_and_is_each_persons_own(app: Flask, client: LintingClient, organisation: int) -> None:
    member = make_member(again(organisation), MemberRole.EDITOR).id
    other = app.test_client()
    sign_in(other, db.session.get_one(User, member))  # type: ignore[arg-type]
    own, theirs = make_address(client, organisation), make_address(other, organisation)  # type: ignore[arg-type]
    assert db.session.scalar(select(db.func.count(CalendarAddress.id))) == 2
    with unit_of_work():
        membership = db.session.scalars(select(Membership).where(Membership.user_id == member)).one()
        accounts.remove_member(membership, by=db.session.get_one(User, member))
    visitor = app.test_client()
    assert (visitor.get(own).status_code, visitor.get(theirs).status_code) == (200, 404)


def test_published_calls_are_a_feed(app: Flask, client: LintingClient) -> None:
    empty = ET.fromstring(client.get("/sl/razpisi.atom").data)
    assert empty.findall(f"{ATOM}entry") == []
    first, second = make_call(rulebook="small").id, make_call(rulebook="small").id
    make_call("draft", rulebook="small")
    answer = client.get("/sl/razpisi.atom")
    assert answer.status_code == 200 and answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):  # what RFC 4287 demands of each
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
            assert (element.findtext(f"{ATOM}{name}") or "").strip()
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo is not None
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Občina Obala"
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    entries = feed.findall(f"{ATOM}entry")
    pages = {(entry.find(f"{ATOM}link").get("href") or "").split("/sl/")[1] for entry in entries}  # type: ignore[union-attr]
    assert pages == {f"razpisi/{first}", f"razpisi/{second}"}
    assert entries[0].findtext(f"{ATOM}title") == db.session.get_one(Call, first).title["sl"]
    assert 'rel="alternate" type="application/atom+xml"' in client.get("/sl/razpisi").text


def test_a_call_that_is_cancelled_is_news_for_feed_readers(client: LintingClient, clock: Clock) -> None:
    call, other = make_call(rulebook="small"), make_call(rulebook="small").id
    officer = make_officer()
    clock.forward(hours=5)
    with unit_of_work():
        running.cancel(db.session.merge(call), by=db.session.merge(officer), reason="Občinski svet je spremenil proračun.")
    feed = ET.fromstring(client.get("/sl/razpisi.atom").data)
    changed, same = sorted(feed.findall(f"{ATOM}entry"), key=lambda one: (one.findtext(f"{ATOM}id") or "").endswith(f"/{other}"))
    assert changed.findtext(f"{ATOM}summary") == "Razpis je preklican."
    assert feed.findtext(f"{ATOM}updated") == changed.findtext(f"{ATOM}updated") != changed.findtext(f"{ATOM}published")
    assert same.findtext(f"{ATOM}updated") == same.findtext(f"{ATOM}published")
