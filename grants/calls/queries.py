"""Reads of calls. Lists leave out the rulebook, which is large and which no list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from grants.accounts.models import Role, User
from grants.accounts.policy import holds
from grants.base import audit, clock, errors
from grants.base.db import db
from grants.base.documents import Document
from grants.calls import states
from grants.calls.models import Call, CallDocument
from grants.calls.municipality import municipality
from grants.calls.states import CallStatus
from scoring.findings import Finding
from scoring.rulebook import Rulebook, Track

_LIGHT = (defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.acknowledged))
READERS = (Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
"""Who may read drafts of an area."""


class Phase(StrEnum):
    """Where a call stands for those who read it; unlike the status it follows the clock by the second."""

    DRAFT = "draft"
    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    CANCELLED = "cancelled"


def phase(call: Call, at: datetime | None = None) -> Phase:
    """The phase of a call at an instant."""
    at = at or clock.now()
    if call.status == CallStatus.PUBLISHED:
        return Phase.COMING if at < call.opens_at else Phase.OPEN if at < call.closes_at else Phase.CLOSED
    return {CallStatus.DRAFT: Phase.DRAFT, CallStatus.CANCELLED: Phase.CANCELLED, CallStatus.CONCLUDED: Phase.DECIDED}.get(
        CallStatus(call.status), Phase.CLOSED
    )


def is_open(call: Call, at: datetime | None = None) -> bool:
    """Whether the call takes applications at this instant: from the second it opens up to, not including, the second it closes."""
    return phase(call, at) is Phase.OPEN


def get_call(call_id: int) -> Call:
    """The call with this number, or 404."""
    return db.session.get(Call, call_id) or errors.missing()


def find_call(reference: str) -> Call | None:
    """The call with this reference."""
    return db.session.scalar(select(Call).where(Call.reference == reference))


def public_calls(area: str = "") -> Sequence[Call]:
    """Every call that was published, the one that closes last first. One query."""
    query = select(Call).options(*_LIGHT).where(Call.published_at.is_not(None))
    if area:
        query = query.where(Call.area == area)
    return db.session.scalars(query.order_by(Call.closes_at.desc(), Call.id.desc())).all()


def last_told(calls: Sequence[Call]) -> dict[int, datetime]:
    """When each of some calls was last published, extended or cancelled, by id: what its readers should learn anew. One statement."""
    told = {one.name for one in (states.PUBLISHED, states.EXTENDED, states.CANCELLED)}
    events = audit.events_of(Call.__tablename__, [call.id for call in calls], audit.PUBLIC) if calls else []
    return {event.subject_id: event.at for event in events if event.kind.name in told}


def calls_for_staff(user: User) -> Sequence[Call]:
    """Drafts included, for those who may read them; other staff sees what is published. The newest first. One query."""
    query = select(Call).options(*_LIGHT)
    if not any(role.role in READERS and not role.area for role in user.staff_roles):
        areas = [area for area in municipality().areas if any(holds(user, role, area) for role in READERS)]
        query = query.where(or_(Call.published_at.is_not(None), Call.area.in_(areas)))
    return db.session.scalars(query.order_by(Call.created_at.desc(), Call.id.desc())).all()


def managed_areas(user: User) -> list[str]:
    """The areas in which this person may prepare calls, in the order of the municipality."""
    return [area for area in municipality().areas if holds(user, Role.OFFICER, area)]


def closing_calls() -> Sequence[Call]:
    """Published calls whose time ran out."""
    query = select(Call).where(Call.status == CallStatus.PUBLISHED, Call.closes_at <= clock.now())
    return db.session.scalars(query.order_by(Call.closes_at, Call.id)).all()


def open_calls() -> Sequence[Call]:
    """Calls that take applications now."""
    now = clock.now()
    query = select(Call).options(*_LIGHT).where(Call.status == CallStatus.PUBLISHED, Call.opens_at <= now, Call.closes_at > now)
    return db.session.scalars(query.order_by(Call.closes_at, Call.id)).all()


@dataclass(frozen=True)
class PublishedFile:
    """A document of a call together with the call, whose rule it follows."""

    call: Call
    document: CallDocument


def get_call_document(call_id: int, document_id: int) -> PublishedFile:
    """A document of this very call, or 404."""
    call = get_call(call_id)
    document = db.session.get(CallDocument, document_id)
    if document is None or document.call_id != call.id:
        errors.missing()
    return PublishedFile(call, document)


@dataclass(frozen=True)
class CallTrack:
    """One track of a call."""

    call: Call
    track: Track


def get_track(call_id: int, track_id: str) -> CallTrack:
    """A track of this call, or 404."""
    call = get_call(call_id)
    track = next((one for one in call.rulebook.tracks if one.id == track_id), None)
    return CallTrack(call, track or errors.missing())


def find_form(track: CallTrack, language: str) -> Document | None:
    """The printed blank form of a track, in this language or else in the first one of the call. Drafts have none."""
    wanted = language if language in track.call.languages else track.call.languages[0]
    query = select(Document).where(
        Document.subject_type == Call.__tablename__, Document.subject_id == track.call.id, Document.kind == "form",
        Document.number == f"{track.call.reference}/{track.track.id}", Document.language == wanted,
    )  # fmt: skip
    return db.session.scalars(query.order_by(Document.id.desc()).limit(1)).first()


@dataclass(frozen=True)
class CallText:
    """The text of a draft in one of its languages."""

    call: Call
    language: str


def get_text(call_id: int, text_language: str) -> CallText:
    """One of the languages of this call, or 404."""
    call = get_call(call_id)
    if text_language not in call.languages:
        errors.missing()
    return CallText(call, text_language)


def finding_key(finding: Finding) -> str:
    """Under what an accepted warning is remembered: what it is and where. Two gaps may lie beside the same band."""
    gap = next((finding.params[name] for name in ("gap", "class", "choice") if finding.params.get(name)), "")
    return f"{finding.code}@{finding.path}" + (f" {gap}" if gap else "")


@dataclass(frozen=True)
class Review:
    """What the linter says about the rulebook of a call, and which warnings were accepted with which reason."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    accepted: Mapping[str, str]

    def reason(self, finding: Finding) -> str:
        """Why a warning was accepted: the reason given for this place, else for all findings of its kind; empty if it was not."""
        return self.accepted.get(finding_key(finding)) or self.accepted.get(finding.code, "")

    @property
    def open_warnings(self) -> tuple[Finding, ...]:
        """Warnings that nobody has accepted yet."""
        return tuple(one for one in self.warnings if not self.reason(one).strip())


