"""Sentences for every reason and every step of an allocation, in Slovenian, Italian and English, made from codes and values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.money import euros
from scoring.words_allocation import SENTENCES_ALLOCATION
from scoring.words_points import SENTENCES_POINTS

LANGUAGES = ("sl", "it", "en")
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_OPTION = re.compile(r"\[\[(.*?)\]\]")
_NAME = re.compile(r"\{(\w+)\}")
_BEFORE_MARK = re.compile(r" ([;,.](?:\s|$))")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points or euros are what they are: a stable code, the values of its sentence, and the reasons that it consists of."""

    code: str
    params: Mapping[str, str]
    parts: tuple["Reason", ...] = ()

    def sentence(self, language: str) -> str:
        """The sentence in one language, and those of its parts. Rows stand in the working already and are not said again."""
        parts = (part.sentence(language) for part in self.parts if part.code != "row")
        return " ".join([say(self.code, self.params, language), *parts])

    def to_data(self) -> dict[str, Any]:
        """Plain data; the key ``parts`` is there only when there are parts."""
        parts = {"parts": [part.to_data() for part in self.parts]} if self.parts else {}
        return {"code": self.code, "params": dict(self.params), **parts}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Reason":
        """From what ``to_data()`` gave."""
        return Reason(data["code"], data["params"], tuple(Reason.from_data(part) for part in data.get("parts", ())))


def localised(text: str, language: str) -> str:
    """Numbers of a canonical text as the language writes them: 1234.5 becomes 1.234,5 in Slovenian and Italian."""

    def one(match: re.Match[str]) -> str:
        whole, _, decimals = match[0].partition(".")
        sign = "−" if whole.startswith("-") else ""
        digits = whole.removeprefix("-")
        grouped = f"{int(digits):,}" if len(digits) > 4 or (len(digits) == 4 and decimals) else digits
        if language == "en":
            return sign + grouped + (f".{decimals}" if decimals else "")
        return sign + grouped.replace(",", ".") + (f",{decimals}" if decimals else "")

    return _NUMBER.sub(one, text)


def amount(cents: int | str, language: str) -> str:
    """Cents as people of a language write them."""
    text = euros(int(cents))
    whole, _, decimals = text.partition(".")
    grouped = f"{int(whole):,}"
    if language == "en":
        return f"{grouped}.{decimals} EUR"
    return f"{grouped.replace(',', '.')},{decimals} EUR"


def day(text: str, language: str) -> str:
    """An ISO day as people of a language write it; any other text as it is."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    if not match or not 1 <= int(match[2]) <= 12:
        return text
    year, month, number = match[1], int(match[2]), int(match[3])
    if language == "en":
        return f"{number} {_MONTHS[month - 1]} {year}"
    return f"{number}. {month}. {year}" if language == "sl" else f"{number}/{month}/{year}"


def say(code: str, params: Mapping[str, str], language: str) -> str:
    """The sentence of a code.

    Values that end in ``_cents`` are written as money and in ``_day`` as a day; other numbers with the language's marks. A
    value that has a text in each language is given as ``name_sl``, ``name_it`` and ``name_en`` and said as ``{name}``; these come
    before a plain ``name``, which is then for machines.
    """
    texts = SENTENCES[code]
    template = texts.get(language) or texts["en"]
    values: dict[str, str] = {"answer": ""}
    spoken: dict[str, str] = {}
    for key, value in params.items():
        name, _, suffix = key.rpartition("_")
        if suffix == "cents":
            values[key] = amount(value, language)
        elif suffix == "day":
            values[key] = day(value, language)
        elif name and suffix in LANGUAGES:
            spoken[name] = next((text for one in (language, "en", *LANGUAGES) if (text := params.get(f"{name}_{one}"))), "")
        else:
            values[key] = localised(value, language)
    values |= spoken

    def option(match: re.Match[str]) -> str:
        given, _, otherwise = match[1].partition("|")
        return given if all(values.get(name) for name in _NAME.findall(given)) else otherwise

    # A value without a unit leaves a gap before the comma that follows it.
    return _BEFORE_MARK.sub(r"\1", " ".join(_OPTION.sub(option, template).format_map(values).split()))


SENTENCES: dict[str, dict[str, str]] = {**SENTENCES_POINTS, **SENTENCES_ALLOCATION}
