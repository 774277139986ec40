"""A pot as a plan, compiled once: it scores one applicant after another."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from weakref import ref

from scoring.conditions import Compiled
from scoring.facts import FactError, effective
from scoring.formula import Formula, FormulaError, read_formula
from scoring.judging import Criterion, Gate, Threshold
from scoring.kinds import number_shown, total_of
from scoring.lines import Agreed, LinePlan, Marks
from scoring.money import number_text
from scoring.proofs import in_languages, looked_at, notes_of, sentence_of
from scoring.questions import Condition
from scoring.reasons import Reason
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.sheets import Item, Line, ScoringError
from scoring.usage import Uses
from scoring.view import Number, Tables, Values, View, Viewer, rows_of, whole
from scoring.wording import Names, told_in_languages
from scoring.working import exactly


class Scored:
    """What one application, or one of its items, came to."""

    __slots__ = ("barriers", "limits", "points", "total")

    def __init__(self, points: list[Number], limits: list[tuple[Criterion | None, Number]], total: Number, barriers: list[Reason]) -> None:
        self.points = points
        self.limits = limits
        self.total = total
        self.barriers = barriers


class Plan:
    """Everything that scoring a pot needs, compiled. It keeps no reference to the track or the pot themselves."""

    def __init__(self, track: Track, pot: Pot) -> None:
        self.pot = pot.id
        self.entries = [LinePlan(track, pot, part, one) for one in pot.criteria for part in (one.judged if one.kind == "panel" else (one,))]
        self.judges = [(None if entry.computed is None else entry.computed.judge, entry) for entry in self.entries]
        self.slices = self._slices(pot)
        self.cuts = [(one, *self.slices[one.id], whole(one.maximum)) for one in pot.criteria if one.subcriteria and one.maximum is not None]
        self.floors = [(one, *self.slices[one.id], one.threshold) for one in pot.criteria if one.threshold is not None]
        self.maximum = None if pot.maximum_points is None else whole(pot.maximum_points)
        self.threshold = pot.threshold
        self.gates = [(gate, read_formula(gate.holds)) for gate in pot.gates]
        titles = {part.id: part.title for one in pot.criteria for part in (*one.judged, one)}
        self.names = Names(track, (), titles)
        self.conditions = [_Barring(track, one) for one in (*track.conditions, *pot.conditions) if one.holds is not None]
        uses = Uses(track)
        uses.scoring(track, pot)
        self.viewer = Viewer(track, uses.facts, uses.derived)
        self.title = pot.title
        self.article = pot.article
        self.judged = frozenset(entry.criterion.id for entry in self.entries if entry.leaf is not None)
        self.items = None if pot.items is None else track.fact(pot.items.table)
        self.where = None if pot.items is None or pot.items.where is None else read_formula(pot.items.where)
        name = None if pot.items is None else pot.items.name
        self.name = next((one for one in (self.items.columns if self.items else ()) if one.id == name and not one.personal), None)

    def _slices(self, pot: Pot) -> dict[str, tuple[int, int]]:
        """Where the lines of each criterion, and of each thing that is judged, begin and end."""
        slices: dict[str, tuple[int, int]] = {}
        for index, entry in enumerate(self.entries):
            slices[entry.parent] = slices.get(entry.parent, (index, index))[0], index + 1
            slices[entry.criterion.id] = index, index + 1
        return slices

    def view(self, given: Mapping[str, Any]) -> View:
        """What the formulas of this pot see. Raises ``ScoringError`` (``wrong_fact``) with the criterion that needs the fact."""
        try:
            return self.viewer(given)
        except FactError as error:
            name = error.params.get("fact", "")
            users = [
                entry.criterion.id
                for entry in self.entries
                if any(fact.id == name for fact in entry.facts) or any(name in columns for columns in entry.columns.values())
            ]
            user = next(iter(users), self.pot)
            raise ScoringError("wrong_fact", f"{user}: {error}", criterion=user, **error.params) from error

    def chosen(self, view: View) -> list[tuple[int, View]]:
        """The rows that are scored as items, each with what its formulas see."""
        assert self.items is not None
        values, tables = view
        found = []
        for index, row in enumerate(tables[self.items.id]):
            inside = {**values, **row}
            try:
                if self.where is None or self.where.value(inside, tables):
                    found.append((index, (inside, tables)))
            except FormulaError:  # what cannot be computed does not hold
                continue
        return found

    def score(self, values: Values, tables: Tables, marks: Marks, agreed: Agreed, barred: bool, item: str = "") -> Scored:
        """Points, limits and barriers of one application or item. Raises ``ScoringError``."""
        points: list[Number] = []
        for judge, entry in self.judges:
            if judge is not None:
                points.append(judge(values, tables)[0])
            else:
                key = (entry.criterion.id, item)
                points.append(entry.outcome(values, tables, marks.get(key, ()), agreed.get(key), barred)[0])
        limits: list[tuple[Criterion | None, Number]] = []
        total = total_of(points)
        for criterion, begin, end, most in self.cuts:
            over = total_of(points[begin:end]) - most
            if over > 0:
                limits.append((criterion, -over))
                total -= over
        if self.maximum is not None and total > self.maximum:
            limits.append((None, whole(self.maximum - total)))
            total = self.maximum
        scored = Scored(points, limits, total, [])
        if self.floors or self.gates or self.threshold is not None:
            scored.barriers = self._barriers(scored, values, tables)
        return scored

    def _barriers(self, scored: Scored, values: Values, tables: Tables) -> list[Reason]:
        barriers = []
        for criterion, begin, end, threshold in self.floors:
            reached = self.within(scored, criterion, begin, end)
            if below(threshold, reached) and self._applies(begin, values, tables):
                code = "criterion_threshold" if threshold.inclusive else "criterion_threshold_over"
                barriers.append(
                    _threshold_reason(
                        code,
                        threshold,
                        reached,
                        {"criterion": criterion.id, "article": criterion.article, **in_languages("title", criterion.title)},
                    )
                )
        if self.threshold is not None and self.threshold.minimum is not None and below(self.threshold, scored.total):
            code = "threshold" if self.threshold.inclusive else "threshold_over"
            barriers.append(_threshold_reason(code, self.threshold, scored.total, {"article": self.article}))
        if self.gates:
            names: Values = {name: total_of(scored.points[begin:end]) for name, (begin, end) in self.slices.items()}
            names |= {one.id: self.within(scored, one, begin, end) for one, begin, end, _ in self.cuts}
            names["total"] = scored.total
            barriers += [reason for gate, formula in self.gates if (reason := _gate_reason(gate, formula, names, self.names)) is not None]
        return barriers

    def within(self, scored: Scored, criterion: Criterion, begin: int, end: int) -> Number:
        """The points of a criterion with all its sub-criteria, within its maximum."""
        return total_of([*scored.points[begin:end], *(over for one, over in scored.limits if one is criterion)])

    def _applies(self, index: int, values: Values, tables: Tables) -> bool:
        """Whether a criterion is meant for this applicant at all; one that is not has no threshold."""
        when = self.entries[index].when
        try:
            return when is None or bool(when.value(values, tables))
        except FormulaError:
            return True

    def unmet(self, view: View, given: Mapping[str, Any]) -> tuple[Reason, ...]:
        """Why the conditions that are computed keep an application out."""
        return tuple(one.reason(view, given) for one in self.conditions if not one.compiled.met(*view))

    def item(self, given: Mapping[str, Any], row: int, scored: Scored, outside: tuple[Reason, ...]) -> Item:
        """One item of a sheet; ``outside`` keeps the whole application out."""
        barriers = (*outside, *scored.barriers)
        return Item(str(row + 1), self.item_name(given, row), Fraction(scored.total), not barriers, barriers)

    def item_name(self, given: Mapping[str, Any], row: int) -> str:
        """What an item is called, if the rules say which column names it."""
        name = ""
        if self.name is not None and self.items is not None:
            value = effective(self.name, rows_of(self.items, given.get(self.items.id))[row].get(self.name.id))
            label = next((one.label for one in self.name.choices if one.id == value), None)
            name = "" if value is None else str(value) if label is None else next(iter(label.values()))
        return name

    def limit_line(self, criterion: Criterion | None, over: Number, item: str) -> Line:
        """The line that deducts what is above a maximum."""
        most = self.maximum if criterion is None else criterion.maximum
        params = {"points": number_shown(over), "maximum": number_shown(most or 0)}
        code, title, article = (
            ("limit_total", self.title, self.article) if criterion is None else ("limit", criterion.title, criterion.article)
        )
        identity = "total" if criterion is None else criterion.id
        return Line(identity, title, article, "limit", None, Fraction(over), {}, "", Reason(code, params), {}, item)


def below(threshold: Threshold, points: Number) -> bool:
    """Whether points miss a fixed threshold, compared exactly."""
    minimum = threshold.minimum or 0
    return points < minimum if threshold.inclusive else points <= minimum


def _threshold_reason(code: str, threshold: Threshold, points: Number, more: Mapping[str, str]) -> Reason:
    minimum = threshold.minimum or Fraction(0)
    said = {**exactly("points", Fraction(points)), "minimum": number_shown(minimum), "exact": number_text(minimum)}
    return Reason(code, {**more, **said, "article": threshold.article or more.get("article", "")})


def _gate_reason(gate: Gate, formula: Formula, points: Values, names: Names) -> Reason | None:
    try:
        if formula.value(points):
            return None
        working = formula.compute(points).working
    except FormulaError as error:
        working = error.message
    spoken = in_languages("working", told_in_languages(gate.holds, names, points, {}))
    said = {"id": gate.id, **in_languages("answer", sentence_of(gate.text)), "article": gate.article, "working": working}
    return Reason("gate", {**said, **spoken})


class _Barring:
    """A condition that is computed and bars whoever does not meet it."""

    def __init__(self, track: Track, condition: Condition) -> None:
        self.compiled = Compiled(track, condition)
        uses = Uses(track)
        uses.condition(condition)
        self.facts, self.columns = looked_at(track, uses)

    def reason(self, view: View, given: Mapping[str, Any]) -> Reason:
        """Why it keeps an application out."""
        condition = self.compiled.condition
        said = {"id": condition.id, **in_languages("answer", sentence_of(condition.text)), "article": condition.article}
        judged = self.compiled.judge(*view)
        said |= {"working": judged.working, **in_languages("working", judged.words)}
        return Reason("condition", said, notes_of(self.facts, self.columns, given))


_plans: dict[tuple[int, int], tuple[ref[Track], ref[Pot], Plan]] = {}


def plan_of(track: Track, pot: Pot) -> Plan:
    """The plan of a pot, made once for these two objects and forgotten with them."""
    key = (id(track), id(pot))
    known = _plans.get(key)
    if known is not None and known[0]() is track and known[1]() is pot:
        return known[2]
    made = Plan(track, pot)

    def forget(_: object) -> None:
        _plans.pop(key, None)

    _plans[key] = ref(track, forget), ref(pot, forget), made
    return made
