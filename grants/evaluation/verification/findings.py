"""Reads for the verification of answers: what is to be verified in an application, what was found, and which evidence there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grants.applications import answered, verified
from grants.applications.answered import Answered
from grants.applications.models import Application, Attachment
from grants.applications.queries import attachments_of, get_application, latest_submission, track_of
from grants.base import errors
from grants.base.db import db
from grants.base.language import localized
from grants.evaluation import queries
from grants.evaluation.models import Evaluation, Panel
from grants.evaluation.states import EvaluationStatus


def answers_of(application: Application) -> Mapping[str, Any]:
    """The answers as they were submitted, without what was verified."""
    content: dict[str, Any] = latest_submission(application).content
    return dict(content["answers"])


def all_of(application: Application) -> list[Answered]:
    """Every answer of an application that is to be verified, in the order of the form."""
    records = verified.records_of([application.id])[application.id]
    return answered.answered(track_of(application.call, application.track), answers_of(application), records)


def shown(application: Application) -> list[Answered]:
    """What was found out about the answers of an application so far."""
    records = verified.records_of([application.id])[application.id]
    if not records:
        return []
    return answered.shown(track_of(application.call, application.track), answers_of(application), records)


def evidence_of(application: Application) -> list[tuple[str, Sequence[Attachment]]]:
    """The attached files under the questions to which they belong."""
    attached = attachments_of(application)
    track = track_of(application.call, application.track)
    groups = [(localized(fact.label), [one for one in attached if one.fact == fact.id]) for fact in track.facts if fact.kind == "file"]
    return [(label, files) for label, files in groups if files]


@dataclass(frozen=True)
class Subject:
    """One answer of one application: what an address of the verification names."""

    application: Application
    answer: Answered


def get_subject(application_id: int, place: str) -> Subject:
    """An answer that is to be verified, or 404."""
    application = get_application(application_id)
    if application.number is None:
        errors.missing()
    found = next((one for one in all_of(application) if one.place.address == place), None)
    return Subject(application, found or errors.missing())


def evaluations_of_track(application: Application, *, lock: bool = False) -> list[Evaluation]:
    """The evaluations in which an application competes. `lock` keeps a conclusion waiting until this unit of work is over."""
    pots = [pot.id for pot in track_of(application.call, application.track).pots]
    query = db.select(Evaluation).join(Evaluation.panel).where(Panel.call_id == application.call_id, Evaluation.pot.in_(pots))
    found = list(db.session.scalars(query.order_by(Evaluation.id)))
    for evaluation in found if lock else ():
        queries.lock(evaluation)
    return found


def is_frozen(application: Application, *, lock: bool = False) -> bool:
    """Whether points were concluded with these answers; from then on nothing is verified any more."""
    return any(one.status == EvaluationStatus.CONCLUDED for one in evaluations_of_track(application, lock=lock))
