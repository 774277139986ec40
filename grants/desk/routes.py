"""The first page, each person's desk, and what the office sees across all stages: its mail and the record."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from grants.accounts.letters import HOLD_A_KEY, address
from grants.accounts.models import Organisation, User
from grants.accounts.policy import is_staff
from grants.accounts.queries import get_organisation
from grants.applications.policy import may_take_in
from grants.applications.presentation import STATUS_COLOURS, STATUS_NAMES
from grants.base import audit
from grants.base.access import current_person, needs, public, signed_in
from grants.base.db import db
from grants.base.language import current_language
from grants.base.mail import Message
from grants.calls.queries import is_open, public_calls
from grants.desk import actions, feeds, policy, queries
from grants.desk.models import CalendarAddress
from grants.desk.paging import Page

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
@public
def start() -> ResponseReturnValue:
    """What this is, and which calls are open."""
    return render_template("desk/start.html", open_calls=[call for call in public_calls() if is_open(call)])


@blueprint.get("/dostopnost")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("desk/accessibility.html")


@blueprint.get("/o-sistemu")
@public
def about() -> ResponseReturnValue:
    """How points and euros come about, and how anyone can check them."""
    return render_template("desk/about.html")


@blueprint.get("/miza")
@signed_in
def my_desk() -> ResponseReturnValue:
    """What waits for this person, by role."""
    person = current_person()
    assert person is not None
    return render_template(
        "desk/my_desk.html",
        person=person,
        staff=is_staff(person),
        applications=queries.my_applications(person),
        consents=queries.consents_waiting(person),
        panels=queries.my_panels(person),
        calls=queries.calls_in_work(person),
        proposals=queries.proposals_waiting(person),
        takes_in=may_take_in,
        names=STATUS_NAMES,
        colours=STATUS_COLOURS,
    )


def _me() -> User:
    person = current_person()
    assert person is not None  # the addresses that ask are for people who are signed in
    return person


@blueprint.get("/organizacije/<int:organisation_id>/zgodovina")
@needs(policy.may_see_history, of=get_organisation)
def organisation_history(organisation: Organisation) -> ResponseReturnValue:
    """Every application, award and open duty of an organisation, and the address of its calendar."""
    found = queries.find_calendar(_me(), organisation)
    return render_template(
        "desk/organisation_history.html", organisation=organisation, history=queries.history_of(organisation), names=STATUS_NAMES,
        colours=STATUS_COLOURS, calendar=address("desk.duty_calendar", current_language(), key=found.key) if found else "",
    )  # fmt: skip


@blueprint.post("/organizacije/<int:organisation_id>/koledar")
@needs(policy.may_see_history, of=get_organisation)
def make_calendar_address(organisation: Organisation) -> ResponseReturnValue:
    """A new secret address of the calendar; the one before no longer works."""
    actions.make_calendar_address(organisation, by=_me())
    return _to_history(organisation, _("The address is made. Copy it into your calendar program."))


@blueprint.post("/organizacije/<int:organisation_id>/koledar/umik")
@needs(policy.may_see_history, of=get_organisation)
def end_calendar_address(organisation: Organisation) -> ResponseReturnValue:
    """The secret address no longer works."""
    actions.end_calendar_address(organisation, by=_me())
    return _to_history(organisation, _("The address no longer works."))


def _to_history(organisation: Organisation, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for("desk.organisation_history", organisation_id=organisation.id), 303)


@blueprint.get("/koledar/<key>.ics")
@needs(policy.may_read_calendar, of=queries.get_calendar, anonymous=True)
def duty_calendar(found: CalendarAddress) -> Response:
    """The open duties of an organisation as a calendar."""
    duties = queries.history_of(found.organisation).duties
    return Response(feeds.calendar_of(found.organisation, duties), mimetype="text/calendar", headers={"Content-Disposition": "inline"})


@blueprint.get("/razpisi.atom")
@public
def call_feed() -> Response:
    """The published calls for feed readers."""
    return Response(feeds.feed_of(public_calls()), mimetype="application/atom+xml")


def _page_number() -> int:
    return min(max(1, request.args.get("stran", 1, type=int)), queries.LAST_PAGE)


@blueprint.get("/posta")
@needs(policy.may_read_mail)
def message_list() -> ResponseReturnValue:
    """The mail that was written, with what became of it."""
    number = _page_number()
    messages, total = queries.messages(number)
    return render_template(
        "desk/message_list.html",
        messages=messages,
        sealed=queries.sealed_messages(messages),
        page=Page("desk.message_list", number, total, queries.MESSAGES_ON_A_PAGE),
    )


@blueprint.get("/posta/<int:message_id>")
@needs(policy.may_read_message, of=queries.get_message)
def message_page(message: Message) -> ResponseReturnValue:
    """One message as it was written."""
    return render_template(
        "desk/message_page.html", message=message, holds_a_key=message.event in HOLD_A_KEY, sealed=queries.sealed_messages([message])
    )


@blueprint.get("/zapis")
@needs(policy.may_read_record)
def record() -> ResponseReturnValue:
    """The audit record: its newest rows and where it ends."""
    number = _page_number()
    size = queries.MESSAGES_ON_A_PAGE
    total = db.session.scalar(select(func.count(audit.AuditEvent.position))) or 0
    entries = audit.newest(size, (number - 1) * size)
    return render_template(
        "desk/record.html", entries=entries, sealed=queries.sealed_entries(entries), page=Page("desk.record", number, total, size)
    )
