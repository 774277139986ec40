"""What is computed once for a proposal, in the background, and kept: the smallest changes of each award, and how stable the whole is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from grants.base import jobs
from grants.base.db import db
from grants.base.language import money
from grants.base.transaction import unit_of_work
from grants.decisions import actions, changes, distribution, queries
from grants.decisions.models import Proposal
from grants.decisions.stability import report, words
from grants.evaluation.models import Mark, Sheet
from tests.conftest import sign_in
from tests.decisions.builders import THREE, make_issued, make_proposal, officer, signer, signer_in_session
from tests.pages import LintingClient

CLOSE = (THREE[0], THREE[1], replace(THREE[2], mark="10"))
"""The last one stands exactly at the threshold of 15 points: one mark a step lower decides."""


def compute(proposal: Proposal) -> Proposal:
    """Do what waits in the background, and only that."""
    identity = proposal.id
    for kind in ("decisions.changes", "decisions.stability"):
        jobs.WORK[kind](identity)
    return db.session.get_one(Proposal, identity)


def test_a_proposal_asks_the_background_for_both(app: Flask) -> None:
    proposal = make_proposal()
    waiting = {(one.kind, one.argument) for one in db.session.scalars(db.select(jobs.Job)) if one.kind.startswith("decisions.")}
    assert waiting == {("decisions.changes", proposal.id), ("decisions.stability", proposal.id)}
    assert proposal.stability is None and all(award.changes is None for award in proposal.awards)


def test_the_kept_changes_are_those_that_scoring_finds(app: Flask) -> None:
    proposal = compute(make_proposal())
    found = changes.computed(changes.asked_of(queries.get_proposal(proposal.id)))
    assert {award.id: award.changes for award in proposal.awards} == {key: [one.to_data() for one in own] for key, own in found.items()}
    below = next(award for award in proposal.awards if award.pot == "support" and not award.passes)
    assert any(change["code"] == "change_threshold" for change in below.changes or [])


def test_the_report_is_that_of_scoring_and_tries_every_member_and_every_mark(app: Flask) -> None:
    proposal = compute(make_proposal(applicants=CLOSE))
    data: dict[str, Any] = proposal.stability or {}
    assert (data["members"], data["marks"], data["percent"]) == (
        3,
        15,
        "10",
    )  # nine marks up and down; three of them are the highest already
    from scoring.stability import stability

    whole = stability(report.case_of(queries.get_proposal(proposal.id)), report.PERCENT)
    assert data == report.kept(whole)
    assert {(one["applicant"], one["pot"]): one["trials"] for one in data["awards"]} == whole.unstable_awards()


def test_an_award_at_the_threshold_hangs_on_single_marks_and_the_page_says_so(app: Flask, client: LintingClient) -> None:
    proposal = compute(make_proposal(applicants=CLOSE))
    shown = words.shown(queries.get_proposal(proposal.id))
    assert shown is not None and shown.awards and shown.trials
    sign_in(client, officer())
    page = client.get(f"/en/razdelitve/{proposal.id}").text
    assert "Awards that hang on few marks" in page and "Member 1 gives" in page and "would vanish" in page


def test_that_the_scores_give_another_result_than_the_proposal_is_said_and_nothing_is_told_of_it(app: Flask, client: LintingClient) -> None:
    proposal = make_proposal(applicants=CLOSE)
    with unit_of_work():
        sheet = next(one for one in queries.get_proposal(proposal.id).awards if one.pot == "support" and one.amount_cents).sheet
        db.session.execute(db.update(Sheet).where(Sheet.id == sheet.id).values(data=sheet.data | {"total": "35"}))
        marked = db.session.scalars(db.select(Mark)).first()
        assert marked is not None
        db.session.execute(db.update(Mark).where(Mark.id == marked.id).values(points="1"))
    proposal = compute(proposal)
    assert proposal.stability == {"failed": report.ANOTHER_RESULT}
    assert {change["code"] for award in proposal.awards for change in award.changes or ()} == {"change_unknown"}
    sign_in(client, officer())
    page = client.get(f"/en/razdelitve/{proposal.id}").text
    assert page.count("could not be computed") > 1 and "It is being computed" not in page


def test_a_result_that_the_rules_do_not_give_any_more_is_said_and_the_job_is_done(app: Flask) -> None:
    proposal = make_proposal()
    with unit_of_work(write=False):
        loaded = queries.get_proposal(proposal.id)
        case, results = report.case_of(loaded), loaded.allocation["results"]
        asked = changes.asked_of(loaded)
    unmarked = replace(case, entries={pot: [replace(one, marks=()) for one in entries] for pot, entries in case.entries.items()})
    assert report.computed(unmarked, results) == {"failed": report.NOT_COMPUTED}
    undone = changes.computed(replace(asked, pots=["support"]))
    assert {reason.code for own in undone.values() for reason in own} == {"change_unknown"}


def test_a_distribution_that_is_too_large_keeps_what_could_be_tried_in_time(
    app: Flask, client: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grants.decisions.jobs.MOST_SECONDS", 0)
    proposal = compute(make_proposal(applicants=CLOSE))
    assert proposal.stability is not None
    assert (proposal.stability["members"], proposal.stability["marks"], proposal.stability["untried"]) == (0, 0, 18)
    assert {change["code"] for award in proposal.awards for change in award.changes or ()} == {"change_untried"}
    sign_in(client, officer())
    page = client.get(f"/en/razdelitve/{proposal.id}").text
    assert "18 trials were not made" in page and "No member gave marks here" not in page and "no single mark" not in page


def test_nothing_is_computed_for_a_distribution_that_was_discarded(app: Flask, client: LintingClient) -> None:
    proposal = make_proposal()
    with unit_of_work():
        actions.discard(queries.get_proposal(proposal.id), reason="Napačna izbira.", by=signer_in_session())
    proposal = compute(proposal)
    assert proposal.stability is None and all(award.changes is None for award in proposal.awards)
    sign_in(client, officer())
    assert "It is being computed" not in client.get(f"/en/razdelitve/{proposal.id}").text


def test_pages_say_that_it_is_being_computed_and_then_show_it(app: Flask, client: LintingClient) -> None:
    proposal = make_proposal()
    sign_in(client, officer())
    address = f"/en/razdelitve/{proposal.id}"
    assert "It is being computed" in client.get(address).text
    compute(proposal)
    page = client.get(address).text
    assert "It is being computed" not in page and "points are missing to the threshold" in page


def test_pages_of_decisions_and_awards_show_what_was_kept_and_compute_nothing(
    app: Flask, client: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = make_issued()
    compute(proposal)
    decision = next(one for one in queries.decisions_of(db.session.get_one(Proposal, proposal.id)) if one.award.pot == "support")
    identity, call_id = decision.id, proposal.call_id
    monkeypatch.setattr(distribution, "allocate", lambda *_, **__: pytest.fail("a page divides nothing"))
    sign_in(client, signer())
    assert "What would have changed the amount" in client.get(f"/en/odlocbe/{identity}").text
    assert "What would have changed the amount" in client.get(f"/en/razpisi/{call_id}/rezultati/{identity}").text


def test_the_page_of_a_proposal_asks_as_often_for_many_applicants_as_for_few(app: Flask, client: LintingClient) -> None:
    counts = []
    for applicants in (CLOSE[:2], (*CLOSE, *(replace(CLOSE[0], name=f"Društvo {n}") for n in range(4)))):
        proposal = compute(make_proposal(applicants=applicants))
        sign_in(client, officer())
        counts.append(_statements(lambda address=f"/en/razdelitve/{proposal.id}": client.get(address)))
    assert counts[0] == counts[1]


def _statements(work: Callable[[], Any]) -> int:
    seen: list[str] = []
    engine = db.engine
    note = lambda _c, _k, statement, *_: seen.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_adopting_keeps_what_was_computed(app: Flask) -> None:
    proposal = compute(make_proposal())
    before = {award.id: award.changes for award in proposal.awards}
    with unit_of_work():
        signer()
        actions.adopt(queries.get_proposal(proposal.id), by=signer_in_session())
    again = db.session.get_one(Proposal, proposal.id)
    assert {award.id: award.changes for award in again.awards} == before and again.stability


def test_every_pot_visibly_closes(app: Flask, client: LintingClient) -> None:
    proposal = make_proposal()
    for pot in distribution.shown(queries.get_proposal(proposal.id)):
        assert pot.amount_cents + pot.joined_cents == pot.available_cents
        assert pot.available_cents + pot.received_cents == pot.paid_cents + pot.residual_cents
        assert pot.residual_cents == sum(cents for _target, cents in pot.flows) + pot.kept_cents
    sign_in(client, officer())
    page = client.get(f"/en/razdelitve/{proposal.id}").text
    assert f"{money(35000, 'en')} goes to “Regular activity”" in page and "Joined by what was left of" in page
