"""Fill an empty database with the work W25, by the product's own actions; only the members' sheets are written in one go, since
a panel of people would take weeks: their statuses go through `workflow`, so that each has its event in the record like any other.

    python -m bench.w25.seed          (GRANTS_DATA, and DATABASE_URL for PostgreSQL)
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer

from grants.accounts import actions as accounts
from grants.accounts.models import Organisation, Role, User
from grants.app import create_app
from grants.applications.actions import drafting, office, submitting
from grants.applications.models import Application
from grants.base import audit, clock, files, workflow
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.actions import drafting as calls
from grants.calls.actions import publishing
from grants.calls.content import MANDATORY
from grants.calls.models import Call
from grants.config import data_folder, resource
from grants.demo import numbers
from grants.evaluation import queries as panels
from grants.evaluation.actions import appointing, collecting
from grants.evaluation.models import Mark, MemberSheet
from grants.evaluation.states import MemberSheetStatus

SEED = 42
PEOPLE, EACH, MEMBERS, OFFICERS, SEATS = 100, 5, 10, 3, 3
DRAFTS = 20
TRACK, POT = "activity", "activity"
RULEBOOK = Path(__file__).parent / "rulebook.yaml"
FILE_SIZE = 100 * 1024
WORDS = [
    "društvo",
    "vadba",
    "pevci",
    "obala",
    "mladi",
    "starejši",
    "dvorana",
    "prireditev",
    "knjižnica",
    "delavnica",
    "šola",
    "razstava",
    "pohod",
    "nastop",
    "zborovodja",
    "prostovoljka",
    "občina",
    "krajani",
    "tekmovanje",
    "priprave",
    "vodja",
    "skupina",
    "članice",
    "čistilna",
    "večer",
    "gostovanje",
    "žepnina",
]
LONG = ("plan", "public", "people", "results")


def sentence(chance: random.Random, length: int) -> str:
    """Invented words up to exactly this many characters."""
    text = ""
    while len(text) < length:
        text += chance.choice(WORDS) + chance.choice((" ", " ", " ", ", ", ". "))
    return text[: length - 1].strip().ljust(length - 1, "a") + "."


def pdf(chance: random.Random, name: str) -> files.Upload:
    """A PDF of one empty page, 100 KB, different each time."""
    head = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n4 0 obj<</Length 100000>>stream\n"
    )
    tail = b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 5>>\n%%EOF\n"
    data = head + chance.randbytes(FILE_SIZE - len(head) - len(tail)) + tail
    return files.Upload(name, "application/pdf", data, hashlib.sha256(data).hexdigest())


def answers(chance: random.Random, number: int) -> dict[str, Any]:
    """What an applicant types, besides what was filled in from the record of the organisation."""
    return {
        "title": f"Dejavnost {number}: {chance.choice(WORDS)} in {chance.choice(WORDS)}",
        "requested": f"{chance.randint(500, 15000)},50",
        "duration": f"m{chance.randint(1, 15)}",
        "website": "https://drustvo.example" if chance.random() < 0.5 else "",
        "field": chance.choice(("music", "theatre", "sport", "heritage", "nature", "youth", "elderly", "solidarity")),
        "reach": chance.choice(("village", "town", "region", "country", "border")),
        "groups": chance.sample(("children", "young", "adults", "old", "disabled", "minority"), 3),
        "members": str(chance.randint(5, 400)),
        "begins": f"2026-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "summary": sentence(chance, 500),
        **{name: sentence(chance, 1500) for name in LONG},
        "total": f"{chance.randint(15001, 60000)},00",
        "declared": "y",
    }


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What is done inside happens at this time."""
    clock.set_source(lambda: moment)
    try:
        yield
    finally:
        clock.set_source(None)


