"""The smallest changes that would have altered each award of a proposal: read once, then computed without the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grants.decisions import distribution
from grants.decisions.models import Proposal
from scoring.allocation import AllocationError, allocate, settled_facts
from scoring.changes import changes_of
from scoring.points import Decided
from scoring.points import Sheet as ScoredSheet
from scoring.reasons import Reason
from scoring.rulebook import Rulebook
from scoring.trials import Given

UNKNOWN, UNTRIED = "change_unknown", "change_untried"
"""What is kept where nothing can be said: the result is another one by now, or there was no time for this award."""


@dataclass(frozen=True)
class Asked:
    """What a proposal was computed from and what it gave, and of each of its awards, by id, the applicant and the pot."""

    rulebook: Rulebook
    sheets: Sequence[ScoredSheet]
    facts: Mapping[str, Mapping[str, Any]]
    pots: Sequence[str]
    order: Mapping[str, int]
    carried: Mapping[str, int]
    lots: Mapping[str, int]
    decided: Mapping[str, Mapping[str, Decided]]
    owners: Mapping[str, str]
    results: Sequence[Any]
    awards: Mapping[int, tuple[str, str]]


def asked_of(proposal: Proposal) -> Asked:
    """Everything that the computation needs. A fixed number of queries."""
    call, results = proposal.call, proposal.allocation["results"]
    pots = [result["pot"] for result in results]
    field = distribution.field_of(call, pots)
    awards = {award.id: (field.keys[award.application_id], award.pot) for award in proposal.awards}
    return Asked(
        call.rulebook, field.sheets, field.answers, pots, field.order, distribution.carried_into(call, pots), field.lots, field.decided,
        field.owners, results, awards,
    )  # fmt: skip


def computed(asked: Asked, go_on: Callable[[], bool] = lambda: True) -> dict[int, list[Reason]]:
    """What would have altered each award, by its id: for each some divisions, as long as `go_on` says so.

    They are told of the result that the proposal has; where the sheets give another one by now, or none, that is said instead.
    """
    try:
        by_pot = {pot.id: [sheet for sheet in asked.sheets if sheet.pot == pot.id] for _track, pot in asked.rulebook.pots()}
        facts = settled_facts(asked.rulebook, by_pot, asked.facts)
        allocation = allocate(
            asked.rulebook, asked.sheets, facts, pots=asked.pots, order=asked.order, carried=asked.carried, lots=asked.lots,
            decided=asked.decided, owners=asked.owners,
        )  # fmt: skip
    except AllocationError:
        return {identity: [Reason(UNKNOWN, {})] for identity in asked.awards}
    if allocation.to_data()["results"] != asked.results:
        return {identity: [Reason(UNKNOWN, {})] for identity in asked.awards}
    given = Given(
        asked.rulebook, asked.sheets, facts, asked.pots, asked.order, asked.carried, asked.lots, asked.decided, asked.owners,
    )  # fmt: skip
    found = {}
    for identity, (applicant, pot) in asked.awards.items():
        found[identity] = [Reason(UNTRIED, {})]
        if go_on():
            found[identity] = changes_of(given, allocation, applicant, pot)
    return found
