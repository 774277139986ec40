"""Points, amounts and intervals in words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.base.language import money, number, percent, points
from scoring.money import number_text
from scoring.questions import Fact, Interval

Say = Callable[[Fraction], str]


def points_said(value: Fraction) -> str:
    """ "3 points" in the plural of the language; "2.5 points" as the language counts fractions."""
    count = int(value) if value.denominator == 1 else 3
    return ngettext("%(points)s point", "%(points)s points", abs(count), points=points(value))


def quoted(said: str) -> str:
    """Words in the quotation marks of the language."""
    return _("“%(words)s”", words=said)


def maximum_said(value: Fraction | None) -> str:
    """A maximum of points; None is no limit."""
    return _("no limit") if value is None else points(value)


def number_said(value: Fraction) -> str:
    """A bare number."""
    text = number_text(value)
    return points(value) if "/" in text else number(text)


def percent_said(value: Fraction) -> str:
    """Percent as a rulebook counts it: 70 -> "70 %"."""
    return percent(value / 100)


def cited(said: str, article: str) -> str:
    """A sentence with the article it comes from."""
    return f"{said} ({article})" if article.strip() else said


def amount_said(value: Fraction, fact: Fact | None) -> str:
    """A number with the unit of its fact."""
    if fact is not None and fact.kind == "money":
        return money(int(value * 100)) if (value * 100).denominator == 1 else f"{points(value)}\u00a0EUR"
    shown = number_said(value)
    return f"{shown}\u00a0{fact.unit}" if fact is not None and fact.unit else shown


def euros_said(value: Fraction) -> str:
    """An amount that is written in euros."""
    return money(int(value * 100)) if (value * 100).denominator == 1 else f"{points(value)}\u00a0EUR"


def band_said(band: Interval, fact: Fact | None) -> str:
    """The values that a band covers; says whether the ends belong to it."""
    return between(band, lambda value: amount_said(value, fact))


def between(band: Interval, say: Say) -> str:
    """An interval, its ends said by ``say``."""
    low, high = band.low, band.high
    if low is None and high is None:
        return _("any value")
    if low is None:
        assert high is not None
        end = say(high[0])
        return _("%(value)s or less", value=end) if high[1] else _("less than %(value)s", value=end)
    start = say(low[0])
    if high is None:
        return _("%(value)s or more", value=start) if low[1] else _("more than %(value)s", value=start)
    if low[0] == high[0]:
        return _("exactly %(value)s", value=start)
    end = say(high[0])
    if low[1]:
        return (
            _("from %(low)s to %(high)s", low=start, high=end) if high[1] else _("from %(low)s to less than %(high)s", low=start, high=end)
        )
    return (
        _("more than %(low)s, up to %(high)s", low=start, high=end)
        if high[1]
        else _("more than %(low)s, less than %(high)s", low=start, high=end)
    )
