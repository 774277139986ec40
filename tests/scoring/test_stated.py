"""Whether something was stated can be asked of every kind of fact, also of words and tables; that makes no number of them."""

from typing import Any

import pytest

from scoring.facts import Proven
from scoring.findings import RulebookError
from scoring.points import Sheet
from scoring.rulebook import Rulebook
from tests.scoring.test_criteria import SPORT_FACTS, criterion, rules, scored


def points_of(rulebook: Rulebook, facts: dict[str, Any]) -> object:
    sheet: Sheet = scored(rulebook, facts)
    assert all(line.reason.sentence(language) for line in sheet.lines for language in ("sl", "it", "en"))
    return sheet.total


def test_of_every_kind_of_fact_can_be_asked_whether_it_was_stated() -> None:
    facts = SPORT_FACTS + "- {id: site, kind: url, label: {sl: a, it: a}}\n- {id: plan, kind: file, label: {sl: a, it: a}}\n"
    names = ["members", "spread", "requested", "inclusive", "remark", "site", "level", "fields", "founded", "plan", "groups"]
    rulebook = rules(criterion("kind: formula\nmaximum: 99\nformula: " + " + ".join(f"known({name})" for name in names)), facts=facts)
    stated = {"members": 3, "spread": "0.5", "requested": 100, "inclusive": False, "remark": "a", "site": "https://a.example", "level": "none"} | {
        "fields": ["youth"], "founded": "2026-01-01", "plan": ["x"], "groups": [{"name": "A"}],
    }  # fmt: skip
    assert points_of(rulebook, stated) == len(names)
    nothing: dict[str, Any] = {"remark": "", "fields": [], "groups": []}
    assert points_of(rulebook, nothing) == points_of(rulebook, {}) == 0
    assert points_of(rulebook, stated | {"remark": Proven("a", proven=False)}) == len(names) - 1


def test_words_and_tables_can_be_asked_about_in_rows_and_in_items_too() -> None:
    named = rules(criterion("kind: formula\nmaximum: 9\nformula: count(teams, known(name)) + known(teams) * 3"))
    assert points_of(named, {"teams": [{"name": "A"}, {"name": None}, {"name": ""}]}) == 4
    each = rules(criterion("kind: formula\nmaximum: 9\neach: teams\nformula: if(known(name), 2, 0)"))
    assert points_of(each, {"teams": [{"name": "A"}, {"name": None}]}) == 2


@pytest.mark.parametrize("formula", ["known(remark) + remark", "known(groups) + groups", "total(teams, name) + count(teams, known(name))"])
def test_asking_does_not_make_words_a_number(formula: str) -> None:
    with pytest.raises(RulebookError) as refusal:
        rules(criterion(f"kind: formula\nmaximum: 5\nformula: {formula}"))
    assert {one.code for one in refusal.value.findings} == {"fact_does_not_fit"}
