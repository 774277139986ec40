"""Points whose denominators differ for everybody: still exact to the cent, in bounded time, and nothing with thousands of digits."""

import json
from fractions import Fraction
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.formula import ratio_shown, shown
from scoring.money import number_text
from scoring.points import Entry, score_pot
from scoring.proportions import share_out
from scoring.rulebook import Rulebook
from tests.scoring.samples import POT, sample

OWN_SHARE = 'id: own\ntitle: {sl: Delež, it: Quota}\narticle: "2. člen"\nkind: formula\nmaximum: 1000\nformula: "members / years"\n'


def _primes(count: int, above: int) -> list[int]:
    sieve = bytearray([1]) * (above + 40 * count)
    for one in range(2, int(len(sieve) ** 0.5) + 1):
        if sieve[one]:
            sieve[one * one :: one] = bytes(len(range(one * one, len(sieve), one)))
    return [one for one in range(above, len(sieve)) if sieve[one]][:count]


def _divided(rulebook: Rulebook, count: int) -> Allocation:
    facts = {f"A{place}": {"members": 7, "years": prime, "requested": 5000} for place, prime in enumerate(_primes(count, 100_003))}
    track, pot = rulebook.track_and_pot("main")
    return allocate(rulebook, score_pot(track, pot, [Entry(name, own) for name, own in facts.items()]), facts)


@pytest.mark.parametrize(
    "pot",
    [
        POT,
        POT.replace("point_value", "share_of_request"),
        POT.replace("point_value", "fixed_point_value") + "value: 7000\n",
        POT.replace("point_value", "waterfall"),
        POT.replace("point_value", "drivers") + "drivers: [{id: all, title: {sl: Vse, it: Tutto}, article: x, percent: 100}]\n",
    ],
)
def test_a_thousand_unlike_denominators_are_divided_told_and_written_in_seconds(pot: str) -> None:
    begun = process_time()
    done = _divided(sample(pot=pot, criteria=(OWN_SHARE,)), 1500)
    written = json.dumps(done.to_data())
    assert process_time() - begun < 8
    assert max(len(word) for word in written.split('"')) < 1000
    assert done.result("main").to_data()["points_total"].endswith("…")


def test_whoever_has_more_points_gets_no_less_however_many_digits_the_common_denominator_has() -> None:
    done = _divided(sample(pot=POT, criteria=(OWN_SHARE,)), 600)
    awards = sorted(done.result("main").awards, key=lambda award: award.points)
    assert done.result("main").paid_cents == 1000000
    whole = sum(award.points for award in awards)
    for lower, higher in zip(awards, awards[1:], strict=False):
        assert lower.amount_cents <= higher.amount_cents
    assert all(abs(award.amount_cents - 1000000 * award.points / whole) < 1 for award in awards)


def test_ceilings_bite_in_the_same_order_whether_weights_are_short_or_long() -> None:
    limits = [1000, 30000, 2001, 500000, 500000]
    weights = [10, 20, 30, 40, 50]
    few = share_out(range(5), weights, limits, 100000, lambda value: value)
    many = share_out(range(5), [weight * 3**1500 for weight in weights], limits, 100000, lambda value: value)
    assert [Fraction(few.exact[i], few.over) for i in range(5)] == [Fraction(many.exact[i], many.over) for i in range(5)]
    assert few.passed == many.passed


def test_more_than_can_be_added_exactly_is_refused_at_once_with_the_pot_and_what_to_write() -> None:
    begun = process_time()
    with pytest.raises(AllocationError) as refused:
        _divided(sample(pot=POT, criteria=(OWN_SHARE,)), 12_000)
    assert process_time() - begun < 10
    assert refused.value.code == "denominators" and refused.value.params == {"pot": "main"}
    assert "round(" in str(refused.value)


def test_rounding_in_the_formula_lifts_that_limit() -> None:
    rounded = OWN_SHARE.replace("members / years", "round(members / years, 6)")
    assert _divided(sample(pot=POT, criteria=(rounded,)), 12_000).result("main").paid_cents == 1000000


def test_a_ratio_of_hundreds_of_digits_is_cut_and_says_so() -> None:
    assert number_text(Fraction(1, 3)) == "1/3"
    assert number_text(Fraction(2, 10**200 + 1)) == "0." + "0" * 30 + "…"
    assert number_text(Fraction(10**400 + 1, 3**500)).endswith("…")
    assert number_text(Fraction(1, 2**100)).startswith("0.00000")


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**40))
@settings(max_examples=200)
def test_a_ratio_is_shown_as_the_number_it_is(up: int, down: int) -> None:
    assert ratio_shown(up, down) == ratio_shown(3 * up, 3 * down) == shown(Fraction(up, down))
