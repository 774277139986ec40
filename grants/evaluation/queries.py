"""Reads of the evaluation. What a person may see is decided here, once; every list, count and sum is made of what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload, selectinload

from grants.accounts.models import Organisation, User
from grants.applications import joint
from grants.applications.models import Application
from grants.applications.queries import latest_submission
from grants.applications.states import ApplicationStatus
from grants.base import errors
from grants.base.db import db
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.evaluation.models import Agreement, Evaluation, MemberSheet, Panel, PanelMember, Sheet
from grants.evaluation.recusal import Seats, has_link, recused_from, seats_in
from grants.evaluation.states import EvaluationStatus, MemberSheetStatus
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot

_OPENED = (ApplicationStatus.OPENED, ApplicationStatus.IN_EVALUATION, ApplicationStatus.DECIDED)
SCORED = (ApplicationStatus.IN_EVALUATION, ApplicationStatus.DECIDED)
# The rules are large and frozen: they are loaded only when this process has not read them yet (see `rules_of`).
_CALL = (defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged))


# The panel


def get_panel(call_id: int) -> Panel:
    """The panel of a call with its members, or 404."""
    return find_panel(get_call(call_id)) or errors.missing()


def find_panel(call: Call) -> Panel | None:
    """The panel of a call with its members, if it is appointed."""
    query = select(Panel).where(Panel.call_id == call.id).options(joinedload(Panel.call).options(*_CALL), selectinload(Panel.members))
    return db.session.scalars(query).one_or_none()


def find_member(user: User, call: Call) -> PanelMember | None:
    """This person's place on the panel of a call, if there is one."""
    panel = find_panel(call)
    return None if panel is None else seat_of(user, panel)


def get_member_of(call_id: int, user: User | None) -> PanelMember:
    """This person's place on the panel of a call, or 404."""
    return (find_member(user, get_call(call_id)) if user else None) or errors.missing()


def seat_of(user: User | None, panel: Panel) -> PanelMember | None:
    """This person's place on a panel, if there is one."""
    return None if user is None else next((member for member in panel.members if member.user_id == user.id), None)


def undeclared(panel: Panel) -> list[PanelMember]:
    """Members who have not declared on conflicts of interest."""
    return [member for member in panel.members if member.declaration is None]


def applicants(call: Call) -> list[Application]:
    """Every opened application of a call: what a member sees before the declaration, by the names of those who do it and track only."""
    query = (
        select(Application)
        .where(Application.call_id == call.id, Application.status.in_(_OPENED))
        .options(joinedload(Application.organisation).load_only(Organisation.name), defer(Application.answers))
    )
    found = list(db.session.scalars(query.order_by(Application.submitted_at, Application.id)))
    joint.load_partners(found)
    return found


# Evaluations of pots
WHOLE = (joinedload(Evaluation.panel).joinedload(Panel.call).options(*_CALL), joinedload(Evaluation.panel).selectinload(Panel.members))
_RULES: dict[str, Rulebook] = {}
_MOST_RULES = 200


def rules_of(call: Call) -> Rulebook:
    """The frozen rules of a call; those with the same hash are read once."""
    known = _RULES.get(call.rulebook_sha256)
    if known is None:
        if len(_RULES) >= _MOST_RULES:
            _RULES.clear()
        known = _RULES[call.rulebook_sha256] = call.rulebook
    return known


def get_evaluation(evaluation_id: int) -> Evaluation:
    """An evaluation with its panel and call, or 404."""
    query = select(Evaluation).where(Evaluation.id == evaluation_id).options(*WHOLE)
    return db.session.scalars(query).one_or_none() or errors.missing()


def find_evaluation(call: Call, pot: str) -> Evaluation | None:
    """The evaluation of one pot of a call, if it was started."""
    query = select(Evaluation).join(Evaluation.panel).where(Panel.call_id == call.id, Evaluation.pot == pot).options(*WHOLE)
    return db.session.scalars(query).one_or_none()


def evaluations_of(call: Call) -> list[Evaluation]:
    """The evaluations of a call, in the order of the pots in its rules."""
    query = select(Evaluation).join(Evaluation.panel).where(Panel.call_id == call.id).options(*WHOLE)
    order = {pot.id: index for index, (_track, pot) in enumerate(rules_of(call).pots())}
    return sorted(db.session.scalars(query), key=lambda evaluation: order.get(evaluation.pot, len(order)))


def track_and_pot(evaluation: Evaluation) -> tuple[Track, Pot]:
    """The rules under which this evaluation is done."""
    return rules_of(evaluation.panel.call).track_and_pot(evaluation.pot)


