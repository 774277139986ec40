"""Which earlier application of the organisation stands beside a draft: the newest to the same part of such a call, else the one that asked most of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import aliased, contains_eager, defer, lazyload

from grants.accounts.models import User
from grants.applications import policy, queries
from grants.applications.earlier.comparing import is_alike
from grants.applications.models import Application, Submission
from grants.applications.states import OPEN_TO_STAFF, ApplicationStatus
from grants.base import clock
from grants.base.db import db
from grants.calls.models import Call
from scoring.form import form_of
from scoring.questions import Fact
from scoring.rulebook import Track

MOST = 8
"""How many earlier applications a person may choose from; older ones help nobody."""


@dataclass(frozen=True)
class Earlier:
    """An application of an earlier call, as it was submitted. Its draft, and anything that was never submitted, is not looked at."""

    application: Application
    submission: Submission

    @property
    def id(self) -> int:
        """The number of the application in an address."""
        return self.application.id

    @property
    def year(self) -> int:
        """The year in which it was received."""
        return clock.local(self.submission.received_at).year

    @property
    def track(self) -> Track:
        """What was asked then."""
        return queries.track_of(self.application.call, self.application.track)


def all_of(application: Application, *, by: User) -> list[Earlier]:
    """The earlier applications of the same organisation that this person may see, the newest first."""
    return [Earlier(one, submission) for one, submission in _submitted_before(application) if policy.may_see(by, one)]


def _submitted_before(application: Application) -> Sequence[tuple[Application, Submission]]:
    """What the same organisation submitted to earlier calls and did not withdraw, the newest first, each with the submission that counts. One statement."""
    of_this = {"organisation": application.organisation_id, "this": application.id, "opening": application.call.opens_at}
    return [(row[0], row[1]) for row in db.session.execute(_earlier_ones(), of_this)]


@cache
def _earlier_ones() -> Select[Application, Submission]:
    """Built once: that takes longer than asking it, and every page of a form asks."""
    newer = aliased(Submission)
    replaced = exists().where(newer.application_id == Submission.application_id, newer.sequence > Submission.sequence)
    return (
        select(Application, Submission)
        .join(Application.call)
        .join(Submission, Submission.application_id == Application.id)
        .where(
            ~replaced,
            Application.organisation_id == bindparam("organisation"), Application.id != bindparam("this"),
            Application.status.in_((ApplicationStatus.SUBMITTED, *OPEN_TO_STAFF)), Call.opens_at < bindparam("opening"),
        )
        .options(
            contains_eager(Application.call).options(
                defer(Call.rulebook_text), defer(Call.rulebook_data), defer(Call.content), defer(Call.acknowledged)
            ),
            defer(Application.answers), defer(Application.changes), lazyload(Submission.by),
        )
        .order_by(Submission.received_at.desc(), Submission.id.desc())
        .limit(MOST)
    )  # fmt: skip


def best_of(application: Application, found: Sequence[Earlier]) -> Earlier | None:
    """The one that stands beside the draft unless somebody chooses another."""
    here = (application.call.area, application.track)
    for one in found:
        if (one.application.call.area, one.application.track) == here:
            return one
    track = queries.track_of(application.call, application.track)
    shared = [(len(common(track, one.track)), -index, one) for index, one in enumerate(found)]
    return max(shared, key=lambda pair: pair[:2])[2] if any(count for count, _index, _one in shared) else None


def common(track: Track, before: Track) -> frozenset[str]:
    """The questions that both ask people."""
    known = {fact.id: fact for fact in before.facts if is_asked_of_people(before, fact)}
    return frozenset(
        fact.id for fact in track.facts if fact.id in known and is_asked_of_people(track, fact) and is_alike(fact, known[fact.id])
    )


def is_asked_of_people(track: Track, fact: Fact) -> bool:
    """Whether an answer is thought about: neither computed, nor known of the organisation, nor a declaration, which is given anew each time."""
    return fact.id not in form_of(track).computed and fact.prefill is None and fact.legal is None and fact.consent is None
