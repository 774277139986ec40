"""Three languages, told apart by the first part of the address; numbers, money and times as people of each language write them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations

from grants.base import catalogues, clock
from grants.config import resource

LANGUAGES = ("sl", "it", "en")
OWN_NAMES = {"sl": "Slovenščina", "it": "Italiano", "en": "English"}
# A day of a month stands in the genitive; the locale data that Babel carries have only the nominative.
MONTHS_SL = (
    "januarja", "februarja", "marca", "aprila", "maja", "junija", "julija", "avgusta", "septembra", "oktobra", "novembra", "decembra",
)  # fmt: skip
babel = Babel()


def current_language() -> str:
    """The language of the reader: of the address, or of the document or mail that is being written."""
    # A page asks this hundreds of times. Flask-Babel's own way there costs ten times as much: look first where it keeps the answer.
    kept = g.get("_flask_babel") if g else None
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "sl"


def _language_of_request() -> str:
    if not has_request_context():
        return "sl"
    chosen: str | None = g.get("lang")
    if chosen is None:
        first = request.path.strip("/").split("/", 1)[0]
        chosen = first if first in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "sl")
        g.lang = chosen
    return chosen or "sl"


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Write what is inside in this language."""
    with force_locale(language):
        yield


def localized(text: Mapping[str, str] | str | None) -> str:
    """The reader's version of a text kept in several languages; where it is missing, Slovenian, Italian, English in turn."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    for language in (current_language(), *LANGUAGES):
        if text.get(language):
            return text[language]
    return ""


_KEPT = 4096
"""How many formatted values a process keeps for each way of writing: a page shows the same few numbers and days again and again."""


@lru_cache
def _locale(language: str) -> Locale:
    # English in this office is European: day before month.
    return Locale("en", "GB") if language == "en" else Locale(language)


def money(cents: int | None, language: str | None = None) -> str:
    """1234567 -> "12.345,67 EUR"."""
    return "–" if cents is None else _money(cents, language or current_language())


@lru_cache(_KEPT)
def _money(cents: int, language: str) -> str:
    return f"{format_decimal(Decimal(cents) / 100, '#,##0.00', locale=_locale(language))}\u00a0EUR"


def number(value: int | str | Decimal | Fraction | None, language: str | None = None) -> str:
    """A plain number with the marks of the language; fractions rounded to two decimals for the eye only."""
    if value is None:
        return "–"
    if isinstance(value, Fraction):
        return points(value, language)
    return _number(value if isinstance(value, Decimal) else Decimal(value), language or current_language())


@lru_cache(_KEPT)
def _number(value: Decimal, language: str) -> str:
    return str(format_decimal(value, "#,##0.##########", locale=_locale(language)))


def points(value: Fraction | Decimal | int | str | None, language: str | None = None) -> str:
    """Points for the eye: exact where two decimals suffice, otherwise rounded half-up and marked with "≈"; a dash where there is no limit."""
    if value is None or value == "":
        return "–"
    return _points(Fraction(value), language or current_language())


@lru_cache(_KEPT)
def _points(exact: Fraction, language: str) -> str:
    shown = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    mark = "" if Fraction(shown) == exact else "≈\u00a0"
    return mark + str(format_decimal(shown, "#,##0.##", locale=_locale(language)))


def percent(share: Fraction | Decimal, language: str | None = None) -> str:
    """A share of one as percent: Fraction(7, 10) -> "70 %"."""
    return f"{number(Decimal((Fraction(share) * 1000).__round__()) / 10, language)}\u00a0%"


def day(value: date | datetime | str | None, language: str | None = None) -> str:
    """A date in words of the language."""
    if value is None:
        return "–"
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return _day(value, language or current_language())


@lru_cache(_KEPT)
def _day(value: date, language: str) -> str:
    if language == "sl":
        return f"{value.day}. {MONTHS_SL[value.month - 1]} {value.year}"
    return str(format_date(value, "long", locale=_locale(language)))


def instant(value: datetime | str | None, language: str | None = None) -> str:
    """Weekday, date, time to the second and zone, as the clock on the town hall shows it."""
    if value is None:
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return _instant(value, language or current_language())


_INSTANTS = {"it": "EEEE d MMMM y, HH:mm:ss", "en": "EEEE, d MMMM y, HH:mm:ss"}


@lru_cache(_KEPT)
def _instant(value: datetime, language: str) -> str:
    local = clock.local(value)
    if language == "sl":
        weekday = format_datetime(local, "EEEE", locale=_locale(language))
        return f"{weekday}, {day(local.date(), language)}, {local:%H:%M:%S} ({local.tzname()})"
    pattern = _INSTANTS.get(language, _INSTANTS["en"])
    return f"{format_datetime(local, pattern, locale=_locale(language))} ({local.tzname()})"


def init_app(app: Flask) -> None:
    """Languages in addresses, formats in templates."""
    folder = resource("translations")
    if os.access(folder, os.W_OK):
        catalogues.compile_all(folder)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_LOCALE"] = "sl"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Ljubljana"
    babel.init_app(app, locale_selector=_language_of_request)
    _translate_quickly(app)

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language()

    app.jinja_env.filters.update(money=money, number=number, points=points, percent=percent, date=day, instant=instant, localized=localized)


def _translate_quickly(app: Flask) -> None:
    """Templates look up a catalogue by the language alone; Flask-Babel's own way there is a third of the time of a page."""
    catalogues_read: dict[str, Any] = {}

    def catalogue() -> Any:
        language = current_language()
        if language not in catalogues_read:
            with force_locale(language):
                catalogues_read[language] = get_translations()
        return catalogues_read[language]

    environment: Any = app.jinja_env  # the i18n extension puts the next method on it
    environment.install_gettext_callables(
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: catalogue().unpgettext(context, one, many, number),
    )
