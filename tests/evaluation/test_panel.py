"""Appointment, declaration and recusal: who may judge, and who may not even look."""

from __future__ import annotations

import pytest
from flask import Flask

from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from grants.evaluation import letters, progress, queries
from grants.evaluation.actions import appointing, collecting, recusing
from grants.evaluation.models import Recusal
from tests.applications.builders import make_person
from tests.calls.builders import make_call
from tests.evaluation import builders
from tests.evaluation.builders import (
    COSTS,
    WORK,
    Scene,
    appoint,
    declare,
    link,
    make_collected,
    make_declared,
    make_opened,
    make_started,
    mark,
    mark_all,
    start,
)


def people(scene: Scene) -> list:
    return [scene.user(place) for place in range(len(scene.member_ids))]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_panel_has_three_five_or_seven_members(app: Flask, number: int) -> None:
    scene = make_opened(1, people=max(number, 3))
    with pytest.raises(Refused) as refusal, unit_of_work():
        chosen = (people(scene) + [make_person()] * 2)[:number]
        appointing.appoint(scene.call, chosen, chair=chosen[0], by=scene.officer)
    assert refusal.value.status == 422
    assert "members" in refusal.value.fields


def test_the_same_person_counts_once(app: Flask) -> None:
    scene = make_opened(1)
    with pytest.raises(Refused), unit_of_work():
        appointing.appoint(scene.call, [scene.user(0), scene.user(0), scene.user(1)], chair=scene.user(0), by=scene.officer)


def test_the_chair_is_a_member(app: Flask) -> None:
    scene = make_opened(1)
    stranger = make_person().id
    with pytest.raises(Refused) as refusal, unit_of_work():
        appointing.appoint(scene.call, people(scene), chair=db.session.get_one(builders.User, stranger), by=scene.officer)
    assert "chair" in refusal.value.fields


def test_members_need_a_confirmed_account(app: Flask) -> None:
    scene = make_opened(1)
    with unit_of_work():
        scene.user(2).confirmed_at = None
    with pytest.raises(Refused) as refusal, unit_of_work():
        appointing.appoint(scene.call, people(scene), chair=scene.user(0), by=scene.officer)
    assert "Carla Terza" in str(refusal.value.message)


def test_an_ended_call_gets_no_panel(app: Flask) -> None:
    call, scene = make_call("cancelled", rulebook="small"), make_opened(1)
    with pytest.raises(Refused), unit_of_work():
        appointing.appoint(db.session.get_one(builders.Call, call.id), people(scene), chair=scene.user(0), by=scene.officer)


def test_every_member_gets_a_message_once(app: Flask) -> None:
    scene = appoint(make_opened(1))
    appoint(scene)
    sent = list(db.session.scalars(db.select(Message).where(Message.event == "evaluation/appointed")))
    assert len(sent) == 3
    assert "izjav" in sent[0].body.lower() or "declar" in sent[0].body.lower()


def test_a_new_appointment_replaces_the_old_one_and_keeps_the_declarations_of_those_who_stay(app: Flask) -> None:
    scene = declare(appoint(make_opened(1)), {0: [0], 2: [0]})
    scene.member_ids = [*scene.member_ids[:2], make_person("Nova Članica").id]
    appoint(scene)
    assert [member.user.name for member in scene.panel.members] == ["Vida Predsednica", "Boris Drugi", "Nova Članica"]
    assert [member.declaration is not None for member in scene.panel.members] == [True, True, False]
    assert [recusal.member_id for recusal in db.session.scalars(db.select(Recusal))] == [scene.seat(0).id]


def test_the_panel_stays_once_scoring_has_begun(app: Flask) -> None:
    scene = make_started(1)
    with pytest.raises(Refused), unit_of_work():
        appointing.appoint(scene.call, people(scene), chair=scene.user(1), by=scene.officer)


def test_nobody_declares_before_the_applicants_are_known(app: Flask) -> None:
    call = make_call("closed", rulebook=builders.RULEBOOK)
    scene = appoint(Scene(call.id, [make_person(name).id for name in ("A", "B", "C")], []))
    with pytest.raises(Refused), unit_of_work():
        appointing.declare(scene.seat(0), {}, statement="", by=scene.user(0))


