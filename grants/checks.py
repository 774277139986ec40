"""`grants check`: a daily walk over the invariants of the data, each with what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select

from grants.accounts.models import VaultDocument
from grants.applications.actions.submitting import sha256_of as submission_sha256
from grants.applications.models import Submission
from grants.base import audit, documents, files, workflow
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.decisions.actions import sha256_of
from grants.decisions.models import Award, Decision, Proposal
from grants.decisions.states import ProposalStatus
from grants.evaluation.models import Sheet
from scoring.rulebook import rulebook_from_data

Finding = str


def statuses_are_explained() -> Iterator[Finding]:
    """Every status is the target of the last status event of its thing."""
    model: Any  # a mapped class with a status
    for model, life in workflow.LIFECYCLES.items():
        table: str = model.__tablename__
        targets = {
            step.event.name: {one.target for one in life.transitions if one.event.name == step.event.name} for step in life.transitions
        }
        newest = (
            select(audit.AuditEvent.subject_id, func.max(audit.AuditEvent.position).label("position"))
            .where(audit.AuditEvent.subject_type == table, audit.AuditEvent.kind.in_(targets))
            .group_by(audit.AuditEvent.subject_id)
            .subquery()
        )
        last = dict(
            db.session.execute(
                select(audit.AuditEvent.subject_id, audit.AuditEvent.kind).join(newest, newest.c.position == audit.AuditEvent.position)
            )
            .tuples()
            .all()
        )
        for identity, status in db.session.execute(select(model.id, model.status)):
            kind = last.get(identity)
            if kind is None or status not in targets[kind]:
                yield f"{table} {identity} is {status}, but its last event is {kind}"


def pots_hold() -> Iterator[Finding]:
    """No adopted distribution pays more than its pot and what joined it, and its awards are those of its computation."""
    for proposal in db.session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.ADOPTED)):
        if sha256_of(proposal.allocation) != proposal.allocation_sha256:
            yield f"proposal {proposal.id}: the stored computation was changed"
        paid = dict(
            db.session.execute(select(Award.pot, func.sum(Award.amount_cents)).where(Award.proposal_id == proposal.id).group_by(Award.pot))
            .tuples()
            .all()
        )
        for result in proposal.allocation["results"]:
            available = result["available_cents"] + result["received_cents"]
            if int(paid.get(result["pot"], 0)) > available:
                yield f"proposal {proposal.id}: pot {result['pot']} pays {paid[result['pot']]} cents of {available}"
            if int(paid.get(result["pot"], 0)) != result["paid_cents"]:
                yield f"proposal {proposal.id}: the awards of {result['pot']} are not those of the computation"


def hashes_hold() -> Iterator[Finding]:
    """Rulebooks, submissions, sheets, decisions and files are what their hashes say."""
    for call in db.session.scalars(select(Call).where(Call.status != CallStatus.DRAFT)):
        if rulebook_from_data(call.rulebook_data).sha256 != call.rulebook_sha256:
            yield f"call {call.reference}: the frozen rulebook was changed"
    for submission in db.session.scalars(select(Submission)):
        if submission_sha256(submission.content) != submission.content_sha256:
            yield f"submission {submission.number}: its content was changed"
    for sheet in db.session.scalars(select(Sheet)):
        if hashlib.sha256(audit.canonical_json(sheet.data).encode()).hexdigest() != sheet.sha256:
            yield f"sheet {sheet.id}: its content was changed"
    for decision in db.session.scalars(select(Decision)):
        if sha256_of(decision.sheet_data) != decision.sheet_sha256:
            yield f"decision {decision.number}: its sheet was changed"
    for document in db.session.scalars(select(documents.Document).where(documents.Document.file_sha256.is_not(None))):
        try:
            files.read(str(document.file_sha256))
        except OSError as error:
            yield f"document {document.number} ({document.kind}): {error}"
    for kept in db.session.scalars(select(VaultDocument).where(VaultDocument.ended_at.is_(None))):
        try:
            files.read(kept.sha256)
        except OSError as error:
            yield f"document {kept.id} in the vault of organisation {kept.organisation_id}: {error}"


def record_holds() -> Iterator[Finding]:
    """The audit record is whole."""
    for fault in audit.verify(db.session())[1]:
        yield f"audit row {fault.position}: {fault.what}"


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (statuses_are_explained, pots_hold, hashes_hold, record_holds)


def run_checks(say: Callable[[str], None]) -> int:
    """Run every check; 0 when nothing was found."""
    total = 0
    with unit_of_work(write=False):
        for check in CHECKS:
            findings = list(check())
            total += len(findings)
            say(f"{check.__name__.replace('_', ' ')}: {'ok' if not findings else f'{len(findings)} findings'}")
            for finding in findings:
                say(f"  {finding}")
    return 1 if total else 0
