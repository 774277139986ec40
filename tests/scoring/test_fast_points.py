"""Points are computed at once and words only when somebody looks: both are the same, and nothing is kept too long."""

import copy
import gc
import pickle
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import Proven
from scoring.judging import Criterion
from scoring.kinds import total_of
from scoring.money import number_text
from scoring.panel import aggregate
from scoring.plan import _plans, plan_of
from scoring.points import Agreement, Entry, Mark, ScoringError, score, score_pot, sheet_from_data
from scoring.questions import Band
from scoring.rulebook import rulebook_from_data
from scoring.view import whole
from tests.scoring.samples import PANEL, POT
from tests.scoring.test_barriers import PARTS
from tests.scoring.test_criteria import CLASSED, EACH, GROUPS, QUALITY, criterion, rules
from tests.scoring.test_usage import FACTS

RATIOS = st.builds(Fraction, st.integers(-60, 60), st.integers(1, 12))
ALL = (
    criterion("kind: bands\nfact: members\nbands: [{from: 0, below: 10, points: '1/3'}, {above: 10, to: 40, points: 7}]", "bands"),
    criterion("kind: per_unit\nfact: members\nper_unit: '0.3'\nmost_units: residents / 7\nmaximum: '12.5'", "unit"),
    criterion("kind: choice\nfact: level\nchoices: [{choice: national, points: '2.5'}]", "choice"),
    criterion("kind: choice\nfact: fields\nmaximum: 6\nchoices: [{choice: youth, points: 5}, {choice: elite, points: '5/3'}]", "several"),
    criterion("kind: flag\nfact: inclusive\npoints: 4\nwhen: years > 2", "flag"),
    criterion("kind: formula\nformula: members / residents - years\nmaximum: 9", "formula"),
    criterion(CLASSED, "classed"),
    criterion(EACH, "each"),
    criterion(GROUPS, "groups"),
    PARTS,
)
LEAVES = ("quality_goals", "quality_plan")
POT_OF_ALL = (
    POT + "maximum_points: 90\nthreshold: {minimum: 10}\ngates: [{id: g, text: {sl: G}, article: x, holds: quality > 3 or total > 40}]\n"
)
EVERYTHING = rules(*ALL, derived=(QUALITY,), pot=POT_OF_ALL)


@given(FACTS, st.lists(st.tuples(st.integers(1, 6), st.integers(0, 12)), min_size=1, max_size=4))
def test_the_lines_add_up_to_the_total_and_each_is_what_was_computed(facts: dict[str, Any], given_marks: list[tuple[int, int]]) -> None:
    track, pot = EVERYTHING.track_and_pot("main")
    marks = [
        Mark(f"m{index}", name, points)
        for index, (goals, plan) in enumerate(given_marks)
        for name, points in zip(LEAVES, (Fraction(goals), Fraction(plan, 2)), strict=True)
    ]
    sheet = score(track, pot, "A", facts, marks, [Agreement(name, None, {"sl": "Ker."}) for name in LEAVES])
    lines = list(sheet.lines)
    assert sum((line.points for line in lines), Fraction(0)) == sheet.total
    assert isinstance(sheet.total, Fraction) and all(isinstance(line.points, Fraction) for line in lines)
    entries = plan_of(track, pot).entries
    assert [line.criterion for line in lines[: len(entries)]] == [entry.criterion.id for entry in entries]
    for line in lines:
        assert sheet.lines[lines.index(line)] == line
        if line.kind != "limit" and line.criterion not in LEAVES:
            assert sheet.points_of(line.criterion) == line.points
        if line.maximum is not None and line.kind != "limit":
            assert 0 <= line.points <= line.maximum
        for language in ("sl", "it", "en"):
            sentence = line.sentence(language)
            assert (sentence.endswith(".") or line.kind == "panel") and "{" not in sentence and "[[" not in sentence
    assert sheet.passes is not bool(sheet.barriers)
    kept = sheet_from_data(sheet.to_data())
    assert kept == sheet and kept.to_data() == sheet.to_data() and hash(kept) == hash(sheet)


