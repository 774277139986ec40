"""Sentences for every reason and every step of an allocation, in Slovenian, Italian and English, made from codes and values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.money import euros, number_text
from scoring.words_allocation import SENTENCES_ALLOCATION
from scoring.words_changes import SENTENCES_CHANGES
from scoring.words_points import SENTENCES_POINTS

LANGUAGES = ("sl", "it", "en")
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_OPTION = re.compile(r"\[\[(.*?)\]\]")
_NAME = re.compile(r"\{(\w+)\}")
_BEFORE_MARK = re.compile(r" ([;,.](?:\s|$))")
_NUMBER = re.compile(r"(?<![\w.-])(?P<day>\d{4}-\d{2}-\d{2})(?![\w-])|(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")
_PLAIN = re.compile(r"(-?)(\d+)(?:\.(\d+))?(…?)")
_EUROS = re.compile(r"\{(\w+)\} EUR")
_FORMS = re.compile(r"<(\w+):([^<>]+)>")
_POINTS = ("points", "maximum", "minimum", "points_total", "own", "best", "last")


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

    def cited(self, language: str, article: str | None = None) -> str:
        """The sentence with the article of the rule behind it, where there is one that it does not name itself.

        ``article`` says it otherwise, as a language names articles; empty leaves it out.
        """
        sentence, source = self.sentence(language), self.params.get("article", "") if article is None else article
        if not source or "{article}" in SENTENCES[self.code].get(language, SENTENCES[self.code]["en"]):
            return sentence
        return f"{sentence[:-1]} ({source})." if sentence.endswith(".") else f"{sentence} ({source})"

    def to_data(self) -> dict[str, Any]:
        """Plain data; the key ``parts`` is there only when there are parts."""
        parts = {"parts": [part.to_data() for part in self.parts]} if self.parts else {}
        return {"code": self.code, "params": dict(self.params), **parts}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Reason":
        """From what ``to_data()`` gave."""
        return Reason(data["code"], data["params"], tuple(Reason.from_data(part) for part in data.get("parts", ())))


def localised(text: str, language: str, grouped: bool = False) -> str:
    """Numbers of a canonical text as the language writes them: 1234.5 becomes 1.234,5 in Slovenian and Italian, and days too.

    Four digits may be a year: they are grouped only where that is asked for, and those from 1900 to 2099 never.
    """

    def one(match: re.Match[str]) -> str:
        if match["day"]:
            return day(match["day"], language)
        digits, _, decimals = match[0].removeprefix("-").partition(".")
        year = len(digits) == 4 and not decimals and (not grouped or "1900" <= digits <= "2099")
        return ("−" if match[0].startswith("-") else "") + (digits if year else _marked(digits, decimals, language))

    return _NUMBER.sub(one, text)


def _marked(digits: str, decimals: str, language: str) -> str:
    """Digits in groups of three, and decimals behind the mark of the language."""
    whole = f"{int(digits):,}" if len(digits) > 3 else digits
    if language == "en":
        return whole + (f".{decimals}" if decimals else "")
    return whole.replace(",", ".") + (f",{decimals}" if decimals else "")


def amount(cents: int | str, language: str) -> str:
    """Cents as people of a language write them."""
    return f"{_money(euros(int(cents)), language)} EUR"


def _money(text: str, language: str) -> str:
    """Euros as a canonical number: in groups, and with no decimals or at least two. A text that is no number stays as it is."""
    match = _PLAIN.fullmatch(text)
    if match is None:
        return localised(text, language)
    sign, digits, decimals, more = match.groups()
    return ("−" if sign else "") + _marked(digits, (decimals or "").ljust(2, "0") if decimals else "", language) + more


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
    before a plain ``name``, which is then for machines. ``<name:counted>`` is the word "points" as the number of ``name`` wants it,
    ``<name:of>`` the same in the genitive, ``<name:one/two/three/five/decimal>`` any other word, ``<name:il>`` an Italian article.
    """
    texts = SENTENCES[code]
    template = texts.get(language) or texts["en"]
    money = {"value", "counted"} if params.get("unit") == "EUR" else set()

    def option(match: re.Match[str]) -> str:
        given, _, otherwise = match[1].partition("|")
        return given if all(values.get(name) for name in _NAME.findall(given)) else otherwise

    values: dict[str, str] = {"answer": ""}
    spoken: dict[str, str] = {}
    money |= set(_EUROS.findall(template))
    for key, value in params.items():
        name, _, suffix = key.rpartition("_")
        if suffix == "cents":
            values[key] = amount(value, language)
        elif suffix == "day":
            values[key] = day(value, language)
        elif name and suffix in LANGUAGES:
            spoken[name] = next((text for one in (language, "en", *LANGUAGES) if (text := params.get(f"{name}_{one}"))), "")
        elif key in money or (key in _POINTS and _PLAIN.fullmatch(value)):
            values[key] = _money(value, language) if key in money else _points(value, language)
        else:
            values[key] = localised(value, language, grouped=key == "working" or bool(_PLAIN.fullmatch(value)))
    values |= spoken
    chosen = _FORMS.sub(lambda match: _form(match[2], params.get(match[1], ""), language), _OPTION.sub(option, template))
    # A value without a unit leaves a gap before the comma that follows it.
    return _BEFORE_MARK.sub(r"\1", " ".join(chosen.format_map(values).split()))


def _points(text: str, language: str) -> str:
    match = _PLAIN.fullmatch(text)
    assert match is not None
    sign, digits, decimals, more = match.groups()
    return ("−" if sign else "") + _marked(digits, decimals or "", language) + more


def _form(words: str, number: str, language: str) -> str:
    """The form of a word that fits a number. Forms are those of 1, 2, 3 and 4, other whole numbers, and decimals."""
    if words == "il":
        digits = number.partition(".")[0]
        return "l'" if digits.startswith("8") or digits in ("1", "11") else "lo " if digits == "0" else "il "
    forms = _COUNTED.get(words, {}).get(language) or words.split("/")
    if not number.removeprefix("-").isdigit():
        return forms[-1]
    count = int(number.removeprefix("-"))
    if len(forms) == 2:
        return forms[0 if count == 1 else 1]
    return forms[{1: 0, 2: 1, 3: 2, 4: 2}.get(count % 100, 3)]


def counted(points: Fraction, language: str) -> str:
    """The word "points" as a number wants it."""
    return _form("counted", number_text(points), language)


# "točke" after the number as the subject of a sentence, and after "od" or "praga".
_COUNTED = {
    "counted": {"sl": ["točka", "točki", "točke", "točk", "točke"], "it": ["punto", "punti"], "en": ["point", "points"]},
    "of": {"sl": ["točke", "točk", "točk", "točk", "točke"], "it": ["punto", "punti"], "en": ["point", "points"]},
}

SENTENCES: dict[str, dict[str, str]] = {**SENTENCES_POINTS, **SENTENCES_ALLOCATION, **SENTENCES_CHANGES}
