"""Exact numbers and money: nothing is ever a float, and rounding happens only by a named rule."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.canonical import canonical_json
from scoring.money import NumberError, cents_from_euros, close_pot, euros, fixed, number, number_text, rounded


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("12", Fraction(12)), ("-0.5", Fraction(-1, 2)), ("+3", Fraction(3)), ("37/3", Fraction(37, 3)), (" 7.50 ", Fraction(15, 2)),
        (4, Fraction(4)), (Fraction(1, 3), Fraction(1, 3)), (Decimal("0.1"), Fraction(1, 10)),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly(written: object, exact: Fraction) -> None:
    assert number(written) == exact


@pytest.mark.parametrize(
    "written",
    [0.1, True, None, "", "1,5", "1e9", "1_000", "0x10", ".5", "5.", "1/0", "1/-2", "nan", "inf", "1.2.3", "٣", "９", "--1", "1" * 60, [], Decimal("NaN"), Decimal("Infinity"), Decimal("1e999999")],
)  # fmt: skip
def test_what_is_not_a_plain_number_is_refused(written: object) -> None:
    with pytest.raises(NumberError) as refusal:
        number(written)
    assert refusal.value.code == "not_a_number"


@given(st.fractions(max_denominator=10**6))
def test_a_number_survives_being_written_and_read(value: Fraction) -> None:
    assert number(number_text(value)) == value


@pytest.mark.parametrize(
    ("text", "cents"), [("0", 0), ("1500", 150000), ("1500.5", 150050), ("0.01", 1), ("-3.10", -310), (" 12.34 ", 1234)]
)
def test_euros_are_read_as_cents(text: str, cents: int) -> None:
    assert cents_from_euros(text) == cents


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.234", "too_many_decimals"), ("12,50", "not_a_number"), ("1 000", "not_a_number"), ("", "not_a_number"), ("1e3", "not_a_number"), ("٣", "not_a_number"), ("9" * 30, "too_many_decimals")],
)  # fmt: skip
def test_what_is_not_an_amount_is_refused(text: str, code: str) -> None:
    with pytest.raises(NumberError) as refusal:
        cents_from_euros(text)
    assert refusal.value.code == code


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_cents_survive_being_written_and_read(cents: int) -> None:
    assert cents_from_euros(euros(cents)) == cents


@pytest.mark.parametrize(
    ("value", "mode", "decimals", "expected"),
    [
        ("1/3", "exact", 2, "1/3"), ("1/3", "cut", 2, "0.33"), ("2/3", "cut", 2, "0.66"), ("2/3", "half_up", 2, "0.67"),
        ("0.5", "half_up", 0, "1"), ("1.5", "half_up", 0, "2"), ("2.5", "half_up", 0, "3"), ("-0.5", "half_up", 0, "-1"), ("-0.19", "cut", 1, "-0.1"),
        ("0.004999999", "half_up", 2, "0"), ("0.005", "half_up", 2, "0.01"),
    ],
)  # fmt: skip
def test_rounding_follows_its_name(value: str, mode: str, decimals: int, expected: str) -> None:
    assert number_text(rounded(number(value), mode, decimals)) == expected  # type: ignore[arg-type]


def test_a_number_is_shown_cut_and_never_rounded_up() -> None:
    assert fixed(Fraction(2, 3), 4) == "0.6666"
    assert fixed(Fraction(-1, 3), 0) == "0"


@pytest.mark.parametrize(
    ("exact", "total", "unit", "closing", "award", "caps", "order", "cents", "moved"),
    [
        # thirds of 100.00: the cent that is missing goes to the first among equals
        ((10000, 10000, 10000), 10000, 1, "largest_remainder", "half_up", (None,) * 3, (0, 1, 2), [3334, 3333, 3333], [1, 0, 0]),
        ((10000, 10000, 10000), 10000, 1, "largest_remainder", "half_up", (None,) * 3, (2, 1, 0), [3333, 3333, 3334], [0, 0, 1]),
        ((10000, 10000, 10000), 10000, 1, "leave", "half_up", (None,) * 3, (0, 1, 2), [3333, 3333, 3333], [0, 0, 0]),
        # whoever stands at the ceiling is not lifted over it
        ((10000, 10000, 10000), 10000, 1, "largest_remainder", "half_up", (3333, None, None), (0, 1, 2), [3333, 3334, 3333], [0, 1, 0]),
        # all that is missing goes to one, up to the own ceiling
        ((4800, 4800, 5400), 5000, 1000, "to_one", "half_up", (None,) * 3, (1, 0, 2), [1000, 3000, 1000], [0, 2, 0]),
        ((4800, 4800, 5400), 5000, 1000, "to_one", "half_up", (None, 2000, None), (1, 0, 2), [2000, 2000, 1000], [1, 1, 0]),
        # rounding on its own, and taking back where rounding up gave most
        ((4500, 5700, 4800), 5000, 1000, "leave", "half_up", (None,) * 3, (0, 1, 2), [1000, 2000, 2000], [-1, 0, 0]),
        ((4500, 5700, 4800), 5000, 1000, "leave", "cut", (None,) * 3, (0, 1, 2), [1000, 1000, 1000], [0, 0, 0]),
        ((), 5000, 1, "largest_remainder", "half_up", (), (), [], []),
    ],
)  # fmt: skip
def test_a_pot_closes_as_its_rule_says(
    exact: tuple[int, ...],
    total: int,
    unit: int,
    closing: Any,
    award: Any,
    caps: tuple[int | None, ...],
    order: tuple[int, ...],
    cents: list[int],
    moved: list[int],
) -> None:
    closed = close_pot(exact, 3, total, unit, closing, award, caps, order)
    assert (closed.cents, closed.moved) == (cents, moved)


def test_canonical_json_has_one_form_and_no_floats() -> None:
    assert canonical_json({"b": 1, "a": ["č", None, True]}) == '{"a":["č",null,true],"b":1}'.encode()
    with pytest.raises(TypeError):
        canonical_json({"a": [0.5]})
    with pytest.raises(TypeError):
        canonical_json({1: "a"})
