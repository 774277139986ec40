"""The filled form on paper: asked for, waited for, fetched. No request makes a PDF itself."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applications import policy, presentation, printing, queries
from grants.applications.models import Application
from grants.applications.queries import ApplicationDocument
from grants.applications.routes.blueprint import blueprint
from grants.base import jobs
from grants.base.access import needs


@blueprint.post("/vloge/<int:application_id>/natis")
@needs(policy.may_see, of=queries.get_application)
def print_application(application: Application) -> ResponseReturnValue:
    """Have the form made with what the application says now."""
    paper = printing.request_paper(application)
    return redirect(url_for("applications.printed_application", application_id=application.id, document_id=paper.id), 303)


@blueprint.get("/vloge/<int:application_id>/natis/<int:document_id>")
@needs(policy.may_see_document, of=queries.get_document)
def printed_application(found: ApplicationDocument) -> ResponseReturnValue:
    """Where one waits for the paper and then fetches it."""
    applicant = found.document.facts.get("applicant", {}).get("name") or found.application.organisation.name
    return render_template(
        "applications/printed_application.html", application=found.application, banner=presentation.banner(found.application),
        paper=found.document, failed=_failed(found), applicant=applicant,
    )  # fmt: skip


@blueprint.get("/vloge/<int:application_id>/natis/<int:document_id>/stanje")
@needs(policy.may_see_document, of=queries.get_document)
def printing_progress(found: ApplicationDocument) -> ResponseReturnValue:
    """How far the paper is, for the page that waits."""
    return jsonify(done=int(found.document.file_sha256 is not None), failed=_failed(found), total=1)


def _failed(found: ApplicationDocument) -> int:
    """Whether this paper could not be made at all."""
    return int(found.document.file_sha256 is None and jobs.progress(printing.batch_of(found.document)).failed > 0)
