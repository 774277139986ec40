"""Record what the office found out about an answer: proven or not, the value that counts, where it was seen, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications.answered import Answered
from grants.applications.answers import sentence
from grants.applications.models import Application, Verification
from grants.applications.states import VERIFIED, ApplicationStatus
from grants.applications.verified import records_of
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.evaluation.facts import LEAST_REASON, MOST_REASON
from grants.evaluation.letters import legal
from grants.evaluation.verification import findings, policy
from scoring.facts import FactError, check_fact, clean_text
from scoring.questions import Fact

MOST_SOURCE = 200


@dataclass(frozen=True)
class Finding:
    """What an officer writes down. `value` is empty where the stated value stands; `replaces` is the record that the page showed."""

    proven: bool
    value: Any = None
    source_kind: str = ""
    source: str = ""
    reason: Mapping[str, str] | None = None
    replaces: int | None = None


def verify(subject: findings.Subject, finding: Finding, *, by: User) -> Verification:
    """Add a record on one answer; what was recorded before stays, and the latest counts. Refused once points are concluded."""
    application, answer = subject.application, subject.answer
    frozen = findings.is_frozen(application, lock=True)
    db.session.refresh(application, attribute_names=["status", "version"], with_for_update={"of": Application, "key_share": True})
    verdict = policy.may_verify(by, subject)
    if not verdict:
        raise Refused(verdict.reason or _("You may not do this."), status=403 if verdict.exists else 404)
    if application.status not in (ApplicationStatus.OPENED, ApplicationStatus.IN_EVALUATION):
        raise Refused(_("Answers are verified after the opening and before the panel concludes the scoring."))
    if frozen:
        raise Refused(
            _("The panel concluded its scoring with the answers as they stand, so nothing in them is verified or corrected any more.")
        )
    before = [one for one in records_of([application.id])[application.id] if (one.fact, one.item, one.cell) == answer.place]
    if finding.replaces != (before[-1].id if before else None):
        raise Refused(
            _(
                "Somebody recorded something about this answer after you had opened this page. Look at it and decide again; what you typed is kept."
            )
        )
    verified, source, reason = _checked(answer, finding, legal(application.call.languages))
    record = Verification(
        application_id=application.id, fact=answer.place.fact, item=answer.place.item, cell=answer.place.cell, sequence=len(before) + 1,
        replaces_id=finding.replaces, proven=finding.proven, verified=verified, source_kind=finding.source_kind if source else "",
        source=source, reason=reason, verified_at=clock.now(), by_id=by.id,
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    audit.record(
        VERIFIED, application, by=by, fact=record.fact, item=record.item, cell=record.cell, sequence=record.sequence, proven=record.proven
    )
    return record


def _checked(answer: Answered, finding: Finding, languages: list[str]) -> tuple[dict[str, Any], str, dict[str, str]]:
    """The value, the source and the reasons as they are kept; refused with a sentence beside each field that is wrong."""
    faults: dict[str, str] = {}
    value, given = None, finding.value not in (None, "", [])
    if given and not finding.proven:
        faults["value"] = _("What is not proven has no verified value. Leave this empty, or choose that it is proven.")
    elif given and answer.wants_value:
        try:
            value = check_fact(_unlimited(answer.fact), finding.value)
        except FactError as error:
            faults["value"] = sentence(answer.fact, error)
    if finding.proven and not given:
        value = answer.stated
        if value is None and answer.wants_value:
            faults["value"] = _("The application states nothing here. Write the value that you found, or choose that it is not proven.")
    source = clean_text(finding.source)
    if finding.proven and not source:
        faults["source"] = _("Name the document or the register in which you saw it.")
    elif len(source) > MOST_SOURCE or "\n" in source:
        faults["source"] = _("Name the source in one line of at most %(most)s characters.", most=MOST_SOURCE)
    if source and finding.source_kind not in ("document", "register"):
        faults["source_kind"] = _("Choose whether it is a document or a register.")
    texts = {language: clean_text((finding.reason or {}).get(language) or "") for language in languages}
    changes = not finding.proven or (given and value != answer.stated)
    for language, text in texts.items():
        if (changes or any(texts.values())) and not LEAST_REASON <= len(text) <= MOST_REASON:
            faults[f"reason-{language}"] = _(
                "The applicant will ask why. Write the reason in at least %(least)s and at most %(limit)s characters.",
                least=LEAST_REASON, limit=MOST_REASON,
            )  # fmt: skip
    if faults:
        raise Refused(_("This is not complete. Nothing is lost: correct what is marked and save again."), fields=faults, status=422)
    kept = {"value": value} if finding.proven and answer.wants_value else {}
    return kept, source, {language: text for language, text in texts.items() if text}


def _unlimited(fact: Fact) -> Fact:
    """What an office establishes need not keep the limits that the form sets for answers."""
    return fact.model_copy(update={"required": False, "minimum": None, "maximum": None})
