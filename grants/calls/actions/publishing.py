"""Publication: what is still lacking, and the step that freezes the call."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.base import clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import OWN_NAMES
from grants.base.workflow import move
from grants.calls import content as texts
from grants.calls import parameters, queries
from grants.calls.actions.drafting import may_edit
from grants.calls.letters.form import request_forms
from grants.calls.models import (
    Call,
)  # fmt: skip
from grants.calls.states import CallStatus


class NotReady(Refused):
    """A draft that may not be published yet; `lacking` are the sentences that say what is missing."""

    def __init__(self, lacking: Sequence[str]) -> None:
        super().__init__(_("The call cannot be published yet. Missing: %(what)s", what="; ".join(lacking)))
        self.lacking = list(lacking)


def lacking(call: Call) -> list[str]:
    """What still keeps a draft from being published, in sentences."""
    review = queries.review(call)
    said = []
    if review.errors:
        said.append(_("the rulebook has errors"))
    if review.open_warnings:
        said.append(_("warnings about the rulebook are not accepted yet"))
    for language in call.languages:
        if language not in call.rulebook.languages:
            said.append(_("the rulebook has no texts in the language %(language)s", language=OWN_NAMES[language]))
        if not call.title.get(language):
            said.append(_("title (%(language)s)", language=OWN_NAMES[language]))
    for part, language in texts.missing(call.content, call.languages):
        said.append(f"{part.title} ({OWN_NAMES[language]})")
    if call.closes_at <= clock.now():
        said.append(_("a time of closing that is still to come"))
    return said


def publish(call: Call, *, by: User) -> None:
    """Publish a draft: from this moment its rules, text, dates and documents never change."""
    may_edit(call, by)
    if missing := lacking(call):
        raise NotReady(missing)
    call.published_at = clock.now()
    call.parameter_set = parameters.for_day(clock.local(call.published_at).date()).id
    move(
        call, CallStatus.PUBLISHED, by=by, reference=call.reference, rulebook_sha256=call.rulebook_sha256,
        closes_at=call.closes_at.isoformat(),
    )  # fmt: skip
    db.session.flush()
    request_forms(call)
