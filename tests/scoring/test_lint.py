"""The linter finds what makes a published rulebook unfair or impossible; the flaws are those of real published rules."""

from fractions import Fraction

import pytest

from scoring.findings import Finding
from scoring.lint import lint, look
from scoring.rulebook import read_rulebook
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text, sample


def bands(*lines: str, fact: str = "members", maximum: object = 180, more: str = "") -> str:
    listed = "\n".join(f"  - {{{line}}}" for line in lines)
    return f'id: size\ntitle: {{sl: Velikost, it: Grandezza}}\narticle: "3. člen"\nkind: bands\nfact: {fact}\nmaximum: {maximum}\nbands:\n{listed}\n{more}'


def findings(**pieces: object) -> dict[str, Finding]:
    return {finding.code: finding for finding in lint(sample(**pieces))}


def gaps(criterion: str, facts: str = FACTS) -> list[str]:
    return [finding.params["gap"] for finding in lint(sample(criteria=(criterion,), facts=facts)) if finding.code == "band_gap"]


def overlaps(criterion: str) -> list[str]:
    return [finding.params["at"] for finding in lint(sample(criteria=(criterion,))) if finding.code == "band_overlap"]


def test_the_sample_has_nothing_to_find() -> None:
    assert lint(sample()) == ()


def test_cerkno_leaves_out_exactly_36_members() -> None:
    cerkno = bands("to: 8, points: 20", "from: 9, to: 20, points: 80", "from: 21, to: 35, points: 120", "above: 36, points: 180")
    found = findings(criteria=(cerkno,))
    assert set(found) == {"band_gap"}
    gap = found["band_gap"]
    assert (gap.severity, gap.params["gap"]) == ("warning", "x = 36")
    assert "no band covers exactly 36; what falls there gets 0 points" in str(gap)
    assert rulebook_text(criteria=(cerkno,)).splitlines()[gap.line - 1].strip() == "- {above: 36, points: 180}"


def test_smartno_counts_exactly_50_members_twice() -> None:
    smartno = bands(
        "to: 10, points: 5",
        "from: 11, to: 30, points: 10",
        "from: 31, to: 50, points: 20",
        "from: 50, to: 100, points: 30",
        "above: 100, points: 50",
        maximum=50,
    )
    found = findings(criteria=(smartno,))
    assert set(found) == {"band_overlap"}
    assert (found["band_overlap"].severity, found["band_overlap"].params["at"]) == ("error", "50")


def test_treviglio_leaves_out_exactly_100_participants_and_exactly_5_years() -> None:
    assert gaps(bands("below: 100, points: 5", "from: 101, to: 500, points: 10", "above: 500, points: 15", maximum=15)) == ["x = 100"]
    assert gaps(bands("below: 5, points: 5", "above: 5, points: 10", fact="years", maximum=10)) == ["x = 5"]


def test_koper_leaves_out_what_lies_between_its_amounts_and_below_them() -> None:
    koper = bands(
        "from: 100000, to: 499000, points: 20",
        "from: 500000, to: 1000000, points: 30",
        "above: 1000000, points: 50",
        fact="costs",
        maximum=50,
    )
    assert gaps(koper) == ["x < 100000", "499000 < x < 500000"]
    assert gaps(bands("from: 5, to: 10, points: 10", "above: 10, points: 20", fact="years", maximum=20)) == ["x < 5"]


@pytest.mark.parametrize(
    ("lines", "fact", "expected"),
    [
        (("to: 8, points: 1", "from: 9, points: 2"), "members", []),
        (("to: 8, points: 1", "from: 10, points: 2"), "members", ["x = 9"]),
        (("to: 8, points: 1", "from: 11, points: 2"), "members", ["8 < x < 11"]),
        (("below: 8, points: 1", "above: 8, points: 2"), "members", ["x = 8"]),
        (("below: 8, points: 1", "above: 9, points: 2"), "members", ["8 ≤ x ≤ 9"]),
        (("to: 8, points: 1", "from: 9, points: 2"), "spread", ["8 < x < 9"]),
        (('to: "8.9", points: 1', "from: 9, points: 2"), "spread", []),
        (('to: "8.99", points: 1', "from: 9, points: 2"), "costs", []),
        (('to: "8.98", points: 1', "from: 9, points: 2"), "costs", ["x = 8.99"]),
        (("from: 0, to: 5, points: 1",), "members", ["x > 5"]),
        (("from: 0, below: 5, points: 1",), "members", ["x ≥ 5"]),
        (("above: 0, points: 1",), "members", ["x ≤ 0"]),
        (("from: 20, points: 2", "below: 20, points: 1"), "members", []),
    ],
)
def test_gaps_are_looked_for_among_the_values_that_a_fact_can_have(lines: tuple[str, ...], fact: str, expected: list[str]) -> None:
    assert gaps(bands(*lines, fact=fact, maximum=2)) == expected


