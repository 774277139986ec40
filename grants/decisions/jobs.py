"""What is computed in the background for a proposal: the smallest changes of each award, and how stable the whole is."""

from __future__ import annotations

from grants.base import jobs
from grants.base.transaction import unit_of_work
from grants.decisions import distribution, queries
from grants.decisions.stability import report


@jobs.job("decisions.changes")
def find_changes(proposal_id: int) -> None:
    """Keep with each award what would have altered it."""
    with unit_of_work(write=False):
        found = distribution.changes_in(queries.get_proposal(proposal_id))
    with unit_of_work():
        for award in queries.get_proposal(proposal_id).awards:
            award.changes = [change.to_data() for change in found[award.id]]


@jobs.job("decisions.stability")
def try_stability(proposal_id: int) -> None:
    """Keep with the proposal what other marks would make of it."""
    with unit_of_work(write=False):
        proposal = queries.get_proposal(proposal_id)
        case, results = report.case_of(proposal), proposal.allocation["results"]
    found = report.computed(case, results)
    with unit_of_work():
        queries.get_proposal(proposal_id).stability = found
