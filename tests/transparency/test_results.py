"""The public pages: empty until decisions are issued, then complete, without anybody's personal data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.decisions import actions
from grants.decisions import queries as decisions
from grants.decisions.models import Decision
from scoring.bundle import verify_bundle
from tests.decisions.builders import THREE, make_drafted, make_issued, make_scored, signer_in_session
from tests.pages import LintingClient


def decision_of(name: str, pot: str = "support") -> int:
    """The first one of this name: PostgreSQL gives rows in any order unless it is told."""
    decisions = db.session.scalars(db.select(Decision).order_by(Decision.id))
    return next(one.id for one in decisions if one.award.pot == pot and one.application.organisation.name == name)


def test_nothing_is_public_until_the_decisions_of_a_pot_are_issued(client: LintingClient) -> None:
    assert "Rezultatov še ni" in client.get("/sl/rezultati").text
    drafted = make_drafted()
    call = db.session.get_one(Decision, drafted[0].id).application.call_id
    page, file = f"/sl/razpisi/{call}/rezultati", f"/sl/razpisi/{call}/rezultati.json"

    def hidden() -> None:
        text = client.get(page).text
        assert "O ničemer še ni odločeno" in text and "Sidro" not in text and "1.200,00" not in text
        assert client.get(file).status_code == 404
        assert "Rezultatov še ni" in client.get("/sl/rezultati").text
        assert client.get(f"{page}/{decision_of('Kulturno društvo Sidro')}").status_code == 404

    hidden()
    support = [one.id for one in drafted if db.session.get_one(Decision, one.id).award.pot == "support"]
    for identity in support[:-1]:
        with unit_of_work():
            actions.issue(decisions.get_decision(identity), by=signer_in_session())
        hidden()  # a pot is shown whole: its sum would tell the one that is still missing
    with unit_of_work():
        actions.issue(decisions.get_decision(support[-1]), by=signer_in_session())
    text = client.get(page).text
    assert "1.200,00" in text and "Prejemniki: Neprogramski stroški" not in text
    answer = client.get(file)
    assert answer.status_code == 200 and [one["pot"] for one in answer.get_json(force=True)["awards"]] == ["support"]
    assert answer.get_json(force=True)["carried"] == {"costs": 35000}, "what joined it stands on the page and in each of its decisions too"
    assert "Prenesi paket" in text and "350,00" in text


def test_results_name_recipients_and_count_the_others(client: LintingClient) -> None:
    call = make_issued().call_id
    listed = client.get("/it/rezultati").text
    assert "1.500,00" in listed
    text = client.get(f"/sl/razpisi/{call}/rezultati").text
    for shown in (
        "Kulturno društvo Sidro",
        "1.200,00",
        "Športno društvo Burja",
        "150,00",
        "22,5 EUR",
        "1 vloga ni dosegla praga.",
        "1.350,00",
        "SHA-256",
    ):
        assert shown in text
    for hidden in ("Pod pragom", "Oseba Zasebna", "Vida Kos", "Živa Škrjanec", "Članica"):
        assert hidden not in text
    for language in ("it", "en"):
        assert client.get(f"/{language}/razpisi/{call}/rezultati").status_code == 200


def test_each_award_has_its_reasons_in_public_and_a_refusal_has_none(client: LintingClient) -> None:
    call = make_issued().call_id
    page = f"/sl/razpisi/{call}/rezultati"
    text = client.get(f"{page}/{decision_of('Športno društvo Burja')}").text
    for shown in ("Načrt je dober", "Ugotovljena vrednost 12", "omejen na 150,00", "9. člen"):
        assert shown in text
    for hidden in ("Oseba Zasebna", "Vida Kos", "Živa Škrjanec", "Jana Primožič"):
        assert hidden not in text
    assert "Il piano è buono" in client.get(f"/it/razpisi/{call}/rezultati/{decision_of('Športno društvo Burja')}").text
    assert client.get(f"{page}/{decision_of('Društvo Pod pragom')}").status_code == 404
    other = make_issued(make_scored(reference="671-888/2026")).call_id
    assert client.get(f"/sl/razpisi/{other}/rezultati/{decision_of('Športno društvo Burja')}").status_code == 404
    assert client.get("/sl/razpisi/9999/rezultati").status_code == 404


def test_the_downloaded_bundle_is_the_one_whose_hash_is_shown(client: LintingClient) -> None:
    import hashlib

    call = make_issued().call_id
    answer = client.get(f"/sl/razpisi/{call}/rezultati.json")
    assert answer.mimetype == "application/json" and "attachment" in answer.headers["Content-Disposition"]
    assert verify_bundle(json.loads(answer.data)).differences == ()
    assert hashlib.sha256(answer.data).hexdigest() in client.get(f"/sl/razpisi/{call}/rezultati").text


def test_pages_ask_a_constant_number_of_questions(client: LintingClient, queries: Callable[[], list[str]]) -> None:
    counts = []
    for reference, names in (("671-811/2026", 2), ("671-812/2026", 7)):
        applicants = [replace(THREE[0], name=f"Društvo {reference} {number}") for number in range(names)]
        call = make_issued(make_scored(applicants, reference=reference), applicants=applicants).call_id
        page = f"/sl/razpisi/{call}/rezultati"
        client.get(page)  # makes the bundle, once for this state
        queries()
        client.get(page)
        first = len(queries())
        client.get("/sl/rezultati")
        counts.append((first, len(queries())))
    assert counts[0] == counts[1]
    # the call · public pots · decisions · proposals (twice the first two: the page and its bundle); the list: sums · calls
    assert counts[0][0] <= 12 and counts[0][1] <= 3, counts
