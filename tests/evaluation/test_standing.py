"""The collected sheet tells not only points: what keeps an application from the money, and what the second pass gives."""

from __future__ import annotations

from fractions import Fraction

from flask import Flask

from grants.base.transaction import unit_of_work
from grants.evaluation import queries
from grants.evaluation.actions import agreeing
from grants.evaluation.standing import Standing, standing_of
from grants.evaluation.verification import findings
from grants.evaluation.verification.actions import Finding, verify
from scoring.points import sheet_from_data
from tests.conftest import sign_in
from tests.evaluation.builders import JOINT, RULEBOOK, WORK, Scene, agree_all, conclude, make_collected, make_started, mark
from tests.pages import LintingClient

LEVEL = "      - {id: level, kind: choice, required: true, label: {sl: Raven, it: Livello, en: Level}, choices: [{id: town, label: {sl: občinska, it: comunale, en: of the town}}]}\n"
MORE = """        threshold: {relative: {percent: 50, of: best}, inclusive: yes, article: 14. člen}
        gates:
          - {id: both, text: {sl: Brez odmevnosti ni sredstev., it: Senza risonanza non ci sono fondi., en: Without reach there is no money.}, article: 15. člen, holds: reach >= 3}
        second_pass:
          - {id: holder, title: {sl: Nosilec, it: Titolare, en: Holder}, article: 16. člen, group: level, best: 1, equals: none, points: 7}
        conditions:
          - {id: large, text: {sl: Vsaj trideset članov., it: Almeno trenta soci., en: At least thirty members.}, article: 17. člen, holds: members >= 30}
"""
_ANCHOR = "      - {id: plan, kind: longtext"
RULES = RULEBOOK.replace(_ANCHOR, LEVEL + _ANCHOR, 1)
RULES = RULES.replace('        least_marks: "2"\n', '        least_marks: "2"\n' + MORE, 1)

STRONG = {"quality": ("10", ""), "reach": ("5", "")}
WEAK = {"quality": ("2", "Načrta dela skoraj ni."), "reach": ("1", "Nihče ne ve za dogodke.")}


def collected(second: dict[str, tuple[str, str]], **more: object) -> Scene:
    """Two applications: the first is strong, the second as given."""
    scene = make_started(2, rulebook=RULES, **more)
    for place in range(3):
        mark(scene, place, 0, STRONG)
        if (place, 1) != (2, 1) or not more:
            mark(scene, place, 1, second)
    return scene


def standing(scene: Scene, number: int, place: int = 0) -> Standing:
    return standing_of(queries.get_case(scene.evaluation(WORK).id, scene.application_ids[number]), scene.user(place))


def test_the_best_of_a_group_gets_the_points_of_the_second_pass(app: Flask) -> None:
    scene = collected(WEAK)
    best = standing(scene, 0)
    assert [(line.criterion, line.points) for line in best.second_pass] == [("holder", Fraction(7))]
    assert best.total == 42 and best.competes and best.barriers == []


def test_a_gate_that_is_not_met_is_named(app: Flask) -> None:
    weak = standing(collected(WEAK), 1)
    assert not weak.competes and len(weak.barriers) == 1 and "Brez odmevnosti ni sredstev." in weak.barriers[0]
    assert list(weak.second_pass) == []


def test_what_is_shown_before_the_conclusion_is_what_is_frozen(app: Flask) -> None:
    scene = agree_all(collected(WEAK))
    with unit_of_work():
        agreeing.agree(scene.evaluation(WORK), scene.application(1), "reach", reason=JOINT, by=scene.user(0))
    before = [standing(scene, number).sheet.to_data() for number in (0, 1)]
    conclude(scene)
    frozen = [sheet_from_data(sheet.data).to_data() for sheet in queries.sheets_of(scene.evaluation(WORK))]
    assert before == frozen
    assert standing(scene, 1).barriers


def test_a_condition_is_named_also_after_the_office_verified_the_answer(app: Flask) -> None:
    scene = collected(STRONG)
    with unit_of_work():
        subject = findings.get_subject(scene.application_ids[1], "members")
        why = {"sl": "Na seznamu je manj članov.", "it": "I soci in elenco sono di meno."}
        verify(subject, Finding(True, "12", "document", "Seznam članov", why), by=scene.officer)
    assert any("Vsaj trideset članov." in one for one in standing(scene, 1).barriers)


def test_a_member_who_is_excluded_somewhere_is_not_told_how_the_others_compare(app: Flask) -> None:
    scene = collected(WEAK, conflicts={2: [1]})
    mine = standing(scene, 0, place=2)
    assert mine.hidden and not mine.compared and list(mine.second_pass) == [] and mine.total == 35
    assert not mine.competes
    assert standing(scene, 0, place=1).compared


def test_the_page_shows_both(app: Flask, client: LintingClient) -> None:
    scene = collected(WEAK)
    sign_in(client, scene.user(0))
    address = f"/en/ocenjevanja/{scene.evaluation(WORK).id}/vloge/"
    strong = client.get(f"{address}{scene.application_ids[0]}/zbirni-list").text
    assert "Second pass" in strong and "Holder" in strong and "Nothing keeps this application" in strong
    weak = client.get(f"{address}{scene.application_ids[1]}/zbirni-list").text
    assert "gets nothing from this pot" in weak and "Without reach there is no money." in weak


def test_a_pot_without_any_of_it_says_that_nothing_keeps_it_out(app: Flask, client: LintingClient) -> None:
    scene = make_collected(1)
    sign_in(client, scene.user(0))
    page = client.get(f"/en/ocenjevanja/{scene.evaluation(WORK).id}/vloge/{scene.application_ids[0]}/zbirni-list").text
    assert "Nothing keeps this application" in page and "Second pass" not in page
