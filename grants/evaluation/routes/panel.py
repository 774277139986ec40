"""The panel of a call: its page, appointing it, what its members declare, and starting the scoring of a pot."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from grants.accounts.models import User
from grants.accounts.queries import find_user
from grants.base import audit
from grants.base.access import needs
from grants.base.errors import Refused
from grants.base.forms import show_faults, tried
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.evaluation import forms, letters, policy, queries, views
from grants.evaluation.actions import appointing, collecting
from grants.evaluation.models import Panel, PanelMember
from grants.evaluation.recusal import has_link
from grants.evaluation.routes.blueprint import Messages, again, blueprint, me, my_place
from grants.evaluation.states import EvaluationStatus


@blueprint.get("/razpisi/<int:call_id>/komisija")
@needs(policy.may_see_panel, of=get_call)
def panel_page(call: Call) -> ResponseReturnValue:
    """The panel of a call, its declarations, and the pots with the state of their scoring."""
    return _panel_page(call)


def _panel_page(call: Call, messages: Messages | None = None) -> str:
    person = me()
    panel = queries.find_panel(call)
    member = queries.seat_of(person, panel) if panel else None
    return render_template(
        "evaluation/panel_page.html", call=call, panel=panel, member=member, messages=messages or [],
        pots=views.pot_lines(person, panel, call), may_manage=bool(policy.may_appoint(person, call)), reason_of=letters.reason_of,
        entries=audit.timeline(panel, audit.PUBLIC if member else audit.STAFF)[::-1] if panel else [],
    )  # fmt: skip


@blueprint.get("/razpisi/<int:call_id>/komisija/imenovanje")
@needs(policy.may_appoint, of=get_call)
def appointment(call: Call) -> ResponseReturnValue:
    """The form of the appointment, with the present panel in it."""
    panel = queries.find_panel(call)
    data: dict[str, Any] = {}
    if panel is not None:
        chair = next((member.user.email for member in panel.members if member.chair), "")
        data = {
            "members": "\n".join(member.user.email for member in panel.members), "chair": chair,
            "recusal_scope": panel.recusal_scope, "order_number": panel.order_number,
        }  # fmt: skip
    return render_template("evaluation/appointment.html", call=call, form=forms.AppointmentForm(formdata=None, data=data), messages=[])


@blueprint.post("/razpisi/<int:call_id>/komisija/imenovanje")
@needs(policy.may_appoint, of=get_call)
def appoint(call: Call) -> ResponseReturnValue:
    """Appoint the panel; each new member gets a message."""
    form = forms.AppointmentForm()

    def act() -> Panel:
        people = _people(form.members.data or "")
        chair = _people(form.chair.data or "", field="chair")[0]
        return appointing.appoint(
            call, people, chair=chair, by=me(), recusal_scope=form.recusal_scope.data, order_number=form.order_number.data or ""
        )

    panel, status = tried(form, act)
    if status:
        return again("evaluation/appointment.html", status, call=call, form=form, messages=[])
    count = len(panel.members)
    flash(ngettext("The panel is appointed: %(num)s member.", "The panel is appointed: %(num)s members.", count), "success")
    return redirect(url_for("evaluation.panel_page", call_id=call.id), 303)


def _people(text: str, field: str = "members") -> list[User]:
    found, unknown = [], []
    for address in text.replace(",", " ").replace(";", " ").split():
        user = find_user(address)
        if user is None:
            unknown.append(address)
        else:
            found.append(user)
    if unknown:
        wrong = _(
            "Nobody has an account with this address: %(addresses)s. Ask them to create one, or correct the address.",
            addresses=", ".join(unknown),
        )
        raise Refused(wrong, fields={field: wrong}, status=422)
    return found


@blueprint.get("/razpisi/<int:call_id>/izjava")
@needs(policy.may_declare, of=my_place)
def declaration(member: PanelMember) -> ResponseReturnValue:
    """The applicants by name and track, and the member's declaration on conflicts of interest."""
    applicants = queries.applicants(member.panel.call)
    return render_template("evaluation/declaration.html", **_declaration(member, applicants, forms.declaration_form(applicants)))


def _declaration(member: PanelMember, applicants: Any, form: FlaskForm, messages: Messages | None = None) -> dict[str, Any]:
    call = member.panel.call
    return {
        "member": member, "call": call, "applicants": applicants, "form": form, "messages": messages or [], "reason_of": letters.reason_of, "who_does_it": forms.who_does_it,
        "tracks": {track.id: track.title for track in queries.rules_of(call).tracks},
        "found": {application.id for application in applicants if has_link(member, application)},
    }  # fmt: skip


@blueprint.post("/razpisi/<int:call_id>/izjava")
@needs(policy.may_declare, of=my_place)
def declare(member: PanelMember) -> ResponseReturnValue:
    """Declare."""
    applicants = queries.applicants(member.panel.call)
    form = forms.declaration_form(applicants)
    messages: Messages = []
    status = 422
    if form.validate_on_submit():
        conflicts = {one: form[f"reason-{one}"].data or "" for one in form["conflicts"].data or []}
        named = {one.id for one in applicants if (form[f"reason-{one.id}"].data or "").strip()} - set(conflicts)
        if named:
            # A reason without its tick would be lost without a word.
            for one in named:
                form[f"reason-{one}"].errors = [
                    _("You wrote a reason but did not tick this applicant above. Tick it, or remove the reason.")
                ]
        else:
            try:
                appointing.declare(member, conflicts, statement=form["statement"].data or "", by=me())
            except Refused as refused:
                status = refused.status
                show_faults(form, refused.fields)
                messages = [] if refused.fields else [str(refused.message)]
            else:
                flash(_("Thank you. Your declaration is on record."), "success")
                return redirect(url_for("evaluation.work_list", call_id=member.panel.call_id), 303)
    return again("evaluation/declaration.html", status, **_declaration(member, applicants, form, messages))


@blueprint.post("/razpisi/<int:call_id>/ocenjevanje")
@needs(policy.may_start, of=get_call)
def start(call: Call) -> ResponseReturnValue:
    """Begin the scoring of one pot."""
    form = forms.StartForm()
    if not form.validate_on_submit():
        return _panel_page(call, [_("Choose the pot whose scoring is to begin.")]), 422
    try:
        evaluation = collecting.start_evaluation(call, form.pot.data or "", by=me())
    except Refused as refused:
        g.roll_back = True
        return _panel_page(call, [str(refused.message)]), refused.status
    if evaluation.status == EvaluationStatus.COLLECTED:
        flash(_("All points of this pot are computed from the applications. The chair concludes the scoring."), "success")
    else:
        flash(_("Scoring has begun. The members have been told."), "success")
    return redirect(url_for("evaluation.panel_page", call_id=call.id), 303)
