"""Answers of an earlier application copied into a draft, through the same door as everything that is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from grants.accounts.models import User
from grants.applications.actions import drafting
from grants.applications.answers import as_typed
from grants.applications.earlier.beside import Beside
from grants.applications.models import Application
from grants.base.errors import Refused


@dataclass(frozen=True)
class Page:
    """What the page held on which a button was pressed: what was typed, and with what it began."""

    typed: Mapping[str, Any]
    version: int
    base: Mapping[str, str] | None = None


def copy_answer(application: Application, beside: Beside, name: str, page: Page, *, by: User, replace: bool = False) -> tuple[str, ...]:
    """Copy one answer, after what was typed is saved. Returns it as conflicting when it would replace what this person has not seen.

    Without `replace` an answer that is there stays, whoever wrote it and however late.
    """
    question = beside.questions.get(name)
    if question is None or not question.offer.value:
        raise Refused(_("There is no earlier answer that could be copied here."), status=422)
    saved = as_typed(question.fact, application.answers.get(name))
    if saved and not replace:
        return ()
    seen = not saved or (name in page.typed and as_typed(question.fact, page.typed[name]) == saved)
    return drafting.save(
        application, {name: question.offer.value}, version=application.version if seen else page.version,
        base=None if seen else page.base, touched=[name], by=by,
    )  # fmt: skip


def copy_answers(application: Application, beside: Beside, *, by: User) -> int:
    """Copy what fits into the empty questions, and say how many answers that were. What is answered stays as it is."""
    copies = beside.to_copy(application)
    drafting.save(application, copies, version=application.version, by=by, touched=copies)
    return len(copies)
