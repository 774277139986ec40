"""What time does to calls by itself."""

from __future__ import annotations

from grants.base import jobs
from grants.calls import actions


@jobs.periodic
def close_due() -> None:
    """Move calls whose time has run out to "closed"; whether they take applications is decided by the second anyway."""
    actions.close_due()
