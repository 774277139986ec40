"""Who is out of what: members with a conflict of interest, and who scores an application without them."""

from __future__ import annotations

from collections.abc import Sequence

from grants.applications import joint
from grants.applications.models import Application
from grants.evaluation.models import Evaluation, Panel, PanelMember
from grants.evaluation.states import EvaluationStatus


def has_link(member: PanelMember, application: Application) -> bool:
    """Whether the data says that the member belongs to the applicant or to one of its partners, whatever was declared."""
    return joint.involves(application, member.user)


def is_recused(member: PanelMember, application: Application, *, live: bool = True) -> bool:
    """Whether this member is out of scoring this application: by a conflict with it or, where the panel recuses from the
    whole pot, by a conflict with any application that shares its pots. `live` also looks at today's memberships."""
    if live and has_link(member, application):
        return True
    if member.panel.recusal_scope == "pot":
        return any(recusal.application.track == application.track for recusal in member.recusals)
    return any(recusal.application_id == application.id for recusal in member.recusals)


def recused_from(member: PanelMember, applications: Sequence[Application], *, live: bool = True) -> set[int]:
    """Those of these applications (all of one pot) that this member does not see."""
    if live and member.user.memberships:
        joint.load_partners(applications)
    out = {application.id for application in applications if is_recused(member, application, live=live)}
    if out and member.panel.recusal_scope == "pot":
        return {application.id for application in applications}
    return out


Seats = dict[int, list[PanelMember]]


def seats_in(evaluation: Evaluation, applications: Sequence[Application]) -> Seats:
    """For each application of an evaluation the members who score it, the chair first, then in the order of appointment.

    A membership found while scoring runs counts at once. When the sheets are collected it is put on record, and from then
    on the record alone counts: a membership that begins later must not change points that were given.
    """
    return seats_on(evaluation.panel, applications, live=evaluation.status == EvaluationStatus.SCORING)


def seats_on(panel: Panel, applications: Sequence[Application], *, live: bool = True) -> Seats:
    """The same, before an evaluation is started."""
    order = sorted(panel.members, key=lambda member: (not member.chair, member.id))
    out = {member.id: recused_from(member, applications, live=live) for member in order}
    return {application.id: [member for member in order if application.id not in out[member.id]] for application in applications}
