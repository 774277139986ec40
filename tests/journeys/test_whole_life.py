"""One call from the empty database to the verified bundle, over HTTP, through pages and forms only, on both databases."""

from __future__ import annotations

import email
import re
from email.policy import default as mail_policy
from pathlib import Path

import page
import pytest
from flask import Flask
from sqlalchemy import text

from grants.accounts.models import Role
from grants.base import jobs
from grants.base.db import db
from grants.calls.content import MANDATORY
from tests.accounts.builders import PASSWORD, TOTP_SECRET, make_staff, make_user, organisation_data
from tests.applications.answers import small_pdf
from tests.conftest import Clock
from tests.journeys.checks import check_the_act, check_the_record, check_the_results, read_the_timelines
from tests.journeys.life import JOINT, TITLE, Life
from tests.journeys.visitor import Visitor

CHECKOUT = Path(__file__).parent.parent.parent
RULEBOOK = (Path(__file__).parent / "rulebook.yaml").read_bytes()
STATUTE = small_pdf("statut.pdf", "Statut").data
ANSWERS: dict[str, str | list[str]] = {
    "f_members": "48", "f_youth": "y", "f_leader": "Živa Skrivna", "f_plan": "Vadba trikrat na teden – za vse.\nPoleti jadralna šola.",
    "f_events-0-f_title": "Regata »Burja«", "f_events-0-f_held": "4. 7. 2026", "f_requested": "1.900,50",
}  # fmt: skip
REASON = "Načrt ne pove, kdo bo vodil vadbo otrok."


