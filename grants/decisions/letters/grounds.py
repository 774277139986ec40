"""The reasons of an act: what was asked for, the conditions, the points with their reasons, the computation, and why not more."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from grants.applications.queries import facts_of
from grants.decisions.letters import computation
from grants.decisions.letters.lines import SETTLEMENT
from grants.decisions.letters.words import Words, article, money, of, points, said
from grants.decisions.models import Decision
from grants.evaluation.recusal import is_recused
from scoring.conditions import judge_condition
from scoring.money import number_text
from scoring.points import sheet_from_data
from scoring.reasons import Reason
from scoring.rulebook import Track
from scoring.sharing import Pot


def outcome(decision: Decision) -> str:
    """ "granted", "partly" or "refused"."""
    requested = decision.award.requested_cents
    if not decision.amount_cents:
        return "refused"
    return "partly" if requested is not None and decision.amount_cents < requested else "granted"


def recused_count(decision: Decision) -> int:
    """How many members of the panel took no part in this application, by what is on record."""
    panel = decision.award.sheet.evaluation.panel
    return sum(is_recused(member, decision.application, live=False) for member in panel.members)


def of_decision(decision: Decision, languages: list[str]) -> dict[str, Any]:
    """The facts of the part "reasons"."""
    call, award = decision.application.call, decision.award
    track, pot = call.rulebook.track_and_pot(award.pot)
    scored = [line for line in decision.lines if line.criterion != SETTLEMENT]
    return {
        "statement": _statement(decision, track, languages),
        "conditions_met": _conditions_met(decision, track, languages),
        "criteria": [
            {
                "name": of(line.title, languages),
                "article": article(line.article, languages),
                "maximum": line.maximum,
                "points": line.points,
                "reason": {"sl": line.reason_sl, "it": line.reason_it} if "it" in languages else {"sl": line.reason_sl},
            }
            for line in scored
        ],
        "points_total": award.points if scored else None,
        "points_maximum": number_text(pot.maximum) if scored and pot.maximum is not None and pot.items is None else None,
        "threshold": number_text(pot.threshold.minimum) if scored and pot.threshold and pot.threshold.minimum is not None else None,
        "calculation": computation.of_award(award, languages),
        "not_granted": _not_granted(decision, pot, languages),
    }


def _statement(decision: Decision, track: Track, languages: list[str]) -> Words:
    requested = decision.award.requested_cents
    title = of(track.title, languages)
    if requested is None:
        return said(languages, _l("With its application the party takes part in the call in the track “%(track)s”."), track=title)
    pot = of(decision.application.call.rulebook.pot(decision.award.pot).title, languages)
    return said(
        languages,
        _l("In the track “%(track)s” the party asked for %(amount)s for “%(pot)s”."),
        track=title,
        amount=money(requested),
        pot=pot,
    )


def _conditions_met(decision: Decision, track: Track, languages: list[str]) -> list[dict[str, Any]]:
    """Conditions that follow from data are computed again; the others the office established when it took the application in."""
    conditions = (*track.conditions, *decision.application.call.rulebook.pot(decision.award.pot).conditions)
    if not conditions:
        return []
    answers = facts_of(decision.application)
    rows = []
    for condition in conditions:
        judged = judge_condition(track, condition, answers)
        proof = _l("the data of the application") if judged else _l("the application with its attachments and official records")
        text, source = of(condition.text, languages), article(condition.article, languages)
        if judged is not None and judged.exemption is not None:
            exemption = of(judged.exemption.text, languages)
            text = {one: f"{text[one]} {exemption[one]}" for one in languages}
            source = article(f"{condition.article}; {judged.exemption.article}", languages)
        met = judged is None or judged.met
        established = said(languages, proof)
        if judged is not None:
            established = {one: f"{words}: {judged.words[one]}" for one, words in established.items()}
        rows.append({"condition": text, "article": source, "met": met, "proof": established})
    return rows


def _not_granted(decision: Decision, pot: Pot, languages: list[str]) -> list[Words]:
    award, title = decision.award, of(pot.title, languages)
    requested, amount = award.requested_cents, decision.amount_cents
    barriers = sheet_from_data(award.sheet.data).barriers
    only_threshold = all(barrier.code in ("threshold", "threshold_over") for barrier in barriers)
    if not award.passes and not only_threshold:
        return [{one: computation.cited(barrier, one) for one in languages} for barrier in barriers]
    if not award.passes and pot.threshold is not None and pot.threshold.minimum is not None:
        sentence = _l(
            "The application reached %(points)s points. The rules require at least %(threshold)s, so it cannot be co-financed from “%(pot)s”. The reasons for the points that were not given stand beside each criterion."
        )
        if not pot.threshold.inclusive:
            sentence = _l(
                "The application reached %(points)s points. The rules require more than %(threshold)s, so it cannot be co-financed from “%(pot)s”. The reasons for the points that were not given stand beside each criterion."
            )
        return [said(languages, sentence, points=points(award.points), threshold=points(number_text(pot.threshold.minimum)), pot=title)]
    barred = next((Reason.from_data(step) for step in award.steps if step["code"] == "exclusive"), None)
    if barred is not None:  # nobody decided anything about it: it competes elsewhere
        return [{one: computation.cited(barred, one) for one in languages}]
    if pot.engine == "panel_amounts" and requested is not None and amount < requested:
        return [
            said(
                languages,
                _l(
                    "The party asked for %(requested)s from “%(pot)s”. By the published rules the committee decides the amounts; it decided %(amount)s for the reason given in the computation above, so the claim for the difference of %(rest)s is refused."
                ),
                requested=money(requested), amount=money(amount), rest=money(requested - amount), pot=title,
            )
        ]  # fmt: skip
    if not amount:
        return [
            said(
                languages,
                _l("By the published rule no amount from “%(pot)s” falls to the application; the computation above shows each step."),
                pot=title,
            )
        ]
    if requested is not None and amount < requested:
        values = {"requested": money(requested), "amount": money(amount), "rest": money(requested - amount), "pot": title}
        if pot.engine == "actual_cost":
            sentence = _l(
                "The party asked for %(requested)s from “%(pot)s”. The funds are limited; by the computation above %(amount)s fall to the party, so the claim for the difference of %(rest)s is refused."
            )
        else:
            sentence = _l(
                "The party asked for %(requested)s from “%(pot)s”. The funds are limited and are divided by the points given; by the computation above %(amount)s fall to the party, so the claim for the difference of %(rest)s is refused. The reasons for the points that were not given stand beside each criterion."
            )
        return [said(languages, sentence, **values)]
    return []
