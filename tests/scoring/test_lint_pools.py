"""What the linter says of pots that are sized by a count."""

from __future__ import annotations

import pytest

from scoring.lint import lint
from tests.scoring.test_pools import HEADS, MEMBERS, SHARED, rules


@pytest.mark.parametrize(
    ("small", "large", "funds", "code"),
    [
        (SHARED, "remainder: yes", "", "remainder_empty"),
        (f'by_count: {{{HEADS}, rate: "5"}}', f'by_count: {{{HEADS}, rate: "6"}}', "", "money_left_over"),
        (SHARED, f"by_count: {{{MEMBERS}}}", "", "counts_differ"),
        (f'by_count: {{{HEADS}, formula: budget, rate: "5"}}', "remainder: yes", "", "units_do_not_fit"),
        (SHARED.replace("4. člen", "''"), SHARED.replace("4. člen", "''"), "", "article_missing"),
        (SHARED.replace(", en: Applicants", ""), SHARED, "", "language_missing"),
        (
            SHARED, SHARED, "  - {id: rest, of: whole, remainder: yes, title: {sl: Ostalo, it: Resto, en: Rest}, article: 1. člen}\n",
            "remainder_of_counts",
        ),
    ],
)  # fmt: skip
def test_the_linter_names_counts_that_do_not_go_together(small: str, large: str, funds: str, code: str) -> None:
    more = ("          - {id: prizes, of: rest, percent: 100}\n",) if funds else ()
    assert code in {one.code for one in lint(rules(small, large, *more, funds=funds))}


def test_counts_that_go_together_are_not_complained_about() -> None:
    assert not {one.code for one in lint(rules())} & {
        "money_left_over",
        "pot_empty",
        "counts_differ",
        "pots_do_not_add_up",
        "remainder_empty",
    }
    rate = f'by_count: {{{MEMBERS}, rate: "5"}}'
    assert not {one.code for one in lint(rules(rate, "remainder: yes"))} & {
        "money_left_over",
        "pot_empty",
        "units_do_not_fit",
        "remainder_empty",
    }
