"""The panel's marks: which are allowed, and how they become the points of one criterion."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from scoring.judging import Criterion
from scoring.money import number_text
from scoring.sharing import Pot
from scoring.sheets import Agreement, Mark, ScoringError
from scoring.view import Number, whole


class Leaf:
    """One thing that people mark, compiled once with the rule of its pot.

    ``outcome`` is the points, the code of the reason, and what the working is made of.
    """

    def __init__(self, criterion: Criterion, aggregation: str, least: int) -> None:
        self.criterion = criterion
        self.aggregation = aggregation
        self.least = max(1, least)
        self.low = criterion.minimum.as_integer_ratio()
        self.high = None if criterion.maximum is None else criterion.maximum.as_integer_ratio()
        self.step = criterion.step.as_integer_ratio()

    def check(self, points: Number) -> tuple[int, int]:
        """A mark must be a step between the minimum and the maximum. Gives it as a ratio. Raises ``ScoringError``."""
        n, d = points.as_integer_ratio()
        low, high, step = self.low, self.high, self.step
        if n * low[1] < low[0] * d or (high is not None and n * high[1] > high[0] * d):
            least, most = number_text(self.criterion.minimum), "" if self.criterion.maximum is None else number_text(self.criterion.maximum)
            raise ScoringError(
                "mark_out_of_range", f"{self.criterion.id}: a mark is between {least} and {most}", minimum=least, maximum=most
            )
        if n * step[1] % (d * step[0]):
            text = number_text(self.criterion.step)
            raise ScoringError("mark_off_step", f"{self.criterion.id}: marks go in steps of {text}", step=text)
        return n, d

    def enough(self, marks: Sequence[Mark], agreement: Agreement | None) -> bool:
        """Whether there is what the rule of the pot needs."""
        if self.aggregation == "agreed":
            return agreement is not None and agreement.points is not None
        return len(marks) >= self.least

    def outcome(self, marks: Sequence[Mark], agreement: Agreement | None) -> tuple[Number, str, Any]:
        """The points by the rule of the pot. Raises ``ScoringError``."""
        check = self.check
        ratios = [check(mark.points) for mark in marks]
        if self.aggregation == "agreed":
            if agreement is None or agreement.points is None:
                name = self.criterion.id
                raise ScoringError("no_agreed_mark", f"{name}: the panel has not agreed on a mark", criterion=name)
            check(agreement.points)
            return whole(agreement.points), "panel_agreed", None
        if len(ratios) < self.least:
            raise ScoringError(
                "too_few_marks", f"{self.criterion.id}: {len(marks)} marks, at least {self.least} are needed",
                criterion=self.criterion.id, marks=len(marks), least=self.least,
            )  # fmt: skip
        if self.aggregation != "mean":
            ratios = self._counted(sorted(ratios, key=lambda ratio: Fraction(*ratio)))
        total, over = 0, 1
        for n, d in ratios:
            if d != over:
                common = lcm(d, over)
                total, n, over = total * (common // over), n * (common // d), common
            total += n
        over *= len(ratios)
        return (Fraction(total, over) if total % over else total // over), "panel", None

    def _counted(self, ordered: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Of marks in their order those of which the mean is taken."""
        if self.aggregation == "median":
            return ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
        return ordered[1:-1] if len(ordered) > 2 else ordered

    def inputs(self, marks: Sequence[Mark], agreement: Agreement | None) -> dict[str, str]:
        """The marks in their order, without names, and of those that a rule leaves out some the ones that count."""
        if self.aggregation == "agreed":
            return {} if agreement is None or agreement.points is None else {"agreed": number_text(agreement.points)}
        values = sorted(Fraction(mark.points) for mark in marks)
        counted = [Fraction(*one) for one in self._counted([value.as_integer_ratio() for value in values])]
        found = {"marks": "; ".join(number_text(value) for value in values)}
        if self.aggregation == "mean" or counted == values:
            return found
        return found | {"counted": "; ".join(number_text(value) for value in counted)}

    def working(self, marks: Sequence[Mark], points: Number) -> str:
        """How the marks became these points."""
        if self.aggregation == "agreed":
            return ""
        values = sorted(Fraction(mark.points) for mark in marks)
        if self.aggregation == "median":
            return f"{'; '.join(number_text(v) for v in values)} → {number_text(Fraction(points))}"
        if self.aggregation == "trimmed_mean" and len(values) > 2:
            values = values[1:-1]
        return f"({' + '.join(number_text(v) for v in values)}) / {len(values)} = {number_text(Fraction(points))}"


def check_mark(criterion: Criterion, points: Fraction) -> None:
    """A mark must be a step between the minimum and the maximum. Raises ``ScoringError``."""
    Leaf(criterion, "mean", 1).check(points)


def aggregate(pot: Pot, criterion: Criterion, marks: Sequence[Mark], agreement: Agreement | None) -> tuple[Fraction, str]:
    """The points of one panel criterion from the members' marks by the pot's rule, exact, and the working. Raises ``ScoringError``."""
    leaf = Leaf(criterion, pot.aggregation, pot.least_marks)
    points = leaf.outcome(marks, agreement)[0]
    return Fraction(points), leaf.working(marks, points)
