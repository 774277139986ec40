"""What the office verified in the application, for the act: stated and counting value side by side, with source and reason."""

from __future__ import annotations

from typing import Any

from grants.applications.answered import Answered
from grants.applications.models import Application
from grants.applications.verified import NO_VALUE
from grants.base import clock
from grants.decisions.letters.words import of
from grants.evaluation.verification.findings import shown


def of_application(application: Application, languages: list[str]) -> list[dict[str, Any]]:
    """One row for each answer about which something was recorded."""
    return [_row(answer, languages) for answer in shown(application)]


def _row(answer: Answered, languages: list[str]) -> dict[str, Any]:
    record = answer.records[-1]
    return {
        "answer": of(answer.label, languages),
        "stated": _value(answer, answer.stated),
        "counts": _value(answer, answer.counts),
        "proven": record.proven,
        "source": record.source,
        "on": clock.local(record.verified_at).date().isoformat(),
        "reason": of(record.reason, languages) if any(record.reason.values()) else None,
    }


def _value(answer: Answered, typed: Any) -> Any:
    """A value as documents write it; of tables and files how many entries."""
    return str(len(typed or ())) if answer.fact.kind in NO_VALUE else answer.said(typed)
