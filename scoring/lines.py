"""The lines of a sheet: each is planned once for its pot, and put into words only when somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, overload

from scoring.criteria import CompiledCriterion
from scoring.formula import FormulaError, read_formula
from scoring.judging import Criterion
from scoring.kinds import Outcome, number_shown, total_of
from scoring.panel import Leaf
from scoring.proofs import clause_of, in_languages, looked_at, notes_of
from scoring.reasons import Reason
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.sheets import JUDGED, Agreement, Line, Mark, ScoringError
from scoring.usage import Uses
from scoring.view import Number, Tables, Values, View
from scoring.wording import Names, told_in_languages

if TYPE_CHECKING:
    from scoring.plan import Plan

Marks = dict[tuple[str, str], list[Mark]]
Agreed = dict[tuple[str, str], Agreement]
"""Both by criterion and item; the item is empty where the application is scored as a whole."""


class LinePlan:
    """One line of a sheet: a computed criterion, or one thing that the panel judges."""

    def __init__(self, track: Track, pot: Pot, criterion: Criterion, parent: Criterion) -> None:
        self.items: tuple[str, ...] = () if pot.items is None else (pot.items.table,)
        self.criterion = criterion
        self.parent = parent.id
        self.leaf = Leaf(criterion, pot.aggregation, pot.least_marks) if criterion.kind == "panel" else None
        self.computed = CompiledCriterion(track, criterion, self.items) if criterion.kind != "panel" else None
        self.when = read_formula(criterion.when) if criterion.when is not None else None
        self.names = Names(track, self.items)
        uses = Uses(track)
        uses.criterion(criterion, self.items)
        self.facts, self.columns = looked_at(track, uses)

    def outcome(self, values: Values, tables: Tables, marks: Sequence[Mark], agreement: Agreement | None, barred: bool = False) -> Outcome:
        """The points, the code of the reason, and what to tell. Who is barred by a condition needs no marks. Raises ``ScoringError``."""
        if self.computed is not None:
            return self.computed.judge(values, tables)
        if self.when is not None:
            try:
                if not self.when.value(values, tables):
                    return 0, "not_for", None
            except FormulaError:
                return 0, "not_for", None
        assert self.leaf is not None
        if barred and not self.leaf.enough(marks, agreement):
            for mark in marks:
                self.leaf.check(mark.points)
            return 0, "not_judged", None
        return self.leaf.outcome(marks, agreement)

    def line(
        self, outcome: Outcome, view: View, given: Mapping[str, Any], row: int | None, marks: Sequence[Mark], agreement: Agreement | None
    ) -> Line:
        """The line with its reason."""
        criterion = self.criterion
        only = None if row is None else (self.items[0], row)
        notes = notes_of(self.facts, self.columns, given, only)
        texts: Mapping[str, str] = criterion.gap_reason or {}
        inputs: Mapping[str, str] = {}
        if self.computed is not None:
            done = self.computed.explain(*view, outcome, notes)
            inputs, working, reason = done.inputs, done.working, done.reason
        else:
            working, reason = self._judged(outcome, view, marks, notes)
            if reason.code in JUDGED and self.leaf is not None:
                inputs = self.leaf.inputs(marks, agreement)
            texts = dict(agreement.reason) if agreement is not None else {}
        return Line(
            criterion.id, criterion.title, criterion.article, criterion.kind, criterion.maximum, Fraction(outcome[0]),
            inputs, working, reason, dict(texts), "" if row is None else str(row + 1),
        )  # fmt: skip

    def _judged(self, outcome: Outcome, view: View, marks: Sequence[Mark], notes: tuple[Reason, ...]) -> tuple[str, Reason]:
        points, code, _ = outcome
        maximum = "" if self.criterion.maximum is None else number_shown(self.criterion.maximum)
        params = {"points": number_shown(points), "maximum": maximum}
        assert self.leaf is not None
        if code == "not_judged":
            return "", Reason(code, params)
        if code != "not_for":
            params |= {"members": str(len(marks)), "rule": self.leaf.aggregation}
            return self.leaf.working(marks, points), Reason(code, params)
        try:
            working = "" if self.when is None else self.when.compute(*view).working
        except FormulaError as error:
            working = error.message
        params |= in_languages("text", clause_of(self.criterion.otherwise or {}))
        params |= in_languages("working", told_in_languages(str(self.criterion.when), self.names, *view))
        return working, Reason("not_for", params, notes)


class Lines(Sequence[Line]):
    """The lines of a sheet, each computed from the facts and marks when it is looked at; the points are known at once.

    The facts are not copied: whoever changes them afterwards is refused with ``ScoringError`` (``facts_changed``).
    """

    __slots__ = ("agreements", "barred", "extra", "given", "marks", "plan", "points", "rows")

    def __init__(
        self,
        plan: Plan,
        given: Mapping[str, Any],
        marks: tuple[Mark, ...],
        agreements: tuple[Agreement, ...],
        points: tuple[Number, ...],
        rows: tuple[int, ...] | None,
        extra: tuple[Line, ...],
        barred: bool,
    ) -> None:
        self.plan = plan
        self.given = given
        self.marks = marks
        self.agreements = agreements
        self.points = points
        self.rows = rows
        self.extra = extra
        self.barred = barred

    def __len__(self) -> int:
        return len(self.points) + len(self.extra)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Line, ...]: ...

    def __getitem__(self, index: int | slice) -> Line | tuple[Line, ...]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return tuple(self._lines(places))
        return next(self._lines((places,)))

    def __iter__(self) -> Iterator[Line]:
        return self._lines(range(len(self)))

    def __reduce__(self) -> tuple[type[tuple[Any, ...]], tuple[list[Line]]]:
        return tuple, (list(self),)

    def _lines(self, places: Sequence[int]) -> Iterator[Line]:
        plan, size = self.plan, len(self.plan.entries)
        views: dict[int | None, View] | None = None
        marks, agreed = sorted_marks(self.marks, self.agreements)
        for place in places:
            if place >= len(self.points):
                yield self.extra[place - len(self.points)]
                continue
            if views is None:
                whole_view = plan.view(self.given)
                views = {None: whole_view} if self.rows is None else dict(plan.chosen(whole_view))
            entry, row = plan.entries[place % size], None if self.rows is None else self.rows[place // size]
            key = (entry.criterion.id, "" if row is None else str(row + 1))
            own, agreement = marks.get(key, []), agreed.get(key)
            outcome = entry.outcome(*views[row], own, agreement, self.barred) if row in views else None
            if outcome is None or outcome[0] != self.points[place]:
                raise ScoringError("facts_changed", f"{entry.criterion.id}: the facts were changed after the points were computed")
            yield entry.line(outcome, views[row], self.given, row, own, agreement)

    def points_of(self, criterion: str, item: str = "") -> Number:
        """The points of one criterion (of one item) with its sub-criteria and limit."""
        begin, end = self.plan.slices.get(criterion, (0, 0))
        shift = (
            0 if self.rows is None else next((at for at, row in enumerate(self.rows) if str(row + 1) == item), -1) * len(self.plan.entries)
        )
        if shift < 0:
            return 0
        limits = [line.points for line in self.extra if line.kind == "limit" and line.criterion == criterion and line.item == item]
        return total_of([*self.points[begin + shift : end + shift], *limits])

    def with_extra(self, extra: tuple[Line, ...]) -> Lines:
        """The same with other lines at the end."""
        return Lines(self.plan, self.given, self.marks, self.agreements, self.points, self.rows, extra, self.barred)


def sorted_marks(marks: Sequence[Mark], agreements: Sequence[Agreement]) -> tuple[Marks, Agreed]:
    """Marks and agreements by criterion and item."""
    by_criterion: Marks = {}
    for mark in marks:
        key = (mark.criterion, mark.item)
        own = by_criterion.get(key)
        if own is None:
            by_criterion[key] = [mark]
        else:
            own.append(mark)
    return by_criterion, {(one.criterion, one.item): one for one in agreements}
