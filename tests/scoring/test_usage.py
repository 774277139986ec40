"""What points and ceilings are computed from is known exactly: that is published, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.criteria import columns_used, facts_used
from scoring.facts import check_facts
from scoring.points import Entry, score_pot
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT
from tests.scoring.test_criteria import CLASSED, EACH, GROUPS, QUALITY, criterion, rules

BARE = POT.replace("caps: {request: requested}\n", "")
LOAD = "id: load\ntable: teams\nformula: hours * factor"
FACTOR = "id: factor\nfact: level\nchoose: {national: 2}"


def used(
    *criteria: str, pot: str = BARE, derived: tuple[str, ...] = (), conditions: tuple[str, ...] = ()
) -> tuple[set[str], set[tuple[str, str]]]:
    track, rules_of_pot = rules(*(criteria or (PANEL,)), pot=pot, derived=derived, conditions=conditions).track_and_pot("main")
    return set(facts_used(track, rules_of_pot)), set(columns_used(track, rules_of_pot))


@pytest.mark.parametrize(
    ("body", "derived", "facts", "columns"),
    [
        ("kind: flag\nfact: inclusive\npoints: 1", (QUALITY, FACTOR), {"inclusive"}, set()),
        (CLASSED, (QUALITY,), {"members", "years"}, set()),
        ("kind: per_unit\nfact: members\nper_unit: 1\nmost_units: residents * 0.1\nwhen: seat == \"here\"", (), {"members", "residents", "seat"}, set()),
        ("kind: per_unit\nfact: teams\nper_unit: 1", (), {"teams"}, set()),
        ("kind: formula\nformula: count(teams)", (), {"teams"}, set()),
        ("kind: formula\nformula: total(teams, hours) + sum(groups, participants * members)", (), {"teams", "groups", "members"}, {("teams", "hours"), ("groups", "participants")}),
        ("kind: formula\nformula: total(teams, load)", (FACTOR, LOAD), {"teams", "level"}, {("teams", "hours")}),
        ("kind: formula\neach: teams\nformula: load * members", (FACTOR, LOAD), {"teams", "level", "members"}, {("teams", "hours")}),
        (EACH, (), {"teams"}, {("teams", "participants")}),
        (GROUPS, (), {"teams"}, {("teams", one) for one in ("hours", "participants", "norm", "elite", "coach", "grade")}),
        ("kind: choice\neach: teams\nfact: level\nchoices: [{choice: national, points: 1}]", (), {"teams", "level"}, set()),
    ],
)  # fmt: skip
def test_a_criterion_uses_what_it_names_and_what_that_follows_from(
    body: str, derived: tuple[str, ...], facts: set[str], columns: set[tuple[str, str]]
) -> None:
    assert used(criterion(body), derived=derived) == (facts, columns)


def test_conditions_items_second_pass_and_money_use_facts_too() -> None:
    conditions = (
        "id: a\ntext: {sl: A}\narticle: x\nholds: {any: [years >= 2, not: inclusive]}\nexcept: [{holds: residents > 5, text: {sl: E}, article: x}]\n",
        "id: b\ntext: {sl: B}\narticle: x\n",
    )
    assert used(conditions=conditions)[0] == {"years", "inclusive", "residents"}
    assert used(pot=BARE + "conditions: [{id: c, text: {sl: C}, article: x, holds: spread > 1}]\n")[0] == {"spread"}
    assert used(pot=BARE + "items: {table: teams, name: name, where: participants > members}\n") == (
        {"teams", "members"},
        {("teams", "name"), ("teams", "participants")},
    )
    assert used(pot=BARE + "second_pass: [{id: s, title: {sl: S}, article: x, group: level, among: years > 1, points: 1}]\n")[0] == {
        "level",
        "years",
    }
    money = (
        BARE
        + "caps: {request: requested, cost: costs, limits: [{id: l, title: {sl: L}, article: x, fact: costs, when: members > 5}]}\nbalance: {id: b, title: {sl: B}, article: x, by: seat, most: 50}\n"
    )
    assert used(pot=money)[0] == {"requested", "costs", "members", "seat"}
    assert used() == (set(), set())


# Nothing else matters

COLUMNS = {"hours": st.sampled_from(["1.5", "3", None]), "participants": st.one_of(st.none(), st.integers(0, 30)), "norm": st.one_of(st.none(), st.integers(0, 20)), "coach": st.booleans(), "grade": st.sampled_from(["first", "second", None]), "elite": st.booleans()}  # fmt: skip
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "members": st.integers(0, 60), "years": st.integers(0, 30), "residents": st.integers(0, 60), "inclusive": st.booleans(), "requested": st.integers(0, 10**6),
        "level": st.sampled_from(["none", "regional", "national"]), "seat": st.sampled_from(["here", "elsewhere"]), "fields": st.lists(st.sampled_from(["youth", "elite"]), unique=True),
        "founded": st.sampled_from(["2000-02-29", "2025-01-01"]), "teams": st.lists(st.fixed_dictionaries({}, optional=COLUMNS), max_size=4),
    },
)  # fmt: skip


def published(rulebook: Rulebook, facts: dict[str, Any]) -> dict[str, Any]:
    track, pot = rulebook.track_and_pot("main")
    names, columns = facts_used(track, pot), columns_used(track, pot)
    return {
        name: [{key: cell for key, cell in row.items() if (name, key) in columns} for row in value]
        if isinstance(value, list) and name == "teams"
        else value
        for name, value in facts.items()
        if name in names
    }


MANY = [
    (criterion(CLASSED), (QUALITY,), BARE),
    (criterion(GROUPS), (), BARE + "threshold: {minimum: 20}\n"),
    (criterion("kind: formula\neach: teams\nformula: load * members"), (FACTOR, LOAD), BARE),
    (criterion(EACH), (), BARE + "second_pass: [{id: s, title: {sl: S}, article: x, group: level, among: years > 3, factor: 2}]\n"),
    (criterion("kind: per_unit\nfact: hours\nper_unit: 1"), (), BARE + "items: {table: teams, where: participants > members}\n"),
]


@given(st.sampled_from(MANY), st.lists(FACTS, max_size=4))
def test_the_published_facts_alone_give_the_same_sheets(case: tuple[str, tuple[str, ...], str], field: list[dict[str, Any]]) -> None:
    one, derived, pot = case
    rulebook = rules(one, derived=derived, pot=pot)
    track, rules_of_pot = rulebook.track_and_pot("main")
    whole = score_pot(track, rules_of_pot, [Entry(f"A{index}", facts) for index, facts in enumerate(field)])
    part = score_pot(track, rules_of_pot, [Entry(f"A{index}", published(rulebook, facts)) for index, facts in enumerate(field)])
    assert part == whole


@given(FACTS)
def test_checked_facts_score_without_a_refusal(facts: dict[str, Any]) -> None:
    rulebook = rules(
        *(f"{one}".replace("id: c\n", f"id: c{index}\n") for index, (one, *_) in enumerate(MANY[:3])), derived=(QUALITY, FACTOR, LOAD)
    )
    track, pot = rulebook.track_and_pot("main")
    values, _ = check_facts(track.facts, facts)
    assert score_pot(track, pot, [Entry("A", values)])[0].total >= 0
