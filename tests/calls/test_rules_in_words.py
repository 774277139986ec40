"""Every construct of the language of rulebooks is said in words on the page of the call: a table of rules and sentences."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from grants.base.language import in_language
from grants.calls.letters.rules import page as rules
from scoring.rulebook import Rulebook, rulebook_from_data

pytestmark = pytest.mark.one_database


def text(said: str) -> dict[str, str]:
    return {"sl": said, "it": said, "en": said}


FACTS: list[dict[str, Any]] = [
    {"id": "members", "kind": "integer", "label": text("Members")},
    {"id": "requested", "kind": "money", "label": text("Request")},
    {"id": "cost", "kind": "money", "label": text("Cost")},
    {"id": "founded", "kind": "date", "label": text("Founded")},
    {"id": "seat", "kind": "boolean", "label": text("Seat here")},
    {"id": "area", "kind": "choice", "label": text("Area"), "choices": [{"id": "east", "label": text("East")}, {"id": "west", "label": text("West")}]},
    {"id": "wish", "kind": "choice", "label": text("Wish"), "choices": [{"id": "main", "label": text("Main")}, {"id": "other", "label": text("Other")}]},
    {
        "id": "groups", "kind": "table", "label": text("Groups"),
        "columns": [{"id": "size", "kind": "integer", "label": text("Size")}, {"id": "hours", "kind": "integer", "label": text("Hours")}],
    },
]  # fmt: skip
DERIVED: list[dict[str, Any]] = [
    {"id": "weight", "title": text("Weight"), "article": "2. člen", "formula": "members * 2"},
    {"id": "grade", "title": text("Grade"), "article": "2. člen", "fact": "area", "choose": {"east": "3", "west": "1"}},
    {"id": "step", "title": text("Step"), "article": "2. člen", "fact": "members", "bands": [{"to": "10", "value": "1"}, {"above": "10", "value": "2"}]},
    {
        "id": "class", "title": text("Class"), "article": "2. člen",
        "classes": [{"id": "big", "title": text("Big"), "when": "members >= 50"}, {"id": "small", "title": text("Small")}],
    },
]  # fmt: skip
FLAG: dict[str, Any] = {"id": "here", "kind": "flag", "fact": "seat", "points": "10", "title": text("Here"), "article": "3. člen"}
PANEL: dict[str, Any] = {"id": "quality", "kind": "panel", "maximum": "10", "title": text("Quality"), "article": "3. člen"}


def rulebook(
    *, pot: dict[str, Any] | None = None, criterion: dict[str, Any] | None = None, track: dict[str, Any] | None = None, **top: Any
) -> Rulebook:
    """A small rulebook with these parts in it."""
    criteria = [FLAG, PANEL, *([{"title": text("One"), "id": "one", "article": "3. člen", **criterion}] if criterion else [])]
    first = {
        "id": "main", "title": text("Main"), "article": "4. člen", "amount": "1000.00", "engine": "point_value", "criteria": criteria, **(pot or {}),
    }  # fmt: skip
    first = {key: value for key, value in first.items() if value is not None}
    second = {"id": "other", "title": text("Other"), "article": "4. člen", "amount": "500.00", "engine": "point_value", "criteria": [FLAG]}
    whole = {
        "id": "t", "kind": "project", "title": text("T"), "article": "1. člen", "facts": FACTS, "derived": DERIVED, "pots": [first, second], **(track or {}),
    }  # fmt: skip
    return rulebook_from_data(
        {"format": "1", "id": "words", "version": "1", "title": text("W"), "languages": ["sl"], "tracks": [whole], **top}
    )


def plain(said: str) -> str:
    return re.sub(r"\s+", " ", said.replace("\u00a0", " "))


def said_of(book: Rulebook) -> str:
    track, pot = book.track_and_pot("main")
    words = [f"{what}: {rule}" for what, rule in rules.rules_said(pot, track, book)]
    for criterion in pot.criteria:
        scale = rules.scale(criterion, track, pot)
        words += [*scale.lead, *(f"{what}: {worth}" for what, worth in scale.steps), *scale.after]
    for condition in track.conditions:
        words += rules.condition_said(condition, track)
    for derived in track.derived:
        lead, steps = rules.derived_said(derived, track)
        words += [*lead, *(f"{what}: {value}" for what, value in steps)]
    words += [f"{title}: {amount}" for title, amount in rules.funds_said(book)] + rules.exclusives_said(book)
    return plain("\n".join(words))


POTS: list[tuple[dict[str, Any], str]] = [
    ({"engine": "fixed_point_value", "value": "2.5"}, "The value of a point is fixed: 2.50 EUR."),
    ({"engine": "fixed_point_value", "value": "2.5", "short": "leave_out"}, "those with the fewest points are left out"),
    ({"engine": "drivers", "drivers": [{"id": "a", "title": text("A"), "article": "7. člen", "percent": "100", "by": "criteria", "criteria": ["here"]}]}, "A: 100 % (1,000.00 EUR), by the points for “Here” (7. člen)."),
    ({"engine": "drivers", "drivers": [{"id": "a", "title": text("A"), "article": "7", "percent": "100", "by": "formula", "formula": "members"}]}, "in proportion to “Members”"),
    ({"engine": "drivers", "drivers": [{"id": "a", "title": text("A"), "article": "7", "percent": "100", "by": "equal"}]}, "equally (7)"),
    ({"engine": "share_of_request", "caps": {"request": "requested"}}, "the share of “Request” that its points are of the maximum (20)"),
    ({"engine": "share_of_request", "caps": {"request": "requested"}, "score_bands": [{"from": "10", "percent": "80"}]}, "10 points or more: 80 %"),
    ({"engine": "full_request", "caps": {"request": "requested"}}, "gets the whole amount (“Request”) under the ceilings"),
    ({"engine": "waterfall", "caps": {"request": "requested"}, "last": "next"}, "is passed over, and the next one is looked at"),
    ({"engine": "waterfall", "caps": {"request": "requested"}, "last": "nothing"}, "gets nothing, and so do all after it"),
    ({"engine": "panel_amounts"}, "The committee decides the amounts"),
    ({"engine": "category_amounts", "category": "area", "amounts": {"east": "300.00", "west": "100.00"}}, "“Area” (East: 300.00 EUR; West: 100.00 EUR)"),
    ({"engine": "control_percentage", "basis": "cost", "tiers": [{"to": "1000", "factor": "1"}, {"above": "1000", "factor": "0.5"}]}, "1,000.00 EUR or less: × 1; more than 1,000.00 EUR: × 0.5"),
    ({"engine": "actual_cost", "cost_fact": "cost"}, "Recognised actual costs are paid"),
    ({"maximum_points": "15", "above_maximum": "cut"}, "Most points: What goes beyond 15 points is cut."),
    ({"equal_base": {"percent": "20"}}, "First 20 % of the money (200.00 EUR) is divided equally"),
    ({"equal_base": {"amount": "50.00"}}, "first gets 50.00 EUR alike"),
    ({"caps": {"amount": "400.00", "cost": "cost", "cost_share": "0.7", "limits": [{"id": "l", "title": text("Small clubs"), "article": "9. člen", "amount": "90.00", "when": "members < 10"}]}}, "Small clubs: at most 90.00 EUR, if “Members” < 10 (9. člen)."),
    ({"caps": {"cost": "cost", "cost_share": "0.7"}}, "At most 70 % of the costs are co-financed (“Cost”)."),
    ({"minimum_award": {"amount": "50.00", "below": "drop"}}, "below 50.00 EUR is not given"),
    ({"minimum_award": {"amount": "50.00", "below": "pay"}}, "An award below 50.00 EUR is paid as it is."),
    ({"minimum_award": {"amount": "50.00", "below": "raise"}}, "is raised to that amount"),
    ({"balance": {"id": "b", "title": text("Fair"), "article": "9. člen", "by": "area", "least": "20", "groups": [{"group": "west", "most": "30"}]}}, "“West”: at most 30 % of the money (300.00 EUR)."),
    ({"threshold": {"minimum": "12"}}, "At least 12 points of 20 are needed."),
    ({"threshold": {"minimum": "12", "inclusive": False}}, "More than 12 points of 20 are needed."),
    ({"threshold": {"relative": {"percent": "60", "of": "best"}}}, "At least 60 % of this is needed: the points of the best application."),
    ({"threshold": {"relative": {"percent": "60", "of": "median"}}}, "the middle of all applications"),
    ({"gates": [{"id": "g", "text": text("Quality counts."), "article": "6. člen", "holds": "quality >= 5 and total >= 10"}]}, "Quality counts. Needed: “Quality” ≥ 5 and all points ≥ 10. (6. člen)"),
    ({"second_pass": [{"id": "s", "title": text("Best"), "article": "6. člen", "group": "area", "factor": "1.2", "among": "members > 3"}]}, "the best 1 of each group by “Area”"),
    ({"second_pass": [{"id": "s", "title": text("Best"), "article": "6. člen", "group": "area", "points": "5", "equals": "none"}]}, "Of those who are equal in the last place none counts."),
    ({"criteria": [FLAG], "items": {"table": "groups", "where": "size > 4"}}, "Every row of “Groups” for which “Size” > 4 is scored and funded on its own."),
    ({"criteria": [FLAG], "items": {"table": "groups"}, "caps": {"limits": [{"id": "l", "title": text("Per group"), "article": "9. člen", "amount": "90.00", "when": "size < 4"}]}}, "Per group: at most 90.00 EUR, if “Size” < 4"),
    ({"conditions": [{"id": "c", "text": text("Old enough."), "article": "5. člen", "holds": "seat == 1"}]}, "“Seat here” = yes"),
    ({"conditions": [{"id": "c", "text": text("Old enough."), "article": "5. člen", "holds": 'years(founded, "2026-01-01") >= 2'}]}, "full years from “Founded” to 1 January 2026"),
    ({"leftover": {"to": ["other"]}}, "joins “Other” before anything is computed there"),
    ({"leftover": {"to": ["other"], "when": "after"}}, "by the same rule after “Other” were divided"),
    ({"leftover": {"to": ["other"], "when": "after", "order": "score"}}, "from the most points down, each up to the ceiling"),
    ({"rounding": {"point_value": "cut", "decimals": 2, "award_unit": "10", "closing": "to_one"}}, "What then remains goes to one application as a whole"),
    ({"rounding": {"tie_break": ["criterion:quality", "lot", "applicant"]}}, "more points for “Quality”, a drawn lot, which is recorded, the alphabet"),
    ({"rounding": {"award": "cut"}}, "Each award is rounded down on its own."),
    ({"aggregation": "median", "least_marks": 3}, "Least number of marks: 3."),
]  # fmt: skip
CRITERIA: list[tuple[dict[str, Any], str]] = [
    ({"kind": "per_unit", "fact": "members", "per_unit": "2", "most_units": "weight / 2"}, "At most “Weight” / 2 are counted."),
    ({"kind": "flag", "fact": "seat", "points": "5", "when": 'area == "east"', "otherwise": text("Only for the east.")}, "Only if “Area” = “East”; otherwise 0 points."),
    ({"kind": "flag", "fact": "seat", "points": "5", "threshold": {"minimum": "5", "article": "8. člen"}}, "Whoever reaches less than 5 points here gets nothing. (8. člen)"),
    ({"kind": "per_unit", "fact": "size", "per_unit": "1", "each": "groups"}, "Computed for every row of “Groups”."),
    ({"kind": "formula", "formula": "if(known(founded), sum(groups, size * hours), count(groups))", "maximum": "50"}, "(if “Founded” is stated and proven: the sum of “Size” × “Hours” over the rows of “Groups”, otherwise the number of rows of “Groups”)"),
    ({"kind": "bands", "fact": "members", "class": "class", "tables": {"big": {"bands": [{"from": "0", "points": "9"}]}, "small": {"bands": [{"from": "0", "points": "4"}]}}}, "Small: 0 or more: 4 points"),
    ({"kind": "components", "each": "groups", "components": [{"id": "h", "title": text("Work"), "formula": "hours", "normed": True, "needs": "known(hours)"}], "norm": {"actual": "size", "norm": "12", "unless": "hours > 100"}}, "The group is full to the share of “Size” in the norm 12"),
    ({"kind": "panel", "subcriteria": [{"id": "s", "title": text("Idea"), "maximum": "6", "descriptors": [{"points": "3", "text": text("good")}]}]}, "Idea: from 0 to 6 points, step of a mark: 1 point"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "said"), POTS, ids=[said[:40] for _part, said in POTS])
def test_every_rule_about_money_is_said(app: Flask, part: dict[str, Any], said: str) -> None:
    with app.test_request_context("/en/"), in_language("en"):
        assert said in said_of(rulebook(pot=part))


@pytest.mark.parametrize(("part", "said"), CRITERIA, ids=[said[:40] for _part, said in CRITERIA])
def test_every_kind_of_criterion_is_said(app: Flask, part: dict[str, Any], said: str) -> None:
    with app.test_request_context("/en/"), in_language("en"):
        assert said in said_of(rulebook(criterion=part))


def test_conditions_are_said_with_all_any_not_and_their_exceptions(app: Flask) -> None:
    condition = {
        "id": "c", "text": text("Ours."), "article": "5. člen", "holds": {"all": ["seat", {"any": ["members > 5", {"not": 'area == "west"'}]}]},
        "except": [{"holds": "members > 100", "text": text("large clubs"), "article": "5.a člen"}],
    }  # fmt: skip
    with app.test_request_context("/en/"), in_language("en"):
        said = said_of(rulebook(track={"conditions": [condition, {"id": "o", "text": text("Honest."), "article": "5. člen"}]}))
    assert "all of these: (“Seat here”; at least one of these: (“Members” > 5; not: (“Area” = “West”)))" in said
    assert "Exception: large clubs (5.a člen), if “Members” > 100." in said
    assert "The office establishes it." in said


def test_derived_values_and_classes_are_said(app: Flask) -> None:
    with app.test_request_context("/en/"), in_language("en"):
        said = said_of(rulebook())
    for one in ("Computed by the formula “Members” × 2", "East: 3", "10 or less: 1", "Big: “Members” ≥ 50", "Small: all the others"):
        assert one in said


def test_funds_percentages_and_exclusive_pots_are_said_with_their_euros(app: Flask) -> None:
    funds = [{"id": "all", "title": text("Everything"), "article": "2. člen", "amount": "9000.00"}]
    only = [{"id": "one", "text": text("Once."), "article": "6. člen", "pots": ["main", "other"], "keep": "chosen", "fact": "wish"}]
    only[0]["except"] = [{"holds": "seat", "text": text("Seat here"), "article": "7. člen"}]
    with app.test_request_context("/en/"), in_language("en"):
        book = rulebook(pot={"amount": None, "percent": "40", "of": "all"}, funds=funds, exclusive=only)
        said = said_of(book)
    assert "Everything: 9,000.00 EUR (2. člen)" in said and "Amount: 40 % of “Everything”" in said
    assert book.pot("main").amount_cents == 360_000
    assert "only one of these: “Main”, “Other”. The one it chose in the form counts. (6. člen)" in said
    assert "Exception: Seat here (7. člen), if “Seat here”." in said


def test_a_maximum_that_is_not_set_is_called_no_limit(app: Flask) -> None:
    with app.test_request_context("/en/"), in_language("en"):
        assert rules.maximum_said(rulebook(criterion={"kind": "formula", "formula": "members"}).pot("main").maximum) == "no limit"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ({}, "Amount: a part of “Everything” in proportion to what is counted among those who take part: Heads (5. člen)"),
        ({"formula": "members"}, "what is counted among those who take part: Heads (“Members”) (5. člen)"),
        ({"rate": "12.50"}, "from “Everything” 12.50 EUR for each that is counted among those who take part: Heads;"),
    ],
)
def test_a_pot_that_is_sized_by_a_count_says_so_and_names_no_amount(app: Flask, count: dict[str, Any], said: str) -> None:
    funds = [{"id": "all", "title": text("Everything"), "article": "2. člen", "amount": "9000.00"}]
    by_count = {"title": text("Heads"), "article": "5. člen", **count}
    with app.test_request_context("/en/"), in_language("en"):
        told = said_of(rulebook(pot={"amount": None, "of": "all", "by_count": by_count, "equal_base": {"percent": "20"}}, funds=funds))
    assert said in told, told
    assert "First 20 % of the money (how much is known when the applications are) is divided equally" in told
