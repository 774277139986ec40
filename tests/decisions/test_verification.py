"""What the office verified, from the sheet to the decision, the act and the bundle that anybody recomputes."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from grants.accounts.queries import find_user
from grants.applications.models import Application
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.decisions import queries
from grants.decisions.letters import act
from grants.decisions.models import Decision
from grants.evaluation.verification import findings
from grants.evaluation.verification.actions import Finding, verify
from grants.transparency import bundle
from scoring.bundle import verify_bundle
from tests.conftest import sign_in
from tests.decisions.builders import THREE, Applicant, evaluate, make_issued, make_opened, officer, officer_in_session, signer
from tests.pages import LintingClient

WHY = {"sl": "Na seznamu je manj članov.", "it": "I soci in elenco sono di meno."}


def issued_with_verified(applicants: tuple[Applicant, ...] = THREE) -> Call:
    """A call whose first applicant stated 40 members and has 30, and whose last could not prove its 12."""
    call = make_opened(applicants)
    officer()
    with unit_of_work():
        ids = [one.id for one in db.session.scalars(db.select(Application).order_by(Application.id))]
        found = Finding(proven=True, value="30", source_kind="document", source="Seznam članov", reason=WHY)
        verify(findings.get_subject(ids[0], "members"), found, by=officer_in_session())
        verify(findings.get_subject(ids[-1], "members"), Finding(proven=False, reason=WHY), by=officer_in_session())
    marks = {applicant.name: applicant.mark for applicant in applicants}
    for pot in ("costs", "support"):
        evaluate(call, pot, marks)
    return db.session.get_one(Call, make_issued(call).call_id)


def decision_on(name: str) -> Decision:
    return next(
        one for one in db.session.scalars(db.select(Decision)) if one.award.pot == "support" and one.application.organisation.name == name
    )


def test_the_bundle_carries_stated_and_verified_values_and_recomputes(app: Flask) -> None:
    data: dict[str, Any] = bundle.of_call(issued_with_verified())
    assert data["facts"]["A001"]["members"] == {
        "stated": 40, "verified": 30, "proven": True, "by": "", "on": data["facts"]["A001"]["members"]["on"], "source": "Seznam članov", "reason": WHY,
    }  # fmt: skip
    # who got nothing: what the rules compute with, without the words that were meant for the applicant
    assert data["facts"]["A003"]["members"]["proven"] is False and "reason" not in data["facts"]["A003"]["members"]
    result = verify_bundle(data)
    assert (result.checked, result.differences) == (6, ())


def test_the_verified_value_decides_on_points_and_money(app: Flask) -> None:
    issued_with_verified()
    first = decision_on(THREE[0].name)
    size = next(line for line in first.lines if line.criterion == "size")
    assert size.points == "5" and "navedeno 40" in size.reason_sl and "Seznam članov" in size.reason_it


@pytest.mark.parametrize("reader", ["signer", "applicant"])
def test_the_decision_shows_both_values_with_source_and_reason(app: Flask, client: LintingClient, reader: str) -> None:
    issued_with_verified()
    identity = decision_on(THREE[0].name).id
    sign_in(client, signer() if reader == "signer" else find_user("vlagateljica@drustvo.example"))
    page = client.get(f"/it/odlocbe/{identity}").text
    assert "Che cosa ha verificato il Comune" in page and WHY["it"] in page and "documento: Seznam članov" in page


def test_the_act_holds_them_in_both_languages(app: Flask) -> None:
    issued_with_verified()
    told = act.facts_of(queries.get_decision(decision_on(THREE[0].name).id), signature=None)["verified"]
    assert [(row["stated"], row["counts"], row["proven"], row["reason"]) for row in told] == [("40", "30", True, WHY)]
    assert told[0]["answer"] == {"sl": "Število članov", "it": "Numero dei soci"}
