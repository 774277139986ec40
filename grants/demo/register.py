"""The business register of the demo: an invented extract, imported as the command does it, with units that nobody has entered yet."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select

from grants.accounts.models import LegalForm, Organisation
from grants.accounts.register import importing, reading
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.demo import numbers
from grants.demo.stage import Stage

HEADER = (
    "MATICNA", "DAVCNA", "POPOLNO_IME", "KRATKO_IME", "PRAVNA_OBLIKA", "OBCINA_SIF", "OBCINA", "NASELJE", "ULICA", "ULICA_HS", "POSTNA_STEVILKA",
    "POSTNI_KRAJ", "SKD", "ZASTOPNIKI",
)  # fmt: skip
FORMS = {
    LegalForm.INSTITUTE: "Zavod", LegalForm.FOUNDATION: "Ustanova", LegalForm.MINORITY_COMMUNITY: "Samoupravna narodna skupnost",
    LegalForm.RELIGIOUS_COMMUNITY: "Verska skupnost",
}  # fmt: skip
TOWN = ("399", "Obala")
NEWCOMERS = (
    ("Društvo ljubiteljev morske trave", "Morska trava", "Dolnja Vala", "94.999", "Neža Kuzma"),
    ("Klub daljinskih plavalcev Portič", "KDP", "Portič", "93.120", "Luka Bonin; Ester Vatta"),
    ("Zveza kulturnih društev Obala", "ZKD Obala", "Obala", "94.999; 90.010", "Paolo Radin"),
)
FIRST = 90_001
"""The seed of the first newcomer; its tax number is printed, so that everybody can try to enter it."""


def newcomer_tax_number() -> str:
    """Which number to try."""
    return numbers.tax_number(FIRST * 7919)


def play(stage: Stage, folder: Path) -> Path:
    """Write the extract of the day, and import it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "register.csv"
    with unit_of_work(write=False):
        known = [
            _row(one) for one in db.session.scalars(select(Organisation).where(Organisation.postcode == "6399").order_by(Organisation.id))
        ]
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, delimiter=";", lineterminator="\r\n")
        rows.writerow(HEADER)
        rows.writerows(known)
        rows.writerows(_newcomer(number) for number in range(len(NEWCOMERS)))
    importing.import_extract(reading.look_at(path), taken_on=clock.local(stage.instant).date())
    return path


def _row(one: Organisation) -> tuple[str, ...]:
    street, _space, house = one.street.rpartition(" ")
    return (
        one.registration_number + "000", one.tax_number, one.name, "", FORMS.get(LegalForm(one.legal_form), "Društvo, zveza društev"), *TOWN,
        one.place, street, house, one.postcode, one.place, "94.999", one.representative,
    )  # fmt: skip


def _newcomer(number: int) -> tuple[str, ...]:
    name, short, settlement, activities, people = NEWCOMERS[number]
    seed = FIRST + number
    return (
        numbers.registration_number(seed * 104729), numbers.tax_number(seed * 7919), name, short, "Društvo, zveza društev", *TOWN, settlement,
        "", str(number + 3), "6399", settlement, activities, people,
    )  # fmt: skip
