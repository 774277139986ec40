"""A small municipality in full swing behind a real web server, made by the demo's own steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.serving import make_server

from grants.accounts import actions as accounts
from grants.accounts.models import Membership, User
from grants.accounts.queries import find_user
from grants.applications.models import Application
from grants.base import clock, jobs
from grants.base.db import db
from grants.base.language import in_language
from grants.calls.actions import drafting, publishing
from grants.calls.queries import review_text
from grants.decisions.models import Decision, Proposal
from grants.demo import koper, obala
from grants.demo.stage import OFFICER, OWNER, PANEL, PASSWORD, STAFF, Person, Stage
from grants.evaluation.models import Evaluation
from tests.calls.builders import full_content
from tests.conftest import NOW, build_app, make_schema, sign_in

SHORT_RULES = (Path(__file__).parent.parent / "journeys" / "rulebook.yaml").read_text(encoding="utf-8")
PROJECT_RULES = (Path(__file__).parent.parent / "applications" / "projects.yaml").read_text(encoding="utf-8")
JOINT_RULES = (Path(__file__).parent.parent / "applications" / "joint.yaml").read_text(encoding="utf-8")
FRESH = Person("nova@obala.example", "Nada Nova", "sl", what="has an organisation and no application yet")
FRESH_TOO = Person("stara@obala.example", "Bruno Brez", "sl", what="the same, for whoever comes second")
FRESH_THREE = Person("tretja@obala.example", "Tjaša Tretja", "it", what="the same, for whoever comes third")


@dataclass
class Town:
    """The municipality, its address, and where things are in it."""

    app: Flask
    address: str
    places: dict[str, int]
    first_job: int = 0
    language: str = "sl"

    def url(self, path: str, language: str = "") -> str:
        """A page in a language, or in that of the journey; names in braces become ids."""
        return f"{self.address}/{language or self.language}/{path.format(**self.places)}"

    def say(self, english: str, language: str = "", **values: Any) -> str:
        """A text of the product in a language, or in that of the journey. Without values their places stay as they are written."""
        with self.app.app_context(), in_language(language or self.language):
            return str(gettext(english, **values)) if values else str(gettext(english))

    def session_of(self, person: Person) -> str:
        """The session cookie of somebody who has signed in."""
        with self.app.app_context():
            client = self.app.test_client()
            sign_in(client, find_user(person.email))  # type: ignore[arg-type]
            cookie = client.get_cookie("session")
            db.session.remove()
        assert cookie is not None
        return cookie.value

    def work(self) -> None:
        """Do what the test has set going; not the papers of the past, which nobody opens. Beside the browser, whose driver
        keeps this thread's event loop for itself."""

        def run() -> None:
            with self.app.app_context():
                for job in [one for one in jobs.waiting(10_000) if one > self.first_job]:
                    jobs.perform(job)
                db.session.remove()

        worker = threading.Thread(target=run)
        worker.start()
        worker.join()


@dataclass(frozen=True)
class Founded:
    """A municipality that was made once and is copied for each module of tests that works in it."""

    folder: Path
    places: dict[str, int]
    past: int


def found(folder: Path, database_url: str) -> Founded:
    """Make the municipality on a database, on the tests' Monday morning."""
    with time_machine.travel(clock.parse_local(NOW), tick=True):
        app = build_app(folder, database_url, WTF_CSRF_ENABLED=True)
        make_schema(app)
        with app.app_context():
            places = _populate()
            past = max(jobs.waiting(10_000))
            db.session.remove()
            db.engine.dispose()
    return Founded(folder, places, past)


@contextmanager
def serve(founded: Founded, database_url: str) -> Iterator[Town]:
    """The municipality behind a free port of this machine; time goes on from the tests' Monday morning."""
    with time_machine.travel(clock.parse_local(NOW), tick=True):
        app = build_app(founded.folder, database_url, WTF_CSRF_ENABLED=True)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        town = Town(app, f"http://127.0.0.1:{server.server_port}", founded.places, founded.past)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield town
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()
            with app.app_context():
                db.engine.dispose()


