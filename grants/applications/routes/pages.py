"""What the organisation and the office read about one application: its page, its files and documents, and the list of one's own."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from grants.accounts.queries import organisations_of
from grants.applications import (
    answered,
    answers,
    conditions,
    joint,
    letters,
    plan,
    policy,
    presentation,
    printing,
    queries,
    standing,
    verified,
)
from grants.applications.models import Application, ApplicationPartner, Attachment, Submission
from grants.applications.queries import ApplicationDocument
from grants.applications.routes.blueprint import beside, blueprint, by_fact, conditions_of, file_hashes, paper, person
from grants.applications.states import ApplicationStatus
from grants.base import audit, documents, files
from grants.base.access import needs, signed_in
from grants.base.language import localized
from grants.calls import queries as call_queries
from scoring.finance import balance_of
from scoring.form import form_of


@blueprint.get("/vloge")
@signed_in
def my_applications() -> ResponseReturnValue:
    """All applications of the organisations for which this person acts, and those of others in which they are partners."""
    organisations = organisations_of(person())
    found = queries.applications_of_all([organisation.id for organisation in organisations])
    groups = [(organisation, [one for one in found if one.organisation_id == organisation.id]) for organisation in organisations]
    partnerships = joint.partnerships_of(joint.tax_numbers_of(person()))
    return render_template(
        "applications/my_applications.html", groups=groups, track_of=queries.track_of, is_open=call_queries.is_open,
        partnerships={organisation.id: [(one, standing.own_part(one.application, one)) for one in partnerships if one.tax_number == organisation.tax_number] for organisation in organisations},
        names=presentation.STATUS_NAMES, colours=presentation.STATUS_COLOURS,
    )  # fmt: skip


@blueprint.get("/vloge/<int:application_id>")
@needs(policy.may_see, of=queries.get_application)
def application_page(application: Application) -> ResponseReturnValue:
    """One application: for its organisation with the next step, for the office with everything about it."""
    member = policy.is_member(person(), application)
    acts = policy.acts(person(), application)
    draft = application.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
    submission = None if draft else queries.latest_submission(application)
    track = joint.rules_of(application)
    attachments = queries.attachments_of(application)
    records = () if draft else verified.records_of([application.id])[application.id]
    inside = not member
    entries = _entries(application, audit.STAFF if inside else audit.PARTY)
    return render_template(
        "applications/application_page.html", application=application, track=track, banner=presentation.banner(application),
        member=member, acts=acts, submission=submission, sections=presentation.sections(track, submission.content["answers"] if submission else answers.check_draft(application).values, by_fact(attachments), written=presentation.as_written(submission.content) if submission else None) if submission or member and not acts else (),
        tasks=_tasks(application) if acts and draft else (), is_open=call_queries.is_open(application.call),
        timeline=presentation.lines(entries, queries.names_of({one.actor_id for one in entries if one.actor_id}), inside=inside),
        inside=inside, verified=answered.shown(track, submission.content["answers"], records) if submission else (),
        conditions=conditions_of(application) if draft else conditions.for_applicant(application, track, verified.with_verified(submission.content["answers"] | file_hashes(attachments), records)) if submission else None,
        filed=letters.on_paper(submission.content["paper"]) if submission and "paper" in submission.content else "",
        scans=[one for one in attachments if one.fact == "paper"],
        documents=[one for one in documents.of_subject(application) if one.kind not in printing.KINDS], messages=queries.messages_about(application) if inside else (),
        plan=plan.shown(track, application.call, balance_of(track, submission.content["answers"])) if submission else None,
        beside=_beside(application, submission) if member else (),
        partners=standing.partners_in(submission.content) if submission else standing.partners_of(application, answers.check_draft(application).balance if joint.named_of(application) else None),
        may_dismiss=inside and application.status == ApplicationStatus.OPENED and bool(policy.may_dismiss(person(), application)),
    )  # fmt: skip


def _entries(application: Application, audience: audit.Audience) -> list[audit.Entry]:
    """What happened to the application, and to its partners."""
    own = audit.timeline(application, audience)
    partners = [one.id for one in application.named_partners] if queries.track_of(application.call, application.track).partners else []
    if not partners:
        return own
    return sorted([*own, *audit.events_of(ApplicationPartner.__tablename__, partners, audience)], key=lambda one: one.position)


def _beside(application: Application, submission: Submission | None) -> list[tuple[str, Markup]]:
    """What later stages show beside the answers, until the office opens them."""
    if application.status == ApplicationStatus.DRAFT:
        return beside(application, answers.check_draft(application).legible)
    if application.status == ApplicationStatus.SUBMITTED and submission is not None:
        return beside(application, submission.content["answers"])
    return []


def _tasks(application: Application) -> list[tuple[str, str, str, str | None]]:
    """The sections of the form with the state of each: not started, in progress, to correct, complete."""
    checked = answers.check_draft(application)
    computed = form_of(queries.track_of(application.call, application.track)).computed
    present = {one.fact for one in queries.attachments_of(application)}
    tasks: list[tuple[str, str, str, str | None]] = _partners(application)
    for part in answers.parts_of(queries.track_of(application.call, application.track)):
        facts = [fact for fact in part.facts if fact.id in checked.asked]
        if not facts:
            continue
        faults = checked.of(facts)
        wrong = sum(not fault.missing for fault in faults)
        begun = any(application.answers.get(fact.id) or fact.id in present for fact in facts if fact.id not in computed)
        state, colour = _("Complete"), None
        if wrong:
            state, colour = ngettext("%(num)s answer to correct", "%(num)s answers to correct", wrong), "red"
        elif faults and not begun:
            state, colour = _("Not started"), "grey"
        elif faults:
            state, colour = ngettext("In progress: %(num)s answer missing", "In progress: %(num)s answers missing", len(faults)), "orange"
        address = url_for("applications.edit_application", application_id=application.id, _anchor=f"part-{part.id}")
        tasks.append((localized(part.title), address, state, colour))
    return tasks


def _partners(application: Application) -> list[tuple[str, str, str, str | None]]:
    """How many consents are missing, where the rules allow partners."""
    if queries.track_of(application.call, application.track).partners is None:
        return []
    state, colour = _("You apply alone"), "grey"
    if application.partners:
        missing = len(joint.lacking(application))
        state = ngettext("%(num)s consent missing", "%(num)s consents missing", missing) if missing else _("All agree")
        colour = "orange" if missing else ""
    return [(_("Partners"), url_for("applications.partner_list", application_id=application.id), state, colour or None)]


@blueprint.get("/vloge/<int:application_id>/priloge/<int:attachment_id>")
@needs(policy.may_see_attachment, of=queries.get_attachment)
def attachment(attachment: Attachment) -> ResponseReturnValue:
    """An attached file. It is always saved, never shown inside our pages."""
    return files.download(attachment.sha256, attachment.name, attachment.media_type)


@blueprint.get("/vloge/<int:application_id>/dokumenti/<int:document_id>")
@needs(policy.may_see_document, of=queries.get_document)
def application_document(found: ApplicationDocument) -> ResponseReturnValue:
    """A document on an application, such as its receipt."""
    return paper(found.document)
