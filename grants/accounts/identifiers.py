"""The numbers by which an organisation is known, cleaned of what people type around them and checked by their check digits."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from stdnum import exceptions, iban
from stdnum.si import ddv, maticna


class NumberError(ValueError):
    """A number cannot be right; `message` says which one, why, and where to look."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


def tax_number(text: str) -> str:
    """Eight digits; "SI" in front, spaces and dots are taken off."""
    number = _bare(text).removeprefix("SI")
    if not number.isdecimal():
        raise NumberError(_("A tax number has only digits, for example 15012557. “SI” in front may stay or go."))
    if len(number) != 8:
        raise NumberError(_("A tax number has 8 digits, this one has %(number)s. Compare it with your certificate from the tax office.", number=len(number)))  # fmt: skip
    try:
        return str(ddv.validate(number))
    except exceptions.ValidationError:
        raise NumberError(_("This tax number cannot be right: its last digit does not fit the others. Compare it digit by digit with your certificate from the tax office.")) from None  # fmt: skip


def registration_number(text: str) -> str:
    """Seven digits; ten name a unit of an organisation, and unit 000 is the organisation itself."""
    number = _bare(text)
    if not number[:7].isdecimal() or not number.isalnum():
        raise NumberError(_("A registration number has only digits, for example 9331310."))
    if len(number) not in (7, 10):
        raise NumberError(_("A registration number has 7 digits, or 10 for a unit of an organisation; this one has %(number)s. You find it in the business register (AJPES).", number=len(number)))  # fmt: skip
    try:
        return str(maticna.validate(number))
    except exceptions.ValidationError:
        raise NumberError(_("This registration number cannot be right: its check digit does not fit the others. Compare it with the business register (AJPES).")) from None  # fmt: skip


def organisation_number(text: str) -> str:
    """The number by which an organisation is looked up: its tax number, or its registration number; their lengths tell them apart."""
    digits = _bare(text).removeprefix("SI")
    return registration_number(text) if len(digits) in (7, 10) else tax_number(text)


def bank_account(text: str) -> str:
    """An IBAN without its spaces."""
    number = _bare(text)
    if not number.isalnum() or not number[:2].isalpha() or not number[2:4].isdecimal():
        raise NumberError(_("A bank account is written as an IBAN: two letters of the country, then digits, for example SI56 1910 0000 0123 438. Spaces may stay."))  # fmt: skip
    try:
        return str(iban.validate(number))
    except exceptions.InvalidChecksum:
        raise NumberError(_("This bank account cannot be right: its check digits do not fit. Compare it digit by digit with the card or statement of your bank.")) from None  # fmt: skip
    except exceptions.ValidationError:
        raise NumberError(_("This is not a complete IBAN. A Slovenian one has 19 characters and begins with SI56, an Italian one has 27 and begins with IT.")) from None  # fmt: skip


def spaced_iban(number: str) -> str:
    """An IBAN in groups of four, as banks print it."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if not sign.isspace() and sign not in ".-‐‑–/")
