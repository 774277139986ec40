"""Exact money and numbers: reading, writing, rounding, and closing a pot to the last unit.

Money is whole cents (``int``); points, shares and point values are ``Fraction``. Floats are refused everywhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

RoundingMode = Literal["exact", "cut", "half_up"]
Closing = Literal["largest_remainder", "to_one", "leave"]

# Longer numbers than these never occur in a grant, and unbounded ones cost time.
MOST_DIGITS = 24

LARGEST_EXACT = 10**200
"""The largest denominator that is written out; a sum over many applicants with different denominators can be thousands of digits long."""

# ASCII: digits of other scripts look alike, and the same number would have two texts.
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_RATIO = re.compile(r"([+-]?\d+)/(\d+)", re.ASCII)
_EUROS = re.compile(r"(-?)(\d+)(?:\.(\d{1,2}))?", re.ASCII)


class NumberError(ValueError):
    """A text or value is not a number that may be used here; ``code`` says why, as a stable slug."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__(f"{code.replace('_', ' ')}: {value!r}")
        self.code = code


def number(value: object) -> Fraction:
    """Read an exact number from an ``int``, ``Fraction``, ``Decimal``, ``"12.5"`` or ``"37/3"``.

    Raises ``NumberError`` for floats, booleans, anything else and more than 24 digits.
    """
    if isinstance(value, bool | float):
        raise NumberError("not_a_number", value)
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
            raise NumberError("not_a_number", value)
        return Fraction(value)
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 2 * MOST_DIGITS:
            raise NumberError("not_a_number", text[:MOST_DIGITS])
        if _PLAIN.fullmatch(text):
            return Fraction(text)
        ratio = _RATIO.fullmatch(text)
        if ratio and int(ratio[2]) > 0:
            return Fraction(int(ratio[1]), int(ratio[2]))
    raise NumberError("not_a_number", value)


def number_text(value: Fraction) -> str:
    """The canonical text of an exact number: ``"12.5"`` where decimals end, else the ratio ``"37/3"``.

    A denominator of more than 200 digits is not written: such a number is cut to 30 decimals, and ends in ``…``.
    """
    denominator = value.denominator
    if denominator > LARGEST_EXACT:
        return fixed(value, 30) + "…"
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    decimals = 0
    scaled = value
    while scaled.denominator != 1:
        scaled *= 10
        decimals += 1
    return fixed(value, decimals)


def fixed(value: Fraction, decimals: int) -> str:
    """``value`` cut to so many decimals, with a decimal point: ``fixed(Fraction(37, 3), 4) == "12.3333"``."""
    scaled = abs(value.numerator) * 10**decimals // value.denominator
    digits = str(scaled).rjust(decimals + 1, "0")
    sign = "-" if value < 0 and scaled else ""
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def cents_from_euros(text: str) -> int:
    """Read ``"1234.56"`` (decimal point, no grouping) as cents. Raises ``NumberError``.

    Codes: ``not_a_number``, ``too_many_decimals``.
    """
    text = text.strip()
    match = _EUROS.fullmatch(text)
    if not match or len(text) > MOST_DIGITS:
        raise NumberError("too_many_decimals" if _PLAIN.fullmatch(text) else "not_a_number", text[:MOST_DIGITS])
    cents = int(match[2]) * 100 + int((match[3] or "0").ljust(2, "0"))
    return -cents if match[1] else cents


def whole_cents(value: object) -> int:
    """An amount that is kept as whole cents. Raises ``NumberError`` (``not_cents``) for floats, texts and truth values."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NumberError("not_cents", value)


def euros(cents: int) -> str:
    """Write cents as ``"1234.56"``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def rounded(value: Fraction, mode: RoundingMode, decimals: int = 0) -> Fraction:
    """Round by a named rule: ``exact`` keeps, ``cut`` drops further decimals, ``half_up`` rounds halves away from zero."""
    if mode == "exact":
        return value
    scale = 10**decimals
    scaled = abs(value) * scale
    whole = scaled.numerator // scaled.denominator
    if mode == "half_up" and 2 * (scaled - whole) >= 1:
        whole += 1
    return Fraction(whole if value >= 0 else -whole, scale)


@dataclass(frozen=True)
class Closed:
    """Amounts in whole units of cents, and how many units each got more (or less, below 0) than plain rounding gives."""

    cents: list[int]
    moved: list[int]


def close_pot(
    exact: Sequence[int],
    over: int,
    total: int,
    unit: int,
    closing: Closing,
    award: RoundingMode,
    caps: Sequence[int | None],
    order: Sequence[int],
) -> Closed:
    """Round exact shares and close a pot.

    ``exact[i] / over`` is a share in cents, not negative; ``total`` what there is in cents; ``unit`` the award unit in cents; ``caps`` ceilings in
    cents or None; ``order`` the indices from who comes first among equals to who comes last.
    ``largest_remainder`` cuts every share to the unit and gives the missing units, at most one each, to the largest remainders.
    ``to_one`` cuts as well and gives all missing units to the first in the order, up to the own ceiling, then to the next.
    ``leave`` rounds each share on its own (``award``: half_up or cut); where that comes to more than there is, single units go back from those who
    gained most by rounding, the last in the order first. Nobody is ever lifted over a ceiling, and the total is never exceeded.
    """
    step = over * unit
    whole = [share // step for share in exact]
    moved = [0] * len(exact)
    room = [None if cap is None else cap // unit for cap in caps]
    wanted = sum(exact)
    if closing == "leave":
        if award == "half_up":
            for i, share in enumerate(exact):
                limit = room[i]
                if 2 * (share - whole[i] * step) >= step and (limit is None or whole[i] < limit):
                    whole[i] += 1
        excess = sum(whole) - total // unit
        if excess > 0:
            place = {index: rank for rank, index in enumerate(order)}
            lifted = [i for i in range(len(exact)) if whole[i] * step > exact[i]]
            for i in sorted(lifted, key=lambda i: (exact[i] - whole[i] * step, -place[i]))[:excess]:
                whole[i] -= 1
                moved[i] = -1
        return Closed([count * unit for count in whole], moved)
    target = min(total, (2 * wanted + step) // (2 * step) * unit) // unit
    missing = target - sum(whole)
    if missing <= 0:
        return Closed([count * unit for count in whole], moved)
    if closing == "to_one":
        for i in order:
            limit = room[i]
            given = missing if limit is None else min(missing, max(0, limit - whole[i]))
            whole[i] += given
            moved[i] += given
            missing -= given
            if not missing:
                break
        return Closed([count * unit for count in whole], moved)
    remainders = [share - count * step for share, count in zip(exact, whole, strict=True)]
    for i in sorted(order, key=remainders.__getitem__, reverse=True):  # equals stay in their order
        limit = room[i]
        if limit is None or whole[i] < limit:
            whole[i] += 1
            moved[i] = 1
            missing -= 1
            if not missing:
                break
    return Closed([count * unit for count in whole], moved)
