"""How long applicants really wait: days from the deadline to the decision, in calls whose results are public. Beside what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from flask import render_template
from markupsafe import Markup
from sqlalchemy import Select, bindparam, func, select

from grants.applications.models import Application
from grants.base import clock
from grants.base.db import db
from grants.calls.models import Call
from grants.decisions.models import Decision
from grants.transparency.queries import public_awards


@dataclass(frozen=True)
class Waited:
    """One call: how many applications are decided, after how many days half and nine of ten of them were, and the last on which day."""

    call_id: int
    title: dict[str, str]
    promised: date | None
    applications: int
    half: int
    nine_of_ten: int
    last: date

    @property
    def late(self) -> int | None:
        """By how many days the last decision missed the promised day; None if none was promised or it was kept."""
        return (self.last - self.promised).days if self.promised and self.last > self.promised else None


def within(days: Sequence[int], tenths: int) -> int:
    """The least number of days within which so many tenths of all (at least one) have ended: the nearest rank, no value in between."""
    return sorted(days)[-(-len(days) * tenths // 10) - 1]


@cache
def _of_newest() -> Select[int, dict[str, str], datetime, date | None, int, datetime | None]:
    """Built once: that takes longer than asking it, and it stands on every page of a call."""
    comparable = (Call.area == bindparam("area"), Call.closes_at <= bindparam("until"))
    newest = public_awards(select(func.max(Call.closes_at)).join(Application, Application.call_id == Call.id)).where(*comparable)
    columns = (Call.id, Call.title, Call.closes_at, Call.decisions_due, Application.id, Decision.issued_at)
    query = public_awards(select(*columns).join(Application, Application.call_id == Call.id))
    return query.where(*comparable, Call.closes_at == newest.scalar_subquery())


def waited(call: Call) -> Waited | None:
    """What is known of this call, or else of the newest earlier one of the same area; None if nothing is public. One query.

    An application waits until the last of its decisions.
    """
    rows = db.session.execute(_of_newest(), {"area": call.area, "until": call.closes_at}).all()
    if not rows:
        return None
    told = next((row for row in rows if row[0] == call.id), rows[0])
    decided: dict[int, date] = {}
    for identity, _title, _closes_at, _due, application, issued_at in rows:
        if identity == told[0] and issued_at:
            decided[application] = max(decided.get(application, date.min), clock.local(issued_at).date())
    days = [(day - clock.local(told[2]).date()).days for day in decided.values()]
    return Waited(told[0], told[1], told[3], len(days), within(days, 5), within(days, 9), max(decided.values()))


def fragment(call: Call) -> Markup:
    """Stands below the timetable of a call."""
    known = waited(call) if call.published_at else None
    own = known is not None and known.call_id == call.id
    return Markup(render_template("transparency/_waiting.html", waited=known, own=own))  # noqa: S704 - a page of ours, escaped by Jinja
