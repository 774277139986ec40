"""What submitting costs: the shortest path to a receipt asks the database a fixed and small number of times."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from flask import Flask

from bench import pages
from grants.applications.models import Application
from grants.base.db import db
from grants.calls.models import Call
from tests.applications import joint
from tests.applications.builders import make_call, make_organisation, owner_of
from tests.conftest import sign_in

RULEBOOK = (Path(__file__).parents[2] / "bench/w25/rulebook.yaml").read_text(encoding="utf-8")
FLOW, SUBMIT = 30, 12


def test_a_static_file_asks_the_database_nothing_whoever_wants_it(app: Flask, queries: Callable[[], list[str]]) -> None:
    client = sign_in(app.test_client(), owner_of(make_organisation()))
    queries()
    with client.get("/static/merila.css") as answer:
        assert answer.status_code == 200
    assert queries() == []


def test_the_shortest_path_with_three_files_asks_the_database_at_most_thirty_times(app: Flask, queries: Callable[[], list[str]]) -> None:
    call, chance = make_call(rulebook=RULEBOOK, area="culture", regime="culture"), random.Random(1)
    address, spent = f"/sl/razpisi/{call.id}/prijava/activity", []
    for place in range(2):  # the first one warms up what a process keeps
        organisation = make_organisation()
        identity = organisation.id
        client = sign_in(app.test_client(), owner_of(organisation))
        queries()
        form = client.post(address, data={"organisation": identity, "language": "sl"}).location
        spent = [queries()]
        data: dict[str, list[object]] = {"check": ["1"]}
        for name, value in pages._fields(chance, place, "1"):
            data.setdefault(name, []).append(value)
        for name, file, content in pages._papers(chance):
            data.setdefault(name, []).append((BytesIO(content), file))
        check = client.post(form, data=data, content_type="multipart/form-data").location
        spent.append(queries())
        assert check.endswith("/oddaja")
        receipt = client.post(check, data={"version": "2", "declared": "y"}).location
        spent.append(queries())
        assert receipt.endswith("/potrdilo")
    counted = [len(one) for one in spent]
    said = "\n".join(
        f"{number} {re.sub(r'SELECT .*? FROM', 'SELECT … FROM', ' '.join(one.split()))[:140]}"
        for number, part in enumerate(spent)
        for one in part
    )
    assert sum(counted) <= FLOW, f"{counted}\n{said}"
    assert counted[-1] <= SUBMIT, f"{counted}\n{said}"
    assert db.session.get_one(Call, call.id)


def test_submitting_a_joint_application_costs_the_same_whatever_the_number_of_partners_and_activities(
    app: Flask, queries: Callable[[], list[str]]
) -> None:
    call = joint.make_joint_call()
    spent = []
    for count in (1, 1, 2):  # the first one warms up what a process keeps
        application = joint.draft(db.session.merge(call))
        for _ in range(count):
            joint.named(application, make_organisation())
        joint.save(application, costs=joint.shared("lead", "second" if count == 2 else "first"))
        for partner in db.session.get_one(Application, application.id).partners:
            joint.agreed(partner)
        spent.append(_submitted(app, application, queries))
    for count in (1, 20):
        spent.append(
            _submitted(app, joint.events(db.session.merge(call), make_organisation(), *(f"Dan {n}" for n in range(count))), queries)
        )
    assert spent[1] == spent[2] <= SUBMIT + 3, spent
    assert spent[3] == spent[4] <= SUBMIT + 2, spent


def _submitted(app: Flask, application: Application, queries: Callable[[], list[str]]) -> int:
    application = db.session.get_one(Application, application.id)
    client = sign_in(app.test_client(), owner_of(application.organisation))
    address, version = f"/sl/vloge/{application.id}/oddaja", application.version
    queries()
    assert client.post(address, data={"version": version, "declared": "y"}).location.endswith("/potrdilo")
    return len(queries())
