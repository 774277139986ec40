"""Exact money and numbers: reading, writing, rounding, and closing a pot to the last unit.

Money is whole cents (``int``); points, shares and point values are ``Fraction``. Floats are refused everywhere.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

RoundingMode = Literal["exact", "cut", "half_up"]

# Longer numbers than these never occur in a grant, and unbounded ones cost time.
MOST_DIGITS = 24

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
    """The canonical text of an exact number: ``"12.5"`` where decimals end, else the ratio ``"37/3"``."""
    denominator = value.denominator
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


def to_unit(value: Fraction, unit: int) -> int:
    """``value`` (in cents) rounded half-up to a whole multiple of ``unit`` cents."""
    return int(rounded(value / unit, "half_up")) * unit


def down_to_unit(value: Fraction, unit: int) -> int:
    """``value`` (in cents) cut to a whole multiple of ``unit`` cents."""
    return int(rounded(value / unit, "cut")) * unit


def close_by_largest_remainder(
    exact: Mapping[str, Fraction], total: int, unit: int, caps: Mapping[str, Fraction], tie_break: Callable[[str], Sequence[object]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Turn exact shares (in cents) into multiples of ``unit`` that add up to ``total`` where caps allow.

    Every share is cut to the unit; the units still missing go one by one to the largest remainder, among equal
    remainders by ``tie_break`` (smaller first). Nobody is lifted over a cap. Returns the amounts, and how many
    units each received in closing.
    """
    amounts = {name: down_to_unit(share, unit) for name, share in exact.items()}
    extra: dict[str, int] = dict.fromkeys(exact, 0)
    ranked = sorted(exact, key=lambda name: (amounts[name] - exact[name], *tie_break(name)))
    missing = (total - sum(amounts.values())) // unit
    while missing > 0:
        given = 0
        for name in ranked:
            if missing == 0:
                break
            if name in caps and amounts[name] + unit > caps[name]:
                continue
            amounts[name] += unit
            extra[name] += 1
            missing -= 1
            given += 1
        if not given:
            break
    return amounts, extra


def take_back_overspend(
    exact: Mapping[str, Fraction], amounts: Mapping[str, int], total: int, unit: int, tie_break: Callable[[str], Sequence[object]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Take single units back where rounding up spent more than ``total``: from the smallest remainder first.

    A pot is a commitment limit, so half-up rounding may never exceed it. Among equal remainders the one last by
    ``tie_break`` gives first.
    """
    amounts = dict(amounts)
    taken: dict[str, int] = dict.fromkeys(exact, 0)
    ranked = sorted(exact, key=lambda name: (amounts[name] - exact[name], *tie_break(name)), reverse=True)
    over = sum(amounts.values()) - total
    while over > 0:
        before = over
        for name in ranked:
            if over <= 0:
                break
            if amounts[name] >= unit:
                amounts[name] -= unit
                taken[name] += 1
                over -= unit
        if over == before:
            break
    return amounts, taken
