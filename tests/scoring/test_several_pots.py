"""Several pots of one call: parts of a fund, leftovers that go on, and pots that exclude one another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.exclusion import linked
from scoring.findings import RulebookError
from scoring.lint import lint
from scoring.rulebook import Rulebook, read_rulebook, rulebook_from_data
from scoring.usage import exclusives_use
from tests.scoring.samples import PANEL, codes_of, rulebook_text, sheet_of
from tests.scoring.test_engines import TO_THE_CENT

# ── several pots ──────────────────────────────────────────────────────────────────────────────────────────────────────


def pots(first: str, second: str, third: str = "", head: str = "") -> Rulebook:
    """Two or three pots that are judged by one panel criterion."""
    parts = [("first", first), ("second", second), *([("third", third)] if third else [])]
    texts = [
        f'id: {name}\ntitle: {{sl: {name}, it: {name}}}\narticle: "1"\naggregation: agreed\nrounding: {TO_THE_CENT}\n{keys}\n'
        f"criteria:\n  - {{{', '.join(PANEL.replace('15', '100').strip().splitlines())}}}\n"
        for name, keys in parts
    ]
    return read_rulebook(rulebook_text(pots=tuple(texts[:-1]), pot=texts[-1], criteria=()).replace("tracks:\n", f"{head}tracks:\n", 1))


def settle(rulebook: Rulebook, points: dict[str, dict[str, int]], facts: dict[str, dict[str, Any]] | None = None) -> Allocation:
    sheets = [sheet_of(rulebook, name, value, pot) for pot, own in points.items() for name, value in own.items()]
    return allocate(rulebook, sheets, facts or {})


def test_pots_are_percentages_and_the_remainder_of_a_fund() -> None:
    head = 'funds:\n  - {id: all, title: {sl: a, it: b}, article: "1", amount: "1000.05"}\n'
    rulebook = pots("percent: 33\nof: all\nengine: point_value", "remainder: yes\nof: all\nengine: point_value", head=head)
    assert [pot.amount_cents for _, pot in rulebook.pots()] == [33001, 100005 - 33001]
    again = read_rulebook(rulebook_text())  # an amount stands alone
    assert again.pot("main").amount_cents == 1000000


def test_a_leftover_that_one_pot_cannot_use_goes_on_to_the_next_in_the_list() -> None:
    rulebook = pots(
        "amount: 1000\nengine: point_value\ncaps: {request: requested}\nleftover: {to: [second, third]}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
        "amount: 10\nengine: point_value",
    )
    done = settle(
        rulebook, {"first": {"A": 1}, "second": {"B": 1}, "third": {"C": 1}}, {"A": {"requested": 60000}, "B": {"requested": 20000}}
    )
    assert [(result.pot, result.paid_cents, result.flows) for result in done.results] == [
        ("first", 60000, (("second", 40000),)), ("second", 20000, (("third", 30000),)), ("third", 31000, ()),
    ]  # fmt: skip


def test_a_chain_of_leftovers_that_is_settled_in_pieces_is_refused_and_not_lost() -> None:
    plain = "engine: point_value\ncaps: {request: requested}"
    rulebook = pots(f"amount: 1000\n{plain}\nleftover: {{to: [second, third]}}", f"amount: 100\n{plain}", f"amount: 10\n{plain}")
    with pytest.raises(AllocationError) as refusal:
        allocate(rulebook, [], {}, pots=["second"], carried={"first": 90000})
    assert refusal.value.code == "settle_together"
    both = allocate(rulebook, [], {}, pots=["second", "third"], carried={"first": 90000})
    assert both.result("third").available_cents == 1000 + 90000


def test_a_leftover_after_the_awards_goes_by_score_over_all_pots_up_to_the_ceilings() -> None:
    rulebook = pots(
        "amount: 1000\nengine: point_value\ncaps: {request: requested}\nleftover: {to: [second, third], when: after, order: score}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
    )
    facts = {name: {"requested": 50000} for name in "ABC"}
    done = settle(rulebook, {"first": {"A": 1}, "second": {"B": 40}, "third": {"C": 50}}, facts)
    assert {award.applicant: award.amount_cents for result in done.results for award in result.awards} == {
        "A": 50000,
        "B": 20000,
        "C": 50000,
    }
    assert done.result("first").flows == (("third", 40000), ("second", 10000))
    assert [done.result(name).received_cents for name in ("second", "third")] == [10000, 40000]
    assert codes_of(done, "C", "third") == ["pot", "point_value", "product", "received", "award"]


def test_a_leftover_after_the_awards_goes_by_the_rule_of_the_next_pot() -> None:
    rulebook = pots(
        "amount: 1000\nengine: point_value\ncaps: {request: requested}\nleftover: {to: [second], when: after}",
        "amount: 100\nengine: point_value\ncaps: {request: requested}",
    )
    facts = {"A": {"requested": 98000}, "B": {"requested": 50000}, "C": {"requested": 2600}}
    done = settle(rulebook, {"first": {"A": 1}, "second": {"B": 30, "C": 10}}, facts)
    assert {award.applicant: award.amount_cents for award in done.result("second").awards} == {"B": 9400, "C": 2600}


ASKED = "caps: {request: requested}"


@pytest.mark.parametrize("order", ["listed", "score"])
@pytest.mark.parametrize(
    ("keys", "costs", "expected"),
    [
        (f"engine: category_amounts\ncategory: level\namounts: {{regional: 50}}\n{ASKED}", 0, {"B": 5000, "C": 5000}),
        ("engine: actual_cost\ncost_fact: costs\ncaps: {amount: 400}", 9000, {"B": 9000, "C": 9000}),
        (f"engine: fixed_point_value\nvalue: 2\n{ASKED}", 0, {"B": 6000, "C": 2000}),
        (f"engine: share_of_request\n{ASKED}", 0, {"B": 15000, "C": 5000}),
        (f"engine: waterfall\nbasis: costs\n{ASKED}", 9000, {"B": 9000, "C": 9000}),
        (f"engine: control_percentage\nbasis: costs\n{ASKED}", 9000, {"B": 9000, "C": 9000}),
        (f"engine: full_request\n{ASKED}", 0, {"B": 50000, "C": 42000}),
    ],
)  # fmt: skip
def test_a_leftover_after_the_awards_lifts_nobody_above_what_the_own_rule_gives(
    order: str, keys: str, costs: int, expected: dict[str, int]
) -> None:
    leftover = f"leftover: {{to: [second], when: after, order: {order}}}"
    rulebook = pots(f"amount: 1000\nengine: point_value\n{ASKED}\n{leftover}", f"amount: 100\n{keys}")
    facts = {name: {"requested": 50000, "costs": costs, "level": "regional"} for name in "BC"} | {"A": {"requested": 18000}}
    if "full_request" in keys and order == "listed":
        expected = {"B": 46000, "C": 46000}
    done = settle(rulebook, {"first": {"A": 1}, "second": {"B": 30, "C": 10}}, facts)
    assert {award.applicant: award.amount_cents for award in done.result("second").awards} == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("engine: waterfall\nlast: partial", {"B": 50000, "C": 40000, "D": 0}),
        ("engine: waterfall\nlast: nothing", {"B": 50000, "C": 0, "D": 0}),
        ("engine: waterfall\nlast: next", {"B": 50000, "C": 0, "D": 30000}),
        ("engine: full_request\nshort: leave_out", {"B": 50000, "C": 0, "D": 0}),
        ("engine: waterfall\nlast: partial\nminimum_award: {amount: 450, below: drop}", {"B": 50000, "C": 0, "D": 0}),
    ],
)
def test_a_leftover_goes_on_down_a_list_as_the_list_itself_was_paid(keys: str, expected: dict[str, int]) -> None:
    leftover = "leftover: {to: [second], when: after}"
    rulebook = pots(f"amount: 1000\nengine: point_value\n{ASKED}\n{leftover}", f"amount: 100\n{keys}\n{ASKED}")
    facts = {"A": {"requested": 20000}, "B": {"requested": 50000}, "C": {"requested": 60000}, "D": {"requested": 30000}}
    done = settle(rulebook, {"first": {"A": 1}, "second": {"B": 30, "C": 20, "D": 10}}, facts)
    assert {award.applicant: award.amount_cents for award in done.result("second").awards} == expected


def test_equals_differ_by_one_unit_only_although_a_leftover_is_rounded_once_more() -> None:
    leftover = "leftover: {to: [second], when: after}"
    rulebook = pots(f"amount: 1000\nengine: point_value\n{ASKED}\n{leftover}", f"amount: 500\nengine: point_value\n{ASKED}")
    whole_euros = json.dumps(rulebook.to_data()).replace('"closing":', '"award_unit": "1", "closing":')
    facts = {"A": {"requested": 20000}, **{name: {"requested": 90000} for name in "BCD"}}
    for text in (whole_euros, whole_euros.replace('"largest_remainder"', '"leave"')):
        done = settle(rulebook_from_data(json.loads(text)), {"first": {"A": 1}, "second": {"B": 5, "C": 5, "D": 5}}, facts)
        assert sorted(award.amount_cents for award in done.result("second").awards) == [43300, 43300, 43400]


def test_a_leftover_down_a_list_asks_for_a_lot_between_equals_where_it_ends() -> None:
    leftover = "leftover: {to: [second], when: after}"
    rulebook = read_lots(pots(f"amount: 1000\nengine: point_value\n{ASKED}\n{leftover}", f"amount: 500\nengine: waterfall\n{ASKED}"))
    facts = {"A": {"requested": 70000}, "B": {"requested": 50000}, "C": {"requested": 60000}, "D": {"requested": 60000}}
    sheets = [
        sheet_of(rulebook, name, value, "first" if name == "A" else "second") for name, value in zip("ABCD", (1, 9, 5, 5), strict=True)
    ]
    with pytest.raises(AllocationError) as refusal:
        allocate(rulebook, sheets, facts)
    assert (refusal.value.code, refusal.value.params["applicants"]) == ("lot_needed", "C, D")
    done = allocate(rulebook, sheets, facts, lots={"C": 2, "D": 1})
    assert {award.applicant: award.amount_cents for award in done.result("second").awards} == {"B": 50000, "C": 0, "D": 30000}


def read_lots(rulebook: Rulebook) -> Rulebook:
    """The same rules, in which a lot decides between equals."""
    return rulebook_from_data(json.loads(json.dumps(rulebook.to_data()).replace('"earlier_submission"', '"lot"')))


def test_of_exclusive_pots_the_first_or_the_chosen_one_counts() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    plain = "amount: 100\nengine: point_value"
    done = settle(pots(plain, plain, head=head), {"first": {"A": 1}, "second": {"A": 1, "B": 1}})
    assert [award.amount_cents for result in done.results for award in result.awards] == [10000, 0, 10000]
    assert codes_of(done, "A", "second") == ["exclusive", "award"]
    with pytest.raises(AllocationError) as refusal:
        allocate(pots(plain, plain, head=head), [], {}, pots=["first"])
    assert refusal.value.code == "settle_together"


def test_a_pot_in_which_there_are_no_points_excludes_from_no_other() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, head=head)
    done = settle(rulebook, {"first": {"A": 0, "B": 1}, "second": {"A": 1, "B": 1}})
    assert codes_of(done, "A", "first") == ["no_points", "award"]
    assert (done.award("A", "second").amount_cents, done.award("B", "second").amount_cents) == (10000, 0)
    sheets = [sheet_of(rulebook, name, points, pot) for name, pot, points in (("A1", "first", 0), ("A2", "second", 1))]
    assert linked(rulebook, sheets, {"A1": "A", "A2": "A"}) == {}, "nothing depends on who stands behind them"


def test_applications_of_one_organisation_exclude_one_another_too() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A2", "second"), ("B1", "second"))]
    done = allocate(rulebook, sheets, {}, owners={"A1": "A", "A2": "A"})
    assert [award.amount_cents for result in done.results for award in result.awards] == [10000, 0, 10000]
    assert codes_of(done, "A2", "second") == ["exclusive", "award"]
    apart = allocate(rulebook, sheets, {})
    assert [award.amount_cents for result in apart.results for award in result.awards] == [10000, 5000, 5000]


def chosen_pots(facts: dict[str, dict[str, Any]], order: dict[str, int]) -> dict[str, int]:
    """What two applications of one organisation get, A1 in the first pot and A2 in the second, and B, alone in a third one of the list."""
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second, third], keep: chosen, fact: level}\n'
    rulebook = pots(*["amount: 100\nengine: point_value"] * 3, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A2", "second"), ("B", "third"))]
    done = allocate(rulebook, sheets, facts, order=order, owners={"A1": "A", "A2": "A"})
    return {award.applicant: award.amount_cents for result in done.results for award in result.awards}


def test_of_two_wishes_that_of_the_earlier_application_counts_and_one_that_leads_nowhere_hides_no_other() -> None:
    wishes = {"A1": {"level": "second"}, "A2": {"level": "first"}}
    assert chosen_pots(wishes, {"A1": 1, "A2": 2}) == {"A1": 0, "A2": 10000, "B": 10000}
    assert chosen_pots(wishes, {"A1": 2, "A2": 1}) == {"A1": 10000, "A2": 0, "B": 10000}
    assert chosen_pots({"A1": {"level": "third"}, "A2": {"level": "second"}}, {"A1": 1, "A2": 2}) == {"A1": 0, "A2": 10000, "B": 10000}


def test_only_applications_on_which_a_result_depends_are_linked() -> None:
    head = 'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second]}\n'
    rulebook = pots(*["amount: 100\nengine: point_value"] * 3, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A2", "third"), ("B1", "first"), ("B2", "second"))]
    owners = {"A1": "A1", "A2": "A1", "B1": "B1", "B2": "B1"}
    assert linked(rulebook, sheets, owners) == {"B1": "B1", "B2": "B1"}


def test_an_exception_is_told_of_those_pots_only_in_which_the_applicant_still_competes() -> None:
    head = (
        'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second, third], except: [{holds: inclusive, text: {sl: Izjema.,'
        ' it: Eccezione.}, article: "2"}]}\n  - {id: two, text: {sl: a, it: b}, article: "3", pots: [third, second]}\n'
    )
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, plain, head=head)
    sheets = [sheet_of(rulebook, name, 1, pot) for name, pot in (("A1", "first"), ("A1", "second"), ("A1", "third"), ("A2", "first"))]
    done = allocate(rulebook, sheets, {"A1": {"inclusive": True}, "A2": {}}, owners={"A1": "A1", "A2": "A1"})
    assert codes_of(done, "A1", "second") == ["exclusive", "award"]
    here = {(name, pot): done.award(name, pot).steps[0] for name, pot in (("A1", "first"), ("A2", "first"), ("A1", "third"))}
    assert {step.code for step in here.values()} == {"exclusive_except"}
    title = {pot: rulebook.pot(pot).title["sl"] for pot in ("first", "second", "third")}
    assert {key: step.params["pots_sl"] for key, step in here.items()} == {
        ("A1", "first"): f"»{title['third']}«", ("A2", "first"): f"»{title['third']}«", ("A1", "third"): f"»{title['first']}«",
    }  # fmt: skip
    assert here["A2", "first"].sentence("sl").endswith("po izjemi »Izjema« (2).")


def test_exclusive_pots_have_exceptions() -> None:
    head = (
        'exclusive:\n  - {id: one, text: {sl: a, it: b}, article: "1", pots: [first, second], except: [{holds: {all: [inclusive, members >= 5]},'
        ' text: {sl: a, it: b}, article: "2"}]}\n'
    )
    plain = "amount: 100\nengine: point_value"
    rulebook = pots(plain, plain, head=head)
    assert rulebook_from_data(rulebook.to_data()) == rulebook
    facts = {"A": {"inclusive": True, "members": 5}, "B": {"inclusive": True, "members": 4}, "C": {}}
    done = settle(rulebook, {name: dict.fromkeys("ABC", 1) for name in ("first", "second")}, facts)
    assert [award.applicant for award in done.result("second").awards if award.amount_cents] == ["A"], "the others got theirs in the first"
    assert codes_of(done, "B", "second") == codes_of(done, "C", "second") == ["exclusive", "award"]
    for here, there in (("first", "second"), ("second", "first")):
        step = done.award("A", here).steps[0]
        assert (step.code, step.params["article"], step.params["except_article"]) == ("exclusive_except", "1", "2")
        assert {code: rulebook.pot(there).title[code] in step.params[f"pots_{code}"] for code in ("sl", "it")} == {"sl": True, "it": True}
        assert all("{" not in step.sentence(code) for code in ("sl", "it", "en"))
    assert "exclusive_except" not in codes_of(done, "B", "first"), "no exception is for it"
    alone = settle(rulebook, {"first": {"A": 1}, "second": {}}, facts)
    assert codes_of(alone, "A", "first")[0] != "exclusive_except", "it competes in one of them only"
    assert exclusives_use(rulebook, rulebook.tracks[0]) == {"inclusive", "members"}, "whoever recomputes needs them"
    with pytest.raises(RulebookError) as refusal:
        pots(plain, plain, head=head.replace("members", "membres"))
    assert [(one.code, one.params["nearest"]) for one in refusal.value.findings] == [("unknown_fact", "members")]

    secret = pots(plain, plain, head=head.replace("inclusive, members", "leader > 1, members"))
    assert [one.params for one in lint(secret) if one.code == "personal_fact_in_rule"] == [{"fact": "leader"}]