@given(st.lists(st.builds(lambda low, width, kinds, points: (low, low + abs(width), kinds, points), RATIOS, RATIOS, st.integers(0, 15), RATIOS), max_size=5), RATIOS)  # fmt: skip
def test_a_value_lies_in_the_first_band_that_holds_it(drawn: list[tuple[Fraction, Fraction, int, Fraction]], value: Fraction) -> None:
    bands = []
    for low, high, kinds, points in drawn:
        ends = {("from", "above", None, "from")[kinds % 4]: low, ("to", "below", None, "below")[kinds // 4]: high}
        bands.append(Band.model_validate({key: end for key, end in ends.items() if key} | {"points": points}))
    one = Criterion.model_validate({"id": "c", "title": {"sl": "C"}, "article": "x", "kind": "bands", "fact": "spread", "maximum": 100, "bands": bands or [{"points": 1}]})  # fmt: skip
    expected = next((band.points for band in one.bands if band.holds(value)), Fraction(0))
    track, pot = rules(PANEL).track_and_pot("main")
    pot = pot.model_copy(update={"criteria": (one,)})
    assert score(track, pot, "A", {"spread": value}).total == max(0, expected)


@given(st.lists(RATIOS, max_size=12))
def test_a_sum_over_one_denominator_is_exact(numbers: list[Fraction]) -> None:
    mixed = [whole(number) for number in numbers]
    assert total_of(mixed) == sum(numbers, Fraction(0))
    assert all(isinstance(number, int) == (number.denominator == 1) for number in mixed)


@given(
    st.lists(st.integers(0, 15), min_size=1, max_size=9),
    st.sampled_from(["mean", "median", "trimmed_mean"]),
    st.randoms(use_true_random=False),
)
def test_the_points_of_the_panel_are_the_rule_on_the_marks(given_marks: list[int], rule: str, random: Any) -> None:
    track, pot = rules(PANEL, pot=POT + f"aggregation: {rule}\n").track_and_pot("main")
    ordered = sorted(given_marks)
    if rule == "median":
        middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    else:
        middle = ordered[1:-1] if rule == "trimmed_mean" and len(ordered) > 2 else ordered
    expected = Fraction(sum(middle), len(middle))
    random.shuffle(given_marks)
    marks = [Mark(f"m{index}", "quality", Fraction(points)) for index, points in enumerate(given_marks)]
    assert score(track, pot, "A", {}, marks).total == aggregate(pot, pot.criteria[0], marks, None)[0] == expected
    assert aggregate(pot, pot.criteria[0], marks, None)[1].endswith(number_text(expected))


# What is lazy


def test_lines_are_a_sequence_that_can_be_cut_copied_and_sent() -> None:
    rulebook = rules(*ALL[:5])
    sheet = score(*rulebook.track_and_pot("main"), "A", {"members": 5, "inclusive": True, "years": 3})
    assert len(sheet.lines) == 5
    assert [line.criterion for line in sheet.lines[1:3]] == ["unit", "choice"]
    assert sheet.lines[-1].criterion == "flag" and sheet.lines[::-1] == tuple(reversed(list(sheet.lines)))
    with pytest.raises(IndexError):
        sheet.lines[5]
    for again in (copy.deepcopy(sheet), pickle.loads(pickle.dumps(sheet)), replace(sheet), sheet_from_data(sheet.to_data())):
        assert again == sheet
    assert replace(sheet, applicant="B").applicant == "B" and replace(sheet, applicant="B") != sheet
    assert replace(sheet, applicant="B").lines[0].points == sheet.lines[0].points


def test_facts_that_were_changed_afterwards_are_refused() -> None:
    facts = {"members": 5}
    sheet = score(*rules(ALL[0]).track_and_pot("main"), "A", facts)
    assert sheet.lines[0].points == Fraction(1, 3)
    facts["members"] = 20
    with pytest.raises(ScoringError) as refusal:
        list(sheet.lines)
    assert refusal.value.code == "facts_changed"


def test_marks_that_were_added_afterwards_do_not_change_a_sheet() -> None:
    marks = [Mark("A", "quality", Fraction(5))]
    sheet = score(*rules(PANEL).track_and_pot("main"), "A", {}, marks)
    marks.append(Mark("B", "quality", Fraction(15)))
    assert (sheet.total, sheet.lines[0].points) == (5, 5)


def test_a_pot_is_compiled_once_and_forgotten_with_its_rulebook() -> None:
    rulebook = rulebook_from_data(EVERYTHING.to_data())
    track, pot = rulebook.track_and_pot("main")
    assert plan_of(track, pot) is plan_of(track, pot)
    sheet = score(track, pot.model_copy(update={"criteria": pot.criteria[:3]}), "A", {"members": 5})
    gc.collect()
    before = len(_plans)
    assert (id(track), id(pot)) in _plans
    del rulebook, track, pot
    gc.collect()
    assert len(_plans) < before
    assert [line.criterion for line in sheet.lines] == ["bands", "unit", "choice"], "a sheet keeps what it needs"


def test_what_scoring_gives_is_what_each_one_alone_gives() -> None:
    track, pot = rules(*ALL[:9], derived=(QUALITY,)).track_and_pot("main")
    field = [Entry(f"A{count}", {"members": Proven(count, verified=count // 2), "residents": count}) for count in range(20)]
    assert score_pot(track, pot, field) == [score(track, pot, entry.applicant, entry.facts) for entry in field]
