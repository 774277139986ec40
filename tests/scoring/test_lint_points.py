"""The linter on points: bands wherever they stand, classes, and what nobody can reach or meet."""

from itertools import product

import pytest

from scoring.findings import Finding
from scoring.lint import lint
from scoring.lint_bands import check_bands
from scoring.lint_notes import Note
from scoring.lint_ranges import Span
from scoring.money import number
from scoring.questions import Band
from scoring.rulebook import read_rulebook
from tests.scoring.samples import FACTS, PANEL, POT, block, rulebook_text, sample

HEAD = "title: {sl: N, it: T}\narticle: x\n"


def linted(*, derived: tuple[str, ...] = (), **pieces: object) -> tuple[Finding, ...]:
    return lint(read_rulebook(whole(derived=derived, **pieces)))


def whole(*, derived: tuple[str, ...] = (), **pieces: object) -> str:
    text = rulebook_text(**pieces)  # type: ignore[arg-type]
    listed = "".join(block(f"id: {one.split(':', 1)[0]}\n{HEAD}{one.split(':', 1)[1].strip()}\n", 6, dash=True) for one in derived)
    return text.replace("    pots:\n", f"    derived:\n{listed}    pots:\n", 1) if derived else text


def only(code: str, *, at: str = "", derived: tuple[str, ...] = (), **pieces: object) -> Finding:
    """The one finding that there is, which must stand where ``at`` begins."""
    found = linted(derived=derived, **pieces)
    assert [finding.code for finding in found] == [code], [str(finding) for finding in found]
    finding = found[0]
    assert finding.advice
    if at:
        line = whole(derived=derived, **pieces).splitlines()[finding.line - 1]
        assert line[finding.column - 1 :].startswith(at), line
    return finding


def criterion(lines: str, name: str = "c") -> str:
    return f"id: {name}\n{HEAD}{lines}\n"


def said(finding: Finding) -> str:
    return finding.message


# Bands wherever they stand

CERKNO = """\
kind: bands
fact: members
class: size
maximum: 180
tables:
  A:
    bands:
      - {to: 8, points: 20}
      - {from: 9, to: 20, points: 80}
      - {from: 21, to: 35, points: 120}
      - {above: 36, points: 180}
  B:
    bands:
      - {from: 0, points: 10}
"""
SIZE = "size: classes: [{id: A, title: {sl: a, it: a}, when: members > 5}, {id: B, title: {sl: b, it: b}}]"


def test_cerkno_leaves_out_exactly_36_members_of_class_a() -> None:
    finding = only("band_gap", at="{above: 36", derived=(SIZE,), criteria=(criterion(CERKNO),))
    assert said(finding) == "no band covers exactly 36; what falls there gets 0 points"
    assert finding.path == "tracks[0].pots[0].criteria[0].tables.A.bands[3]"
    assert finding.params == {"gap": "x = 36", "criterion": "c"}


def test_the_words_of_the_other_published_gaps() -> None:
    def gap(lines: str, fact: str) -> list[str]:
        return [said(one) for one in linted(criteria=(criterion(f"kind: bands\nfact: {fact}\nbands: [{lines}]"),))]

    assert gap(
        "{from: 100000, to: 499000, points: 20}, {from: 500000, to: 1000000, points: 30}, {above: 1000000, points: 50}", "costs"
    ) == [
        "no band covers below 100000; what falls there gets 0 points",
        "no band covers between 499000 and 500000; what falls there gets 0 points",
    ]
    assert gap(
        "{to: 30, points: 10}, {from: 31, to: 50, points: 20}, {from: 50, to: 100, points: 30}, {above: 100, points: 50}", "members"
    ) == ["two bands cover 50"]
    assert gap("{below: 100, points: 5}, {from: 101, to: 500, points: 10}, {above: 500, points: 15}", "members") == [
        "no band covers exactly 100; what falls there gets 0 points"
    ]
    assert gap("{below: 5, points: 5}, {above: 5, points: 10}", "years") == ["no band covers exactly 5; what falls there gets 0 points"]


