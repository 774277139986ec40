"""The pages of the stage: who may open them, what they show, and a whole way from the computation to issued decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grants.accounts.models import Role, User
from grants.accounts.queries import find_user
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.decisions import queries
from grants.decisions.models import Decision
from grants.decisions.states import DecisionStatus
from tests.conftest import sign_in
from tests.decisions.builders import THREE, make_drafted, make_issued, make_proposal, make_scored, make_user, officer, render, signer
from tests.pages import LintingClient

OFFICE = ("officer", "signer", "finance", "auditor")
OTHERS = ("administrator", "elsewhere", "stranger", "member")


def person(kind: str) -> User:
    """One of each kind of people."""
    if kind == "officer":
        return officer()
    if kind == "signer":
        return signer()
    if kind == "member":
        found = find_user("vlagateljica@drustvo.example")
        assert found is not None
        return found
    if kind == "stranger":
        return make_user("tujec@drustvo.example")
    if kind == "elsewhere":
        return make_user("kultura@obala.example", role=Role.OFFICER, area="culture")
    role = Role(kind)
    return make_user(f"{kind}@obala.example", role=role, area="" if role == Role.ADMINISTRATOR else "sport")


def status(client: LintingClient, kind: str, address: str, method: str = "GET", **data: str) -> int:
    sign_in(client, person(kind))
    return client.open(address, method=method, data=data or None).status_code


def support_of(name: str) -> Decision:
    found = [
        one for one in db.session.scalars(db.select(Decision)) if one.award.pot == "support" and one.application.organisation.name == name
    ]
    return found[0]


def test_visitors_are_asked_to_sign_in(client: LintingClient) -> None:
    decision = make_drafted()[0]
    proposal = db.session.get_one(Decision, decision.id).award.proposal
    for address in (
        f"/sl/razpisi/{proposal.call_id}/razdelitve",
        f"/sl/razdelitve/{proposal.id}",
        f"/sl/odlocbe/{decision.id}",
        f"/sl/odlocbe/{decision.id}/dokument",
    ):
        assert client.get(address).status_code == 302


def test_a_proposal_is_for_the_office_of_its_area_only(client: LintingClient) -> None:
    proposal = make_proposal()
    pages = (
        f"/sl/razpisi/{proposal.call_id}/razdelitve",
        f"/sl/razdelitve/{proposal.id}",
        f"/it/razdelitve/{proposal.id}/odlocbe",
        f"/en/razdelitve/{proposal.id}/odlocbe/napredek",
    )
    for page in pages:
        assert {kind: status(client, kind, page) for kind in OFFICE} == dict.fromkeys(OFFICE, 200), page
        assert {kind: status(client, kind, page) for kind in OTHERS} == dict.fromkeys(OTHERS, 404), page
    adopt, discard = f"/sl/razdelitve/{proposal.id}/sprejmi", f"/sl/razdelitve/{proposal.id}/zavrzi"
    for kind in ("officer", "finance", "auditor"):
        assert status(client, kind, adopt, "POST") == 403
    for kind in ("finance", "auditor"):
        assert status(client, kind, discard, "POST", reason="Zato.") == 403
        assert status(client, kind, f"/sl/razpisi/{proposal.call_id}/razdelitve", "POST", pots="costs") == 403
    for kind in OTHERS:
        assert status(client, kind, adopt, "POST") == status(client, kind, discard, "POST", reason="x") == 404
    assert status(client, "officer", discard, "POST", reason="") == 422
    assert status(client, "signer", adopt, "POST") == 303
    assert status(client, "signer", adopt, "POST") == 409


def test_a_decision_is_the_offices_until_it_is_issued_then_also_the_partys(client: LintingClient) -> None:
    make_drafted()
    decision = support_of("Kulturno društvo Sidro").id
    page, document = f"/sl/odlocbe/{decision}", f"/sl/odlocbe/{decision}/dokument"
    assert {kind: status(client, kind, page) for kind in (*OFFICE, *OTHERS)} == dict.fromkeys(OFFICE, 200) | dict.fromkeys(OTHERS, 404)
    for kind in ("officer", "finance", "auditor"):
        assert status(client, kind, f"{page}/izdaj", "POST") == 403
    for kind in OTHERS:
        assert status(client, kind, f"{page}/izdaj", "POST") == 404
    assert status(client, "signer", document) == 404
    assert status(client, "signer", f"{page}/izdaj", "POST") == 303
    assert status(client, "signer", f"{page}/izdaj", "POST") == 409
    render()
    open_to = dict.fromkeys((*OFFICE, "member"), 200) | dict.fromkeys(("administrator", "elsewhere", "stranger"), 404)
    assert {kind: status(client, kind, page) for kind in (*OFFICE, *OTHERS)} == open_to
    assert {kind: status(client, kind, document) for kind in (*OFFICE, *OTHERS)} == open_to
    sign_in(client, person("member"))
    assert client.get(document).data.startswith(b"%PDF-")
    assert "ni vročitev" in client.get(page).text
    assert page in client.get("/sl/odlocbe").text
    sign_in(client, person("stranger"))
    assert page not in client.get("/sl/odlocbe").text
    sign_in(client, person("member"))
    assert "Jana Primožič" not in client.get(page).text.split("Kaj se je doslej zgodilo")[1]


def test_a_missing_reason_is_shown_and_leaves_no_button(client: LintingClient) -> None:
    make_drafted()
    decision = support_of("Kulturno društvo Sidro")
    line, proposal = decision.lines[2].id, decision.award.proposal_id
    page = f"/sl/odlocbe/{decision.id}"
    sign_in(client, signer())
    assert "Izdaj odločitev" in client.get(page).text
    assert "Izdaj vse odločitve" in client.get(f"/sl/razdelitve/{proposal}/odlocbe").text
    with unit_of_work():
        queries.get_decision(decision.id).lines[2].reason_it = ""
    text = client.get(page).text
    assert "Izdaj odločitev" not in text and "manjkajo utemeljitve" in text and "Italiano" in text
    listed = client.get(f"/sl/razdelitve/{proposal}/odlocbe").text
    assert "Izdaj vse odločitve" not in listed and "Kakovost (it)" in listed
    for address in (f"{page}/izdaj", f"/sl/razdelitve/{proposal}/odlocbe/izdaj"):
        answer = client.post(address)
        assert answer.status_code == 409 and "Kakovost (it)" in answer.text
    owed = f"/sl/utemeljitve/{line}/it"
    assert client.get(owed).status_code == 403
    sign_in(client, officer())
    assert client.get(owed).status_code == 200
    assert client.post(owed, data={"text": ""}).status_code == 422
    assert client.post(owed, data={"text": "Il piano non indica gli esecutori."}).status_code == 303
    assert client.get(owed).status_code == 404
    assert status(client, "signer", f"{page}/izdaj", "POST") == 303


def test_from_the_computation_to_issued_decisions_with_visible_progress(client: LintingClient) -> None:
    call = make_scored()
    sign_in(client, officer())
    listed = f"/sl/razpisi/{call.id}/razdelitve"
    assert client.post(listed, data={}).status_code == 422
    refused = client.post(listed, data={"pots": ["support"]})
    assert refused.status_code == 409 and "Neprogramski stroški" in refused.text
    computed = client.post(listed, data={"pots": ["costs", "support"]})
    assert computed.status_code == 303
    page = client.get(computed.location).text
    for shown in (
        "1.350,00",
        "Pred izračunom se jim je pridružil ostanek 350,00 EUR",
        "22,5 EUR",
        "omejeno navzgor",
        "pravila niso izpolnjena",
    ):
        assert shown in page
    assert "sprejmi" not in page
    assert "The published" not in client.get(computed.location.replace("/sl/", "/it/")).text
    sign_in(client, signer())
    adopted = client.post(f"{computed.location}/sprejmi")
    assert adopted.status_code == 303
    issued = client.post(f"{adopted.location}/izdaj")
    assert issued.status_code == 303
    before = client.get(adopted.location)
    assert 'data-source="' in before.text and "0 od 6" in before.text
    assert client.get(f"{adopted.location}/napredek").json == {"done": 0, "failed": 0, "total": 6}
    render()
    assert client.get(f"{adopted.location}/napredek").json == {"done": 6, "failed": 0, "total": 6}
    assert 'data-source="' not in client.get(adopted.location).text
    assert set(db.session.scalars(db.select(Decision.status))) == {DecisionStatus.ISSUED}


@pytest.mark.parametrize("language", ["sl", "it", "en"])
def test_pages_speak_the_readers_language(client: LintingClient, language: str) -> None:
    make_issued()
    decision = support_of("Društvo Pod pragom")
    sign_in(client, officer())
    text = client.get(f"/{language}/odlocbe/{decision.id}").text
    wanted = {
        "sl": ("Doseženo število točk je 7, prag pa je 15", "Ugotovljena vrednost 12", "Načrt je dober"),
        "it": ("La domanda ha ottenuto 7 punti", "Il valore accertato 12", "Il piano è buono"),
        "en": ("The application reached 7 points", "The established value 12", "Načrt je dober"),
    }[language]
    for sentence in wanted:
        assert sentence in text


def test_lists_ask_a_constant_number_of_questions(client: LintingClient, queries: Callable[[], list[str]]) -> None:
    counts = []
    for reference, names in (("671-801/2026", 2), ("671-802/2026", 7)):
        applicants = [replace(THREE[0], name=f"Društvo {reference} {number}") for number in range(names)]
        call = make_scored(applicants, reference=reference)
        proposal = make_proposal(call, applicants=applicants)
        sign_in(client, officer())
        client.get(f"/sl/razdelitve/{proposal.id}")
        queries()
        client.get(f"/sl/razdelitve/{proposal.id}")
        first = len(queries())
        sign_in(client, signer())
        client.post(f"/sl/razdelitve/{proposal.id}/sprejmi")
        client.get(f"/sl/razdelitve/{proposal.id}/odlocbe")
        queries()
        client.get(f"/sl/razdelitve/{proposal.id}/odlocbe")
        counts.append((first, len(queries())))
    assert counts[0] == counts[1]
    # person, roles, memberships · the proposal, its awards · the record and its names; or the decisions, their lines, documents, progress
    assert max(counts[0]) <= 15, counts
