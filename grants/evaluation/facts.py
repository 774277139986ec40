"""The bridge to `scoring`: what members wrote and applicants answered, as the published rules want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flask_babel import gettext as _

from grants.applications.models import Application
from grants.applications.queries import facts_by_application, facts_of
from grants.base.language import localized
from grants.base.language import points as shown_points
from grants.evaluation.models import Agreement, Evaluation, MemberSheet, PanelMember, key_of
from grants.evaluation.queries import Board, track_and_pot
from scoring import points
from scoring.facts import clean_text, plain_number
from scoring.judging import Criterion
from scoring.money import NumberError, number, number_text
from scoring.sharing import Pot

ZERO = Fraction(0)
LEAST_REASON = 15
"""Fewer characters than these give no reason that a court would take for one."""
MOST_REASON = 2000


@dataclass(frozen=True)
class Judged:
    """One thing that members mark: a panel criterion, or a panel criterion of one item (a group, an event, a programme)."""

    criterion: Criterion
    item: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """How forms, marks and agreements name it."""
        return key_of(self.criterion.id, self.item)

    @property
    def title(self) -> str:
        """What it is called on a page, with the item it belongs to."""
        title = localized(self.criterion.title)
        return f"{self.name}: {title}" if self.item else title


def judged_in(board: Board, application: Application) -> list[Judged]:
    """What the panel marks on one application, item after item. Reads the application only where its rows are marked one by one."""
    return judged_by_application(board, [application])[application.id]


def judged_by_application(board: Board, applications: Sequence[Application]) -> dict[int, list[Judged]]:
    """The same for many applications, by id, in a fixed number of queries. Raises `LookupError` for one that was never submitted."""
    track, pot = board.rules
    if pot.items is None or not pot.panel_criteria:
        return {application.id: [Judged(criterion) for criterion in pot.panel_criteria] for application in applications}
    given = facts_by_application([application.id for application in applications])
    items = {application.id: points.items_of(track, pot, given[application.id]) for application in applications}
    return {
        identity: [Judged(criterion, number_of, name or number_of) for number_of, name in own for criterion in pot.panel_criteria]
        for identity, own in items.items()
    }


class WrongMarkError(ValueError):
    """What was written is no mark under this criterion; the message says why, in the reader's language."""


def read_points(criterion: Criterion, written: object) -> Fraction:
    """The mark that was written, with a decimal comma or point. Raises `WrongMarkError`."""
    text = number_text(written) if isinstance(written, Fraction) else str(written).strip()
    if not text:
        raise WrongMarkError(_("Enter the points; 0 is a mark too."))
    try:
        if "/" in text and not isinstance(written, Fraction):
            raise NumberError("not_a_number", text)
        value = number(plain_number(text))
    except NumberError:
        raise WrongMarkError(
            _("“%(written)s” is not a number. Write the points in figures, for example 7 or 7,5.", written=text[:40])
        ) from None
    try:
        points.check_mark(criterion, value)
    except points.ScoringError as error:
        if error.code == "mark_out_of_range":
            raise WrongMarkError(_("Points go from 0 to %(maximum)s here.", maximum=shown_points(criterion.maximum))) from None
        raise WrongMarkError(_("Points go in steps of %(step)s here.", step=shown_points(criterion.step))) from None
    return value


def read_reason(criterion: Criterion, given: Fraction, reason: str) -> str:
    """The reason for a mark; required below the maximum. Raises `WrongMarkError`."""
    text = clean_text(reason)
    if len(text) > MOST_REASON:
        raise WrongMarkError(_("The reason has %(length)s characters; at most %(limit)s fit.", length=len(text), limit=MOST_REASON))
    if given < _most(criterion) and len(text) < LEAST_REASON:
        raise WrongMarkError(
            _(
                "Below the maximum a reason is needed, in at least %(least)s characters: what was missing for all the points?",
                least=LEAST_REASON,
            )
        )
    return text


def _most(criterion: Criterion) -> Fraction:
    """The most points of what a panel judges; reading a rulebook refuses a panel criterion without a maximum."""
    return criterion.maximum if criterion.maximum is not None else ZERO


def pseudonym(member: PanelMember) -> str:
    """How a member is called in sheets and bundles: by the place on the panel, never by name."""
    return f"member-{[one.id for one in member.panel.members].index(member.id) + 1}"


def marks_of(sheets: Sequence[MemberSheet]) -> list[points.Mark]:
    """The marks of finished sheets, exactly."""
    return [
        points.Mark(pseudonym(sheet.member), mark.criterion, number(mark.points), mark.reason, mark.item)
        for sheet in sheets
        for mark in sheet.marks
    ]


def agreements_of(agreements: Mapping[str, Agreement]) -> list[points.Agreement]:
    """The panel's joint words and marks."""
    return [
        points.Agreement(
            one.criterion, None if one.points is None else number(one.points), {k: v for k, v in one.reason.items() if v.strip()}, one.item
        )
        for one in agreements.values()
    ]


