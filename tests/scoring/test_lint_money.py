"""The linter on euros: funds, leftovers, ceilings, rounding, ties; and whatever is written, it never crashes."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.findings import Finding, RulebookError
from scoring.lint import lint
from scoring.rulebook import read_rulebook, rulebook_from_data
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text

ROOT = Path(__file__).parents[2]
CRITERION = ", ".join(PANEL.strip().splitlines())
PART = POT.replace('amount: "10000.00"', "percent: 60\nof: all")
FUND = "funds:\n  - {id: all, title: {sl: a, it: a}, article: x, amount: '1000.00'}\n"


def pot(name: str, text: str = POT) -> str:
    return text.replace("id: main", f"id: {name}") + f"criteria: [{{{CRITERION}}}]\n"


def only(text: str, code: str, at: str = "") -> Finding:
    """The one finding that there is, which must stand where ``at`` begins."""
    found = lint(read_rulebook(text))
    assert [finding.code for finding in found] == [code], [str(finding) for finding in found]
    assert found[0].line and found[0].advice
    line = text.splitlines()[found[0].line - 1]
    assert line[found[0].column - 1 :].startswith(at), line
    return found[0]


def funded(*pots: str, funds: str = FUND, last: str = POT) -> str:
    text = rulebook_text(pots=tuple(pots), pot=last, facts=FACTS)
    return text.replace("tracks:\n", f"{funds}tracks:\n", 1)


# Funds


@pytest.mark.parametrize(
    ("percents", "code", "severity", "at", "params"),
    [
        (("60", "40"), None, "", "", {}),
        (("60", "rest"), None, "", "", {}),
        (("60", "50"), "pots_do_not_add_up", "error", "id: all", {"fund": "all", "sum": "110"}),
        (("60", "30"), "money_left_over", "warning", "id: all", {"fund": "all", "sum": "90", "left": "100.00"}),
        (("rest", "rest"), "two_remainders", "error", "remainder", {"fund": "all"}),
        (("100", "rest"), "remainder_empty", "warning", "remainder", {"fund": "all"}),
        (("33.3333", "66.6667"), "percent_not_whole_cents", "warning", "percent", {"fund": "all", "percent": "33.3333"}),
        (("33.3333", "rest"), None, "", "", {}),
    ],
)
def test_parts_of_a_fund_add_up_to_it(percents: tuple[str, str], code: str | None, severity: str, at: str, params: dict[str, str]) -> None:
    first, second = (PART.replace("percent: 60", "remainder: yes" if one == "rest" else f"percent: {one}") for one in percents)
    text = funded(pot("first", first), last=second)
    if code is None:
        assert lint(read_rulebook(text)) == ()
        return
    found = lint(read_rulebook(text))
    assert {one.code for one in found} == {code}
    assert found[0].severity == severity and found[0].params == params
    assert text.splitlines()[found[0].line - 1][found[0].column - 1 :].lstrip("{").startswith(at)


def test_funds_that_nobody_uses_and_funds_of_themselves() -> None:
    assert only(funded(), "fund_unused", "{id: all").params == {"fund": "all"}
    around = "funds:\n  - {id: a, title: {sl: a, it: a}, article: x, percent: 50, of: b}\n  - {id: b, title: {sl: a, it: a}, article: x, percent: 50, of: a}\n"
    assert {one.code for one in lint(read_rulebook(funded(funds=around)))} == {"cyclic_funds"}


def test_a_fund_of_a_fund_adds_up_as_well() -> None:
    funds = "funds:\n  - {id: sport, title: {sl: a, it: a}, article: x, percent: 70, of: all}\n  - {id: all, title: {sl: a, it: a}, article: x, amount: 100}\n"
    rest = PART.replace("percent: 60", "remainder: yes")
    assert lint(read_rulebook(funded(pot("first", rest.replace("of: all", "of: sport")), funds=funds, last=rest))) == ()
    less = PART.replace("of: all", "of: sport")
    assert only(funded(pot("first", less), funds=funds, last=rest), "money_left_over").params == {
        "fund": "sport",
        "sum": "60",
        "left": "28.00",
    }


def test_funds_and_lists_of_pots_name_their_article() -> None:
    assert only(funded(last=PART.replace("60", "100"), funds=FUND.replace("article: x", "article: ''")), "article_missing", "article")
    exclusive = "exclusive: [{id: e, text: {sl: a, it: a}, article: '', pots: [first, main]}]\n"
    assert only(funded(pot("first"), funds=exclusive), "article_missing", "article")


def test_a_pot_without_money_needs_the_leftover_of_another() -> None:
    empty = POT.replace("10000.00", "0")
    assert only(rulebook_text(pot=empty), "pot_empty", "id: main").params == {"pot": "main"}
    assert lint(read_rulebook(rulebook_text(pots=(pot("first", POT + "leftover: {to: [main]}\n"),), pot=empty))) == ()


# Leftovers and lists of pots


def test_leftovers_run_in_a_circle_only_where_they_do() -> None:
    pots = (pot("a", POT + "leftover: {to: [b]}\n"), pot("b", POT + "leftover: {to: [c]}\n"), pot("c", POT + "leftover: {to: [b]}\n"))
    finding = only(rulebook_text(pots=pots), "cyclic_leftovers", "leftover")
    assert finding.params == {"pots": "b, c"} and finding.path.endswith("pots[1].leftover")
    straight = (pots[0], pots[1], pot("c", POT))
    for way in (straight, tuple(one.replace("]}", "], when: after}") for one in straight)):
        assert lint(read_rulebook(rulebook_text(pots=way))) == ()


@pytest.mark.parametrize(
    ("leftovers", "circle"),
    [
        (("[b], when: after", "[a], when: after"), "a, b"),
        (("[b]", "[a], when: after"), "a, b"),
        (("[b], when: after", "[c], when: after", "[a], when: after"), "a, b, c"),
        (("[b, c], when: after", "[d], when: after", "[b]", "[c], when: after"), "b, c, d"),
    ],
)
def test_leftovers_that_are_shared_out_afterwards_run_in_circles_too(leftovers: tuple[str, ...], circle: str) -> None:
    pots = tuple(pot(name, f"{POT}leftover: {{to: {to}}}\n") for name, to in zip("abcd", leftovers, strict=False))
    finding = only(rulebook_text(pots=pots), "cyclic_leftovers", "leftover")
    assert (finding.severity, finding.params) == ("error", {"pots": circle})


def test_what_is_left_may_go_both_ways_from_the_most_points_down() -> None:
    """As in an act for seven sports, where each one's leftover goes to the clubs of the six others."""
    both = tuple(pot(name, f"{POT}leftover: {{to: [{to}], when: after, order: score}}\n") for name, to in ("ab", "ba"))
    assert lint(read_rulebook(rulebook_text(pots=both))) == ()


