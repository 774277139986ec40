"""One application with many items: each row has its own points, marks and barriers."""

from typing import Any

import pytest

from scoring.facts import Proven
from scoring.money import number
from scoring.points import Agreement, Mark, ScoringError, Sheet, compare_field, items_of, score, score_pot, sheet_from_data
from scoring.points import Entry as Competitor
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT
from tests.scoring.test_criteria import criterion, rules, scored

ITEMS = POT + "items: {table: teams, name: name, where: participants > 0}\n"
HOURS = criterion("kind: per_unit\nfact: hours\nper_unit: 2\nmaximum: 20", "hours_points")
OUTSIDE = criterion("kind: flag\nfact: inclusive\npoints: 3", "bonus")
TEAMS = [
    {"name": "Mladi", "hours": "4", "participants": 10},
    {"name": "Prazni", "hours": "9", "participants": 0},
    {"name": "Veterani", "hours": "1.5", "participants": 6},
]


def marks(*points: tuple[str, object]) -> list[Mark]:
    return [Mark("A", "quality", number(value), item=item) for item, value in points]


def events(pot: str = ITEMS, *criteria: str) -> Rulebook:
    return rules(*(criteria or (HOURS, OUTSIDE)), pot=pot)


def test_every_row_that_belongs_here_is_an_item() -> None:
    sheet = scored(events(), {"teams": TEAMS, "inclusive": True})
    assert [(item.id, item.name, item.total, item.passes) for item in sheet.items] == [("1", "Mladi", 11, True), ("3", "Veterani", 6, True)]
    assert (sheet.total, sheet.passes, sheet.barriers) == (17, True, ())
    assert [(line.item, line.criterion, line.points) for line in sheet.lines] == [
        ("1", "hours_points", 8),
        ("1", "bonus", 3),
        ("3", "hours_points", 3),
        ("3", "bonus", 3),
    ]
    assert (sheet.points_of("hours_points", "3"), sheet.points_of("hours_points", "2"), sheet.points_of("nothing", "1")) == (3, 0, 0)
    assert sheet.lines[2].sentence("sl") == "Upoštevano: 1,5; 1,5 × 2 = 3, torej 3 od 20 točk."
    assert sheet_from_data(sheet.to_data()) == sheet


def test_without_anything_to_score_the_sheet_says_so() -> None:
    for facts in ({}, {"teams": []}, {"teams": TEAMS[1:2]}):
        sheet = scored(events(), facts)
        assert (sheet.total, sheet.passes, sheet.items, [reason.code for reason in sheet.barriers]) == (0, False, (), ["no_items"])


def test_people_judge_every_item() -> None:
    rulebook = events(ITEMS, HOURS, PANEL)
    agreed = [Agreement("quality", None, {"sl": "Dobro.", "it": "Bene."}, "1"), Agreement("quality", None, {"sl": "Slabše."}, "3")]
    sheet = scored(rulebook, {"teams": TEAMS}, marks(("1", 12), ("3", 7)), agreed)
    assert [item.total for item in sheet.items] == [20, 10]
    assert [line.sentence("sl") for line in sheet.lines if line.kind == "panel"] == ["Dobro.", "Slabše."]
    assert sheet.missing_reasons(("sl", "it")) == (("quality", "it"),)


@pytest.mark.parametrize(
    ("given", "code"),
    [([("1", 12)], "too_few_marks"), ([("1", 12), ("2", 3), ("3", 5)], "unknown_item"), ([("1", 12), ("3", 5), ("", 5)], "unknown_item"), ([("1", 12), ("1", 5), ("3", 5)], "mark_twice"), ([("1", 16), ("3", 5)], "mark_out_of_range")],
)  # fmt: skip
def test_marks_belong_to_items(given: list[tuple[str, object]], code: str) -> None:
    with pytest.raises(ScoringError) as refusal:
        scored(events(ITEMS, HOURS, PANEL), {"teams": TEAMS}, marks(*given))
    assert refusal.value.code == code


def test_where_there_are_no_items_a_mark_has_none() -> None:
    with pytest.raises(ScoringError) as refusal:
        scored(rules(PANEL), {}, marks(("1", 5)))
    assert (refusal.value.code, refusal.value.params) == ("unknown_item", {"item": "1"})


