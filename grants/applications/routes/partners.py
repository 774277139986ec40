"""Partners of a joint application: the applicant names them; each of them reads what it would agree to, and agrees or declines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.applications import activities, answers, forms, joint, plan, policy, presentation, queries, standing
from grants.applications.actions import partnering
from grants.applications.models import Application, ApplicationPartner
from grants.applications.routes.blueprint import blueprint, by_fact, person, to
from grants.applications.states import ApplicationStatus
from grants.base import errors
from grants.base.access import needs
from grants.calls import forms as call_forms
from grants.calls import queries as call_queries
from scoring.finance import balance_of


@blueprint.route("/vloge/<int:application_id>/partnerji", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_application)
def partner_list(application: Application) -> ResponseReturnValue:
    """Who takes part, where each consent stands, and a form to name one more."""
    track = queries.track_of(application.call, application.track)
    if track.partners is None:
        errors.missing()
    form = forms.PartnerForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                partner = partnering.name_partner(
                    application, tax_number=form.tax_number.data or "", name=form.name.data or "", email=form.email.data or "",
                    task=form.task.data or "", by=person(),
                )  # fmt: skip
                return to(
                    "applications.partner_list",
                    application,
                    _("%(name)s is named. The request for its consent is on its way.", name=partner.name),
                )
            except errors.Refused as refusal:
                g.roll_back = True
                call_forms.blame(form, refusal)
    page = render_template(
        "applications/partner_list.html", application=application, track=track, form=form, banner=presentation.banner(application),
        partners=standing.partners_of(application, answers.check_draft(application).balance), is_open=call_queries.is_open(application.call),
    )  # fmt: skip
    return page, status


@blueprint.route("/vloge/<int:application_id>/partnerji/<int:partner_id>", methods=["GET", "POST"])
@needs(policy.may_change_partner, of=joint.get_partner)
def change_partner(partner: ApplicationPartner) -> ResponseReturnValue:
    """What a partner does, in other words."""
    form, status = forms.TaskForm(obj=partner), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                partnering.change_task(partner, task=form.task.data or "", by=person())
                return to("applications.partner_list", partner.application, _("Saved."))
            except errors.Refused as refusal:
                call_forms.blame(form, refusal)
    page = render_template(
        "applications/change_partner.html", application=partner.application, partner=partner, form=form, banner=presentation.banner(partner.application)
    )  # fmt: skip
    return page, status


@blueprint.post("/vloge/<int:application_id>/partnerji/<int:partner_id>/odstrani")
@needs(policy.may_change_partner, of=joint.get_partner)
def remove_partner(partner: ApplicationPartner) -> ResponseReturnValue:
    """Off the list again."""
    application = partner.application
    partnering.remove_partner(partner, by=person())
    return to("applications.partner_list", application, _("%(name)s is no longer a partner. Say in the finance plan who bears its costs now.", name=partner.name))  # fmt: skip


@blueprint.get("/partnerstva/<int:partner_id>")
@needs(policy.may_see_partnership, of=joint.get_partnership)
def partnership(partner: ApplicationPartner) -> ResponseReturnValue:
    """A joint application as a partner reads it: its own part first, then the whole, and its consent."""
    return _page(partner)


def _page(partner: ApplicationPartner, *, changed: bool = False) -> str:
    application = partner.application
    reads = policy.reads_as_partner(person(), partner)
    draft = application.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
    submission = None if draft or not reads else queries.latest_submission(application)
    checked = answers.check_draft(application) if draft and reads else None
    values = submission.content["answers"] if submission is not None else checked.values if checked is not None else {}
    agreement = joint.agreement_of(application, partner, None if draft else values)
    return render_template(
        "applications/partnership.html", partner=partner, application=application, track=queries.track_of(application.call, application.track),
        banner=presentation.banner(application), reads=reads, submission=submission, changed=changed, mark=joint.sha256_of(agreement),
        own=standing.own_part(application, partner), agreement=agreement, lines=standing.lines_of(application, agreement["lines"]),
        answerable=reads and application.status == ApplicationStatus.DRAFT, may_answer=policy.may_answer_partnership(person(), partner), agrees=joint.agrees(application, partner),
        sections=_sections(application, values) if reads else (),
        partners=standing.partners_in(submission.content) if submission is not None else standing.partners_of(application, checked.balance) if checked is not None else (),
        plan=plan.shown(joint.rules_of(application), application.call, balance_of(joint.rules_of(application), values)) if reads else None,
        entered=_entered(partner) if reads and draft else (),
    )  # fmt: skip


def _sections(application: Application, values: Mapping[str, Any]) -> list[presentation.Section]:
    """The answers without what is personal, also without such files."""
    attachments = [one for one in queries.attachments_of(application) if one.fact not in policy.personal_files(application)]
    return presentation.without_personal(presentation.sections(joint.rules_of(application), values, by_fact(attachments)))


def _entered(partner: ApplicationPartner) -> list[str]:
    """Where this partner has the same activities already: its own affair, so only its own people are told."""
    application, number = partner.application, partner.tax_number
    done = activities.activities_of(queries.track_of(application.call, application.track), application.answers)
    found = [*activities.entered(application, done, [number]), *activities.drafted(application, done, number)]
    return [standing.entered_by_partner(one) for one in found]


@blueprint.post("/partnerstva/<int:partner_id>/soglasje")
@needs(policy.may_answer_partnership, of=joint.get_partnership)
def consent_to_partnership(partner: ApplicationPartner) -> ResponseReturnValue:
    """Yes, to exactly what the page showed."""
    try:
        partnering.consent(partner, sha256=request.form.get("agreement", ""), by=person())
    except partnering.AgreementChanged:
        return _page(partner, changed=True), 409
    return _back(partner, _("Your organisation agrees. If what it agreed to is changed, we ask you again."))


@blueprint.post("/partnerstva/<int:partner_id>/zavrnitev")
@needs(policy.may_answer_partnership, of=joint.get_partnership)
def decline_partnership(partner: ApplicationPartner) -> ResponseReturnValue:
    """No, or no longer."""
    partnering.decline(partner, by=person())
    return _back(partner, _("Your organisation does not take part. The applicant is told."))


def _back(partner: ApplicationPartner, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for("applications.partnership", partner_id=partner.id), 303)
