"""What an application says, section by section, in the plain shapes that pages and documents both show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.applications.answers import YES, parts_of
from grants.applications.delivery import Delivery
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import clock
from grants.base.audit import Entry
from grants.base.language import LANGUAGES, instant, localized
from grants.calls.queries import is_open
from grants.calls.states import CallStatus
from scoring.form import asked_of
from scoring.money import number, number_text
from scoring.questions import Fact, Text
from scoring.rulebook import Track

GROUPED_FROM = 10_000
"""Smaller whole numbers are shown without a thousands mark, so that a year stays a year."""


@dataclass(frozen=True)
class Answer:
    """One answered question. A table has columns and rows, everything else a value as documents know it.

    `written` stands on the paper of an application and is no answer that counts; `as_text` says it.
    """

    fact: Fact
    value: Any = None
    columns: tuple[Text, ...] = ()
    rows: tuple[tuple[Any, ...], ...] | None = None
    totals: tuple[Any, ...] | None = None
    written: Any = None

    @property
    def written_so(self) -> str:
        """What stands on the paper and does not count, in words of the reader."""
        return on_the_paper(self.fact, self.written) if self.written else ""

    @property
    def says_something(self) -> bool:
        """Whether the question was not left empty."""
        return self.rows is not None or self.value is not None or bool(self.written)


@dataclass(frozen=True)
class Section:
    """A section with its answers."""

    id: str
    title: Text
    answers: tuple[Answer, ...]


def sections(
    track: Track, values: Mapping[str, Any], files: Mapping[str, Sequence[Any]] | None = None, *, written: Mapping[str, Any] | None = None
) -> tuple[Section, ...]:
    """Every question that was asked with its answer, in the order of the form; a question left empty has the value None.

    `written` is what stands on the paper and does not count, also to a question that was not to be answered.
    """
    written = written or {}
    asked = asked_of(track, values) | set(written)
    shown = [(part, [fact for fact in part.facts if fact.id in asked]) for part in parts_of(track)]
    return tuple(
        Section(
            part.id,
            part.title,
            tuple(
                replace(_answer(fact, values.get(fact.id), (files or {}).get(fact.id, ())), written=written.get(fact.id)) for fact in facts
            ),
        )
        for part, facts in shown
        if facts
    )


def _answer(fact: Fact, value: Any, files: Sequence[Any]) -> Answer:
    if fact.kind == "file":
        return Answer(fact, list(files) or None)
    if fact.kind == "table" and value:
        rows = tuple(tuple(said(column, row.get(column.id)) for column in fact.columns) for row in value)
        return Answer(fact, columns=tuple(column.label for column in fact.columns), rows=rows, totals=totals(fact, value))
    return Answer(fact, said(fact, value))


def totals(fact: Fact, rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...] | None:
    """The sums of the columns that are added up, each at its place in the row; None where nothing is."""
    if not any(column.total for column in fact.columns):
        return None
    return tuple(said(column, _sum(column, rows)) if column.total else None for column in fact.columns)


def _sum(column: Fact, rows: Sequence[Mapping[str, Any]]) -> Any:
    added = sum((number(row[column.id]) for row in rows if row.get(column.id) is not None), Fraction(0))
    return number_text(added) if column.kind == "decimal" else int(added)


def said(fact: Fact, value: Any) -> Any:
    """A checked value as documents say it: text, yes or no, None, a list, or a typed one such as {"cents": 1200}."""
    if value is None or value == []:
        return None
    match fact.kind:
        case "money":
            return {"cents": value}
        case "date":
            return {"date": value}
        case "decimal":
            return {"number": value}
        case "integer":
            return value if abs(value) >= GROUPED_FROM else str(value)
        case "choice":
            return _label(fact, value)
        case "choices":
            return [_label(fact, one) for one in value]
    return value


def _label(fact: Fact, choice: str) -> Text:
    return next((one.label for one in fact.choices if one.id == choice), dict.fromkeys(LANGUAGES, choice))


def as_text(fact: Fact, raw: Any) -> list[str]:
    """What was typed, right or wrong, in lines: for setting two versions of a draft side by side."""
    if fact.kind == "table":
        return [" · ".join(line for column in fact.columns for line in as_text(column, row.get(column.id))) for row in raw or ()]
    if fact.kind == "choices":
        return [localized(_label(fact, one)) for one in raw or ()]
    if fact.kind == "choice" and raw:
        return [localized(_label(fact, raw))]
    if fact.kind == "boolean" and raw:
        return [_("Yes") if raw == YES else _("No")]
    return str(raw or "").splitlines()


def as_written(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stood on the paper of a submission and does not count, by fact; nothing where it was typed by the organisation."""
    written: Mapping[str, Any] = content.get("paper", {}).get("as_written", {})
    return written


def on_the_paper(fact: Fact, raw: Any) -> str:
    """The same of one question in words."""
    return _("“%(text)s” (written so on the paper; it does not count as an answer)", text="; ".join(as_text(fact, raw)))


STATUS_NAMES = {
    ApplicationStatus.DRAFT: _l("Draft, not submitted"),
    ApplicationStatus.SUBMITTED: _l("Submitted"),
    ApplicationStatus.WITHDRAWN: _l("Withdrawn"),
    ApplicationStatus.OPENED: _l("Opened"),
    ApplicationStatus.DISMISSED: _l("Dismissed"),
    ApplicationStatus.IN_EVALUATION: _l("With the panel"),
    ApplicationStatus.DECIDED: _l("Decided"),
}
STATUS_COLOURS = {
    ApplicationStatus.DRAFT: "orange",
    ApplicationStatus.SUBMITTED: "green",
    ApplicationStatus.WITHDRAWN: "grey",
    ApplicationStatus.OPENED: "blue",
    ApplicationStatus.DISMISSED: "red",
    ApplicationStatus.IN_EVALUATION: "purple",
    ApplicationStatus.DECIDED: "teal",
}


