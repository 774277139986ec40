"""An organisation that applied last year and begins again this year, with a form that has changed in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from grants.accounts.models import Organisation, User
from grants.applications.models import Application
from grants.base import clock
from grants.base.db import db
from grants.calls.models import Call
from tests.applications.builders import make_application, make_organisation, owner_of
from tests.calls.builders import SMALL, at, make_call

CHANGED = (
    SMALL.replace("Na dan vloge.", "Na dan 1. januarja.")
    .replace("{id: second, label: {sl: druga stopnja, it: secondo livello}}", "{id: third, label: {sl: tretja stopnja, it: terzo livello}}")
    .replace("{choice: second,", "{choice: third,")
    .replace("{id: held, kind: date, label: {sl: Datum, it: Data}}", "{id: place, kind: text, label: {sl: Kraj, it: Luogo}}")
    .replace(
        "      - {id: requested,",
        "      - {id: aims, kind: text, section: who, label: {sl: Cilji, it: Obiettivi}}\n      - {id: requested,",
    )
)
"""This year's rules: the explanation of one question, a possible answer and a column changed, and one question is new."""
ANSWERS: dict[str, Any] = {
    "members": 48, "youth": True, "coach": "second",
    "events": [{"title": "Regata", "held": "2025-07-04"}, {"title": "Pohod", "held": None}], "requested": 123456,
}  # fmt: skip


def last_years_call(rules: str = SMALL, *, days: int = 365, **changes: Any) -> Call:
    """A call that took applications so many days ago."""
    then = clock.now() - timedelta(days=days)
    times = {"opens_at": then - timedelta(days=10), "closes_at": then + timedelta(days=10), "opening_at": then + timedelta(days=11)}
    return make_call("published", rulebook=rules, **(times | {"decisions_due": (then + timedelta(days=60)).date()} | changes))


def applied(call: Call, organisation: Organisation, status: str = "submitted", **given: Any) -> Application:
    """An application of that time; its second is the middle of the time for applying."""
    known = {fact.id for fact in call.rulebook.tracks[0].facts}
    answers = {name: value for name, value in ANSWERS.items() if name in known} | given
    with at(call.opens_at + (call.closes_at - call.opens_at) / 2):
        return make_application(status, call=call, organisation=organisation, **answers)


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def person(application: Application) -> User:
    return owner_of(again(application).organisation)


def two_years(rules: str = CHANGED, **given: Any) -> tuple[Application, Application]:
    """The application of last year, and the draft of this year."""
    organisation = make_organisation()
    earlier = applied(last_years_call(), organisation, **given)
    return earlier, make_application("draft", call=make_call(rulebook=rules), organisation=again(earlier).organisation)
