"""Conditions over facts: tests with exemptions; each with its working."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.form import settled
from scoring.formula import Computed, read_formula
from scoring.proofs import in_languages, sentence_of
from scoring.questions import Condition, Exemption, Text
from scoring.reasons import LANGUAGES, Reason
from scoring.rulebook import Track
from scoring.truth import Test
from scoring.view import Tables, Values, values_of
from scoring.wording import Names, Wording


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a condition is met, the working, and the exemption by which it is met although it does not hold.

    ``words`` is the working in each language, with the published names of facts and answers.
    """

    met: bool
    working: str
    exemption: Exemption | None
    words: Text


class Compiled:
    """A condition that is computed, ready for many applicants."""

    def __init__(self, track: Track, condition: Condition) -> None:
        if condition.holds is None:
            raise ValueError(f"{condition.id} is established by the office")
        self.condition = condition
        self.names = Names(track)
        self.test = Test(condition.holds)
        self.exemptions = tuple((one, Test(one.holds)) for one in condition.except_)

    def met(self, values: Values, tables: Tables) -> bool:
        """Whether it holds or an exemption does."""
        return bool(self.test.holds(values, tables)) or any(test.holds(values, tables) for _, test in self.exemptions)

    def judge(self, values: Values, tables: Tables) -> Judged:
        """The same with its working. Exemptions are named by their article."""
        tried: list[tuple[Exemption | None, Test]] = [(None, self.test)]
        met, by = bool(self.test.holds(values, tables)), None
        for exemption, test in () if met else self.exemptions:
            tried.append((exemption, test))
            if test.holds(values, tables):
                met, by = True, exemption
                break
        workings = [("" if one is None else f"{one.article}: ") + test.working(values, tables) for one, test in tried]
        words = {language: self._words(tried, values, tables, language) for language in LANGUAGES}
        return Judged(met, "; ".join(workings), by, words)

    def _words(self, tried: Sequence[tuple[Exemption | None, Test]], values: Values, tables: Tables, language: str) -> str:
        wording = Wording(self.names, values, tables, language)
        parts = []
        for exemption, test in tried:
            lead = "" if exemption is None else f"{wording.word('exception')} ({exemption.article}): "
            parts.append(lead + wording.test(test.source))
        return "; ".join(parts)


def judge_condition(track: Track, condition: Condition, facts: Mapping[str, Any]) -> Judged | None:
    """Whether a computed condition is met, with its working; None when the office must establish it. Raises ``FactError``."""
    return None if condition.holds is None else Compiled(track, condition).judge(*values_of(track, settled(track, facts)))


def condition_reason(track: Track, condition: Condition, facts: Mapping[str, Any]) -> Reason:
    """How a condition stands for an applicant, with its working, as something to be said. Raises ``FactError``."""
    said = {"id": condition.id, **in_languages("answer", sentence_of(condition.text)), "article": condition.article}
    judged = judge_condition(track, condition, facts)
    if judged is None:
        return Reason("condition_office", said)
    said |= {"working": judged.working, **in_languages("working", judged.words)}
    if judged.exemption is not None:
        said |= {**in_languages("exemption", sentence_of(judged.exemption.text)), "exemption_article": judged.exemption.article}
        return Reason("condition_exempt", said)
    return Reason("condition_met" if judged.met else "condition", said)


def condition_met(track: Track, condition: Condition, facts: Mapping[str, Any]) -> Computed | None:
    """What a computed condition gives: met when the value is not 0. None when the office must establish it.

    A condition that cannot be computed from these facts is not met; its working then says why. Where an exemption lets the
    applicant in, the working says by which article. Raises ``FactError``.
    """
    if condition.holds is None:
        return None
    values, tables = values_of(track, settled(track, facts))
    judged = Compiled(track, condition).judge(values, tables)
    if isinstance(condition.holds, str) and judged.met and judged.exemption is None:
        return read_formula(condition.holds).compute(values, tables)
    return Computed(Fraction(int(judged.met)), judged.working)
