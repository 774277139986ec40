"""When an application on paper counts as received, and whether that is in time (ZUP 68). Pure: ways and dates in, an instant out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from grants.base import clock


class Delivery(StrEnum):
    """How an application on paper came."""

    IN_PERSON = "in_person"
    REGISTERED_POST = "registered_post"
    ORDINARY_POST = "ordinary_post"
    OTHER_OFFICE = "other_office"


NEEDS_DAY = frozenset({Delivery.REGISTERED_POST, Delivery.OTHER_OFFICE})
"""The ways for which the day of handing over decides. On ordinary post it decides where the post has marked it."""


class Received(NamedTuple):
    """The instant that counts, and whether it is before the deadline."""

    at: datetime
    in_time: bool


def received(way: str, *, arrived_at: datetime, handed_on: date | None, closes_at: datetime) -> Received:
    """The day of handing over to the post, or to another office by mistake, is the day of receipt; else the arrival counts.

    A day has no hour: what was handed over on the last day is in time. For the order of receipt it stands at the end of its
    day, and never after the deadline that it has kept.
    """
    if way == Delivery.IN_PERSON or handed_on is None:
        return Received(arrived_at, arrived_at < closes_at)
    end_of_day = datetime.combine(handed_on, time(23, 59, 59), clock.LJUBLJANA).astimezone(UTC)
    last_moment = closes_at - timedelta(seconds=1)
    if handed_on <= clock.local(last_moment).date():
        return Received(min(end_of_day, last_moment), True)
    return Received(end_of_day, False)
