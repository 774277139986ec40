"""How long applicants waited: exact ranks, only of what is public, beside the promise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grants.base.db import db
from grants.calls.models import Call
from grants.transparency import waiting
from tests.calls.builders import make_call
from tests.decisions.builders import make_drafted, make_issued, make_scored
from tests.pages import LintingClient


@pytest.mark.parametrize(("days", "half", "nine"), [
    ([7], 7, 7), ([1, 9], 1, 9), ([3, 1, 2], 2, 3), (range(1, 11), 5, 9), (range(1, 12), 6, 10), (range(1, 21), 10, 18),
])  # fmt: skip
def test_half_and_nine_of_ten_by_the_nearest_rank(days: list[int], half: int, nine: int) -> None:
    assert (waiting.within(days, 5), waiting.within(days, 9)) == (half, nine)


@given(st.lists(st.integers(0, 400), min_size=1), st.integers(1, 10))
def test_that_many_really_were_decided_by_then_and_not_a_day_earlier(days: list[int], tenths: int) -> None:
    found = waiting.within(days, tenths)
    assert 10 * sum(day <= found for day in days) >= tenths * len(days)
    assert 10 * sum(day < found for day in days) < tenths * len(days)


def call_of(reference: str) -> Call:
    db.session.expire_all()
    return db.session.scalars(db.select(Call).where(Call.reference == reference)).one()


def test_nothing_is_told_before_the_results_are_public(app: Flask, client: LintingClient) -> None:
    make_drafted(make_scored(reference="671-777/2026"))
    call = call_of("671-777/2026")
    assert waiting.waited(call) is None
    assert "Kako dolgo se čaka" not in client.get(f"/sl/razpisi/{call.id}").text


def test_a_decided_call_says_how_long_it_took_and_by_how_much_it_was_late(app: Flask, client: LintingClient) -> None:
    make_issued(make_scored(reference="671-777/2026", decisions_due=date(2026, 4, 30)))
    call = call_of("671-777/2026")
    known = waiting.waited(call)
    assert known is not None and known.call_id == call.id
    assert (known.applications, known.half, known.nine_of_ten, known.last, known.late) == (3, 20, 20, date(2026, 5, 4), 4)
    text = client.get(f"/sl/razpisi/{call.id}").text
    for shown in (
        "Odločeno je o 3 vlogah tega razpisa.",
        "največ 20 dni",
        "Zadnja odločitev je prišla 4 dni pozneje, kot je bilo obljubljeno.",
    ):
        assert shown in text
    assert "In questo bando sono decise 3 domande." in client.get(f"/it/razpisi/{call.id}").text


def test_an_open_call_tells_of_the_last_comparable_one(app: Flask, client: LintingClient, queries: Callable[[], list[str]]) -> None:
    make_issued(make_scored(reference="671-777/2026", decisions_due=date(2026, 5, 20)))
    same, other = make_call("published", reference="671-1/2026").id, make_call("published", reference="671-2/2026", area="culture").id
    queries()
    text = client.get(f"/sl/razpisi/{same}").text
    assert len(queries()) <= 5
    assert "Pri zadnjem primerljivem razpisu:" in text and "Vse so prišle do obljubljenega dne" in text
    assert "Kako dolgo se čaka" not in client.get(f"/sl/razpisi/{other}").text
