"""Importing a business register of 290,000 invented rows, beside reading the same file and inserting its rows without a single check."""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select, text

from grants.accounts.models import RegisterSnapshot, RegisterUnit
from grants.accounts.register import importing, reading
from grants.app import create_app
from grants.base import schema
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.demo import numbers
from tests import postgres
from tests.conftest import settings_for

ROWS = 290_000
TARGET_SECONDS = 60
HEADER = ("MATICNA", "DAVCNA", "POPOLNO_IME", "KRATKO_IME", "PRAVNA_OBLIKA", "OBCINA_SIF", "OBCINA", "NASELJE", "ULICA", "ULICA_HS", "ULICA_HS_D",
          "POSTNA_STEVILKA", "POSTNI_KRAJ", "SKD", "ZASTOPNIKI")  # fmt: skip
"""The columns as the public extract names them."""
_FORMS = ("Društvo, zveza društev", "Zavod", "Ustanova", "Družba z omejeno odgovornostjo", "Samostojni podjetnik posameznik")
_PLACES = (("399", "Obala", "Pristan", "6399"), ("050", "Koper", "Škofije", "6281"), ("061", "Ljubljana", "Šentvid", "1210"), ("070", "Maribor", "Pekre", "2341"))  # fmt: skip


def rows(count: int, *, seed: int = 42) -> Iterator[tuple[str, ...]]:
    """Invented units with numbers that are right; every tenth has no tax number, as in the public extract."""
    random = Random(seed)
    seat, tax = 0, 0
    for number in range(count):
        registration = numbers.registration_number(seat + 1)
        seat = int(registration[:6]) - 100_000
        code, municipality, settlement, postcode = _PLACES[random.randrange(len(_PLACES))]
        tax_number = numbers.tax_number(tax + 1)
        tax = int(tax_number[:7]) - 1_000_000
        name = f"Društvo za preizkus številka {number}; Obala"
        people = "Ana Vzorec" if number % 3 else "Ana Vzorec; Žiga Čebela"
        yield (
            registration, "" if number % 10 == 9 else tax_number, name, f"DP {number}", _FORMS[random.randrange(len(_FORMS))], code, municipality,
            settlement, "Obala" if number % 4 else "", str(number % 200 + 1), "a" if number % 50 == 0 else "", postcode, settlement,
            "93.120" if number % 2 else "94.999, 90.010", people,
        )  # fmt: skip


def write(path: Path, count: int) -> None:
    """One extract."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(rows(count))


@contextmanager
def _instance(folder: Path, url: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(settings_for(folder, url or f"sqlite:///{folder / 'grants.sqlite3'}"))
    with app.app_context():
        schema.upgrade()
        yield
        db.session.remove()
        db.engine.dispose()


def _plain(path: Path) -> float:
    """The reference: csv.reader and executemany into a table of the same columns, nothing else."""
    began = time.perf_counter()
    columns = ", ".join(f"c{place} text" for place in range(len(HEADER)))
    marks = ", ".join(f":c{place}" for place in range(len(HEADER)))
    with unit_of_work():
        db.session.execute(text(f"create table plain_register ({columns})"))
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle, delimiter=";")
            next(reader)
            piece: list[dict[str, str]] = []
            for row in reader:
                piece.append({f"c{place}": value for place, value in enumerate(row)})
                if len(piece) == importing.AT_ONCE:
                    db.session.execute(text(f"insert into plain_register values ({marks})"), piece)
                    piece = []
            if piece:
                db.session.execute(text(f"insert into plain_register values ({marks})"), piece)
    return time.perf_counter() - began


def _ours(path: Path, day: date) -> float:
    began = time.perf_counter()
    importing.import_extract(reading.look_at(path), taken_on=day)
    return time.perf_counter() - began


def run(folder: Path, database: str, url: str = "", count: int = ROWS) -> dict[str, Any]:
    """The import into an empty database, a second one over it, and the reference, on one database."""
    path = folder / "register.csv"
    if not path.exists():
        write(path, count)
    with _instance(folder / f"register-{database}", url):
        plain = _plain(path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first, second = _ours(path, date(2026, 3, 1)), _ours(path, date(2026, 4, 1))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        with unit_of_work(write=False):
            kept = db.session.scalar(select(func.count()).select_from(RegisterUnit))
            complete = db.session.scalar(select(func.count(RegisterSnapshot.id)).where(RegisterSnapshot.completed_at.is_not(None)))
    return {
        "database": database, "rows": count, "kept": kept, "snapshots": complete, "plain_s": plain, "first_s": first, "second_s": second,
        "grown_mib": grown / 1024, "file_mib": path.stat().st_size / 2**20,
    }  # fmt: skip


def each(folder: Path, wanted: str) -> Iterator[dict[str, Any]]:
    """On each database that is wanted and there."""
    if wanted in ("sqlite", "both"):
        yield run(folder, "sqlite")
    if wanted in ("postgresql", "both") and postgres.binaries() is not None:
        with postgres.server(durable=True) as url:
            yield run(folder, "postgresql", url)


def told(found: dict[str, Any]) -> list[str]:
    """For people."""
    worst = max(found["first_s"], found["second_s"])
    return [
        "",
        f"Business register of {found['rows']:,} rows ({found['file_mib']:.0f} MiB of CSV) on {found['database']}: {found['first_s']:.1f} s into an empty database,"
        f" {found['second_s']:.1f} s over an earlier one; the same rows without checks by csv.reader and executemany {found['plain_s']:.1f} s",
        f"    target {TARGET_SECONDS} s: {'met' if worst <= TARGET_SECONDS and found['kept'] == found['rows'] else 'MISSED'};"
        f" {found['kept']:,} units kept, memory grew by {found['grown_mib']:.0f} MiB",
    ]  # fmt: skip
