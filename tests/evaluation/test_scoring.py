"""Marks, reasons, what the panel agrees on, and the frozen sheets."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from grants.base import audit, clock, documents, jobs
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.evaluation import facts, queries
from grants.evaluation.actions import agreeing, appointing, collecting, marking
from grants.evaluation.models import Sheet
from scoring.points import sheet_from_data
from tests.evaluation.builders import (
    JOINT,
    PROJECTS,
    REASON,
    Scene,
    agree_all,
    conclude,
    make_agreed,
    make_collected,
    make_concluded,
    make_started,
    mark,
    mark_all,
)

GOOD = {"quality": ("10", ""), "reach": ("5", "")}


def refuse_finish(scene: Scene, marks: dict) -> dict:
    """What finishing these marks is refused for."""
    with pytest.raises(Refused) as refusal:
        mark(scene, 0, 0, marks)
    assert refusal.value.status == 422
    return refusal.value.fields


def test_a_draft_keeps_everything_as_it_was_typed(app: Flask) -> None:
    scene = mark(make_started(1), 0, 0, {"quality": ("osem", "kratko"), "reach": ("", "")}, finish=False)
    assert {mark.criterion: (mark.points, mark.reason) for mark in scene.sheet(0, 0).marks} == {
        "quality": ("osem", "kratko"),
        "reach": ("", ""),
    }
    assert scene.sheet(0, 0).status == "started"


@pytest.mark.parametrize("typed", ["", "osem", "10,5", "-1", "8,3", "8/2", "1e1", "٣x", "9" * 40])
def test_what_is_no_mark_is_said_at_its_field(app: Flask, typed: str) -> None:
    assert list(refuse_finish(make_started(1), GOOD | {"quality": (typed, REASON)})) == ["points-quality"]


@pytest.mark.parametrize(("typed", "kept"), [("8,5", "8.5"), ("8.5", "8.5"), (" 8 ", "8"), ("0", "0"), (Fraction(17, 2), "8.5"), (7, "7")])
def test_points_are_read_with_comma_or_point_and_kept_exactly(app: Flask, typed: object, kept: str) -> None:
    scene = mark(make_started(1), 0, 0, GOOD | {"quality": (typed, REASON)})
    assert {mark.criterion: mark.points for mark in scene.sheet(0, 0).marks}["quality"] == kept


@pytest.mark.parametrize("reason", ["", "   ", "premalo", "a" * 2001])
def test_below_the_maximum_a_real_reason_is_needed(app: Flask, reason: str) -> None:
    assert list(refuse_finish(make_started(1), GOOD | {"quality": ("9,5", reason)})) == ["reason-quality"]


def test_at_the_maximum_no_reason_is_needed(app: Flask) -> None:
    assert mark(make_started(1), 0, 0, GOOD).sheet(0, 0).status == "finished"


def test_every_missing_criterion_is_named_at_once(app: Flask) -> None:
    assert sorted(refuse_finish(make_started(1), {})) == ["points-quality", "points-reach"]


def test_computed_criteria_are_not_marked(app: Flask) -> None:
    scene = make_started(1)
    with pytest.raises(Refused):
        mark(scene, 0, 0, GOOD | {"size": ("20", "")})


def test_a_save_from_an_old_page_overwrites_nothing(app: Flask) -> None:
    scene = mark(make_started(1), 0, 0, {"quality": ("3", REASON)}, finish=False)
    version = scene.sheet(0, 0).version
    mark(scene, 0, 0, {"quality": ("4", REASON)}, finish=False)
    assert scene.sheet(0, 0).version > version
    with pytest.raises(Refused) as refusal, unit_of_work():
        marking.save_marks(scene.sheet(0, 0), {"quality": ("1", REASON)}, comment="", version=version, by=scene.user(0))
    assert refusal.value.status == 409
    assert scene.sheet(0, 0).marks[0].points == "4"


def test_a_sheet_is_filled_in_by_its_member_alone(app: Flask) -> None:
    scene = mark(make_started(1), 0, 0, GOOD)
    for act in (
        lambda: marking.save_marks(scene.sheet(0, 0), GOOD, comment="", version=scene.sheet(0, 0).version, by=scene.user(1)),
        lambda: marking.finish(scene.sheet(0, 0), by=scene.user(1)),
        lambda: marking.reopen_sheet(scene.sheet(0, 0), by=scene.officer),
        lambda: marking.open_sheet(scene.evaluation(), scene.seat(1), scene.application(0), by=scene.user(0)),
    ):
        with pytest.raises(Refused) as refusal, unit_of_work():
            act()
        assert refusal.value.status == 403


def test_a_recused_member_opens_no_sheet(app: Flask) -> None:
    scene = make_started(2, conflicts={1: [0]})
    with pytest.raises(Refused):
        mark(scene, 1, 0)


def test_a_finished_sheet_is_taken_up_again_until_all_are_in(app: Flask) -> None:
    scene = mark(make_started(1), 0, 0)
    with pytest.raises(Refused):
        mark(scene, 0, 0, finish=False)
    with unit_of_work():
        marking.reopen_sheet(scene.sheet(0, 0), by=scene.user(0))
    mark(scene, 0, 0, GOOD)
    mark_all(scene, besides=[(0, 0)])
    assert scene.evaluation().status == "collected"
    with pytest.raises(Refused), unit_of_work():
        marking.reopen_sheet(scene.sheet(0, 0), by=scene.user(0))


def test_the_last_sheet_of_all_collects_them(app: Flask) -> None:
    scene = mark_all(make_started(2), besides=[(2, 1)])
    assert scene.evaluation().status == "scoring"
    assert queries.collected(queries.board_of(scene.evaluation()), [scene.application(0)]) == {scene.application_ids[0]: []}
    mark(scene, 2, 1)
    assert scene.evaluation().status == "collected"


def test_the_chair_collects_without_the_missing_once_more_than_half_have_finished(app: Flask) -> None:
    scene = mark(make_started(1), 0, 0)
    with pytest.raises(Refused) as refusal, unit_of_work():
        collecting.collect(scene.evaluation(), by=scene.user(0))
    assert scene.application(0).number in str(refusal.value.message)
    mark(scene, 1, 0)
    with pytest.raises(Refused), unit_of_work():
        collecting.collect(scene.evaluation(), by=scene.user(1))
    with unit_of_work():
        collecting.collect(scene.evaluation(), by=scene.user(0))
    conclude(agree_all(scene))
    assert len(queries.sheets_of(scene.evaluation())) == 1


def test_what_a_chair_does_not_see_is_not_named_to_them(app: Flask) -> None:
    scene = make_started(2, conflicts={0: [1]})
    mark(mark(scene, 0, 0), 1, 0)
    with pytest.raises(Refused) as refusal, unit_of_work():
        collecting.collect(scene.evaluation(), by=scene.user(0))
    assert scene.application(1).number not in str(refusal.value.message)
    assert scene.application(1).organisation.name not in str(refusal.value.message)


def test_scoring_is_opened_again_by_the_chair_with_a_reason(app: Flask) -> None:
    scene = make_collected(1)
    with pytest.raises(Refused), unit_of_work():
        collecting.reopen(scene.evaluation(), reason="", by=scene.user(0))
    with pytest.raises(Refused), unit_of_work():
        collecting.reopen(scene.evaluation(), reason="Spregledana priloga društva.", by=scene.user(1))
    with unit_of_work():
        collecting.reopen(scene.evaluation(), reason="Spregledana priloga društva.", by=scene.user(0))
        marking.reopen_sheet(scene.sheet(1, 0), by=scene.user(1))
    assert scene.evaluation().status == "scoring"
    mark(scene, 1, 0, GOOD)
    assert scene.evaluation().status == "collected"


def test_the_mean_is_exact_and_rounded_only_for_the_eye(app: Flask) -> None:
    scene = make_started(1)
    for place, points in enumerate(("8", "8", "9")):
        mark(scene, place, 0, {"quality": (points, REASON), "reach": ("5", "")})
    conclude(agree_all(scene))
    (sheet,) = queries.sheets_of(scene.evaluation())
    assert sheet.total == "100/3"
    assert sheet_from_data(sheet.data).total == Fraction(20) + Fraction(25, 3) + 5


def test_the_joint_reason_stands_in_every_language_of_the_call(app: Flask) -> None:
    scene = make_collected(1)
    for number, (reason, missing) in enumerate((({}, ("sl", "it")), ({"sl": JOINT["sl"]}, ("it",)))):
        if number:
            with unit_of_work():
                agreeing.agree(scene.evaluation(), scene.application(0), "quality", reason=reason, by=scene.user(0))
        with pytest.raises(Refused) as refusal:
            conclude(scene)
        message = str(refusal.value.message)
        assert scene.application(0).number in message
        assert all(f"({language})" in message for language in missing)
        assert scene.evaluation().status == "collected"
    assert list(db.session.scalars(db.select(Sheet))) == []
    conclude(agree_all(scene))


def test_a_joint_reason_is_long_enough_to_be_one(app: Flask) -> None:
    scene = make_collected(1)
    with pytest.raises(Refused) as refusal, unit_of_work():
        agreeing.agree(scene.evaluation(), scene.application(0), "quality", reason={"sl": JOINT["sl"], "it": "breve"}, by=scene.user(0))
    assert list(refusal.value.fields) == ["reason-quality-it"]


def test_only_who_leads_writes_what_was_agreed_and_only_between_collection_and_conclusion(app: Flask) -> None:
    scene = make_started(1)
    with pytest.raises(Refused), unit_of_work():
        agreeing.agree(scene.evaluation(), scene.application(0), "quality", reason=JOINT, by=scene.user(0))
    mark_all(scene)
    for other in (scene.user(1), scene.officer):
        with pytest.raises(Refused) as refusal, unit_of_work():
            agreeing.agree(scene.evaluation(), scene.application(0), "quality", reason=JOINT, by=other)
        assert refusal.value.status == 403
    conclude(agree_all(scene))
    with pytest.raises(Refused), unit_of_work():
        agreeing.agree(scene.evaluation(), scene.application(0), "quality", reason=JOINT, by=scene.user(0))


def test_the_joint_mark_is_needed_where_the_rules_want_one(app: Flask) -> None:
    scene = make_collected(1, pot=PROJECTS)
    with unit_of_work():
        agreeing.agree(scene.evaluation(PROJECTS), scene.application(0), "idea", points="", reason=JOINT, by=scene.user(0))
    with pytest.raises(Refused):
        conclude(scene, pot=PROJECTS)
    for wrong in ("21", "14,5", "veliko"):
        with pytest.raises(Refused) as refusal, unit_of_work():
            agreeing.agree(scene.evaluation(PROJECTS), scene.application(0), "idea", points=wrong, reason=JOINT, by=scene.user(0))
        assert list(refusal.value.fields) == ["points-idea"]
    with unit_of_work():
        agreeing.agree(scene.evaluation(PROJECTS), scene.application(0), "idea", points="16", reason=JOINT, by=scene.user(0))
    conclude(scene, pot=PROJECTS)
    assert queries.sheets_of(scene.evaluation(PROJECTS))[0].total == "16"


def test_a_reason_agreed_twice_is_recorded_once_if_nothing_changed(app: Flask) -> None:
    scene = agree_all(agree_all(make_collected(1)))
    kinds = [entry.kind.name for entry in audit.timeline(scene.evaluation(), audit.STAFF)]
    assert kinds.count("evaluation.reason_agreed") == 1


def test_the_session_took_place_between_the_beginning_and_today(app: Flask) -> None:
    scene = make_agreed(1)
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=11)):
        with pytest.raises(Refused) as refusal, unit_of_work():
            agreeing.conclude(scene.evaluation(), session_on=day, by=scene.user(0))
        assert list(refusal.value.fields) == ["session_on"]


def test_only_who_leads_concludes_and_only_once(app: Flask) -> None:
    scene = make_agreed(1)
    with pytest.raises(Refused) as refusal, unit_of_work():
        agreeing.conclude(scene.evaluation(), session_on=clock.today(), by=scene.officer)
    assert refusal.value.status == 403
    conclude(scene)
    with pytest.raises(Refused):
        conclude(scene)


def test_the_frozen_sheet_can_be_recomputed_and_holds_no_names_of_members(app: Flask) -> None:
    scene = make_concluded(2)
    for sheet in queries.sheets_of(scene.evaluation()):
        assert agreeing.sha256_of(sheet.data) == sheet.sha256
        again = sheet_from_data(sheet.data)
        assert again.to_data() == sheet.data
        assert again.applicant == sheet.application.number
        assert not again.missing_reasons(("sl", "it"))
        assert not any(member.user.name in str(sheet.data) for member in scene.panel.members)


def test_the_marks_of_a_recused_member_are_in_no_sum(app: Flask) -> None:
    scene = make_started(1)
    mark(scene, 2, 0, {"quality": ("0", REASON), "reach": ("0", REASON)})
    with unit_of_work():
        appointing.report_conflict(scene.seat(2), scene.application(0), reason="Svakinja je blagajničarka.", by=scene.user(2))
    mark(mark(scene, 0, 0, GOOD), 1, 0, GOOD)
    conclude(scene)
    assert queries.sheets_of(scene.evaluation())[0].total == "35"


def test_the_minutes_tell_points_reasons_and_recusals_in_both_languages(app: Flask) -> None:
    scene = make_concluded(2, conflicts={1: [1]})
    (document,) = documents.of_subject(scene.evaluation(), "minutes")
    told = str(document.facts)
    assert document.facts["languages"] == ["sl", "it"]
    assert JOINT["sl"] in told and JOINT["it"] in told
    assert "Boris Drugi" in told and scene.application(1).organisation.name in told
    assert REASON not in told
    db.session.rollback()
    jobs.run_pending()
    assert documents.of_subject(scene.evaluation(), "minutes")[0].file_sha256


def test_a_tally_shows_spread_and_drafts_the_joint_reason_from_the_members_reasons(app: Flask) -> None:
    scene = make_started(1)
    for place, (points, reason) in enumerate((("10", "Odlično v vsem, brez pripomb."), ("6", REASON), ("6", REASON))):
        mark(scene, place, 0, {"quality": (points, reason), "reach": ("5", "")})
    board = queries.board_of(scene.evaluation())
    quality, reach = facts.tallies(
        board.pot, facts.judged_in(board, board.applications[0]), queries.collected(board, board.applications)[scene.application_ids[0]], {}
    )
    assert (quality.spread, quality.points, quality.draft_reason) == (4, Fraction(22, 3), REASON)
    assert quality.wide and not reach.wide and not reach.needs_reason
    assert reach.draft_points == 5 and quality.draft_points is None
