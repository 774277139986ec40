"""What the pages of the evaluation show, made only of what `queries.visible` leaves to the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l

from grants.accounts.models import User
from grants.applications import presentation
from grants.applications.models import Application, Submission
from grants.base import audit
from grants.base.language import points
from grants.calls.models import Call
from grants.evaluation import facts, letters, progress, queries
from grants.evaluation.models import Agreement, Evaluation, MemberSheet, Panel, PanelMember
from grants.evaluation.queries import Board, Case
from grants.evaluation.states import EvaluationStatus, MemberSheetStatus
from scoring.questions import Text
from scoring.rulebook import Track
from scoring.sharing import Pot

EVALUATION_STATES = {
    EvaluationStatus.SCORING: (_l("Members are scoring"), "blue"),
    EvaluationStatus.COLLECTED: (_l("Collected, waiting for the session"), "yellow"),
    EvaluationStatus.CONCLUDED: (_l("Concluded"), "green"),
}
NOT_STARTED = (_l("Not started"), "grey")
SHEET_STATES = {
    None: (_l("To be scored"), "blue"),
    MemberSheetStatus.STARTED: (_l("Draft"), "yellow"),
    MemberSheetStatus.FINISHED: (_l("Finished"), None),
}
RULES = {
    "agreed": _l("The panel agrees on one joint mark."),
    "mean": _l("The points are the mean of the members' marks, exactly; they are rounded only for showing."),
    "trimmed_mean": _l("The highest and the lowest mark are left out; the points are the mean of the others, exactly."),
    "median": _l("The points are the median of the members' marks."),
}


@dataclass(frozen=True)
class PotLine:
    """One pot of a call, with its evaluation if it was started."""

    track: Track
    pot: Pot
    evaluation: Evaluation | None

    @property
    def state(self) -> tuple[Any, str]:
        """Words and colour."""
        return EVALUATION_STATES[EvaluationStatus(self.evaluation.status)] if self.evaluation else NOT_STARTED


def pot_lines(user: User, panel: Panel | None, call: Call) -> list[PotLine]:
    """The pots of a call. A member who is recused from a whole pot finds no evaluation there."""
    started = {one.pot: one for one in queries.evaluations_of(call)}
    member = queries.seat_of(user, panel) if panel else None
    if member is not None and started:
        tracks = {queries.rules_of(call).track_and_pot(pot)[0].id for pot in started}
        competing: dict[str, list[Application]] = {track: [] for track in tracks}
        for application in queries.in_tracks(call, tracks):
            competing[application.track].append(application)
        started = {
            pot: one
            for pot, one in started.items()
            if queries.visible(user, one, competing[queries.rules_of(call).track_and_pot(pot)[0].id])
        }
    return [PotLine(track, pot, started.get(pot.id)) for track, pot in queries.rules_of(call).pots()]


@dataclass(frozen=True)
class WorkLine:
    """One application on a member's list of work."""

    evaluation: Evaluation
    application: Application
    status: MemberSheetStatus | None

    @property
    def state(self) -> tuple[Any, str | None]:
        """Words and colour."""
        return SHEET_STATES[self.status]


@dataclass(frozen=True)
class WorkPot:
    """A pot on a member's list of work: what they see of it, and how far they are. Nothing about anybody else."""

    board: Board
    lines: Sequence[WorkLine]

    @property
    def done(self) -> int:
        """How many sheets of their own are finished."""
        return sum(line.status == MemberSheetStatus.FINISHED for line in self.lines)

    @property
    def state(self) -> tuple[Any, str]:
        """Words and colour."""
        return EVALUATION_STATES[EvaluationStatus(self.board.evaluation.status)]


def work_of(member: PanelMember) -> list[WorkPot]:
    """Every evaluation of the call with the applications that this member may see."""
    call = member.panel.call
    evaluations = queries.evaluations_of(call)
    tracks = {one.id: queries.track_and_pot(one)[0].id for one in evaluations}
    competing: dict[str, list[Application]] = {}
    for application in queries.in_tracks(call, set(tracks.values())):
        competing.setdefault(application.track, []).append(application)
    own = progress.own_sheets(member, evaluations)
    pots = []
    for one in evaluations:
        board = Board(one, competing.get(tracks[one.id], []))
        lines = [WorkLine(one, application, own.get((one.id, application.id))) for application in board.seen_by(member.user)]
        if lines:
            pots.append(WorkPot(board, lines))
    return pots


