"""The pages of calls over HTTP: what visitors read, what officers do, and who may not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from grants.accounts.models import Role
from grants.base import access
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.content import MANDATORY, PARTS
from grants.calls.models import Call, CallDocument
from grants.calls.queries import find_call
from grants.calls.states import CallStatus
from tests.calls.builders import SMALL, make_call, make_officer
from tests.conftest import Clock, sign_in
from tests.pages import LintingClient
from tests.uploads import watch_uploads

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"


def details(**changes: Any) -> dict[str, Any]:
    return {
        "reference": "671-500/2026", "title_sl": "Razpis", "title_it": "Bando", "languages": ["sl", "it"], "kind": "razpis", "regime": "sport",
        "deciding": "", "budget_line": "18059001", "opens_at": "5. 5. 2026 8:00:00", "closes_at": "5. 6. 2026 12:00:00",
        "opening_at": "8. 6. 2026 9:00", "decisions_due": "1. 9. 2026", "area": "sport", "rulebook": SMALL,
    } | changes  # fmt: skip


@pytest.mark.parametrize("language", ["sl", "it", "en"])
def test_a_visitor_reads_everything_before_signing_in(app: Flask, client: LintingClient, language: str) -> None:
    call = make_call(rulebook="small")
    assert client.get(f"/{language}/razpisi").status_code == 200
    page = client.get(f"/{language}/razpisi/{call.id}").text
    said = {"sl": "ponedeljek, 18. maja 2026, 10:00:00", "it": "lunedì 18 maggio 2026, 10:00:00", "en": "Monday, 18 May 2026, 10:00:00"}[
        language
    ]
    assert said in page
    assert call.rulebook_sha256 in page
    form = client.get(f"/{language}/razpisi/{call.id}/obrazec/operating").text
    assert {"sl": "Seznam članov", "it": "Elenco dei soci", "en": "Seznam članov"}[language] in form
    assert client.get(f"/{language}/razpisi/{call.id}/pravilnik.yaml").text == SMALL


def test_the_form_page_shows_questions_limits_choices_columns_and_proof(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook="small")
    page = client.get(f"/en/razpisi/{call.id}/obrazec/operating").text
    for said in (
        "required",
        "at least 0",
        "at most 5,000",
        "Na dan vloge.",
        "Seznam članov",
        "druga stopnja",
        "For each row",
        "at most 80 characters",
        "at most 10 rows",
        "20,000.00",
        "published with the results",
    ):
        assert said in page.replace("\u00a0", " "), said
    assert client.get(f"/en/razpisi/{call.id}/obrazec/none").status_code == 404


def test_the_rules_are_said_in_words(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook="small")
    page = re.sub(r"\s+", " ", client.get(f"/en/razpisi/{call.id}").text.replace("\u00a0", " "))
    for said in (
        "35 članov or less: 5 points", "more than 36 članov: 20 points", "yes: 10 points", "druga stopnja: 10 points", "step of a mark: 2.5 points", "5 points or more: dober načrt",
        "At least 20 points of 50 are needed", "10,000.00 EUR", "Each award is first rounded down", "Nobody gets more than asked for", "The value of a point is not rounded",
        "Computed from the answers: “Število članov” ≥ 5", "The office establishes it", "no band covers", "Besedilo odloka je takšno", "21 days from service",
    ):  # fmt: skip
        assert said in page, said


def test_the_list_groups_by_the_clock_and_filters_by_area(app: Flask, client: LintingClient, clock: Clock) -> None:
    make_call(rulebook="small", title={"sl": "Prvi", "it": "Aperto"})
    make_call(rulebook="small", title={"sl": "Prihodnji", "it": "Prossimo"}, opens_at=clock.instant + timedelta(days=1))
    make_call(rulebook="small", title={"sl": "Kulturni", "it": "Culturale"}, area="culture", regime="culture")
    make_call("concluded", rulebook="small", title={"sl": "Odločen", "it": "Deciso"})
    make_call("draft", rulebook="small", title={"sl": "Osnutek", "it": "Bozza"})
    page = client.get("/sl/razpisi").text
    assert (
        page.index("Odprti razpisi")
        < page.index(">Prvi<")
        < page.index("Prihodnji razpisi")
        < page.index(">Prihodnji<")
        < page.index(">Odločen<")
    )
    assert ">Osnutek<" not in page
    culture = client.get("/sl/razpisi?podrocje=culture").text
    assert ">Kulturni<" in culture and ">Prvi<" not in culture
    assert ">Prvi<" in client.get("/sl/razpisi?podrocje=astrologija").text
    assert "govuk-error-message" not in page
    clock.forward(days=14)
    assert page.index("Odprti razpisi") < page.index(">Prvi<")
    later = client.get("/sl/razpisi").text
    assert later.index("Zaprti razpisi") < later.index(">Prvi<")


@pytest.mark.parametrize("address", ["/sl/razpisi", "/sl/urad/razpisi"])
def test_lists_take_the_same_number_of_queries_at_1_and_at_12_calls(
    app: Flask, client: LintingClient, queries: Callable[[], list[str]], address: str
) -> None:
    sign_in(client, make_officer())
    make_call(rulebook="small")
    client.get(address)
    queries()
    client.get(address)
    one = len(queries())
    for _ in range(11):
        make_call(rulebook="small")
    client.get(address)
    queries()
    client.get(address)
    # the person, their roles and memberships, the calls
    assert len(queries()) == one <= 5


PRIVATE = [
    "/sl/urad/razpisi/{id}",
    "/sl/urad/razpisi/{id}/podatki",
    "/sl/urad/razpisi/{id}/besedilo/sl",
    "/sl/urad/razpisi/{id}/pravilnik",
    "/sl/urad/razpisi/{id}/objava",
    "/sl/urad/razpisi/{id}/preklic",
]
OPEN = ["/sl/razpisi/{id}", "/sl/razpisi/{id}/obrazec/operating", "/sl/razpisi/{id}/pravilnik.yaml"]


def test_the_litany_of_a_draft(app: Flask, client: LintingClient) -> None:
    call = make_call("draft", rulebook="small")
    overseers = [make_officer("", Role.AUDITOR), make_officer("", Role.ADMINISTRATOR)]
    officers = [make_officer("sport"), make_officer("")]
    strangers = [make_officer("culture"), make_officer("", Role.SIGNER), make_officer("culture", Role.AUDITOR)]
    for address in PRIVATE:
        path = address.format(id=call.id)
        assert app.test_client().get(path).status_code == 302, path  # asked to sign in, told nothing
        reads_only = path.endswith(str(call.id))
        for people, expected in ((officers, 200), (strangers, 404), (overseers, 200 if reads_only else 403)):
            for person in people:
                answer = sign_in(app.test_client(), person).get(path)  # type: ignore[arg-type]
                assert answer.status_code == expected, (path, person.email)
        assert sign_in(client, officers[0]).get(address.format(id=9999)).status_code == 404


def test_strangers_do_not_learn_that_a_draft_exists(app: Flask, client: LintingClient) -> None:
    call = make_call("draft", rulebook="small")
    stranger = sign_in(app.test_client(), make_officer("culture"))  # type: ignore[arg-type]
    officer = sign_in(client, make_officer("sport"))
    for address in OPEN:
        path = address.format(id=call.id)
        assert app.test_client().get(path).status_code == 404, path
        assert stranger.get(path).status_code == 404, path
        assert officer.get(path).status_code == 200, path


def test_a_discarded_draft_stays_hidden_and_a_cancelled_call_public(app: Flask, client: LintingClient) -> None:
    draft = make_call("draft", rulebook="small")
    published = make_call(rulebook="small")
    sign_in(client, make_officer())
    for call in (draft, published):
        assert client.post(f"/sl/urad/razpisi/{call.id}/preklic", data={"reason": "ne"}).status_code == 422
        assert client.post(f"/sl/urad/razpisi/{call.id}/preklic", data={"reason": "Proračun ni bil sprejet."}).status_code == 303
    stranger = app.test_client()
    assert stranger.get(f"/sl/razpisi/{draft.id}").status_code == 404
    assert "preklican" in stranger.get(f"/sl/razpisi/{published.id}").text


def test_every_address_declares_its_rule(app: Flask) -> None:
    for endpoint in app.view_functions:
        if endpoint.startswith("calls."):
            assert access.rule_of(app, endpoint) is not None, endpoint


def test_an_officer_takes_a_call_from_a_file_to_publication(app: Flask, client: LintingClient, clock: Clock) -> None:
    sign_in(client, make_officer())
    assert client.get("/sl/urad/razpisi/nov").status_code == 200
    answer = client.post("/sl/urad/razpisi/nov", data=details(rulebook="", rulebook_file=(BytesIO(SMALL.encode()), "merila.yaml")))
    assert answer.status_code == 303
    call = find_call("671-500/2026")
    assert call is not None and call.status == CallStatus.DRAFT
    assert call.closes_at.isoformat() == "2026-06-05T10:00:00+00:00"
    base = f"/sl/urad/razpisi/{call.id}"
    draft = client.get(base).text
    assert draft.count("Manjka</strong>") == len(MANDATORY) * 2
    assert "Vrstica 32, stolpec 157" in draft
    blocked = client.post(f"{base}/objava")
    assert blocked.status_code == 409 and "Manjka" in client.get(base).text
    for language in ("sl", "it"):
        assert client.get(f"{base}/besedilo/{language}").status_code == 200
        assert (
            client.post(f"{base}/besedilo/{language}", data={part.id: f"Odstavek.\r\n\r\n{part.id}" for part in PARTS}).status_code == 303
        )
    assert client.post(f"{base}/podatki", data=details(budget_line="18059002")).status_code == 303
    key = html.unescape(re.findall(r'name="key" value="([^"]+)"', draft)[0])
    short = client.post(f"{base}/opozorilo", data={"key": key, "reason": "kratko"})
    assert short.status_code == 422 and ">\nkratko</textarea>" in short.text
    assert client.post(f"{base}/opozorilo", data={"key": key, "reason": "Tako piše v odloku."}).status_code == 303
    assert (
        client.post(
            f"{base}/dokumenti", data={"file": (BytesIO(PDF), "pogodba.pdf"), "title_sl": "Vzorec pogodbe", "title_it": "Modello"}
        ).status_code
        == 303
    )
    assert "nikoli več" in client.get(f"{base}/objava").text
    assert client.post(f"{base}/objava").status_code == 303
    db.session.rollback()
    assert db.session.get_one(Call, call.id).status == CallStatus.PUBLISHED
    page = app.test_client().get(f"/sl/razpisi/{call.id}")
    assert "Vzorec pogodbe" in page.text and "Tako piše v odloku." in page.text
    document = app.test_client().get(f"/sl/razpisi/{call.id}/dokumenti/{_document(call).id}")
    assert document.data == PDF and document.mimetype == "application/pdf"
    assert client.get(f"{base}/podatki").status_code == 403
    assert client.post(f"{base}/pravilnik", data={"rulebook": SMALL}).status_code == 403
    assert client.get(base).status_code == 200


def _document(call: Call) -> CallDocument:
    db.session.rollback()
    (document,) = db.session.get_one(Call, call.id).documents
    return document


BAD_DETAILS: list[tuple[dict[str, Any], str]] = [
    ({"closes_at": "29. 3. 2026 2:30:00"}, "ta čas ne obstaja"),
    ({"closes_at": "25. 10. 2026 2:30:00"}, "ta čas nastopi dvakrat"),
    ({"closes_at": "31. 6. 2026 12:00:00"}, "Tega dne v koledarju ni"),
    ({"closes_at": "5. 6. 2026 24:00"}, "23:59:59"),
    ({"closes_at": "5. 6. 2026 25:00"}, "Takega časa v dnevu ni"),
    ({"closes_at": "jutri opoldne"}, "Napišite datum in uro"),
    ({"closes_at": ""}, "Povejte, kdaj se razpis zapre"),
    ({"closes_at": "4. 5. 2026 8:00"}, "po odprtju"),
    ({"opening_at": "1. 6. 2026 8:00"}, "preden se razpis zapre"),
    ({"decisions_due": "30. 2. 2026"}, "Tega dne v koledarju ni"),
    ({"reference": ""}, "Vpišite številko zadeve"),
    ({"reference": "6" * 41}, "Največ 40 znakov"),
    ({"languages": []}, "vsaj en jezik"),
    ({"regime": "marsovski"}, ""),
    ({"deciding": "council/appeal"}, ""),
]


def test_bad_details_are_told_and_nothing_typed_is_lost(app: Flask, client: LintingClient) -> None:
    sign_in(client, make_officer())
    for change, said in BAD_DETAILS:
        answer = client.post("/sl/urad/razpisi/nov", data=details(**change))
        assert answer.status_code == 422, change
        assert said in answer.text, change
        assert "id: small" in answer.text and "18059001" in answer.text, change
        for name in ("reference", "closes_at", "opening_at", "decisions_due"):
            assert f'value="{details(**change)[name]}"' in answer.text, (change, name)
        assert find_call("671-500/2026") is None


def test_errors_of_a_rulebook_stand_on_the_page_with_their_place(app: Flask, client: LintingClient) -> None:
    sign_in(client, make_officer())
    broken = SMALL.replace("    kind: operating\n", "    kind: operating\n    colour: red\n").replace(
        "holds: members >= 5", 'holds: "members >="'
    )
    answer = client.post("/sl/urad/razpisi/nov", data=details(rulebook="", rulebook_file=(BytesIO(broken.encode()), "merila.yaml")))
    assert answer.status_code == 422
    assert "Vrstica 10, stolpec 5" in answer.text and "colour" in answer.text
    assert "Vrstica 25, stolpec 95" in answer.text
    assert "colour: red" in answer.text.split("<textarea", 1)[1]  # the text of the file comes back, to be corrected there
    italian = client.post("/it/urad/razpisi/nov", data=details(rulebook=broken))
    assert "Riga 10, colonna 5" in italian.text


def test_an_officer_says_how_large_attachments_may_be_until_the_call_is_published(app: Flask, client: LintingClient) -> None:
    sign_in(client, make_officer())
    call = make_call("draft", rulebook="small")
    address = f"/sl/urad/razpisi/{call.id}"
    assert "vsaka največ 20 MB, vse skupaj največ 200 MB" in client.get(address).text
    for wrong in (("0", "200"), ("101", "200"), ("30", "20"), ("20", "1001"), ("veliko", "200"), ("", "200"), ("9" * 5000, "200")):
        sent = details(reference=call.reference, largest_file_mb=wrong[0], largest_total_mb=wrong[1])
        assert client.post(f"{address}/podatki", data=sent).status_code == 422, wrong
    sent = details(reference=call.reference, largest_file_mb="30", largest_total_mb="60")
    assert client.post(f"{address}/podatki", data=sent).status_code == 303
    assert "vsaka največ 30 MB, vse skupaj največ 60 MB" in client.get(address).text
    assert 'value="30"' in client.get(f"{address}/podatki").text


def test_another_writer_gets_through_while_a_document_is_checked(
    app: Flask, client: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, make_officer())
    call, seen = make_call("draft", rulebook="small"), watch_uploads(app, monkeypatch)
    data = {"file": (BytesIO(PDF), "pogodba.pdf"), "title_sl": "Vzorec"}
    assert client.post(f"/sl/urad/razpisi/{call.id}/dokumenti", data=data).status_code == 303
    assert (seen, _document(call).name) == (["pogodba.pdf"], "pogodba.pdf")


def test_files_that_are_not_what_they_should_be(app: Flask, client: LintingClient) -> None:
    sign_in(client, make_officer())
    word = client.post("/sl/urad/razpisi/nov", data=details(rulebook="", rulebook_file=(BytesIO(b"PK\x03\x04\xff\x00"), "merila.docx")))
    assert word.status_code == 422 and "ni besedilo" in word.text
    call = make_call("draft", rulebook="small")
    base = f"/sl/urad/razpisi/{call.id}"
    for file in ((BytesIO(b"MZ\x90\x00"), "pogodba.pdf"), (BytesIO(b"x"), "pogodba.exe"), (BytesIO(b""), "pogodba.pdf")):
        answer = client.post(f"{base}/dokumenti", data={"file": file, "title_sl": "Vzorec"})
        assert answer.status_code == 422
        assert 'value="Vzorec"' in answer.text
    assert client.post(f"{base}/dokumenti", data={"title_sl": "Vzorec"}).status_code == 422
    assert client.post(f"{base}/dokumenti", data={"file": (BytesIO(PDF), "pogodba.pdf")}).status_code == 422
    assert client.post(f"{base}/dokumenti", data={"file": (BytesIO(PDF), "pogodba.pdf"), "title_sl": "Vzorec"}).status_code == 303
    assert client.post(f"{base}/dokumenti", data={"file": (BytesIO(PDF), "druga.pdf"), "title_sl": "Vzorec"}).status_code == 422
    other = make_call("draft", rulebook="small")
    number = _document(call).id
    assert client.post(f"/sl/urad/razpisi/{other.id}/dokumenti/{number}/odstrani").status_code == 404
    assert client.post(f"{base}/dokumenti/{number}/odstrani").status_code == 303
    assert client.get(f"/sl/razpisi/{call.id}/dokumenti/{number}").status_code == 404


def test_replacing_the_rulebook_of_a_draft(app: Flask, client: LintingClient) -> None:
    sign_in(client, make_officer())
    call = make_call("draft", rulebook="small")
    path = f"/sl/urad/razpisi/{call.id}/pravilnik"
    assert "id: small" in client.get(path).text
    assert client.post(path, data={"rulebook": "a: ["}).status_code == 422
    assert client.post(path, data={"rulebook": ""}).status_code == 422
    assert client.post(path, data={"rulebook": SMALL.replace("10000.00", "9000.00")}).status_code == 303
    assert db.session.get_one(Call, call.id).rulebook.pot("operating").amount_cents == 900_000


def test_only_people_of_the_office_see_its_list(app: Flask, client: LintingClient) -> None:
    assert client.get("/sl/urad/razpisi").status_code == 302
    assert sign_in(client, make_officer("", Role.FINANCE)).get("/sl/urad/razpisi").status_code == 404
    assert client.get("/sl/urad/razpisi/nov").status_code == 404
    auditor = sign_in(app.test_client(), make_officer("culture", Role.AUDITOR))  # type: ignore[arg-type]
    make_call("draft", rulebook="small", title={"sl": "Skrivni osnutek"})
    assert "Skrivni osnutek" not in auditor.get("/sl/urad/razpisi").text
    assert auditor.get("/sl/urad/razpisi/nov").status_code == 403
    assert "Skrivni osnutek" in sign_in(app.test_client(), make_officer()).get("/sl/urad/razpisi").text  # type: ignore[arg-type]


def test_a_text_that_is_too_long_is_told(app: Flask, client: LintingClient) -> None:
    sign_in(client, make_officer())
    call = make_call("draft", rulebook="small")
    answer = client.post(f"/sl/urad/razpisi/{call.id}/besedilo/sl", data={"notes": "x" * 20_001})
    assert answer.status_code == 422 and "predolg" in answer.text.lower()
    assert client.get(f"/sl/urad/razpisi/{call.id}/besedilo/en").status_code == 404


def test_scripts_in_texts_are_only_texts(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook="small", title={"sl": "<script>alert(1)</script>", "it": "x"})
    assert "<script>alert" not in client.get(f"/sl/razpisi/{call.id}").text


def test_nothing_is_written_when_a_page_is_read(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook="small")
    with unit_of_work(write=False):
        before = db.session.get_one(Call, call.id).status
    client.get(f"/sl/razpisi/{call.id}")
    assert db.session.get_one(Call, call.id).status == before


@pytest.mark.parametrize("moment", ["1. 1. 0001 0:00:00", "31. 12. 9999 23:59:59", "²", "٣. ٣. ٢٠٢٦ 8:00", "31. 2. 2026 8:00"])
def test_moments_that_no_call_can_have_are_refused_and_come_back(app: Flask, client: LintingClient, moment: str) -> None:
    sign_in(client, make_officer("sport"))
    answer = client.post("/sl/urad/razpisi/nov", data=details(opens_at=moment))
    assert answer.status_code == 422
    assert moment in html.unescape(answer.text)
