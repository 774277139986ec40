"""The last minutes before a deadline in short: many applicants over HTTP at once, with files, through the product's own server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from bench import rush
from bench.instance import Instance, serving
from bench.load import Visitor
from bench.w25.seed import sessions
from grants.base.db import db
from tests.applications.builders import make_call, make_organisation, owner_of
from tests.applications.test_cost import RULEBOOK

APPLICANTS, AT_ONCE = 12, 6
FAR = "2099-06-01T12:00:00"  # the server lives by the clock of the machine


@dataclass(frozen=True)
class TestInstance(Instance):
    """The instance of a test, served with the test's own secrets, so that its sessions hold."""

    __test__ = False

    @property
    def environment(self) -> dict[str, str]:
        """As always, with the secrets of tests."""
        secrets = {"GRANTS_SECRET_KEY": "test-secret-key", "GRANTS_PASSWORD_SALT": "test-salt", "PYTHONDONTWRITEBYTECODE": "1"}
        return super().environment | secrets | {"PATH": os.environ["PATH"]}


@pytest.mark.slow
def test_everything_acknowledged_in_a_rush_is_there_once_and_intact(app: Flask, tmp_path: Path) -> None:
    from grants.base import clock

    far = clock.parse_local(FAR)
    call = make_call(rulebook=RULEBOOK, area="culture", regime="culture", closes_at=far, opening_at=far, decisions_due=None).id
    applicants = []
    for _ in range(APPLICANTS):
        organisation = make_organisation()
        applicants.append((organisation.id, owner_of(organisation).id))
    (tmp_path / "now").touch()
    with time_machine.travel((tmp_path / "now").stat().st_mtime):  # sessions of today, as the server sees them
        known = sessions(app, [owner for _organisation, owner in applicants])
    db.session.rollback()
    db.session.remove()
    settings = app.config["SETTINGS"]
    instance = TestInstance("test", settings.data, settings.database_url)
    with serving(instance, "product", "/sl/") as server:

        def work(number: int) -> rush.Outcome:
            organisation, owner = applicants[number]
            session = known[str(owner)]
            return rush.apply(Visitor(server.port, session["cookie"], session["csrf"]), call, organisation, number)

        outcomes, failed, _seconds = rush.rush(APPLICANTS, AT_ONCE, work)
    assert failed == []
    found: dict[str, Any] = rush.verify([vars(one) for one in outcomes])
    assert {name: found[name] for name in ("lost", "doubled", "changed", "audit_faults")} == {
        "lost": 0,
        "doubled": 0,
        "changed": 0,
        "audit_faults": [],
    }
    assert sorted(int(one.numbers[0].rsplit("-", 1)[1]) for one in outcomes) == list(range(1, APPLICANTS + 1))
    assert [one for one in outcomes if len(one.numbers) == 2], "somebody clicked twice"
    assert rush.figures(outcomes)["p50_ms"] > 0
