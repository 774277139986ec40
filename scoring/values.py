"""The values that a rulebook is written with: exact numbers, amounts, whole numbers, ids, texts in languages, formulas."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from re import fullmatch
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

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


Exact = Annotated[Fraction, BeforeValidator(exact_number), PlainSerializer(number_text)]
Euros = Annotated[int, BeforeValidator(_euros), PlainSerializer(euros)]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=100_000)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1_000)]
# With three decimals "1.234" would be two numbers: one and a bit, and one thousand two hundred and thirty-four.
Decimals = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2)]
PointDecimals = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
PotId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}(\.[A-Za-z0-9_]{1,18})?$")]
FormulaText = Annotated[str, BeforeValidator(_formula)]
Texts = Annotated[dict[str, str], BeforeValidator(_in_languages), Field(min_length=1)]