def score(
    evaluation: Evaluation,
    application: Application,
    sheets: Sequence[MemberSheet],
    agreements: Mapping[str, Agreement],
    given: Mapping[str, object] | None = None,
) -> points.Sheet:
    """The whole sheet of one application by the published rules; `given` are its facts, if they are read already. Marks of rows that
    belong to the pot no longer, since the office verified them, do not count. Raises `ScoringError` while a mark is missing."""
    track, pot = track_and_pot(evaluation)
    number_of = application.number or str(application.id)
    values = facts_of(application) if given is None else given
    marks, agreed = points.of_scored_rows(track, pot, values, marks_of(sheets), agreements_of(agreements))
    return points.score(track, pot, number_of, values, marks, agreed)


def score_all(
    board: Board, sheets: Mapping[int, Sequence[MemberSheet]], agreed: Mapping[int, Mapping[str, Agreement]]
) -> list[tuple[Application, points.Sheet]]:
    """The sheets of a whole pot, with what only the field decides: relative thresholds and the second pass. Raises `ScoringError`."""
    track, pot = track_and_pot(board.evaluation)
    given = facts_by_application([one.id for one in board.applications])
    results = [score(board.evaluation, one, sheets[one.id], agreed[one.id], given[one.id]) for one in board.applications]
    facts = {result.applicant: given[one.id] for one, result in zip(board.applications, results, strict=True)}
    return list(zip(board.applications, points.compare_field(track, pot, results, facts), strict=True))


def computed_lines(evaluation: Evaluation, facts: Mapping[str, object]) -> Sequence[points.Line]:
    """What follows from the facts alone: the points and their derivation, before anybody has marked anything."""
    track, pot = track_and_pot(evaluation)
    rest = pot.model_copy(
        update={"criteria": tuple(criterion for criterion in pot.criteria if criterion.kind != "panel"), "threshold": None}
    )
    sheet = points.score(track, rest, "", facts)
    names = {item.id: item.name or item.id for item in sheet.items}
    return [
        replace(line, title={code: f"{names[line.item]}: {text}" for code, text in line.title.items()}) if line.item else line
        for line in sheet.lines
    ]


@dataclass(frozen=True)
class Tally:
    """One thing that was marked on the collected sheet: every mark, how far they lie apart, and what they come to by the rule."""

    judged: Judged
    marks: Sequence[tuple[PanelMember, Fraction, str]]
    agreement: Agreement | None
    points: Fraction | None
    working: str

    @property
    def criterion(self) -> Criterion:
        """The criterion."""
        return self.judged.criterion

    @property
    def key(self) -> str:
        """How the form names it."""
        return self.judged.key

    @property
    def spread(self) -> Fraction:
        """The distance between the highest and the lowest mark."""
        given = [mark for _member, mark, _reason in self.marks]
        return max(given) - min(given) if given else Fraction(0)

    @property
    def wide(self) -> bool:
        """Whether the members are far apart: by a quarter of the maximum or more."""
        return self.spread > 0 and self.spread * 4 >= _most(self.criterion)

    @property
    def needs_reason(self) -> bool:
        """Below the maximum the decision has to say why."""
        return self.points is None or self.points < _most(self.criterion)

    @property
    def draft_reason(self) -> str:
        """The members' own reasons, one below the other: something to edit into the joint one."""
        lost = [reason.strip() for _member, mark, reason in self.marks if mark < _most(self.criterion) and reason.strip()]
        return "\n".join(dict.fromkeys(lost))

    @property
    def draft_points(self) -> Fraction | None:
        """The mark that all members gave, if they gave the same."""
        given = {mark for _member, mark, _reason in self.marks}
        return given.pop() if len(given) == 1 else None


def tallies(pot: Pot, judged: Sequence[Judged], sheets: Sequence[MemberSheet], agreements: Mapping[str, Agreement]) -> list[Tally]:
    """Everything that was marked on one application, the members' marks side by side."""
    marks, agreed = marks_of(sheets), {key_of(one.criterion, one.item): one for one in agreements_of(agreements)}
    result = []
    for one in judged:
        given = [(sheet.member, number(mark.points), mark.reason) for sheet in sheets for mark in sheet.marks if mark.key == one.key]
        own = [mark for mark in marks if key_of(mark.criterion, mark.item) == one.key]
        try:
            value, working = points.aggregate(pot, one.criterion, own, agreed.get(one.key))
        except points.ScoringError:
            value, working = None, ""
        result.append(Tally(one, given, agreements.get(one.key), value, working))
    return result


@dataclass(frozen=True)
class Gap:
    """What the panel has not put down yet: the reason for a criterion in a language, or (language None) the joint mark."""

    application: Application
    judged: Judged
    language: str | None


def gaps_in(application: Application, languages: Sequence[str], rows: Sequence[Tally]) -> list[Gap]:
    """Everything that is still missing before the sheet of this application can be frozen."""
    missing = []
    for row in rows:
        if row.points is None:
            missing.append(Gap(application, row.judged, None))
        if row.needs_reason:
            reason = row.agreement.reason if row.agreement else {}
            missing += [Gap(application, row.judged, one) for one in languages if len(clean_text(reason.get(one, ""))) < LEAST_REASON]
    return missing
