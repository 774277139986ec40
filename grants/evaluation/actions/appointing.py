"""The panel: its appointment, the declarations, and conflicts of interest that a member notices later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.evaluation import letters, queries, states
from grants.evaluation.actions.collecting import collect_if_all_in
from grants.evaluation.actions.recusing import FOUND, recuse
from grants.evaluation.models import Declaration, Panel, PanelMember
from grants.evaluation.recusal import has_link
from grants.evaluation.states import EvaluationStatus
from scoring.facts import clean_text

LEAST_CONFLICT = 5


def appoint(
    call: Call, users: Sequence[User], *, chair: User, by: User, recusal_scope: str = "application", order_number: str = ""
) -> Panel:
    """Appoint the panel of a call. Until the first scoring begins a new appointment replaces the old one; who stays keeps the declaration."""
    if call.status in (CallStatus.CANCELLED, CallStatus.CONCLUDED):
        raise Refused(_("This call has ended, so no panel is appointed for it any more."))
    people = list({user.id: user for user in users}.values())
    if len(people) not in (3, 5, 7):
        raise Refused(
            _("A panel has 3, 5 or 7 members, so that a vote cannot end in a tie. You named %(number)s.", number=len(people)),
            fields={"members": _("Name 3, 5 or 7 different people.")}, status=422,
        )  # fmt: skip
    if chair.id not in {user.id for user in people}:
        raise Refused(_("The chair is one of the members."), fields={"chair": _("Choose the chair among the members.")}, status=422)
    for user in people:
        if not user.active or user.confirmed_at is None:
            wrong = _("%(name)s has no confirmed account yet, so nothing could be shown to them.", name=user.name or user.email)
            raise Refused(wrong, fields={"members": wrong}, status=422)
    if recusal_scope not in ("application", "pot"):
        raise Refused(_("Choose what a conflict of interest excludes from."), fields={"recusal_scope": _("Choose one.")}, status=422)
    panel = queries.find_panel(call)
    if panel is None:
        panel = Panel(call=call, appointed_at=clock.now(), members=[])
        db.session.add(panel)
    elif queries.evaluations_of(call):
        raise Refused(_("Scoring has begun, so the panel does not change any more."))
    panel.recusal_scope, panel.order_number, panel.appointed_at = recusal_scope, order_number.strip(), clock.now()
    staying = {member.user_id: member for member in panel.members if member.user_id in {user.id for user in people}}
    for member in [member for member in panel.members if member.user_id not in staying]:
        _dismiss(member)
    new = [user for user in people if user.id not in staying]
    panel.members.extend(PanelMember(user=user, chair=False) for user in new)
    for member in panel.members:
        member.chair = member.user_id == chair.id or member.user is chair
    db.session.flush()
    audit.record(states.APPOINTED, panel, by=by, members=len(people))
    for member in panel.members:
        if member.user in new:
            letters.tell_appointed(member)
    return panel


def _dismiss(member: PanelMember) -> None:
    for recusal in member.recusals:
        db.session.delete(recusal)
    if member.declaration is not None:
        db.session.delete(member.declaration)
    member.panel.members.remove(member)
    db.session.delete(member)


def declare(member: PanelMember, conflicts: Mapping[int, str], *, statement: str, by: User) -> Declaration:
    """The member's declaration, once the applicants are known. What the data knows is added whatever was declared."""
    call = member.panel.call
    if by.id != member.user_id:
        raise Refused(_("Each member declares in person."), status=403)
    if call.status != CallStatus.OPENED:
        raise Refused(_("The applicants are not known yet. You declare after the applications have been opened."))
    if member.declaration is not None:
        raise Refused(_("You have declared already. Report a conflict that you notice later on the page of the application."))
    candidates = {application.id: application for application in queries.applicants(call)}
    if set(conflicts) - set(candidates):
        raise Refused(_("The list of applicants has changed since you opened the page. Look at it again."))
    short = {
        f"reason-{one}": _("Say in a few words what ties you to this applicant.")
        for one, why in conflicts.items()
        if len(clean_text(why)) < LEAST_CONFLICT
    }
    if short:
        raise Refused(_("A conflict of interest is recorded with its reason."), fields=short, status=422)
    member.declaration = Declaration(member_id=member.id, statement=statement.strip(), declared_at=clock.now())
    reasons = {one: clean_text(why) for one, why in conflicts.items()}
    reasons |= {one: FOUND for one, application in candidates.items() if one not in reasons and has_link(member, application)}
    for one, why in reasons.items():
        recuse(member, candidates[one], why, by=by)
    db.session.flush()
    audit.record(states.DECLARED, member.panel, by=by, conflicts=len(reasons))
    return member.declaration


def report_conflict(member: PanelMember, application: Application, *, reason: str, by: User) -> None:
    """A member notices a conflict while scoring, stops, and is out: what they marked there counts no more."""
    if by.id != member.user_id:
        raise Refused(_("Each member declares in person."), status=403)
    if len(clean_text(reason)) < LEAST_CONFLICT:
        raise Refused(
            _("A conflict of interest is recorded with its reason."),
            fields={"conflict": _("Say in a few words what ties you to this applicant.")},
            status=422,
        )
    under_way = [one for one in queries.evaluations_of(member.panel.call) if queries.track_and_pot(one)[0].id == application.track]
    if not any(one.status == EvaluationStatus.SCORING for one in under_way):
        raise Refused(
            _("The sheets are collected already. Tell the chair and the call officer, who decide whether scoring is opened again.")
        )
    if any(recusal.application_id == application.id for recusal in member.recusals):
        return
    recuse(member, application, clean_text(reason), by=by)
    db.session.flush()
    for one in under_way:
        queries.lock(one)
        if one.status == EvaluationStatus.SCORING:
            collect_if_all_in(one, by=by)
