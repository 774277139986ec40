"""What time does to organisations: documents in their vaults expire, and those that were taken out are forgotten."""

from __future__ import annotations

from grants.accounts import vault
from grants.accounts.models import VaultDocument
from grants.base import jobs, orphans

orphans.refers_while(VaultDocument.sha256, VaultDocument.ended_at.is_(None))


@jobs.periodic
def remind_of_expiry() -> None:
    """Remind of documents that expire soon; it is asked every minute and writes once for each document and term."""
    vault.remind_of_expiry()
