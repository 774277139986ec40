"""What the panel gave to every sheet of some pots: the marks under pseudonyms, and the joint reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grants.applications.models import Application
from grants.calls.models import Call
from grants.evaluation.facts import agreements_of, marks_of
from grants.evaluation.models import Evaluation, Sheet
from grants.evaluation.queries import agreements_in, board_of, collected, evaluations_of
from scoring.points import Agreement, Mark, of_scored_rows

Key = tuple[int, int]
"""(evaluation, application): one sheet."""


def given_in(
    call: Call, pots: Sequence[str], rows: Sequence[Sheet], facts: Mapping[int, Mapping[str, Any]]
) -> tuple[dict[Key, list[Mark]], dict[Key, list[Agreement]]]:
    """The marks without the members' own words, and the joint reasons of every sheet, for what was scored by these facts (by
    application); a fixed number of queries for each pot."""
    marks: dict[Key, list[Mark]] = {}
    agreements: dict[Key, list[Agreement]] = {}
    evaluations: list[Evaluation] = [evaluation for evaluation in evaluations_of(call) if evaluation.pot in pots]
    for evaluation in evaluations:
        applications: list[Application] = [row.application for row in rows if row.evaluation_id == evaluation.id]
        given = collected(board_of(evaluation), applications)
        joint = agreements_in(evaluation, applications)
        track, pot = call.rulebook.track_and_pot(evaluation.pot)
        for application in applications:
            place = evaluation.id, application.id
            own = [replace(mark, reason="") for mark in marks_of(given[application.id])]
            marks[place], agreements[place] = of_scored_rows(
                track, pot, facts.get(application.id, {}), own, agreements_of(joint[application.id])
            )
    return marks, agreements
