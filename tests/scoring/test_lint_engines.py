"""The linter on engines: what each of them needs, and shares of groups that are possible."""

import pytest

from scoring.lint import lint
from scoring.rulebook import read_rulebook
from tests.scoring.samples import FACTS, POT, rulebook_text
from tests.scoring.test_lint_money import only

# One pot


def engine(name: str, more: str = "", **changes: str) -> str:
    text = POT.replace("point_value", name) + more
    for old, new in changes.items():
        text = text.replace(
            {"caps": "caps: {request: requested}\n", "closing": "tie_break: [earlier_submission], closing: largest_remainder"}[old], new
        )
    return text


TIES = "closing: leave, tie_break: [earlier_submission]"
AMOUNTS = "category: level\namounts: {none: 1, regional: 2, national: 3}\n"
DRIVER = "{{id: d{0}, title: {{sl: a, it: a}}, article: x, percent: {0}}}"


@pytest.mark.parametrize(
    ("text", "code", "severity", "at"),
    [
        (engine("full_request", caps=""), "cap_missing", "error", "id: main"),
        (engine("waterfall", caps="", closing=TIES), "cap_missing", "error", "id: main"),
        (engine("fixed_point_value", "value: 5\n", caps=""), "cap_missing", "warning", "id: main"),
        (engine("panel_amounts", caps=""), "cap_missing", "warning", "id: main"),
        (engine("category_amounts", AMOUNTS, caps="", closing=TIES), None, "", ""),
        (engine("share_of_request", "basis: costs\n", caps=""), None, "", ""),
        (engine("point_value", closing="point_value: cut"), "closing_missing", "warning", "rounding"),
        (engine("waterfall", closing="closing: leave"), "tie_missing", "warning", "rounding"),
        (engine("waterfall", closing="closing: leave, tie_break: [applicant]"), "tie_missing", "warning", "rounding"),
        (engine("full_request", "short: leave_out\n", closing="closing: leave"), "tie_missing", "warning", "rounding"),
        (engine("point_value", closing="closing: largest_remainder"), "tie_missing", "warning", "rounding"),
        (engine("point_value", closing="closing: to_one"), "tie_missing", "warning", "rounding"),
        (engine("actual_cost", "cost_fact: costs\n", closing="closing: largest_remainder"), "tie_missing", "warning", "rounding"),
        (engine("point_value", closing="closing: leave"), None, "", ""),
        (engine("point_value", closing="closing: to_one, tie_break: [applicant]"), "tie_missing", "warning", "rounding"),
        (engine("waterfall", closing="closing: leave, tie_break: ['criterion:quality', lot]"), None, "", ""),
        (engine("waterfall", closing="closing: leave, tie_break: [lot, earlier_submission]"), "rule_after_lot", "warning", "tie_break"),
        (engine("waterfall", closing="closing: leave, tie_break: [earlier_submission, earlier_submission]"), "rule_twice", "warning", "earlier_submission"),
        (engine("drivers", "drivers: [" + DRIVER.format(60) + ", " + DRIVER.format(30) + "]\n"), "slices_do_not_add_up", "error", "drivers"),
        (engine("drivers", "drivers: [" + DRIVER.format(60) + ", " + DRIVER.format(40) + "]\n"), None, "", ""),
        (engine("category_amounts", AMOUNTS.replace("none: 1, ", ""), closing=TIES), "category_without_amount", "warning", "amounts"),
        (POT + "minimum_award: {amount: 600}\n", None, "", ""),
        (engine("point_value", "minimum_award: {amount: 600}\n", caps="caps: {amount: 500}\n"), "minimum_above_cap", "error", "amount"),
        (engine("point_value", "minimum_award: {amount: 600}\n", caps="caps: {request: requested, limits: [{id: l, title: {sl: a, it: a}, article: x, amount: 500}]}\n"), "minimum_above_cap", "error", "amount"),
        (engine("point_value", caps="caps: {request: requested, limits: [{id: l, title: {sl: a, it: a}, article: x, amount: 500, when: members < 0}]}\n"), "never_holds", "warning", "when"),
        (POT + "minimum_award: {amount: 10001}\n", "minimum_above_pot", "error", "amount"),
    ],
)  # fmt: skip
def test_what_one_pot_can_have_wrong(text: str, code: str | None, severity: str, at: str) -> None:
    if code is None:
        assert lint(read_rulebook(rulebook_text(pot=text))) == ()
    else:
        assert only(rulebook_text(pot=text), code, at).severity == severity


