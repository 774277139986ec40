"""More time after an outage: a new, published version of the call."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.applications import office_forms
from grants.applications.actions import deadline
from grants.applications.routes.blueprint import blueprint, person
from grants.base import errors
from grants.base.access import needs
from grants.calls import forms as call_forms
from grants.calls import policy as calls
from grants.calls import queries as call_queries
from grants.calls.models import Call


@blueprint.route("/urad/razpisi/<int:call_id>/podaljsanje", methods=["GET", "POST"])
@needs(calls.may_extend, of=call_queries.get_call)
def extend_deadline(call: Call) -> ResponseReturnValue:
    """The outage, the new deadline and the reason in each language; published at once."""
    form = office_forms.extension_form(call)
    if form.validate_on_submit():
        try:
            amendment = deadline.extend(call, by=person(), **form.given(call))
        except errors.Refused as refusal:
            call_forms.blame(form, refusal)
        else:
            flash(_("Version %(version)s of the call is published. Everyone with a draft or a submission is told.", version=amendment.version), "success")  # fmt: skip
            return redirect(url_for("calls.call_page", call_id=call.id), 303)
    return render_template("applications/extend_deadline.html", call=call, form=form), 422 if request.method == "POST" else 200
