"""The addresses of the applications stage hang on one blueprint; and what each of them needs: who asks, since when, where to go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, request_started, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from grants.accounts.models import User
from grants.applications import answers, conditions, joint, presentation, queries
from grants.applications.models import Application, Attachment
from grants.base import access, clock, documents, errors, files, incoming, transaction

blueprint = Blueprint("applications", __name__)
beside_answers: dict[str, Callable[[Application, Mapping[str, Any]], Markup]] = {}
"""What later stages show beside the checked answers of an application that is being written, by the name of its region. They put it here."""


def init_app(app: Flask) -> None:
    """Note when each request reached us, before it waits for anything: that second decides what is in time."""
    from grants.applications.routes import status

    request_started.connect(_note_the_second, app)
    transaction.READS_FIRST.update(
        f"applications.{name}" for name in ("edit_application", "upload_attachment", "transcribe_paper", "answers_now", "status_by_number")
    )
    status.limit(app)


def _note_the_second(_app: Flask, **_extra: Any) -> None:
    g.received_at = incoming.arrival.at or clock.now()


def received_at() -> datetime:
    moment: datetime = g.get("received_at") or clock.now()
    return moment


def person() -> User:
    person = access.current_person()
    assert person is not None
    return person


def to(endpoint: str, application: Application, done: str = "", **values: Any) -> ResponseReturnValue:
    if done:
        flash(done, "success")
    return redirect(url_for(endpoint, application_id=application.id, **values), 303)


def version() -> int:
    return request.form.get("version", 0, type=int)


def by_fact(attachments: Any) -> dict[str, list[Attachment]]:
    grouped: dict[str, list[Attachment]] = {}
    for one in attachments:
        grouped.setdefault(one.fact, []).append(one)
    return grouped


def beside(application: Application, values: Mapping[str, Any]) -> list[tuple[str, Markup]]:
    """The regions that later stages add, each with its name."""
    return [(name, show(application, values)) for name, show in beside_answers.items()]


def file_hashes(attachments: Any) -> dict[str, list[str]]:
    return {fact: [one.sha256 for one in found] for fact, found in by_fact(attachments).items()}


def conditions_of(application: Application, typed: Mapping[str, Any] | None = None) -> conditions.TrackChecked:
    """How the conditions stand for a draft as it is saved, or with what is typed at this moment."""
    track = queries.track_of(application.call, application.track)
    checked = checked_with(application, typed)
    return conditions.for_applicant(application, track, checked.values, conditions.unanswered(track, checked.values))


def checked_with(application: Application, typed: Mapping[str, Any] | None = None) -> answers.Checked:
    """The draft as it is saved, or with what is typed at this moment, checked."""
    facts = {fact.id: fact for fact in joint.rules_of(application).facts}
    said = {name: answers.as_typed(facts[name], value) for name, value in (typed or {}).items() if name in facts}
    return answers.check_draft(application, typed=said)


def late_page(application: Application, at: datetime) -> ResponseReturnValue:
    """What is said when a submission came too late. What was typed is kept, and that it came late is on record."""
    g.keep = True
    return render_template("applications/_late.html", application=application, banner=presentation.banner(application), received_at=at), 409


def paper(document: documents.Document) -> ResponseReturnValue:
    if document.file_sha256 is None:
        raise errors.Refused(_("The document is being made. It takes a few seconds: go back and open it again."))
    return files.download(document.file_sha256, document.file_name, "application/pdf")


def identity(text: str) -> int:
    """The number of a row as a form carries it; 0, which no row has, for what no column could hold."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