def test_a_share_of_points_needs_their_maximum() -> None:
    endless = "id: f\ntitle: {sl: a, it: a}\narticle: x\nkind: formula\nformula: members\n"
    found = lint(read_rulebook(rulebook_text(pot=engine("share_of_request"), criteria=(endless,))))
    assert [(one.code, one.severity) for one in found] == [("share_without_maximum", "error"), ("maximum_missing", "warning")]
    bands = "score_bands: [{below: 10, percent: 0}, {from: 10, percent: 50}]\n"
    assert [one.code for one in lint(read_rulebook(rulebook_text(pot=engine("share_of_request", bands), criteria=(endless,))))] == [
        "maximum_missing"
    ]


@pytest.mark.parametrize("name", ["point_value", "waterfall", "share_of_request", "fixed_point_value", "drivers"])
def test_engines_that_go_by_points_need_criteria(name: str) -> None:
    more = {"fixed_point_value": "value: 5\n", "drivers": "drivers: [" + DRIVER.format(100) + "]\n"}.get(name, "")
    assert (
        only(rulebook_text(pot=engine(name, more, closing="closing: leave, tie_break: [lot]"), criteria=()), "criteria_missing").severity
        == "error"
    )


@pytest.mark.parametrize(
    "text",
    [
        engine("full_request"),
        engine("panel_amounts"),
        engine("category_amounts", AMOUNTS, closing=TIES),
        engine("control_percentage", "basis: costs\n"),
    ],
)
def test_other_engines_do_not(text: str) -> None:
    assert lint(read_rulebook(rulebook_text(pot=text, criteria=()))) == ()


BALANCE = "balance: {id: b, title: {sl: a, it: a}, article: x, by: level"
ANSWERED = FACTS.replace("- id: level\n", "- id: level\n  required: true\n")


@pytest.mark.parametrize(
    ("rest", "code", "severity", "params"),
    [
        ("least: 20}", None, "", {}),
        ("}", "balance_empty", "error", {}),
        ("least: 40}", "balance_impossible", "error", {"sum": "120"}),
        ("least: 30, groups: [{group: none, least: 50}]}", "balance_impossible", "error", {"sum": "110"}),
        ("groups: [{group: none, least: 60, most: 50}]}", "least_above_most", "error", {"group": "none", "least": "60", "most": "50"}),
        (
            "least: 10, most: 50, groups: [{group: none, least: 60}]}",
            "least_above_most",
            "error",
            {"group": "none", "least": "60", "most": "50"},
        ),
        ("most: 30}", "balance_leaves_money", "warning", {"sum": "90"}),
        ("most: 40}", None, "", {}),
        ("groups: [{group: none, most: 10}]}", None, "", {}),
    ],
)
def test_shares_of_groups_are_possible(rest: str, code: str | None, severity: str, params: dict[str, str]) -> None:
    text = rulebook_text(pot=POT + BALANCE + (f", {rest}" if rest != "}" else rest) + "\n", facts=ANSWERED)
    if code is None:
        assert lint(read_rulebook(text)) == ()
    else:
        finding = only(text, code)
        assert (finding.severity, finding.params) == (severity, params)


@pytest.mark.parametrize("facts", [FACTS, FACTS.replace("- id: level\n", "- id: level\n  required: true\n  when: members > 5\n")])
def test_whoever_need_not_say_the_group_is_in_none(facts: str) -> None:
    finding = only(rulebook_text(pot=POT + BALANCE + ", least: 20}\n", facts=facts), "balance_unanswered", "by: level")
    assert (finding.severity, finding.params) == ("warning", {"fact": "level"})


def test_a_balance_between_yes_and_no_has_two_groups() -> None:
    facts = FACTS.replace("{id: inclusive, kind: boolean,", "{id: inclusive, kind: boolean, required: true,")
    text = rulebook_text(pot=POT + BALANCE.replace("by: level", "by: inclusive") + ", least: 60}\n", facts=facts)
    assert only(text, "balance_impossible").params == {"sum": "120"}
