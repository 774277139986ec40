"""Rows that the panel marks one by one: every member gives each programme its own marks and reasons, and the panel agrees on each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from grants.applications.models import Verification
from grants.applications.queries import facts_of
from grants.base import clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.decisions.panel import given_in
from grants.evaluation import completeness, facts, letters, queries, standing, views
from grants.evaluation.actions import agreeing, collecting, marking
from grants.evaluation.queries import Board, agreements_in, board_of, collected
from scoring.points import sheet_from_data
from tests.conftest import sign_in
from tests.evaluation.builders import JOINT, PROJECTS, REASON, RULEBOOK, Scene, make_agreed, make_started, mark
from tests.evaluation.test_verification import FOUND, NOT_PROVEN, record
from tests.pages import LintingClient

_HEAD, _TAIL = RULEBOOK.split("  - id: project\n")
ITEMS = f"{_HEAD}  - id: project\n" + _TAIL.replace(
    "    pots:\n",
    "      - {id: programmes, kind: table, required: true, min_rows: 2, max_rows: 2, label: {sl: Programi, it: Programmi, en: Programmes},"
    " columns: [{id: title, kind: text, required: true, max_length: 60, label: {sl: Naziv, it: Titolo, en: Title}},"
    ' {id: asked, kind: money, required: true, minimum: "1", maximum: "20000.00", label: {sl: Zaprošeno, it: Richiesto, en: Asked}}]}\n    pots:\n',
).replace("request: requested", "request: asked").replace(
    "        engine: point_value\n", "        engine: point_value\n        items: {table: programmes, name: title}\n"
)
MEAN = ITEMS.replace("aggregation: agreed", "aggregation: mean")
FIRST, SECOND = ("20", ""), ("12", REASON)


def marked(rulebook: str = MEAN) -> Scene:
    """One application with two programmes, marked by everybody."""
    scene = make_started(1, pot=PROJECTS, rulebook=rulebook)
    for place, second in enumerate(("12", "9", "12")):
        mark(scene, place, 0, {"idea-1": FIRST, "idea-2": (second, REASON)}, pot=PROJECTS)
    return scene


def agree(scene: Scene, **points: str) -> None:
    with unit_of_work():
        for key in ("idea-1", "idea-2"):
            agreeing.agree(
                scene.evaluation(PROJECTS),
                scene.application(0),
                key,
                points=points.get(key.replace("-", "_")),
                reason=JOINT,
                by=scene.user(0),
            )


def conclude(scene: Scene) -> None:
    from grants.base import clock

    with unit_of_work():
        agreeing.conclude(scene.evaluation(PROJECTS), session_on=clock.today(), by=scene.user(0))


def test_a_sheet_is_finished_when_every_item_has_its_mark_and_reason(app: Flask) -> None:
    scene = make_started(1, pot=PROJECTS, rulebook=MEAN)
    with pytest.raises(Refused) as refused:
        mark(scene, 0, 0, {"idea-1": FIRST}, pot=PROJECTS)
    assert list(refused.value.fields) == ["points-idea-2"]
    with pytest.raises(Refused) as refused:
        mark(scene, 0, 0, {"idea-1": FIRST, "idea-2": ("12", "Malo.")}, pot=PROJECTS)
    assert list(refused.value.fields) == ["reason-idea-2"]
    for strange in ("idea", "idea-3"):
        with pytest.raises(Refused):
            mark(scene, 0, 0, {strange: FIRST}, pot=PROJECTS, finish=False)
    mark(scene, 0, 0, {"idea-1": FIRST, "idea-2": SECOND}, pot=PROJECTS)
    assert {(one.criterion, one.item, one.points) for one in scene.sheet(0, 0, PROJECTS).marks} == {
        ("idea", "1", "20"),
        ("idea", "2", "12"),
    }


def test_marks_and_agreements_of_each_item_stand_side_by_side(app: Flask) -> None:
    scene = marked()
    board = queries.board_of(scene.evaluation(PROJECTS))
    judged = facts.judged_in(board, scene.application(0))
    sheets = queries.collected(board, board.applications)[scene.application_ids[0]]
    first, second = facts.tallies(board.pot, judged, sheets, {})
    assert (first.spread, first.points, first.needs_reason) == (0, 20, False)
    assert (second.spread, second.points, second.needs_reason) == (3, 11, True)
    assert second.judged.title.startswith(facts_of(scene.application(0))["programmes"][1]["title"])
    with pytest.raises(Refused, match=second.judged.name):
        conclude(scene)


@pytest.mark.parametrize(("rulebook", "second"), [(MEAN, Fraction(11)), (ITEMS, Fraction(14))], ids=["mean", "agreed"])
def test_the_frozen_sheet_has_the_lines_of_every_item(app: Flask, rulebook: str, second: Fraction) -> None:
    scene = marked(rulebook)
    agree(scene, **({"idea_1": "20", "idea_2": "14"} if rulebook == ITEMS else {}))
    conclude(scene)
    (row,) = queries.sheets_of(scene.evaluation(PROJECTS))
    sheet = sheet_from_data(row.data)
    assert [(line.item, line.criterion, line.points) for line in sheet.lines] == [("1", "idea", 20), ("2", "idea", second)]
    assert [(item.id, item.total) for item in sheet.items] == [("1", 20), ("2", second)] and sheet.total == 20 + second
    assert sheet.lines[1].sentence("it") == JOINT["it"]
    minutes = letters.minutes_of(queries.board_of(scene.evaluation(PROJECTS)))
    names = [one["title"] for one in facts_of(scene.application(0))["programmes"]]
    assert minutes is not None
    tables = letters.minutes_facts(queries.board_of(scene.evaluation(PROJECTS)), ["sl", "it"], number_of="1")["tables"]
    assert [line[0]["sl"] for line in tables[1]["rows"]] == [f"{name}: Zamisel" for name in names]


def test_a_member_marks_each_item_on_its_page(client: LintingClient) -> None:
    scene = make_started(1, pot=PROJECTS, rulebook=MEAN)
    names = [one["title"] for one in facts_of(scene.application(0))["programmes"]]
    page = f"/sl/ocenjevanja/{scene.evaluation(PROJECTS).id}/vloge/{scene.application_ids[0]}"
    sign_in(client, scene.user(0))
    shown = client.get(page).text
    assert all(f"{name}</h3>" in shown for name in names)
    data = {
        "version": "0",
        "comment": "",
        "points-idea-1": "20",
        "reason-idea-1": "",
        "points-idea-2": "21",
        "reason-idea-2": REASON,
        "do": "finish",
    }
    wrong = client.post(page, data=data)
    assert wrong.status_code == 422 and 'href="#points-idea-2"' in wrong.text
    assert client.post(page, data=data | {"points-idea-2": "12"}).status_code == 303
    assert f"{names[1]}: Zamisel" in client.get(page).text


def test_the_chair_agrees_on_each_item_on_the_collected_sheet(client: LintingClient) -> None:
    scene = marked(ITEMS)
    page = f"/it/ocenjevanja/{scene.evaluation(PROJECTS).id}/vloge/{scene.application_ids[0]}/zbirni-list"
    sign_in(client, scene.user(0))
    assert client.get(page).text.count("<fieldset") == 2
    data = {f"points-idea-{item}": points for item, points in (("1", "20"), ("2", "14"))}
    data |= {f"reason-idea-{item}-{language}": JOINT[language] for item in ("1", "2") for language in JOINT}
    assert client.post(page, data=data | {"points-idea-2": "x"}).status_code == 422
    assert client.post(page, data=data).status_code == 303
    shown = client.get(page).text
    assert ">34<" in shown and JOINT["it"] in shown, "20 and 14 points together"


ACTIVE = MEAN.replace(
    "columns: [{id: title,",
    "columns: [{id: active, kind: boolean, checked_in: {sl: Razvid., it: Registro., en: Register.}, label: {sl: Teče, it: Attivo, en: Active}}, {id: title,",
).replace("items: {table: programmes, name: title}", "items: {table: programmes, name: title, where: active}")


def agree_on(scene: Scene, *keys: str) -> None:
    with unit_of_work():
        for key in keys:
            agreeing.agree(scene.evaluation(PROJECTS), scene.application(0), key, reason=JOINT, by=scene.user(0))


@pytest.mark.parametrize("finding", [{**FOUND, "value": "n"}, NOT_PROVEN], ids=["verified as no", "not proven"])
def test_marks_of_a_row_that_the_office_takes_out_of_the_pot_do_not_count(app: Flask, finding: dict[str, Any]) -> None:
    scene = marked(ACTIVE)
    agree_on(scene, "idea-1", "idea-2")
    record(scene, place="programmes-1-active", **finding)
    assert standing.standing_of(queries.Case(queries.board_of(scene.evaluation(PROJECTS)), scene.application(0)), scene.user(0)).total == 11
    conclude(scene)
    (row,) = queries.sheets_of(scene.evaluation(PROJECTS))
    assert [(item.id, item.total) for item in sheet_from_data(row.data).items] == [("2", 11)]
    marks, agreements = given_in(scene.call, [PROJECTS], [row], {row.application_id: facts_of(scene.application(0))})
    assert [{one.item for one in own} for own in (*marks.values(), *agreements.values())] == [{"2"}, {"2"}]


def test_a_row_that_the_office_brings_into_the_pot_waits_for_the_marks_of_the_members(app: Flask) -> None:
    scene = make_started(1, pot=PROJECTS, rulebook=ACTIVE)
    record(scene, place="programmes-2-active", **{**FOUND, "value": "n"})
    for place in range(3):
        mark(scene, place, 0, {"idea-1": FIRST}, pot=PROJECTS)
    record(scene, place="programmes-2-active", **{**FOUND, "value": "y"})
    with pytest.raises(Refused, match="znova odprite ocenjevanje"):
        conclude(scene)
    with unit_of_work():
        collecting.reopen(scene.evaluation(PROJECTS), reason="Drugi program sodi v ta sklop.", by=scene.user(0))
    for place in range(3):
        with unit_of_work():
            marking.reopen_sheet(scene.sheet(place, 0, PROJECTS), by=scene.user(place))
    for place in range(3):
        mark(scene, place, 0, {"idea-1": FIRST, "idea-2": SECOND}, pot=PROJECTS)
    agree_on(scene, "idea-2")
    conclude(scene)
    assert queries.sheets_of(scene.evaluation(PROJECTS))[0].total == "32"


def test_what_cannot_be_computed_is_refused_with_the_cause(app: Flask) -> None:
    scene = make_agreed(1)
    with unit_of_work():
        db.session.add(
            Verification(
                application_id=scene.application_ids[0],
                fact="members",
                item=0,
                cell="",
                sequence=1,
                proven=True,
                verified={"value": "veliko"},
                source_kind="register",
                source="AJPES",
                reason={},
                verified_at=clock.now(),
                by_id=scene.officer.id,
            )  # fmt: skip
        )
    with pytest.raises(Refused, match="Točk ni mogoče izračunati"), unit_of_work():
        agreeing.conclude(scene.evaluation(), session_on=clock.today(), by=scene.user(0))


def test_reading_what_is_marked_takes_as_many_queries_for_many_applications_as_for_one(
    app: Flask, queries: Callable[[], list[str]]
) -> None:
    def taken(applicants: int) -> tuple[int, int]:
        scene = make_started(applicants, pot=PROJECTS, rulebook=MEAN)
        for number in range(applicants):
            for place in range(3):
                mark(scene, place, number, {"idea-1": FIRST, "idea-2": SECOND}, pot=PROJECTS)
        counts = []
        for look in (lambda board: views.result_lines(scene.officer, board), _conclude):
            db.session.expire_all()
            board = board_of(scene.evaluation(PROJECTS))
            queries()
            look(board)
            counts.append(len(queries()))
        return counts[0], counts[1]

    def _conclude(board: Board) -> None:
        sheets, agreed = collected(board, board.applications), agreements_in(board.evaluation, board.applications)
        with pytest.raises(Refused, match="idea|Zamisel|Idea"):
            completeness.check(board, sheets, agreed, by=board.evaluation.panel.members[0].user)

    assert taken(1) == taken(4)
