"""The life of a call in steps, each through the product's own actions, as people would take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from grants.accounts.models import Organisation
from grants.applications.actions import drafting, office, submitting
from grants.applications.models import Application
from grants.base import jobs
from grants.base.db import db
from grants.calls.actions import drafting as calls
from grants.calls.actions import publishing, running
from grants.calls.models import Call
from grants.calls.queries import review_text
from grants.config import resource
from grants.decisions import actions as decisions
from grants.decisions.models import Proposal
from grants.demo.stage import CHAIR, OFFICER, PANEL, SIGNER, Person, Stage
from grants.evaluation import facts
from grants.evaluation import queries as evaluations
from grants.evaluation.actions import agreeing, appointing, collecting, marking
from scoring.judging import Criterion

Judgement = Callable[[Application, Criterion, int], tuple[str, str]]
"""What member number n thinks of an application by one criterion: points as typed, and the reason."""
Joint = Callable[[Application, Criterion], tuple[str | None, dict[str, str]]]
"""What the panel agrees on: the joint mark where the rules want one, and the reason in each language."""


def publish(
    stage: Stage, rulebook: str, details: Mapping[str, Any], *, accepted: str, by: Person = OFFICER, text: str | None = None
) -> int:  # fmt: skip
    """Draft a call from a rulebook that ships with the product (or from its `text` of another year), accept the linter's warnings, publish it."""
    text = text or (resource("rulebooks") / rulebook / "rulebook.yaml").read_text(encoding="utf-8")
    warnings = {finding.code: accepted for finding in review_text(text, {})[1].warnings}
    with stage.step():
        call = calls.draft_call(by=stage.user(by), rulebook_text=text, acknowledged=warnings, **details)
        db.session.flush()
        identity = call.id
    with stage.step():
        publishing.publish(db.session.get_one(Call, identity), by=stage.user(by))
    return identity


def apply(
    stage: Stage, call_id: int, track: str, organisation_id: int, answers: Mapping[str, Any], owner: Person, *, submit: bool = True
) -> int:
    """Start an application, fill it in, and submit it unless it stays a draft."""
    with stage.step():
        organisation = db.session.get_one(Organisation, organisation_id)
        application = drafting.start(
            db.session.get_one(Call, call_id), track, organisation, by=stage.user(owner), language=organisation.language
        )
        db.session.flush()
        identity = application.id
        drafting.save(application, {**application.answers, **answers}, version=application.version, by=stage.user(owner))
    if submit:
        with stage.step():
            submitting.submit(db.session.get_one(Application, identity), by=stage.user(owner))
    return identity


def close_and_open(stage: Stage, call_id: int, closed_at: str, opened_at: str) -> None:
    """Let the time for applying run out, then open the applications."""
    stage.at(closed_at)
    with stage.step(1):
        running.close(db.session.get_one(Call, call_id))
    stage.at(opened_at)
    with stage.step():
        office.open_call(db.session.get_one(Call, call_id), by=stage.user(OFFICER))


def appoint(stage: Stage, call_id: int, *, order_number: str, conflicts: Mapping[Person, Mapping[int, str]] | None = None) -> None:
    """Appoint the panel and let each member declare on conflicts of interest."""
    with stage.step():
        people = [stage.user(person) for person in PANEL]
        appointing.appoint(db.session.get_one(Call, call_id), people, chair=people[0], by=stage.user(OFFICER), order_number=order_number)
    for person in PANEL:
        with stage.step():
            user = stage.user(person)
            member = evaluations.find_member(user, db.session.get_one(Call, call_id))
            if member is None:
                raise LookupError(person.email)
            appointing.declare(member, (conflicts or {}).get(person, {}), statement="", by=user)


def start(stage: Stage, call_id: int, pot: str) -> int:
    """Begin the scoring of one pot."""
    with stage.step():
        made = collecting.start_evaluation(db.session.get_one(Call, call_id), pot, by=stage.user(OFFICER))
        db.session.flush()
        return made.id


def mark(stage: Stage, evaluation_id: int, person: Person, number: int, judge: Judgement, *, most: int | None = None) -> int:
    """One member fills in and finishes a sheet for each application that they may see; `most` stops half-way."""
    done = 0
    board = evaluations.board_of(evaluations.get_evaluation(evaluation_id))
    ids = [application.id for application in board.applications if any(m.user.email == person.email for m in board.seats[application.id])]
    for application_id in ids if most is None else ids[:most]:
        with stage.step():
            user = stage.user(person)
            scored = evaluations.get_evaluation(evaluation_id)
            member = evaluations.find_member(user, scored.panel.call)
            if member is None:
                raise LookupError(person.email)
            application = db.session.get_one(Application, application_id)
            sheet = marking.open_sheet(scored, member, application, by=user)
            db.session.flush()
            judged = facts.judged_in(evaluations.board_of(scored), application)
            marks = {one.key: judge(application, one.criterion, number) for one in judged}
            marking.save_marks(sheet, marks, comment="", version=sheet.version, by=user)
            marking.finish(sheet, by=user)
        done += 1
    return done


def conclude(stage: Stage, evaluation_id: int, joint: Joint, session_on: date) -> None:
    """The chair writes down the joint reasons and concludes the scoring."""
    board = evaluations.board_of(evaluations.get_evaluation(evaluation_id))
    for application_id in [application.id for application in board.applications] if board.pot.panel_criteria else []:
        with stage.step(11):
            scored = evaluations.get_evaluation(evaluation_id)
            application = db.session.get_one(Application, application_id)
            for one in facts.judged_in(evaluations.board_of(scored), application):
                points, reason = joint(application, one.criterion)
                agreeing.agree(scored, application, one.key, points=points, reason=reason, by=stage.user(CHAIR))
    with stage.step():
        agreeing.conclude(evaluations.get_evaluation(evaluation_id), session_on=session_on, by=stage.user(CHAIR))


def prepare(stage: Stage, call_id: int, pots: list[str]) -> int:
    """The officer computes the distribution by the published rule."""
    with stage.step():
        proposal = decisions.prepare(db.session.get_one(Call, call_id), pots, by=stage.user(OFFICER))
        db.session.flush()
        return proposal.id


def adopt_and_issue(stage: Stage, proposal_id: int) -> None:
    """The signer adopts the distribution and issues the decisions."""
    with stage.step():
        decisions.adopt(db.session.get_one(Proposal, proposal_id), by=stage.user(SIGNER))
    with stage.step():
        decisions.issue_all(db.session.get_one(Proposal, proposal_id), by=stage.user(SIGNER))


def finish_jobs(on_each: Callable[[], None] | None = None) -> int:
    """Send the mail and render the documents that wait."""
    return jobs.run_pending(on_each)