def test_items_that_share_one_request_could_get_more_than_was_asked_for() -> None:
    items = "items: {table: groups, name: name}\n"
    finding = only(rulebook_text(pot=POT + items), "request_not_of_item", "request: requested")
    assert (finding.severity, finding.params) == ("error", {"pot": "main", "fact": "requested"})
    own = FACTS + "    - {id: asked, kind: money, label: {sl: Zaprošeno, it: Richiesto}}\n"
    text = rulebook_text(facts=own, pot=POT.replace("request: requested", "request: asked") + items)
    assert "request_not_of_item" not in [finding.code for finding in lint(read_rulebook(text))]


@pytest.mark.parametrize(
    ("leftover", "code", "at"),
    [
        ("{to: [main]}", "cyclic_leftovers", "main"),
        ("{to: [main], when: after}", "cyclic_leftovers", "main"),
        ("{to: [other, other]}", "leftover_twice", "other"),
        ("{to: [other], when: after, order: score}", "leftover_without_cap", "other"),
    ],
)
def test_where_a_leftover_cannot_go(leftover: str, code: str, at: str) -> None:
    other = pot(
        "other",
        POT.replace("point_value", "category_amounts").replace(
            "caps: {request: requested}\n", "category: level\namounts: {none: 1, regional: 2, national: 3}\n"
        ),
    )
    other = other.replace("tie_break: [earlier_submission], closing: largest_remainder", "closing: leave, tie_break: [lot]")
    finding = only(rulebook_text(pots=(other,), pot=POT + f"leftover: {leftover}\n"), code, at)
    assert finding.severity == ("warning" if code == "leftover_without_cap" else "error")