def test_each_member_declares_in_person_and_once(app: Flask) -> None:
    scene = appoint(make_opened(1))
    with pytest.raises(Refused) as refusal, unit_of_work():
        appointing.declare(scene.seat(0), {}, statement="", by=scene.user(1))
    assert refusal.value.status == 403
    declare(scene, places=[0])
    with pytest.raises(Refused), unit_of_work():
        appointing.declare(scene.seat(0), {}, statement="", by=scene.user(0))


def test_a_conflict_needs_its_reason(app: Flask) -> None:
    scene = appoint(make_opened(1))
    with pytest.raises(Refused) as refusal, unit_of_work():
        appointing.declare(scene.seat(0), {scene.application_ids[0]: " . "}, statement="", by=scene.user(0))
    assert list(refusal.value.fields) == [f"reason-{scene.application_ids[0]}"]
    assert scene.seat(0).declaration is None


def test_only_applicants_of_this_call_are_named(app: Flask) -> None:
    scene, other = appoint(make_opened(1)), make_opened(1)
    with pytest.raises(Refused), unit_of_work():
        appointing.declare(scene.seat(0), {other.application_ids[0]: "Sestra tam dela."}, statement="", by=scene.user(0))


def test_membership_in_an_applicant_is_found_whatever_is_declared(app: Flask) -> None:
    scene = appoint(make_opened(2))
    link(scene, 1, 0)
    declare(scene)
    (recusal,) = scene.seat(1).recusals
    assert recusal.application_id == scene.application_ids[0]
    assert letters.reason_of(recusal) != recusing.FOUND


def test_the_applicant_reads_that_a_member_was_excluded_but_not_who_or_why(app: Flask) -> None:
    scene = make_declared(1, conflicts={2: [0]})
    entries = audit.timeline(scene.application(0), audit.PARTY)
    (told,) = [entry for entry in entries if entry.kind.name == "panel.member_recused"]
    assert scene.application(0).number in told.sentence
    assert "Brat" not in str(told.data)


def test_scoring_waits_for_the_last_declaration(app: Flask) -> None:
    scene = declare(appoint(make_opened(1)), places=[0, 1])
    with pytest.raises(Refused) as refusal, unit_of_work():
        collecting.start_evaluation(scene.call, WORK, by=scene.officer)
    assert "Carla Terza" in str(refusal.value.message)


def test_scoring_needs_a_panel_and_a_known_pot_and_begins_once(app: Flask) -> None:
    scene = make_opened(1)
    with pytest.raises(Refused), unit_of_work():
        collecting.start_evaluation(scene.call, WORK, by=scene.officer)
    start(declare(appoint(scene)))
    for pot in (WORK, "unknown"):
        with pytest.raises(Refused), unit_of_work():
            collecting.start_evaluation(scene.call, pot, by=scene.officer)


def test_a_pot_without_applications_is_not_scored(app: Flask) -> None:
    scene = make_declared(1)
    with pytest.raises(Refused), unit_of_work():
        collecting.start_evaluation(scene.call, "project.all", by=scene.officer)


def test_starting_takes_the_applications_of_the_track_into_evaluation_and_tells_the_members(app: Flask) -> None:
    scene = make_started(2)
    assert {scene.application(number).status for number in (0, 1)} == {"in_evaluation"}
    events = list(db.session.scalars(db.select(Message.event)))
    assert events.count("evaluation/started") == 3


def test_too_few_members_without_a_conflict_is_a_clear_refusal(app: Flask) -> None:
    scene = make_declared(2, conflicts={0: [1], 2: [1]})
    with pytest.raises(Refused) as refusal, unit_of_work():
        collecting.start_evaluation(scene.call, WORK, by=scene.officer)
    assert scene.application(1).number in str(refusal.value.message)
    assert scene.application(0).number + " (" not in str(refusal.value.message)


