"""Applications on paper for tests: transcribed by one person of the intake, confirmed by another."""

from __future__ import annotations

from grants.accounts.models import Organisation, Role, User
from grants.applications import queries
from grants.applications.actions import paper
from grants.applications.models import Application, PaperApplication
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import answers_for, make_organisation, small_pdf
from tests.calls.builders import make_officer


def second_person() -> User:
    from grants.accounts.actions import create_user, grant_role
    from grants.accounts.queries import find_user

    if (known := find_user("vlozisce2@obala.example")) is not None:
        return known
    with unit_of_work():
        made = create_user(
            email="vlozisce2@obala.example", password="Obala-2026-geslo!", name="Boris Drugi", language="sl", confirmed=True, totp_secret="JBSWY3DPEHPK3PXP"
        )  # fmt: skip
        grant_role(made, Role.INTAKE, area="sport", by=None)
    return made


def transcribed(
    call: Call, *, complete: bool = True, organisation: Organisation | None = None, track: str = "operating", **came: object
) -> PaperApplication:
    """A transcription with its scan, by the first person of the intake."""
    clerk, organisation = make_officer(role=Role.INTAKE), organisation or make_organisation()
    given = {"delivery": "in_person", "arrived_at": clock.now(), "handed_on": None, "signed": True} | came
    call_id, organisation_id, clerk_id = call.id, organisation.id, clerk.id
    with unit_of_work():
        call = db.session.get_one(Call, call_id)
        made = paper.transcribe(
            call, track, db.session.get_one(Organisation, organisation_id), by=db.session.get_one(User, clerk_id), language="sl", **given
        )  # type: ignore[arg-type]
        typed = answers_for(made) if complete else {"members": "okoli sto"}  # type: ignore[arg-type]
        paper.retype(made, typed, version=made.version, by=db.session.get_one(User, clerk_id))
        paper.add_scan(made, "", small_pdf("vloga.pdf", f"paper {made.id}"), by=db.session.get_one(User, clerk_id))
        identity = made.id
    return db.session.get_one(PaperApplication, identity)


def confirm(made: PaperApplication) -> Application:
    identity, second = made.id, second_person().id
    with unit_of_work():
        made = queries.get_paper(identity)
        submission = paper.confirm(made, by=db.session.get_one(User, second), version=made.version)
        application = submission.application_id
    return db.session.get_one(Application, application)
