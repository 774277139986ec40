"""The form of one application on paper, filled with what was typed or submitted: made on demand by a job, and made once for the same content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import aliased

from grants.accounts.models import Organisation
from grants.applications import answers, joint, plan, presentation, queries, standing
from grants.applications.letters import in_languages
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import audit, clock, documents
from grants.base.db import db
from grants.base.documents import Document
from grants.base.language import current_language, localized
from grants.calls.letters.form import paper_facts
from scoring.finance import balance_of
from scoring.form import asked_of
from scoring.questions import Fact

DRAFT, SUBMITTED = "draft", "application"
KINDS = (DRAFT, SUBMITTED)


def batch_of(document: Document) -> str:
    """Under which name the making of this paper can be followed."""
    return _batch(document.subject_id, document.facts)


def _batch(identity: int, facts: Any) -> str:
    digest = hashlib.sha256(audit.canonical_json(facts).encode()).hexdigest()
    return f"print {identity} {digest[:40]}"


def request_paper(application: Application) -> Document:
    """The paper with what the application says now, in the language of the reader; the one that is there where nothing has changed."""
    unsent = application.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
    kind, language = DRAFT if unsent else SUBMITTED, current_language()
    facts = filled_facts(application, draft=unsent)
    for known in documents.of_subject(application, kind):
        if known.language == language and known.facts == facts:
            return known
    title = _("Form: %(track)s", track=facts["track"])
    number = application.number or f"{application.call.reference}/{application.id}"
    return documents.request(
        kind, facts, subject=application, number=number, title=title, language=language, batch=_batch(application.id, facts)
    )


def forget_old_drafts() -> int:
    """Of the prints of a draft only the newest is kept, and those of the last day, which somebody may be waiting for. Gives how many went."""
    newer = aliased(Document)
    replaced = select(newer.id).where(
        newer.kind == DRAFT, newer.subject_type == Document.subject_type, newer.subject_id == Document.subject_id, newer.id > Document.id
    ).exists()  # fmt: skip
    old = select(Document.id).where(Document.kind == DRAFT, Document.created_at < clock.now() - timedelta(days=1), replaced)
    gone = db.session.scalars(old.order_by(Document.id).limit(500)).all()
    if gone:
        db.session.execute(delete(Document).where(Document.id.in_(gone)))
    return len(gone)


def filled_facts(application: Application, *, draft: bool) -> dict[str, Any]:
    """What the paper says. A draft is dated by its last saving, a submission by its receipt, so the same content gives the same facts."""
    track = joint.rules_of(application)
    language = current_language()
    names: dict[str, list[str]] = {}
    written: Mapping[str, Any] = {}
    organisation: Organisation | SimpleNamespace = application.organisation
    if draft:
        attachments = queries.attachments_of(application)
        checked = answers.check_draft(application, attachments=attachments)
        values, typed, moment = checked.values, application.answers, application.saved_at
        asked, balance = checked.asked, checked.balance
        partners = standing.partners_of(application, balance)
        for one in attachments:
            names.setdefault(one.fact, []).append(one.name)
    else:
        submission = queries.latest_submission(application)
        organisation = SimpleNamespace(**submission.content["organisation"])  # as it was on that day
        values, typed, moment = submission.content["answers"], {}, submission.received_at
        written = presentation.as_written(submission.content)
        asked, balance = asked_of(track, values) | set(written), balance_of(track, values)
        partners = standing.partners_in(submission.content)
        for kept in submission.content["attachments"]:
            names.setdefault(kept["fact"], []).append(kept["name"])
    facts = paper_facts(application.call, track, language, dated=clock.local(moment).isoformat(timespec="seconds"))
    banner = presentation.banner(application)
    facts["state"] = {"title": banner.title, "text": banner.text}
    seat = f"{organisation.street}, {organisation.postcode} {organisation.place}"
    facts["applicant"] = {"name": organisation.name, "seat": seat, "number": organisation.registration_number}
    if "joint" in facts:
        del facts["joint"]
        facts["partners"] = [standing.in_a_line(one) for one in partners]
    for section in facts["sections"]:
        section["questions"] = [
            question | _answered(track.fact(question["id"]), values, typed, names, language, written)
            for question in section["questions"]
            if question["id"] in asked
        ]
        if section["plan"]:
            section["plan"]["stands"] = plan.stands(plan.shown(track, application.call, balance))
    facts["sections"] = [section for section in facts["sections"] if section["questions"]]
    return facts


def _answered(
    fact: Fact, values: Any, typed: Any, names: dict[str, list[str]], language: str, written: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer as it holds; what was typed and does not hold yet is printed as it was typed, what came on paper as it was written."""
    if fact.kind == "file":
        return {"value": "; ".join(names.get(fact.id, ())) or None, "table": None}
    value = values.get(fact.id)
    if fact.kind == "table" and value:
        rows = [[in_languages(presentation.said(column, row.get(column.id)), [language]) for column in fact.columns] for row in value]
        sums = presentation.totals(fact, value)
        return {"value": None, "table": {"rows": rows, "totals": None if sums is None else list(sums)}}
    if value is None and typed.get(fact.id):
        return {"value": "\n".join(presentation.as_text(fact, typed[fact.id])) or None, "table": None}
    if fact.id in written:
        return {"value": presentation.on_the_paper(fact, written[fact.id]), "table": None}
    said = presentation.said(fact, value)
    if isinstance(said, dict) and set(said) <= {"sl", "it", "en"}:
        said = localized(said)
    return {"value": in_languages(said, [language]), "table": None}