def applications_in(evaluation: Evaluation) -> list[Application]:
    """Every application that competes in the pot of this evaluation, in the order of submission. For the office and for actions."""
    return in_tracks(evaluation.panel.call, [track_and_pot(evaluation)[0].id])


def in_tracks(call: Call, tracks: Iterable[str]) -> list[Application]:
    """Every application to these tracks that went to the panel, in the order of submission."""
    query = (
        select(Application)
        .where(Application.call_id == call.id, Application.track.in_(list(tracks)), Application.status.in_(SCORED))
        .options(joinedload(Application.organisation).load_only(Organisation.name), defer(Application.answers))
    )
    return list(db.session.scalars(query.order_by(Application.submitted_at, Application.id)))


def to_be_taken(call: Call, track: str) -> list[Application]:
    """The opened applications of a track that did not go to the panel yet."""
    query = (
        select(Application)
        .where(Application.call_id == call.id, Application.track == track, Application.status == ApplicationStatus.OPENED)
        .options(defer(Application.answers))
    )
    return list(db.session.scalars(query.order_by(Application.submitted_at, Application.id)))


def visible(user: User, evaluation: Evaluation, applications: Sequence[Application]) -> list[Application]:
    """The one place that says which applications of an evaluation a person sees: a member those without a conflict (none
    before the declaration), the office all but those of organisations, applicants or partners, for which the official acts.
    An official who sits on the panel is a member first."""
    member = seat_of(user, evaluation.panel)
    if member is None:
        if user.memberships:
            joint.load_partners(applications)
        return [application for application in applications if not joint.involves(application, user)]
    if member.declaration is None:
        return []
    out = recused_from(member, applications)
    return [application for application in applications if application.id not in out]


def visible_applications(member: PanelMember, evaluation: Evaluation | None = None) -> list[Application]:
    """What a member may see: in one evaluation, or in all that were started."""
    evaluations = [evaluation] if evaluation is not None else evaluations_of(member.panel.call)
    seen: dict[int, Application] = {}
    for one in evaluations:
        seen |= {application.id: application for application in visible(member.user, one, applications_in(one))}
    return list(seen.values())


@dataclass(frozen=True)
class Board:
    """One evaluation with every application that competes in its pot. Pages show of it only what `visible` leaves."""

    evaluation: Evaluation
    applications: Sequence[Application]

    @cached_property
    def seats(self) -> Seats:
        """Who scores what."""
        return seats_in(self.evaluation, self.applications)

    @cached_property
    def rules(self) -> tuple[Track, Pot]:
        """The track with its form, and the pot with its criteria."""
        return track_and_pot(self.evaluation)

    @property
    def track(self) -> Track:
        """The track with its form."""
        return self.rules[0]

    @property
    def pot(self) -> Pot:
        """The rules of the pot."""
        return self.rules[1]

    @property
    def call(self) -> Call:
        """The call."""
        return self.evaluation.panel.call

    @property
    def leader(self) -> PanelMember | None:
        """Who leads the session on this pot: the chair or, if the chair is recused from all of it, the next member."""
        seated = {member.id for members in self.seats.values() for member in members}
        order = sorted(self.evaluation.panel.members, key=lambda member: (not member.chair, member.id))
        return next((member for member in order if member.id in seated), None)

    def seen_by(self, user: User) -> list[Application]:
        """What this person sees of it."""
        return visible(user, self.evaluation, self.applications)


def get_board(evaluation_id: int) -> Board:
    """An evaluation with its applications, or 404."""
    return board_of(get_evaluation(evaluation_id))


def board_of(evaluation: Evaluation) -> Board:
    """The applications of an evaluation beside it."""
    return Board(evaluation, applications_in(evaluation))


