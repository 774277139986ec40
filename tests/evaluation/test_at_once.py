"""Two members hand in their sheets at the same moment: both are in, neither waits for the other for ever."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from flask import Flask

from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.evaluation.actions import marking
from grants.evaluation.models import MemberSheet
from tests.evaluation.builders import REASON, make_started

MARKS = {"quality": ("8,5", REASON), "reach": ("5", "")}


@pytest.mark.parametrize("app_on_database", ["postgresql"], indirect=True)  # SQLite has one writer at a time, so they never meet
def test_two_members_finish_at_once(app: Flask) -> None:
    scene = make_started(1)
    both_began, said = threading.Barrier(2), []
    now = clock.now()

    def finish(place: int) -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    sheet = marking.open_sheet(scene.evaluation(), scene.seat(place), scene.application(0), by=scene.user(place))
                    marking.save_marks(sheet, MARKS, comment="", version=sheet.version, by=scene.user(place))
                    with suppress(threading.BrokenBarrierError):
                        both_began.wait(10)
                    marking.finish(sheet, by=scene.user(place))
                said.append("finished")
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=finish, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == ["finished", "finished"]
    db.session.rollback()
    sheets = list(db.session.scalars(db.select(MemberSheet)))
    assert [sheet.finished_at == now for sheet in sheets] == [True, True]
