"""How an application stands in its pot beside its points: what keeps it from the money, and what the second pass gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grants.accounts.models import User
from grants.applications.queries import facts_of
from grants.base.language import current_language
from grants.evaluation import facts, queries
from grants.evaluation.queries import Case
from scoring import points
from scoring.points import Line, ScoringError, Sheet, sheet_from_data
from scoring.sharing import Pot


@dataclass(frozen=True)
class Standing:
    """What is known so far. `compared` is False while something depends on the other applications and is not computed yet
    (or would tell the reader of applications from which they are excluded)."""

    sheet: Sheet
    known: bool
    compared: bool
    hidden: bool

    @property
    def total(self) -> Fraction | None:
        """All points by the rules; None while a mark is missing."""
        return self.sheet.total if self.known else None

    @property
    def barriers(self) -> list[str]:
        """Why it gets nothing, in the reader's language."""
        return [barrier.cited(current_language()) for barrier in self.sheet.barriers]

    @property
    def items(self) -> list[tuple[str, list[str]]]:
        """The items that are kept out, each with its reasons."""
        out = [item for item in self.sheet.items if not item.passes]
        return [(item.name or item.id, [barrier.cited(current_language()) for barrier in item.barriers]) for item in out]

    @property
    def competes(self) -> bool:
        """Whether nothing is left that could keep it out."""
        return self.known and self.compared and self.sheet.passes

    @property
    def second_pass(self) -> Sequence[Line]:
        """What the second pass adds."""
        return [line for line in self.sheet.lines if line.kind == "second_pass"]


def standing_of(case: Case, reader: User) -> Standing:
    """How an application stands, from its frozen sheet or, before the conclusion, computed from what was collected."""
    frozen = queries.find_sheet(case.evaluation, case.application)
    if frozen is not None:
        return Standing(sheet_from_data(frozen.data), known=True, compared=True, hidden=False)
    board, pot = case.board, case.board.pot
    of_field = _of_field(pot)
    hidden = of_field and len(board.seen_by(reader)) < len(board.applications)
    chosen = board.applications if of_field and not hidden else [case.application]
    sheets, agreed = queries.collected(board, chosen), queries.agreements_in(case.evaluation, chosen)
    if of_field and not hidden:
        try:
            whole = facts.score_all(board, sheets, agreed)
            return Standing(next(sheet for one, sheet in whole if one.id == case.application.id), known=True, compared=True, hidden=False)
        except ScoringError:  # somewhere a mark is missing: then the others cannot be compared with yet
            pass
    own = case.application.id
    try:
        sheet = facts.score(case.evaluation, case.application, sheets[own], agreed[own])
        return Standing(sheet, known=True, compared=not of_field, hidden=hidden)
    except ScoringError:
        return Standing(_from_facts(case), known=False, compared=not of_field, hidden=hidden)


def _of_field(pot: Pot) -> bool:
    return bool(pot.second_pass) or (pot.threshold is not None and pot.threshold.relative is not None)


def _from_facts(case: Case) -> Sheet:
    """What can be said before the marks are complete: the conditions, and the thresholds of what is computed."""
    judged = {criterion.id for criterion in case.board.pot.panel_criteria}
    rest = case.board.pot.model_copy(
        update={
            "criteria": tuple(criterion for criterion in case.board.pot.criteria if criterion.id not in judged),
            "threshold": None, "gates": (), "second_pass": (),
        }
    )  # fmt: skip
    return points.score(case.board.track, rest, "", facts_of(case.application))
