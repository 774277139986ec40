"""What the linter says of forms: questions that nobody is asked, consents that cannot be refused, plans without the request."""

from __future__ import annotations

from scoring.lint import lint
from tests.scoring.test_finance import FACTS, PLAN
from tests.scoring.test_finance import rules as plan_rules
from tests.scoring.test_form import FACTS as FORM_FACTS
from tests.scoring.test_form import rules as form_rules


def test_the_linter_names_a_question_that_nobody_is_asked_and_a_consent_that_cannot_be_refused() -> None:
    assert [one.code for one in lint(form_rules(FORM_FACTS.replace("licences > 1", "licences < 0"))) if one.severity == "error"] == [
        "never_asked"
    ]
    consent = FORM_FACTS.replace(
        "{id: coached, kind: boolean,",
        '{id: coached, kind: boolean, consent: {text: {sl: Da., it: Sì.}, records: {sl: FURS, it: FURS}, article: "ZUP 139"},',
    )
    assert "consent_without_proof" in {one.code for one in lint(form_rules(consent))}
    proof = consent + "- {id: proof, kind: file, label: {sl: Potrdilo, it: Attestato}, when: known(coached) and coached == 0}\n"
    assert "consent_without_proof" not in {one.code for one in lint(form_rules(proof))}


def test_a_plan_that_leaves_out_the_request_cannot_balance() -> None:
    plan = PLAN.replace("income: [own, requested]", "income: [own]").replace("of: [requested]", "of: [own]")
    assert "plan_without_request" in {finding.code for finding in lint(plan_rules(plan=plan))}


def test_what_volunteer_hours_are_worth_is_not_verified_itself() -> None:
    proof = FACTS.replace("{id: worth, kind: money,", "{id: worth, kind: money, proof: {sl: Seznam ur., it: Elenco delle ore.},")
    assert "worth_verified" in {finding.code for finding in lint(plan_rules(proof))}
    assert "worth_verified" not in {finding.code for finding in lint(plan_rules())}
