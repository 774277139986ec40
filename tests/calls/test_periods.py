"""How periods are counted, and how wall time becomes an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from grants.calls import parameters, periods

D = date.fromisoformat

VECTORS = [
    # served, days, last day, why
    ("2026-03-20", 15, "2026-04-07", "Saturday, Easter Sunday, Easter Monday"),
    ("2026-03-20", 21, "2026-04-10", "a Friday"),
    ("2026-04-16", 15, "2026-05-04", "1 and 2 May are free, 3 May is a Sunday"),
    ("2026-12-11", 15, "2026-12-28", "26 December is free, then Sunday"),
    ("2026-08-31", 15, "2026-09-16", "15 September is a holiday on which people work"),
    ("2026-03-28", 15, "2026-04-13", "12 April is a Sunday"),
    ("2024-02-14", 15, "2024-02-29", "a leap day"),
]


@pytest.mark.parametrize(("served", "days", "last", "why"), VECTORS)
def test_days(served: str, days: int, last: str, why: str) -> None:
    assert parameters.calendar().end_of_days(D(served), days) == D(last), why


def test_months_end_on_the_same_number_or_the_last_day_and_then_move() -> None:
    calendar = parameters.calendar()
    assert calendar.end_of_months(D("2025-12-31"), 2) == D("2026-03-02")
    assert calendar.end_of_months(D("2026-01-15"), 1) == D("2026-02-16")
    assert calendar.end_of_months(D("2026-01-30"), 13) == D("2027-03-01")
    assert calendar.end_of_months(D("2026-05-04"), 2) == D("2026-07-06")


def test_service_by_fiction_does_not_move() -> None:
    assert periods.served_by_fiction(D("2026-03-13"), parameters.get("zup-2022").service_fiction_days) == D("2026-03-20")
    old = parameters.get("zup-2000")
    served = periods.served_by_fiction(D("2026-03-13"), old.service_fiction_days)
    assert served == D("2026-03-28")
    assert parameters.calendar().end_of_days(served, old.appeal_days) == D("2026-04-13")


def test_holidays_are_told_apart_by_whether_people_work() -> None:
    calendar = parameters.calendar()
    working = {holiday.on for holiday in calendar.of_year(2026) if not holiday.work_free}
    assert {D("2026-08-17"), D("2026-09-15"), D("2026-09-23"), D("2026-11-23")} <= working
    free = {holiday.on for holiday in calendar.of_year(2026) if holiday.work_free}
    assert {D("2026-01-01"), D("2026-01-02"), D("2026-02-08"), D("2026-04-06"), D("2026-12-26")} <= free
    assert not (working & free)


def test_naive_reading_differs_by_a_flag_only() -> None:
    naive = periods.Calendar()
    assert naive.end_of_days(D("2026-08-31"), 15) == D("2026-09-15")


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00"),
        ("2026-10-25T01:59:59", "2026-10-24T23:59:59"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00"),
    ],
)
def test_wall_time_is_an_instant(wall: str, instant: str) -> None:
    assert periods.instant_of(datetime.fromisoformat(wall)) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_the_skipped_and_the_repeated_hour_are_refused() -> None:
    with pytest.raises(periods.NoSuchTime) as skipped:
        periods.instant_of(datetime(2026, 3, 29, 2, 30))
    assert not skipped.value.twice
    with pytest.raises(periods.NoSuchTime) as repeated:
        periods.instant_of(datetime(2026, 10, 25, 2, 30))
    assert repeated.value.twice
