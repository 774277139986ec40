"""Points that follow from the answers, shown to the applicant as an estimate that nobody has verified."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from flask import Flask
from lxml import html
from sqlalchemy import event

from grants.applications.models import Application
from grants.base.db import db
from grants.evaluation.estimate import estimates
from tests.applications.builders import make_application, make_call, make_opened, owner_of
from tests.conftest import sign_in
from tests.pages import LintingClient

RULES = (Path(__file__).parents[1] / "applications" / "projects.yaml").read_text(encoding="utf-8")


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def test_only_what_is_computed_counts_and_what_the_panel_can_add_is_said(app: Flask) -> None:
    application = make_application(call=make_call(rulebook=RULES))
    values = {"members": 12, "coached": True, "licences": 3}
    (one,) = estimates(application, values)
    assert [(line.criterion, line.points) for line in one.lines] == [("size", 12), ("coaches", 6)]
    assert (one.points, one.judged, one.threshold) == (Fraction(18), Fraction(10), None)
    (other,) = estimates(application, {**values, "coached": False})
    assert other.points == 12, "what is not asked does not count"


def test_a_pot_that_the_conditions_close_is_left_out(app: Flask) -> None:
    application = make_application()
    assert [one.points for one in estimates(application, {"members": 40, "youth": True})] == [Fraction(30)]
    assert estimates(application, {"members": 3}) == []


def test_what_is_not_declared_yet_hides_no_points(app: Flask) -> None:
    application = make_application(call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    values = {"members": 110, "volunteer_hours": 2105, "public_interest": True, "field": "elderly", "open_days": 23}
    (waiting,), (declared,) = estimates(application, values), estimates(application, values | dict.fromkeys(("declares_true", "declares_single_funding"), True))  # fmt: skip
    assert waiting == declared and waiting.points > 0
    assert estimates(application, values | {"declares_true": True, "declares_single_funding": False}) == []


def test_the_estimate_stands_on_both_pages_and_follows_the_answers(app: Flask, client: LintingClient) -> None:
    application = make_application()
    sign_in(client, owner_of(again(application).organisation))
    typed = {"f_members": "40", "f_youth": "y", "f_coach": "second", "f_requested": "100"}
    now = client.post(f"/sl/vloge/{application.id}/sproti", data=typed).json
    assert now is not None and 'data-live="estimate"' in now["html"]
    assert "Točke, ki izhajajo iz vaših odgovorov" in now["html"] and "še ni preverjeno" in now["html"]
    client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **typed})
    for address in ("", "/obrazec"):
        page = client.get(f"/sl/vloge/{application.id}{address}").text
        assert "To je ocena po tem, kar ste vpisali. Občina je še ni preverila" in page
        assert "10 od 10" in page and "9. člen" in page and "Komisija lahko doda največ 10" in page


def test_a_row_that_is_still_being_written_takes_no_points_from_the_others(app: Flask, client: LintingClient) -> None:
    application = make_application(call=make_call(rulebook="obala-sport-2026"))
    sign_in(client, owner_of(again(application).organisation))
    group = {"name": "Mladi", "age_class": "youth", "participants": "20", "weekly_hours": "3", "coach_proven": "y"}
    typed = {f"f_groups-0-f_{name}": value for name, value in group.items()}
    shown = []
    for more in ({}, {"f_groups-1-f_name": "Nova"}):
        now = client.post(f"/sl/vloge/{application.id}/sproti", data=typed | more).json
        assert now is not None
        (estimate,) = html.fromstring(now["html"]).xpath("//*[@data-live='estimate']")
        shown.append(" ".join(estimate.text_content().split()))
    assert shown[0] == shown[1] and "Skupaj iz vaših odgovorov" in shown[0]


def test_after_the_opening_nothing_is_estimated_any_more(app: Flask, client: LintingClient) -> None:
    application = make_application("submitted")
    sign_in(client, owner_of(again(application).organisation))
    assert "še ni preverjeno" in client.get(f"/sl/vloge/{application.id}").text
    make_opened(again(application).call)
    assert "še ni preverjeno" not in client.get(f"/sl/vloge/{application.id}").text


def test_the_estimate_asks_the_database_nothing(app: Flask) -> None:
    application = again(make_application())
    estimates(application, {"members": 40})
    asked: list[str] = []
    listener = lambda *call: asked.append(str(call[2]))  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        estimates(application, {"members": 41})
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert asked == []
