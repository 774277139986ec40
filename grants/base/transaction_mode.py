"""Whether the unit of work under way may write. Set by `transaction`, read when a connection begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_writes: ContextVar[bool] = ContextVar("grants_may_write", default=True)


def may_write() -> bool:
    """True for a unit of work that may write (the safe default), False inside a read."""
    return _writes.get()


_waits: ContextVar[bool] = ContextVar("grants_waits_to_write", default=False)


def waits() -> bool:
    """True for a unit of work that may write but has not asked for the lock of the database yet: it reads first, or stores files."""
    return _waits.get()


def no_longer_waits() -> None:
    """It has asked now."""
    _waits.set(False)


@contextmanager
def mode(*, write: bool, wait: bool = False) -> Iterator[None]:
    """Set the mode for the code inside."""
    writes, waiting = _writes.set(write), _waits.set(wait)
    try:
        yield
    finally:
        _writes.reset(writes)
        _waits.reset(waiting)