def test_bands_of_a_derived_value_a_column_and_a_derived_fact() -> None:
    finding = only("band_gap", at="{from: 10", derived=("worth: fact: members\nbands: [{to: 8, value: 1}, {from: 10, value: 2}]",))
    assert said(finding) == "no band covers exactly 9; what falls there counts as 0"
    column = criterion("kind: bands\neach: groups\nfact: participants\nmaximum: 20\nbands: [{to: 8, points: 1}, {from: 10, points: 2}]")
    assert only("band_gap", at="{from: 10", criteria=(column,)).params["gap"] == "x = 9"
    on_derived = criterion("kind: bands\nfact: twice\nbands: [{to: 8, points: 1}, {from: 10, points: 2}]")
    assert linted(derived=("twice: formula: members * 2",), criteria=(on_derived,)) == (), "there are only even numbers"
    assert (
        only("band_gap", derived=("half: formula: members / 2",), criteria=(on_derived.replace("twice", "half"),)).params["gap"]
        == "8 < x < 10"
    )
    rows = criterion("kind: bands\nfact: groups\nbands: [{from: 0, to: 20, points: 1}, {from: 21, to: 50, points: 2}]")
    assert linted(criteria=(rows,)) == (), "a table has 50 rows at most unless it says otherwise"


SHARE = POT.replace("point_value", "share_of_request")


@pytest.mark.parametrize(
    ("bands", "more", "gap"),
    [
        ("{below: 10, percent: 0}, {from: 10, percent: 50}", "", None),
        ("{to: 9, percent: 0}, {from: 10, percent: 50}", "", "9 < x < 10"),
        ("{to: 9, percent: 0}, {from: 10, percent: 50}", "aggregation: agreed\n", None),
        ("{from: 0, to: 14, percent: 50}", "aggregation: agreed\n", "x > 14"),
        ("{from: 0, to: 15, percent: 50}", "", None),
        ("{from: 10, percent: 50}", "", "x < 10"),
        ("{from: 10, percent: 50}", "threshold: {minimum: 10}\n", None),
        ("{from: 0, below: 10, percent: 20}, {above: 10, percent: 50}", "", "x = 10"),
    ],
)
def test_score_bands_cover_whatever_a_total_can_be(bands: str, more: str, gap: str | None) -> None:
    found = linted(pot=SHARE + f"score_bands: [{bands}]\n{more}")
    assert [one.params["gap"] for one in found if one.code == "band_gap"] == ([gap] if gap else [])
    assert {one.code for one in found} <= {"band_gap"}


def test_tiers_cover_whatever_the_basis_can_be() -> None:
    tiers = "basis: costs\ntiers: [{to: 1000, factor: 1}, {from: 1001, factor: '0.5'}]\n"
    finding = only("band_gap", at="{from: 1001", pot=POT.replace("point_value", "control_percentage") + tiers)
    assert finding.params == {"gap": "1000 < x < 1001", "criterion": "main"}
    whole_cents = tiers.replace("from: 1001", "from: '1000.01'")
    assert linted(pot=POT.replace("point_value", "control_percentage") + whole_cents) == ()


def test_bands_agree_with_trying_every_value() -> None:
    """Whatever two bands are written: a gap or an overlap is told exactly if some value has no band or two."""
    edges = [{}, *({key: str(end)} for key in ("from", "above") for end in (0, 2, 3))]
    tops = [{}, *({key: str(end)} for key in ("to", "below") for end in (2, 3, 5))]
    for span, values in (
        (Span(number(0), number(5), number(1)), [number(one) for one in range(6)]),
        (Span(number(0), number(5), None), [number(f"{one}/4") for one in range(21)]),
    ):
        for first, second in product(product(edges, tops), repeat=2):
            bands = [Band.model_validate({**low, **high, "points": "1"}) for low, high in (first, second)]
            codes = {one.code for one in check_bands(bands, span, Note({}), (), "", "c")}
            covers = [sum(band.holds(value) for band in bands) for value in values]
            real = [band for band in bands if any(band.holds(value) for value in [*values, number(-1), number(9)])]
            assert ("band_overlap" in codes) == any(count > 1 for count in covers), [band.text() for band in bands]
            if real:
                assert ("band_gap" in codes) == any(count == 0 for count in covers), [band.text() for band in bands]


# Classes


