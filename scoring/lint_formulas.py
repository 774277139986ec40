"""What is doubtful in formulas: units that do not fit, dates used as numbers, divisors that can be 0, questions always answered no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scoring.findings import Finding, Path
from scoring.formula import read_formula, units_of
from scoring.lint_notes import Note
from scoring.lint_ranges import ALWAYS, NEVER, TRUTH, Space, Span, space_of
from scoring.questions import Combination, Fact
from scoring.rulebook import Track
from scoring.scopes import Scope, of_track
from scoring.syntax import Apply, Compare, Name, Over, Part

Test = str | Combination


@dataclass(frozen=True)
class Here:
    """Where a rule stands: its track, the tables in whose rows it is (innermost first), and what it can name there."""

    track: Track
    scope: Scope
    space: Space
    tables: tuple[str, ...] = ()

    def inside(self, table: str | None) -> Here:
        """The same inside a row of a table."""
        if table is None or table not in self.scope.rows:
            return self
        return replace(self, scope=self.scope.inside(table), space=self.space.inside(table), tables=(table, *self.tables))

    def fact(self, name: str | None) -> Fact | None:
        """The fact or column that a name means here; None for a derived value."""
        for table in self.tables:
            columns = next((fact.columns for fact in self.track.facts if fact.id == table), ())
            for column in columns:
                if column.id == name:
                    return column
            if any(one.table == table and one.id == name for one in self.track.derived):
                return None
        return next((fact for fact in self.track.facts if fact.id == name), None)

    def ids(self, name: str | None) -> tuple[str, ...]:
        """The answers of a choice, or the classes of a classification."""
        seen = self.scope.names.get(name or "")
        return () if seen is None else seen.ids


def here_in(track: Track, before: int | None = None) -> Here:
    """The place of what stands in a track itself; ``before`` is the derived value from which on nothing can be named."""
    return Here(track, of_track(track, before), space_of(track, before))


def check_formula(source: str | None, here: Here, key: Path, note: Note) -> Iterator[Finding]:
    """Units and divisors of one formula."""
    if source is None:
        return
    formula = read_formula(source)
    told: set[tuple[str, str]] = set()
    for one in units_of(formula, here.scope.units()):
        pair = (one.left, one.right)
        wrong = {"date", "text"} & set(pair)
        if pair in told or (not wrong and "" in pair and "EUR" not in "".join(pair)):
            continue  # a name without a unit is only told apart from money
        told.add(pair)
        left, right = (_unit_words(unit) for unit in pair)
        severity = "error" if wrong else "warning"
        message = f"the formula puts {left} and {right} together (at its character {one.column})"
        advice = (
            "Take years(…) or days(…) of dates, and compare texts with ==." if wrong else "Correct it, or convert one of the two first."
        )
        yield note(severity, "units_do_not_fit", key, message, advice, left=left, right=right, column=one.column)
    yield from check_divisors(source, here.space, key, note)
    for name in sorted(formula.divisors):
        table, _, column = name.rpartition(".")
        place = here.inside(table) if table else here
        span = place.space.names.get(column)
        if span is None or span.never or column in place.space.counts or place.fact(column) is None:
            continue
        if (span.low is None or span.low <= 0) and not _guarded(formula.tree, column):
            message = f"the formula divides by {column}, which can be 0"
            advice = f"Set a minimum above 0 for {column}, or write if({column} > 0, …, 0)."
            yield note("warning", "divisor_can_be_zero", key, message, advice, fact=name)


def check_divisors(source: str, space: Space, key: Path, note: Note) -> Iterator[Finding]:
    """Divisors that are 0 for everybody, so that the formula can never be computed."""
    for column in space.zero_divisors(source):
        message = f"the divisor at character {column} of the formula is 0, whatever was stated, so nobody could get points by it"
        yield note("error", "divisor_is_zero", key, message, "Correct the divisor, or the limits of the facts in it.", column=column)


def _unit_words(unit: str) -> str:
    return unit or "a plain number"


def _guarded(part: Part, name: str, inside: bool = False) -> bool:
    """Whether a formula asks about this name, or keeps it above something, before it divides by it."""
    match part:
        case Name(name=own):
            return inside and own == name
        case Compare(parts=parts) | Apply(word="max" | "known", parts=parts):
            return any(_guarded(one, name, True) for one in parts)
        case Apply(word="if" | "and", parts=(Name(name=own), *_)) if own == name:
            return True
        case Apply(parts=parts):
            return any(_guarded(one, name, inside) for one in parts)
        case Over(part=over) if over is not None:
            return _guarded(over, name, inside)
    return False


def check_test(test: Test | None, here: Here, key: Path, note: Note) -> Iterator[Finding]:
    """Units and divisors of a test, however deep."""
    if isinstance(test, Combination):
        for word, parts in (("all", test.all_), ("any", test.any_)):
            for index, one in enumerate(parts or ()):
                yield from check_test(one, here, (*key, word, index), note)
        yield from check_test(test.not_, here, (*key, "not"), note)
    else:
        yield from check_formula(test, here, key, note)


def truth_of(test: Test | None, here: Here) -> Span:
    """Whether a test holds always, never or sometimes, as far as the ends of the facts decide it."""
    if test is None:
        return TRUTH
    if isinstance(test, str):
        span = here.space.formula(test)
        return NEVER if span.never else ALWAYS if span.always else TRUTH
    if test.not_ is not None:
        inner = truth_of(test.not_, here)
        return NEVER if inner.always else ALWAYS if inner.never else TRUTH
    spans = [truth_of(one, here) for one in test.all_ or test.any_ or ()]
    if test.all_ is not None:
        return NEVER if any(one.never for one in spans) else ALWAYS if all(one.always for one in spans) else TRUTH
    return ALWAYS if any(one.always for one in spans) else NEVER if all(one.never for one in spans) else TRUTH


def check_when(source: str | None, here: Here, key: Path, note: Note) -> Iterator[Finding]:
    """A formula that decides whether a rule applies at all."""
    yield from check_formula(source, here, key, note)
    if source is not None and truth_of(source, here).never:
        message = "this can never hold, so the rule never applies"
        yield note("warning", "never_holds", key, message, "Compare it with the minimum and maximum of the facts that it names.")
