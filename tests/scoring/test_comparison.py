"""What depends on the whole field: thresholds relative to the others, and the second pass over the best of each group."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.points import Entry, ScoringError, Sheet, compare_field, score_pot, sheet_from_data
from tests.scoring.samples import POT
from tests.scoring.test_criteria import criterion, rules

SIZE = criterion("kind: per_unit\nfact: members\nper_unit: 1", "size")
AGE = criterion("kind: per_unit\nfact: years\nper_unit: 1", "age")


def field(pot: str, facts: dict[str, dict[str, Any]], *criteria: str) -> dict[str, Sheet]:
    rulebook = rules(
        *(criteria or (SIZE,)), pot=POT + pot, derived=("id: big\nclasses: [{id: big, title: {sl: velika}, when: members >= 50}]",)
    )
    track, rules_of_pot = rulebook.track_and_pot("main")
    sheets = score_pot(track, rules_of_pot, [Entry(name, own) for name, own in facts.items()])
    assert compare_field(track, rules_of_pot, sheets, facts) == sheets, "comparing again changes nothing"
    kept = [sheet_from_data(sheet.to_data()) for sheet in sheets]
    assert compare_field(track, rules_of_pot, kept, facts) == sheets, "also when sheets were kept"
    for sheet in sheets:
        assert sum((line.points for line in sheet.lines), Fraction(0)) == sheet.total
        for language in ("sl", "it", "en"):
            assert all(reason.sentence(language).endswith(".") for reason in sheet.barriers)
            assert all(line.sentence(language).endswith(".") for line in sheet.lines)
    return {sheet.applicant: sheet for sheet in sheets}


def members(*counts: int) -> dict[str, dict[str, Any]]:
    return {f"A{index}": {"members": count} for index, count in enumerate(counts)}


# Relative thresholds


@pytest.mark.parametrize(
    ("relative", "counts", "passing"),
    [
        ("percent: 50, of: best", (100, 50, 49), [100, 50]),
        ("percent: 100, of: mean", (10, 20, 60), [60]),
        ("percent: 100, of: mean", (30, 30, 30), [30, 30, 30]),
        ("percent: 100, of: median", (10, 20, 60), [20, 60]),
        ("percent: 100, of: median", (10, 20, 30, 60), [30, 60]),
        ("percent: 25, of: sum", (10, 20, 70), [70]),
        ("percent: '100/3', of: sum", (1, 1, 1), [1, 1, 1]),
        ("percent: 0, of: best", (0, 5), [0, 5]),
    ],
)  # fmt: skip
def test_the_bar_is_a_share_of_what_the_field_reached(relative: str, counts: tuple[int, ...], passing: list[int]) -> None:
    sheets = field(f"threshold: {{relative: {{{relative}}}}}\n", members(*counts))
    assert [sheet.total for sheet in sheets.values() if sheet.passes] == passing


def test_exactly_the_bar_is_enough_only_when_it_is_inclusive() -> None:
    sheets = field("threshold: {inclusive: no, relative: {percent: 50, of: best}}\n", members(100, 50, 51))
    assert [sheet.passes for sheet in sheets.values()] == [True, False, True]


def test_the_reason_says_what_the_bar_came_to() -> None:
    sheet = field("threshold: {relative: {percent: 50, of: median}}\n", members(41, 20, 60))["A1"]
    assert sheet.barriers[0].sentence("sl") == "Prag je 50 % mediane točk vseh vlog, to je 20,5; ta vloga je dosegla 20."
    assert sheet.barriers[0].code == "below_median"


def test_who_does_not_compete_does_not_move_the_bar() -> None:
    pot = "conditions: [{id: old, text: {sl: A}, article: x, holds: years >= 2}]\nthreshold: {relative: {percent: 50, of: best}}\n"
    facts = {"A": {"members": 60, "years": 2}, "B": {"members": 30, "years": 2}, "C": {"members": 1000, "years": 1}}
    sheets = field(pot, facts)
    assert [(sheet.passes, [reason.code for reason in sheet.barriers]) for sheet in sheets.values()] == [
        (True, []),
        (True, []),
        (False, ["condition"]),
    ]


def test_removing_an_application_changes_the_bar() -> None:
    pot = "threshold: {relative: {percent: 50, of: best}}\n"
    assert not field(pot, members(100, 40))["A1"].passes
    assert field(pot, {"A1": {"members": 40}})["A1"].passes
    assert field(pot, {}) == {}


# Second pass


def second(more: str) -> str:
    return f"second_pass: [{{id: holder, title: {{sl: Nosilec, it: Titolare}}, article: 7. člen, group: level, {more}}}]\n"


def clubs(**levels: tuple[str | None, int]) -> dict[str, dict[str, Any]]:
    return {name: {"level": level, "members": count} for name, (level, count) in levels.items()}


@pytest.mark.parametrize(
    ("rule", "totals"),
    [
        ("factor: 1.5", {"A": 15, "B": 9, "C": 4, "D": 6, "E": 3}),
        ("points: 5", {"A": 15, "B": 9, "C": 4, "D": 9, "E": 3}),
        ("factor: 2, best: 2", {"A": 20, "B": 18, "C": 4, "D": 8, "E": 3}),
        ("factor: 2, best: 9", {"A": 20, "B": 18, "C": 8, "D": 8, "E": 3}),
        ("factor: 2, best: 2, among: members != 9", {"A": 20, "B": 9, "C": 8, "D": 8, "E": 3}),
        ("factor: 0.5", {"A": 5, "B": 9, "C": 4, "D": 2, "E": 3}),
    ],
)  # fmt: skip
def test_the_best_of_each_group_get_more(rule: str, totals: dict[str, int]) -> None:
    facts = clubs(A=("national", 10), B=("national", 9), C=("national", 4), D=("regional", 4), E=(None, 3))
    assert {name: sheet.total for name, sheet in field(second(rule), facts).items()} == totals


def test_the_holder_of_a_discipline_has_a_line_that_says_why() -> None:
    sheets = field(second("factor: 1.5"), clubs(A=("national", 10), B=("national", 9)))
    line = sheets["A"].lines[-1]
    assert (line.criterion, line.kind, line.maximum, line.points, line.inputs) == ("holder", "second_pass", None, 5, {"level": "national"})
    assert (line.working, line.article) == ("10 × 1.5 = 15", "7. člen")
    assert (
        line.sentence("sl")
        == "V skupini »država« je vloga po številu točk med najboljšimi (mesto: 1), zato se njene točke pomnožijo: 10 × 1,5 = 15."
    )


def test_whoever_is_not_the_best_has_a_line_that_says_what_was_better() -> None:
    sheets = field(second("factor: 1.5"), clubs(A=("national", 10), B=("national", 9), C=(None, 8)))
    line = sheets["B"].lines[-1]
    assert (line.criterion, line.kind, line.points, line.reason.code) == ("holder", "second_pass", 0, "second_pass_not")
    assert (line.inputs, line.working, line.article) == ({"level": "national"}, "9 < 10", "7. člen")
    assert [line.sentence(language) for language in ("sl", "it", "en")] == [
        "V skupini »država« ima najboljša vloga največ točk: 10; ta vloga jih ima 9 (mesto: 2), zato po tem pravilu ne pridobi ničesar.",
        "Nel gruppo «nazione» la domanda migliore ha ottenuto questo punteggio: 10; questa domanda ha 9 (posto: 2), perciò con questa regola non ottiene nulla.",
        "In the group “država” the best application has the most points: 10; this application has 9 (place: 2), so this rule brings it nothing.",
    ]
    assert sheets["B"].missing_reasons(("sl", "it")) == ()
    assert [one.kind for one in sheets["C"].lines] == ["per_unit"], "who is in no group does not compete"


def test_where_several_get_more_the_line_names_the_best_and_the_last_of_them() -> None:
    sheets = field(second("points: 5, best: 2, by: age"), clubs(A=("none", 1), B=("none", 2), C=("none", 3)), SIZE, AGE)
    assert {name: sheet.lines[-1].reason.code for name, sheet in sheets.items()} == dict.fromkeys("ABC", "second_pass_points")
    facts = {name: {"level": "none", "members": 1, "years": years} for name, years in (("A", 9), ("B", 7), ("C", 4))}
    line = field(second("points: 5, best: 2, by: age"), facts, SIZE, AGE)["C"].lines[-1]
    assert (line.working, line.reason.params["best"], line.reason.params["last"]) == ("4 < 7", "9", "7")
    assert line.sentence("sl") == (
        "V skupini »brez« ima najboljša vloga pri merilu »Merilo« največ točk: 9, zadnja med najboljšimi pa 7; "
        "ta vloga jih ima 4 (mesto: 3), zato po tem pravilu ne pridobi ničesar."
    )


def test_equals_without_room_for_all_of_them_are_told_so() -> None:
    sheets = field(second("points: 5, best: 2, equals: none"), clubs(A=("none", 9), B=("none", 5), C=("none", 5), D=("none", 1)))
    assert [sheet.lines[-1].reason.code for sheet in sheets.values()] == [
        "second_pass_points",
        "second_pass_equal",
        "second_pass_equal",
        "second_pass_not",
    ]
    assert sheets["B"].lines[-1].sentence("sl") == (
        "V skupini »brez« ima enako število točk (5) več vlog (število: 2), kot je še mest med najboljšimi (1), "
        "zato po tem pravilu nobena od njih ne pridobi ničesar."
    )
    assert sheets["B"].lines[-1].working == "2 > 1"


@pytest.mark.parametrize(
    ("rule", "counts", "more"),
    [
        ("best: 1, equals: all", (9, 9, 5), [True, True, False]),
        ("best: 1, equals: none", (9, 9, 5), [False, False, False]),
        ("best: 2, equals: none", (9, 5, 5), [True, False, False]),
        ("best: 2, equals: all", (9, 5, 5), [True, True, True]),
        ("best: 3, equals: none", (9, 5, 5), [True, True, True]),
        ("best: 2, equals: none", (9, 9, 5), [True, True, False]),
        ("best: 2, equals: all", (9, 9, 9, 1), [True, True, True, False]),
    ],
)  # fmt: skip
def test_equals_at_the_last_place_all_or_none(rule: str, counts: tuple[int, ...], more: list[bool]) -> None:
    sheets = field(
        second(f"{rule}, points: 1"), {f"A{index}": {"level": "regional", "members": count} for index, count in enumerate(counts)}
    )
    assert [sheet.total > count for sheet, count in zip(sheets.values(), counts, strict=True)] == more


def test_the_ranking_may_go_by_one_criterion() -> None:
    facts = {"A": {"level": "none", "members": 10, "years": 1}, "B": {"level": "none", "members": 1, "years": 5}}
    assert {name: sheet.total for name, sheet in field(second("by: age, factor: 2"), facts, SIZE, AGE).items()} == {"A": 11, "B": 12}


def test_only_those_who_pass_are_ranked_and_a_class_can_be_the_group() -> None:
    pot = "threshold: {minimum: 60}\nsecond_pass: [{id: s, title: {sl: S}, article: x, group: big, points: 5, best: 9}]\n"
    assert {name: sheet.total for name, sheet in field(pot, members(60, 59, 49)).items()} == {"A0": 65, "A1": 59, "A2": 49}


def test_passes_follow_one_another_and_the_bar_comes_before_them() -> None:
    pot = (
        "threshold: {relative: {percent: 50, of: best}}\n"
        "second_pass:\n  - {id: s, title: {sl: S}, article: x, group: level, factor: 2}\n  - {id: t, title: {sl: T}, article: x, group: level, factor: 2}\n"
    )
    sheets = field(pot, clubs(A=("none", 10), B=("none", 5), C=("regional", 4)))
    assert {name: (sheet.total, sheet.passes) for name, sheet in sheets.items()} == {"A": (40, True), "B": (5, True), "C": (4, False)}


def test_among_that_cannot_be_computed_does_not_hold_and_wrong_facts_are_named() -> None:
    assert field(second("among: 1 / years, points: 5"), clubs(A=("none", 10)))["A"].total == 10
    rulebook = rules(SIZE, pot=POT + second("points: 5"))
    track, pot = rulebook.track_and_pot("main")
    sheets = score_pot(track, pot, [Entry("A", {"members": 5})])
    with pytest.raises(ScoringError) as refusal:
        compare_field(track, pot, sheets, {"A": {"level": 5}})
    assert (refusal.value.code, refusal.value.params) == ("wrong_fact", {"criterion": "holder", "fact": "level"})


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["none", "regional", "national", None]), st.integers(0, 6)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_field_does_not_matter(clubs_given: list[tuple[str | None, int]], random: Any) -> None:
    pot = POT + "threshold: {relative: {percent: 50, of: mean}}\n" + second("best: 2, factor: 1.5")
    track, rules_of_pot = rules(SIZE, pot=pot).track_and_pot("main")
    entries = [Entry(f"A{index}", {"level": level, "members": count}) for index, (level, count) in enumerate(clubs_given)]
    one = {sheet.applicant: sheet for sheet in score_pot(track, rules_of_pot, entries)}
    random.shuffle(entries)
    assert {sheet.applicant: sheet for sheet in score_pot(track, rules_of_pot, entries)} == one
