"""Numbers, money, points and times as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from flask import Flask

from grants.base import clock, language


@pytest.mark.parametrize(
    ("cents", "code", "shown"),
    [
        (1234567, "sl", "12.345,67\u00a0EUR"),
        (1234567, "it", "12.345,67\u00a0EUR"),
        (1234567, "en", "12,345.67\u00a0EUR"),
        (0, "sl", "0,00\u00a0EUR"),
        (5, "it", "0,05\u00a0EUR"),
    ],
)
def test_money(app: Flask, cents: int, code: str, shown: str) -> None:
    assert language.money(cents, code) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(Fraction(25, 2), "12,5"), (Fraction(254, 3), "≈\u00a084,67"), (Fraction(1000), "1.000"), (Fraction(0), "0")]
)
def test_points_say_when_they_are_rounded_for_the_eye(app: Flask, value: Fraction, shown: str) -> None:
    assert language.points(value, "sl") == shown


def test_an_instant_has_weekday_second_and_zone(app: Flask) -> None:
    summer = datetime(2026, 5, 4, 10, 0, 1, tzinfo=UTC)
    assert language.instant(summer, "sl") == "ponedeljek, 4. maja 2026, 12:00:01 (CEST)"
    assert language.instant(summer, "it") == "lunedì 4 maggio 2026, 12:00:01 (CEST)"
    assert language.instant(datetime(2026, 12, 1, 10, tzinfo=UTC), "en") == "Tuesday, 1 December 2026, 11:00:00 (CET)"


def test_a_missing_language_falls_back_in_order(app: Flask) -> None:
    with language.in_language("it"):
        assert language.localized({"sl": "razpis", "it": "bando"}) == "bando"
        assert language.localized({"sl": "razpis"}) == "razpis"
        assert language.localized({"en": "call"}) == "call"


def test_wall_time_over_both_clock_changes() -> None:
    assert clock.parse_local("2026-03-29T01:59:59").isoformat() == "2026-03-29T00:59:59+00:00"
    assert clock.parse_local("2026-03-29T03:00:00").isoformat() == "2026-03-29T01:00:00+00:00"
    assert clock.parse_local("2026-10-25T03:00:00").isoformat() == "2026-10-25T02:00:00+00:00"


def test_the_address_decides_the_language(app: Flask) -> None:
    client = app.test_client()
    for code, word in (("sl", "razpis"), ("it", "band"), ("en", "call")):
        response = client.get(f"/{code}/")
        assert response.headers["Content-Language"] == code
        assert f'lang="{code}"' in response.text
        assert word in response.text.lower()
