"""Who may see and do what in an evaluation. A member sees nothing before the declaration, and never what they are recused from."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.accounts.models import Role, User
from grants.accounts.policy import holds
from grants.applications import joint
from grants.base.access import Verdict
from grants.calls.models import Call
from grants.evaluation import queries
from grants.evaluation.models import Panel, PanelMember
from grants.evaluation.queries import Board, Case, CaseFile
from grants.evaluation.states import EvaluationStatus

READERS = (Role.OFFICER, Role.FINANCE, Role.SIGNER, Role.AUDITOR)


@dataclass(frozen=True)
class DeclareFirst:
    """The reason of a refusal that leads to the declaration (see `routes.declare_first`)."""

    call_id: int

    def __str__(self) -> str:
        return _(
            "You are a member of this panel, but you have not declared on conflicts of interest yet. Until you do, nothing of the evaluation may be shown to you."
        )


def _reads(user: User, call: Call) -> bool:
    return any(holds(user, role, call.area) for role in READERS)


def _manages(user: User, call: Call) -> bool:
    return holds(user, Role.OFFICER, call.area)


def _member_or_reader(user: User, panel: Panel) -> Verdict:
    """A member first, whatever office they hold besides."""
    member = queries.seat_of(user, panel)
    if member is not None:
        return Verdict.yes() if member.declaration is not None else Verdict.no(DeclareFirst(panel.call_id))
    return Verdict.yes() if _reads(user, panel.call) else Verdict.hidden()


def may_see_panel(user: User, call: Call) -> Verdict:
    """The office of the area; members once they have declared. For others there is no panel."""
    panel = queries.find_panel(call)
    if panel is None:
        return Verdict.yes() if _reads(user, call) else Verdict.hidden()
    return _member_or_reader(user, panel)


def may_appoint(user: User, call: Call) -> Verdict:
    """Officers of the area."""
    if _manages(user, call):
        return Verdict.yes()
    if _reads(user, call):
        return Verdict.no(_l("Only the call officer of this area appoints the panel and starts the scoring."))
    return Verdict.hidden()


def may_start(user: User, call: Call) -> Verdict:
    """Officers of the area."""
    return may_appoint(user, call)


def may_declare(user: User, member: PanelMember) -> Verdict:
    """The member in person."""
    return Verdict.yes() if member.user_id == user.id else Verdict.hidden()


def may_score_in(user: User, panel: Panel) -> Verdict:
    """Members who have declared: their list of work."""
    member = queries.seat_of(user, panel)
    if member is None:
        return Verdict.hidden()
    return Verdict.yes() if member.declaration is not None else Verdict.no(DeclareFirst(panel.call_id))


def may_see_evaluation(user: User, board: Board) -> Verdict:
    """The office of the area; members who have declared and are not recused from the whole pot."""
    verdict = _member_or_reader(user, board.evaluation.panel)
    if verdict and queries.seat_of(user, board.evaluation.panel) and not board.seen_by(user):
        return Verdict.hidden()
    return verdict


def may_score(user: User, case: Case) -> Verdict:
    """Members who score this application. A recused member is told nothing, not even that it exists."""
    member = queries.seat_of(user, case.evaluation.panel)
    if member is None:
        return Verdict.hidden()
    if member.declaration is None:
        return Verdict.no(DeclareFirst(case.evaluation.panel.call_id))
    return Verdict.yes() if case.seat(user) is not None else Verdict.hidden()


def may_read_file(user: User, file: CaseFile) -> Verdict:
    """Members who score the application. The office reads the file on the page of the application."""
    return may_score(user, file.case)


def may_see_collected(user: User, case: Case) -> Verdict:
    """Members who score it and the office of the area, once the sheets are collected; before, nobody.

    An official who acts for the applicant or for a partner is a party here, and the party never reads how the panel deliberated.
    """
    if queries.seat_of(user, case.evaluation.panel) is not None:
        verdict = may_score(user, case)
    elif joint.involves(case.application, user) or not _reads(user, case.board.call):
        verdict = Verdict.hidden()
    else:
        verdict = Verdict.yes()
    if verdict and case.evaluation.status == EvaluationStatus.SCORING:
        return Verdict.no(_l("The marks are not collected yet. Until every member has finished, nobody sees those of another."))
    return verdict


def may_agree(user: User, case: Case) -> Verdict:
    """The chair; where the chair is recused, the next member in the order of appointment."""
    seen = may_see_collected(user, case)
    if seen and (case.leader is None or case.leader.user_id != user.id):
        return Verdict.no(_l("Only the chair of the panel writes down what the panel agreed on."))
    return seen


def may_conclude(user: User, board: Board) -> Verdict:
    """Who leads the session on this pot: the chair or, if the chair is recused from all of it, the next member."""
    seen = may_see_evaluation(user, board)
    if seen and (board.leader is None or board.leader.user_id != user.id):
        return Verdict.no(_l("Only the chair of the panel collects the sheets and concludes the scoring."))
    return seen


def may_see_minutes(user: User, board: Board) -> Verdict:
    """The office; members who are recused from nothing in this pot, because the minutes name every application."""
    verdict = may_see_evaluation(user, board)
    if not verdict:
        return verdict
    if len(board.seen_by(user)) < len(board.applications):
        if queries.seat_of(user, board.evaluation.panel) is not None:
            return Verdict.no(
                _l(
                    "The minutes tell of every application of this pot, also of those from which you are excluded. Ask the call officer for the part that concerns you."
                )
            )
        return Verdict.hidden()
    return verdict
