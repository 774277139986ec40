"""Whether the unit of work under way may write. Set by `transaction`, read when a connection begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_writes: ContextVar[bool] = ContextVar("grants_may_write", default=True)


def may_write() -> bool:
    """True for a unit of work that may write (the safe default), False inside a read."""
    return _writes.get()


@contextmanager
def mode(*, write: bool) -> Iterator[None]:
    """Set the mode for the code inside."""
    token = _writes.set(write)
    try:
        yield
    finally:
        _writes.reset(token)