@lru_cache(maxsize=4)
def _looked(text: str, name: str) -> tuple[Rulebook | None, tuple[Finding, ...]]:
    """A page, what it checks and what it does each look at the same text; reading a long rulebook takes a tenth of a second."""
    from scoring.lint import look

    return look(text, name)


def review_text(text: str, accepted: Mapping[str, str], name: str = "rulebook.yaml") -> tuple[Rulebook | None, Review]:
    """Read a rulebook and let the linter look at it; the rulebook is None if it cannot be used."""
    rulebook, found = _looked(text, name)
    return rulebook, Review(
        tuple(one for one in found if one.severity == "error"), tuple(one for one in found if one.severity == "warning"), accepted
    )


def review(call: Call) -> Review:
    """The findings about the rulebook of a call, with their places in its text."""
    return review_text(call.rulebook_text, call.acknowledged)[1]


_REVIEWS: dict[str, tuple[Finding, ...]] = {}


def review_once(call: Call) -> Review:
    """The accepted warnings of a published call; its text never changes, so the linter looks at it once."""
    key = call.rulebook_sha256
    if key not in _REVIEWS:
        if len(_REVIEWS) >= 200:
            _REVIEWS.clear()
        _REVIEWS[key] = review(call).warnings
    return Review((), _REVIEWS[key], call.acknowledged)
