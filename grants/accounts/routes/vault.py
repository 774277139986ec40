"""The vault of an organisation: its list, adding, renewing, taking out, and the files themselves."""

from __future__ import annotations

from typing import Any

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.accounts import forms, policy, queries
from grants.accounts import vault as actions
from grants.accounts.models import Organisation, VaultDocument
from grants.accounts.routes.blueprint import blueprint, done, me
from grants.base import clock, files
from grants.base.access import needs
from grants.base.errors import Refused
from grants.base.forms import tried

ACCEPTED = ",".join(f".{kind}" for kind in files.KINDS)


@blueprint.get("/organizacije/<int:organisation_id>/dokumenti")
@needs(policy.may_read_vault, of=queries.get_organisation)
def vault(organisation: Organisation) -> ResponseReturnValue:
    """The documents that an organisation keeps."""
    return render_template(
        "accounts/vault.html", organisation=organisation, documents=queries.vault_of(organisation.id), today=clock.today(),
        soon=actions.last_day_of_soon(), may_keep=bool(policy.may_keep_documents(me(), organisation)),
    )  # fmt: skip


@blueprint.route("/organizacije/<int:organisation_id>/dokumenti/nov", methods=["GET", "POST"])
@needs(policy.may_keep_documents, of=queries.get_organisation)
def keep_document(organisation: Organisation) -> ResponseReturnValue:
    """Put a document into the vault."""
    form, status = forms.DocumentForm(), 200
    if request.method == "POST":
        _made, status = tried(form, lambda: _keep(organisation, form))
        if not status:
            return done(_("The document is in the vault."), "accounts.vault", organisation_id=organisation.id)
    return render_template("accounts/keep_document.html", form=form, organisation=organisation, accepted=ACCEPTED), status


def _keep(organisation: Organisation, form: forms.DocumentForm) -> VaultDocument:
    return actions.keep_document(
        organisation, _upload(), kind=str(form.kind.data), title=str(form.title.data), year=form.year.data, expires_on=form.expires_on.data,
        by=me(),
    )  # fmt: skip


@blueprint.route("/organizacije/<int:organisation_id>/dokumenti/<int:document_id>/nova-razlicica", methods=["GET", "POST"])
@needs(policy.may_change_document, of=queries.get_vault_document)
def replace_document(document: VaultDocument) -> ResponseReturnValue:
    """A new version of a document."""
    form, status = forms.VersionForm(), 200
    if request.method == "POST":
        expires_on: Any = form.expires_on
        _made, status = tried(
            form, lambda: actions.replace_document(document, _upload(), year=form.year.data, expires_on=expires_on.data, by=me())
        )  # fmt: skip
        if not status:
            return done(_("The new version is in the vault."), "accounts.vault", organisation_id=document.organisation_id)
    return render_template("accounts/replace_document.html", form=form, document=document, accepted=ACCEPTED), status


@blueprint.post("/organizacije/<int:organisation_id>/dokumenti/<int:document_id>/odstrani")
@needs(policy.may_change_document, of=queries.get_vault_document)
def remove_document(document: VaultDocument) -> ResponseReturnValue:
    """Take a document out of the vault."""
    actions.remove_document(document, by=me())
    return done(
        _("The document is removed. Applications that carry it keep it."), "accounts.vault", organisation_id=document.organisation_id
    )


@blueprint.get("/organizacije/<int:organisation_id>/dokumenti/<int:document_id>/datoteka")
@needs(policy.may_read_document, of=queries.get_vault_document)
def vault_file(document: VaultDocument) -> Response:
    """The file. It is always saved, never shown inside our pages."""
    return files.download(document.sha256, document.name, document.media_type)


def _upload() -> files.Upload:
    """The checked file of the form; what is wrong with it stands at its field."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        message = _("Choose a file.")
        raise Refused(message, fields={"file": message}, status=422)
    try:
        return files.check_upload(sent.stream, sent.filename)
    except Refused as refusal:
        g.roll_back = True
        raise Refused(refusal.message, fields={"file": refusal.message}, status=refusal.status) from None
