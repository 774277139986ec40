"""The scoring of a pot: its beginning, the collection of the sheets, and opening it again."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications.actions import office
from grants.applications.models import Application
from grants.base import clock, workflow
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import localized
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.evaluation import completeness, facts, letters, queries
from grants.evaluation.actions.recusing import FOUND, recuse
from grants.evaluation.models import Evaluation, Panel
from grants.evaluation.queries import Board
from grants.evaluation.recusal import has_link, recused_from, seats_on
from grants.evaluation.states import EvaluationStatus
from scoring.facts import clean_text


def start_evaluation(call: Call, pot: str, *, by: User) -> Evaluation:
    """Begin the scoring of one pot: every opened application of its track goes to the panel."""
    if call.status != CallStatus.OPENED:
        raise Refused(_("Scoring begins after the applications have been opened."))
    panel = queries.find_panel(call)
    if panel is None:
        raise Refused(_("No panel is appointed for this call yet. Appoint it first."))
    if waiting := queries.undeclared(panel):
        raise Refused(
            _(
                "Not everybody has declared on conflicts of interest. Still waiting for: %(names)s.",
                names=", ".join(member.user.name for member in waiting),
            )
        )
    try:
        track, rules = queries.rules_of(call).track_and_pot(pot)
    except KeyError:
        raise Refused(_("The rules of this call know no pot “%(pot)s”.", pot=pot), status=422) from None
    if queries.find_evaluation(call, pot) is not None:
        raise Refused(_("The scoring of “%(pot)s” was started already.", pot=localized(rules.title)))
    for application in queries.to_be_taken(call, track.id):
        office.take_into_evaluation(application, by=by)
    db.session.flush()
    competing = queries.in_tracks(call, [track.id])
    if not competing:
        raise Refused(_("There is no application for “%(pot)s”, so there is nothing to score.", pot=localized(rules.title)))
    _check_seats(panel, competing, rules.least_marks if rules.panel_criteria else 0)
    evaluation = Evaluation(panel=panel, pot=pot, started_at=clock.now())
    workflow.start(evaluation, by=by, pot=pot, applications=len(competing))
    db.session.flush()
    if rules.panel_criteria:
        for member in panel.members:
            if len(recused_from(member, competing)) < len(competing):
                letters.tell_started(member, rules)
    else:
        workflow.move(evaluation, EvaluationStatus.COLLECTED, by=by, pot=pot, sheets=0)
    return evaluation


def _check_seats(panel: Panel, competing: Sequence[Application], least: int) -> None:
    """A body decides with more than half of its members; the rules may want more marks than that."""
    seats = seats_on(panel, competing)
    wanted = max(least, len(panel.members) // 2 + 1)
    lacking = [application for application in competing if len(seats[application.id]) < wanted]
    if lacking:
        raise Refused(
            _(
                "Too few members are left without a conflict of interest for: %(applications)s. At least %(wanted)s have to score each application. Appoint other members, then start again.",
                applications=", ".join(f"{one.number} ({one.organisation.name})" for one in lacking), wanted=wanted,
            )
        )  # fmt: skip


def collect(evaluation: Evaluation, *, by: User) -> None:
    """Collect without those who have not finished, if enough have: more than half of those who score, and as many as the rules want."""
    queries.lock(evaluation)
    check_scoring(evaluation)
    board = queries.board_of(evaluation)
    check_leader(board, by)
    finished = queries.finished_pairs(evaluation)
    lacking = []
    for application in board.applications:
        seats = board.seats[application.id]
        wanted = max(board.pot.least_marks, len(seats) // 2 + 1)
        if sum((member.id, application.id) in finished for member in seats) < wanted:
            lacking.append(application)
    if lacking:
        raise Refused(
            _(
                "Too few sheets are finished for %(applications)s. More than half of the members who score an application have to finish it, and no fewer than the rules demand.",
                applications=completeness.named(board, lacking, by=by),
            )
        )
    _collect(board, by=by)


def collect_if_all_in(evaluation: Evaluation, *, by: User) -> None:
    """Collect as soon as nobody is missing."""
    board = queries.board_of(evaluation)
    if queries.all_in(board) and all(len(seats) >= board.pot.least_marks for seats in board.seats.values()):
        _collect(board, by=by)


def _collect(board: Board, *, by: User) -> None:
    for member in board.evaluation.panel.members:
        known = {recusal.application_id for recusal in member.recusals}
        for application in board.applications:
            if application.id not in known and has_link(member, application):
                recuse(member, application, FOUND, by=None)
    db.session.flush()
    workflow.move(
        board.evaluation, EvaluationStatus.COLLECTED, by=by, pot=board.evaluation.pot, sheets=len(queries.finished_pairs(board.evaluation))
    )
    leader = board.leader
    if leader is not None:
        letters.tell_collected(leader, board.pot)


def reopen(evaluation: Evaluation, *, reason: str, by: User) -> None:
    """Open the scoring again after the sheets were collected, for a reason on record. Members take up the sheets they want to change."""
    if evaluation.status != EvaluationStatus.COLLECTED:
        raise Refused(_("Scoring is opened again only between the collection of the sheets and the conclusion."))
    board = queries.board_of(evaluation)
    if not board.pot.panel_criteria:
        raise Refused(_("The points of this pot are all computed, so there is no scoring to open again."))
    check_leader(board, by)
    if len(clean_text(reason)) < facts.LEAST_REASON:
        raise Refused(
            _("Opening the scoring again needs a reason."),
            fields={"reason": _("Write the reason, in at least %(least)s characters.", least=facts.LEAST_REASON)},
            status=422,
        )
    workflow.move(evaluation, EvaluationStatus.SCORING, by=by, pot=evaluation.pot, reason=clean_text(reason))


def check_scoring(evaluation: Evaluation) -> None:
    """Refuse what belongs to the time of scoring once the sheets are collected."""
    if evaluation.status != EvaluationStatus.SCORING:
        raise Refused(_("The sheets are collected, so nobody changes their own any more."))


def check_leader(board: Board, by: User) -> None:
    """Refuse what only who leads the session does."""
    if board.leader is None or board.leader.user_id != by.id:
        raise Refused(_("Only the chair of the panel collects the sheets and concludes the scoring."), status=403)
