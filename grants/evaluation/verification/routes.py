"""Addresses of the verification: the answers of an application that are to be verified, and one of them with its form."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.accounts.models import Role, User
from grants.accounts.policy import holds
from grants.applications.models import Application
from grants.applications.queries import get_application
from grants.applications.states import ApplicationStatus
from grants.base.access import current_person, needs
from grants.base.errors import Refused
from grants.base.forms import show_faults
from grants.evaluation.letters import legal
from grants.evaluation.verification import actions, findings, forms, policy
from grants.evaluation.verification.findings import Subject


@needs(policy.may_see_verifications, of=get_application)
def verification_page(application: Application) -> ResponseReturnValue:
    """Every answer that the rules want proven or that the office checks, with what was found out about it."""
    person = cast(User, current_person())
    return render_template(
        "evaluation/verification_page.html", application=application, call=application.call, answers=findings.all_of(application),
        evidence=findings.evidence_of(application), open=_is_open(application), may_verify=holds(person, Role.OFFICER, application.call.area),
    )  # fmt: skip


def _is_open(application: Application) -> bool:
    takes = application.status in (ApplicationStatus.OPENED, ApplicationStatus.IN_EVALUATION)
    return takes and not findings.is_frozen(application)


@needs(policy.may_verify, of=findings.get_subject)
def verify_fact(subject: Subject) -> ResponseReturnValue:
    """One answer: what is stated, the evidence, what was recorded before, and the form for a new record."""
    application, languages = subject.application, legal(subject.application.call.languages)
    form, messages, status = forms.form_for(subject.answer, languages, sent=request.method == "POST"), [], 200
    if request.method == "POST":
        status = 422
        finding = forms.finding_in(form, languages) if form.validate() else None
        if finding is not None:
            try:
                actions.verify(subject, finding, by=cast(User, current_person()))
            except Refused as refused:
                status = refused.status
                messages = show_faults(form, refused.fields) or ([] if refused.fields else [str(refused.message)])
            else:
                flash(_("Recorded: %(answer)s.", answer=subject.answer.title), "success")
                return redirect(url_for("evaluation.verification_page", application_id=application.id), 303)
        g.roll_back = True
        if status == 409 and subject.answer.latest is not None:
            form["replaces"].data = str(subject.answer.latest.id)
    page = render_template(
        "evaluation/verify_fact.html", application=application, call=application.call, answer=subject.answer, form=form,
        messages=[(message, None) for message in messages], evidence=findings.evidence_of(application), languages=languages,
        open=_is_open(application),
    )  # fmt: skip
    return page, status


def attach(blueprint: Blueprint) -> None:
    """Add these addresses to those of the stage."""
    blueprint.add_url_rule("/vloge/<int:application_id>/preverjanje", view_func=verification_page)
    blueprint.add_url_rule("/vloge/<int:application_id>/preverjanje/<place>", view_func=verify_fact, methods=["GET", "POST"])
