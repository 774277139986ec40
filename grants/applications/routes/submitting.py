"""The check page and the button, the receipt and the file it vouches for, withdrawing and taking up again."""

from __future__ import annotations

from io import BytesIO

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.applications import activities, answers, conditions, forms, joint, letters, plan, policy, presentation, queries, standing
from grants.applications.actions import ladder, submitting
from grants.applications.earlier import beside as earlier
from grants.applications.models import Application
from grants.applications.routes.blueprint import blueprint, by_fact, late_page, person, received_at, to, version
from grants.applications.states import ApplicationStatus
from grants.base import clock, documents, errors
from grants.base.access import needs, public
from grants.calls import queries as call_queries


@blueprint.route("/vloge/<int:application_id>/oddaja", methods=["GET", "POST"])
@needs(policy.may_submit, of=queries.get_application)
def submit_application(application: Application) -> ResponseReturnValue:
    """What is missing or wrong; when nothing is, one confirmation and the button."""
    form = forms.SubmitForm()
    if request.method == "POST":
        again = application.status == ApplicationStatus.SUBMITTED
        if form.validate() and (form.declared.data or again):
            try:
                submitting.submit(application, by=person(), version=version(), received_at=received_at())
                return to("applications.receipt", application)
            except ladder.Late as late:
                submitting.note_late_submission(application, by=person(), received_at=late.received_at)
                return late_page(application, late.received_at)
            except (submitting.Incomplete, submitting.Unmet, submitting.NotAgreed, submitting.EnteredAlready):
                return _check_page(application, form), 422
            except ladder.Changed:
                return _check_page(application, form, changed=True), 409
        if not form.declared.data:
            form.declared.errors = [_("Confirm that the data are true and complete.")]
        return _check_page(application, form), 422
    if application.status == ApplicationStatus.SUBMITTED:
        return to("applications.receipt", application)
    if application.status != ApplicationStatus.DRAFT:
        return to("applications.application_page", application)
    return _check_page(application, form)


def _check_page(application: Application, form: forms.SubmitForm, *, changed: bool = False) -> str:
    track = joint.rules_of(application)
    attachments = queries.attachments_of(application)
    checked = answers.check_draft(application, attachments=attachments)
    beside = earlier.find(application, by=person())
    return render_template(
        "applications/submit_application.html", application=application, track=track, banner=presentation.banner(application), form=form,
        faults=checked.faults, sections=presentation.sections(track, checked.values, by_fact(attachments)), changed=changed,
        conditions=conditions.for_applicant(application, track, checked.values, [fault.fact.id for fault in checked.faults]),
        is_open=call_queries.is_open(application.call), plan=plan.shown(track, application.call, checked.balance),
        earlier=beside, to_read_again=[one for one in beside.questions.values() if one.to_read_again and one.fact.id in checked.asked] if beside else [],
        partners=standing.partners_of(application, checked.balance), lacking=joint.lacking(application), **_entered(application),
    )  # fmt: skip


def _entered(application: Application) -> dict[str, list[str]]:
    """Activities that stand in other submitted applications, and as a hint those in other drafts of the applicant."""
    done = activities.activities_of(queries.track_of(application.call, application.track), application.answers)
    drafted = activities.drafted(application, done, application.organisation.tax_number)
    return {
        "entered": [standing.entered_already(application, one) for one in standing.blocking(application, done)],
        "drafted": [standing.entered_already(application, one) for one in drafted],
    }


@blueprint.get("/cas")
@public
def server_time() -> ResponseReturnValue:
    """The server's clock in milliseconds, for the clock on the pages of a draft."""
    return Response(str(int(clock.now().timestamp() * 1000)), mimetype="text/plain")


@blueprint.get("/vloge/<int:application_id>/potrdilo")
@needs(policy.may_see, of=queries.get_application)
def receipt(application: Application) -> ResponseReturnValue:
    """The receipt, at once; the PDF follows within seconds."""
    if application.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN):
        return to("applications.application_page", application)
    submission = queries.latest_submission(application)
    papers = [one for one in documents.of_subject(application, "receipt") if one.number == submission.number]
    return render_template(
        "applications/receipt.html", application=application, submission=submission,
        filed=letters.on_paper(submission.content["paper"]) if "paper" in submission.content else "", banner=presentation.banner(application),
        paper=papers[-1] if papers else None, track=queries.track_of(application.call, application.track),
        is_open=call_queries.is_open(application.call), member=policy.acts(person(), application),
        signs=letters.SIGNS, sealed=letters.sealed_until(application.call, on_paper="paper" in submission.content),
    )  # fmt: skip


@blueprint.get("/vloge/<int:application_id>/vsebina.json")
@needs(policy.may_see, of=queries.get_application)
def submission_content(application: Application) -> ResponseReturnValue:
    """What was submitted, byte for byte as its fingerprint was taken: `sha256sum` of the file gives what stands on the receipt."""
    submission = queries.find_submission(application) or errors.missing()
    file = BytesIO(submitting.canonical(submission.content))
    return send_file(file, mimetype="application/json", as_attachment=True, download_name=letters.content_name(submission), max_age=0)


@blueprint.route("/vloge/<int:application_id>/umik", methods=["GET", "POST"])
@needs(policy.may_withdraw, of=queries.get_application)
def withdraw_application(application: Application) -> ResponseReturnValue:
    """Take a submitted application back, after a page that says what that means."""
    if request.method == "POST":
        submitting.withdraw(application, by=person(), received_at=received_at())
        return to("applications.application_page", application, _("The application is withdrawn. Nothing is submitted any more."))
    if application.status != ApplicationStatus.SUBMITTED:
        return to("applications.application_page", application)
    return render_template("applications/withdraw_application.html", application=application, banner=presentation.banner(application))


@blueprint.post("/vloge/<int:application_id>/nadaljevanje")
@needs(policy.may_resume, of=queries.get_application)
def resume_application(application: Application) -> ResponseReturnValue:
    """Make a withdrawn application a draft again."""
    submitting.resume(application, by=person())
    return to("applications.edit_application", application, _("The application is a draft again. Submit it before the deadline."))
