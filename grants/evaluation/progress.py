"""How far each member is with their own sheets: that they are finished, never what is on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from grants.applications.models import Application
from grants.base.db import db
from grants.evaluation import queries
from grants.evaluation.models import Evaluation, MemberSheet, Panel, PanelMember
from grants.evaluation.recusal import recused_from
from grants.evaluation.states import EvaluationStatus, MemberSheetStatus


def own_sheets(member: PanelMember, evaluations: Sequence[Evaluation]) -> dict[tuple[int, int], MemberSheetStatus]:
    """The state of a member's own sheets by (evaluation, application)."""
    query = select(MemberSheet.evaluation_id, MemberSheet.application_id, MemberSheet.status).where(
        MemberSheet.member_id == member.id, MemberSheet.evaluation_id.in_([one.id for one in evaluations])
    )
    return {(evaluation, application): MemberSheetStatus(status) for evaluation, application, status in db.session.execute(query)}


@dataclass(frozen=True)
class Progress:
    """How far one member is with their own sheets."""

    done: int
    total: int


def progress_of(members: Sequence[PanelMember]) -> dict[int, Progress]:
    """For the desk: how far these places on panels are, over all evaluations under way; recused applications do not count."""
    calls = {member.panel.call_id: member.panel.call for member in members}
    evaluations = list(
        db.session.scalars(
            select(Evaluation)
            .join(Evaluation.panel)
            .where(Panel.call_id.in_(list(calls)), Evaluation.status == EvaluationStatus.SCORING)
            .options(*queries.WHOLE)
        )
    )
    competing: dict[tuple[int, str], list[Application]] = {}
    for application in db.session.scalars(
        select(Application).where(Application.call_id.in_(list(calls)), Application.status.in_(queries.SCORED))
    ):
        competing.setdefault((application.call_id, application.track), []).append(application)
    finished = {
        (evaluation, member, application)
        for evaluation, member, application in db.session.execute(
            select(MemberSheet.evaluation_id, MemberSheet.member_id, MemberSheet.application_id).where(
                MemberSheet.evaluation_id.in_([one.id for one in evaluations]), MemberSheet.status == MemberSheetStatus.FINISHED
            )
        )
    }
    result = {}
    for member in members:
        pairs = set()
        for one in evaluations:
            if one.panel_id == member.panel_id and member.declaration is not None:
                fellows = competing.get((member.panel.call_id, queries.track_and_pot(one)[0].id), [])
                out = recused_from(member, fellows)
                pairs |= {(one.id, member.id, application.id) for application in fellows if application.id not in out}
        result[member.id] = Progress(len(pairs & finished), len(pairs))
    return result