class Seed:
    """The people and things of W25 while they are made; kept by id."""

    def __init__(self, app: Flask) -> None:
        self.app, self.chance = app, random.Random(SEED)
        self.now = datetime.now(UTC)
        self.people: list[int] = []
        self.organisations: list[tuple[int, int]] = []  # (organisation, owner)
        self.members: list[int] = []
        self.officers: list[int] = []
        self.evaluation = 0

    def make(self) -> dict[str, Any]:
        """Everything; what the measurements need to know of it."""
        self._accounts()
        with at(self.now - timedelta(days=40)):
            opened = self._call("410-1/2026", self.now - timedelta(days=40), self.now - timedelta(days=10))
        with at(self.now - timedelta(days=2)):
            running = self._call("410-2/2026", self.now - timedelta(days=2), self.now + timedelta(days=30))
        listed = self._submitted(opened)
        with at(self.now - timedelta(days=9)), unit_of_work():
            office.open_call(db.session.get_one(Call, opened), by=self._user(self.officers[0]))
        self._panel(opened)
        self._sheets(listed)
        drafts = [self._draft(running, index * EACH) for index in range(DRAFTS)]
        return {
            "opened_call": opened, "open_call": running, "applications": listed, "evaluation": self.evaluation,
            "drafts": drafts,
            "fresh": [place for place in range(len(self.organisations)) if place % EACH or place // EACH >= DRAFTS],
            "organisations": self.organisations, "people": self.people, "members": self.members, "officers": self.officers,
        }  # fmt: skip

    def _user(self, identity: int) -> User:
        return db.session.get_one(User, identity)

    def _person(self, name: str, address: str, totp: bool = False) -> int:
        with unit_of_work():
            user = accounts.create_user(
                email=address, password="Obala-2026-geslo!", name=name, language="sl", confirmed=True,  # noqa: S106 - invented
                totp_secret="JBSWY3DPEHPK3PXP" if totp else None,
            )  # fmt: skip
            return user.id

    def _accounts(self) -> None:
        self.officers = [self._person(f"Uradnica {n}", f"urad{n}@obala.example", totp=True) for n in range(OFFICERS)]
        for identity in self.officers:
            with unit_of_work():
                accounts.grant_role(self._user(identity), Role.OFFICER, area="culture", by=None)
        self.members = [self._person(f"Članica komisije {n}", f"clanica{n}@obala.example") for n in range(MEMBERS)]
        for n in range(PEOPLE):
            identity = self._person(f"Vlagateljica {n}", f"oseba{n}@primer.example")
            self.people.append(identity)
            for m in range(EACH):
                number = n * EACH + m
                with unit_of_work():
                    made = accounts.register_organisation(
                        by=self._user(identity), name=f"Društvo {self.chance.choice(WORDS)} {number}", legal_form="association",
                        tax_number=numbers.tax_number(11 * number), registration_number=numbers.registration_number(13 * number),
                        iban=numbers.iban(number), street=f"Obala {number}", postcode="6399", place="Pristan",
                        email=f"drustvo{number}@primer.example", phone="05 000 00 01", representative="Ana Vzorec", language="sl",
                    )  # fmt: skip
                    self.organisations.append((made.id, identity))

    def _call(self, reference: str, opens: datetime, closes: datetime) -> int:
        text = {"sl": sentence(self.chance, 400), "it": sentence(self.chance, 400)}
        with unit_of_work():
            call = calls.draft_call(
                by=self._user(self.officers[0]), reference=reference, rulebook_text=RULEBOOK.read_text(encoding="utf-8"),
                title={"sl": "Javni razpis za dejavnost društev", "it": "Bando per le attività delle associazioni"},
                area="culture", regime="culture", kind="razpis", languages=["sl", "it"],
                content={part.id: text if part.id == "subject" else {"sl": f"Besedilo: {part.id}.", "it": f"Testo: {part.id}."} for part in MANDATORY},
                budget_line="18039001", opens_at=opens, closes_at=closes, opening_at=closes + timedelta(hours=12),
                decisions_due=(closes + timedelta(days=60)).date(), acknowledged={},
            )  # fmt: skip
            db.session.flush()
            publishing.publish(call, by=self._user(self.officers[0]))
            return call.id

    def _draft(self, call: int, place: int) -> int:
        organisation, owner = self.organisations[place]
        with unit_of_work():
            person = self._user(owner)
            application = drafting.start(
                db.session.get_one(Call, call), TRACK, db.session.get_one(Organisation, organisation), by=person, language="sl"
            )
            drafting.save(application, answers(self.chance, place), version=application.version, by=person)
            for fact, upload in self._papers:
                drafting.attach(application, fact, upload, by=person)
            return application.id

    @property
    def _papers(self) -> list[tuple[str, files.Upload]]:
        # Nothing that is measured reads the files of other applications: twenty sets of files stand for all.
        if not hasattr(self, "_sets"):
            self._sets = [
                [
                    ("statute", pdf(self.chance, "statut.pdf")),
                    ("offers", pdf(self.chance, "ponudba1.pdf")),
                    ("offers", pdf(self.chance, "ponudba2.pdf")),
                ]
                for _ in range(20)
            ]
        return self.chance.choice(self._sets)

    def _submitted(self, call: int) -> list[int]:
        made = []
        for place, (_organisation, owner) in enumerate(self.organisations):
            with at(self.now - timedelta(days=20) + timedelta(minutes=place)):
                identity = self._draft(call, place)
                with unit_of_work():
                    submitting.submit(db.session.get_one(Application, identity), by=self._user(owner))
            made.append(identity)
        return made

    def _panel(self, call: int) -> None:
        seated = self.members[:SEATS]
        with at(self.now - timedelta(days=8)):
            with unit_of_work():
                people = [self._user(one) for one in seated]
                appointing.appoint(
                    db.session.get_one(Call, call), people, chair=people[0], by=self._user(self.officers[0]), order_number="032-1/2026-1"
                )
            for one in seated:
                with unit_of_work():
                    person = self._user(one)
                    seat = panels.find_member(person, db.session.get_one(Call, call))
                    assert seat is not None
                    appointing.declare(seat, {}, statement="Nimam nasprotja interesov.", by=person)
            with unit_of_work():
                begun = collecting.start_evaluation(db.session.get_one(Call, call), POT, by=self._user(self.officers[0]))
                self.evaluation = begun.id

    def _sheets(self, listed: list[int]) -> None:
        """Two of the three members have finished every sheet; the third has finished none."""
        with at(self.now - timedelta(days=3)):
            for first in range(0, len(listed), 100):
                with unit_of_work():
                    begun = panels.get_evaluation(self.evaluation)
                    criteria = [one.id for one in panels.track_and_pot(begun)[1].panel_criteria]
                    for seat in begun.panel.members[: SEATS - 1]:
                        for application in listed[first : first + 100]:
                            self._sheet(begun.id, seat, application, criteria)

    def _sheet(self, begun: int, seat: Any, application: int, criteria: list[str]) -> None:
        reasoned = set(self.chance.sample(criteria, 4))
        sheet = MemberSheet(
            evaluation_id=begun, member=seat, application_id=application, saved_at=clock.now(), finished_at=clock.now(),
            comment=sentence(self.chance, 400),
            marks=[
                Mark(criterion=one, points=str(self.chance.randint(2, 9)) if one in reasoned else "10", reason=sentence(self.chance, 200) if one in reasoned else "")
                for one in criteria
            ],
        )  # fmt: skip
        workflow.start(sheet, by=seat.user)
        content = [[mark.criterion, mark.points, mark.reason] for mark in sorted(sheet.marks, key=lambda one: one.criterion)]
        digest = hashlib.sha256(audit.canonical_json([content, sheet.comment]).encode()).hexdigest()
        workflow.move(sheet, MemberSheetStatus.FINISHED, by=seat.user, sha256=digest)


def sessions(app: Flask, users: list[int]) -> dict[str, dict[str, str]]:
    """A signed cookie and a form token for each person, as signing in would leave them."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    token = hashlib.sha1(b"bench", usedforsecurity=False).hexdigest()
    csrf = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(token)  # type: ignore[arg-type]
    made = {}
    for identity in users:
        name = db.session.get_one(User, identity).fs_uniquifier
        content = {
            "_user_id": name, "_fresh": True, "fs_cc": "set", "fs_paa": time.time(), "identity.id": name, "tf_verified": True,
            "csrf_token": token,
        }  # fmt: skip
        made[str(identity)] = {"cookie": f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(content)}", "csrf": csrf}
    return made


def main() -> None:
    """Seed, and write what the measurements need beside the data."""
    quick = {"SECURITY_PASSWORD_HASH": "argon2", "SECURITY_ARGON2_OPTIONS": {"rounds": 1, "memory_cost": 8, "parallelism": 1}}
    app = create_app(SQLITE_SYNCHRONOUS="OFF", **quick)
    began = time.perf_counter()
    with app.app_context():
        upgrade(directory=str(resource("migrations")))
        seed = Seed(app)
        told = seed.make()
        with unit_of_work(write=False):
            told["sessions"] = sessions(app, [*seed.people, *seed.members, *seed.officers])
    told["seconds"] = round(time.perf_counter() - began, 1)
    (data_folder() / "w25.json").write_text(json.dumps(told), encoding="utf-8")
    print(f"W25 seeded in {told['seconds']} s", file=sys.stderr)


if __name__ == "__main__":
    main()
