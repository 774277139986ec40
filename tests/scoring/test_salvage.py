"""Bad keys, bad values and names that lead nowhere are told in one reading, and nothing is told that only follows from another mistake."""

from __future__ import annotations

import pytest

from scoring.findings import Finding
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text
from tests.scoring.test_criteria import criterion
from tests.scoring.test_reading import mistakes, standing_at
from tests.scoring.test_unfolding import FUNDS

FORMULA = criterion("kind: formula\nmaximum: 5\nformula: @", "f")
COUNTED = criterion("kind: per_unit\nper_unit: 1\nmaximum: 5\nfact: @", "u")


def told(**pieces: object) -> list[tuple[str, str]]:
    text = rulebook_text(**pieces)  # type: ignore[arg-type]
    return [(finding.code, standing_at(text, finding).split(":")[0]) for finding in mistakes(text)]


def test_keys_values_and_names_are_told_together_in_the_order_of_the_text() -> None:
    facts = FACTS.replace("{id: members, kind: integer", "{id: members, kind: intiger").replace("{id: years,", "{id: years, minimun: 1,")
    condition = "id: c\ntext: {sl: C, it: C}\narticle: x\nholds: yers > 2\n"
    pot = POT.replace("10000.00", "ten").replace("{request: requested}", "{request: reqested}") + "leftover: {to: [nowhere]}\n"
    assert told(facts=facts, conditions=(condition,), pot=pot, criteria=(PANEL + "setp: 1\n", FORMULA.replace("@", "nobody + hours"))) == [
        ("unknown_value", "kind"), ("unknown_key", "minimun"), ("unknown_fact", "holds"), ("bad_value", "amount"), ("unknown_fact", "request"),
        ("unknown_pot", "nowhere}]}"[:7] + "]}"), ("unknown_key", "setp"), ("unknown_fact", "formula"), ("unknown_fact", "formula"),
    ]  # fmt: skip


def test_what_a_whole_part_lacks_is_told_with_the_rest() -> None:
    pot = POT.replace("point_value", "fixed_point_value") + "least_marks: none\n"
    assert told(pot=pot, criteria=(PANEL, criterion("kind: flag\nfact: nobody"))) == [
        ("bad_value", "id"), ("bad_value", "least_marks"), ("bad_value", "id"), ("unknown_fact", "fact"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ({"facts": FACTS.replace("{id: members, kind: integer", "{id: members, kind: intiger"), "criteria": (COUNTED.replace("@", "members"), FORMULA.replace("@", "members * 2"))}, "unknown_value"),
        ({"facts": FACTS.replace("{id: members, kind", "{idd: members, kind"), "criteria": (COUNTED.replace("@", "members"),)}, "unknown_key"),
        ({"facts": FACTS.replace("{id: members, kind", "{kind"), "criteria": (COUNTED.replace("@", "members"),)}, "missing_key"),
        ({"facts": FACTS.replace("{id: members, kind", "{id: Members, kind"), "criteria": (FORMULA.replace("@", "Members"),)}, "bad_value"),
        ({"facts": FACTS.replace("  columns:", "  colums:"), "criteria": (FORMULA.replace("@", "total(groups, hours)"),)}, "unknown_key"),
        ({"facts": FACTS.replace("kind: table", "kind: tabel"), "criteria": (FORMULA.replace("@", "total(groups, hours)"), criterion("kind: flag\npoints: 1\neach: groups\nfact: hours"))}, "unknown_value"),
        ({"facts": FACTS.replace("{id: hours, kind: decimal", "{id: hours, kind: decima"), "criteria": (FORMULA.replace("@", "total(groups, hours)"),)}, "unknown_value"),
        ({"facts": FACTS.replace("  choices:", "  choises:"), "criteria": (FORMULA.replace("@", "level == \"national\""),)}, "unknown_key"),
        ({"facts": FACTS.replace("{id: national, label", "{id: national, lable"), "criteria": (FORMULA.replace("@", "level == \"national\""),)}, "unknown_key"),
        ({"pot": POT + "gates: [{id: g, text: {sl: a, it: a}, article: x, holds: quality > 1}]\n", "criteria": (PANEL.replace("maximum: 15", "maximum: many"),)}, "bad_value"),
        ({"pot": POT + "gates: [{id: g, text: {sl: a, it: a}, article: x, holds: quality > 1}]\n", "criteria": (PANEL.replace("id: quality\n", "idd: quality\n"),)}, "unknown_key"),
        ({"pot": POT + "gates: [{id: g, text: {sl: a, it: a}, article: x, holds: quality_goals > 1}]\n", "criteria": (PANEL.replace("maximum: 15", "subcriteria: {id: goals}"),)}, "bad_value"),
        ({"pot": POT.replace("[earlier_submission]", "['criterion:quality']"), "criteria": (PANEL.replace("id: quality\n", "idd: quality\n"),)}, "unknown_key"),
        ({"pot": POT.replace("point_value", "actual_cost") + "cost_fct: costs\n"}, "unknown_key"),
        ({"pot": POT + "leftover: {to: [main.II]}\nparts: [{id: I, leftover: {to: [main.I]}}, {title: {sl: a, it: a}}]\n"}, "missing_key"),
        ({"pot": POT.replace("id: main\n", "") + "leftover: {to: [main.I]}\nparts: [{id: I}, {id: II}]\n"}, "missing_key"),
        ({"facts": FACTS + "- {id: more, kind: integer, label: {sl: a, it: a}, id: other}\n", "criteria": (FORMULA.replace("@", "other"),)}, "key_twice"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_once_and_not_by_whatever_names_it(pieces: dict[str, object], code: str) -> None:
    assert [found[0] for found in told(**pieces)] == [code]


def test_every_part_without_an_id_and_every_key_that_stands_twice_is_told() -> None:
    parts = "parts:\n  - {amount: 1}\n  - {id: II, treshold: {minimum: 1}}\n  - {amount: 2, amount: 3}\n  - {id: IV, of: al}\n"
    found: tuple[Finding, ...] = mistakes(rulebook_text(pot=POT + parts, criteria=()).replace("tracks:\n", FUNDS, 1))
    assert [one.code for one in found] == ["missing_key", "unknown_key", "missing_key", "key_twice", "bad_value"]