def test_what_the_form_does_not_allow_is_no_gap() -> None:
    facts = FACTS.replace("{id: members, kind: integer,", "{id: members, kind: integer, minimum: 5, maximum: 100,")
    assert gaps(bands("from: 5, to: 20, points: 1", "from: 21, to: 100, points: 2", maximum=2), facts) == []
    assert gaps(bands("from: 6, to: 99, points: 2", maximum=2), facts) == ["x < 6", "x > 99"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("from: 0, to: 10, points: 1", "from: 5, points: 2"), ["5 to 10"]),
        (("from: 0, points: 1", "from: 5, points: 2"), ["[0, ∞) and [5, ∞)"]),
        (("to: 5, points: 1", "to: 9, points: 2"), ["(−∞, 5] and (−∞, 9]"]),
        (("from: 0, to: 100, points: 1", "from: 10, to: 20, points: 2", "above: 100, points: 3"), ["10 to 20"]),
        (("from: 0, below: 10, points: 1", "from: 10, points: 2"), []),
        (("from: 0, to: 10, points: 1", "above: 10, points: 2"), []),
    ],
)
def test_no_value_may_have_two_answers(lines: tuple[str, ...], expected: list[str]) -> None:
    criterion = bands(*lines, maximum=3)
    assert overlaps(criterion) == expected
    if len(lines) == 3:
        assert gaps(criterion) == [], "a wide band is not forgotten behind a narrow one"


def test_a_band_that_covers_nothing_is_an_error() -> None:
    assert findings(criteria=(bands("from: 10, to: 5, points: 1", "from: 0, points: 2", maximum=2),))["band_empty"].severity == "error"
    assert "band_empty" in findings(criteria=(bands("above: 5, below: 6, points: 1", "from: 0, points: 2", maximum=2),))


@pytest.mark.parametrize(
    ("threshold", "reachable"),
    [("{minimum: 15}", True), ("{minimum: 15, inclusive: false}", False), ("{minimum: 16}", False), ("{minimum: 0}", True)],
)
def test_a_threshold_must_be_within_reach(threshold: str, reachable: bool) -> None:
    assert ("threshold_unreachable" not in findings(pot=POT + f"threshold: {threshold}\n")) == reachable


def test_the_threshold_is_compared_with_what_can_really_be_reached() -> None:
    few = bands("from: 0, points: 10", maximum=60)
    found = findings(criteria=(few,), pot=POT + "threshold: {minimum: 30}\n")
    assert set(found) == {"threshold_unreachable", "maximum_unreachable"}
    assert found["threshold_unreachable"].params == {"minimum": "30", "reachable": "10"}


@pytest.mark.parametrize(
    ("criterion", "reachable"),
    [
        ("kind: flag\nfact: inclusive\npoints: 5\nmaximum: 10", 5),
        ("kind: per_unit\nfact: members\nper_unit: 2\nmost_units: 4\nmaximum: 10", 8),
        (
            "kind: choice\nfact: level\nmaximum: 10\nchoices: [{choice: none, points: 0}, {choice: regional, points: 3}, {choice: national, points: 7}]",
            7,
        ),
    ],
)
def test_a_maximum_that_nobody_can_reach_is_told(criterion: str, reachable: int) -> None:
    found = findings(criteria=(f"id: c\ntitle: {{sl: M, it: C}}\narticle: x\n{criterion}\n",))
    assert set(found) == {"maximum_unreachable"}
    assert Fraction(found["maximum_unreachable"].params["reachable"]) == reachable