DELIVERIES = {
    Delivery.IN_PERSON: _l("brought in person"),
    Delivery.REGISTERED_POST: _l("by registered post"),
    Delivery.ORDINARY_POST: _l("by ordinary post"),
    Delivery.OTHER_OFFICE: _l("by mistake to another office, which passed it on"),
}


def without_personal(sections: Sequence[Section]) -> list[Section]:
    """The same for partners: without what is personal."""
    kept = []
    for section in sections:
        answers = [_unpersonal(one) for one in section.answers if not one.fact.personal]
        if answers:
            kept.append(replace(section, answers=tuple(answers)))
    return kept


def _unpersonal(answer: Answer) -> Answer:
    places = [place for place, column in enumerate(answer.fact.columns) if not column.personal]
    if answer.rows is None or len(places) == len(answer.fact.columns):
        return answer
    fact = answer.fact.model_copy(update={"columns": tuple(answer.fact.columns[place] for place in places)})
    rows = tuple(tuple(row[place] for place in places) for row in answer.rows)
    totals = None if answer.totals is None else tuple(answer.totals[place] for place in places)
    return replace(answer, fact=fact, columns=tuple(answer.columns[place] for place in places), rows=rows, totals=totals)


class Banner(NamedTuple):
    """The state of an application, said on each of its pages."""

    kind: str
    title: str
    text: str


def banner(application: Application) -> Banner:
    """Draft, not submitted; or submitted, with number and second; or what became of it."""
    call, number = application.call, application.number or ""
    deadline = instant(call.closes_at)
    received = instant(application.submitted_at)
    if call.status == CallStatus.CANCELLED:
        return Banner("warning", _of_cancelled(application), _("The call was cancelled: nothing more is submitted to it and nothing is opened. Why stands on the page of the call."))  # fmt: skip
    match ApplicationStatus(application.status):
        case ApplicationStatus.DRAFT if is_open(call):
            return Banner(
                "draft",
                _("Draft, not submitted"),
                _("Nobody in the office sees it until you submit it. The deadline is %(deadline)s.", deadline=deadline),
            )
        case ApplicationStatus.DRAFT:
            return Banner(
                "warning",
                _("Draft, never submitted"),
                _("The time for applying ended on %(deadline)s. This draft does not take part in the call.", deadline=deadline),
            )
        case ApplicationStatus.SUBMITTED:
            return Banner(
                "submitted",
                _("Submitted, number %(number)s", number=number),
                _(
                    "Received on %(received)s. Sealed until the opening on %(opening)s.",
                    received=received,
                    opening=instant(call.opening_at),
                ),
            )
        case ApplicationStatus.WITHDRAWN:
            return Banner(
                "warning",
                _("Withdrawn, nothing is submitted"),
                _("The submission %(number)s no longer counts. The deadline is %(deadline)s.", number=number, deadline=deadline),
            )
        case ApplicationStatus.OPENED:
            return Banner(
                "sealed",
                _("Opened, number %(number)s", number=number),
                _("Received on %(received)s. The office is checking it; it can no longer be changed.", received=received),
            )
        case ApplicationStatus.DISMISSED:
            return Banner(
                "warning",
                _("Dismissed, number %(number)s", number=number),
                _("It was dismissed without looking at its content. The reason stands below."),
            )
        case ApplicationStatus.IN_EVALUATION:
            return Banner(
                "sealed",
                _("With the panel, number %(number)s", number=number),
                _("Received on %(received)s. The panel is scoring it.", received=received),
            )
    return Banner(
        "decided",
        _("Decided, number %(number)s", number=number),
        _("Received on %(received)s. The decision has been issued.", received=received),
    )


def _of_cancelled(application: Application) -> str:
    """Where an application was left. A call that is cancelled was never opened."""
    if application.status == ApplicationStatus.SUBMITTED:
        return _("Submitted, number %(number)s", number=application.number)
    return _("Withdrawn, nothing is submitted") if application.status == ApplicationStatus.WITHDRAWN else _("Draft, not submitted")


class Line(NamedTuple):
    """One line of a timeline with the name of who did it."""

    at: datetime
    sentence: str
    actor: str | None


def lines(entries: Sequence[Entry], names: Mapping[int, tuple[str, bool]], *, inside: bool) -> list[Line]:
    """A timeline, the newest first. Outside the office its people are shown as the office, not by name."""
    shown = []
    for entry in reversed(entries):
        name, staff = names.get(entry.actor_id or 0, ("", False))
        actor = None if entry.actor_id is None else (name if inside or not staff else _("the office"))
        shown.append(Line(entry.at, entry.sentence, actor or None))
    return shown


TOLD = frozenset({"started", "submitted", "withdrawn", "resumed", "opened", "taken_into_evaluation", "decided"})


def without_people(entries: Sequence[Entry]) -> list[Entry]:
    """The steps of an application that say nothing about anyone: neither reasons nor files."""
    return [one for one in entries if one.kind.name.removeprefix("application.") in TOLD]


def second(moment: datetime) -> str:
    """An instant in figures, to the second: for long lists, where the full form would be read by nobody."""
    local = clock.local(moment)
    return f"{local.day}. {local.month}. {local.year} {local:%H:%M:%S}"
