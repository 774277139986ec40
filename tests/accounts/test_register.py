"""The business register: importing an extract, entering an organisation from it, following it, disputing it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value
from stdnum.si import ddv, maticna

from grants.accounts import actions, queries
from grants.accounts.commands import register as group
from grants.accounts.models import Dispute, MemberRole, Organisation, RegisterSnapshot, RegisterUnit, Role, User
from grants.accounts.register import disputes, importing, reading
from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from grants.calls.municipality import municipality
from tests.accounts.builders import (
    make_member,
    make_organisation,
    make_staff,
    make_user,
    organisation_data,
    registration_number,
    tax_number,
)
from tests.conftest import sign_in
from tests.pages import LintingClient

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


def test_people_enter_an_organisation_by_tax_number_and_confirm_what_the_register_says(client: LintingClient, tmp_path: Path) -> None:
    user = make_user().id
    load(extract(tmp_path, row(1)))
    sign_in(client, db.session.get_one(User, user))
    page = client.get("/sl/organizacije/nova")
    assert 'name="number"' in page.text and 'name="street"' not in page.text and "1. april" in page.text
    answer = client.post("/sl/organizacije/nova", data={"number": f"SI {tax_number(1)}", "email": "cebela@primer.example"})
    assert answer.status_code == 303
    page = client.get(answer.location)
    for said in ("Društvo ljubiteljev čebel Škofije", "Spodnje Škofije 12a, 6281 Škofije", "94.999, 90.010", "Ana Žagar, Marco Rossi"):
        assert said in page.text
    assert 'value="cebela@primer.example"' in page.text
    assert not any(f'name="{typed}"' in page.text for typed in ("name", "street", "legal_form", "representative", "tax_number"))
    assert client.post(answer.location, data=CONTACT | {"iban": "SI56"}).status_code == 422
    # What the form does not ask is not taken, even if it is sent.
    done = client.post(answer.location, data=CONTACT | {"name": "Drugo ime", "street": "Drugje 1", "tax_number": tax_number(50)})
    assert done.status_code == 303
    found = queries.organisations_of(db.session.get_one(User, user))[0]
    assert (found.name, found.tax_number, found.legal_form, found.settlement) == (
        "Društvo ljubiteljev čebel Škofije", tax_number(1), "association", "Spodnje Škofije",
    )  # fmt: skip
    assert found.from_register_on == date(2026, 4, 1) and found.activity_codes == "94.999\n90.010"
    assert municipality().seat_inside(found.municipality_code) is True
    page = client.get(done.location)
    assert "1. april" in page.text and "Čebela" in page.text


@pytest.mark.parametrize("number", ["registration", "tax"])
def test_a_unit_without_tax_number_is_found_by_registration_number(client: LintingClient, tmp_path: Path, number: str) -> None:
    user = make_user().id
    load(extract(tmp_path, row(1, DAVCNA="")))
    sign_in(client, db.session.get_one(User, user))
    typed = registration_number(1) if number == "registration" else tax_number(1)
    answer = client.post("/en/organizacije/nova", data={"number": typed, "email": "cebela@primer.example"})
    if number == "tax":
        # Not found: the form to type, with the number in it. When the other number is known there, it leads back to the register.
        assert answer.status_code == 200 and f'value="{typed}"' in answer.text and "does not have this number" in answer.text
        typed_data = organisation_data(tax_number=typed, registration_number=registration_number(1))
        answer = client.post("/en/organizacije/nova", data=typed_data)
        assert queries.organisations_of(db.session.get_one(User, user)) == []
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert 'name="tax_number"' in page.text and "not in the register" in page.text
    assert client.post(answer.location, data=CONTACT).status_code == 422
    assert client.post(answer.location, data=CONTACT | {"tax_number": tax_number(1)}).status_code == 303
    assert queries.organisations_of(db.session.get_one(User, user))[0].tax_number == tax_number(1)


def test_wrong_numbers_are_explained_and_known_organisations_lead_to_their_owners(client: LintingClient, tmp_path: Path) -> None:
    owner, other = make_user().id, make_user("Bine Val").id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT)
    sign_in(client, db.session.get_one(User, other))
    for number, says in (
        ("", "Enter the tax number"),
        ("123", "has 8 digits"),
        ("12345678", "cannot be right"),
        ("1234567", "cannot be right"),
    ):
        answer = client.post("/en/organizacije/nova", data={"number": number, "email": "a@primer.example"})
        assert answer.status_code == 422 and says in answer.text
    address = f"/en/organizacije/nova/{registration_number(1)}"
    assert "registered already" in client.get(address).text
    assert client.post(address, data=CONTACT).status_code == 409
    assert client.get("/en/organizacije/nova/9999999").status_code == 404


def test_register_facts_cannot_be_typed_differently(client: LintingClient, tmp_path: Path) -> None:
    owner = make_user().id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        made = actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT).id
    sign_in(client, db.session.get_one(User, owner))
    address = f"/en/organizacije/{made}/uredi"
    page = client.get(address)
    assert 'name="iban"' in page.text and 'name="name"' not in page.text and "1 April 2026" in page.text
    assert client.post(address, data=organisation_data(name="Drugo ime", street="Drugje 1", phone="05 111 22 33")).status_code == 303
    found = db.session.get_one(Organisation, made)
    assert (found.name, found.street, found.phone) == ("Društvo ljubiteljev čebel Škofije", "Spodnje Škofije 12a", "05 111 22 33")
    typed = {
        name: value for name, value in organisation_data(name="Drugo ime").items() if name not in ("tax_number", "registration_number")
    }
    with pytest.raises(Refused), unit_of_work():
        actions.change_organisation(db.session.get_one(Organisation, made), by=db.session.get_one(User, owner), **typed)
    assert db.session.get_one(Organisation, made).name == "Društvo ljubiteljev čebel Škofije"


def test_a_new_extract_brings_organisations_up_to_date_and_matches_those_typed_by_hand(app: Flask, tmp_path: Path) -> None:
    owner = make_user()
    typed = make_organisation(owner, tax_number=tax_number(201), registration_number=registration_number(201) + "000").id
    stranger = make_organisation(make_user(), tax_number=tax_number(202), registration_number=registration_number(202)).id
    elsewhere = make_organisation(make_user()).id
    result = load(extract(tmp_path, row(201), row(202, DAVCNA=tax_number(203))))
    assert "1 organisations were brought to it" in result.output
    assert "another tax number than in the register" in result.output and registration_number(202) in result.output
    found = db.session.get_one(Organisation, typed)
    assert found.name == USUAL["POPOLNO_IME"] and found.from_register_on == date(2026, 4, 1)
    assert last_event(typed).kind.name == "organisation.refreshed" and "name" in last_event(typed).data["fields"]
    for other in (stranger, elsewhere):
        assert db.session.get_one(Organisation, other).from_register_on is None
    load(extract(tmp_path, row(201, POPOLNO_IME="Društvo Nova čebela", OBCINA_SIF="50")), "2026-05-01")
    found = db.session.get_one(Organisation, typed)
    assert found.name == "Društvo Nova čebela" and municipality().seat_inside(found.municipality_code) is False
    assert last_event(typed).data == {"fields": ["municipality_code", "name"], "taken_on": "2026-05-01"}
    events = len(audit.timeline(found, audit.STAFF))
    load(extract(tmp_path, row(201, POPOLNO_IME="Društvo Nova čebela", OBCINA_SIF="50")), "2026-05-02")
    assert len(audit.timeline(db.session.get_one(Organisation, typed), audit.STAFF)) == events


@pytest.mark.parametrize(
    ("form", "name", "ours"),
    [
        ("Društvo, zveza društev", "Društvo Galeb", "association"), ("Društvo, zveza društev", "ZVEZA športnih društev", "federation"),
        ("Javni zavod", "Zavod", "institute"), ("Ustanova", "Ustanova", "foundation"), ("Cerkev in druga verska skupnost", "Župnija", "religious_community"),
        ("Samoupravna narodna skupnost", "Skupnost Italijanov", "minority_community"), ("Družba z omejeno odgovornostjo", "D.o.o.", "other"),
    ],
)  # fmt: skip
def test_the_legal_form_follows_from_the_register(app: Flask, tmp_path: Path, form: str, name: str, ours: str) -> None:
    from grants.accounts.register.facts import form_of

    load(extract(tmp_path, row(1, PRAVNA_OBLIKA=form, POPOLNO_IME=name)))
    assert form_of(queries.get_unit(registration_number(1))) == ours


def test_what_is_wrong_in_the_register_is_disputed_and_answered(app: Flask, client: LintingClient, tmp_path: Path) -> None:
    owner, officer, signer = make_user().id, make_staff(Role.OFFICER).id, make_staff(Role.SIGNER).id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        made = actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT).id
    reader = make_member(db.session.get_one(Organisation, made), MemberRole.READER).id
    sign_in(client, db.session.get_one(User, owner))
    address = f"/en/organizacije/{made}/to-ni-prav"
    assert address in client.get(f"/en/organizacije/{made}").text
    assert client.post(address, data={"what": "", "text": ""}).status_code == 422
    assert client.post(address, data={"what": "representatives", "text": "Od marca nas zastopa Bine Val."}).status_code == 303
    dispute = db.session.scalars(select(Dispute)).one().id
    assert last_event(made).kind.name == "register.disputed"
    assert "Bine Val" in client.get(f"/en/organizacije/{made}").text

    def as_person(identity: int) -> Any:
        other = app.test_client()
        sign_in(other, db.session.get_one(User, identity))  # type: ignore[arg-type]
        return other

    assert as_person(reader).get(address).status_code == 403
    office = as_person(officer)
    assert "Bine Val" in office.get("/en/urad/register").text and "Bine Val" in as_person(signer).get("/en/urad/register").text
    assert client.get("/en/urad/register").status_code == 404
    assert as_person(signer).get(f"/en/urad/register/{dispute}").status_code == 403
    assert client.get(f"/en/urad/register/{dispute}").status_code == 404
    assert office.get(f"/en/urad/register/{dispute}").status_code == 200
    assert office.post(f"/en/urad/register/{dispute}", data={"answer": " "}).status_code == 422
    assert office.post(f"/en/urad/register/{dispute}", data={"answer": "Register je vpisal 4. maja."}).status_code == 303
    assert office.get(f"/en/urad/register/{dispute}").status_code == 404
    message = db.session.scalars(select(Message).where(Message.event == "accounts/dispute_answered")).one()
    assert "Register je vpisal 4. maja." in message.body and "Bine Val" in message.body
    assert last_event(made).kind.name == "register.dispute_answered"
    assert "Register je vpisal" in client.get(f"/en/organizacije/{made}").text


def test_only_a_few_disputes_may_wait(app: Flask, client: LintingClient, tmp_path: Path) -> None:
    owner = make_user().id
    load(extract(tmp_path, row(1)))
    with unit_of_work():
        made = actions.enter_from_register(queries.get_unit(registration_number(1)), by=db.session.get_one(User, owner), **CONTACT).id
    sign_in(client, db.session.get_one(User, owner))
    sent = [client.post(f"/en/organizacije/{made}/to-ni-prav", data={"what": "other", "text": f"Napaka {n}"}).status_code for n in range(6)]
    assert sent == [303] * 5 + [409]
    assert db.session.scalar(select(func.count(Dispute.id))) == 5


def test_data_that_were_typed_are_corrected_and_not_disputed(client: LintingClient) -> None:
    owner = make_user()
    made = make_organisation(owner).id
    sign_in(client, db.session.get_one(User, owner.id))
    assert client.get(f"/en/organizacije/{made}/to-ni-prav").status_code == 403
    assert "were typed" in client.get(f"/en/organizacije/{made}").text


def test_looking_up_costs_the_same_however_large_the_register(client: LintingClient, queries: Any, tmp_path: Path) -> None:
    user = make_user()
    sign_in(client, user)
    counts = []
    for rows in (1, 300):
        load(extract(tmp_path, *(row(number) for number in range(1, rows + 1))))
        queries()
        assert client.get(f"/sl/organizacije/nova/{registration_number(1)}").status_code == 200
        counts.append(len(queries()))
    assert counts[0] == counts[1]


def test_of_two_people_who_answer_at_the_same_time_the_second_is_told_so(app: Flask) -> None:
    made, officer = make_organisation(make_user()), make_user("Uradna Oseba").id
    with unit_of_work():
        dispute = disputes.raise_dispute(
            db.session.get_one(Organisation, made.id), what="name", text="Ime je napačno.", by=db.session.get_one(User, officer)
        )  # fmt: skip
    identity = dispute.id
    with unit_of_work():
        disputes.answer_dispute(db.session.get_one(Dispute, identity), answer="Prvi odgovor.", by=db.session.get_one(User, officer))
    with pytest.raises(Refused, match="in the meantime|Medtem"), unit_of_work():
        seen = db.session.get_one(Dispute, identity)
        set_committed_value(seen, "answered_at", None)  # as it was when the page was opened
        disputes.answer_dispute(seen, answer="Drugi odgovor.", by=db.session.get_one(User, officer))
    assert db.session.get_one(Dispute, identity).answer == "Prvi odgovor."
    assert len(db.session.scalars(select(Message).where(Message.event == "accounts/dispute_answered")).all()) == 1
