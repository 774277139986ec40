"""What came on paper to the open call of the invented municipality: one application is confirmed, one waits for the second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import escape
from io import BytesIO
from random import Random

from weasyprint import HTML

from grants.accounts import actions as accounts
from grants.accounts.models import Organisation
from grants.applications import presentation
from grants.applications.actions import paper as papers
from grants.applications.delivery import Delivery
from grants.applications.models import PaperApplication
from grants.applications.registered import prefilled
from grants.base import clock, files
from grants.base.db import db
from grants.calls.models import Call
from grants.demo import numbers
from grants.demo.answers import typed_answers
from grants.demo.stage import INTAKE, SECOND_INTAKE, Stage

CLUBS = (
    ("Balinarski klub Stari mlin", "Alojz Vatovec", Delivery.REGISTERED_POST),
    ("Šahovsko društvo Trdnjava", "Silva Mohorčič", Delivery.IN_PERSON),
)
"""Who applied on paper: name, representative, and how it came. The last one is not confirmed yet."""


def play(stage: Stage, call_id: int, on_each: Callable[[], None]) -> None:
    """One clerk transcribes both, a colleague compares the first with its scan and confirms it."""
    random = Random(7)
    for n, (name, representative, delivery) in enumerate(CLUBS):
        stage.instant += timedelta(hours=1)
        identity = _transcribe(stage, call_id, n, name, representative, delivery, random)
        if n + 1 < len(CLUBS):
            with stage.step():
                made = db.session.get_one(PaperApplication, identity)
                papers.confirm(made, by=stage.user(SECOND_INTAKE), version=made.version)
        on_each()


def _transcribe(stage: Stage, call_id: int, n: int, name: str, representative: str, delivery: Delivery, random: Random) -> int:
    with stage.step():
        clerk, call = stage.user(INTAKE), db.session.get_one(Call, call_id)
        organisation = accounts.enter_from_paper(
            by=clerk, name=name, legal_form="association", tax_number=numbers.tax_number((300 + n) * 7919),
            registration_number=numbers.registration_number((300 + n) * 104729), iban="", street=f"Stara pot {n + 1}", postcode="6399", place="Obala",
            email="", representative=representative, language="sl",
        )  # fmt: skip
        came = clock.now() - timedelta(hours=2)
        posted = clock.local(came).date() - timedelta(days=1) if delivery is Delivery.REGISTERED_POST else None
        made = papers.transcribe(
            call, "operating", organisation, by=clerk, language="sl", delivery=delivery, arrived_at=came, handed_on=posted, signed=True
        )  # fmt: skip
        track = call.rulebook.track("operating")
        written = prefilled(track, {"name": name, "representative": representative, "email": f"papir-{n + 1}@obala.example"})
        papers.retype(made, written | typed_answers(track, random), version=made.version, by=clerk)
        papers.add_scan(made, "", _scan(made, organisation), by=clerk)
        db.session.flush()
        return made.id


def _scan(paper: PaperApplication, organisation: Organisation) -> files.Upload:
    """The application as it stands on the paper, as if it had been scanned."""
    track = paper.call.rulebook.track(paper.track)
    said = [
        (fact.label["sl"], "; ".join(presentation.as_text(fact, paper.answers.get(fact.id)))) for fact in track.facts if fact.kind != "file"
    ]
    rows = "".join(f"<tr><td>{escape(label)}</td><td>{escape(answer or '–')}</td></tr>" for label, answer in said)
    page = f"""<html lang="sl"><style>td {{ border-bottom: 1px solid; padding: 4px; vertical-align: top }}</style>
    <h1>{escape(track.title["sl"])}</h1><p>{escape(organisation.name)}, {escape(organisation.address)}</p>
    <table>{rows}</table><p>{escape(organisation.representative)}, lastnoročni podpis</p></html>"""
    return files.check_upload(BytesIO(HTML(string=page).write_pdf() or b""), "vloga-na-papirju.pdf")