def test_maxima_must_add_up() -> None:
    found = findings(pot=POT + "maximum_points: 20\n")["maxima_do_not_add_up"]
    assert (found.severity, found.params) == ("error", {"sum": "15", "declared": "20"})


@pytest.mark.parametrize("round_trip", [("a", "b", "a"), ("a", "a"), ("a", "b", "c", "a")])
def test_leftovers_may_not_run_in_a_circle(round_trip: tuple[str, ...]) -> None:
    pots = tuple(
        POT.replace("id: main", f"id: {name}")
        + f"leftover: {{to: [{target}]}}\ncriteria:\n  - {{{', '.join(PANEL.strip().splitlines())}}}\n"
        for name, target in zip(round_trip, round_trip[1:], strict=False)
    )
    found = findings(pots=pots)
    assert found["cyclic_leftovers"].severity == "error"
    assert "a" in found["cyclic_leftovers"].params["pots"]


def test_leftovers_that_end_somewhere_are_fine() -> None:
    other = POT.replace("id: main", "id: first") + f"leftover: {{to: [main]}}\ncriteria:\n  - {{{', '.join(PANEL.strip().splitlines())}}}\n"
    assert lint(sample(pots=(other,))) == ()


def test_every_text_is_wanted_in_every_language() -> None:
    missing = [
        f for f in lint(sample(criteria=(PANEL.replace("{sl: Kakovost, it: Qualità}", "{sl: Kakovost}"),))) if f.code == "language_missing"
    ]
    assert [(f.severity, f.params["language"], f.path) for f in missing] == [("error", "it", "tracks[0].pots[0].criteria[0].title")]
    empty = findings(criteria=(PANEL.replace("it: Qualità", 'it: " "'),))
    assert empty["language_missing"].params["language"] == "it"


@pytest.mark.parametrize(
    "pieces",
    [
        {"pot": POT.replace("1. člen", " ")},
        {"criteria": (PANEL.replace("2. člen", ""),)},
        {"conditions": ("id: c\ntext: {sl: C, it: C}\narticle: ''\n",)},
    ],
)
def test_every_rule_names_its_article(pieces: dict[str, object]) -> None:
    assert findings(**pieces)["article_missing"].severity == "error"


def test_a_track_names_its_article_too() -> None:
    text = rulebook_text().replace(
        '    title: {sl: Šport, it: Sport}\n    article: "1. člen"', '    title: {sl: Šport, it: Sport}\n    article: ""'
    )
    assert [finding.code for finding in lint(read_rulebook(text))] == ["article_missing"]


@pytest.mark.parametrize(
    ("pieces", "code", "severity"),
    [
        ({"pot": POT.replace("rounding: {tie_break: [earlier_submission], closing: largest_remainder}\n", "")}, "rounding_missing", "warning"),
        ({"pot": POT.replace("caps: {request: requested}\n", "")}, "cap_missing", "warning"),
        ({"pot": POT.replace("point_value", "share_of_request").replace("caps: {request: requested}\n", "")}, "cap_missing", "error"),
        ({"criteria": ()}, "criteria_missing", "error"),
        ({"pot": POT + "aggregation: trimmed_mean\nleast_marks: 2\n"}, "trimming_needs_three", "warning"),
        ({"pot": POT.replace("closing:", 'award_unit: "10", closing:') + "minimum_award: {amount: 305}\n"}, "minimum_off_unit", "warning"),
        ({"criteria": (PANEL + "step: 2\n",)}, "step_misses_maximum", "warning"),
        ({"criteria": (PANEL + "step: 5\ndescriptors: [{points: 7, text: {sl: a, it: b}}]\n",)}, "descriptor_off_step", "warning"),
        ({"criteria": (PANEL + "descriptors: [{points: 16, text: {sl: a, it: b}}]\n",)}, "descriptor_off_step", "warning"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: per_unit\nfact: members\nper_unit: 1"),)}, "unit_cap_missing", "warning"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: flag\nfact: members\npoints: 15"),)}, "fact_does_not_fit", "error"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: per_unit\nmost_units: 15\nfact: remark\nper_unit: 1"),)}, "fact_does_not_fit", "error"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: per_unit\nmost_units: 15\nfact: leader\nper_unit: 1"),)}, "personal_fact_in_rule", "error"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: formula\nformula: leader * 2"),)}, "personal_fact_in_rule", "error"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: choice\nfact: level\nchoices: [{choice: none, points: 15}, {choice: regional, points: 1}]"),)}, "choice_without_points", "warning"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: choice\nfact: level\nchoices: [{choice: world, points: 15}, {choice: none, points: 0}, {choice: regional, points: 1}, {choice: national, points: 1}]"),)}, "unknown_choice", "error"),
    ],
)  # fmt: skip
def test_each_doubt_has_its_code_and_its_place(pieces: dict[str, object], code: str, severity: str) -> None:
    found = findings(**pieces)
    assert set(found) == {code}
    assert (found[code].severity, found[code].line > 0, found[code].column > 0) == (severity, True, True)