def test_thresholds_and_gates_hold_for_each_item() -> None:
    pot = ITEMS + "threshold: {minimum: 6}\ngates: [{id: g, text: {sl: Preveč.}, article: x, holds: hours_points < 8}]\n"
    sheet = scored(events(pot, HOURS, OUTSIDE), {"teams": TEAMS, "inclusive": True})
    assert [(item.id, item.passes, [reason.code for reason in item.barriers]) for item in sheet.items] == [
        ("1", False, ["gate"]),
        ("3", True, []),
    ]
    assert (sheet.total, sheet.passes) == (6, True)
    none = scored(events(pot, HOURS, OUTSIDE), {"teams": TEAMS})
    assert (none.total, none.passes, [reason.code for reason in none.barriers]) == (0, False, ["no_item_passes"])


def test_a_condition_keeps_out_all_items() -> None:
    rulebook = rules(HOURS, pot=ITEMS, conditions=("id: old\ntext: {sl: A}\narticle: x\nholds: years >= 2\n",))
    sheet = scored(rulebook, {"teams": TEAMS, "years": 1})
    assert (sheet.total, sheet.passes, [reason.code for reason in sheet.barriers]) == (0, False, ["condition"])
    assert [(item.total, item.passes, [reason.code for reason in item.barriers]) for item in sheet.items] == [
        (8, False, ["condition"]),
        (3, False, ["condition"]),
    ]


def test_rows_of_a_question_that_is_not_asked_any_more_are_no_items() -> None:
    rulebook = events(ITEMS, HOURS, PANEL)
    track = rulebook.tracks[0]
    asked = track.model_copy(update={"facts": tuple(fact if fact.id != "teams" else fact.model_copy(update={"when": "inclusive"}) for fact in track.facts)})  # fmt: skip
    facts = {"inclusive": Proven(True, False, proven=True), "teams": TEAMS}
    assert [number_of for number_of, _name in items_of(asked, asked.pots[0], facts | {"inclusive": True})] == ["1", "3"]
    assert items_of(asked, asked.pots[0], facts) == []
    assert [reason.code for reason in score(asked, asked.pots[0], "A", facts).barriers] == ["no_items"]


def test_limits_belong_to_items() -> None:
    sheet = scored(events(ITEMS + "maximum_points: 5\n"), {"teams": TEAMS, "inclusive": True})
    assert [item.total for item in sheet.items] == [5, 5]
    assert [(line.item, line.points) for line in sheet.lines if line.kind == "limit"] == [("1", -6), ("3", -1)]


def test_the_bar_of_the_field_is_made_of_items() -> None:
    rulebook = events(ITEMS + "threshold: {relative: {percent: 50, of: best}}\n", HOURS)
    facts: dict[str, dict[str, Any]] = {
        "A": {"teams": TEAMS},
        "B": {"teams": [{"hours": "5", "participants": 1}]},
        "C": {"teams": [{"hours": "2", "participants": 1}]},
    }
    first, second, third = score_pot(*rulebook.track_and_pot("main"), [Competitor(name, own) for name, own in facts.items()])
    assert [(item.total, item.passes) for item in first.items] == [(8, True), (3, False)]
    assert (
        first.items[1].barriers[0].sentence("en")
        == "The threshold is 50 % of the points of the best application, that is 5; this application reached 3."
    )
    assert (first.total, second.total, third.total, third.passes, [reason.code for reason in third.barriers]) == (
        8,
        10,
        0,
        False,
        ["no_item_passes"],
    )
    again = compare_field(*rulebook.track_and_pot("main"), [first, second, third], facts)
    assert again == [first, second, third]


def test_a_personal_name_is_not_shown() -> None:
    rulebook = events()
    track = rulebook.tracks[0]
    hidden = track.model_copy(update={"facts": tuple(fact if fact.id != "teams" else fact.model_copy(update={"columns": tuple(one if one.id != "name" else one.model_copy(update={"personal": True}) for one in fact.columns)}) for fact in track.facts)})  # fmt: skip
    sheets: list[Sheet] = score_pot(hidden, hidden.pots[0], [Competitor("A", {"teams": TEAMS})])
    assert [item.name for item in sheets[0].items] == ["", ""]
