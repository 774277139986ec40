"""One sentence in every language of an act: from the catalogue, with money, points and dates as that language writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from flask_babel import LazyString

from grants.base.language import in_language
from grants.base.wording import Texts, texts

Words = dict[str, str]
_ORDINALS = (("prv", "primo"), ("drug", "secondo"), ("tretj", "terzo"), ("četrt", "quarto"), ("pet", "quinto"))
LEGAL = ("sl", "it")
"""The languages in which an act is issued. English is a language of the pages only, never of the law."""


def legal(languages: Iterable[str]) -> list[str]:
    """Those of these languages in which an act can be written, Slovenian first."""
    given = set(languages)
    return [language for language in LEGAL if language in given]


def said(languages: Iterable[str], sentence: LazyString, **values: Any) -> Words:
    """The sentence in each language. A value is a text, a {language: text}, or a function of the language's `Texts`."""
    result = {}
    for language in languages:
        with in_language(language):
            spoken = str(sentence)
        result[language] = spoken % {name: _in(language, value) for name, value in values.items()}
    return result


def money(cents: int) -> Callable[[Texts], str]:
    """An amount, as a value of `said`."""
    return lambda t: t.money(cents)


def points(value: str | Fraction) -> Callable[[Texts], str]:
    """Points, exactly, as a value of `said`."""
    return lambda t: t.points(str(value))


def day(iso: str) -> Callable[[Texts], str]:
    """A day, as a value of `said`."""
    return lambda t: t.date(iso)


def of(text: Any, languages: Iterable[str]) -> Words:
    """A text of the call or the rulebook in these languages; where one lacks, the Slovenian, as the rules are published."""
    if isinstance(text, str):
        return dict.fromkeys(languages, text)
    fallback = next((text[language] for language in LEGAL if text.get(language)), "")
    return {language: text.get(language) or fallback for language in languages}


_ITALIAN = (
    (re.compile(r"(\d+(?:\.[a-z])?)\.?\s*člen(?:a|u)?\b"), r"articolo \1"),
    (re.compile(r"(\d+)\.(?:\s|\u00a0)*odstav(?:ek|ka)\b"), r"comma \1"),
    (re.compile(r"(\d+)\.(?:\s|\u00a0)*točk(?:a|e)\b"), r"punto \1"),
    *((re.compile(rf"\b{sl}(?:i|ega) odstav(?:ek|ka)\b"), f"{it} comma") for sl, it in _ORDINALS),
    *((re.compile(rf"\b{sl}(?:a|e) alinej(?:a|e)\b"), f"{it} trattino") for sl, it in _ORDINALS),
)


def article(text: str, languages: Iterable[str]) -> Words:
    """Where a rule stands. Rulebooks name articles in Slovenian ("9. člen, prvi odstavek"); the Italian act says "articolo 9, primo comma"."""
    words = dict.fromkeys(languages, text or "–")
    if "it" in words:
        for pattern, italian in _ITALIAN:
            words["it"] = pattern.sub(italian, words["it"])
    return words


def _in(language: str, value: Any) -> str:
    if callable(value):
        return str(value(texts(language)))
    if isinstance(value, dict):
        return str(value[language])
    return str(value)