def test_each_pot_of_a_choice_can_be_chosen() -> None:
    rule = "exclusive: [{id: e, text: {sl: a, it: a}, article: x, pots: [first, main], keep: chosen, fact: FACT}]\n"
    assert only(funded(pot("first"), funds=rule.replace("FACT", "requested")), "fact_does_not_fit", "fact").params["fact_kind"] == "money"
    text = funded(pot("first"), funds=rule.replace("FACT", "level")).replace("id: regional", "id: first")
    assert only(text, "pot_not_offered", "fact").params == {"pot": "main", "fact": "level"}
    assert only(
        funded(pot("first"), funds=rule.replace("[first, main]", "[first, main, first]").replace(", keep: chosen, fact: FACT", "")),
        "pot_twice",
    )


# Whatever is written

NUMERIC = st.sampled_from(["members", "years", "spread", "costs", "groups", "worth", "many", "inclusive", "leader"])
SUMS = st.sampled_from(["requested", "costs"])
CLASSES = st.sampled_from(["level", "size"])
PERCENTS = st.sampled_from(["0", "40", "60", "100", "1/3"])
NUMBERS = st.sampled_from(["0", "1", "5", "0.5", "1/3", "7", "100", "101", "999999"])
FORMULAS = st.sampled_from([
    "members", "members / years", "members - 5", "requested + members", "level == 'none'", "inclusive", "count(groups)", "sum(groups, hours * participants)", "day + 1", "0",
    "if(members > 5, 1, years / spread)", "members < 0", "has(many, 'a')", "known(level)", "min(members, 3)", "size == 'A'", "worth * 2", "round(costs / 7, 2)", "years(day, '2026-01-01') >= 2", "hours > 2",
])  # fmt: skip
POINTS = st.sampled_from(["quality > 5", "total > 1000", "quality", "quality > 99", "not total"])


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def listed(one: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=1, max_size=most)


