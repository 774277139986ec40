"""A recusal goes on record, whoever noticed the conflict of interest."""

from __future__ import annotations

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base import audit, clock
from grants.evaluation import states
from grants.evaluation.models import PanelMember, Recusal

FOUND = "membership"
"""Stands as the reason of a recusal that was found from data; `letters.reason_of` says it in words."""


def recuse(member: PanelMember, application: Application, reason: str, *, by: User | None) -> None:
    """Put a recusal on record; `FOUND` as its reason says that the data knew it."""
    member.recusals.append(Recusal(application=application, reason=reason, recorded_at=clock.now()))
    audit.record(states.RECUSED, application, by=by, application=application.number or "", scope=member.panel.recusal_scope)
