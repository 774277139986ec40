"""What time does to organisations: documents in their vaults expire."""

from __future__ import annotations

from grants.accounts import vault
from grants.base import jobs


@jobs.periodic
def remind_of_expiry() -> None:
    """Remind of documents that expire soon; it is asked every minute and writes once for each document and term."""
    vault.remind_of_expiry()
