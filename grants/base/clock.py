"""The only place that reads the time. Instants are aware and in UTC; people read them in Europe/Ljubljana."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LJUBLJANA = ZoneInfo("Europe/Ljubljana")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _source()


def set_source(source: Callable[[], datetime] | None) -> None:
    """Replace the source of time (the demo replays past months; tests stand still). None gives the system's back."""
    global _source
    _source = source or _system


def local(instant: datetime) -> datetime:
    """The same instant as the clock on the town hall shows it."""
    return instant.astimezone(LJUBLJANA)


def today() -> date:
    """Today's date in Ljubljana."""
    return local(now()).date()


def parse_local(text: str) -> datetime:
    """An instant from local wall time such as "2026-05-04T12:00:00". In the hour that occurs twice the earlier one counts."""
    naive = datetime.fromisoformat(text)
    if naive.tzinfo is not None:
        return naive.astimezone(UTC)
    return naive.replace(tzinfo=LJUBLJANA).astimezone(UTC)
