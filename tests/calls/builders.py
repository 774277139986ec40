"""Calls for tests, made by the product's own actions. A builder commits, so call it outside of a unit of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from grants.accounts.actions import create_user, grant_role
from grants.accounts.models import Role, User
from grants.accounts.queries import find_user
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.actions import drafting, publishing, running
from grants.calls.content import MANDATORY
from grants.calls.models import Call
from grants.calls.queries import review_text
from grants.config import resource
from tests.accounts.builders import PASSWORD, TOTP_SECRET

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
STATUSES = ("draft", "published", "closed", "opened", "concluded", "cancelled")
_numbers = count(1)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """What is done inside happens at another time; the clock of the test stays where it is."""
    before = clock._source
    clock.set_source(lambda: instant)
    try:
        yield
    finally:
        clock.set_source(before)


def rulebook_text(name: str) -> str:
    """The text of a rulebook: of tests ("small"), or of those that ship with the product."""
    return SMALL if name == "small" else (resource("rulebooks") / name / "rulebook.yaml").read_text(encoding="utf-8")


def make_officer(area: str = "sport", role: Role = Role.OFFICER) -> User:
    """Somebody of the office with one role; asked twice for the same role, the same person."""
    address = f"{role}-{area or 'all'}@obala.example"
    known = find_user(address)
    if known is not None:
        return known
    with unit_of_work():
        user = create_user(
            email=address, password=PASSWORD, name=f"{role} {area}".strip().title(), language="sl", confirmed=True, totp_secret=TOTP_SECRET
        )
        db.session.flush()
        grant_role(user, role, area=area, by=None)
    return user


def full_content() -> dict[str, dict[str, str]]:
    """A sentence for each mandatory part, in both languages."""
    return {part.id: {"sl": f"Besedilo dela {part.id}.", "it": f"Testo della parte {part.id}."} for part in MANDATORY}


def call_data(*, rulebook: str = "small", area: str = "sport", **changes: Any) -> dict[str, Any]:
    """What `draft_call` takes: a sport call that opened two weeks before now and closes in two weeks."""
    now = clock.now()
    text = rulebook_text(rulebook) if "\n" not in rulebook else rulebook
    found = review_text(text, {})[1].warnings
    data: dict[str, Any] = {
        "reference": f"671-{next(_numbers)}/2026", "rulebook_text": text,
        "title": {"sl": "Javni razpis za sofinanciranje športa 2026", "it": "Bando per il cofinanziamento dello sport 2026"},
        "area": area, "regime": "sport", "kind": "razpis", "languages": ["sl", "it"], "content": full_content(), "budget_line": "18059001",
        "opens_at": now - timedelta(days=14), "closes_at": now + timedelta(days=14), "opening_at": now + timedelta(days=15),
        "decisions_due": (now + timedelta(days=60)).date(),
        "acknowledged": {finding.code: "Besedilo odloka je takšno in se ne spreminja." for finding in found},
    }  # fmt: skip
    return data | changes


def make_call(
    status: str = "published",
    *,
    rulebook: str = "small",
    by: User | None = None,
    area: str = "sport",
    acknowledged: Mapping[str, str] | None = None,
    **changes: Any,
) -> Call:
    """A call in a status. Later statuses are reached by waiting: the call then closed an hour before now."""
    if status not in STATUSES:
        raise LookupError(f"no status {status}; there are {', '.join(STATUSES)}")
    now = clock.now()
    officer = by or make_officer(area)
    later = status in ("closed", "opened", "concluded")
    if later:
        times = {"opens_at": now - timedelta(days=30), "closes_at": now - timedelta(hours=1), "opening_at": now - timedelta(minutes=30)}
        changes = times | changes
    if acknowledged is not None:
        changes["acknowledged"] = acknowledged
    data = call_data(rulebook=rulebook, area=area, **changes)
    start = min(data["opens_at"], now)
    with at(start), unit_of_work():
        call = drafting.draft_call(by=db.session.merge(officer), **data)
        if status not in ("draft", "cancelled"):
            publishing.publish(call, by=officer)
    with unit_of_work():
        call = db.session.get_one(Call, call.id)
        if later:
            running.close(call)
        if status in ("opened", "concluded"):
            running.mark_opened(call, by=officer, applications=0)
        if status == "concluded":
            running.conclude(call, by=officer, decisions=0)
        if status == "cancelled":
            publishing.publish(call, by=officer)
            running.cancel(call, by=officer, reason="Proračun še ni sprejet.")
    return call
