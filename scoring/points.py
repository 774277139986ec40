"""Facts and marks become a sheet: points for every criterion, and for every point its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from scoring.criteria import Computation, compute
from scoring.facts import FactError
from scoring.money import number, number_text
from scoring.reasons import Reason
from scoring.rulebook import Criterion, Pot, Text, Track


class ScoringError(ValueError):
    """Marks or facts that the rules do not allow. ``code`` is a stable slug."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.params = {key: str(value) for key, value in params.items()}


@dataclass(frozen=True)
class Mark:
    """The mark of one member (a pseudonym) for one panel criterion."""

    member: str
    criterion: str
    points: Fraction
    reason: str = ""


@dataclass(frozen=True)
class Agreement:
    """What the panel put down together for one criterion: the reason by language, and the mark where rules want a joint one."""

    criterion: str
    points: Fraction | None
    reason: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One criterion of a sheet. ``reason`` is structured; ``texts`` holds the panel's words by language."""

    criterion: str
    title: Text
    article: str
    kind: str
    maximum: Fraction
    points: Fraction
    inputs: Mapping[str, str]
    working: str
    reason: Reason
    texts: Mapping[str, str]

    def sentence(self, language: str) -> str:
        """Why these points, in one language: the panel's own words, or the derivation from the facts."""
        if self.kind == "panel":
            return self.texts.get(language, "")
        if self.reason.code == "gap" and self.texts.get(language):
            return f"{self.reason.sentence(language)} {self.texts[language]}"
        return self.reason.sentence(language)

    def to_data(self) -> dict[str, Any]:
        """Plain data; points are texts of exact numbers."""
        return {
            "criterion": self.criterion, "title": dict(self.title), "article": self.article, "kind": self.kind,
            "maximum": number_text(self.maximum), "points": number_text(self.points), "inputs": dict(self.inputs),
            "working": self.working, "reason": self.reason.to_data(), "texts": dict(self.texts),
        }  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """All points of one applicant in one pot."""

    applicant: str
    pot: str
    lines: tuple[Line, ...]
    total: Fraction
    passes: bool

    def missing_reasons(self, languages: Sequence[str] = ("sl",)) -> tuple[tuple[str, str], ...]:
        """(criterion, language) for every line that has no reason in that language. Below the maximum none may be missing."""
        return tuple(
            (line.criterion, language)
            for line in self.lines
            for language in languages
            if line.points < line.maximum and not line.sentence(language).strip()
        )

    def to_data(self) -> dict[str, Any]:
        """Plain data for keeping, printing and hashing."""
        return {
            "applicant": self.applicant, "pot": self.pot, "total": number_text(self.total), "passes": self.passes,
            "lines": [line.to_data() for line in self.lines],
        }  # fmt: skip


def sheet_from_data(data: Mapping[str, Any]) -> Sheet:
    """A sheet from what ``to_data()`` gave."""
    lines = tuple(
        Line(
            line["criterion"], line["title"], line["article"], line["kind"], number(line["maximum"]), number(line["points"]),
            line["inputs"], line["working"], Reason.from_data(line["reason"]), line["texts"],
        )
        for line in data["lines"]
    )  # fmt: skip
    return Sheet(data["applicant"], data["pot"], lines, number(data["total"]), data["passes"])


def check_mark(criterion: Criterion, points: Fraction) -> None:
    """A mark must be a step between 0 and the maximum. Raises ``ScoringError``."""
    if not 0 <= points <= criterion.maximum:
        raise ScoringError(
            "mark_out_of_range",
            f"{criterion.id}: a mark is between 0 and {number_text(criterion.maximum)}",
            maximum=number_text(criterion.maximum),
        )
    if (points / criterion.step).denominator != 1:
        raise ScoringError(
            "mark_off_step", f"{criterion.id}: marks go in steps of {number_text(criterion.step)}", step=number_text(criterion.step)
        )


def aggregate(pot: Pot, criterion: Criterion, marks: Sequence[Mark], agreement: Agreement | None) -> tuple[Fraction, str]:
    """The points of one panel criterion from the members' marks by the pot's rule, exact, and the working."""
    for mark in marks:
        check_mark(criterion, mark.points)
    if pot.aggregation == "agreed":
        if agreement is None or agreement.points is None:
            raise ScoringError("no_agreed_mark", f"{criterion.id}: the panel has not agreed on a mark", criterion=criterion.id)
        check_mark(criterion, agreement.points)
        return agreement.points, ""
    if len(marks) < max(1, pot.least_marks):
        raise ScoringError(
            "too_few_marks",
            f"{criterion.id}: {len(marks)} marks, at least {pot.least_marks} are needed",
            criterion=criterion.id,
            marks=len(marks),
            least=pot.least_marks,
        )
    values = sorted(mark.points for mark in marks)
    if pot.aggregation == "median":
        middle = Fraction(median(values))
        return middle, f"{'; '.join(number_text(v) for v in values)} → {number_text(middle)}"
    if pot.aggregation == "trimmed_mean" and len(values) > 2:
        values = values[1:-1]
    total = sum(values, Fraction(0))
    return total / len(values), f"({' + '.join(number_text(v) for v in values)}) / {len(values)} = {number_text(total / len(values))}"


def score(
    track: Track, pot: Pot, applicant: str, facts: Mapping[str, Any], marks: Sequence[Mark] = (), agreements: Sequence[Agreement] = ()
) -> Sheet:
    """Score one applicant in one pot: computed criteria from ``facts``, panel criteria from marks and agreements.

    ``facts`` are typed values as ``facts.check_facts`` gives them. Points are exact. Raises ``ScoringError``.
    """
    known = {criterion.id for criterion in pot.panel_criteria}
    for name in [*(mark.criterion for mark in marks), *(agreement.criterion for agreement in agreements)]:
        if name not in known:
            raise ScoringError("unknown_criterion", f"{name} is not judged by the panel in {pot.id}", criterion=name)
    judged = [(mark.member, mark.criterion) for mark in marks]
    if len(set(judged)) != len(judged):
        raise ScoringError("mark_twice", f"a member has two marks for one criterion of {applicant} in {pot.id}")
    agreed = {agreement.criterion: agreement for agreement in agreements}
    lines = []
    for criterion in pot.criteria:
        if criterion.kind == "panel":
            own = [mark for mark in marks if mark.criterion == criterion.id]
            agreement = agreed.get(criterion.id)
            points, working = aggregate(pot, criterion, own, agreement)
            reason = Reason("panel_agreed" if pot.aggregation == "agreed" else "panel", {"points": number_text(points), "maximum": number_text(criterion.maximum), "members": str(len(own)), "rule": pot.aggregation})  # fmt: skip
            done = Computation(points, {}, working, reason)
            texts = dict(agreement.reason) if agreement else {}
        else:
            try:
                done = compute(track, criterion, facts)
            except FactError as error:
                raise ScoringError("wrong_fact", f"{criterion.id}: {error}", criterion=criterion.id, **error.params) from error
            texts = dict(criterion.gap_reason or {})
        lines.append(
            Line(
                criterion.id,
                criterion.title,
                criterion.article,
                criterion.kind,
                criterion.maximum,
                done.points,
                done.inputs,
                done.working,
                done.reason,
                texts,
            )
        )
    total = sum((line.points for line in lines), Fraction(0))
    passes = True
    if pot.threshold is not None:
        passes = total >= pot.threshold.minimum if pot.threshold.inclusive else total > pot.threshold.minimum
    return Sheet(applicant, pot.id, tuple(lines), total, passes)
