"""Reads of proposals, awards and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from grants.accounts.models import User
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base.db import db
from grants.base.documents import Document
from grants.base.errors import missing
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.decisions.models import Award, Decision, DecisionLine, DrawnLot, LotPlace, PanelAmount, Proposal
from grants.decisions.states import DecisionStatus, ProposalStatus
from grants.evaluation.models import Evaluation, Panel, Sheet
from scoring.sharing import Pot


@dataclass(frozen=True)
class PotOfCall:
    """A pot in the call whose rule it follows."""

    call: Call
    pot: Pot


def get_decided_pot(call_id: int, pot: str) -> PotOfCall:
    """A pot whose amounts the panel decides, or 404."""
    call = get_call(call_id)
    found = next((one for _track, one in call.rulebook.pots() if one.id == pot and one.engine == "panel_amounts"), None)
    return PotOfCall(call, found or missing())


def amounts_in(call: Call, pots: Sequence[str]) -> list[PanelAmount]:
    """The amounts that the panel decided in some pots of a call, with the sheets that they stand on."""
    query = (
        select(PanelAmount)
        .join(PanelAmount.sheet)
        .join(Sheet.evaluation)
        .join(Evaluation.panel)
        .where(Panel.call_id == call.id, Evaluation.pot.in_(pots))
        .options(contains_eager(PanelAmount.sheet).contains_eager(Sheet.evaluation), joinedload(PanelAmount.entered_by))
    )
    return list(db.session.scalars(query.order_by(PanelAmount.id)))


def lots_of(call: Call, pots: Sequence[str] | None = None) -> list[DrawnLot]:
    """The lots that were drawn in a call (in some of its pots), with the places and applicants, in the order of recording."""
    query = select(DrawnLot).where(DrawnLot.call_id == call.id)
    if pots is not None:
        query = query.where(DrawnLot.pot.in_(pots))
    whole = selectinload(DrawnLot.places).joinedload(LotPlace.application)
    query = query.options(whole.joinedload(Application.organisation), whole.defer(Application.answers), joinedload(DrawnLot.recorded_by))
    return list(db.session.scalars(query.order_by(DrawnLot.id)))


def get_proposal(proposal_id: int) -> Proposal:
    """A proposal with its call and awards, or 404."""
    query = (
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(
            joinedload(Proposal.call),
            joinedload(Proposal.prepared_by),
            joinedload(Proposal.adopted_by),
            selectinload(Proposal.awards).joinedload(Award.application).joinedload(Application.organisation),
        )
    )
    return db.session.scalars(query).one_or_none() or missing()


def get_decision(decision_id: int) -> Decision:
    """A decision with all that its page and its document say, or 404."""
    query = select(Decision).where(Decision.id == decision_id).options(*_whole_decision())
    return db.session.scalars(query).one_or_none() or missing()


def _whole_decision() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Decision.award).joinedload(Award.proposal).joinedload(Proposal.call),
        joinedload(Decision.award)
        .joinedload(Award.sheet)
        .joinedload(Sheet.evaluation)
        .joinedload(Evaluation.panel)
        .selectinload(Panel.members),
        joinedload(Decision.application).joinedload(Application.organisation),
        joinedload(Decision.application).joinedload(Application.call),
        joinedload(Decision.led_by),
        joinedload(Decision.issued_by),
        selectinload(Decision.lines),
    )


def proposals_of(call: Call) -> list[Proposal]:
    """Every proposal of a call, newest first."""
    query = select(Proposal).where(Proposal.call_id == call.id).options(joinedload(Proposal.prepared_by))
    return list(db.session.scalars(query.order_by(Proposal.id.desc())))


def adopted_proposals(call: Call) -> list[Proposal]:
    """The proposals of a call that were adopted, in the order of their adoption, with their awards."""
    query = (
        select(Proposal)
        .where(Proposal.call_id == call.id, Proposal.status == ProposalStatus.ADOPTED)
        .options(selectinload(Proposal.awards).joinedload(Award.application).joinedload(Application.organisation))
    )
    return list(db.session.scalars(query.order_by(Proposal.adopted_at, Proposal.id)))


def settled_pots(call: Call) -> set[str]:
    """The pots whose division was adopted."""
    query = select(Proposal.pots).where(Proposal.call_id == call.id, Proposal.status == ProposalStatus.ADOPTED)
    return {pot for pots in db.session.scalars(query) for pot in pots}


def waiting_proposal(call: Call, pots: Sequence[str]) -> Proposal | None:
    """A proposal on one of these pots that is neither adopted nor discarded."""
    query = select(Proposal).where(Proposal.call_id == call.id, Proposal.status == ProposalStatus.PREPARED).order_by(Proposal.id)
    return next((one for one in db.session.scalars(query) if set(one.pots) & set(pots)), None)


def standing_proposal(call: Call, pot: str) -> Proposal | None:
    """The proposal on a pot that waits or was adopted, if there is one."""
    query = select(Proposal).where(Proposal.call_id == call.id, Proposal.status != ProposalStatus.DISCARDED).order_by(Proposal.id)
    return next((one for one in db.session.scalars(query) if pot in one.pots), None)


def decisions_of(proposal: Proposal) -> list[Decision]:
    """The decisions of one proposal by their number in the case, whole."""
    query = select(Decision).join(Decision.award).where(Award.proposal_id == proposal.id).options(*_whole_decision())
    return list(db.session.scalars(query.order_by(Decision.id)))


def listed_decisions(proposal: Proposal) -> list[Decision]:
    """The decisions of one proposal as a list shows them: applicant, amount, and the reasons to see what is missing."""
    query = (
        select(Decision)
        .join(Decision.award)
        .join(Decision.application)
        .join(Application.organisation)
        .where(Award.proposal_id == proposal.id)
        .options(
            defer(Decision.sheet_data),
            contains_eager(Decision.award).defer(Award.steps),
            contains_eager(Decision.application).options(defer(Application.answers), contains_eager(Application.organisation)),
            selectinload(Decision.lines),
        )
    )
    return list(db.session.scalars(query.order_by(Decision.id)))


def find_for(application: Application) -> list[Decision]:
    """The decisions on one application, oldest first."""
    query = (
        select(Decision).where(Decision.application_id == application.id).options(joinedload(Decision.award), selectinload(Decision.lines))
    )
    return list(db.session.scalars(query.order_by(Decision.id)))


def issued_to(user: User) -> list[Decision]:
    """The issued decisions of the organisations for which a person acts, the newest first. One query."""
    query = (
        select(Decision)
        .join(Decision.application)
        .join(Application.organisation)
        .join(Application.call)
        .where(
            Decision.status == DecisionStatus.ISSUED,
            Application.organisation_id.in_([membership.organisation_id for membership in user.memberships]),
        )
        .options(
            defer(Decision.sheet_data),
            contains_eager(Decision.application).options(
                defer(Application.answers),
                contains_eager(Application.organisation),
                contains_eager(Application.call).options(
                    defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged)
                ),
            ),
        )
    )
    return list(db.session.scalars(query.order_by(Decision.issued_at.desc(), Decision.id.desc())))


def issued_awards(call: Call) -> list[Decision]:
    """The issued decisions of a call with award and applicant, by pot and amount."""
    query = (
        select(Decision)
        .join(Decision.award)
        .join(Award.application)
        .join(Application.organisation)
        .where(Application.call_id == call.id, Decision.status == DecisionStatus.ISSUED)
        .options(contains_eager(Decision.award).contains_eager(Award.application).contains_eager(Application.organisation))
    )
    return list(db.session.scalars(query.order_by(Award.pot, Award.amount_cents.desc(), Decision.id)))


def documents_of(decisions: Sequence[Decision]) -> dict[int, Document]:
    """The signed act of each decision that has one, by the id of the decision."""
    ids = [decision.id for decision in decisions]
    query = select(Document).where(
        Document.subject_type == Decision.__tablename__, Document.subject_id.in_(ids), Document.kind == "decision"
    )
    return {document.subject_id: document for document in db.session.scalars(query.order_by(Document.id))}


def applications_of_track(call: Call, tracks: set[str], *statuses: ApplicationStatus) -> list[Application]:
    """The applications to some tracks in some statuses, in the order in which they were submitted."""
    query = (
        select(Application)
        .where(Application.call_id == call.id, Application.track.in_(tracks), Application.status.in_(statuses))
        .options(joinedload(Application.organisation))
    )
    return list(db.session.scalars(query.order_by(Application.submitted_at, Application.id)))


def undecided_count(call: Call) -> int:
    """How many applications of a call still wait: neither decided, dismissed nor withdrawn (drafts were never sent)."""
    waiting = (ApplicationStatus.SUBMITTED, ApplicationStatus.OPENED, ApplicationStatus.IN_EVALUATION)
    query = select(func.count(Application.id)).where(Application.call_id == call.id, Application.status.in_(waiting))
    return db.session.scalar(query) or 0


def drafted_count(call: Call) -> int:
    """How many decisions of a call are drafted and not issued."""
    query = (
        select(func.count(Decision.id))
        .join(Decision.application)
        .where(Application.call_id == call.id, Decision.status == DecisionStatus.DRAFTED)
    )
    return db.session.scalar(query) or 0


def issued_count(call: Call) -> int:
    """How many decisions of a call are issued."""
    query = (
        select(func.count(Decision.id))
        .join(Decision.application)
        .where(Application.call_id == call.id, Decision.status == DecisionStatus.ISSUED)
    )
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Gap:
    """A reason that a decision lacks: which criterion, in which language."""

    line: DecisionLine
    language: str


def languages_of(decision: Decision) -> list[str]:
    """The languages in which this act is complete; Slovenian first."""
    return decision.languages.split(",")


def missing_reasons(decision: Decision) -> list[Gap]:
    """Every reason that is not there; with one of them the decision cannot be issued."""
    return [
        Gap(line, language)
        for line in decision.lines
        for language in languages_of(decision)
        if not (line.reason_sl if language == "sl" else line.reason_it).strip()
    ]


@dataclass(frozen=True)
class Owed:
    """A reason that a drafted decision still lacks, with the decision whose rule it follows."""

    decision: Decision
    line: DecisionLine
    language: str


def get_owed(line_id: int, text_language: str) -> Owed:
    """A reason that is still owed, or 404."""
    line = db.session.get(DecisionLine, line_id) or missing()
    decision = get_decision(line.decision_id)
    if not any(gap.line.id == line.id and gap.language == text_language for gap in missing_reasons(decision)):
        missing()
    return Owed(decision, line, text_language)
