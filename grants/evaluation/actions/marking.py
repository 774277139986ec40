"""A member's own sheet: begun, kept, finished, taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base import clock, workflow
from grants.base.db import db
from grants.base.errors import Refused
from grants.evaluation import facts, queries
from grants.evaluation.actions.agreeing import sha256_of
from grants.evaluation.actions.collecting import check_scoring, collect_if_all_in
from grants.evaluation.models import Evaluation, Mark, MemberSheet, PanelMember
from grants.evaluation.queries import Board
from grants.evaluation.states import MemberSheetStatus
from scoring.money import number_text


def open_sheet(evaluation: Evaluation, member: PanelMember, application: Application, *, by: User) -> MemberSheet:
    """The member's own sheet on one application; begun if it is not there."""
    check_scoring(evaluation)
    case = queries.Case(queries.board_of(evaluation), application)
    if by.id != member.user_id or case.seat(by) is None:
        raise Refused(_("You do not score this application."), status=403)
    sheet = queries.find_member_sheet(evaluation, member, application)
    if sheet is None:
        sheet = MemberSheet(evaluation_id=evaluation.id, member=member, application_id=application.id, saved_at=clock.now(), marks=[])
        workflow.start(sheet, by=by)
        db.session.flush()
    return sheet


def save_marks(sheet: MemberSheet, marks: Mapping[str, tuple[Any, str]], *, comment: str, version: int, by: User) -> None:
    """Keep what was typed, complete or not. `version` is the one that the page was made from."""
    evaluation = _own(sheet, by)
    check_scoring(evaluation)
    if sheet.status == MemberSheetStatus.FINISHED:
        raise Refused(_("This sheet is finished. Take it up again before you change it."))
    if version != sheet.version:
        raise Refused(
            _(
                "This sheet was saved in another window after you had opened this page. Compare what you typed with what is saved, then save again."
            )
        )
    known = {one.key: one for one in _judged(evaluation, sheet.application_id)}
    if strange := set(marks) - set(known):
        raise Refused(_("The panel does not judge “%(criterion)s” in this pot.", criterion=", ".join(sorted(strange))), status=422)
    kept = {mark.key: mark for mark in sheet.marks}
    for name, (points, reason) in marks.items():
        mark = kept.get(name)
        if mark is None:
            mark = Mark(criterion=known[name].criterion.id, item=known[name].item)
            sheet.marks.append(mark)
        mark.points, mark.reason = _as_typed(points), reason.strip()
    sheet.comment, sheet.saved_at = comment.strip(), clock.now()
    flag_modified(sheet, "saved_at")  # a new version for every save, even within one instant
    db.session.flush()


def _as_typed(points: object) -> str:
    return number_text(points) if isinstance(points, Fraction) else str(points).strip()


def finish(sheet: MemberSheet, *, by: User) -> None:
    """Check every mark and its reason and hand the sheet in. The last sheet of all collects them."""
    evaluation = _own(sheet, by)
    queries.lock(evaluation)
    check_scoring(evaluation)
    if sheet.status == MemberSheetStatus.FINISHED:
        return
    given = {mark.key: mark for mark in sheet.marks}
    faults: dict[str, str] = {}
    for one in _judged(evaluation, sheet.application_id):
        mark = given.get(one.key)
        try:
            points = facts.read_points(one.criterion, mark.points if mark else "")
        except facts.WrongMarkError as wrong:
            faults[f"points-{one.key}"] = str(wrong)
            continue
        assert mark is not None
        try:
            mark.reason = facts.read_reason(one.criterion, points, mark.reason)
        except facts.WrongMarkError as wrong:
            faults[f"reason-{one.key}"] = str(wrong)
        mark.points = number_text(points)
    if faults:
        raise Refused(_("The sheet is not complete. Nothing is lost: correct what is marked and finish again."), fields=faults, status=422)
    sheet.finished_at = clock.now()
    content = [[mark.key, mark.points, mark.reason] for mark in sorted(sheet.marks, key=lambda one: one.key)]
    workflow.move(sheet, MemberSheetStatus.FINISHED, by=by, sha256=sha256_of([content, sheet.comment]))
    db.session.flush()
    collect_if_all_in(evaluation, by=by)


def reopen_sheet(sheet: MemberSheet, *, by: User) -> None:
    """Take one's own finished sheet up again, as long as nobody has seen it."""
    evaluation = _own(sheet, by)
    queries.lock(evaluation)
    check_scoring(evaluation)
    if sheet.status == MemberSheetStatus.FINISHED:
        sheet.finished_at = None
        workflow.move(sheet, MemberSheetStatus.STARTED, by=by)
        db.session.flush()


def _own(sheet: MemberSheet, by: User) -> Evaluation:
    if sheet.member.user_id != by.id:
        raise Refused(_("A sheet is filled in by its member alone."), status=403)
    return db.session.get_one(Evaluation, sheet.evaluation_id)


def _judged(evaluation: Evaluation, application_id: int) -> list[facts.Judged]:
    return facts.judged_in(Board(evaluation, []), db.session.get_one(Application, application_id))
