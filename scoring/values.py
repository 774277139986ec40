"""The values that a rulebook is written with: exact numbers, amounts, whole numbers, ids, texts in languages, formulas."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from re import fullmatch
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from scoring.formula import FormulaError, read_formula
from scoring.money import NumberError, cents_from_euros, euros, number, number_text

LANGUAGES = ("sl", "it", "en")


def exact_number(value: object) -> Fraction:
    """An exact number, or an error that says what one looks like."""
    try:
        return number(value)
    except NumberError as error:
        raise ValueError(f'"{value}" is not a plain number such as 12 or 0.5') from error


def _euros(value: object) -> int:
    if isinstance(value, str):
        try:
            cents = cents_from_euros(value)
        except NumberError as error:
            raise ValueError(f'"{value}" is not an amount such as 1500 or 1500.00') from error
        if cents >= 0:
            return cents
    raise ValueError(f'"{value}" is not an amount such as 1500 or 1500.00')


def _share(value: object) -> Fraction:
    share = exact_number(value)
    if not 0 <= share <= 100:
        raise ValueError(f'"{value}" is not a percentage from 0 to 100: 70 % is 70')
    return share


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and fullmatch(r"-?[0-9]{1,9}", value) else value


def _in_languages(value: object) -> object:
    for key in value if isinstance(value, Mapping) else ():
        if key not in LANGUAGES:
            raise ValueError(f'"{key}" is not one of the languages {", ".join(LANGUAGES)}')
    return value


def _truth(value: object) -> object:
    return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower(), value) if isinstance(value, str) else value


def _formula(value: object) -> object:
    if isinstance(value, str):
        try:
            read_formula(value)
        except FormulaError as error:
            raise ValueError(str(error)) from error
    return value


def is_day(text: str) -> bool:
    """Whether a text is a day such as 2026-12-31."""
    try:
        return bool(fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False


def _scalar(pattern: str, words: str) -> WithJsonSchema:
    """What an editor is told: YAML scalars may be written with or without quotes."""
    return WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": pattern}], "description": words})


_TEXTS: dict[str, Any] = {
    "type": "object",
    "properties": {language: {"type": "string"} for language in LANGUAGES},
    "additionalProperties": False,
    "minProperties": 1,
}

Exact = Annotated[
    Fraction,
    BeforeValidator(exact_number),
    PlainSerializer(number_text),
    _scalar(r"^[+-]?\d+(\.\d+)?$|^[+-]?\d+/\d+$", "an exact number: 12, 0.25 or 1/3"),
]
Euros = Annotated[
    int, BeforeValidator(_euros), PlainSerializer(euros), _scalar(r"^\d+(\.\d{1,2})?$", "an amount in euros: 1500 or 1500.00")
]
Percent = Annotated[
    Fraction, BeforeValidator(_share), PlainSerializer(number_text), _scalar(r"^\d+(\.\d+)?$|^\d+/\d+$", "a percentage: 70 is 70 %")
]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=100_000), _scalar(r"^\d{1,6}$", "a whole number")]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1_000), _scalar(r"^\d{1,4}$", "a whole number from 1")]
# With three decimals "1.234" would be two numbers: one and a bit, and one thousand two hundred and thirty-four.
Decimals = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2), _scalar(r"^[0-2]$", "0, 1 or 2")]
PointDecimals = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10), _scalar(r"^\d{1,2}$", "a whole number from 0 to 10")]
Truth = Annotated[
    bool,
    BeforeValidator(_truth),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no", "true", "false"]}], "description": "yes or no"}),
]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ClassId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
PotId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}(\.[A-Za-z0-9_]{1,18})?$")]
PartId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,18}$")]
FormulaText = Annotated[
    str, BeforeValidator(_formula), _scalar(r"^[\s\S]+$", "a formula over facts, for example members * 0.5 or years >= 2")
]
Texts = Annotated[dict[str, str], BeforeValidator(_in_languages), Field(min_length=1), WithJsonSchema(_TEXTS)]