def test_a_class_without_a_table_and_a_class_for_nobody_are_told() -> None:
    tables = "kind: bands\nfact: members\nclass: level\ntables: {none: {bands: [{from: 0, points: 1}]}, national: {bands: [{from: 0, points: 2}]}}"
    finding = only("class_without_table", at="tables", criteria=(criterion(tables),))
    assert (finding.severity, finding.params["class"]) == ("warning", "regional")
    late = "big: classes: [{id: a, title: {sl: a, it: a}}, {id: b, title: {sl: b, it: b}, when: members > 5}]"
    finding = only("class_unreachable", at="{id: b", derived=(late,))
    assert finding.severity == "error" and "the one without when: before it takes the rest" in finding.message


CLASS = "{{id: {0}, title: {{sl: a, it: a}}, when: '{1}'}}"


def classes(*tests: str) -> str:
    return "big: classes: [" + ", ".join(CLASS.format(f"c{index}", test) for index, test in enumerate(tests)) + "]"


@pytest.mark.parametrize(
    ("tests", "codes", "words"),
    [
        (("members > 36", "members < 36"), {"class_gap"}, "members = 36"),
        (("members >= 36", "members < 36"), set(), ""),
        (("members > 5", "members > 10", "members <= 5"), {"class_unreachable"}, '"c1"'),
        (('level == "none"', 'level == "regional"'), {"class_gap"}, "level = national"),
        (('level == "none"', 'level != "none"'), set(), ""),
        (("inclusive", "not inclusive"), set(), ""),
        (("inclusive and members > 5", "not inclusive"), {"class_gap"}, "inclusive = 1"),
        (("members > 5 or years > 5", "members <= 5 and years <= 5"), set(), ""),
        (("members * 2 > 5", "members * 2 <= 5"), {"class_gap"}, "none of the classes"),
        (("members < 0 - 5", "members >= 0"), {"class_unreachable", "class_gap"}, '"c0"'),
        (("spread > 0.1", "spread == 0"), {"class_gap"}, "spread = 0.1"),
        (("2 <= members <= 5", "members < 2", "members > 5"), set(), ""),
    ],
)
def test_classes_leave_nobody_out_and_none_is_for_nobody(tests: tuple[str, ...], codes: set[str], words: str) -> None:
    found = linted(derived=(classes(*tests),))
    assert {one.code for one in found} == codes
    assert not words or any(words in one.message for one in found)


def test_a_table_must_say_what_its_kind_of_criterion_needs() -> None:
    empty = "kind: bands\nfact: members\nclass: inclusive_class\ntables: {a: {per_unit: 3}}"
    finding = only(
        "table_empty", at="a:", derived=("inclusive_class: classes: [{id: a, title: {sl: a, it: a}}]",), criteria=(criterion(empty),)
    )
    assert finding.params == {"class": "a", "word": "bands"}
    beside = "kind: per_unit\nfact: members\nclass: one\nper_unit: 2\nmaximum: 5\ntables: {a: {per_unit: 3, most_units: 2}}"
    found = linted(derived=("one: classes: [{id: a, title: {sl: a, it: a}}]",), criteria=(criterion(beside),))
    assert [one.code for one in found] == ["never_used"]


# Points