def test_a_conflict_with_one_application_keeps_out_of_it_alone(app: Flask) -> None:
    scene = make_started(3, conflicts={1: [2]})
    seen = queries.visible_applications(scene.seat(1))
    assert [application.id for application in seen] == scene.application_ids[:2]
    assert [len(members) for members in queries.board_of(scene.evaluation()).seats.values()] == [3, 3, 2]


def test_a_conflict_in_a_panel_of_pot_scope_keeps_out_of_the_whole_pot(app: Flask) -> None:
    scene = make_started(3, conflicts={1: [2]}, recusal_scope="pot")
    assert queries.visible_applications(scene.seat(1)) == []
    assert [len(members) for members in queries.board_of(scene.evaluation()).seats.values()] == [2, 2, 2]


def test_who_joins_an_applicant_while_scoring_runs_is_out_at_once(app: Flask) -> None:
    scene = make_started(2)
    link(scene, 2, 1)
    assert [one.id for one in queries.visible_applications(scene.seat(2))] == scene.application_ids[:1]
    mark_all(scene)
    assert scene.evaluation().status == "collected"
    assert [recusal.application_id for recusal in scene.seat(2).recusals] == scene.application_ids[1:]


def test_who_joins_an_applicant_after_the_collection_sees_no_more_but_changes_no_points(app: Flask) -> None:
    scene = make_collected(2)
    before = {key: len(value) for key, value in queries.board_of(scene.evaluation()).seats.items()}
    link(scene, 2, 1)
    board = queries.board_of(scene.evaluation())
    assert {key: len(value) for key, value in board.seats.items()} == before
    assert [one.id for one in board.seen_by(scene.user(2))] == scene.application_ids[:1]


def test_a_conflict_noticed_while_scoring_takes_the_marks_out(app: Flask) -> None:
    scene = mark_all(make_started(1), besides=[(2, 0)])
    mark(scene, 2, 0, finish=False)
    with unit_of_work():
        appointing.report_conflict(scene.seat(2), scene.application(0), reason="Svakinja je blagajničarka.", by=scene.user(2))
    board = queries.board_of(scene.evaluation())
    assert board.evaluation.status == "collected"
    assert len(queries.collected(board, board.applications)[scene.application_ids[0]]) == 2


def test_after_the_collection_no_conflict_changes_the_sheets_any_more(app: Flask) -> None:
    scene = make_collected(1)
    with pytest.raises(Refused), unit_of_work():
        appointing.report_conflict(scene.seat(2), scene.application(0), reason="Svakinja je blagajničarka.", by=scene.user(2))


def test_when_the_chair_is_excluded_the_next_member_leads(app: Flask) -> None:
    scene = make_started(2, conflicts={0: [1]})
    assert queries.get_case(scene.evaluation().id, scene.application_ids[0]).leader.user_id == scene.member_ids[0]
    assert queries.get_case(scene.evaluation().id, scene.application_ids[1]).leader.user_id == scene.member_ids[1]
    assert queries.board_of(scene.evaluation()).leader.user_id == scene.member_ids[0]
    whole = make_started(2, conflicts={0: [1]}, recusal_scope="pot")
    assert queries.board_of(whole.evaluation()).leader.user_id == whole.member_ids[1]


def test_a_pot_of_actual_costs_needs_no_sheets(app: Flask) -> None:
    scene = make_started(2, pot=COSTS)
    assert scene.evaluation(COSTS).status == "collected"
    builders.conclude(scene, pot=COSTS)
    sheets = queries.sheets_of(scene.evaluation(COSTS))
    assert [(sheet.total, sheet.passes, sheet.data["lines"]) for sheet in sheets] == [("0", True, [])] * 2


def test_the_desk_counts_the_sheets_that_wait_without_those_a_member_is_excluded_from(app: Flask) -> None:
    scene = mark(make_started(3, conflicts={1: [2]}), 1, 0)
    members = [scene.seat(place) for place in range(3)]
    counts = progress.progress_of(members)
    assert [(counts[member.id].done, counts[member.id].total) for member in members] == [(0, 3), (1, 2), (0, 3)]
