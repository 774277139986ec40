"""The trace of points and euros: every step names the article of its rule, its numbers are exact, and marks show how they became points."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.__main__ import main
from scoring.allocation import Allocation, allocate
from scoring.points import Agreement, Entry, Mark, Sheet, score_pot
from scoring.rulebook import Rulebook
from scoring.working import exactly
from tests.scoring.samples import PANEL, POT, rulebook_text, sample

MEMBERS = (
    'id: size\ntitle: {sl: Velikost, it: Grandezza}\narticle: "7. člen"\nkind: per_unit\nfact: members\nper_unit: 1\nmost_units: 100\n'
)
FACTS: dict[str, dict[str, Any]] = {
    "A": {"members": 40, "requested": 90000, "level": "regional"}, "B": {"members": 30, "requested": 90000, "level": "national"},
}  # fmt: skip


def pot(engine: str, extra: str = "", amount: str = "1000.00", caps: str = "{request: requested}") -> str:
    text = POT.replace('"1. člen"', '"8. člen"').replace("engine: point_value", f"engine: {engine}").replace("10000.00", amount)
    return text.replace("caps: {request: requested}", f"caps: {caps}") + extra


def divided(rulebook: Rulebook, facts: dict[str, dict[str, Any]] = FACTS, **more: Any) -> Allocation:
    sheets = [
        sheet for track, rules in rulebook.pots() for sheet in score_pot(track, rules, [Entry(name, own) for name, own in facts.items()])
    ]
    return allocate(rulebook, sheets, facts, **more)


def articles(allocation: Allocation, name: str = "A", where: str = "main") -> dict[str, str]:
    return {step.code: step.params.get("article", "") for step in allocation.award(name, where).steps}


@pytest.mark.parametrize(
    ("engine", "extra"),
    [
        ("point_value", ""), ("fixed_point_value", "value: 20\n"), ("fixed_point_value", "value: 20\nshort: leave_out\n"), ("share_of_request", ""),
        ("share_of_request", "score_bands: [{from: 5, percent: 60}]\n"), ("full_request", ""), ("waterfall", "last: nothing\n"),
        ("category_amounts", "category: level\namounts: {regional: 800, national: 900}\n"), ("control_percentage", "basis: requested\n"),
        ("actual_cost", "cost_fact: requested\n"), ("point_value", "minimum_award: {amount: 500, below: drop}\n"),
        ("point_value", "minimum_award: {amount: 450, below: raise}\n"),
    ],
)  # fmt: skip
def test_every_step_of_every_engine_names_the_article_of_the_pot_where_its_rule_has_none(engine: str, extra: str) -> None:
    allocation = divided(sample(criteria=(MEMBERS,), pot=pot(engine, extra)), order={"A": 0, "B": 1})
    for name in FACTS:
        found = articles(allocation, name)
        assert found.pop("award") == "" and found and set(found.values()) == {"8. člen"}, found


def test_drivers_limits_balance_and_base_name_their_own_articles() -> None:
    drivers = (
        'drivers: [{id: all, title: {sl: Vse, it: Tutto}, article: "9. člen", percent: 60, by: points}, '
        '{id: even, title: {sl: Enako, it: Uguale}, article: "9. člen", percent: 40, by: equal}]\n'
    )
    limited = "{request: requested, limits: [{id: low, title: {sl: Mali, it: Piccoli}, article: '10. člen', amount: 200}]}"
    found = articles(divided(sample(criteria=(MEMBERS,), pot=pot("drivers", drivers, caps=limited))))
    assert (found["driver"], found["cap_limit"], found["pot"], found["driver_sum"]) == ("9. člen", "10. člen", "8. člen", "8. člen")
    base = 'equal_base: {amount: 100, article: "11. člen"}\n'
    balance = 'balance: {id: fair, title: {sl: Delež, it: Quota}, article: "12. člen", by: level, most: 20}\n'
    found = articles(divided(sample(criteria=(MEMBERS,), pot=pot("point_value", base + balance))))
    assert (found["equal_base"], found["with_base"], found["balance_most"]) == ("11. člen", "11. člen", "12. člen")


def test_money_that_comes_from_elsewhere_names_the_article_of_the_leftover() -> None:
    first = POT.replace("id: main", "id: first").replace('"1. člen"', '"5. člen"') + 'leftover: {to: [main], article: "6. člen"}\n'
    allocation = divided(sample(pots=(first + "criteria: []\n",), criteria=(MEMBERS,), pot=pot("full_request")))
    assert articles(allocation)["joined"] == "6. člen"
    after = first.replace("to: [main]", "to: [main], when: after")
    short = pot("waterfall", amount="100.00")
    assert (
        articles(divided(sample(pots=(after + "criteria: []\n",), criteria=(MEMBERS,), pot=short), order={"A": 0, "B": 1}))["received"]
        == "6. člen"
    )


def test_a_threshold_without_an_article_is_that_of_its_pot_or_criterion() -> None:
    own = MEMBERS + "threshold: {minimum: 35}\n"
    allocation = divided(sample(criteria=(own,), pot=pot("point_value", "threshold: {minimum: 50}\n")))
    assert articles(allocation, "B") == {"criterion_threshold": "7. člen", "threshold": "8. člen", "award": ""}
    relative = divided(sample(criteria=(MEMBERS,), pot=pot("point_value", "threshold: {relative: {percent: 100, of: best}}\n")))
    assert articles(relative, "B")["below_best"] == "8. člen"


def test_numbers_that_people_see_cut_are_exact_for_machines() -> None:
    allocation = divided(sample(criteria=(MEMBERS,), pot=pot("point_value")))
    steps = {step.code: step.params for step in allocation.award("A", "main").steps}
    assert (steps["point_value"]["value"], steps["point_value"]["value_exact"]) == ("14.2857…", "100/7")
    assert Fraction(steps["product"]["points"]) * Fraction(steps["product"]["value_exact"]) == Fraction(steps["product"]["product_exact"])
    data = allocation.to_data()
    cut = [
        (key, params)
        for result in data["results"]
        for award in result["awards"]
        for step in award["steps"]
        for params in (step["params"],)
        for key, value in params.items()
        if value.endswith("…")
    ]
    assert cut and all(f"{key}_exact" in params for key, params in cut)


def test_a_number_with_thousands_of_digits_is_only_cut() -> None:
    assert set(exactly("product", Fraction(7**3000, 3**3000))) == {"product"}
    assert exactly("product", Fraction(19200, 7)) == {"product": "2742.8571…", "product_exact": "19200/7"}


# ── marks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def judged(rule: str, *given: int) -> Sheet:
    rulebook = sample(criteria=(PANEL,), pot=pot("point_value", f"aggregation: {rule}\n"))
    track, rules = rulebook.track_and_pot("main")
    marks = tuple(Mark(f"m{member}", "quality", Fraction(points)) for member, points in enumerate(given))
    agreed = [Agreement("quality", Fraction(7), {"sl": "Ker je dobro."})]
    return score_pot(track, rules, [Entry("A", {}, marks, agreed)])[0]


@pytest.mark.parametrize(
    ("rule", "given", "inputs", "sentence"),
    [
        ("mean", (8, 6), {"marks": "6; 8"}, "Mean of the marks: (6 + 8) / 2 = 7."),
        ("trimmed_mean", (8, 1, 15), {"marks": "1; 8; 15", "counted": "8"}, "Mean of the marks without the highest and the lowest (all marks: 1; 8; 15): (8) / 1 = 8."),
        ("trimmed_mean", (8, 6), {"marks": "6; 8"}, "Mean of the marks: (6 + 8) / 2 = 7."),
        ("median", (8, 1, 15), {"marks": "1; 8; 15", "counted": "8"}, "Median of the marks: 1; 8; 15 → 8."),
        ("agreed", (8, 1), {"agreed": "7"}, "The mark that the panel agreed on: 7."),
    ],
)  # fmt: skip
def test_marks_show_how_they_became_the_points(rule: str, given: tuple[int, ...], inputs: dict[str, str], sentence: str) -> None:
    line = judged(rule, *given).lines[0]
    assert dict(line.inputs) == inputs
    assert line.marks_sentence("en") == sentence
    assert line.marks_sentence("sl") and line.marks_sentence("it") and "{" not in line.marks_sentence("sl") + line.marks_sentence("it")
    assert line.sentence("sl") == "Ker je dobro."  # the panel's own words stay what they are


# ── what is printed ───────────────────────────────────────────────────────────────────────────────────────────────────


def printed(folder: Path, capsys: pytest.CaptureFixture[str], command: str, text: str, facts: str, *options: str) -> str:
    (folder / "rulebook.yaml").write_text(text, encoding="utf-8")
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    assert main([command, str(folder / "rulebook.yaml"), str(folder / "facts.yaml"), *options]) == 0
    return capsys.readouterr().out


def test_score_prints_the_article_of_each_criterion_the_working_of_marks_and_that_of_a_threshold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = rulebook_text(criteria=(PANEL,), pot=pot("point_value", 'threshold: {minimum: 10, article: "12. člen"}\n'))
    facts = "applicants: [{id: A, facts: {}, pots: {main: {marks: [{member: m, criterion: quality, points: 6}, {member: n, criterion: quality, points: 8}]}}}]\n"
    out = printed(tmp_path, capsys, "score", text, facts)
    assert "quality (2. člen): 7 of 15  Mean of the marks: (6 + 8) / 2 = 7. (no reason)" in out
    assert "so it does not reach it (12. člen)." in out
    assert "Povprečje ocen: (6 + 8) / 2 = 7." in printed(tmp_path, capsys, "score", text, facts, "--language", "sl")


def test_allocate_prints_the_points_and_the_article_of_each_step_and_of_the_rule_by_which_somebody_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = pot("full_request").replace("id: main", "id: other").replace("8. člen", "13. člen") + "criteria: []\n"
    text = rulebook_text(pots=(second,), criteria=(MEMBERS,), pot=pot("point_value"))
    text = text.replace(
        "tracks:", 'exclusive: [{id: once, text: {sl: Enkrat., it: Una volta.}, article: "14. člen", pots: [main, other]}]\ntracks:', 1
    )
    facts = 'applicants: [{id: A, facts: {members: 40, requested: "90"}}]\n'
    out = printed(tmp_path, capsys, "allocate", text, facts, "--explain", "A")
    assert "        size (7. člen): 40\n        Published funds: 1,000.00 EUR (8. člen).\n" in out
    assert "so it receives nothing here (14. člen)." in out
