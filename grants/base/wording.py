"""How a document says things in one named language: sentences from the catalogue, money, points, dates, instants.

Needs neither a request nor a locale in the air: a bilingual act speaks Slovenian and Italian on facing pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from grants.config import resource

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
NBSP = "\u00a0"
# decimal sign, thousands sign
_STYLES = {"sl": (",", "."), "it": (",", "."), "en": (".", ",")}
# "12. 3. 2026", "16. člena", "št. 5", "n. 5", "4 EUR", "6 2/3": not torn apart at the end of a line
_HELD_TOGETHER = re.compile(r"(?<=\d\.) (?=\d|člen|odstav)|(?<=\d) (?=EUR\b|%|\d+/\d)|(?<=\b[šŠ]t\.) (?=\d)|(?<=\b[nN]\.) (?=\d)")
_EXACT_DENOMINATOR = 100  # 84 2/3 is read at a glance, 84 137/311 is not


class MissingTextError(LookupError):
    """A document in two languages lacks a text in one of them: an incomplete act must not be issued."""


@cache
def texts(language: str) -> Texts:
    """Everything that a template needs to speak `language`. Templates say `{% set t = texts("it") %}` per block."""
    return Texts(language)


def _catalogue(language: str) -> dict[str, str]:
    if language == "en":
        return {}
    path = resource("translations") / language / "LC_MESSAGES" / "documents.po"
    with path.open("rb") as handle:
        catalogue = read_po(handle, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id and isinstance(message.id, str) and message.string}


class Texts:
    """Formatters for JSON primitives in one language. Calling it translates an English sentence of a template."""

    def __init__(self, language: str) -> None:
        if language not in _STYLES:
            raise ValueError(f"No document is written in {language!r}; known: {', '.join(_STYLES)}")
        self.language = language
        self._sentences = _catalogue(language)
        self._decimal, self._thousands = _STYLES[language]
        locale = Locale.parse(language)
        self._days = locale.days["format"]["wide"]
        self._months = locale.months["format"]["wide"]

    def __call__(self, sentence: str, **values: Any) -> str:
        """The sentence in this language; values are escaped unless they are markup already."""
        if self._sentences and sentence not in self._sentences:
            raise MissingTextError(f"documents.po ({self.language}) does not know: {sentence}")
        translated = self._sentences.get(sentence, sentence)
        return Markup(escape(translated)) % values if values else translated  # noqa: S704 - escaped here

    def text(self, value: Any) -> str:
        """Text that people wrote: {"sl": …, "it": …}, or a plain string (a name) that is the same in every language."""
        said = value if isinstance(value, str) else value.get(self.language)
        if not said:
            raise MissingTextError(f"No text in {self.language!r} beside {value!r}")
        return _HELD_TOGETHER.sub(NBSP, str(said))

    def paragraphs(self, value: Any) -> list[str]:
        """The same, split where people left an empty line."""
        return [part.strip() for part in self.text(value).split("\n\n") if part.strip()]

    def number(self, value: int | str | Fraction, digits: int | None = None) -> str:
        """A whole or decimal number, given as "1234.50" or exactly; `digits` pads or rounds half up."""
        exact = Fraction(value)
        if digits is None:
            digits = _decimals(exact)
        scaled = abs(exact) * 10**digits
        rounded = int(scaled + Fraction(1, 2))
        whole, rest = divmod(rounded, 10**digits)
        text = f"{whole:,}".replace(",", self._thousands)
        if digits:
            text += f"{self._decimal}{rest:0{digits}d}"
        return f"−{text}" if exact < 0 and rounded else text

    def money(self, cents: int) -> str:
        """Euros with both cents, and a space that does not break."""
        return f"{self.number(Fraction(cents, 100), 2)}{NBSP}EUR"

    def points(self, value: int | str | None) -> str:
        """Points exactly as scored: "15", "84.5" or "254/3" (84 2/3). A repeating one too long to print is marked ≈; no limit is a dash."""
        if value is None or value == "":
            return "–"
        exact = Fraction(value)
        if _terminates(exact):
            return self.number(exact)
        whole, rest = divmod(abs(exact), 1)
        if rest.denominator > _EXACT_DENOMINATOR:
            return f"≈{NBSP}{self.number(exact, 4)}"
        sign = "−" if exact < 0 else ""
        fraction = f"{rest.numerator}/{rest.denominator}"
        return f"{sign}{self.number(whole)}{NBSP}{fraction}" if whole else f"{sign}{fraction}"

    def percent(self, value: int | str) -> str:
        return f"{self.points(value)}{NBSP}%"

    def date(self, value: str) -> str:
        """A day, from "2026-05-04" or from an instant (the day in Ljubljana)."""
        day = _local(value).date() if "T" in value else date.fromisoformat(value)
        if self.language == "sl":
            return f"{day.day}.{NBSP}{day.month}.{NBSP}{day.year}"
        return f"{day.day}{NBSP}{self._months[day.month]}{NBSP}{day.year}"

    def time(self, value: str) -> str:
        """The hour and minute of an instant."""
        return f"{_local(value):%H:%M}"

    def instant(self, value: str) -> str:
        """Weekday, day, second and distance from UTC: what a deadline is judged by."""
        moment = _local(value)
        day = self._days[moment.weekday()]
        hours = (moment.utcoffset() or timedelta()).total_seconds() / 3600
        joint = {"sl": " ob", "it": ", ore", "en": " at"}[self.language]
        comma = "," if self.language == "sl" else ""
        return f"{day}{comma} {self.date(value)}{joint} {moment:%H:%M:%S} (UTC+{hours:g})"

    def size(self, count: int) -> str:
        """How large a file is."""
        if count < 1000:
            return f"{count}{NBSP}B"
        if count < 1_000_000:
            return f"{self.number(Fraction(count, 1000), 1)}{NBSP}kB"
        return f"{self.number(Fraction(count, 1_000_000), 1)}{NBSP}MB"

    def value(self, value: Any) -> str:
        """An answer of any kind: text, yes or no, nothing, a list, or {"cents"|"date"|"instant"|"points"|"number": …}."""
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return self("Yes") if value else self("No")
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, list):
            return "; ".join(self.value(part) for part in value) or "–"
        if isinstance(value, dict) and len(value) == 1:
            ((kind, inner),) = value.items()
            typed: dict[str, Callable[[Any], str]] = {
                "cents": self.money,
                "date": self.date,
                "instant": self.instant,
                "points": self.points,
                "number": self.number,
                "percent": self.percent,
            }
            if kind in typed:
                return typed[kind](inner)
        return self.text(value)


def _local(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"An instant needs its zone: {value!r}")
    return moment.astimezone(LJUBLJANA)


def _terminates(exact: Fraction) -> bool:
    denominator = exact.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _decimals(exact: Fraction) -> int:
    digits = 0
    while (exact * 10**digits).denominator != 1:
        digits += 1
        if digits > 12:
            raise ValueError(f"{exact} has no short decimal form; say how many digits")
    return digits
