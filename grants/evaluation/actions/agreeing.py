"""What the panel agrees on, and the conclusion that freezes the sheets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base import audit, clock, workflow
from grants.base.db import db
from grants.base.errors import Refused
from grants.evaluation import completeness, facts, letters, queries, states
from grants.evaluation.actions.collecting import check_leader
from grants.evaluation.models import Agreement, Evaluation, Sheet
from grants.evaluation.states import EvaluationStatus
from scoring.facts import clean_text
from scoring.money import number_text
from scoring.points import ScoringError


def agree(
    evaluation: Evaluation, application: Application, key: str, *, points: Any = None, reason: Mapping[str, str], by: User
) -> Agreement:
    """Put down the panel's joint reason for one criterion (of one item) and, where the rules want one, the joint mark. It may be left
    incomplete until the conclusion."""
    if evaluation.status == EvaluationStatus.SCORING:
        raise Refused(_("The panel agrees after all sheets are collected."))
    if evaluation.status == EvaluationStatus.CONCLUDED:
        raise Refused(_("The scoring is concluded; its sheets are frozen."))
    case = queries.Case(queries.board_of(evaluation), application)
    if case.leader is None or case.leader.user_id != by.id:
        raise Refused(_("Only the chair of the panel writes down what the panel agreed on."), status=403)
    judged = next((one for one in facts.judged_in(case.board, application) if one.key == key), None)
    if judged is None:
        raise Refused(_("The panel does not judge “%(criterion)s” in this pot.", criterion=key), status=422)
    languages = letters.legal(case.board.call.languages)
    texts = {language: clean_text(reason.get(language) or "") for language in languages}
    faults = {
        f"reason-{key}-{language}": _(
            "The reason has %(length)s characters; it needs at least %(least)s and at most %(limit)s.",
            length=len(text),
            least=facts.LEAST_REASON,
            limit=facts.MOST_REASON,
        )
        for language, text in texts.items()
        if text and not facts.LEAST_REASON <= len(text) <= facts.MOST_REASON
    }
    mark = None
    if case.board.pot.aggregation == "agreed" and points is not None and str(points).strip():
        try:
            mark = number_text(facts.read_points(judged.criterion, points))
        except facts.WrongMarkError as wrong:
            faults[f"points-{key}"] = str(wrong)
    if faults:
        raise Refused(
            _("What the panel agreed on is not complete. Nothing is lost: correct what is marked and save again."),
            fields=faults,
            status=422,
        )
    known = queries.agreements_in(evaluation, [application])[application.id].get(key)
    agreement = known or Agreement(
        evaluation_id=evaluation.id, application_id=application.id, criterion=judged.criterion.id, item=judged.item, points=None, reason={}
    )
    if (agreement.points, agreement.reason) != (mark, texts) and (known or mark or any(texts.values())):
        agreement.points, agreement.reason = mark, texts
        db.session.add(agreement)
        db.session.flush()
        audit.record(states.AGREED, evaluation, by=by, application=application.number or "", criterion=key)
    return agreement


def conclude(evaluation: Evaluation, *, session_on: date, by: User) -> None:
    """Score everything by the published rules and freeze the sheets; refused while a mark or a reason is missing."""
    queries.lock(evaluation)
    if evaluation.status != EvaluationStatus.COLLECTED:
        raise Refused(_("The scoring is concluded once, after all sheets are collected."))
    board = queries.board_of(evaluation)
    check_leader(board, by)
    if not clock.local(evaluation.started_at).date() <= session_on <= clock.today():
        wrong = _("The session took place between the day on which the scoring began and today.")
        raise Refused(wrong, fields={"session_on": wrong}, status=422)
    sheets = queries.collected(board, board.applications)
    agreed = queries.agreements_in(evaluation, board.applications)
    completeness.check(board, sheets, agreed, by=by)
    try:
        scored = facts.score_all(board, sheets, agreed)
    except ScoringError as error:
        raise Refused(
            _(
                "The points cannot be computed from what was verified and marked (%(cause)s), so nothing is concluded. Ask the call officer to look at the verified answers, or open the scoring again; then conclude.",
                cause=str(error),
            )
        ) from error
    hashes = []
    for application, result in scored:
        data = result.to_data()
        digest = sha256_of(data)
        hashes.append([application.number, digest])
        db.session.add(
            Sheet(
                evaluation_id=evaluation.id, application_id=application.id, data=data, sha256=digest,
                total=number_text(result.total), passes=result.passes,
            )
        )  # fmt: skip
    evaluation.session_on = session_on
    workflow.move(
        evaluation,
        EvaluationStatus.CONCLUDED,
        by=by,
        pot=evaluation.pot,
        session_on=session_on.isoformat(),
        sheets_sha256=sha256_of(hashes),
    )
    db.session.flush()
    letters.minutes(board, written_by=by)


def sha256_of(data: Any) -> str:
    """The hash of plain data in its canonical form."""
    return hashlib.sha256(audit.canonical_json(data).encode()).hexdigest()
