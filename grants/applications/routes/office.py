"""What the office does with the applications of a call: counts, opening, its minutes, dismissing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from grants.applications import forms, policy, presentation, queries
from grants.applications.actions import office
from grants.applications.models import Application
from grants.applications.routes.blueprint import blueprint, paper, person, to
from grants.applications.states import ApplicationStatus
from grants.base import clock, errors
from grants.base.access import needs
from grants.base.language import localized
from grants.calls import queries as call_queries
from grants.calls.models import Call
from grants.calls.states import CallStatus


@blueprint.get("/urad/razpisi/<int:call_id>/vloge")
@needs(policy.may_list, of=call_queries.get_call)
def application_list(call: Call) -> ResponseReturnValue:
    """The applications of a call: counts until the opening, all rows after it."""
    opened = call.status in (CallStatus.OPENED, CallStatus.CONCLUDED)
    tracks = {track.id: localized(track.title) for track in call.rulebook.tracks}
    return render_template(
        "applications/application_list.html", call=call, opened=opened, tracks=tracks,
        counts={} if opened else queries.counts_for_staff(call), drafts=None if opened else queries.drafts_for_staff(call),
        unconfirmed=0 if opened else queries.unconfirmed_papers(call), takes_in=bool(policy.may_take_in(person(), call)), rows=queries.list_for_staff(call) if opened else (),
        names={status: str(name) for status, name in presentation.STATUS_NAMES.items()}, colours=presentation.STATUS_COLOURS, second=presentation.second,
        may_open=not opened and bool(policy.may_open(person(), call)), due=clock.now() >= call.opening_at,
    )  # fmt: skip


@blueprint.post("/urad/razpisi/<int:call_id>/odpiranje")
@needs(policy.may_open, of=call_queries.get_call)
def open_applications(call: Call) -> ResponseReturnValue:
    """Open all submitted applications of a call, at or after the published hour."""
    count = office.open_call(call, by=person())
    flash(ngettext("%(num)s application was opened.", "%(num)s applications were opened.", count), "success")
    return redirect(url_for("applications.application_list", call_id=call.id), 303)


@blueprint.get("/urad/razpisi/<int:call_id>/zapisnik-odpiranja.pdf")
@needs(policy.may_list, of=call_queries.get_call)
def opening_minutes(call: Call) -> ResponseReturnValue:
    """The minutes of the opening."""
    return paper(queries.find_minutes(call) or errors.missing())


@blueprint.route("/vloge/<int:application_id>/zavrzenje", methods=["GET", "POST"])
@needs(policy.may_dismiss, of=queries.get_application)
def dismiss_application(application: Application) -> ResponseReturnValue:
    """Dismiss an application without looking at its content, with the reason."""
    form = forms.DismissForm()
    if request.method == "POST":
        try:
            office.dismiss(application, by=person(), reason=form.reason.data or "")
            return to("applications.application_page", application, _("The application is dismissed and the organisation was told."))
        except errors.Refused as refusal:
            if "reason" not in refusal.fields:
                raise
            form.reason.errors = [refusal.fields["reason"]]
    elif application.status != ApplicationStatus.OPENED:
        return to("applications.application_page", application)
    page = render_template(
        "applications/dismiss_application.html", application=application, banner=presentation.banner(application), form=form
    )
    return page, 422 if request.method == "POST" else 200