@dataclass(frozen=True)
class Case:
    """One application in one evaluation: what most addresses name."""

    board: Board
    application: Application

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation of the pot."""
        return self.board.evaluation

    @property
    def members(self) -> list[PanelMember]:
        """Those who score it, who leads first."""
        return self.board.seats[self.application.id]

    @property
    def leader(self) -> PanelMember | None:
        """Who writes the joint reason: the chair or, if the chair is recused here, the next member."""
        return next(iter(self.members), None)

    def seat(self, user: User) -> PanelMember | None:
        """The place of a person who scores it: a member who declared and is not recused."""
        found = next((member for member in self.members if member.user_id == user.id and member.declaration is not None), None)
        return None if found is None or has_link(found, self.application) else found


def get_case(evaluation_id: int, application_id: int) -> Case:
    """An application that competes in this very evaluation, or 404."""
    board = get_board(evaluation_id)
    application = next((one for one in board.applications if one.id == application_id), None)
    return Case(board, application or errors.missing())


@dataclass(frozen=True)
class CaseFile:
    """A file that was submitted with an application, named by its hash."""

    case: Case
    sha256: str
    name: str
    media_type: str


def get_case_file(evaluation_id: int, application_id: int, sha256: str) -> CaseFile:
    """A file of the submission that counts, or 404."""
    case = get_case(evaluation_id, application_id)
    for one in latest_submission(case.application).content.get("attachments", ()):
        if one["sha256"] == sha256:
            return CaseFile(case, sha256, one["name"], one.get("media_type", "application/octet-stream"))
    return errors.missing()


# Members' own sheets


def find_member_sheet(evaluation: Evaluation, member: PanelMember, application: Application, *, lock: bool = False) -> MemberSheet | None:
    """One member's sheet on one application, with its marks. `lock` keeps a second window waiting until this one is saved."""
    query = (
        select(MemberSheet)
        .where(MemberSheet.evaluation_id == evaluation.id, MemberSheet.member_id == member.id, MemberSheet.application_id == application.id)
        .options(selectinload(MemberSheet.marks))
    )
    if lock:
        query = query.with_for_update(of=MemberSheet)
    return db.session.scalars(query).one_or_none()


def lock(evaluation: Evaluation) -> None:
    """One at a time may hand in or collect, and sees what the one before has done; else the last two would both not be the last."""
    # key_share: who has just begun a sheet already holds a share of this row's key (its foreign key), and so may another member;
    # a lock that excludes such shares would leave the two waiting for each other.
    query = select(Evaluation).where(Evaluation.id == evaluation.id).with_for_update(of=Evaluation, key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def finished_pairs(evaluation: Evaluation) -> set[tuple[int, int]]:
    """(member, application) of every finished sheet: that it is finished, never what is on it."""
    query = select(MemberSheet.member_id, MemberSheet.application_id).where(
        MemberSheet.evaluation_id == evaluation.id, MemberSheet.status == MemberSheetStatus.FINISHED
    )
    return {(member, application) for member, application in db.session.execute(query)}


def all_in(board: Board) -> bool:
    """Whether every member has finished every application that they score. The count leaves recused members out."""
    wanted = {(member.id, application) for application, members in board.seats.items() for member in members}
    return bool(wanted) and wanted <= finished_pairs(board.evaluation)


def collected(board: Board, applications: Sequence[Application]) -> dict[int, list[MemberSheet]]:
    """The finished sheets of these applications, of the members who score them, who leads first. Nothing before they are collected."""
    if board.evaluation.status == EvaluationStatus.SCORING:
        return {application.id: [] for application in applications}
    query = (
        select(MemberSheet)
        .where(
            MemberSheet.evaluation_id == board.evaluation.id,
            MemberSheet.application_id.in_([application.id for application in applications]),
            MemberSheet.status == MemberSheetStatus.FINISHED,
        )
        .options(selectinload(MemberSheet.marks))
    )
    seats = board.seats
    by_pair = {(sheet.application_id, sheet.member_id): sheet for sheet in db.session.scalars(query)}
    return {
        application.id: [by_pair[pair] for member in seats[application.id] if (pair := (application.id, member.id)) in by_pair]
        for application in applications
    }


def agreements_in(evaluation: Evaluation, applications: Sequence[Application]) -> dict[int, dict[str, Agreement]]:
    """The panel's joint reasons by application and the key of what they are about."""
    found: dict[int, dict[str, Agreement]] = {application.id: {} for application in applications}
    query = select(Agreement).where(Agreement.evaluation_id == evaluation.id, Agreement.application_id.in_(list(found)))
    for agreement in db.session.scalars(query.order_by(Agreement.id)):
        found[agreement.application_id][agreement.key] = agreement
    return found


# What was concluded


def sheets_of(evaluation: Evaluation) -> list[Sheet]:
    """The frozen sheets of a concluded evaluation, in the order of submission. For the stages that come after."""
    query = (
        select(Sheet)
        .join(Sheet.application)
        .where(Sheet.evaluation_id == evaluation.id)
        .options(joinedload(Sheet.application).joinedload(Application.organisation))
    )
    return list(db.session.scalars(query.order_by(Application.submitted_at, Application.id)))


def find_sheet(evaluation: Evaluation, application: Application) -> Sheet | None:
    """The frozen sheet of one application."""
    query = select(Sheet).where(Sheet.evaluation_id == evaluation.id, Sheet.application_id == application.id)
    return db.session.scalars(query).one_or_none()
