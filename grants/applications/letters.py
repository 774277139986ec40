"""What this stage writes to people: the receipt, the minutes of the opening, and the mail that goes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _

from grants.accounts.letters import address as link
from grants.accounts.models import Organisation, User
from grants.accounts.queries import owners_of
from grants.applications import joint, plan, presentation, queries, standing
from grants.applications.delivery import Delivery
from grants.applications.models import Application, ApplicationPartner, Submission
from grants.base import audit, clock, documents, files, mail
from grants.base.documents import Document
from grants.base.language import LANGUAGES, day, in_language, instant, money
from grants.calls import states
from grants.calls.models import Call, CallAmendment
from grants.calls.municipality import municipality
from grants.calls.queries import is_open
from scoring.finance import balance_of
from scoring.questions import Text

Words = dict[str, str]
SIGNS = 8
"""So much of the fingerprint is asked for beside a number: one in four thousand million, and twenty tries in ten minutes for each number."""


def say(languages: Sequence[str], sentence: Callable[[], str]) -> Words:
    """One sentence in several languages."""
    words = {}
    for language in languages:
        with in_language(language):
            words[language] = sentence()
    return words


def complete(text: Text, languages: Sequence[str]) -> Words:
    """A text of the rulebook or the call in just these languages; where one lacks, the first one that there is."""
    present = next((text[language] for language in LANGUAGES if text.get(language)), "–")
    return {language: text.get(language) or present for language in languages}


def _head(languages: Sequence[str], number: str, dated: str) -> dict[str, Any]:
    office = municipality()
    contact = f"{office.phone} · {office.email}"
    return {
        "dated": dated,
        "languages": list(languages),
        "number": number,
        "organ": complete(office.administration, languages),
        "organ_address": {code: f"{said} · {contact}" for code, said in complete(office.address, languages).items()},
        "verify_url": None,
    }


def _local(moment: Any) -> str:
    return clock.local(moment).isoformat(timespec="seconds")


def receipt(application: Application, submission: Submission, *, by: User) -> Document:
    """The numbered receipt, in the language of the application, to be rendered after the commit."""
    return documents.request(
        "receipt",
        receipt_facts(application, submission, by=by),
        subject=application,
        number=submission.number,
        title=say([application.language], lambda: _("Receipt of the application %(number)s", number=submission.number))[
            application.language
        ],
        language=application.language,
    )


def content_name(submission: Submission) -> str:
    """The name under which the submitted content is downloaded."""
    return files.safe_name(f"{submission.number.replace('/', '-')}.json")


def receipt_facts(application: Application, submission: Submission, *, by: User) -> dict[str, Any]:
    """Everything that the receipt says."""
    languages = [application.language]
    track = joint.rules_of(application)
    content = submission.content
    organisation = content["organisation"]
    labels = {fact.id: complete(fact.label, languages) for fact in track.facts}
    return {
        **_head(languages, submission.number, _local(submission.received_at)),
        "call_title": complete(application.call.title, languages),
        "track": complete(track.title, languages),
        "applicant_name": organisation["name"],
        "applicant_seat": f"{organisation['street']}, {organisation['postcode']} {organisation['place']}",
        "applicant_number": organisation["registration_number"],
        "submitted_by": by.name if "paper" not in content else say(languages, lambda: on_paper(content["paper"])),
        "received_at": _local(submission.received_at),
        "content_sha256": submission.content_sha256,
        "embedded": {"name": content_name(submission), "data": content},
        "sections": [
            {"title": complete(section.title, languages), "answers": [_answer(answer, languages) for answer in section.answers if answer.fact.kind != "file"]}
            for section in presentation.sections(track, content["answers"], written=presentation.as_written(content))
        ],
        "attachments": [
            {"label": labels.get(one["fact"]) or say(languages, lambda: _("The application on paper, scanned")), "name": one["name"], "bytes": one["size"], "sha256": one["sha256"]}
            for one in content["attachments"]
        ],
        "next_steps": [*_next_steps(application.call, languages, on_paper="paper" in content), say(languages, lambda: _status(submission, application.language))],
        **_joint(application, content, languages),
    }  # fmt: skip


def status_link(submission: Submission, language: str) -> str:
    """Where anyone who holds the receipt sees how far it is, with the number and the code filled in."""
    return link("applications.status_by_number", language, number=submission.number, code=submission.content_sha256[:SIGNS])


def _status(submission: Submission, language: str) -> str:
    return _(
        "How far the application is you see at any time without signing in: open %(address)s, write the number %(number)s and the code %(code)s, the first signs of the fingerprint.",
        address=link("applications.status_by_number", language), number=submission.number, code=submission.content_sha256[:SIGNS],
    )  # fmt: skip


def _joint(application: Application, content: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """Of a joint application its partners, each with what it does, bears and agreed to, and who bears how much; else nothing."""
    if not content.get("partners"):
        return {}
    track = joint.rules_of(application)
    shown = plan.shown(track, application.call, balance_of(track, content["answers"]))
    borne = () if shown is None else shown.borne

    def partner(place: int) -> Words:
        return say(languages, lambda: standing.in_a_line(standing.partners_in(content)[place]))

    return {
        "partners": [partner(place) for place in range(len(content["partners"]))],
        "borne": say(languages, lambda: ", ".join(f"{name} {money(cents)}" for name, cents in borne)) if borne else None,
    }


def on_paper(paper: Mapping[str, Any]) -> str:
    """How an application on paper came, and who transcribed and confirmed it."""
    way = str(presentation.DELIVERIES[Delivery(paper["delivery"])])
    handed = _(", handed over on %(day)s", day=day(paper["handed_on"])) if paper["handed_on"] else ""
    return _(
        "on paper: %(way)s%(handed)s, arrived on %(arrived)s; transcribed by %(first)s, confirmed by %(second)s",
        way=way, handed=handed, arrived=instant(paper["arrived_at"]), first=paper["transcribed_by"], second=paper["confirmed_by"],
    )  # fmt: skip


def _answer(answer: presentation.Answer, languages: Sequence[str]) -> dict[str, Any]:
    label = complete(answer.fact.label, languages)
    if answer.written:
        return {"label": label, "value": say(languages, lambda: presentation.on_the_paper(answer.fact, answer.written))}
    if answer.rows is None:
        return {"label": label, "value": in_languages(answer.value, languages)}
    return {
        "label": label,
        "columns": [complete(column, languages) for column in answer.columns],
        "rows": [[in_languages(cell, languages) for cell in row] for row in answer.rows],
    }


def in_languages(value: Any, languages: Sequence[str]) -> Any:
    """A value as documents say it, its texts in just these languages."""
    if isinstance(value, list):
        return [in_languages(one, languages) for one in value]
    if isinstance(value, Mapping) and set(value) <= set(LANGUAGES):
        return complete(value, languages)
    return value


def _next_steps(call: Call, languages: Sequence[str], *, on_paper: bool) -> list[Words]:
    steps = []
    if is_open(call):
        steps.append(say(languages, lambda: _("Until the deadline, %(deadline)s, you may withdraw the application and submit it again. The last one submitted counts.", deadline=instant(call.closes_at))))  # fmt: skip
    steps.append(say(languages, lambda: sealed_until(call, on_paper=on_paper)))
    steps.append(say(languages, lambda: _("If something is missing, the office will ask you to supplement it. Do not miss the date given there.")))  # fmt: skip
    if due := call.decisions_due:
        steps.append(say(languages, lambda: _("The decision is expected by %(date)s.", date=day(due))))
    return steps


def sealed_until(call: Call, *, on_paper: bool) -> str:
    """Who has read it before the opening: nobody, or of one on paper those two who took it in."""
    if on_paper:
        return _("Only those who transcribed and confirmed the application have read it. Until the opening, %(opening)s, nobody else in the office can.", opening=instant(call.opening_at))  # fmt: skip
    return _("Until the opening, %(opening)s, nobody in the office can read your application.", opening=instant(call.opening_at))


def state(application: Application, *, number: str | None = None) -> str:
    """The state of an application as the first line of every message about it; `number` is that of the submission told of."""
    if number is not None:
        return _("Submitted, number %(number)s", number=number)
    return presentation.banner(application).title


def submitted(application: Application, submission: Submission, *, by: User | None) -> None:
    """Tell the person who submitted, in their language, and the organisation, in its own. On paper nobody submitted it here."""
    track = queries.track_of(application.call, application.track)
    _tell(
        application,
        "submitted",
        _with_organisation(application, by),
        number=submission.number,
        submission=submission,
        track=track,
        person=by,
        may_withdraw=is_open(application.call),
    )


def withdrawn(application: Application, *, by: User) -> None:
    """Tell both that nothing is submitted any more."""
    track = queries.track_of(application.call, application.track)
    _tell(application, "withdrawn", _with_organisation(application, by), track=track, person=by)


def dismissed(application: Application, *, reason: str) -> None:
    """Tell the organisation; the act itself is served separately."""
    _tell(application, "dismissed", _with_organisation(application, None), reason=reason)


def reminder(application: Application, *, missing: int) -> None:
    """Tell everyone who can submit it that the draft is not submitted, and how much is missing."""
    people = [(one.email, one.language) for one in queries.writers_of(application.organisation_id)]
    _tell(application, "reminder", people, missing=missing, page="applications.submit_application")


def extended(application: Application, amendment: CallAmendment) -> None:
    """Tell everyone who has a draft or a submission that there is more time, and why."""
    _tell(application, "extended", _everyone(application), amendment=amendment)


def cancelled(application: Application) -> None:
    """Tell the same people that the call was cancelled, and why."""
    events = audit.timeline(application.call, audit.PUBLIC)
    reason = next((one.data["reason"] for one in reversed(events) if one.kind is states.CANCELLED), "–")
    _tell(application, "cancelled", _everyone(application), reason=reason)


def _everyone(application: Application) -> list[tuple[str, str]]:
    """Who fills it in, and the organisation at its own address."""
    people = [(one.email, one.language) for one in queries.writers_of(application.organisation_id)]
    own = [(address, language) for address, language in _with_organisation(application, None) if address not in {one for one, _ in people}]
    return [*people, *own]


def partner_asked(partner: ApplicationPartner, organisation: Organisation | None, *, by: User) -> None:
    """Ask the owners of a partner whether it agrees. One that is not entered here yet, or has nobody here, is asked at the address that was typed."""
    _ask(partner, organisation, "partner_asked", person=by)


def partner_asked_again(partner: ApplicationPartner, organisation: Organisation | None) -> None:
    """What they had agreed to was changed."""
    _ask(partner, organisation, "partner_asked_again")


def _ask(partner: ApplicationPartner, organisation: Organisation | None, event: str, **facts: Any) -> None:
    application = partner.application
    owners = [] if organisation is None else [one.user for one in owners_of(organisation) if one.user.active]
    people = [(one.email, one.language) for one in owners] or [(partner.email, application.language)]
    for address, language in people:
        mail.post(
            to=address, language=language, event=f"applications/{event}", about=application, state=lambda: state(application), partner=partner, known=bool(owners),
            organisation=application.organisation, call=application.call, link=link("applications.partnership", language, partner_id=partner.id),
            register_link=link("security.register", language), office=municipality().name, **facts,
        )  # fmt: skip


def partner_answered(partner: ApplicationPartner, *, agreed: bool, all_agreed: bool) -> None:
    """Tell everyone who fills in the application what a partner answered."""
    people = [(one.email, one.language) for one in queries.writers_of(partner.application.organisation_id)]
    _tell(
        partner.application, "partner_answered", people, page="applications.partner_list", partner=partner, agreed=agreed, all_agreed=all_agreed
    )  # fmt: skip


def _with_organisation(application: Application, by: User | None) -> list[tuple[str, str]]:
    organisation = application.organisation
    addressed = {by.email.casefold(): (by.email, by.language)} if by is not None else {}
    if organisation.email:  # one that applied on paper may have none
        addressed.setdefault(organisation.email.casefold(), (organisation.email, organisation.language))
    return list(addressed.values())


def _tell(
    application: Application, event: str, people: Sequence[tuple[str, str]], *, number: str | None = None,
    page: str = "applications.application_page", **facts: Any,
) -> None:  # fmt: skip
    for address, language in people:
        mail.post(
            to=address, language=language, event=f"applications/{event}", about=application, state=lambda: state(application, number=number),
            application=application, organisation=application.organisation, call=application.call,
            link=link(page, language, application_id=application.id), office=municipality().name,
            status_link=partial(status_link, language=language), **facts,
        )  # fmt: skip


def minutes(call: Call, applications: Sequence[Application], *, number: str, began: Any, by: User) -> Document:
    """The minutes of the opening, in the languages of the call."""
    languages = [language for language in call.languages if language in ("sl", "it")] or ["sl"]
    title = say(languages, lambda: _("Minutes of the opening of applications"))
    return documents.request(
        "minutes",
        _minutes_facts(call, applications, languages, title, number=number, began=began, by=by),
        subject=call,
        number=number,
        title=title[languages[0]],
        language=languages[0],
    )


def _minutes_facts(
    call: Call, applications: Sequence[Application], languages: Sequence[str], title: Words, *, number: str, began: Any, by: User
) -> dict[str, Any]:
    office = municipality()
    officer = {"name": by.name, "function": say(languages, lambda: _("call officer"))}
    tracks = {one.id: complete(one.title, languages) for one in call.rulebook.tracks}
    late = queries.late_papers(call)
    count = len(applications) - len(late & {one.id for one in applications})
    columns = (lambda: _("No."), lambda: _("Applicant"), lambda: _("Track"), lambda: _("Received"), lambda: _("Finding"))
    in_time, too_late = say(languages, lambda: _("in time")), say(languages, lambda: _("too late, on paper"))
    return {
        **_head(languages, number, _local(clock.now())),
        "title": title,
        "matter": complete(call.title, languages),
        "place": complete(office.address, languages),
        "started_at": _local(began),
        "ended_at": _local(clock.now()),
        "present": [officer],
        "absent": [],
        "documents_used": [
            say(languages, lambda: _("the text of the call and its documentation")),
            say(languages, lambda: _("the list of applications received by the information system")),
        ],
        "course": [
            {"at": _local(began), "text": say(languages, lambda: _("The time for applying ended on %(deadline)s; the opening was published for %(opening)s. Until then the information system kept all applications sealed.", deadline=instant(call.closes_at), opening=instant(call.opening_at)))},
            {"at": None, "text": say(languages, lambda: _("The applications were opened in the order of receipt."))},
        ],
        "tables": [
            {
                "title": say(languages, lambda: _("Applications received")),
                "columns": [say(languages, head) for head in columns],
                "rows": [
                    [one.number, one.organisation.name, tracks.get(one.track, one.track), {"instant": _local(one.submitted_at)}, too_late if one.id in late else in_time]
                    for one in applications
                ],
            }
        ] if applications else [],
        "findings": [
            say(languages, lambda: _("Applications received in time: %(count)s. The information system accepts none after the deadline.", count=count)),
        ],
        "orders": [
            say(languages, lambda: _("Each application is checked for the right party and for completeness. An incomplete one is supplemented, not refused; a proof that is missing only leaves its fact unproven.")),
        ],
        "signatories": [officer],
        "signature": None,
    }  # fmt: skip
