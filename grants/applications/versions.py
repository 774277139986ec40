"""Several people, one draft: what somebody began with, what they typed, and what others saved meanwhile, question by question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from grants.accounts.models import User
from grants.applications import answers, presentation, queries
from grants.applications.models import Application
from grants.base import audit
from grants.base.db import db
from grants.base.language import instant, localized
from scoring.questions import Fact

SHORT = 12


def mark(fact: Fact, value: Any) -> str:
    """A short mark of one answer as it is kept in the draft: equal marks, equal answers."""
    return hashlib.sha256(audit.canonical_json(answers.as_typed(fact, value)).encode()).hexdigest()[:SHORT]


def marks(application: Application) -> dict[str, str]:
    """The marks of all answers of a draft as it is saved: what a page that is opened now begins with."""
    return {fact.id: mark(fact, application.answers.get(fact.id)) for fact in _facts(application)}


def base_of(text: str) -> dict[str, str] | None:
    """The marks that a page sent back; None when it sent none that can be read."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {str(name): str(value) for name, value in sent.items()} if isinstance(sent, dict) else None


@dataclass(frozen=True)
class Compared:
    """What was typed beside what is saved: the answers that only this person changed, and those that two people did."""

    mine: dict[str, Any]
    conflicting: tuple[str, ...]


def compare(
    application: Application,
    typed: Mapping[str, Any],
    *,
    version: int,
    base: Mapping[str, str] | None = None,
    touched: Collection[str] = (),
) -> Compared:
    """Whose answer stands. An answer that its writer never saw changed is nobody's to overwrite.

    `base` are the marks with which the page began; for an answer without one the version of the whole draft decides. `touched` were typed
    in, even if what is typed is again what the page began with.
    """
    mine: dict[str, Any] = {}
    conflicting = []
    for fact in _facts(application):
        if fact.id not in typed:
            continue
        value, saved = answers.as_typed(fact, typed[fact.id]), answers.as_typed(fact, application.answers.get(fact.id))
        began = (base or {}).get(fact.id)
        if value == saved or (began == mark(fact, value) and fact.id not in touched):
            continue  # nothing to save, or this person did not touch it
        seen = version == application.version if began is None else began == mark(fact, saved)
        if seen:
            mine[fact.id] = value
        else:
            conflicting.append(fact.id)
    return Compared(mine, tuple(conflicting))


@dataclass(frozen=True)
class Change:
    """Who saved an answer last, and when; without a name where that was before the draft kept account of it."""

    fact: Fact
    who: int | None
    name: str | None
    at: datetime | None


def changes(application: Application, wanted: Collection[str]) -> list[Change]:
    """Who changed some answers last. At most one statement."""
    known = {name: application.changes[name] for name in wanted if name in (application.changes or {})}
    people = {who for who, _at in known.values()}
    names = {row[0]: row[1] for row in db.session.execute(select(User.id, User.name).where(User.id.in_(people)))} if people else {}
    found = []
    for fact in _facts(application):
        if fact.id in wanted:
            who, at = known.get(fact.id, (None, None))
            found.append(Change(fact, who, names.get(who), datetime.fromisoformat(at) if at else None))
    return found


def sentence(change: Change, *, reader: User) -> str:
    """The change in words."""
    question = localized(change.fact.label)
    if change.at is None or change.name is None:
        return _("“%(question)s” was changed meanwhile.", question=question)
    if change.who == reader.id:
        return _("You changed “%(question)s” in another window: %(moment)s.", question=question, moment=instant(change.at))
    return _("%(name)s changed “%(question)s”: %(moment)s.", name=change.name, question=question, moment=instant(change.at))


def by_others(application: Application, base: Mapping[str, str] | None, sent: Iterable[str]) -> list[str]:
    """The answers that somebody else saved since a page began, apart from those that the page sends itself."""
    own = set(sent)
    return [fact.id for fact in _facts(application) if fact.id not in own and (base or {}).get(fact.id, "") not in ("", mark(fact, application.answers.get(fact.id)))]  # fmt: skip


def joined(saved: Any, mine: Any) -> list[Any]:
    """The rows that are saved, and after them those of mine that are not among them: two people who both added rows lose none."""
    there = list(saved or ())
    return [*there, *(row for row in mine or () if row not in there)]


@dataclass(frozen=True)
class Differing:
    """One question with two answers, each in lines of text, and who saved the other one."""

    fact: Fact
    mine: list[str]
    theirs: list[str]
    change: Change

    @property
    def can_be_joined(self) -> bool:
        """Whether both have rows, so that those of both can stay."""
        return self.fact.kind == "table" and bool(self.mine and self.theirs)


def differing(application: Application, mine: Mapping[str, Any]) -> list[Differing]:
    """The questions whose typed answer is not the saved one, side by side."""
    wanted = [fact.id for fact in _facts(application) if fact.id in mine and mark(fact, mine[fact.id]) != mark(fact, application.answers.get(fact.id))]  # fmt: skip
    return [
        Differing(one.fact, _lines(one.fact, mine[one.fact.id]), _lines(one.fact, application.answers.get(one.fact.id)), one)
        for one in changes(application, wanted)
    ]


def _lines(fact: Fact, value: Any) -> list[str]:
    return list(presentation.as_text(fact, answers.as_typed(fact, value)))


def _facts(application: Application) -> list[Fact]:
    return [fact for fact in queries.track_of(application.call, application.track).facts if fact.kind != "file"]


def as_fields(fact: Fact, value: Any) -> list[list[str]] | None:
    """A simple answer as the fields of the page hold it, [[name, value]]; None for rows, which a page has to load anew."""
    if fact.kind == "table":
        return None
    kept = answers.as_typed(fact, value)
    return [[f"f_{fact.id}", one] for one in kept] if isinstance(kept, list) else [[f"f_{fact.id}", kept]]