def test_a_call_from_registration_to_the_verified_bundle(app: Flask, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(app, clock)
    register_everyone(life)
    draft_and_publish(life)
    apply_with_mistakes(life)
    submit_withdraw_and_submit_again(life)
    apply_in_italian_and_too_late(life)
    open_the_applications(life)
    appoint_and_declare(life)
    score(life)
    agree_and_conclude(life)
    divide_and_adopt(life)
    issue(life)
    check_the_act(life, tmp_path)
    check_the_results(life, tmp_path)
    check_the_record(life, monkeypatch)
    read_the_timelines(life)


# Registration


def link_in_mail(life: Life, to: str) -> str:
    """The link in the newest message to an address, from the file that would have been sent."""
    jobs.run_pending()
    folder: Path = life.app.config["SETTINGS"].mail_folder
    for path in sorted(folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns, reverse=True):
        message = email.message_from_bytes(path.read_bytes(), policy=mail_policy)
        if message["To"] == to:
            found = re.search(r"https?://[^/\s]+(/\S+)", message.get_content())
            assert found, message.get_content()
            return found[1]
    raise AssertionError(f"no message to {to}")


def register(life: Life, role: str, *, name: str, language: str, organisation: str) -> Visitor:
    """A person makes an account, confirms the address by the link in the message, signs in and enters the organisation."""
    address = f"{role}@primer.example"
    person = Visitor(life.app, language, email=address, password=PASSWORD)
    person.open(f"/{language}/").follow("Sign in").follow("I have no account yet")
    person.fill(name=name, email=address, password="kratko").press("Create an account", expect=422)
    assert person.value("name") == name, "what was typed is still there"
    person.fill(password=PASSWORD).press("Create an account")
    person.open(f"/{language}/racun/prijava").fill(email=address, password=PASSWORD).press("Sign in", expect=422)
    person.open(link_in_mail(life, address)).press("Yes, this is my address")
    person.sign_in(f"/{language}/miza").follow("Enter the organisation")
    data = organisation_data(name=organisation, language=language, representative=name, email=f"pisarna-{role}@primer.example")
    person.fill(data | {"tax_number": "12345678"}).press("Register", expect=422)
    assert person.value("name") == organisation
    person.fill(tax_number=data["tax_number"]).press("Register")
    life.people[role] = person
    return person


def register_everyone(life: Life) -> None:
    register(life, "burja", name="Vida Kos", language="sl", organisation="Športno društvo Burja")
    register(life, "onda", name="Marco Rossi", language="it", organisation="Circolo sportivo Onda")
    register(life, "pozno", name="Tomaž Zamudnik", language="sl", organisation="Plavalni klub Pozno")
    for role in (Role.OFFICER, Role.SIGNER):
        made = make_staff(role, "sport", name={"officer": "Marjeta Uradna", "signer": "Tamara Podpisna"}[role])
        life.people[role] = Visitor(life.app, "sl", email=made.email, password=PASSWORD, totp=TOTP_SECRET)
    for role, name, language in (
        ("chair", "Vesna Predsednica", "sl"),
        ("member", "Roberto Vascotto", "it"),
        ("tied", "Polona Povezana", "sl"),
    ):
        panelist = make_user(name, language=language)
        life.people[role] = Visitor(life.app, language, email=panelist.email, password=PASSWORD)


# The call


def draft_and_publish(life: Life) -> None:
    officer = life.people["officer"]
    officer.open("/sl/racun/prijava").fill(email=officer.email, password=PASSWORD).press("Sign in")
    officer.fill(code="000000").press("Go on", expect=422)
    officer.sign_in("/sl/urad/razpisi").follow("New call")
    fields: dict[str, str | list[str]] = {
        "reference": "671-77/2026", "title_sl": TITLE["sl"], "title_it": TITLE["it"], "languages": ["sl", "it"], "regime": "sport", "kind": "razpis", "area": "sport",
        "budget_line": "18059001", "opens_at": "5. 5. 2026 8:00:00", "closes_at": "5. 6. 2026 12:00:00", "opening_at": "8. 6. 2026 9:00", "decisions_due": "31. 2. 2026",
    }  # fmt: skip
    broken = RULEBOOK.replace(b'step: "0.5"', b"step: half")
    officer.fill(fields).choose_file("rulebook_file", "pravila.yaml", broken).press("Save the draft", expect=422)
    assert "step: half" in officer.value("rulebook") and officer.value("title_it") == TITLE["it"]
    officer.fill(fields | {"decisions_due": "31. 8. 2026"}).choose_file("rulebook_file", "pravila.yaml", RULEBOOK).press("Save the draft")
    draft = officer.address
    life.call = "/".join(draft.split("/")[-1:])
    for language, own in (("sl", "Slovenščina"), ("it", "Italiano")):
        assert not [one for one in officer.buttons() if one == officer.say("Look once more and publish")]
        refused(officer, f"{draft}/objava")
        officer.open(draft).follow("Write the text: %(language)s", language=own)
        officer.fill({part.id: f"Besedilo {part.id} ({language})." for part in MANDATORY}).press("Save")
    refused(officer, f"{draft}/objava")
    officer.open(draft).sees(officer.say("Warnings: correct them, or accept them with a reason"))
    officer.fill(reason="").press("Accept the warning", expect=422)
    while officer.say("Accept the warning") in officer.buttons():
        officer.fill(reason="Pravilnik je tak sprejel občinski svet.").press("Accept the warning")
    officer.follow("Look once more and publish").press("Publish the call")
    visitor = life.visitor().open(f"/sl/razpisi/{life.call}")
    visitor.sees("Pravilnik je tak sprejel občinski svet.", "torek, 5. maja 2026, 08:00:00")
    officer.open(f"{draft}/podatki", expect=403)
    life.clock.set("2026-05-05T08:00:00")


def refused(officer: Visitor, address: str) -> None:
    """The page of publication says what is missing, and sending it all the same publishes nothing."""
    officer.open(address).sees(officer.say("The call cannot be published yet. This is missing:"))
    officer.post(address, 409)


# The applications


def begin(life: Life, role: str) -> Visitor:
    """A visitor reads the form, then the person begins a draft."""
    person = life.people[role]
    reader = life.visitor(person.language).open(f"/{person.language}/razpisi").follow_name(TITLE[person.language])
    reader.follow("Read or print the whole form: %(track)s", track="")
    reader.sees({"sl": "Statut društva", "it": "Statuto dell'associazione"}[person.language], "20.000,00")
    reader.follow("Apply: %(track)s", track="")
    assert "/racun/prijava" in reader.address
    person.open(f"/{person.language}/razpisi/{life.call}").follow("Apply: %(track)s", track="")
    person.fill(organisation=person.only_choice("organisation"), language=person.language).press("Begin the draft")
    life.applications[role] = person.address.split("/")[3]
    return person


def apply_with_mistakes(life: Life) -> None:
    person = begin(life, "burja")
    wrong = ANSWERS | {"f_members": "osemindvajset", "f_requested": "1900,505", "f_events-0-f_held": "31. 6. 2026"}
    person.fill(wrong).press("Save the draft", expect=422)
    person.sees(person.say("There is no such day in the calendar. Check the day and the month."))
    for name, typed in wrong.items():
        assert person.value(name).replace("\r\n", "\n") == typed, name
    person.fill(ANSWERS).press("Add a row")
    person.fill({"f_events-1-f_title": "Zimski pohod"}).press("Save the draft")
    assert (person.value("f_events-1-f_title"), person.value("f_leader")) == ("Zimski pohod", "Živa Skrivna")
    person.press("Save and check before submitting").sees(
        "Statut društva", person.say("Each line leads to its question. What you have typed is saved.")
    )
    person.follow("Back to the form").choose_file("f_statute", "statut.docx", b"to ni PDF").press("Save the draft", expect=422)
    person.choose_file("f_statute", "statut društva.pdf", STATUTE).press("Save the draft")
    assert person.download("statut društva.pdf") == STATUTE


def submit_withdraw_and_submit_again(life: Life) -> None:
    person = life.people["burja"]
    person.press("Save and check before submitting").press("Submit the application", expect=422)
    person.fill(declared="y").press("Submit the application")
    person.sees(person.say("The application is submitted"), "671-77/2026-1")
    receipt = person.address
    assert person.press_again().address == receipt, "a double click leads to the same receipt"
    person.follow("To the application").follow("Withdraw it").press("Withdraw it")
    person.sees(person.say("The application is withdrawn. Nothing is submitted any more."))
    person.press("Take it up again").fill(f_members="49").press("Save and check before submitting")
    person.fill(declared="y").press("Submit the application").sees("671-77/2026-2")
    jobs.run_pending()
    pdf = person.open(receipt).download("Download the receipt (PDF)")
    assert pdf.startswith(b"%PDF-")
    for profile in ("3a", "ua1"):
        assert page.validate_pdf_bytes(pdf, profile=profile).is_compliant
    stranger = life.people["onda"]
    stranger.open(f"/it/vloge/{life.applications['burja']}", expect=404)
    life.people["officer"].open(f"/sl/vloge/{life.applications['burja']}", expect=404)


def apply_in_italian_and_too_late(life: Life) -> None:
    person = begin(life, "onda")
    person.fill(ANSWERS | {"f_members": "36", "f_requested": "2.500", "f_leader": "Sara Segreta"}).choose_file(
        "f_statute", "statuto.pdf", STATUTE
    )
    person.press("Save and check before submitting").fill(declared="y").press("Submit the application").sees("671-77/2026-3")
    late = begin(life, "pozno")
    late.fill(ANSWERS).choose_file("f_statute", "statut.pdf", STATUTE).press("Save and check before submitting")
    life.clock.set("2026-06-05T11:59:00")
    late.sign_in(f"/sl/vloge/{life.applications['pozno']}/oddaja")
    life.clock.set("2026-06-05T12:00:00")
    late.fill(declared="y").press("Submit the application", expect=409)
    late.sees(late.say("Too late: the application was not submitted"), "12:00:00")
    late.open(f"/sl/vloge/{life.applications['pozno']}/obrazec")
    assert late.value("f_leader") == "Živa Skrivna", "the draft keeps the text"


def open_the_applications(life: Life) -> None:
    officer = life.people["officer"]
    listed = f"/sl/urad/razpisi/{life.call}/vloge"
    officer.sign_in(listed)
    officer.sees(officer.say("Sealed until the opening"))
    officer.misses("Burja", "Onda")
    officer.post(f"/sl/urad/razpisi/{life.call}/odpiranje", 409)
    life.clock.set("2026-06-08T09:00:00")
    officer.sign_in(listed).press("Open the applications").sees("Športno društvo Burja", "Circolo sportivo Onda", "1.900,50")
    officer.misses("Pozno")
    officer.follow_name("671-77/2026-2").sees("Živa Skrivna", "49")


# The panel


def appoint_and_declare(life: Life) -> None:
    officer = life.people["officer"]
    officer.open(f"/sl/razpisi/{life.call}/komisija").follow("Appoint the panel")
    seats = [life.people[role] for role in ("chair", "member", "tied")]
    fields: dict[str, str | list[str]] = {
        "members": "\n".join(one.email for one in seats),
        "chair": "nihce@primer.example",
        "recusal_scope": "application",
        "order_number": "671-77/2026-50",
    }
    officer.fill(fields).press("Appoint the panel", expect=422)
    officer.fill(chair=seats[0].email).press("Appoint the panel").sees("Polona Povezana")
    refusal = officer.press("Start the scoring", expect=409)
    assert refusal.status == 409
    for role in ("chair", "member", "tied"):
        person = life.people[role].sign_in()
        person.open(f"/{person.language}/razpisi/{life.call}/ocenjevanje", expect=403).follow("To the declaration")
        person.misses("Živa Skrivna", "Sara Segreta")
        person.press("Declare", expect=422)
        fields = {"confirmed": ["y"]}
        if role == "tied":
            onda = life.applications["onda"]
            fields |= {"conflicts": [onda], f"reason-{onda}": "Predsednica društva je moja sestra."}
        person.fill(fields).press("Declare")
        person.open(f"/{person.language}/vloge/{life.applications['burja']}", expect=404)
    officer.open(f"/sl/razpisi/{life.call}/komisija").sees("Predsednica društva je moja sestra.").press("Start the scoring")
    officer.follow_name("Redna dejavnost")
    life.evaluation = officer.address


def score(life: Life) -> None:
    for role, points in (("chair", "8,5"), ("member", "7"), ("tied", "9")):
        person = life.people[role]
        work = f"/{person.language}/razpisi/{life.call}/ocenjevanje"
        for name in ("Športno društvo Burja", "Circolo sportivo Onda"):
            person.open(work)
            if role == "tied" and "Onda" in name:
                person.misses("Onda")
                person.open(f"/{person.language}{life.evaluation[3:]}/vloge/{life.applications['onda']}", expect=404)
                continue
            person.follow_name(name).fill({"points-quality": points, "points-reach": "5"})
            person.press("Finish this sheet", expect=422)
            assert person.value("points-quality") == points
            person.fill({"reason-quality": REASON}).press("Save the draft").sees(person.say("Draft, not finished"))
            person.fill({"points-quality": "8,3"}).press("Finish this sheet", expect=422)
            assert person.value("reason-quality") == REASON
            person.fill({"points-quality": points}).press("Finish this sheet")
    officer = life.people["officer"].open(life.evaluation)
    officer.sees("Športno društvo Burja", "Circolo sportivo Onda")


def agree_and_conclude(life: Life) -> None:
    chair = life.people["chair"].open(life.evaluation)
    chair.fill(session_on="8. 6. 2026").press("Conclude the scoring", expect=409)
    for name in ("Športno društvo Burja", "Circolo sportivo Onda"):
        chair.open(life.evaluation).follow_name(name)
        chair.fill({"reason-quality-sl": JOINT["sl"], "reason-quality-it": ""}).press("Save what was agreed")
        chair.fill({"reason-quality-it": JOINT["it"]}).press("Save what was agreed")
    chair.open(life.evaluation).fill(session_on="8. 6. 2026").press("Conclude the scoring")
    jobs.run_pending()
    minutes = chair.open(life.evaluation).download("Minutes of the session (PDF)")
    assert page.validate_pdf_bytes(minutes, profile="3a").is_compliant
    chair.follow_name("Športno društvo Burja").sees(JOINT["it"])


# Money and acts


def divide_and_adopt(life: Life) -> None:
    life.clock.set("2026-06-10T10:00:00")
    officer = life.people["officer"].sign_in(f"/sl/razpisi/{life.call}/razdelitve")
    officer.press("Compute by the published rule", expect=422).fill(pots=["operating"]).press("Compute by the published rule")
    life.proposal = officer.address
    officer.sees("1.900,50")
    assert officer.say("Adopt the distribution") not in officer.buttons()
    officer.post(f"{life.proposal}/sprejmi", 403)
    signer = life.people["signer"].sign_in("/sl/miza").follow_name(TITLE["sl"])
    assert signer.address == life.proposal
    signer.press("Adopt the distribution").follow_name("671-77/2026")
    life.decision = signer.address


def issue(life: Life) -> None:
    officer, signer = life.people["officer"], life.people["signer"]
    number = int(life.decision.rsplit("/", 1)[1])
    with db.engine.begin() as connection:  # past the product, as a careless hand in the database would
        connection.execute(
            text("UPDATE decision_line SET reason_it = '' WHERE decision_id = :id AND criterion = 'quality'"), {"id": number}
        )
    life.people["burja"].sign_in().open(life.decision, expect=404)
    signer.open(life.decision).sees(signer.say("This decision cannot be issued: reasons are missing."))
    assert not {signer.say("Issue the decision"), signer.say("Issue all decisions")} & set(signer.buttons())
    signer.post(f"{life.decision}/izdaj", 409)
    signer.post(f"{life.proposal}/odlocbe/izdaj", 409)
    officer.open(life.decision).follow("enter the reason of the panel").fill(text=JOINT["it"]).press("Save the reason")
    signer.open(f"{life.proposal}/odlocbe").press("Issue all decisions").sees("0 od 2")
    jobs.run_pending()
    answer = signer.client.get(f"{life.proposal}/odlocbe/napredek").json
    assert answer == {"done": 2, "failed": 0, "total": 2}
    signer.open(f"{life.proposal}/odlocbe").sees("2 od 2")
