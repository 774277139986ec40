"""Awards: worked cases to the cent, and properties that hold whatever the numbers are."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scoring.allocation import AllocationError, allocate
from scoring.money import cents_from_euros, euros
from scoring.points import Sheet, score
from scoring.reasons import SENTENCES, Reason
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT, agreed_pot, codes_of, divide, euros_of, sample, sheet_of

CASES = {
    case["id"]: case
    for case in yaml.load((Path(__file__).parent / "cases" / "worked-cases.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)[
        "cases"
    ]
}
REQUEST = "{request: requested}"
LEAVE = "{closing: leave}"


# ── worked cases ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_ceilings_cut_off_is_shared_again_until_nothing_changes() -> None:
    case = CASES["S1_caps_and_redistribution"]
    applicants = case["applicants"]
    done = divide(
        agreed_pot(case["budget"], caps=REQUEST), {a["id"]: a["points"] for a in applicants}, {a["id"]: a["cap"] for a in applicants}
    )
    assert {name: euros(cents) for name, cents in euros_of(done).items()} == {a["id"]: a["expect"] for a in applicants}
    result = done.result("main")
    assert (result.paid_cents, result.residual_cents, result.passes) == (1000000, 0, 2)
    assert result.point_value == Fraction(10000, 373)
    said = [step.sentence("en") for step in done.award("B", "main").steps]
    assert "Point value: 10,000.00 EUR : 373 points = 26.8096… EUR." in said
    assert "80 points × 31.3432… EUR = 2,507.4626… EUR." in said
    assert codes_of(done, "A") == ["pot", "point_value", "product", "cap_request", "award"]


def test_groups_are_computed_by_their_formula_and_paid_to_the_cent() -> None:
    case = CASES["S2_sport_groups"]
    names = ("hours", "kf_facility", "kf_coach", "actual", "norm", "material")
    facts = "".join(f"- {{id: {name}, kind: decimal, label: {{sl: a, it: b}}}}\n" for name in names)
    formula = 'id: group\ntitle: {sl: S, it: G}\narticle: x\nkind: formula\nmaximum: 1000\nformula: "hours * kf_facility * min(actual / norm, 1) + hours * kf_coach * min(actual / norm, 1) + material * actual"\n'
    rulebook = sample(
        facts=facts, pot=POT.replace('"10000.00"', f'"{case["budget"]}"').replace("caps: {request: requested}\n", ""), criteria=(formula,)
    )
    track, pot = rulebook.track_and_pot("main")
    sheets = [score(track, pot, group["id"], {name: group[name] for name in names}) for group in case["groups"]]
    assert {sheet.applicant: sheet.total for sheet in sheets} == {group["id"]: Fraction(group["expect_points"]) for group in case["groups"]}
    assert {name: euros(cents) for name, cents in euros_of(allocate(rulebook, sheets, {})).items()} == {
        group["id"]: group["expect"] for group in case["groups"]
    }


def test_the_last_cent_goes_to_the_earlier_application() -> None:
    case = CASES["S4_cents_residual"]
    applicants = sorted(case["applicants"], key=lambda a: a["complete_at"])
    order = {a["id"]: rank for rank, a in enumerate(applicants)}
    done = divide(agreed_pot(case["budget"]), {a["id"]: a["points"] for a in applicants}, order=order)
    assert {name: euros(cents) for name, cents in euros_of(done).items()} == {a["id"]: a["expect"] for a in applicants}
    later = divide(agreed_pot(case["budget"]), {a["id"]: a["points"] for a in applicants}, order={"A": 2, "B": 1, "C": 0})
    assert euros_of(later) == {"A": 3333, "B": 3333, "C": 3334}
    left = divide(agreed_pot(case["budget"], rounding=LEAVE), {a["id"]: a["points"] for a in applicants})
    assert (left.result("main").paid_cents, left.result("main").residual_cents) == (9999, 1)


def test_more_points_win_the_last_unit_where_the_rules_say_so() -> None:
    rules = '{award_unit: "1", closing: largest_remainder, tie_break: [%s]}'
    shares = {"A": "1.5", "B": "3.5"}  # of 5 euros: the remainders are equal
    assert euros_of(divide(agreed_pot("5.00", rounding=rules % "more_points"), shares)) == {"A": 100, "B": 400}
    assert euros_of(divide(agreed_pot("5.00", rounding=rules % "earlier_submission"), shares)) == {"A": 200, "B": 300}
    assert euros_of(divide(agreed_pot("5.00", rounding=rules % "applicant"), shares, order={"A": 9, "B": 1})) == {"A": 200, "B": 300}


# ── engines, ceilings, rounding ───────────────────────────────────────────────────────────────────────────────────────


def test_a_ceiling_met_only_in_the_second_pass_is_explained_by_that_pass() -> None:
    done = divide(agreed_pot("1000.00", caps=REQUEST), {"A": 50, "B": 40, "C": 10}, {"A": "100.00", "B": "500.00", "C": "1000.00"})
    assert euros_of(done) == {"A": 10000, "B": 50000, "C": 40000}
    said = [step.sentence("en") for step in done.award("B", "main").steps]
    assert said[2:6] == [
        "40 points × 10 EUR = 400 EUR.",
        "What the limits took from others was shared again by the same rule (1 time).",
        "40 points × 18 EUR = 720 EUR.",
        "An award may not exceed the request, so it is limited to 500.00 EUR.",
    ]


def test_the_lowest_ceiling_counts() -> None:
    rulebook = agreed_pot("9000.00", caps='{request: requested, amount: "800", cost: costs, cost_share: "0.7"}')
    done = divide(
        rulebook,
        {"A": 1, "B": 1, "C": 1, "D": 1},
        {"A": "500", "B": "900", "C": "900", "D": "900"},
        {"A": "9000", "B": "9000", "C": "1000.01", "D": "0"},
    )
    assert euros_of(done) == {"A": 50000, "B": 80000, "C": 70000, "D": 0}
    assert [codes_of(done, name)[-2] for name in "ABCD"] == ["cap_request", "cap_amount", "cap_cost", "cap_cost"]
    assert done.result("main").residual_cents == 900000 - 200000
    said = done.award("C", "main").steps[-2]
    assert said.sentence("sl") == "Sofinancira se največ 70 % zneska »Stroški«, zato je dodelitev omejena na 700,00 EUR."
    assert said.sentence("it") == "Si cofinanzia al massimo il 70 % dell'importo «Spese», perciò l'assegnazione è limitata a 700,00 EUR."


def test_a_share_of_the_request_is_scaled_when_there_is_not_enough() -> None:
    points, requests = {"A": "50000", "B": "100000"}, {"A": "1000", "B": "1000"}
    enough = divide(agreed_pot("1500.00", engine="share_of_request", caps=REQUEST), points, requests)
    assert euros_of(enough) == {"A": 50000, "B": 100000}
    scaled = divide(agreed_pot("750.00", engine="share_of_request", caps=REQUEST), points, requests)
    assert euros_of(scaled) == {"A": 25000, "B": 50000}
    assert codes_of(scaled, "A") == ["pot", "request_share", "scaled", "award"]


def costs_pot(amount: str, caps: str = "{}") -> Rulebook:
    return sample(
        pot=POT.replace("point_value", "actual_cost").replace("10000.00", amount).replace(REQUEST, caps) + "cost_fact: costs\n", criteria=()
    )


@pytest.mark.parametrize(
    ("amount", "caps", "expected"),
    [
        ("900.00", "{}", (10000, 30000)),
        ("200.00", "{}", (5000, 15000)),
        ("900.00", '{amount: "200"}', (10000, 20000)),
        ("150.00", '{amount: "200"}', (5000, 10000)),
    ],
)
def test_actual_costs_are_paid_under_their_ceilings(amount: str, caps: str, expected: tuple[int, int]) -> None:
    rulebook = costs_pot(amount, caps)
    track, pot = rulebook.track_and_pot("main")
    done = allocate(rulebook, [score(track, pot, name, {}) for name in "AB"], {"A": {"costs": 10000}, "B": {"costs": 30000}})
    assert tuple(euros_of(done).values()) == expected


def test_the_point_value_is_cut_or_rounded_where_the_rules_say_so() -> None:
    points = {"A": 10, "B": 20}  # 100 / 30 = 3.3333…
    assert euros_of(divide(agreed_pot("100.00", rounding="{point_value: cut, decimals: 1}"), points)) == {"A": 3300, "B": 6600}
    assert euros_of(divide(agreed_pot("100.00", rounding="{point_value: half_up, decimals: 2}"), points)) == {"A": 3330, "B": 6660}
    assert divide(agreed_pot("100.00", rounding="{point_value: cut, decimals: 1}"), points).result("main").point_value == Fraction(33, 10)


@pytest.mark.parametrize("closing", ["leave", "largest_remainder"])
def test_a_point_value_that_was_rounded_up_never_exceeds_the_pot(closing: str) -> None:
    done = divide(
        agreed_pot("100.00", rounding=f"{{point_value: half_up, decimals: 1, closing: {closing}}}"), {"A": 50, "B": 100}
    )  # 0.666… would be 0.7
    assert euros_of(done) == {"A": 3000, "B": 6000}
    assert "value_cut" in codes_of(done, "A")


def test_rounding_up_is_taken_back_where_it_gave_most() -> None:
    done = divide(agreed_pot("50.00", rounding='{award_unit: "10", closing: leave}'), {"A": 15, "B": "18.5", "C": "16.5"})
    assert euros_of(done) == {"A": 1000, "B": 2000, "C": 2000}
    assert "taken_back" in codes_of(done, "A")
    assert done.result("main").residual_cents == 0


def test_a_pot_that_is_no_multiple_of_the_unit_keeps_the_rest() -> None:
    done = divide(agreed_pot("105.00", rounding='{award_unit: "10", closing: largest_remainder}'), {"A": 1, "B": 1})
    assert euros_of(done) == {"A": 5000, "B": 5000}
    assert done.result("main").residual_cents == 500


@pytest.mark.parametrize("requested", [9000.99, "9000", "90.00", True, [9000]])
def test_an_amount_that_is_not_whole_cents_is_refused(requested: object) -> None:
    rulebook = agreed_pot("100.00", caps="{request: requested}")
    with pytest.raises(AllocationError) as refusal:
        allocate(rulebook, [made(rulebook, "A", Fraction(5))], {"A": {"requested": requested}})
    assert (refusal.value.code, refusal.value.params) == ("wrong_fact", {"pot": "main"})


# ── thresholds and minimum awards ─────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_below_the_threshold_changes_nothing_for_the_others() -> None:
    done = divide(agreed_pot("100.00", threshold="threshold: {minimum: 10}\n"), {"A": 10, "B": "9.999", "C": 30})
    assert euros_of(done) == {"A": 2500, "B": 0, "C": 7500}
    assert codes_of(done, "B") == ["threshold", "award"]


def test_small_awards_are_dropped_one_by_one_and_shared_again() -> None:
    done = divide(agreed_pot("1000.00", extra="minimum_award: {amount: 300}\n"), {"A": 50, "B": 26, "C": 24})
    assert euros_of(done) == {"A": 65789, "B": 34211, "C": 0}, "what C frees lifts B over the minimum"
    assert codes_of(done, "C") == ["pot", "point_value", "product", "minimum_dropped", "award"]


def test_among_equals_the_last_one_is_dropped_first() -> None:
    rulebook = agreed_pot("100.00", extra="minimum_award: {amount: 50}\n")
    assert euros_of(divide(rulebook, {"A": 1, "B": 1, "C": 1}, order={"A": 2, "B": 1, "C": 0})) == {"A": 0, "B": 5000, "C": 5000}
    assert euros_of(divide(rulebook, {"A": 1, "B": 1, "C": 1}, order={})) == {"A": 5000, "B": 5000, "C": 0}


def test_nobody_is_left_when_the_pot_is_smaller_than_the_minimum() -> None:
    for below in ("drop", "raise"):
        done = divide(agreed_pot("100.00", extra=f"minimum_award: {{amount: 300, below: {below}}}\n"), {"A": 2, "B": 1})
        assert euros_of(done) == {"A": 0, "B": 0}
        assert done.result("main").residual_cents == 10000


def test_a_raise_is_taken_from_the_others_and_not_from_outside_the_pot() -> None:
    done = divide(agreed_pot("1000.00", extra="minimum_award: {amount: 200, below: raise}\n"), {"A": 60, "B": 30, "C": 10})
    assert euros_of(done) == {"A": 53333, "B": 26667, "C": 20000}
    assert codes_of(done, "C") == ["pot", "point_value", "product", "minimum_raised", "award"]
    assert codes_of(done, "A")[:2] == ["pot", "minimum_kept"]
    assert done.result("main").residual_cents == 0


def test_a_raise_stops_at_the_own_ceiling() -> None:
    done = divide(
        agreed_pot("1000.00", caps=REQUEST, extra="minimum_award: {amount: 200, below: raise}\n"),
        {"A": 90, "B": 10},
        {"A": "5000", "B": "150"},
    )
    assert euros_of(done) == {"A": 85000, "B": 15000}


def test_if_there_is_not_enough_for_every_minimum_the_smallest_leave() -> None:
    done = divide(agreed_pot("500.00", extra="minimum_award: {amount: 200, below: raise}\n"), {"A": 50, "B": 30, "C": 20})
    assert euros_of(done) == {"A": 30000, "B": 20000, "C": 0}
    assert "minimum_unfunded" in codes_of(done, "C")


# ── several pots ──────────────────────────────────────────────────────────────────────────────────────────────────────


def two_pots(target: str = "main") -> Rulebook:
    first = (
        POT.replace("id: main", "id: first").replace("10000.00", "1000.00")
        + f"aggregation: agreed\nleftover: {{to: [{target}]}}\ncriteria:\n  - {{{', '.join(PANEL.strip().splitlines())}}}\n"
    )
    return sample(pots=(first,), pot=POT.replace(REQUEST, "{}") + "aggregation: agreed\n")


def test_a_leftover_joins_the_next_pot_before_its_point_value() -> None:
    rulebook = two_pots()
    sheets = [sheet_of(rulebook, "A", 10, "first"), sheet_of(rulebook, "B", 5)]
    done = allocate(rulebook, sheets, {"A": {"requested": 40000}})
    assert (done.result("first").residual_cents, done.result("first").flows) == (60000, (("main", 60000),))
    assert euros_of(done) == {"B": 1060000}
    assert (
        done.award("B", "main").steps[1].sentence("sl")
        == "Pred izračunom se jim je pridružil ostanek 600,00 EUR iz sredstev »Sredstva«, skupaj 10.600,00 EUR."
    )
    carried = allocate(rulebook, sheets[1:], {}, pots=["main"], carried={"first": 60000})
    assert euros_of(carried) == {"B": 1060000}


@pytest.mark.parametrize(
    ("pots", "carried", "code"),
    [(["main"], {}, "source_not_settled"), (["nowhere"], {}, "unknown_pot"), (["main"], {"first": -1}, "negative_leftover")],
)
def test_what_cannot_be_settled_is_refused(pots: list[str], carried: dict[str, int], code: str) -> None:
    with pytest.raises(AllocationError) as refusal:
        allocate(two_pots(), [], {}, pots=pots, carried=carried)
    assert refusal.value.code == code


def test_nobody_competes_twice_or_for_a_pot_that_is_not_there() -> None:
    rulebook = agreed_pot()
    sheet = sheet_of(rulebook, "A", 5)
    for sheets, code in (([sheet, sheet], "sheet_twice"), ([sheet_of(two_pots(), "A", 5, "first")], "unknown_pot")):
        with pytest.raises(AllocationError) as refusal:
            allocate(rulebook, sheets, {})
        assert refusal.value.code == code


# ── properties ────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = [f"a{index}" for index in range(9)]
POINTS = st.dictionaries(st.sampled_from(NAMES), st.fractions(min_value=0, max_value=100, max_denominator=12), min_size=1)
CENTS = st.integers(min_value=0, max_value=500_000)
ROUNDINGS = st.sampled_from(
    [
        "{closing: largest_remainder}", "{closing: leave}", '{award_unit: "10", closing: largest_remainder}', '{award_unit: "10", closing: leave}', '{award_unit: "100", closing: leave}',
        "{point_value: half_up, decimals: 0, closing: largest_remainder}", "{point_value: half_up, decimals: 2, closing: leave}", "{point_value: cut, decimals: 1, closing: largest_remainder}", '{point_value: half_up, award_unit: "1", closing: leave}',
    ]
)  # fmt: skip
EXTRAS = st.sampled_from(["", "minimum_award: {amount: 100}\n", "minimum_award: {amount: 100, below: raise}\n"])
ENGINES = st.sampled_from(["point_value", "share_of_request"])
POTS = st.sampled_from(["0.00", "0.07", "99.99", "1000.00", "7777.77"])
few = settings(max_examples=40, deadline=None)


def run(
    amount: str,
    engine: str,
    caps: str,
    rounding: str,
    extra: str,
    points: dict[str, Fraction],
    requests: dict[str, int],
    order: dict[str, int] | None = None,
    names: list[str] | None = None,
) -> dict[str, int]:
    rulebook = agreed_pot(amount, engine=engine, caps=caps, rounding=rounding, extra=extra)
    sheets = [made(rulebook, name, points[name]) for name in (names or list(points))]
    facts = {name: {"requested": requests.get(name, 0)} for name in points}
    done = allocate(rulebook, sheets, facts, order=order or {})
    result = done.result("main")
    assert result.paid_cents + result.residual_cents == result.available_cents
    assert result.residual_cents >= 0, "the pot is never exceeded"
    for award in result.awards:
        assert award.amount_cents >= 0
        for step in award.steps:
            assert step.code in SENTENCES and Reason.from_data(step.to_data()) == step
            assert step.sentence("it")
    return euros_of(done)


def made(rulebook: Rulebook, name: str, points: Fraction) -> Sheet:
    return Sheet(name, "main", (), points, True)


@few
@given(POTS, ENGINES, ROUNDINGS, EXTRAS, POINTS, st.lists(CENTS, min_size=9, max_size=9))
def test_no_pot_is_exceeded_and_every_ceiling_holds(
    amount: str, engine: str, rounding: str, extra: str, points: dict[str, Fraction], given_requests: list[int]
) -> None:
    requests = dict(zip(NAMES, given_requests, strict=True))
    awards = run(amount, engine, REQUEST, rounding, extra, points, requests)
    assert all(awards[name] <= requests[name] for name in points)
    assert all(awards[name] == 0 for name in points if points[name] == 0)
    assert all(amount_cents % (1000 if '"10"' in rounding else 1) == 0 for amount_cents in awards.values())


@few
@given(POTS, POINTS)
def test_an_uncapped_pot_closes_exactly(amount: str, points: dict[str, Fraction]) -> None:
    assume(any(points.values()))
    assert sum(run(amount, "point_value", "{}", "{closing: largest_remainder}", "", points, {}).values()) == cents_from_euros(amount)


@few
@given(POTS, ENGINES, ROUNDINGS, EXTRAS, POINTS, st.lists(CENTS, min_size=9, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_irrelevant(
    amount: str, engine: str, rounding: str, extra: str, points: dict[str, Fraction], given_requests: list[int], chance: Any
) -> None:
    requests = dict(zip(NAMES, given_requests, strict=True))
    order = {name: rank % 3 for rank, name in enumerate(NAMES)}
    names = list(points)
    chance.shuffle(names)
    assert run(amount, engine, REQUEST, rounding, extra, points, requests, order) == run(
        amount, engine, REQUEST, rounding, extra, points, requests, order, names
    )


@few
@given(POTS, ENGINES, ROUNDINGS, EXTRAS, POINTS, CENTS)
def test_more_points_never_bring_less_money_and_equal_points_at_most_one_unit_more(
    amount: str, engine: str, rounding: str, extra: str, points: dict[str, Fraction], request: int
) -> None:
    awards = run(amount, engine, REQUEST, rounding, extra, points, dict.fromkeys(NAMES, request))
    unit = 10000 if '"100"' in rounding else 1000 if '"10"' in rounding else 100 if '"1"' in rounding else 1
    for one in points:
        for other in points:
            if points[one] > points[other]:
                assert awards[one] >= awards[other]
            elif points[one] == points[other] and not extra:
                assert abs(awards[one] - awards[other]) <= unit


@few
@given(POTS, ENGINES, ROUNDINGS, EXTRAS, POINTS, st.lists(CENTS, min_size=9, max_size=9))
def test_an_applicant_without_points_changes_nothing(
    amount: str, engine: str, rounding: str, extra: str, points: dict[str, Fraction], given_requests: list[int]
) -> None:
    requests = dict(zip(NAMES, given_requests, strict=True))
    without = run(amount, engine, REQUEST, rounding, extra, points, requests)
    awards = run(amount, engine, REQUEST, rounding, extra, {**points, "nobody": Fraction(0)}, {**requests, "nobody": 10000})
    assert awards.pop("nobody") == 0
    assert awards == without


@few
@given(POTS, ENGINES, POINTS, st.lists(CENTS, min_size=9, max_size=9), st.sampled_from(["drop", "raise"]))
def test_nobody_gets_something_below_the_minimum(
    amount: str, engine: str, points: dict[str, Fraction], given_requests: list[int], below: str
) -> None:
    requests = dict(zip(NAMES, given_requests, strict=True))
    awards = run(
        amount,
        engine,
        REQUEST,
        '{award_unit: "0.01", closing: largest_remainder}',
        f"minimum_award: {{amount: 100, below: {below}}}\n",
        points,
        requests,
    )
    assert all(cents == 0 or cents >= (10000 if below == "drop" else min(10000, requests[name])) for name, cents in awards.items())
