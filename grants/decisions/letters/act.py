"""The facts of the act on one award: everything that templates/documents/decision.html prints, in each language of the act."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from grants.accounts.models import User
from grants.applications import joint
from grants.base import audit, clock
from grants.calls.models import Call
from grants.calls.municipality import Municipality, municipality
from grants.calls.parameters import Remedy, remedy_of
from grants.decisions.letters import grounds, verification
from grants.decisions.letters.words import Words, article, day, of, said
from grants.decisions.models import Decision
from grants.decisions.queries import languages_of, lots_of

ACT_NAMES = {"decision": _l("Administrative decision"), "order": _l("Administrative order")}


def facts_of(decision: Decision, *, signature: Mapping[str, str] | None) -> dict[str, Any]:
    """The act as plain data; with it the score sheet, so that the file carries what it was decided on."""
    languages = languages_of(decision)
    award, application = decision.award, decision.application
    call, organisation, office = application.call, application.organisation, municipality()
    remedy = remedy_of(call)
    issued_at = clock.local(decision.issued_at or clock.now())
    received_at = clock.local(application.submitted_at or application.created_at)
    evaluation = award.sheet.evaluation
    reasons = grounds.of_decision(decision, languages)
    return {
        "dated": issued_at.isoformat(timespec="seconds"),
        "languages": languages,
        "number": decision.number,
        "organ": _organ(remedy, office, languages),
        "organ_address": {one: f"{office.address[one]} · {office.phone} · {office.email}" for one in languages},
        "verify_url": None,
        "act": remedy.act,
        "outcome": grounds.outcome(decision),
        "issued_on": issued_at.date().isoformat(),
        "competence": of(remedy.competence, languages),
        "call_title": of(call.title, languages),
        "call_publication": _publication(call, office, languages),
        "matter": said(languages, _l("co-financing: %(track)s"), track=of(call.rulebook.track(application.track).title, languages)),
        "application_number": application.number,
        "received_on": received_at.date().isoformat(),
        "party_name": organisation.name,
        "party_seat": organisation.address,
        "party_number": organisation.registration_number,
        "party_representative": organisation.representative or None,
        "panel_session_on": evaluation.session_on.isoformat() if evaluation.session_on else None,
        "awards": _awards(decision, call, languages),
        "awarded_cents": decision.amount_cents,
        "refused": _refused(decision, call, languages),
        "conditions": _conditions(decision, call, languages),
        "false_data": _false_data(decision, languages),
        "costs": None,
        "execution": None,  # whether the remedy stays execution is part of the remedy's text
        **reasons,
        "verified": verification.of_application(application, languages),
        **_partners(decision, languages),
        "course": _course(decision, call, office, languages),
        "provisions": _provisions(decision, call, remedy, languages),
        "notes": [of(note, languages) for note in (*call.rulebook.notes, *call.rulebook.pot(award.pot).notes)],
        "remedy": of(remedy.text, languages),
        "led_by": _person(decision.led_by, office, languages, _l("official who leads the procedure")),
        "issued_by": _person(decision.issued_by or decision.led_by, office, languages, _l("authorised official")),
        "signature": None if signature is None else {**signature, "at": issued_at.isoformat(timespec="seconds")},
        "served_to": [
            said(languages, _l("%(organisation)s, into the secure mailbox"), organisation=organisation.name),
            said(languages, _l("the case file")),
        ],
        "sheet": decision.sheet_data,
        "sheet_sha256": decision.sheet_sha256,
        "rulebook_sha256": decision.rulebook_sha256,
        "award": {"pot": award.pot, "points": award.points, "requested_cents": award.requested_cents, "amount_cents": award.amount_cents, "steps": award.steps},
    }  # fmt: skip


def title_of(decision: Decision, language: str) -> str:
    """The title of the document: what the act is called, and its number."""
    name = said([language], ACT_NAMES[remedy_of(decision.application.call).act])[language]
    return f"{name} {decision.number}"


def _organ(remedy: Remedy, office: Municipality, languages: list[str]) -> Words:
    if remedy.decider == "mayor":
        titles = {one: office.mayor.function[one].removeprefix("la ").removeprefix("il ") for one in languages}
        return {one: f"{office.name[one]}, {titles[one]}" for one in languages}
    if remedy.decider == "council":
        return said(languages, _l("%(municipality)s, municipal council"), municipality=of(office.name, languages))
    return of(office.administration, languages)


def _publication(call: Call, office: Municipality, languages: list[str]) -> Words:
    published = clock.local(call.published_at or call.opens_at).date().isoformat()
    return said(
        languages,
        _l("%(gazette)s and %(website)s, %(day)s"),
        gazette=of(office.gazette, languages),
        website=office.website,
        day=day(published),
    )


def _awards(decision: Decision, call: Call, languages: list[str]) -> list[dict[str, Any]]:
    if not decision.amount_cents:
        return []
    start, end = period_of(call)
    purpose = {one: text.strip().rstrip(".") for one, text in of(call.content["subject"], languages).items()}
    return [
        {
            "programme": of(call.rulebook.pot(decision.award.pot).title, languages),
            "amount_cents": decision.amount_cents,
            "budget_line": call.budget_line or said(languages, _l("named in the budget for this purpose")),
            "purpose": purpose,
            "period_from": start.isoformat(),
            "period_to": end.isoformat(),
        }
    ]


def period_of(call: Call) -> tuple[date, date]:
    """The budget year of the call: the one in its reference ("671-3/2026"), else that of its publication."""
    found = re.search(r"/((?:19|20)\d\d)\b", call.reference)
    year = int(found[1]) if found else clock.local(call.published_at or call.opens_at).year
    return date(year, 1, 1), date(year, 12, 31)


def _refused(decision: Decision, call: Call, languages: list[str]) -> list[dict[str, Any]]:
    requested = decision.award.requested_cents
    if requested is None or requested <= decision.amount_cents:
        return []
    return [{"programme": of(call.rulebook.pot(decision.award.pot).title, languages), "amount_cents": requested - decision.amount_cents}]


def _conditions(decision: Decision, call: Call, languages: list[str]) -> list[Words]:
    if not decision.amount_cents:
        return []
    conditions = [
        said(languages, _l("The municipality and the party settle their mutual rights and duties in a co-financing contract. If the party does not return the signed contract within the time set in the invitation to sign it, it is deemed to have withdrawn its application.")),
        said(languages, _l("The party reports on the work done and on the use of the funds, with documentary proof, in the manner and within the time that the contract sets.")),
    ]  # fmt: skip
    drawing = call.content.get("drawing_period")
    if drawing:
        period = {one: text.strip().rstrip(".") for one, text in of(drawing, languages).items()}
        conditions.insert(1, said(languages, _l("Drawing of the funds: %(period)s."), period=period))
    return conditions


def _partners(decision: Decision, languages: list[str]) -> dict[str, Words]:
    """Of a joint application who does it together; the award goes to the party. Nothing is said where the party applied alone."""
    names = "; ".join(f"{one.name} ({one.tax_number})" for one in joint.agreed_of(decision.application))
    if not names:
        return {}
    sentence = _l("The application is a joint one. The partners of the party, by name and tax number, are: %(partners)s. The funds are awarded to the party, which answers to the municipality for their use.")  # fmt: skip
    return {"partners": said(languages, sentence, partners=names)}


def _false_data(decision: Decision, languages: list[str]) -> Words | None:
    if not decision.amount_cents:
        return None
    return said(
        languages,
        _l(
            "If it turns out that the application or a report contained untrue data, or that the funds were not used for their purpose, the party must return the funds received, with statutory default interest from the day of the transfer."
        ),
    )


def _course(decision: Decision, call: Call, office: Municipality, languages: list[str]) -> list[dict[str, Any]]:
    """What happened on which day, from the record of the call and of the application."""
    application = decision.application
    steps: list[tuple[str, Words]] = []

    def step(on: str, sentence: Any, **values: Any) -> None:
        steps.append((on, said(languages, sentence, **values)))

    published = clock.local(call.published_at or call.opens_at).date().isoformat()
    step(published, _l("Publication of the call in %(gazette)s, with applications until %(until)s."), gazette=of(office.gazette, languages), until=lambda t: f"{t.date(call.closes_at.isoformat())}, {t.time(call.closes_at.isoformat())}")  # fmt: skip
    happened = {entry.kind.name: clock.local(entry.at).date().isoformat() for entry in audit.timeline(application, audit.STAFF)}
    received = happened.get("application.submitted", clock.local(application.submitted_at or application.created_at).date().isoformat())
    step(received, _l("Receipt of the application in the information system of the municipality, within the time limit."))
    if opened := happened.get("application.opened"):
        step(opened, _l("Opening of the applications."))
    if taken := happened.get("application.taken_into_evaluation"):
        step(taken, _l("The application was found complete and handed to the committee for evaluation."))
    evaluation = decision.award.sheet.evaluation
    if evaluation.session_on:
        recused = grounds.recused_count(decision)
        if recused:
            step(evaluation.session_on.isoformat(), _l("Session of the committee: evaluation and proposal. Recused members of the committee, who did not take part in evaluating this application: %(count)s."), count=recused)  # fmt: skip
        else:
            step(
                evaluation.session_on.isoformat(),
                _l("Session of the committee: evaluation of the applications and proposal of the points."),
            )
    pot = call.rulebook.pot(decision.award.pot)
    for lot in lots_of(call, [pot.id]) if "lot" in pot.rules.tie_break else ():
        for own in (one for one in lot.places if one.application_id == application.id):
            step(
                lot.drawn_on.isoformat(),
                _l("A lot decided between applications that were equal: this one drew place %(place)s of %(count)s. It was drawn by %(drawn_by)s in the presence of: %(witnesses)s."),
                place=own.place, count=len(lot.places), drawn_by=lot.drawn_by, witnesses=lot.witnesses,
            )  # fmt: skip
    proposal = decision.award.proposal
    if proposal.adopted_at:
        step(
            clock.local(proposal.adopted_at).date().isoformat(),
            _l("Adoption of the distribution of the funds, computed by the published rules."),
        )
    return [{"on": on, "text": text} for on, text in sorted(steps, key=lambda one: one[0])]


def _provisions(decision: Decision, call: Call, remedy: Remedy, languages: list[str]) -> list[Words]:
    pot = call.rulebook.pot(decision.award.pot)
    articles = list(dict.fromkeys(text for text in (pot.article, *(line.article for line in decision.lines)) if text))
    rules = of(call.rulebook.title, languages)
    competence = call.content.get("competence")
    return [
        *([of(competence, languages)] if competence else []),
        {
            one: f"{rules[one]}: {'; '.join(spoken)}" if (spoken := [article(text, languages)[one] for text in articles]) else rules[one]
            for one in languages
        },
        said(languages, _l("Articles 207, 210 and 212 to 216 of the General Administrative Procedure Act")),
        said(languages, _l("for the legal remedy: %(reference)s"), reference=remedy.reference),
    ]


def _person(person: User, office: Municipality, languages: list[str], otherwise: Any) -> dict[str, Any]:
    for official in (office.mayor, office.head_of_administration):
        if official.name == person.name:
            return {"name": person.name, "function": of(official.function, languages)}
    return {"name": person.name, "function": said(languages, otherwise)}