def test_a_personal_column_may_not_be_added_up() -> None:
    facts = FACTS.replace("{id: hours, kind: decimal,", "{id: hours, kind: decimal, personal: true,")
    found = findings(facts=facts, criteria=(PANEL.replace("kind: panel", 'kind: formula\nformula: "total(groups, hours)"'),))
    assert found["personal_fact_in_rule"].params["fact"] == "groups.hours"


def test_errors_come_first_and_then_the_order_of_the_text() -> None:
    found = lint(
        sample(
            pot=POT.replace("rounding: {tie_break: [earlier_submission], closing: largest_remainder}\n", ""),
            criteria=(PANEL.replace('"2. člen"', '""'),),
        )
    )
    assert [finding.code for finding in found] == ["article_missing", "rounding_missing"]


# A rulebook that cannot be used yet


def seen(text: str) -> list[str]:
    """The codes of everything that is told at once, of a rulebook that cannot be used."""
    rulebook, found = look(text)
    assert rulebook is None and all(one.line and one.column for one in found)
    return sorted(one.code for one in found)


def test_a_missing_article_hides_nothing() -> None:
    bare = (
        POT.replace("caps: {request: requested}\n", "").replace("point_value", "full_request").replace("{closing: largest_remainder}", "{}")
    )
    whole = rulebook_text(pot=bare, facts=FACTS.replace("{sl: Leta, it: Anni}", "{sl: Leta}"))
    once = lint(read_rulebook(whole))
    assert {"cap_missing", "language_missing"} <= {one.code for one in once}
    torn = whole.replace('        article: "1. člen"\n', "")
    assert torn != whole and seen(torn) == sorted(["missing_key", *(one.code for one in once)])


def test_where_more_than_words_is_wrong_only_what_is_sure_is_told_beside_it() -> None:
    text = rulebook_text(
        facts=FACTS.replace("{sl: Leta, it: Anni}", "{sl: Leta}"),
        pot=POT.replace("rounding: {tie_break: [earlier_submission], closing: largest_remainder}\n", ""),
    )
    assert seen(text.replace("maximum: 15", "maximum: many")) == ["bad_value", "language_missing", "rounding_missing"]
    assert seen(text.replace("request: requested", "request: reqested")) == ["language_missing", "rounding_missing", "unknown_fact"]
    assert seen(text.replace("point_value", "point_vlue")) == ["language_missing", "unknown_value"]
    assert seen(text.replace("languages: [sl, it]", "languages: [sl, ti]")) == ["rounding_missing", "unknown_value"]


def test_whatever_line_is_torn_out_or_spoilt_the_rest_is_looked_at() -> None:
    lines = rulebook_text(pot=POT + "leftover: {to: [other]}\n", pots=(POT.replace("id: main", "id: other"),)).splitlines(keepends=True)
    for place in range(len(lines)):
        for instead in ([], [lines[place].replace(": ", ": x", 1)]):
            text = "".join([*lines[:place], *instead, *lines[place + 1 :]])
            rulebook, found = look(text)
            assert rulebook is not None or any(one.severity == "error" for one in found)
            assert not any("unread" in str(one) for one in found)
