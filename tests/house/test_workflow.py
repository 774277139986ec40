"""The one door: statuses move only through `workflow.move()`, and every table of steps is sound and drawn in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from grants.base import audit, workflow
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.calls.states import CallStatus
from tests.calls.builders import make_call
from tools import draw_lifecycles

ROOT = Path(__file__).parents[2]
LIFECYCLES = sorted(workflow.LIFECYCLES.items(), key=lambda pair: pair[1].entity)
by_entity = pytest.mark.parametrize("lifecycle", [life for _, life in LIFECYCLES], ids=lambda life: life.entity)


@by_entity
def test_every_status_is_reachable(lifecycle: workflow.Lifecycle) -> None:
    reached: set[str] = set()
    front = {lifecycle.initial().target}
    while front:
        reached |= front
        front = {t.target for t in lifecycle.transitions if t.source in front} - reached
    assert reached == set(lifecycle.statuses)


@by_entity
def test_every_status_can_be_left_unless_it_is_final(lifecycle: workflow.Lifecycle) -> None:
    left = {t.source for t in lifecycle.transitions}
    assert {status for status in lifecycle.statuses if status not in left} <= lifecycle.final


@by_entity
def test_every_step_has_its_own_event_and_says_who_takes_it(lifecycle: workflow.Lifecycle) -> None:
    for step in lifecycle.transitions:
        assert step.event.name in audit.KINDS
        assert step.who


def test_the_tables_in_the_docs_are_those_in_the_code() -> None:
    assert (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8") == draw_lifecycles.page(), "run: python -m tools.draw_lifecycles"


def test_assigning_a_status_is_refused(app: Flask) -> None:
    call = make_call(status="published")
    with pytest.raises(workflow.StatusOutsideMove), unit_of_work():
        db.session.get_one(Call, call.id).status = CallStatus.CONCLUDED
        db.session.flush()


def test_a_bulk_change_of_statuses_is_refused(app: Flask) -> None:
    make_call(status="published")
    with pytest.raises(workflow.StatusOutsideMove), unit_of_work():
        db.session.execute(update(Call).values(status=CallStatus.CONCLUDED))
    with pytest.raises(workflow.StatusOutsideMove), unit_of_work():
        db.session.query(Call).update({"status": CallStatus.CONCLUDED})


def test_a_step_that_is_not_in_the_table_is_refused(app: Flask) -> None:
    call = make_call(status="published")
    with pytest.raises(workflow.ImpossibleMove), unit_of_work():
        workflow.move(db.session.get_one(Call, call.id), CallStatus.DRAFT, by=None)


def test_a_step_writes_its_event_in_the_same_unit_of_work(app: Flask) -> None:
    call = make_call(status="published")
    kinds = [entry.kind.name for entry in audit.timeline(call, audit.STAFF)]
    assert kinds[0] == "call.drafted"
    assert kinds[-1] == "call.published"
