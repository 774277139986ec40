"""The messages to members of the panel, and the minutes of the session on a pot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from grants.accounts.letters import address
from grants.accounts.models import User
from grants.applications import joint
from grants.base import clock, documents, mail
from grants.base.documents import Document
from grants.base.language import in_language, localized, points
from grants.calls.actions.running import next_number
from grants.calls.municipality import municipality
from grants.evaluation import queries
from grants.evaluation.models import PanelMember, Recusal
from grants.evaluation.queries import Board
from scoring.money import number
from scoring.points import Item, Line, sheet_from_data
from scoring.sharing import Pot

Words = dict[str, str]
_LEGAL = ("sl", "it")


def legal(languages: Iterable[str]) -> list[str]:
    """Those of these languages in which an act is written, Slovenian first. English is a language of the pages only."""
    given = set(languages)
    return [language for language in _LEGAL if language in given]


def reason_of(recusal: Recusal) -> str:
    """Why a member is excluded: their own words, or what the data said."""
    if recusal.reason != "membership":
        return recusal.reason
    if joint.partners_of(recusal.application):
        return str(_l("Acts for this organisation or for a partner of its application in Merila (found from data)."))
    return str(_l("Acts for this organisation in Merila (found from data)."))


# Messages


def _tell(member: PanelMember, event: str, endpoint: str, **facts: Any) -> None:
    user, call = member.user, member.panel.call
    with in_language(user.language):
        title = localized(call.title)
        words = {name: localized(value) if isinstance(value, Mapping) else value for name, value in facts.items()}
    mail.post(
        to=user.email, language=user.language, event=f"evaluation/{event}", about=member.panel,
        name=user.name, call_title=title, reference=call.reference,
        link=address(endpoint, user.language, call_id=call.id), **words,
    )  # fmt: skip


def tell_appointed(member: PanelMember) -> None:
    """You are on the panel, and what comes next."""
    _tell(member, "appointed", "evaluation.declaration", chair=member.chair, opening_at=member.panel.call.opening_at)


def tell_started(member: PanelMember, pot: Pot) -> None:
    """Scoring has begun."""
    _tell(member, "started", "evaluation.work_list", pot=pot.title)


def tell_collected(member: PanelMember, pot: Pot) -> None:
    """All sheets are in: to whoever leads the session."""
    _tell(member, "collected", "evaluation.work_list", pot=pot.title)


# Minutes


def said(languages: Iterable[str], sentence: LazyString, **values: Any) -> Words:
    """The sentence in each language; a value is a text, a {language: text}, or a function that is called in the language."""
    result = {}
    for language in languages:
        with in_language(language):
            spoken = {
                name: value() if callable(value) else localized(value) if isinstance(value, Mapping) else value
                for name, value in values.items()
            }
            result[language] = str(sentence) % spoken
    return result


def both(languages: Iterable[str], text: Mapping[str, str]) -> Words:
    """A text of the call or the rules in each language; where one lacks, as it was published."""
    return {one: _in(one, text) for one in languages}


def _in(language: str, text: Mapping[str, str]) -> str:
    with in_language(language):
        return localized(text)


def minutes(board: Board, *, written_by: User) -> Document:
    """The minutes of the session that concluded the scoring of a pot, with points and reasons for every application."""
    call, languages = board.call, legal(board.call.languages)
    count = next_number(call)
    facts = minutes_facts(board, languages, number_of=count)
    return documents.request(
        "minutes", facts, subject=board.evaluation, number=count, title=facts["title"][languages[0]], language=languages[0]
    )


def minutes_of(board: Board) -> Document | None:
    """The minutes, if the scoring is concluded; the file is there once a job has made it."""
    return next(iter(documents.of_subject(board.evaluation, "minutes")), None)


def minutes_facts(board: Board, languages: list[str], *, number_of: str) -> dict[str, Any]:
    """Plain facts of the minutes."""
    office, call, evaluation = municipality(), board.call, board.evaluation
    instant = clock.local(clock.now()).isoformat(timespec="seconds")
    leader = board.leader
    members = sorted(evaluation.panel.members, key=lambda one: (not one.chair, one.id))
    present = [member for member in members if any(member in seats for seats in board.seats.values())]
    absent = [member for member in members if member not in present]
    pot = both(languages, board.pot.title)
    recused = [
        said(
            languages, _l("%(name)s did not score application %(number)s (%(applicant)s) because of a conflict of interest."),
            name=member.user.name, number=application.number, applicant=application.organisation.name,
        )
        for application in board.applications
        for member in members
        if member not in board.seats[application.id]
    ]  # fmt: skip
    session = evaluation.session_on or clock.today()
    course = [
        said(
            languages,
            _l("The panel scored the applications for “%(pot)s”; each member alone, without knowing the marks of the others."),
            pot=pot,
        )
        if board.pot.panel_criteria
        else said(
            languages,
            _l("The points for “%(pot)s” follow from the data of the applications alone and were computed by the published rules."),
            pot=pot,
        ),
        *recused,
        said(
            languages,
            _l("The panel agreed on the joint reasons and concluded the scoring in its session on %(day)s."),
            day=session.strftime("%d. %m. %Y"),
        ),
    ]
    return {
        "dated": instant,
        "languages": languages,
        "number": number_of,
        "organ": both(languages, office.administration),
        "organ_address": {one: f"{_in(one, office.address)} · {office.phone} · {office.email}" for one in languages},
        "verify_url": None,
        "title": said(languages, _l("Minutes on the scoring of applications")),
        "matter": {one: f"{_in(one, call.title)} – {pot[one]}" for one in languages},
        "place": both(languages, office.address),
        "started_at": clock.local(evaluation.started_at).isoformat(timespec="seconds"),
        "ended_at": instant,
        "present": [{"name": one.user.name, "function": _function(languages, one, leads=one is leader)} for one in present],
        "absent": [
            {"name": one.user.name, "function": said(languages, _l("excluded because of a conflict of interest"))} for one in absent
        ],
        "documents_used": [
            said(
                languages, _l("call %(reference)s with its rules (SHA-256 %(hash)s)"), reference=call.reference, hash=call.rulebook_sha256
            ),
            said(languages, _l("the applications as submitted, and the sheets of the members")),
        ],
        "course": [{"at": None, "text": text} for text in course],
        "tables": _tables(board, languages),
        "findings": [both(languages, note) for note in [*board.pot.notes, *queries.rules_of(call).notes]],
        "orders": [],
        "signatories": [] if leader is None else [{"name": leader.user.name, "function": _function(languages, leader, leads=True)}],
        "signature": None,
    }


def _function(languages: list[str], member: PanelMember, *, leads: bool) -> Words:
    if member.chair:
        return said(languages, _l("chair of the panel"))
    return said(languages, _l("member of the panel, leading instead of the chair")) if leads else said(languages, _l("member of the panel"))


def _tables(board: Board, languages: list[str]) -> list[dict[str, Any]]:
    sheets = [(sheet, sheet_from_data(sheet.data)) for sheet in queries.sheets_of(board.evaluation)]
    tables: list[dict[str, Any]] = [
        {
            "title": said(languages, _l("Points")),
            "columns": [said(languages, _l("Number")), said(languages, _l("Applicant")), said(languages, _l("Points"))],
            "rows": [
                [sheet.application.number, sheet.application.organisation.name, _points(languages, sheet.total)]
                for sheet, _result in sheets
            ],
        }
    ]
    for sheet, result in sheets:
        rows = [
            [
                _named(languages, line, result.items),
                _points(languages, line.maximum),
                _points(languages, line.points),
                {one: line.sentence(one) or "–" for one in languages},
            ]
            for line in result.lines
        ]
        if rows:
            heads = (_l("Criterion"), _l("Maximum"), _l("Points"), _l("Reason"))
            title = f"{sheet.application.number}, {sheet.application.organisation.name}"
            tables.append({"title": dict.fromkeys(languages, title), "columns": [said(languages, head) for head in heads], "rows": rows})
    return tables


def _named(languages: list[str], line: Line, items: Iterable[Item]) -> Words:
    name = next((item.name or item.id for item in items if item.id == line.item), "")
    return {one: f"{name}: {text}" if name else text for one, text in both(languages, line.title).items()}


def _points(languages: list[str], value: Any) -> Words:
    return {language: points(number(value) if isinstance(value, str) else value, language) for language in languages}
