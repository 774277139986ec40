"""How stable a result is: which awards appear, vanish or change when one member's marks are left out, or one mark moves by one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from scoring.allocation import Allocation, allocate
from scoring.field import AllocationError
from scoring.judging import Criterion
from scoring.money import number_text
from scoring.points import Agreement, Decided, Entry, Mark, ScoringError, Sheet, check_mark, compare_field, score, settled_facts
from scoring.rulebook import Rulebook


@dataclass(frozen=True)
class Case:
    """Everything that a result is computed from: by pot who competes, with facts, marks and agreements."""

    rulebook: Rulebook
    entries: Mapping[str, Sequence[Entry]]
    order: Mapping[str, int] = field(default_factory=dict)
    lots: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, Mapping[str, Decided]] = field(default_factory=dict)
    carried: Mapping[str, int] = field(default_factory=dict)
    pots: Sequence[str] | None = None
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Mapping[str, Any]]:
        """The facts by applicant."""
        return {entry.applicant: entry.facts for entries in self.entries.values() for entry in entries}

    def settled(self) -> Case:
        """The same with its facts settled once, not again in every trial. Raises ``ScoringError``."""
        known: dict[tuple[str, str], Mapping[str, Any]] = {}
        entries: dict[str, list[Entry]] = {}
        for pot, own in self.entries.items():
            track = self.rulebook.track_and_pot(pot)[0]
            for entry in own:
                place = (track.id, entry.applicant)
                if place not in known:
                    known[place] = settled_facts(track, entry.applicant, entry.facts)
                entries.setdefault(pot, []).append(replace(entry, facts=known[place]))
        return replace(self, entries={pot: entries.get(pot, []) for pot in self.entries})

    def sheets_of(self, pot: str, entries: Sequence[Entry]) -> list[Sheet]:
        """The raw sheets of one pot, before the field is compared. Raises ``ScoringError``."""
        track, rules = self.rulebook.track_and_pot(pot)
        return [score(track, rules, entry.applicant, entry.facts, entry.marks, entry.agreements) for entry in entries]

    def divide(self, sheets: Mapping[str, Sequence[Sheet]]) -> Allocation:
        """The result of these sheets. Raises ``AllocationError``."""
        compared: list[Sheet] = []
        for pot, own in sheets.items():
            track, rules = self.rulebook.track_and_pot(pot)
            compared += compare_field(track, rules, own, self.facts)
        return allocate(
            self.rulebook,
            compared,
            self.facts,
            pots=self.pots,
            order=self.order,
            carried=self.carried,
            lots=self.lots,
            decided=self.decided,
            owners=self.owners,
        )


@dataclass(frozen=True)
class Shift:
    """One award before and after: it ``appears``, ``vanishes`` or ``changes``. In cents."""

    applicant: str
    pot: str
    what: Literal["appears", "vanishes", "changes"]
    before_cents: int
    after_cents: int

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "applicant": self.applicant,
            "pot": self.pot,
            "what": self.what,
            "before_cents": self.before_cents,
            "after_cents": self.after_cents,
        }


@dataclass(frozen=True)
class Trial:
    """One trial and what it shifted. ``member``: the marks of one member left out; ``mark``: one mark moved from one value to another.

    ``refused`` says why the result cannot be computed in this trial, e.g. too few marks are left.
    """

    kind: Literal["member", "mark"]
    member: str
    shifts: tuple[Shift, ...] = ()
    pot: str = ""
    applicant: str = ""
    criterion: str = ""
    item: str = ""
    before: Fraction = Fraction(0)
    after: Fraction = Fraction(0)
    refused: str = ""

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind, "member": self.member, "pot": self.pot, "applicant": self.applicant, "criterion": self.criterion, "item": self.item,
            "before": number_text(self.before), "after": number_text(self.after), "refused": self.refused,
            "shifts": [shift.to_data() for shift in self.shifts],
        }  # fmt: skip


@dataclass(frozen=True)
class Report:
    """All trials of a result; ``percent`` is by how much an award must change to count, ``untried`` how many trials were not made."""

    percent: Fraction
    trials: tuple[Trial, ...]
    untried: int = 0

    @property
    def stable(self) -> bool:
        """Whether every trial was made and none shifted anything."""
        return not self.untried and not any(trial.shifts for trial in self.trials)

    def unstable_awards(self) -> dict[tuple[str, str], int]:
        """(applicant, pot) of every award that some trial shifted, and in how many trials."""
        counts: dict[tuple[str, str], int] = {}
        for trial in self.trials:
            for shift in trial.shifts:
                counts[shift.applicant, shift.pot] = counts.get((shift.applicant, shift.pot), 0) + 1
        return counts

    def to_data(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "percent": number_text(self.percent), "stable": self.stable, "untried": self.untried,
            "trials": [trial.to_data() for trial in self.trials],
        }  # fmt: skip


def stability(case: Case, percent: Fraction | int = 10, go_on: Callable[[], bool] = lambda: True) -> Report:
    """Compute a result again with each member left out and with each mark one step up and down, as long as ``go_on`` says so.

    Only what a trial touches is scored again. Raises ``ScoringError`` and ``AllocationError`` when the result itself cannot be computed.
    """
    case = case.settled()
    sheets = {pot: case.sheets_of(pot, entries) for pot, entries in case.entries.items()}
    base = case.divide(sheets)
    limit = Fraction(percent)

    def shifts_of(changed: Mapping[str, Mapping[int, Entry]]) -> tuple[tuple[Shift, ...], str]:
        try:
            again = dict(sheets)
            for pot, entries in changed.items():
                again[pot] = list(sheets[pot])
                for index, entry in entries.items():
                    again[pot][index] = case.sheets_of(pot, [entry])[0]
            return tuple(_shifts(base, case.divide(again), limit)), ""
        except (ScoringError, AllocationError) as error:
            return (), str(error)

    trials: list[Trial] = []
    untried = 0
    for trial, changed in _trials(case):
        if untried or not go_on():
            untried += 1
            continue
        shifts, refused = shifts_of(changed)
        trials.append(replace(trial, shifts=shifts, refused=refused))
    return Report(limit, tuple(trials), untried)


def _trials(case: Case) -> Iterator[tuple[Trial, Mapping[str, Mapping[int, Entry]]]]:
    """Every trial with what is changed in it: by pot and place in it the other entry. Members first, then single marks."""
    members = sorted({mark.member for entries in case.entries.values() for entry in entries for mark in entry.marks})
    for member in members:
        without: dict[str, dict[int, Entry]] = {}
        for pot, entries in case.entries.items():
            for index, entry in enumerate(entries):
                if any(mark.member == member for mark in entry.marks):
                    rest = tuple(mark for mark in entry.marks if mark.member != member)
                    without.setdefault(pot, {})[index] = replace(entry, marks=rest)
        yield Trial("member", member), without
    for pot, entries in case.entries.items():
        for index, entry in enumerate(entries):
            for who, criterion, item, before, after, moved in _moves(case, pot, entry):
                yield Trial("mark", who, (), pot, entry.applicant, criterion, item, before, after), {pot: {index: moved}}


def _moves(case: Case, pot: str, entry: Entry) -> Iterator[tuple[str, str, str, Fraction, Fraction, Entry]]:
    """Every mark one step down and up, where the rules allow it; of marks that were agreed, the agreed one."""
    rules = case.rulebook.pot(pot)
    criteria = {criterion.id: criterion for criterion in rules.panel_criteria}
    if rules.aggregation == "agreed":
        for place, agreement in enumerate(entry.agreements):
            if agreement.points is None:
                continue
            for after in _steps(criteria[agreement.criterion], agreement.points):
                moved: list[Agreement] = [*entry.agreements]
                moved[place] = replace(agreement, points=after)
                yield "", agreement.criterion, agreement.item, agreement.points, after, replace(entry, agreements=tuple(moved))
        return
    for place, mark in enumerate(entry.marks):
        for after in _steps(criteria[mark.criterion], mark.points):
            marks: list[Mark] = [*entry.marks]
            marks[place] = replace(mark, points=after)
            yield mark.member, mark.criterion, mark.item, mark.points, after, replace(entry, marks=tuple(marks))


def _steps(criterion: Criterion, points: Fraction) -> Iterator[Fraction]:
    for after in (points - criterion.step, points + criterion.step):
        try:
            check_mark(criterion, after)
        except ScoringError:
            continue
        yield after


def _shifts(base: Allocation, again: Allocation, percent: Fraction) -> Iterator[Shift]:
    after = {(award.applicant, award.pot): award.amount_cents for result in again.results for award in result.awards}
    for result in base.results:
        for award in result.awards:
            before, now = award.amount_cents, after.get((award.applicant, award.pot), 0)
            if before == now:
                continue
            what: Literal["appears", "vanishes", "changes"] = "appears" if not before else "vanishes" if not now else "changes"
            if what != "changes" or abs(now - before) * 100 > percent * before:
                yield Shift(award.applicant, award.pot, what, before, now)
