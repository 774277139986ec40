"""How periods of the procedure are counted (ZUP 100, 101), and wall time of Ljubljana as an instant. Pure: dates in, dates out."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LJUBLJANA = ZoneInfo("Europe/Ljubljana")


@dataclass(frozen=True)
class Holiday:
    """A public holiday. `work_free` says whether people rest, `moves` whether a period that ends on it goes on."""

    on: date
    name: str
    work_free: bool
    moves: bool


@dataclass(frozen=True)
class WorkingHoliday:
    """A holiday that is not work-free, every year on the same day since some year."""

    month: int
    day: int
    since: int
    moves: bool
    name: Mapping[str, str]


@dataclass(frozen=True)
class Calendar:
    """The days on which a period does not end: Saturdays (the office is closed), Sundays, work-free days and holidays."""

    working_holidays: tuple[WorkingHoliday, ...] = ()

    def holiday(self, day: date) -> Holiday | None:
        """The holiday on a day, work-free or not."""
        name = _work_free(day.year).get(day)
        if name is not None:
            return Holiday(day, name, work_free=True, moves=True)
        for known in self.working_holidays:
            if (known.month, known.day) == (day.month, day.day) and day.year >= known.since:
                return Holiday(day, known.name["sl"], work_free=False, moves=known.moves)
        return None

    def of_year(self, year: int) -> list[Holiday]:
        """Every holiday of a year, in order."""
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366 if monthrange(year, 2)[1] == 29 else 365))
        return [found for day in days if (found := self.holiday(day)) is not None]

    def may_end_on(self, day: date) -> bool:
        """Whether a period can end on this day."""
        holiday = self.holiday(day)
        return day.weekday() < 5 and not (holiday is not None and holiday.moves)

    def next_working(self, day: date) -> date:
        """This day, or the first one after it on which a period can end."""
        while not self.may_end_on(day):
            day += timedelta(days=1)
        return day

    def end_of_days(self, event: date, days: int) -> date:
        """The last day of a period of days: the day of the event is not counted, a last day that is not worked moves on."""
        return self.next_working(event + timedelta(days=days))

    def end_of_months(self, event: date, months: int) -> date:
        """The last day of a period of months: the same-numbered day, or the last one of a shorter month; then moved likewise."""
        year, month = divmod(event.year * 12 + event.month - 1 + months, 12)
        last = date(year, month + 1, min(event.day, monthrange(year, month + 1)[1]))
        return self.next_working(last)


def served_by_fiction(dispatched: date, days: int) -> date:
    """The day on which a document counts as served: the n-th day after the dispatch, whatever day that is."""
    return dispatched + timedelta(days=days)


@lru_cache(maxsize=64)
def _work_free(year: int) -> dict[date, str]:
    import holidays  # a tenth of a second that most processes never need

    return dict(holidays.country_holidays("SI", years=year, language="sl").items())


class NoSuchTime(ValueError):
    """A wall time that does not occur on that day, or occurs twice. `twice` tells which."""

    def __init__(self, wall: datetime, *, twice: bool) -> None:
        super().__init__(f"{wall:%Y-%m-%d %H:%M:%S} {'occurs twice' if twice else 'does not occur'} in Europe/Ljubljana")
        self.wall = wall
        self.twice = twice


def instant_of(wall: datetime) -> datetime:
    """The instant (UTC) of a naive wall time in Ljubljana. Refuses the hour that the clock change skips, and the one it repeats."""
    earlier = wall.replace(tzinfo=LJUBLJANA, fold=0)
    later = wall.replace(tzinfo=LJUBLJANA, fold=1)
    instant = earlier.astimezone(UTC)
    if instant.astimezone(LJUBLJANA).replace(tzinfo=None) != wall:
        raise NoSuchTime(wall, twice=False)
    if instant != later.astimezone(UTC):
        raise NoSuchTime(wall, twice=True)
    return instant