NAMED = {"title": st.just({"sl": "a", "it": "b"}), "article": st.sampled_from(["x", ""])}
ENDS = some(**{"from": NUMBERS, "below": NUMBERS}) | some(above=NUMBERS, to=NUMBERS)
BANDS = listed(ENDS.flatmap(lambda ends: NUMBERS.map(lambda points: {**ends, "points": points})))
ANSWERS = listed(st.fixed_dictionaries({"choice": st.sampled_from(["none", "regional", "world", "a"]), "points": NUMBERS}))
TABLES = st.dictionaries(
    st.sampled_from(["A", "B", "none"]), some(bands=BANDS, per_unit=NUMBERS, most_units=FORMULAS, choices=ANSWERS), max_size=3
)
COMPONENTS = listed(
    st.fixed_dictionaries(
        {"id": st.sampled_from("pq"), **NAMED, "formula": FORMULAS}, optional={"normed": st.just("yes"), "needs": FORMULAS}
    ),
    2,
)
BY_KIND = {
    "bands": ({"fact": NUMERIC, "bands": BANDS}, {"each": st.just("groups")}),
    "per_unit": ({"fact": NUMERIC, "per_unit": NUMBERS}, {"most_units": FORMULAS, "class": CLASSES, "tables": TABLES}),
    "choice": ({"fact": CLASSES, "choices": ANSWERS}, {"class": CLASSES, "tables": TABLES}),
    "flag": ({"fact": NUMERIC, "points": NUMBERS}, {"each": st.just("groups")}),
    "formula": ({"formula": FORMULAS}, {"each": st.just("groups")}),
    "components": ({"components": COMPONENTS}, {"norm": st.fixed_dictionaries({"actual": FORMULAS, "norm": FORMULAS}, optional={"unless": FORMULAS})}),
    "panel": ({"maximum": NUMBERS}, {"step": NUMBERS, "minimum": NUMBERS, "subcriteria": listed(st.fixed_dictionaries({"id": st.sampled_from("xyz"), "title": NAMED["title"], "maximum": NUMBERS}), 2)}),
}  # fmt: skip
THRESHOLDS = st.fixed_dictionaries({"minimum": NUMBERS}, optional={"inclusive": st.just("no")})
RELATIVE = st.fixed_dictionaries({"relative": st.fixed_dictionaries({"percent": PERCENTS, "of": st.sampled_from(["best", "sum"])})})
ANY_CRITERION = st.sampled_from(sorted(BY_KIND)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"id": st.sampled_from(["quality", "other"]), **NAMED, "kind": st.just(kind), **BY_KIND[kind][0]},
        optional={"when": FORMULAS, "threshold": THRESHOLDS, **BY_KIND[kind][1], **({} if kind == "panel" else {"maximum": NUMBERS})},
    )
)
TESTS = FORMULAS | st.fixed_dictionaries({"all": listed(FORMULAS)}) | st.fixed_dictionaries({"not": FORMULAS})
BY_ENGINE = {
    "point_value": some(equal_base=st.fixed_dictionaries({"percent": PERCENTS})),
    "fixed_point_value": st.fixed_dictionaries({"value": st.just("5")}, optional={"short": st.just("leave_out")}),
    "drivers": st.fixed_dictionaries({"drivers": listed(st.fixed_dictionaries({"id": st.sampled_from("de"), **NAMED, "percent": PERCENTS, "by": st.just("formula"), "formula": FORMULAS}), 2)}),
    "share_of_request": some(basis=SUMS, score_bands=listed(ENDS.flatmap(lambda ends: PERCENTS.map(lambda percent: {**ends, "percent": percent})))),
    "full_request": some(basis=SUMS),
    "waterfall": some(basis=SUMS, last=st.just("next")),
    "panel_amounts": st.just({}),
    "category_amounts": st.fixed_dictionaries({"category": CLASSES, "amounts": st.dictionaries(st.sampled_from(["none", "national"]), st.just("5"), min_size=1)}),
    "control_percentage": st.fixed_dictionaries({"basis": SUMS}, optional={"tiers": listed(ENDS.flatmap(lambda ends: NUMBERS.map(lambda factor: {**ends, "factor": factor})))}),
    "actual_cost": st.fixed_dictionaries({"cost_fact": SUMS}),
}  # fmt: skip
SECOND = st.fixed_dictionaries({"id": st.just("s"), **NAMED, "group": CLASSES, "factor": NUMBERS}, optional={"among": FORMULAS})
MONEY = (
    st.just({"amount": "100"})
    | st.just({"amount": "0"})
    | st.fixed_dictionaries({"of": st.sampled_from(["all", "part"]), "percent": PERCENTS})
    | st.just({"of": "all", "remainder": "yes"})
    | st.fixed_dictionaries(
        {
            "of": st.sampled_from(["all", "part"]),
            "by_count": st.fixed_dictionaries({**NAMED}, optional={"formula": FORMULAS, "rate": st.sampled_from(["0.05", "12.50"])}),
        }
    )
)
ANY_POT = st.sampled_from(sorted(BY_ENGINE)).flatmap(
    lambda name: st.tuples(
        st.fixed_dictionaries(
            {**NAMED, "engine": st.just(name)},
            optional={
                "criteria": st.lists(ANY_CRITERION, max_size=2, unique_by=lambda one: one["id"]),
                "maximum_points": st.sampled_from(["5", "100"]),
                "threshold": THRESHOLDS | RELATIVE, "caps": some(request=SUMS, amount=st.just("50"), limits=listed(st.fixed_dictionaries({"id": st.just("l"), **NAMED, "amount": st.just("9")}, optional={"when": FORMULAS}), 1)),
                "items": st.fixed_dictionaries({"table": st.just("groups")}, optional={"where": FORMULAS}),
                "conditions": listed(st.fixed_dictionaries({"id": st.just("k"), "text": NAMED["title"], "article": NAMED["article"], "holds": TESTS}), 1),
                "gates": listed(st.fixed_dictionaries({"id": st.just("g"), "text": NAMED["title"], "article": NAMED["article"], "holds": POINTS}), 1),
                "second_pass": listed(SECOND, 1),
                "minimum_award": st.fixed_dictionaries({"amount": st.sampled_from(["1", "70", "500"])}),
                "balance": st.fixed_dictionaries({"id": st.just("b"), **NAMED, "by": CLASSES}, optional={"least": PERCENTS, "most": PERCENTS}),
                "rounding": some(closing=st.just("to_one"), tie_break=st.lists(st.sampled_from(["lot", "applicant", "criterion:quality"]), max_size=3)),
                "leftover": st.fixed_dictionaries({"to": listed(st.sampled_from(["p0", "p1", "p2"]), 2), "when": st.sampled_from(["before", "after"])}),
            },
        ),
        MONEY,
        BY_ENGINE[name],
    ).map(lambda parts: {**parts[0], **parts[1], **parts[2]})
)  # fmt: skip
DERIVED = [
    {"id": "size", "title": {"sl": "a", "it": "b"}, "article": "x", "classes": [{"id": "A", "title": {"sl": "a"}, "when": "members > 5"}, {"id": "B", "title": {"sl": "a"}, "when": "members < 5"}]},
    {"id": "worth", "title": {"sl": "a", "it": "b"}, "article": "", "fact": "level", "choose": {"none": "1", "regional": "2.5"}},
]  # fmt: skip
FACT_DATA = read_rulebook(
    rulebook_text(
        facts=FACTS
        + "- {id: day, kind: date, label: {sl: a, it: a}}\n- {id: many, kind: choices, label: {sl: a, it: a}, choices: [{id: a, label: {sl: a, it: a}}]}\n"
    )
).to_data()["tracks"][0]["facts"]
FUNDS = [
    {"id": "all", "title": {"sl": "a", "it": "b"}, "article": "x", "amount": "100.01"},
    {"id": "part", "title": {"sl": "a", "it": "b"}, "article": "x", "of": "all", "percent": "33.3"},
]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(ANY_POT, min_size=1, max_size=3))
def test_whatever_is_written_is_refused_at_a_place_or_looked_at(pots: list[dict[str, Any]]) -> None:
    track = {"id": "t", "kind": "project", "title": {"sl": "a", "it": "b"}, "article": "x", "facts": FACT_DATA, "derived": DERIVED}
    data = {"format": "1", "id": "odd", "version": "1", "title": {"sl": "a", "it": "b"}, "languages": ["sl", "it"], "funds": FUNDS}
    for index, one in enumerate(pots):
        one["id"] = f"p{index}"
    try:
        found = lint(rulebook_from_data({**data, "tracks": [{**track, "pots": pots}]}))
    except RulebookError as error:
        found = error.findings
    assert found and all(one.path and one.message and one.code for one in found)


def test_every_code_of_the_linter_is_provoked_by_a_test() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "scoring").glob("lint*.py"))
    codes = set(re.findall(r'\b(?:note|own|found)\(\s*(?:"error"|"warning"|severity),\s*"(\w+)"', source))
    assert len(codes) > 60
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "scoring").glob("test_*.py"))
    assert sorted(code for code in codes if f'"{code}"' not in tests) == []
