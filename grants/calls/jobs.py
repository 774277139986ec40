"""What time does to calls by itself."""

from __future__ import annotations

from grants.base import jobs
from grants.calls.actions import running


@jobs.periodic
def close_due() -> None:
    """Move calls whose time has run out to "closed"; whether they take applications is decided by the second anyway."""
    running.close_due()
