"""Between which ends a fact, a derived value or a whole formula lies, and how far apart its values are at least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from scoring.formula import read_formula
from scoring.money import number
from scoring.questions import Derived, Fact
from scoring.rulebook import Track
from scoring.syntax import Apply, Compare, Name, Number, Over, Part

ZERO = Fraction(0)


@dataclass(frozen=True)
class Span:
    """All numbers from ``low`` to ``high`` (None: no end) that are multiples of ``grain`` (None: any number at all)."""

    low: Fraction | None = None
    high: Fraction | None = None
    grain: Fraction | None = None

    @property
    def never(self) -> bool:
        """Whether it is always 0, so that a question is always answered no."""
        return self.low == 0 and self.high == 0

    @property
    def always(self) -> bool:
        """Whether it is never 0."""
        return (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)

    def hull(self, other: Span) -> Span:
        """Both together."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Span(low, high, common_grain((self.grain, other.grain)))

    def times(self, other: Span) -> Span:
        """Every product."""
        grain = None if self.grain is None or other.grain is None else self.grain * other.grain
        if self.never or other.never:
            return exactly(ZERO)
        if None not in (self.low, self.high, other.low, other.high):
            ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high) if a is not None and b is not None]
            return Span(min(ends), max(ends), grain)
        if self.low is not None and other.low is not None and self.low >= 0 and other.low >= 0:
            return Span(self.low * other.low, None, grain)
        return Span(None, None, grain)

    def plus(self, other: Span) -> Span:
        """Every sum."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Span(low, high, common_grain((self.grain, other.grain)))

    def negative(self) -> Span:
        """The same below zero."""
        return Span(None if self.high is None else -self.high, None if self.low is None else -self.low, self.grain)


TRUTH = Span(ZERO, Fraction(1), Fraction(1))
NEVER = Span(ZERO, ZERO, Fraction(1))
ALWAYS = Span(Fraction(1), Fraction(1), Fraction(1))


def exactly(value: Fraction) -> Span:
    """One number alone."""
    return Span(value, value, abs(value))


def common_grain(grains: Iterable[Fraction | None]) -> Fraction | None:
    """The largest number of which all are multiples; 0 stands for the grain of zero, None for none."""
    found = ZERO
    for grain in grains:
        if grain is None:
            return None
        over = lcm(found.denominator, grain.denominator)
        found = Fraction(gcd(int(found * over), int(grain * over)), over)
    return found


@dataclass(frozen=True)
class Space:
    """The spans of all numbers that can be named at one place; ``rows`` those of each table, ``counts`` how many rows it has."""

    names: Mapping[str, Span]
    rows: Mapping[str, Mapping[str, Span]] = field(default_factory=dict)
    counts: Mapping[str, Span] = field(default_factory=dict)

    def inside(self, table: str | None) -> Space:
        """The space of one row of a table."""
        return self if table is None else Space({**self.names, **self.rows.get(table, {})}, self.rows, self.counts)

    def of(self, name: str) -> Span:
        """What can stand where a criterion or a derived value names a fact: of a table, how many rows it has."""
        return self.counts.get(name) or self.names.get(name) or Span()

    def formula(self, source: str) -> Span:
        """Every value that a formula can have; what was not stated counts 0."""
        return _span(read_formula(source).tree, self)

    def zero_divisors(self, source: str) -> list[int]:
        """The characters of a formula at which a divisor stands that is 0 whatever was stated."""
        return sorted(_zero_divisors(read_formula(source).tree, self))


def space_of(track: Track, before: int | None = None) -> Space:
    """The space of a track; ``before`` leaves out that derived value and those after it."""
    names = {fact.id: span_of_fact(fact) for fact in track.facts}
    tables = [fact for fact in track.facts if fact.kind == "table"]
    rows = {fact.id: {column.id: span_of_fact(column) for column in fact.columns} for fact in tables}
    space = Space(names, rows, {fact.id: span_of_fact(fact) for fact in tables})
    for derived in track.derived[:before]:
        span = _span_of_derived(derived, space.inside(derived.table))
        if derived.table is None:
            names[derived.id] = span
        elif derived.table in rows:
            rows[derived.table][derived.id] = span
    return space


def span_of_fact(fact: Fact) -> Span:
    """Every value that the form lets an applicant state; of what is no number, how many there are."""
    whole = Fraction(1)
    if fact.kind == "boolean":
        return TRUTH
    if fact.kind == "choices":
        return Span(ZERO, Fraction(len(fact.choices)), whole)
    if fact.kind == "file":
        return Span(ZERO, Fraction(fact.max_files), whole)
    if fact.kind == "table":
        return Span(ZERO, Fraction(fact.max_rows), whole)
    grain = {"integer": whole, "decimal": Fraction(1, 10**fact.decimals), "money": Fraction(1, 100)}.get(fact.kind)
    if grain is None:
        return Span()
    low = number(fact.minimum) if fact.minimum is not None else ZERO
    high = None if fact.maximum is None else number(fact.maximum)
    return Span(low, high, grain)


def _span_of_derived(derived: Derived, space: Space) -> Span:
    if derived.formula is not None:
        return space.formula(derived.formula)
    if derived.choose:
        values = [ZERO, *derived.choose.values()]
        span = Span(min(values), max(values), common_grain(abs(one) for one in values))
        if space.names.get(str(derived.fact), Span()).grain is not None:  # several answers are added up
            low, high = sum((one for one in values if one < 0), ZERO), sum((one for one in values if one > 0), ZERO)
            return Span(low, high, span.grain)
        return span
    if derived.bands:
        values = [ZERO, *(band.value for band in derived.bands)]
        return Span(min(values), max(values), common_grain(abs(one) for one in values))
    return Span()


def _span(part: Part, space: Space, table: str = "") -> Span:
    match part:
        case Number(value=value):
            return exactly(value)
        case Name(name=name):
            known = space.names.get(name)
            if table:
                known = space.rows.get(table, {}).get(name, known)
            return Span() if known is None else known.hull(exactly(ZERO))
        case Compare(signs=signs, parts=parts):
            return _compared(signs, [_span(one, space, table) for one in parts])
        case Over(word=word, table=over, part=inner):
            rows = space.counts.get(over, Span(ZERO))
            span = ALWAYS if inner is None else _span(inner, space, over)
            if word == "count":
                return NEVER if span.never else Span(ZERO, rows.high, Fraction(1))
            hull = span.hull(exactly(ZERO))
            return hull if word in ("most", "least") else Span(rows.low, rows.high, Fraction(1)).times(hull)
        case Apply(word=word, parts=parts):
            return _applied(word, parts, space, table)
    return Span()


def _zero_divisors(part: Part, space: Space, table: str = "") -> Iterator[int]:
    match part:
        case Over(table=over, part=inner) if inner is not None:
            yield from _zero_divisors(inner, space, over)
        case Compare(parts=parts) | Apply(parts=parts):
            if isinstance(part, Apply) and part.word == "/" and _span(parts[1], space, table).never:
                yield parts[1].column
            for one in parts:
                yield from _zero_divisors(one, space, table)


def _compared(signs: Sequence[str], sides: Sequence[Span]) -> Span:
    links = [_link(sign, left, right) for sign, left, right in zip(signs, sides, sides[1:], strict=False)]
    if False in links:
        return NEVER
    return ALWAYS if all(links) else TRUTH


def _link(sign: str, left: Span, right: Span) -> bool | None:
    """Whether a comparison holds always (True), never (False), or sometimes (None)."""
    if sign in (">", ">="):
        return _link("<" if sign == ">" else "<=", right, left)
    below = left.high is not None and right.low is not None and left.high < right.low
    above = left.low is not None and right.high is not None and left.low > right.high
    touching_below = left.high is not None and left.high == right.low
    touching_above = left.low is not None and left.low == right.high
    if sign == "<":
        return True if below else False if above or touching_above else None
    if sign == "<=":
        return True if below or touching_below else False if above else None
    apart = below or above
    same = left.low is not None and left.low == left.high == right.low == right.high
    if sign == "==":
        return False if apart else True if same else None
    return True if apart else False if same else None


def _applied(word: str, parts: Sequence[Part], space: Space, table: str) -> Span:
    if word in ("has", "known"):
        return TRUTH
    if word in ("years", "days"):
        return Span(None, None, Fraction(1))
    spans = [_span(one, space, table) for one in parts]
    first = spans[0]
    match word:
        case "+":
            return first.plus(spans[1])
        case "-":
            return first.plus(spans[1].negative())
        case "*":
            return first.times(spans[1])
        case "/":
            return _quotient(first, spans[1])
        case "negative":
            return first.negative()
        case "not":
            return NEVER if first.always else ALWAYS if first.never else TRUTH
        case "and":
            return NEVER if any(one.never for one in spans) else ALWAYS if all(one.always for one in spans) else TRUTH
        case "or":
            return ALWAYS if any(one.always for one in spans) else NEVER if all(one.never for one in spans) else TRUTH
        case "if":
            return spans[1] if first.always else spans[2] if first.never else spans[1].hull(spans[2])
        case "min":
            lows, highs = [one.low for one in spans], [one.high for one in spans if one.high is not None]
            low = None if None in lows else min(one for one in lows if one is not None)
            return Span(low, min(highs, default=None), common_grain(one.grain for one in spans))
        case "max":
            above, ends = [one.low for one in spans if one.low is not None], [one.high for one in spans]
            high = None if None in ends else max(one for one in ends if one is not None)
            return Span(max(above, default=None), high, common_grain(one.grain for one in spans))
        case "abs":
            if first.low is not None and first.low >= 0:
                return first
            high = None if first.low is None or first.high is None else max(abs(first.low), abs(first.high))
            return Span(ZERO, high, first.grain)
        case "floor" | "ceil":
            whole = floor if word == "floor" else ceil
            return Span(
                None if first.low is None else Fraction(whole(first.low)),
                None if first.high is None else Fraction(whole(first.high)),
                Fraction(1),
            )
        case "round":
            step = Fraction(1, 10 ** int(spans[1].low or 0))
            return Span(None if first.low is None else first.low - step, None if first.high is None else first.high + step, step)
    return Span()


def _quotient(first: Span, second: Span) -> Span:
    low, high = second.low, second.high
    if low is not None and low == high and low != 0:
        return first.times(exactly(1 / low))
    if low is not None and low >= 0 and first.low is not None and first.low >= 0:
        most = None if first.high is None or low == 0 else first.high / low
        return Span(ZERO, most)
    return Span()
