"""Gaps and overlaps in bands, among the values that there can be: between 8 and 9 members there is nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from scoring.findings import Finding, Path
from scoring.lint_notes import Note
from scoring.lint_ranges import Span
from scoring.money import number_text
from scoring.questions import Interval

Place = tuple[Fraction, int]
"""A place on the line: at a number (0), just after it (1) or just before it (-1)."""


def check_bands(bands: Sequence[Interval], span: Span, note: Note, key: Path, gives: str, whose: str) -> Iterator[Finding]:
    """Every gap, overlap and empty band among the numbers of ``span``.

    ``gives`` says what happens in a gap, ``whose`` is the id of what the bands belong to.
    """
    grain = span.grain or None
    needed = (span.low or Fraction(0), 0)  # where no lower end is known, numbers below 0 are not looked for
    top = None if span.high is None else (span.high, 0)
    covered: Interval | None = None  # the band that reaches furthest so far
    open_end = False

    def gap(index: int, words: str, where: str) -> Finding:
        advice = "Close the gap, or acknowledge that the ordinance leaves it."
        return note(
            "warning", "band_gap", (*key, index), f"no band covers {words}; what falls there {gives}", advice, gap=where, criterion=whose
        )

    for index, band in sorted(enumerate(bands), key=lambda pair: _sorted(pair[1], grain)):
        start, end = _start(band, grain), _end(band, grain)
        if start is not None and end is not None and start > end:
            words = f"the band {band.text()} covers nothing"
            yield note("error", "band_empty", (*key, index), words, "Correct its ends.", band=band.text())
            continue
        if covered is not None:
            twice = _overlap(covered, band, span, grain)
            if twice:
                advice = "Let one end before the other begins (to/from include the end, below/above do not)."
                yield note("error", "band_overlap", (*key, index), f"two bands cover {twice}", advice, at=twice)
        beyond = top is not None and needed > top
        if not open_end and not beyond and start is not None and start > needed:
            if top is not None and start > top and covered is not None:
                yield gap(_index(bands, covered), *_above(covered))
            elif _only(needed, start, grain) and covered is not None:
                only = number_text(needed[0])
                yield gap(index, f"exactly {only}", f"x = {only}")
            else:
                yield gap(index, *_between(covered, band))
        if covered is None or _further(end, _end(covered, grain)):
            covered = band
        if end is None:
            open_end = True
        elif _after(end, grain) > needed:
            needed = _after(end, grain)
    if covered is not None and not open_end and (top is None or needed <= top):
        yield gap(_index(bands, covered), *_above(covered))


def _index(bands: Sequence[Interval], band: Interval) -> int:
    return next(index for index, one in enumerate(bands) if one is band)


def _overlap(covered: Interval, band: Interval, span: Span, grain: Fraction | None) -> str:
    """Where two bands cover the same numbers, the first of which begins first; empty where they do not."""
    start, ends = _start(band, grain), [one for one in (_end(covered, grain), _end(band, grain)) if one is not None]
    reached = _end(covered, grain)
    if start is not None and reached is not None and start > reached:
        return ""
    until = min(ends, default=None)
    if (until is not None and span.low is not None and until < (span.low, 0)) or (
        start is not None and span.high is not None and start > (span.high, 0)
    ):
        return ""
    if start is None or reached is None or until is None:
        return f"{covered.text()} and {band.text()}"
    return number_text(start[0]) if start[0] == until[0] else f"{number_text(start[0])} to {number_text(until[0])}"


def _between(covered: Interval | None, band: Interval) -> tuple[str, str]:
    """A gap before a band, in words and in signs."""
    begin, begin_in = band.low or (Fraction(0), True)
    text = number_text(begin)
    if covered is None or covered.high is None:
        return (f"below {text}", f"x < {text}") if begin_in else (f"{text} and below", f"x ≤ {text}")
    end, end_in = covered.high
    left, right = ("<" if end_in else "≤"), ("<" if begin_in else "≤")
    return f"between {number_text(end)} and {text}", f"{number_text(end)} {left} x {right} {text}"


def _above(covered: Interval) -> tuple[str, str]:
    end, inside = covered.high or (Fraction(0), True)
    text = number_text(end)
    return (f"above {text}", f"x > {text}") if inside else (f"{text} and above", f"x ≥ {text}")


def _only(needed: Place, start: Place, grain: Fraction | None) -> bool:
    """Whether there is just one number between what is covered and where a band begins."""
    return start == (needed[0] + grain, 0) if grain else needed == (start[0], 0) and start[1] == 1


def _start(band: Interval, grain: Fraction | None) -> Place | None:
    """Where the numbers that a band covers begin; None where it has no lower end."""
    if band.low is None:
        return None
    end, inside = band.low
    if grain is None:
        return end, 0 if inside else 1
    return (ceil(end / grain) if inside else floor(end / grain) + 1) * grain, 0


def _end(band: Interval, grain: Fraction | None) -> Place | None:
    if band.high is None:
        return None
    end, inside = band.high
    if grain is None:
        return end, 0 if inside else -1
    return (floor(end / grain) if inside else ceil(end / grain) - 1) * grain, 0


def _after(end: Place, grain: Fraction | None) -> Place:
    """The first place that a band with this end leaves open."""
    return (end[0] + grain, 0) if grain else (end[0], end[1] + 1)


def _further(end: Place | None, other: Place | None) -> bool:
    return other is not None and (end is None or end > other)


def _sorted(band: Interval, grain: Fraction | None) -> tuple[int, Place]:
    start = _start(band, grain)
    return (0, (Fraction(0), 0)) if start is None else (1, start)
