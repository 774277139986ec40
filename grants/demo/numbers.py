"""Identifiers with correct check digits for invented organisations."""

from __future__ import annotations


def tax_number(seed: int) -> str:
    """A tax number that passes its check; some seeds have none and the next one is taken."""
    while True:
        body = f"{1000000 + seed % 8999999:07d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(body, range(8, 1, -1), strict=True)) % 11
        if check != 11:
            return body + str(0 if check == 10 else check)
        seed += 1


def registration_number(seed: int) -> str:
    """A registration number of a seat, with its check digit."""
    while True:
        body = f"{100000 + seed % 899999:06d}"
        rest = -sum(int(digit) * weight for digit, weight in zip(body, range(7, 1, -1), strict=True)) % 11
        if rest != 0:
            return f"{body}{0 if rest == 10 else rest}000"
        seed += 1


def iban(seed: int) -> str:
    """A Slovenian account: bank, account and two check digits; the country's check digits are then always 56."""
    body = f"02010{seed % 10**8:08d}"
    return f"SI56{body}{98 - int(body + '00') % 97:02d}"
