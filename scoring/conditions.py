"""Conditions over facts: tests with exemptions; each with its working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.form import settled
from scoring.formula import Computed, read_formula
from scoring.questions import Condition, Exemption
from scoring.rulebook import Track
from scoring.truth import Test
from scoring.view import Tables, Values, values_of


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a condition is met, the working, and the exemption by which it is met although it does not hold."""

    met: bool
    working: str
    exemption: Exemption | None = None


class Compiled:
    """A condition that is computed, ready for many applicants."""

    def __init__(self, condition: Condition) -> None:
        if condition.holds is None:
            raise ValueError(f"{condition.id} is established by the office")
        self.condition = condition
        self.test = Test(condition.holds)
        self.exemptions = tuple((one, Test(one.holds)) for one in condition.except_)

    def met(self, values: Values, tables: Tables) -> bool:
        """Whether it holds or an exemption does."""
        return bool(self.test.holds(values, tables)) or any(test.holds(values, tables) for _, test in self.exemptions)

    def judge(self, values: Values, tables: Tables) -> Judged:
        """The same with its working. Exemptions are named by their article."""
        workings = [self.test.working(values, tables)]
        if self.test.holds(values, tables):
            return Judged(True, workings[0])
        for exemption, test in self.exemptions:
            workings.append(f"{exemption.article}: {test.working(values, tables)}")
            if test.holds(values, tables):
                return Judged(True, "; ".join(workings), exemption)
        return Judged(False, "; ".join(workings))


def judge_condition(track: Track, condition: Condition, facts: Mapping[str, Any]) -> Judged | None:
    """Whether a computed condition is met, with its working; None when the office must establish it. Raises ``FactError``."""
    return None if condition.holds is None else Compiled(condition).judge(*values_of(track, settled(track, facts)))


def condition_met(track: Track, condition: Condition, facts: Mapping[str, Any]) -> Computed | None:
    """What a computed condition gives: met when the value is not 0. None when the office must establish it.

    A condition that cannot be computed from these facts is not met; its working then says why. Where an exemption lets the
    applicant in, the working says by which article. Raises ``FactError``.
    """
    if condition.holds is None:
        return None
    values, tables = values_of(track, settled(track, facts))
    judged = Compiled(condition).judge(values, tables)
    if isinstance(condition.holds, str) and judged.met and judged.exemption is None:
        return read_formula(condition.holds).compute(values, tables)
    return Computed(Fraction(int(judged.met)), judged.working)
