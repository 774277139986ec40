"""The business register: importing an extract, whatever its form, whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from stdnum.si import ddv, maticna

from grants.accounts import queries
from grants.accounts.commands import register as group
from grants.accounts.models import Organisation, RegisterSnapshot, RegisterUnit
from grants.accounts.register import importing, reading
from grants.base import audit
from grants.base.db import db
from tests.accounts.builders import registration_number, tax_number

USUAL = {
    "POPOLNO_IME": "Društvo ljubiteljev čebel Škofije", "KRATKO_IME": "Čebela", "PRAVNA_OBLIKA": "Društvo, zveza društev", "OBCINA_SIF": "399",
    "OBCINA": "Obala", "NASELJE": "Spodnje Škofije", "ULICA": "", "ULICA_HS": "12", "ULICA_HS_D": "a", "POSTNA_STEVILKA": "6281",
    "POSTNI_KRAJ": "Škofije", "SKD": "94.999; 90.010", "ZASTOPNIKI": "Ana Žagar; Marco Rossi",
}  # fmt: skip
CONTACT = {"email": "cebela@primer.example", "iban": "SI56 1910 0000 0123 438", "phone": "", "language": "sl"}


def row(number: int, **changes: str) -> dict[str, str]:
    return {"MATICNA": registration_number(number) + "000", "DAVCNA": tax_number(number), **USUAL} | changes


def extract(folder: Path, *rows: dict[str, str], separator: str = ";", encoding: str = "utf-8-sig", name: str = "register.csv") -> Path:
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter=separator, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path: Path, day: str = "2026-04-01", *options: str) -> Result:
    return CliRunner().invoke(group, ["import", str(path), "--date", day, *options])


def units() -> list[RegisterUnit]:
    return list(db.session.scalars(select(RegisterUnit).order_by(RegisterUnit.registration_number)))


def last_event(organisation_id: int) -> audit.Entry:
    return audit.timeline(db.session.get_one(Organisation, organisation_id), audit.STAFF)[-1]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
def test_an_extract_is_read_whatever_its_separator_and_encoding(app: Flask, tmp_path: Path, separator: str, encoding: str) -> None:
    result = load(extract(tmp_path, row(1), row(2), separator=separator, encoding=encoding))
    assert result.exit_code == 0, result.output
    assert "The register of 2026-04-01 is in use: 2 units" in result.output and "0 bad rows" in result.output
    unit = queries.get_unit(registration_number(1))
    assert (unit.name, unit.street, unit.municipality_code, unit.tax_number) == (
        "Društvo ljubiteljev čebel Škofije", "Spodnje Škofije 12a", "399", tax_number(1),
    )  # fmt: skip
    assert unit.representatives == "Ana Žagar\nMarco Rossi" and unit.activity_codes == "94.999\n90.010"
    assert unit.snapshot.taken_on == date(2026, 4, 1)
    assert queries.find_unit(tax_number(2)) is queries.get_unit(registration_number(2))


def test_other_headers_are_found_by_name_or_said(app: Flask, tmp_path: Path) -> None:
    strange = {"Matična številka": registration_number(1), "Naziv enote": "Klub", "Davčna številka": "SI" + tax_number(1)}
    path = extract(tmp_path, strange)
    assert "POPOLNO_IME" in load(path).output
    assert "--column" in load(path, "2026-04-01", "--column", "name").output
    assert "no column nome" in load(path, "2026-04-01", "--column", "nome=X").output
    assert "has no column Ime kluba" in load(path, "2026-04-01", "--column", "name=Ime kluba").output
    assert load(path, "2026-04-01", "--column", "name=Naziv enote").exit_code == 0
    assert queries.get_unit(registration_number(1)).name == "Klub"


def wrong_files(folder: Path) -> dict[str, bytes]:
    good = extract(folder, row(1), name="good.csv").read_bytes()
    return {
        "it is empty": b"",
        "its first line is empty": b"\n\nMATICNA;POPOLNO_IME\n",
        "names no column MATICNA": b"a;b\n1;2\n",
        "names no column POPOLNO_IME": b"MATICNA;B\n1;2\n",
        "it is not a text file": b"PK\x03\x04\0\0",
        "neither in UTF-8 nor in Windows-1250": b"MATICNA;POPOLNO_IME\n" + b"\x81\x83",
        "quotation mark": good + b'"' + b"x" * 200_000,
        "no usable row": b"MATICNA;POPOLNO_IME\n",
        "rows are bad, more than 10 in a hundred": good + b"1;2\n",
    }


def test_a_wrong_file_ends_with_a_clear_message_and_changes_nothing(app: Flask, tmp_path: Path) -> None:
    assert load(extract(tmp_path, row(7))).exit_code == 0
    before = [unit.registration_number for unit in units()]
    for says, content in wrong_files(tmp_path).items():
        path = tmp_path / "wrong.csv"
        path.write_bytes(content)
        result = load(path, "2026-05-01")
        assert result.exit_code == 1 and says in result.output and "Nothing was changed" in result.output, (says, result.output)
        db.session.rollback()
        assert [unit.registration_number for unit in units()] == before
    snapshot = queries.find_snapshot()
    assert snapshot is not None and snapshot.taken_on == date(2026, 4, 1)
    assert "has not come yet" in load(extract(tmp_path, row(1)), "2026-06-01").output


def test_a_file_of_nothing_but_bad_rows_is_not_read_to_its_end(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BAD", 3)
    path = extract(tmp_path, *(row(number, POPOLNO_IME="") for number in range(1, 10)))
    result = load(path)
    assert result.exit_code == 1 and "more than 3 rows are bad; the first one: line 2 has no name" in result.output
    assert units() == [] and queries.find_snapshot() is None


def test_bad_rows_are_counted_listed_and_left_out(app: Flask, tmp_path: Path) -> None:
    good = [row(number) for number in range(1, 60)]
    bad = [
        row(60, MATICNA="1234567000"), row(61, POPOLNO_IME="  "), row(62, DAVCNA="12345678"), row(1), row(63, POPOLNO_IME="X" * 251),
        row(64, OBCINA_SIF="1234"),
    ]  # fmt: skip
    path = extract(tmp_path, *good, *bad)
    listed = tmp_path / "bad.csv"
    result = load(path, "2026-04-01", "--bad-rows", str(listed))
    assert result.exit_code == 0 and "59 units" in result.output and "6 bad rows were left out" in result.output
    assert "line 61: registration number 1234567 cannot be right" in result.output
    assert "line 62: has no name" in result.output
    assert f"line 64: registration number {registration_number(1)} occurs a second time" in result.output
    assert "name is longer than the 250 characters" in result.output and "municipality_code is longer" in result.output
    with listed.open(encoding="utf-8", newline="") as handle:
        assert [line["line"] for line in csv.DictReader(handle)] == ["61", "62", "63", "64", "65", "66"]


def test_a_second_import_takes_the_place_of_the_first(app: Flask, tmp_path: Path) -> None:
    load(extract(tmp_path, row(1), row(2)))
    load(extract(tmp_path, row(2), row(3)), "2026-05-01")
    assert [unit.registration_number for unit in units()] == [registration_number(2), registration_number(3)]
    assert queries.find_unit(registration_number(1)) is None
    snapshots = db.session.scalars(select(RegisterSnapshot).order_by(RegisterSnapshot.id)).all()
    assert [(one.taken_on.isoformat(), one.units, one.rejected) for one in snapshots] == [("2026-04-01", 2, 0), ("2026-05-01", 2, 0)]
    events = [entry for entry in audit.newest(20) if entry.kind.name == "register.imported"]
    assert [event.data["units"] for event in events] == [2, 2] and events[0].data["sha256"] == snapshots[1].file_sha256
    assert events[0].actor_id is None


def test_an_import_that_breaks_half_way_leaves_the_register_in_use(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(extract(tmp_path, row(1)))
    path = extract(tmp_path, *(row(number) for number in range(2, 12)))
    path.write_bytes(path.read_bytes() + b'"open' + b"x" * 200_000)
    monkeypatch.setattr(importing, "AT_ONCE", 3)  # the first pieces are committed before the fault is met
    with pytest.raises(reading.UnreadableExtract):
        importing.import_extract(reading.look_at(path), taken_on=date(2026, 5, 1))
    assert [unit.registration_number for unit in units()] == [registration_number(1)]
    assert queries.find_unit(registration_number(5)) is None


def test_of_two_imports_at_once_the_slower_one_changes_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = reading.look_at(extract(tmp_path, row(1), name="slow.csv"))
    fast = reading.look_at(extract(tmp_path, row(2), name="fast.csv"))
    fill = importing._fill

    def overtaken(snapshot: int, extract: reading.Extract) -> int:
        monkeypatch.setattr(importing, "_fill", fill)
        written = fill(snapshot, extract)
        importing.import_extract(fast, taken_on=date(2026, 5, 1))
        return written

    monkeypatch.setattr(importing, "_fill", overtaken)
    with pytest.raises(reading.UnreadableExtract, match="another import"):
        importing.import_extract(slow, taken_on=date(2026, 4, 1))
    assert [unit.registration_number for unit in units()] == [registration_number(2)]


@given(st.text("0123456789 SI-.", max_size=12) | st.from_regex(r"\A[0-9]{7}(000)?\Z") | st.from_regex(r"\A[0-9]{8}\Z"))
def test_the_quick_check_of_numbers_judges_as_the_library_does(text: str) -> None:
    def quick(check: Callable[[str], str]) -> str:
        try:
            return check(text)
        except ValueError:
            return ""

    assert quick(reading._tax_number) == (ddv.compact(text) if ddv.is_valid(text) else "")
    if len(text) in (7, 10):
        assert quick(reading._registration_number) == (maticna.compact(text) if maticna.is_valid(text) else "")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    import tracemalloc

    def peak(count: int) -> int:
        path = extract(tmp_path, *(row(1, POPOLNO_IME=f"Društvo {number}") for number in range(2)), name="head.csv")
        head, one = path.read_text(encoding="utf-8-sig").splitlines()[:2]
        with path.open("w", encoding="utf-8", newline="") as handle:
            handle.write(head + "\n")
            for number in range(count):
                handle.write(one.replace(registration_number(1) + "000", f"{1000000 + number}A{number % 100:02d}") + "\n")
        found = reading.look_at(path)
        tracemalloc.start()
        for _unit in found.units():
            found.bad.clear()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(20_000) < peak(1_000) + 4_000_000
