"""What is computed in the background for a proposal: the smallest changes of each award, and how stable the whole is."""

from __future__ import annotations

import time
from collections.abc import Callable

from grants.base import jobs
from grants.base.transaction import unit_of_work
from grants.decisions import changes, queries
from grants.decisions.stability import report
from grants.decisions.states import ProposalStatus

MOST_SECONDS = jobs.LEASE.total_seconds() / 2
"""So long one job computes. Others wait for the worker meanwhile, and after the lease another worker would begin it again."""


@jobs.job("decisions.changes")
def find_changes(proposal_id: int) -> None:
    """Keep with each award what would have altered it."""
    with unit_of_work(write=False):
        proposal = queries.get_proposal(proposal_id)
        if proposal.status == ProposalStatus.DISCARDED:
            return
        asked = changes.asked_of(proposal)
    found = changes.computed(asked, in_time())
    with unit_of_work():
        for award in queries.get_proposal(proposal_id).awards:
            award.changes = [change.to_data() for change in found[award.id]]


@jobs.job("decisions.stability")
def try_stability(proposal_id: int) -> None:
    """Keep with the proposal what other marks would make of it."""
    with unit_of_work(write=False):
        proposal = queries.get_proposal(proposal_id)
        if proposal.status == ProposalStatus.DISCARDED:
            return
        case, results = report.case_of(proposal), proposal.allocation["results"]
    found = report.computed(case, results, in_time())
    with unit_of_work():
        queries.get_proposal(proposal_id).stability = found


def in_time() -> Callable[[], bool]:
    """Says whether there is time left for one more step."""
    ends = time.monotonic() + MOST_SECONDS
    return lambda: time.monotonic() < ends