@pytest.mark.parametrize(
    ("lines", "code", "at", "params"),
    [
        ("kind: formula\nformula: min(members, 4) * 2\nmaximum: 10", "maximum_unreachable", "maximum", {"maximum": "10", "reachable": "8"}),
        ("kind: per_unit\nfact: level_count\nper_unit: 2\nmost_units: min(members, 3)\nmaximum: 10", "maximum_unreachable", "maximum", {"maximum": "10", "reachable": "6"}),
        ("kind: components\nmaximum: 10\ncomponents: [{id: a, title: {sl: a, it: a}, formula: 'min(members, 6)'}]", "maximum_unreachable", "maximum", {"maximum": "10", "reachable": "6"}),
        ("kind: flag\neach: groups\nfact: open\npoints: 2\nmaximum: 200", "maximum_unreachable", "maximum", {"maximum": "200", "reachable": "100"}),
        ("kind: bands\nfact: members\nmaximum: 9\nbands: [{from: 0, points: 5}, {below: 0, points: 9}]", "maximum_unreachable", "maximum", {"maximum": "9", "reachable": "5"}),
        ("kind: formula\nformula: members * 2", "maximum_missing", "id: c", {"criterion": "c"}),
        ("kind: per_unit\nfact: members\nper_unit: 2", "maximum_missing", "id: c", {"criterion": "c"}),
        ("kind: components\ncomponents: [{id: a, title: {sl: a, it: a}, formula: members}]", "maximum_missing", "id: c", {"criterion": "c"}),
        ("kind: formula\nformula: members\nmaximum: 5\nthreshold: {minimum: 6}", "threshold_unreachable", "minimum", {"minimum": "6", "reachable": "5"}),
        ("kind: formula\nformula: members\nmaximum: 5\nwhen: members > 3", "otherwise_missing", "when", {"criterion": "c"}),
        ("kind: formula\nformula: members\nmaximum: 5\nwhen: members < 0\notherwise: {sl: a, it: b}", "never_holds", "when", {}),
        ("kind: components\nmaximum: 5\ncomponents: [{id: a, title: {sl: a, it: a}, formula: members, normed: yes}]", "norm_missing", "normed", {"component": "a"}),
        ("kind: components\nmaximum: 5\nnorm: {actual: members, norm: years}\ncomponents: [{id: a, title: {sl: a, it: a}, formula: members}]", "never_used", "norm", {"word": "norm"}),
        ("kind: components\nmaximum: 5\ncomponents: [{id: a, title: {sl: a, it: a}, formula: members, needs: members < 0}]", "never_holds", "needs", {}),
        ("kind: choice\nfact: many\nchoices: [{choice: a, points: 3}, {choice: b, points: 2}]", "several_answers_cut", "choices", {"sum": "5", "maximum": "3"}),
        ("kind: choice\nfact: many\nmaximum: 5\nchoices: [{choice: a, points: 3}, {choice: a, points: 3}, {choice: b, points: 2}]", "choice_twice", "{choice: a", {"choice": "a"}),
        ("kind: panel\nmaximum: 10\nminimum: 3\nstep: 2", "step_misses_minimum", "minimum", {}),
        ("kind: panel\nmaximum: 10\nsubcriteria: [{id: a, title: {sl: a, it: a}, maximum: 4}, {id: b, title: {sl: a, it: a}, maximum: 5}]", "maxima_do_not_add_up", "maximum", {"sum": "9", "declared": "10"}),
        ("kind: panel\nsubcriteria: [{id: a, title: {sl: a, it: a}, maximum: 4, step: 3}]", "step_misses_maximum", "step", {}),
        ("kind: flag\nfact: big\npoints: 5", "fact_does_not_fit", "fact", {"kind": "flag", "fact": "big", "fact_kind": "class"}),
        ("kind: choice\nfact: members\nmaximum: 5\nchoices: [{choice: a, points: 5}]", "fact_does_not_fit", "fact", {"kind": "choice", "fact": "members", "fact_kind": "integer"}),
        ("kind: bands\neach: groups\nfact: name\nmaximum: 5\nbands: [{from: 0, points: 5}]", "fact_does_not_fit", "fact", {"kind": "bands", "fact": "name", "fact_kind": "text"}),
    ],
)  # fmt: skip
def test_what_one_criterion_can_have_wrong(lines: str, code: str, at: str, params: dict[str, str]) -> None:
    facts = FACTS.replace("    - {id: hours,", "    - {id: open, kind: boolean, label: {sl: a, it: a}}\n    - {id: hours,")
    facts += "- {id: level_count, kind: integer, label: {sl: a, it: a}}\n"
    facts += (
        "- {id: many, kind: choices, label: {sl: a, it: a}, choices: [{id: a, label: {sl: a, it: a}}, {id: b, label: {sl: b, it: b}}]}\n"
    )
    finding = only(code, at=at, facts=facts, derived=("big: classes: [{id: a, title: {sl: a, it: a}}]",), criteria=(criterion(lines),))
    assert finding.params == params


@pytest.mark.parametrize(
    "lines",
    [
        "kind: flag\nfact: plan\npoints: 5",
        "kind: flag\nfact: doubled\npoints: 5",
        "kind: bands\nfact: doubled\nbands: [{from: 0, points: 5}]",
        "kind: choice\nfact: big\nchoices: [{choice: a, points: 3}]",
        "kind: formula\nformula: min(members, 4)",
        "kind: per_unit\nfact: few\nper_unit: 2\nmaximum: 6",
        "kind: per_unit\nfact: few\nper_unit: 2",
    ],
)
def test_what_is_no_mistake(lines: str) -> None:
    facts = FACTS + "- {id: plan, kind: file, label: {sl: a, it: a}}\n- {id: few, kind: integer, label: {sl: a, it: a}, maximum: 3}\n"
    derived = ("big: classes: [{id: a, title: {sl: a, it: a}}]", "doubled: formula: members * 2")
    assert linted(facts=facts, derived=derived, criteria=(criterion(lines),)) == ()