def _populate() -> dict[str, int]:
    """A decided call; one with a proposal that waits and a pot half scored; one just opened; two open ones; a draft."""
    stage, now = Stage(), clock.parse_local(NOW)
    with stage.clock():
        stage.at("2017-01-09T09:00:00")
        stage.invite((*STAFF, *PANEL))
        places = {"decided": koper.play(stage, lambda: None)["call_id"]}
        played = obala.play(stage, now, lambda: None, size=4)
        places |= {name: call["call_id"] for name, call in zip(("culture", "ngo", "sport"), played, strict=True)}
        stage.instant = now - timedelta(days=1)
        for number, person in enumerate((FRESH, FRESH_TOO, FRESH_THREE)):
            with stage.step():
                accounts.create_user(email=person.email, password=PASSWORD, name=person.name, language=person.language, confirmed=True)
            stage.organisation(
                person,
                name=f"Društvo Bonaca {number + 1}",
                seed=900 + number,
                form="association",
                street="Obala 9",
                place="Pristan",
                postcode="6399",
                language="sl",
            )
        places["short"] = _draft(stage, "671-90/2026", "Kratki razpis", full_content(), publish=True)
        places["short_it"] = _draft(stage, "671-95/2026", "Kratki razpis za italijanske poti", full_content(), publish=True, days=25)
        places["projects"] = _draft(stage, "671-92/2026", "Razpis za projekte", full_content(), publish=True, rules=PROJECT_RULES)
        places["joint"] = _draft(stage, "671-93/2026", "Razpis za skupne programe", full_content(), publish=True, rules=JOINT_RULES)
        places["draft"] = _draft(stage, "671-91/2026", "Osnutek razpisa", {}, publish=False)
    return places | _places(places["culture"], places["decided"])


def _draft(
    stage: Stage, reference: str, title: str, content: dict[str, Any], *, publish: bool, rules: str = SHORT_RULES, days: int = 20
) -> int:
    found = review_text(rules, {})[1].warnings
    with stage.step():
        call = drafting.draft_call(
            by=stage.user(OFFICER), reference=reference, rulebook_text=rules, title={"sl": title, "it": f"{title} (it)"}, area="sport", regime="sport",
            kind="razpis", languages=["sl", "it"], content=content, budget_line="18059001", decisions_due=None, opens_at=stage.instant + timedelta(hours=1),
            closes_at=stage.instant + timedelta(days=days), opening_at=stage.instant + timedelta(days=days + 1),
            acknowledged={finding.code: "Pravilnik je tak sprejel svet." for finding in found} if publish else {},
        )  # fmt: skip
        db.session.flush()
        if publish:
            publishing.publish(call, by=stage.user(OFFICER))
        return call.id


def _places(culture: int, decided: int) -> dict[str, int]:
    def first(query: Any) -> int:
        found = db.session.scalars(query).first()
        assert found is not None, str(query)
        return int(found)

    mine = select(Membership.organisation_id).join(User).where(User.email == OWNER.email)
    of_mine = select(Application.id).where(Application.organisation_id.in_(mine))
    pots = {
        pot: first(select(Evaluation.id).where(Evaluation.pot == pot, Evaluation.panel.has(call_id=culture)))
        for pot in ("operating", "project")
    }
    competing = select(Application.id).where(Application.call_id == culture, Application.status == "in_evaluation").order_by(Application.id)
    return {
        **pots,
        "scored": first(competing.where(Application.track == "operating")),
        "competing": first(competing.where(Application.track == "project")),
        "opened": first(select(Application.id).where(Application.status == "opened").order_by(Application.id)),
        "own_draft": first(of_mine.where(Application.status == "draft")),
        "own_received": first(of_mine.where(Application.status == "in_evaluation")),
        "proposal": first(select(Proposal.id).where(Proposal.call_id == culture)),
        "adopted": first(select(Proposal.id).where(Proposal.call_id == decided)),
        "decision": first(
            select(Decision.id).where(Decision.application.has(call_id=decided), Decision.amount_cents > 0).order_by(Decision.id)
        ),
        "person": first(select(User.id).where(User.email == OFFICER.email)),
    }
