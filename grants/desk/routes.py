"""The first page, each person's desk, and what the office sees across all stages: its mail and the record."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from grants.accounts.letters import HOLD_A_KEY
from grants.accounts.policy import is_staff
from grants.applications.policy import may_take_in
from grants.applications.presentation import STATUS_COLOURS, STATUS_NAMES
from grants.base import audit
from grants.base.access import current_person, needs, public, signed_in
from grants.base.db import db
from grants.base.mail import Message
from grants.calls.queries import is_open, public_calls
from grants.desk import policy, queries
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
        panels=queries.my_panels(person),
        calls=queries.calls_in_work(person),
        proposals=queries.proposals_waiting(person),
        takes_in=may_take_in,
        names=STATUS_NAMES,
        colours=STATUS_COLOURS,
    )


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
