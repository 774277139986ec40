"""Where a rule stands, beside the steps and reasons of an amount: once for steps in a row, as the language names articles."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from grants.decisions import queries
from grants.decisions.letters import computation
from grants.decisions.models import Award, Proposal
from scoring.reasons import Reason
from tests.conftest import sign_in
from tests.decisions.builders import THREE, make_issued, make_proposal, officer
from tests.decisions.test_explanations import compute
from tests.pages import LintingClient


def award_of(proposal: Proposal, pot: str, *, passes: bool = True) -> Award:
    return next(one for one in queries.get_proposal(proposal.id).awards if one.pot == pot and one.passes == passes)


def test_steps_in_a_row_by_one_rule_name_its_article_once_and_each_language_in_its_own_way(app: Flask) -> None:
    award = award_of(make_proposal(), "support")
    codes = [step["code"] for step in award.steps]
    assert codes[:4] == ["pot", "joined", "point_value", "product"]
    for language, own, other in (
        ("sl", "(8. člen)", "(7. člen)"),
        ("it", "(articolo 8)", "(articolo 7)"),
        ("en", "(8. člen)", "(7. člen)"),
    ):
        sentences = [step.sentence for step in computation.steps_of(award, language)]
        assert [own in one for one in sentences[:4]] == [True, False, True, False]
        assert [other in one for one in sentences[:4]] == [False, True, False, False]


def test_an_article_that_stands_beside_a_reason_is_not_said_again_in_it(app: Flask) -> None:
    decision = next(one for one in queries.decisions_of(make_issued()) if one.award.pot == "costs" and one.amount_cents)
    line = decision.lines[0]
    assert line.article == "7. člen" and "člen" not in line.reason_sl and "articolo" not in line.reason_it


def test_why_an_application_gets_nothing_names_the_article_of_the_threshold(app: Flask, client: LintingClient) -> None:
    proposal = compute(make_proposal())
    below = award_of(proposal, "support", passes=False)
    assert "(13. člen)" in " ".join(step.sentence for step in computation.steps_of(below, "sl"))
    sign_in(client, officer())
    page = client.get(f"/it/razdelitve/{proposal.id}").text
    assert "(articolo 13)" in page and "(13. člen)" not in page


def test_steps_that_were_kept_before_rules_were_named_stay_readable(app: Flask) -> None:
    award = award_of(make_proposal(applicants=(THREE[0], replace(THREE[1], name="Drugi"))), "support")
    old = [
        {"code": step["code"], "params": {key: value for key, value in step["params"].items() if key != "article"}} for step in award.steps
    ]
    before = computation.said_in(award.proposal.call.rulebook, old, "sl")
    assert [step.result_cents for step in before] == [step.result_cents for step in computation.steps_of(award, "sl")]
    assert all("člen" not in step.sentence and "{" not in step.sentence for step in before)
    for code in ("change_cut", "change_cut_equal", "change_cut_margin", "list_empty", "arrival_empty"):
        said = {"points": "5", "place": "3", "left_cents": "0", "amount_cents": "20000"}
        assert all("{" not in Reason(code, said).sentence(language) for language in ("sl", "it", "en"))
