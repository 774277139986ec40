"""The addresses of the applications stage hang on one blueprint; and what each of them needs: who asks, since when, where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, request, request_started, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications import answers, conditions, queries
from grants.applications.models import Application, Attachment
from grants.base import access, clock, documents, errors, files

blueprint = Blueprint("applications", __name__)


def init_app(app: Flask) -> None:
    """Note the second in which each request reached us, before it waits for anything: that second decides what is in time."""
    request_started.connect(_note_the_second, app)


def _note_the_second(_app: Flask, **_extra: Any) -> None:
    g.received_at = clock.now()


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


def file_hashes(attachments: Any) -> dict[str, list[str]]:
    return {fact: [one.sha256 for one in found] for fact, found in by_fact(attachments).items()}


def conditions_of(application: Application, typed: Mapping[str, Any] | None = None) -> conditions.TrackChecked:
    """How the conditions stand for a draft as it is saved, or with what is typed at this moment."""
    track = queries.track_of(application.call, application.track)
    facts = {fact.id: fact for fact in track.facts}
    said = application.answers | {name: answers.as_typed(facts[name], value) for name, value in (typed or {}).items() if name in facts}
    checked = answers.check(track, said, queries.attachments_of(application))
    return conditions.check(track, checked.values, conditions.unanswered(track, checked.values))


def paper(document: documents.Document) -> ResponseReturnValue:
    if document.file_sha256 is None:
        raise errors.Refused(_("The document is being made. It takes a few seconds: go back and open it again."))
    return files.download(document.file_sha256, document.file_name, "application/pdf")