@dataclass(frozen=True)
class MemberLine:
    """One member on the page of a pot: for the office how far they are, never what they marked."""

    member: PanelMember
    done: int
    total: int


def member_lines(board: Board) -> list[MemberLine]:
    """How far the members are."""
    finished = queries.finished_pairs(board.evaluation)
    lines = []
    for member in board.evaluation.panel.members:
        own = [application for application, members in board.seats.items() if member in members]
        lines.append(MemberLine(member, sum((member.id, one) in finished for one in own), len(own)))
    return lines


@dataclass(frozen=True)
class ResultLine:
    """One application on the page of a pot after the collection: what the panel marks and the facts come to so far."""

    application: Application
    sheets: int
    widest: Fraction
    gaps: int
    total: Fraction | None


def result_lines(user: User, board: Board) -> list[ResultLine]:
    """The applications that the reader sees, with sums made of these alone. Empty before the collection."""
    if board.evaluation.status == EvaluationStatus.SCORING:
        return []
    seen = board.seen_by(user)
    sheets, agreed = queries.collected(board, seen), queries.agreements_in(board.evaluation, seen)
    frozen = {sheet.application_id: Fraction(sheet.total) for sheet in queries.sheets_of(board.evaluation)}
    languages, judged = letters.legal(board.call.languages), facts.judged_by_application(board, seen)
    lines = []
    for application in seen:
        rows = facts.tallies(board.pot, judged[application.id], sheets[application.id], agreed[application.id])
        widest = max((row.spread for row in rows), default=Fraction(0))
        gaps = facts.gaps_in(application, languages, rows)
        lines.append(ResultLine(application, len(sheets[application.id]), widest, len(gaps), frozen.get(application.id)))
    return lines


def sections_of(track: Track, submission: Submission) -> tuple[presentation.Section, ...]:
    """The application as it was submitted, section by section."""
    files: dict[str, list[Any]] = {}
    for one in submission.content.get("attachments", ()):
        files.setdefault(one["fact"], []).append(one)
    return presentation.sections(track, submission.content["answers"], files, written=presentation.as_written(submission.content))


def notes_of(board: Board) -> list[Text]:
    """What the rules say about themselves and must not be overlooked."""
    return [*queries.rules_of(board.call).notes, *board.pot.notes]


def kept_marks(sheet: MemberSheet | None) -> dict[str, tuple[str, str]]:
    """What is saved on a sheet."""
    return {mark.key: (mark.points, mark.reason) for mark in sheet.marks} if sheet else {}


def kept_agreements(rows: Sequence[facts.Tally], agreed: Mapping[str, Agreement]) -> dict[str, tuple[str, Mapping[str, str]]]:
    """What the panel has put down; where it has nothing yet, the members' own reasons (and their common mark) to edit."""
    kept: dict[str, tuple[str, Mapping[str, str]]] = {}
    for row in rows:
        known = agreed.get(row.key)
        if known is not None:
            kept[row.key] = (known.points or "", known.reason)
        else:
            draft = row.draft_points
            kept[row.key] = ("" if draft is None else points(draft, "en").replace(",", ""), {"sl": row.draft_reason})
    return kept


def open_criteria(rows: Sequence[facts.Tally], *, with_points: bool) -> list[facts.Judged]:
    """That for which the panel has something to write: a joint mark, or a reason below the maximum."""
    return [row.judged for row in rows if with_points or row.needs_reason]


def timeline_for(user: User, board: Board) -> list[audit.Entry]:
    """What happened, newest first. A member who is recused from something reads the public part only: counts would tell."""
    member = queries.seat_of(user, board.evaluation.panel)
    whole = member is None or len(board.seen_by(user)) == len(board.applications)
    entries = audit.timeline(board.evaluation, audit.STAFF if whole else audit.PUBLIC)
    return entries[::-1]


def neighbours(user: User, case: Case) -> tuple[Application | None, Application | None]:
    """The application before and after, among those that the reader sees."""
    seen = case.board.seen_by(user)
    place = [one.id for one in seen].index(case.application.id)
    return (seen[place - 1] if place else None, seen[place + 1] if place + 1 < len(seen) else None)
