"""Rows of a form: copied, moved, removed, and pasted from a spreadsheet, with and without scripts the same."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from grants.applications import rows
from grants.applications.models import Application
from grants.base.db import db
from grants.base.errors import Refused
from scoring.questions import Fact
from tests.applications.builders import make_application, owner_of
from tests.conftest import sign_in
from tests.pages import LintingClient

GROUPS = Fact.model_validate({
    "id": "groups", "kind": "table", "label": {"en": "Groups"}, "max_rows": "4",
    "columns": [
        {"id": "name", "kind": "text", "label": {"sl": "Ime", "it": "Nome", "en": "Name"}},
        {"id": "level", "kind": "choice", "label": {"sl": "Raven", "it": "Livello", "en": "Level"}, "choices": [
            {"id": "top", "label": {"sl": "Vrhunska", "it": "Alta", "en": "Top"}}, {"id": "open", "label": {"sl": "Prosta", "it": "Libera", "en": "Open"}},
        ]},
        {"id": "young", "kind": "boolean", "label": {"sl": "Mladi", "it": "Giovani", "en": "Young"}},
        {"id": "cost", "kind": "money", "label": {"sl": "Strošek", "it": "Spesa", "en": "Cost"}},
    ],
})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pionirji\tvrhunska\tda\t1.200,50", [{"name": "Pionirji", "level": "top", "young": "y", "cost": "1.200,50"}]),
        ("Ime\tRaven\tMladi\tStrošek\nA\tLibera\tno\t7", [{"name": "A", "level": "open", "young": "n", "cost": "7"}]),
        ("A;top;x;7;;\r\nB;;;", [{"name": "A", "level": "top", "young": "y", "cost": "7"}, {"name": "B", "level": "", "young": "", "cost": ""}]),
        ('"Dve\nvrstici"\topen\t\t', [{"name": "Dve\nvrstici", "level": "open", "young": "", "cost": ""}]),
        ("Ime skupine\tRaven\tMladi\tStrošek\nA\topen\t\t", [{"name": "A", "level": "open", "young": "", "cost": ""}]),
        ("A\tneznano", [{"name": "A", "level": "neznano"}]),
    ],
)  # fmt: skip
def test_cells_of_a_spreadsheet_become_rows(app: Flask, text: str, expected: list[dict[str, Any]]) -> None:
    assert rows.pasted(GROUPS, text) == expected


@pytest.mark.parametrize(
    ("text", "present", "said"), [("", 0, "nothing to paste"), ("A\topen\tda\t1\tpreveč", 0, "Line 1"), ("A\nB\nC", 2, "at most 4")]
)
def test_what_does_not_fit_is_refused_whole(app: Flask, text: str, present: int, said: str) -> None:
    with app.test_request_context("/en/"), pytest.raises(Refused, match=said):
        rows.pasted(GROUPS, text, present)


def titles(application: Application) -> list[str]:
    return [row["title"] for row in db.session.get_one(Application, application.id).answers["events"]]


def test_rows_are_copied_moved_and_pasted_without_scripts(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner_of(application.organisation))

    def send(**fields: str) -> Any:
        version = db.session.get_one(Application, application.id).version
        return client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": version, **fields})

    two = {"f_events-0-f_title": "Regata", "f_events-3-f_title": "Pohod"}
    assert send(**two, row_up="f_events-3").status_code == 200
    assert titles(application) == ["Pohod", "Regata"]
    send(**two, row_down="f_events-0")
    assert titles(application) == ["Pohod", "Regata"]
    send(**two, row_up="f_events-0")
    assert titles(application) == ["Regata", "Pohod"]
    send(**two, copy_row="f_events-0")
    assert titles(application) == ["Regata", "Pohod", "Regata"]
    page = send(**two, paste_rows="f_events", pasted_events="Tek\t4. 7. 2026\nKros\t")
    assert page.text.count('formaction="#f_events"') > 8, "whoever presses a button of a row comes back to the rows"
    assert page.status_code == 200
    assert titles(application) == ["Regata", "Pohod", "Tek", "Kros"]
    page = send(**two, paste_rows="f_events", pasted_events="Tek\t4. 7. 2026\tše nekaj")
    assert page.status_code == 200
    assert titles(application) == ["Regata", "Pohod"], "nothing of what did not fit is taken"
    assert "še nekaj" in page.text, "and the text is still there to be mended"
    send(**two, row_up="f_events-99999999999", copy_row="")
    assert titles(application) == ["Regata", "Pohod"]
