"""The small municipality in which the house tests ask who may do what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from grants.base import clock, transaction_mode
from grants.base.db import db
from tests.conftest import NOW
from tests.house.world import World, build


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world of one module's tests."""
    folder = tmp_path_factory.mktemp("world")
    with time_machine.travel(clock.parse_local(NOW), tick=True):
        clock.set_source(lambda: clock.parse_local(NOW))
        made = build(folder)
        with made.app.app_context(), transaction_mode.mode(write=False):
            yield made
            db.session.rollback()
            db.engine.dispose()
        clock.set_source(None)
