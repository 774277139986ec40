"""Which public pots can be recomputed: those that are settled with others are there only with all of them."""

from __future__ import annotations

import pytest

from grants.transparency.queries import unsettled
from scoring.allocation import AllocationError, allocate
from scoring.rulebook import read_rulebook

POT = "{{id: {name}, title: {{sl: a, it: a}}, article: 1. člen, amount: 10, engine: full_request, caps: {{request: asked}}, rounding: {{closing: leave}}{more}}}"
HEAD = """format: "1"
id: pots
version: "1"
title: {{sl: a, it: a}}
languages: [sl, it]
source: [invented]
{exclusive}
tracks:
  - id: one
    kind: project
    title: {{sl: a, it: a}}
    article: 1. člen
    facts: [{{id: asked, kind: money, label: {{sl: a, it: a}}}}]
    pots:
"""
EXCLUSIVE = "exclusive: [{id: e, text: {sl: a, it: a}, article: 2. člen, pots: [p, q]}]"
AFTER = ", leftover: {to: [q], when: after}"
BEFORE = ", leftover: {to: [q]}"


@pytest.mark.parametrize(
    ("exclusive", "more", "chosen", "short"),
    [
        (EXCLUSIVE, "", {"p"}, {"p"}),
        (EXCLUSIVE, "", {"p", "r"}, {"p"}),
        (EXCLUSIVE, "", {"p", "q", "r"}, set()),
        ("", AFTER, {"p"}, {"p"}),
        ("", AFTER, {"q"}, {"q"}),
        ("", AFTER, {"p", "q"}, set()),
        ("", BEFORE, {"p"}, set()),
        ("", BEFORE, {"q", "r"}, {"q"}),
        ("", "", {"p"}, set()),
    ],
)
def test_a_pot_is_left_out_where_one_that_it_needs_is_not_public(exclusive: str, more: str, chosen: set[str], short: set[str]) -> None:
    rows = [POT.format(name=name, more=more if name == "p" else "") for name in ("p", "q", "r")]
    rulebook = read_rulebook(HEAD.format(exclusive=exclusive) + "".join(f"      - {row}\n" for row in rows))
    assert unsettled(rulebook, chosen) == short
    if short:
        with pytest.raises(AllocationError):
            allocate(rulebook, [], {}, pots=sorted(chosen))
    else:
        allocate(rulebook, [], {}, pots=sorted(chosen))


@pytest.mark.parametrize(
    ("more", "chosen", "short"),
    [
        (", leftover: {to: [q]}", {"q", "r"}, set()),
        (", leftover: {to: [q, r]}", {"q", "r"}, set()),
        (", leftover: {to: [q, r]}", {"q"}, {"q"}),
        (AFTER, {"q", "r"}, {"q"}),
    ],
)
def test_a_leftover_is_carried_over_from_a_pot_that_was_settled_before(more: str, chosen: set[str], short: set[str]) -> None:
    rows = [POT.format(name=name, more=more if name == "p" else "") for name in ("p", "q", "r")]
    rulebook = read_rulebook(HEAD.format(exclusive="") + "".join(f"      - {row}\n" for row in rows))
    assert unsettled(rulebook, chosen, {"p"}) == short
    if short:
        with pytest.raises(AllocationError):
            allocate(rulebook, [], {}, pots=sorted(chosen), carried={"p": 5})
    else:
        assert allocate(rulebook, [], {}, pots=sorted(chosen), carried={"p": 5}).result("q").joined_cents == 5


def test_pots_that_follow_from_one_count_are_recomputed_together() -> None:
    fund = "funds: [{id: f, title: {sl: a, it: a}, article: 2. člen, amount: 10}]"
    count = "of: f, by_count: {title: {sl: a, it: a}, article: 2. člen}"
    rows = [POT.format(name=name, more="").replace("amount: 10", count if name != "r" else "amount: 10") for name in ("p", "q", "r")]
    rulebook = read_rulebook(HEAD.format(exclusive=fund) + "".join(f"      - {row}\n" for row in rows))
    assert (unsettled(rulebook, {"p", "r"}), unsettled(rulebook, {"p", "q"}), unsettled(rulebook, {"r"})) == ({"p"}, set(), set())
    with pytest.raises(AllocationError):
        allocate(rulebook, [], {}, pots=["p", "r"])
