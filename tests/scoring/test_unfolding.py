"""A pot that is written once for several rounds or fields, funds and their parts, and names that lead nowhere."""

from __future__ import annotations

import pytest

from scoring.findings import RulebookError
from scoring.rulebook import Rulebook, read_rulebook, rulebook_from_data
from tests.scoring.samples import PANEL, rulebook_text

FUNDS = """funds:
  - {id: all, title: {sl: a, it: b}, article: "1", amount: "62600.00"}
  - {id: half, title: {sl: a, it: b}, article: "1", percent: 50, of: all}
tracks:
"""
POT = f"""id: round
title: {{sl: Krog, it: Turno}}
article: "1"
engine: point_value
rounding: {{closing: leave}}
criteria:
  - {{{", ".join(PANEL.strip().splitlines())}}}
parts:
"""


def read(parts: str, funds: str = FUNDS) -> Rulebook:
    return read_rulebook(rulebook_text(pot=POT + parts, criteria=()).replace("tracks:\n", funds, 1))


def test_each_part_is_the_pot_again_with_its_own_keys() -> None:
    rulebook = read("  - {id: I, amount: 5800}\n  - {id: II, amount: 5000, title: {sl: Drugi, it: Secondo}, threshold: {minimum: 3}}\n")
    first, second = (pot for _, pot in rulebook.pots())
    assert (first.id, first.amount_cents, first.title["sl"], first.threshold) == ("round.I", 580000, "Krog", None)
    assert (second.id, second.amount_cents, second.title["sl"]) == ("round.II", 500000, "Drugi")
    assert second.threshold is not None and first.criteria == second.criteria
    assert rulebook_from_data(rulebook.to_data()) == rulebook


def test_parts_of_a_fund_come_to_whole_cents_and_the_remainder_is_what_they_leave() -> None:
    shares = {"calcio": 50, "pallamano": 13, "basket": 6}
    rulebook = read(
        "".join(f"  - {{id: {name}, percent: {share}, of: all}}\n" for name, share in shares.items())
        + "  - {id: rest, remainder: yes, of: half}\n"
    )
    assert [pot.amount_cents for _, pot in rulebook.pots()] == [3130000, 813800, 375600, 3130000]


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        ("  - {id: I, amount: 1, threshhold: {minimum: 1}}\n", "unknown_key", 'Did you mean "threshold"?'),
        ("  - {id: I, percent: 10, of: al}\n", "unknown_fund", 'Did you mean "all"?'),
        ("  - {id: I, percent: 101, of: all}\n", "bad_value", "a percentage from 0 to 100"),
        ("  - {id: I, percent: 10}\n", "bad_value", "the fund that they are part of"),
        ("  - {id: I, amount: 1, percent: 10, of: all}\n", "bad_value", "exactly one of"),
        ("  - {id: I, amount: 1, leftover: {to: [round.V]}}\n", "unknown_pot", 'there is no pot "round.V"'),
        ("  - {amount: 1}\n", "missing_key", "needs an id"),
        ("  - {id: I, amount: 1, value: 3}\n", "bad_value", "the engine point_value does not know: value"),
        ("  - {id: I, amount: 1, engine: waterfal}\n", "unknown_value", "waterfall"),
        (
            "  - {id: I, amount: 1, gates: [{id: g, text: {sl: a, it: b}, article: '1', holds: qualiti > 1}]}\n",
            "unknown_criterion",
            '"quality"',
        ),
    ],
)
def test_a_mistake_in_a_part_is_found_at_its_own_line(parts: str, code: str, words: str) -> None:
    with pytest.raises(RulebookError) as refusal:
        read(parts)
    (finding,) = refusal.value.findings
    assert finding.code == code
    assert words in str(finding)
    text = rulebook_text(pot=POT + parts, criteria=()).replace("tracks:\n", FUNDS, 1).splitlines()
    assert text[finding.line - 1].strip().startswith("- {") and finding.column > 10
