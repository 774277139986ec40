"""How stable a proposal is: computed once in the background, as plain data that is kept with the proposal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grants.decisions.distribution import carried_into, field_of
from grants.decisions.models import Proposal
from grants.decisions.panel import given_in
from scoring.allocation import AllocationError
from scoring.points import Entry, ScoringError
from scoring.stability import Case, Report, Shift, stability

PERCENT = 10
"""An award counts as changed when a trial moves it by more than this."""
MOST_TRIALS = 200
"""So many trials are kept whole, those that move an award; of all of them the sums by award are kept."""


ANOTHER_RESULT, NOT_COMPUTED = "another_result", "not_computed"
"""What is kept under "failed" where nothing can be said: sheets and marks give another result by now, or the rules give none."""


def case_of(proposal: Proposal) -> Case:
    """Everything that a proposal was computed from: facts, marks and agreements of everybody, in its pots."""
    call, pots = proposal.call, [result["pot"] for result in proposal.allocation["results"]]
    field = field_of(call, pots)
    marks, agreements = given_in(call, pots, field.rows, field.facts)
    entries: dict[str, list[Entry]] = {pot: [] for pot in pots}
    for row in field.rows:
        place = (row.evaluation_id, row.application_id)
        key = field.keys[row.application_id]
        entries[str(row.data["pot"])].append(Entry(key, field.facts[row.application_id], marks[place], agreements[place]))
    return Case(
        call.rulebook, entries, order=field.order, lots=field.lots, decided=field.decided, carried=carried_into(call, pots), pots=pots,
        owners=field.owners,
    )  # fmt: skip


def computed(case: Case, results: list[Any], go_on: Callable[[], bool] = lambda: True) -> dict[str, Any]:
    """The report as it is kept; only that there is none if the case does not give these results. Trials are made as long as `go_on`
    says so. It needs no database, which must not wait for it."""
    try:
        again = case.divide({pot: case.sheets_of(pot, entries) for pot, entries in case.entries.items()})
        if again.to_data()["results"] != results:
            return {"failed": ANOTHER_RESULT}
        return kept(stability(case, PERCENT, go_on))
    except (ScoringError, AllocationError):
        return {"failed": NOT_COMPUTED}


def kept(report: Report) -> dict[str, Any]:
    """What is kept of a report: how many trials there were, what they do to each award, and the trials that move something."""
    moved = [trial for trial in report.trials if trial.shifts]
    by_award: dict[tuple[str, str], list[Shift]] = {}
    for trial in moved:
        for shift in trial.shifts:
            by_award.setdefault((shift.applicant, shift.pot), []).append(shift)
    return {
        "percent": str(report.percent),
        "members": sum(trial.kind == "member" for trial in report.trials),
        "marks": sum(trial.kind == "mark" for trial in report.trials),
        "untried": report.untried,
        "refused": sum(bool(trial.refused) for trial in report.trials),
        "moving": len(moved),
        "awards": [
            {
                "applicant": applicant,
                "pot": pot,
                "trials": len(shifts),
                "before_cents": shifts[0].before_cents,
                "least_cents": min(shift.after_cents for shift in shifts),
                "most_cents": max(shift.after_cents for shift in shifts),
            }
            for (applicant, pot), shifts in sorted(by_award.items())
        ],
        "trials": [trial.to_data() for trial in moved[:MOST_TRIALS]],
    }