@pytest.mark.parametrize(
    ("more", "code", "at"),
    [
        ("gates: [{id: g, text: {sl: a, it: a}, article: x, holds: quality > 15}]\n", "gate_unreachable", "holds"),
        ("gates: [{id: g, text: {sl: a, it: a}, article: x, holds: total >= 60 and quality > 5}]\n", "gate_unreachable", "holds"),
        ("threshold: {relative: {percent: 100, of: best}, inclusive: no}\n", "relative_threshold_unreachable", "relative"),
        ("maximum_points: 12\n", "maxima_do_not_add_up", "maximum_points"),
        ("second_pass: [{id: s, title: {sl: a, it: a}, article: x, group: level, factor: 1}]\n", "second_pass_without_effect", "factor"),
        ("second_pass: [{id: s, title: {sl: a, it: a}, article: x, group: level, factor: 2, among: members < 0}]\n", "second_pass_nobody", "among"),
        ("conditions: [{id: k, text: {sl: a, it: a}, article: x, holds: members < 0}]\n", "condition_unreachable", "holds"),
        ("conditions: [{id: k, text: {sl: a, it: a}, article: x, holds: {all: [members > 5, {not: members >= 0}]}}]\n", "condition_unreachable", "holds"),
    ],
)  # fmt: skip
def test_what_nobody_can_reach_or_meet(more: str, code: str, at: str) -> None:
    finding = only(code, at=at, pot=POT + more)
    assert finding.severity == ("warning" if code == "second_pass_without_effect" else "error")


def test_an_exemption_makes_a_condition_reachable() -> None:
    condition = (
        "id: k\ntext: {sl: a, it: a}\narticle: x\nholds: members < 0\nexcept: [{holds: years > 5, text: {sl: a, it: a}, article: x}]\n"
    )
    assert linted(conditions=(condition,)) == ()
    assert only("condition_unreachable", at="holds", conditions=(condition.replace("years > 5", "years < 0"),))


def test_a_gate_that_some_points_satisfy_is_fine() -> None:
    gate = "gates: [{id: g, text: {sl: a, it: a}, article: x, holds: quality == 15 or total > 15}]\n"
    assert linted(pot=POT + gate) == ()


def test_a_second_pass_is_not_for_items() -> None:
    second = "second_pass: [{id: s, title: {sl: a, it: a}, article: x, group: level, factor: 2}]\n"
    pot = POT.replace("caps: {request: requested}", "caps: {amount: 500}") + "items: {table: groups, name: name}\n" + second
    assert only("second_pass_on_items", at="{id: s", pot=pot).severity == "error"


# Texts, articles and personal facts


@pytest.mark.parametrize(
    "more",
    [
        "conditions: [{id: k, text: {sl: a, it: a}, article: '', holds: members > 5}]\n",
        "conditions: [{id: k, text: {sl: a, it: a}, article: x, holds: members > 5, except: [{holds: years > 5, text: {sl: a, it: a}, article: ''}]}]\n",
        "gates: [{id: g, text: {sl: a, it: a}, article: ' ', holds: quality > 5}]\n",
        "second_pass: [{id: s, title: {sl: a, it: a}, article: '', group: level, factor: 2}]\n",
        "balance: {id: b, title: {sl: a, it: a}, article: '', by: level, most: 60}\n",
    ],
)
def test_every_rule_of_a_pot_names_its_article(more: str) -> None:
    facts = FACTS.replace("- id: level\n", "- id: level\n  required: true\n")
    assert only("article_missing", at="article", pot=POT + more, facts=facts).severity == "error"


