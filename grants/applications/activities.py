"""Activities of applications, by their names: two names are of the same one where only capitals, accents, punctuation or spaces differ."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import defer

from grants.applications import queries
from grants.applications.models import Application, ApplicationPartner, EnteredActivity
from grants.applications.states import TAKING_PART, ApplicationStatus
from grants.base.db import db
from scoring.rulebook import Track

_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that are written with a stroke or joined, and have no accent that could be taken off."""


def comparable(name: str) -> str:
    """A name as it is compared. One of signs alone is compared by its signs."""
    plain = _unmarked(_unmarked(name.casefold()).translate(_LETTERS).casefold())
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return " ".join(words or plain.split() or name.split())


def _unmarked(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.category(sign).startswith("M"))


class Activity(NamedTuple):
    """An activity as it was written; `row` counts the rows of its table from 0, None where it stands in a question of its own."""

    name: str
    row: int | None = None

    @property
    def sha256(self) -> str:
        """Of its name as it is compared."""
        return hashlib.sha256(comparable(self.name).encode()).hexdigest()


def activities_of(track: Track, answers: Mapping[str, Any]) -> list[Activity]:
    """What an application does, in typed or checked answers; names that are empty or no text are left out."""
    named = track.activity
    if named is None:
        return []
    if named.column is None:
        written = [Activity(answers.get(named.fact) or "")]
    else:
        rows = answers.get(named.fact) or ()
        written = [Activity(row.get(named.column) or "", place) for place, row in enumerate(rows) if isinstance(row, Mapping)]
    return [one for one in written if isinstance(one.name, str) and one.name.strip()]


def repeated(track: Track, answers: Mapping[str, Any]) -> list[tuple[Activity, Activity]]:
    """The rows whose activity stands in an earlier row already, each with that one."""
    first: dict[str, Activity] = {}
    found = []
    for one in activities_of(track, answers):
        known = first.setdefault(one.sha256, one)
        if known is not one:
            found.append((one, known))
    return found


class Entered(NamedTuple):
    """An activity that an organisation has in another application already: under which number, or None where that is a draft."""

    activity: Activity
    tax_number: str
    number: str | None


def entered(application: Application, activities: Sequence[Activity], tax_numbers: Collection[str]) -> list[Entered]:
    """Which of these activities stand in other submitted applications of the call, by these organisations. One statement."""
    by_hash = {one.sha256: one for one in activities}
    if not by_hash:
        return []
    query = (
        select(EnteredActivity.activity_sha256, EnteredActivity.tax_number, Application.number)
        .join(Application, Application.id == EnteredActivity.application_id)
        .where(
            EnteredActivity.call_id == application.call_id, EnteredActivity.tax_number.in_(tax_numbers),
            EnteredActivity.activity_sha256.in_(by_hash), EnteredActivity.application_id != application.id,
        )
        .order_by(EnteredActivity.id)
    )  # fmt: skip
    return [Entered(by_hash[sha256], tax_number, number) for sha256, tax_number, number in db.session.execute(query)]


def enter(application: Application, activities: Sequence[Activity], tax_numbers: Collection[str]) -> None:
    """Note that these organisations have entered these activities. The register of numbers is ours, so no other submission comes between."""
    rows = [
        {"application_id": application.id, "call_id": application.call_id, "tax_number": tax_number, "activity_sha256": sha256}
        for sha256 in dict.fromkeys(one.sha256 for one in activities)
        for tax_number in dict.fromkeys(tax_numbers)
    ]
    if rows:
        db.session.execute(insert(EnteredActivity), rows)


def take_out(application: Application) -> None:
    """What a withdrawn application had entered is free again."""
    if queries.track_of(application.call, application.track).activity is not None:
        db.session.execute(delete(EnteredActivity).where(EnteredActivity.application_id == application.id))


def drafted(application: Application, activities: Sequence[Activity], tax_number: str) -> list[Entered]:
    """Which of these activities stand in other drafts in which this organisation takes part: a hint for its own people. One statement."""
    by_hash = {one.sha256: one for one in activities}
    if not by_hash:
        return []
    partner = select(ApplicationPartner.application_id).where(
        ApplicationPartner.tax_number == tax_number, ApplicationPartner.status.in_(TAKING_PART)
    )
    query = select(Application).where(
        Application.call_id == application.call_id, Application.id != application.id, Application.status == ApplicationStatus.DRAFT,
        Application.organisation.has(tax_number=tax_number) | Application.id.in_(partner),
    ).options(defer(Application.changes)).order_by(Application.id)  # fmt: skip
    found = []
    for other in db.session.scalars(query):
        track = queries.track_of(application.call, other.track)
        for one in activities_of(track, other.answers):
            if one.sha256 in by_hash:
                found.append(Entered(by_hash[one.sha256], tax_number, None))
    return list(dict.fromkeys(found))
