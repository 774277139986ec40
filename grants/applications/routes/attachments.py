"""Files of a draft: one at a time for our script, all at once with the form, and taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from grants.accounts import vault
from grants.accounts.models import VaultDocument
from grants.accounts.queries import vault_of
from grants.applications import answers, policy, queries
from grants.applications.actions import drafting
from grants.applications.models import Application, Attachment
from grants.applications.routes.blueprint import blueprint, identity, person, to
from grants.base import errors, files
from grants.base.access import needs


@blueprint.post("/vloge/<int:application_id>/priloge/nova")
@needs(policy.may_edit, of=queries.get_application)
def upload_attachment(application: Application) -> ResponseReturnValue:
    """Attach one file (`file`) to one question (`fact`). Our script gets the list of the question as it is then; others go on to the form."""
    fact, sent = request.form.get("fact", ""), request.files.get("file")
    if sent is None or not sent.filename:
        raise errors.Refused(_("Choose a file."), status=422)
    try:
        ((_fact, checked),) = _checked(application, [(fact, sent)])
        if isinstance(checked, errors.Refused):
            raise checked
        attached = drafting.attach(application, fact, checked, by=person())
    except files.Infected as infected:
        drafting.note_infected_file(application, fact, infected, by=person())
        g.keep = True
        return errors.page(infected.status, _("This file was refused"), str(infected.message))
    return _now(application, fact, _("The file “%(name)s” is attached.", name=attached.name))


@blueprint.post("/vloge/<int:application_id>/priloge/<int:attachment_id>/odstrani")
@needs(policy.may_edit_attachment, of=queries.get_attachment)
def remove_attachment(attachment: Attachment) -> ResponseReturnValue:
    """Take one file away from a draft."""
    application, fact, name = attachment.application, attachment.fact, attachment.name
    drafting.detach(attachment, by=person())
    return _now(application, fact, _("The file “%(name)s” is removed.", name=name))


def _now(application: Application, fact: str, said: str) -> ResponseReturnValue:
    """How a question stands after a file was added or removed."""
    if not errors.wants_data():
        return to("applications.edit_application", application, said, _anchor=f"f_{fact}")
    here = [one for one in queries.attachments_of(application) if one.fact == fact]
    return jsonify(said=said, list=render_template("applications/_attached.html", application=application, here=here))


def take_all(application: Application) -> dict[str, list[str]]:
    """Attach what a form brought; the reasons why a file was not taken, by fact. Before anything else of the form is saved."""
    facts = [fact.id for fact in queries.track_of(application.call, application.track).facts if fact.kind == "file"]
    sent = [(fact, one) for fact in facts for one in request.files.getlist(f"f_{fact}") if one.filename]
    refused: dict[str, list[str]] = {}
    checked = list(_checked(application, sent))
    checked += [(fact, vault.as_upload(kept)) for fact in facts for kept in _chosen_from_vault(application, fact)]
    for fact, one in checked:
        try:
            if isinstance(one, errors.Refused):
                raise one
            drafting.attach(application, fact, one, by=person(), more=True)
        except files.Infected as infected:
            drafting.note_infected_file(application, fact, infected, by=person())
            refused.setdefault(fact, []).append(str(infected.message))
        except errors.Refused as refusal:
            refused.setdefault(fact, []).append(str(refusal.message))
    return refused


def _chosen_from_vault(application: Application, fact: str) -> list[VaultDocument]:
    """The documents of the organisation's own vault that were ticked; one that is attached here already needs nothing more."""
    ticked = {identity(text) for text in request.form.getlist(f"vault_{fact}")}
    if not ticked:
        return []
    there = {one.sha256 for one in queries.attachments_of(application) if one.fact == fact}
    return [one for one in vault_of(application.organisation_id) if one.id in ticked and one.sha256 not in there]


def _checked(application: Application, sent: list[tuple[str, FileStorage]]) -> Iterator[tuple[str, files.Upload | errors.Refused]]:
    """Each file, checked and on disk, or why it is not taken. That takes seconds, and nobody's lock is held meanwhile (`READS_FIRST`)."""
    largest = application.call.largest_file_mb * files.MEGABYTE
    for fact, one in sent:
        try:
            upload = files.check_upload(one.stream, one.filename or "", largest=largest)
            files.store(upload.data)
            yield fact, upload
        except errors.Refused as refusal:
            yield fact, refusal


@dataclass(frozen=True)
class Place:
    """What the page of a form needs for its questions for files. In texts for the script {name} is the name of a file, {used} a size."""

    accept: str
    largest: int
    used: str
    used_by_script: str
    empty: str
    too_large: str


def place(application: Application) -> Place:
    """The limits of a call and what is used of them."""
    largest = application.call.largest_file_mb * files.MEGABYTE
    return Place(
        accept=",".join(f".{kind}" for kind in files.KINDS),
        largest=largest,
        used=_used_said(application, answers.megabytes(sum(one.size for one in queries.attachments_of(application)))),
        used_by_script=_used_said(application, "{used}"),
        empty=files.refusal("{name}", files.empty(), largest=largest),
        too_large=files.refusal("{name}", files.too_large(largest), largest=largest),
    )


def _used_said(application: Application, used: str) -> str:
    """How much of the room for files is used."""
    return _("Used %(used)s of %(room)s MB for all files of this application.", used=used, room=application.call.largest_total_mb)
