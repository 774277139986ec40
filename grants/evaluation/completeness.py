"""What is missing before the scoring of a pot can be concluded, named so that the reader learns of nothing they may not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base.errors import Refused
from grants.evaluation import facts, letters
from grants.evaluation.models import Agreement, MemberSheet
from grants.evaluation.queries import Board


def check(board: Board, sheets: Mapping[int, list[MemberSheet]], agreed: Mapping[int, dict[str, Agreement]], *, by: User) -> None:
    """Refuse while a sheet, a joint mark or a reason in a language of the call is missing, and say which."""
    if not board.pot.panel_criteria:
        return
    languages = letters.legal(board.call.languages)
    few, missing = [], []
    judged = facts.judged_by_application(board, board.applications)
    for application in board.applications:
        seats, given = board.seats[application.id], sheets[application.id]
        if len(given) < max(board.pot.least_marks, len(seats) // 2 + 1):
            few.append(application)
        missing += facts.gaps_in(application, languages, facts.tallies(board.pot, judged[application.id], given, agreed[application.id]))
    if few:
        raise Refused(
            _(
                "Too few members have scored %(applications)s. More than half of those without a conflict of interest have to, and no fewer than the rules demand.",
                applications=named(board, few, by=by),
            )
        )
    if missing:
        raise Refused(
            _("The scoring cannot be concluded, because something is missing. %(missing)s", missing=_gaps_named(board, missing, by))
        )


def _gaps_named(board: Board, missing: Sequence[facts.Gap], by: User) -> str:
    """Which reasons are missing, application by application; of those that the reader does not see only that there are some."""
    seen = {application.id for application in board.seen_by(by)}
    by_application: dict[int, list[facts.Gap]] = {}
    for gap in missing:
        by_application.setdefault(gap.application.id, []).append(gap)
    parts = []
    for application in board.applications:
        gaps = by_application.get(application.id, [])
        if gaps and application.id in seen:
            words = [_said(gap, agreed=board.pot.aggregation == "agreed") for gap in gaps]
            parts.append(f"{application.number} ({application.organisation.name}): {', '.join(words)}.")
    hidden = len(set(by_application) - seen)
    if hidden:
        parts.append(_unseen(hidden))
    return " ".join(parts)


def _said(gap: facts.Gap, *, agreed: bool) -> str:
    if gap.language is not None:
        return _("“%(criterion)s”: reason (%(language)s)", criterion=gap.judged.title, language=gap.language)
    if agreed:
        return _("“%(criterion)s”: joint mark", criterion=gap.judged.title)
    return _("“%(criterion)s”: marks of the members (open the scoring again, so that they can add them)", criterion=gap.judged.title)


def named(board: Board, some: Sequence[Application], *, by: User) -> str:
    """Applications by number and applicant; those that the reader does not see are only counted."""
    seen = {application.id for application in board.seen_by(by)}
    names = [f"{application.number} ({application.organisation.name})" for application in some if application.id in seen]
    if hidden := len(some) - len(names):
        names.append(_unseen(hidden))
    return ", ".join(names)


def _unseen(number: int) -> str:
    return ngettext("%(num)s application from which you are excluded", "%(num)s applications from which you are excluded", number)