def test_derived_values_limits_and_drivers_name_their_article() -> None:
    assert (
        only("article_missing", at="article", derived=("a: article: ''\nformula: members".replace("article: ''\n", ""),)) if False else True
    )
    text = whole(derived=("a: formula: members",)).replace(f"        {HEAD.splitlines()[1]}", "        article: ''", 1)
    assert [one.code for one in lint(read_rulebook(text))] == ["article_missing"]
    limits = POT.replace("{request: requested}", "{request: requested, limits: [{id: l, title: {sl: a, it: a}, article: '', amount: 5}]}")
    assert only("article_missing", at="article", pot=limits)
    slices = POT.replace("point_value", "drivers") + "drivers: [{id: d, title: {sl: a, it: a}, article: '', percent: 100}]\n"
    assert only("article_missing", at="article", pot=slices)


def test_thresholds_components_and_norms_share_the_article_of_their_criterion() -> None:
    lines = "kind: components\nmaximum: 5\nthreshold: {minimum: 2}\nnorm: {actual: members, norm: years}\ncomponents: [{id: a, title: {sl: a, it: a}, formula: members, normed: yes}]"
    assert linted(criteria=(criterion(lines),), pot=POT + "threshold: {minimum: 1}\nleftover: {to: [other]}\n", pots=(POT.replace("id: main", "id: other") + "criteria: [{" + ", ".join(PANEL.replace("quality", "other_quality").strip().splitlines()) + "}]\n",)) == ()  # fmt: skip


def test_a_number_for_an_answer_called_like_a_language_is_no_text() -> None:
    facts = (
        FACTS
        + "- {id: speaks, kind: choice, label: {sl: a, it: a}, choices: [{id: sl, label: {sl: a, it: a}}, {id: it, label: {sl: b, it: b}}]}\n"
    )
    assert linted(facts=facts, derived=("worth: fact: speaks\nchoose: {sl: 1, it: 2}",)) == ()


def test_a_personal_fact_is_told_at_the_rule_that_looks_at_it() -> None:
    finding = only("personal_fact_in_rule", at="id: c", criteria=(PANEL, criterion("kind: formula\nmaximum: 5\nformula: leader")))
    assert finding.path == "tracks[0].pots[0].criteria[1]"
    assert only("personal_fact_in_rule", at="id: main", conditions=("id: k\ntext: {sl: a, it: a}\narticle: x\nholds: leader > 5\n",))
    through = only(
        "personal_fact_in_rule", derived=("d: formula: leader * 2",), criteria=(criterion("kind: formula\nmaximum: 5\nformula: d"),)
    )
    assert through.params["fact"] == "leader"


def test_what_stands_once_is_told_once() -> None:
    text = rulebook_text(pot=POT + "parts: [{id: I}, {id: II}]\n", criteria=(PANEL.replace("maximum: 15", "maximum: 15\nstep: 2"),))
    assert [one.code for one in lint(read_rulebook(text))] == ["step_misses_maximum"]
    assert lint(sample()) == ()


def test_the_maximum_of_a_pot_must_be_within_reach_too() -> None:
    few = criterion("kind: formula\nformula: min(members, 4)")
    finding = only("maximum_unreachable", at="maximum_points", criteria=(few,), pot=POT + "maximum_points: 10\n")
    assert finding.params == {"maximum": "10", "reachable": "4"}
    assert linted(criteria=(few,), pot=POT + "maximum_points: 3\n") == ()
    more = criterion("kind: panel\nmaximum: 20", "other")
    assert only("maxima_do_not_add_up", criteria=(PANEL, more), pot=POT + "maximum_points: 36\n").severity == "error"
    assert only("maxima_do_not_add_up", criteria=(PANEL, more), pot=POT + "maximum_points: 30\n").severity == "error"
    assert linted(criteria=(PANEL, more), pot=POT + "maximum_points: 30\nabove_maximum: cut\n") == (), "the ordinance says so"
    assert "above_maximum: cut" in only("maxima_do_not_add_up", criteria=(PANEL, more), pot=POT + "maximum_points: 30\n").advice
    idle = only("never_used", at="above_maximum", criteria=(PANEL, more), pot=POT + "maximum_points: 35\nabove_maximum: cut\n")
    assert (idle.severity, idle.params) == ("warning", {"word": "above_maximum"})
    cut = only("maxima_do_not_add_up", criteria=(PANEL, more), pot=POT + "maximum_points: 36\nabove_maximum: cut\n")
    assert "cut" not in cut.advice, "it can never be reached"
