"""What organisations say is wrong in the business register, and what the office answers."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.accounts import forms, policy, queries
from grants.accounts.models import Dispute, Organisation
from grants.accounts.register import disputes
from grants.accounts.routes.blueprint import blueprint, done, me, typed
from grants.base.access import needs
from grants.base.forms import tried


@blueprint.route("/organizacije/<int:organisation_id>/to-ni-prav", methods=["GET", "POST"])
@needs(policy.may_dispute, of=queries.get_organisation)
def dispute_register(organisation: Organisation) -> ResponseReturnValue:
    """Say that the register is wrong about the organisation."""
    form, status = forms.DisputeForm(), 200
    if request.method == "POST":
        _made, status = tried(form, lambda: disputes.raise_dispute(organisation, **typed(form), by=me()))
        if not status:
            return done(_("We have your note. You get an answer by e-mail."), "accounts.organisation_page", organisation_id=organisation.id)
    return render_template("accounts/dispute_register.html", form=form, organisation=organisation), status


@blueprint.get("/urad/register")
@needs(policy.may_see_disputes)
def dispute_list() -> ResponseReturnValue:
    """The register that is in use, and what organisations say is wrong in it."""
    return render_template(
        "accounts/dispute_list.html", disputes=queries.open_disputes(), snapshot=queries.find_snapshot(), disputable=forms.DISPUTABLE
    )


@blueprint.route("/urad/register/<int:dispute_id>", methods=["GET", "POST"])
@needs(policy.may_answer_dispute, of=queries.get_dispute)
def answer_dispute(dispute: Dispute) -> ResponseReturnValue:
    """Answer one of them."""
    form, status = forms.AnswerForm(), 200
    if request.method == "POST":
        _made, status = tried(form, lambda: disputes.answer_dispute(dispute, **typed(form), by=me()))
        if not status:
            return done(_("The answer is on its way to the organisation."), "accounts.dispute_list")
    return render_template("accounts/answer_dispute.html", form=form, dispute=dispute, disputable=forms.DISPUTABLE), status
