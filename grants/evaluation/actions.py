"""What changes an evaluation: the panel, its declarations, the members' sheets, what the panel agrees on, the conclusion."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from grants.accounts.models import User
from grants.applications import actions as applications
from grants.applications.models import Application
from grants.base import audit, clock, workflow
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.language import localized
from grants.calls.models import Call
from grants.calls.states import CallStatus
from grants.evaluation import completeness, facts, letters, queries, states
from grants.evaluation.models import Agreement, Declaration, Evaluation, Mark, MemberSheet, Panel, PanelMember, Recusal, Sheet
from grants.evaluation.queries import Board
from grants.evaluation.states import EvaluationStatus, MemberSheetStatus
from scoring.facts import clean_text
from scoring.money import number_text

LEAST_CONFLICT = 5
FOUND = "membership"
"""Stands as the reason of a recusal that was found from data; `letters.reason_of` says it in words."""


# The panel


def appoint(
    call: Call, users: Sequence[User], *, chair: User, by: User, recusal_scope: str = "application", order_number: str = ""
) -> Panel:
    """Appoint the panel of a call. Until the first scoring begins a new appointment replaces the old one; who stays keeps the declaration."""
    if call.status in (CallStatus.CANCELLED, CallStatus.CONCLUDED):
        raise Refused(_("This call has ended, so no panel is appointed for it any more."))
    people = list({user.id: user for user in users}.values())
    if len(people) not in (3, 5, 7):
        raise Refused(
            _("A panel has 3, 5 or 7 members, so that a vote cannot end in a tie. You named %(number)s.", number=len(people)),
            fields={"members": _("Name 3, 5 or 7 different people.")}, status=422,
        )  # fmt: skip
    if chair.id not in {user.id for user in people}:
        raise Refused(_("The chair is one of the members."), fields={"chair": _("Choose the chair among the members.")}, status=422)
    for user in people:
        if not user.active or user.confirmed_at is None:
            wrong = _("%(name)s has no confirmed account yet, so nothing could be shown to them.", name=user.name or user.email)
            raise Refused(wrong, fields={"members": wrong}, status=422)
    if recusal_scope not in ("application", "pot"):
        raise Refused(_("Choose what a conflict of interest excludes from."), fields={"recusal_scope": _("Choose one.")}, status=422)
    panel = queries.find_panel(call)
    if panel is None:
        panel = Panel(call=call, appointed_at=clock.now(), members=[])
        db.session.add(panel)
    elif queries.evaluations_of(call):
        raise Refused(_("Scoring has begun, so the panel does not change any more."))
    panel.recusal_scope, panel.order_number, panel.appointed_at = recusal_scope, order_number.strip(), clock.now()
    staying = {member.user_id: member for member in panel.members if member.user_id in {user.id for user in people}}
    for member in [member for member in panel.members if member.user_id not in staying]:
        _dismiss(member)
    new = [user for user in people if user.id not in staying]
    panel.members.extend(PanelMember(user=user, chair=False) for user in new)
    for member in panel.members:
        member.chair = member.user_id == chair.id or member.user is chair
    db.session.flush()
    audit.record(states.APPOINTED, panel, by=by, members=len(people))
    for member in panel.members:
        if member.user in new:
            letters.tell_appointed(member)
    return panel


def _dismiss(member: PanelMember) -> None:
    for recusal in member.recusals:
        db.session.delete(recusal)
    if member.declaration is not None:
        db.session.delete(member.declaration)
    member.panel.members.remove(member)
    db.session.delete(member)


def declare(member: PanelMember, conflicts: Mapping[int, str], *, statement: str, by: User) -> Declaration:
    """The member's declaration, once the applicants are known. What the data knows is added whatever was declared."""
    call = member.panel.call
    if by.id != member.user_id:
        raise Refused(_("Each member declares in person."), status=403)
    if call.status != CallStatus.OPENED:
        raise Refused(_("The applicants are not known yet. You declare after the applications have been opened."))
    if member.declaration is not None:
        raise Refused(_("You have declared already. Report a conflict that you notice later on the page of the application."))
    candidates = {application.id: application for application in queries.applicants(call)}
    if set(conflicts) - set(candidates):
        raise Refused(_("The list of applicants has changed since you opened the page. Look at it again."))
    short = {
        f"reason-{one}": _("Say in a few words what ties you to this applicant.")
        for one, why in conflicts.items()
        if len(clean_text(why)) < LEAST_CONFLICT
    }
    if short:
        raise Refused(_("A conflict of interest is recorded with its reason."), fields=short, status=422)
    member.declaration = Declaration(member_id=member.id, statement=statement.strip(), declared_at=clock.now())
    reasons = {one: clean_text(why) for one, why in conflicts.items()}
    reasons |= {one: FOUND for one, application in candidates.items() if one not in reasons and queries.has_link(member, application)}
    for one, why in reasons.items():
        _recuse(member, candidates[one], why, by=by)
    db.session.flush()
    audit.record(states.DECLARED, member.panel, by=by, conflicts=len(reasons))
    return member.declaration


def report_conflict(member: PanelMember, application: Application, *, reason: str, by: User) -> None:
    """A member notices a conflict while scoring, stops, and is out: what they marked there counts no more."""
    if by.id != member.user_id:
        raise Refused(_("Each member declares in person."), status=403)
    if len(clean_text(reason)) < LEAST_CONFLICT:
        raise Refused(
            _("A conflict of interest is recorded with its reason."),
            fields={"conflict": _("Say in a few words what ties you to this applicant.")},
            status=422,
        )
    under_way = [one for one in queries.evaluations_of(member.panel.call) if queries.track_and_pot(one)[0].id == application.track]
    if not any(one.status == EvaluationStatus.SCORING for one in under_way):
        raise Refused(
            _("The sheets are collected already. Tell the chair and the call officer, who decide whether scoring is opened again.")
        )
    if any(recusal.application_id == application.id for recusal in member.recusals):
        return
    _recuse(member, application, clean_text(reason), by=by)
    db.session.flush()
    for one in under_way:
        queries.lock(one)
        if one.status == EvaluationStatus.SCORING:
            _collect_if_all_in(one, by=by)


def _recuse(member: PanelMember, application: Application, reason: str, *, by: User | None) -> None:
    member.recusals.append(Recusal(application=application, reason=reason, recorded_at=clock.now()))
    audit.record(states.RECUSED, application, by=by, application=application.number or "", scope=member.panel.recusal_scope)


# The scoring of a pot


def start_evaluation(call: Call, pot: str, *, by: User) -> Evaluation:
    """Begin the scoring of one pot: every opened application of its track goes to the panel."""
    if call.status != CallStatus.OPENED:
        raise Refused(_("Scoring begins after the applications have been opened."))
    panel = queries.find_panel(call)
    if panel is None:
        raise Refused(_("No panel is appointed for this call yet. Appoint it first."))
    if waiting := queries.undeclared(panel):
        raise Refused(
            _(
                "Not everybody has declared on conflicts of interest. Still waiting for: %(names)s.",
                names=", ".join(member.user.name for member in waiting),
            )
        )
    try:
        track, rules = queries.rules_of(call).track_and_pot(pot)
    except KeyError:
        raise Refused(_("The rules of this call know no pot “%(pot)s”.", pot=pot), status=422) from None
    if queries.find_evaluation(call, pot) is not None:
        raise Refused(_("The scoring of “%(pot)s” was started already.", pot=localized(rules.title)))
    for application in queries.to_be_taken(call, track.id):
        applications.take_into_evaluation(application, by=by)
    db.session.flush()
    competing = queries.in_tracks(call, [track.id])
    if not competing:
        raise Refused(_("There is no application for “%(pot)s”, so there is nothing to score.", pot=localized(rules.title)))
    _check_seats(panel, competing, rules.least_marks if rules.panel_criteria else 0)
    evaluation = Evaluation(panel=panel, pot=pot, started_at=clock.now())
    workflow.start(evaluation, by=by, pot=pot, applications=len(competing))
    db.session.flush()
    if rules.panel_criteria:
        for member in panel.members:
            if len(queries.recused_from(member, competing)) < len(competing):
                letters.tell_started(member, rules)
    else:
        workflow.move(evaluation, EvaluationStatus.COLLECTED, by=by, pot=pot, sheets=0)
    return evaluation


def _check_seats(panel: Panel, competing: Sequence[Application], least: int) -> None:
    """A body decides with more than half of its members; the rules may want more marks than that."""
    seats = queries.seats_on(panel, competing)
    wanted = max(least, len(panel.members) // 2 + 1)
    lacking = [application for application in competing if len(seats[application.id]) < wanted]
    if lacking:
        raise Refused(
            _(
                "Too few members are left without a conflict of interest for: %(applications)s. At least %(wanted)s have to score each application. Appoint other members, then start again.",
                applications=", ".join(f"{one.number} ({one.organisation.name})" for one in lacking), wanted=wanted,
            )
        )  # fmt: skip


def open_sheet(evaluation: Evaluation, member: PanelMember, application: Application, *, by: User) -> MemberSheet:
    """The member's own sheet on one application; begun if it is not there."""
    _check_scoring(evaluation)
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
    _check_scoring(evaluation)
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
    _check_scoring(evaluation)
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
    workflow.move(sheet, MemberSheetStatus.FINISHED, by=by, sha256=_sha256([content, sheet.comment]))
    db.session.flush()
    _collect_if_all_in(evaluation, by=by)


def reopen_sheet(sheet: MemberSheet, *, by: User) -> None:
    """Take one's own finished sheet up again, as long as nobody has seen it."""
    evaluation = _own(sheet, by)
    queries.lock(evaluation)
    _check_scoring(evaluation)
    if sheet.status == MemberSheetStatus.FINISHED:
        sheet.finished_at = None
        workflow.move(sheet, MemberSheetStatus.STARTED, by=by)
        db.session.flush()


def collect(evaluation: Evaluation, *, by: User) -> None:
    """Collect without those who have not finished, if enough have: more than half of those who score, and as many as the rules want."""
    queries.lock(evaluation)
    _check_scoring(evaluation)
    board = queries.board_of(evaluation)
    _check_leader(board, by)
    finished = queries.finished_pairs(evaluation)
    lacking = []
    for application in board.applications:
        seats = board.seats[application.id]
        wanted = max(board.pot.least_marks, len(seats) // 2 + 1)
        if sum((member.id, application.id) in finished for member in seats) < wanted:
            lacking.append(application)
    if lacking:
        raise Refused(
            _(
                "Too few sheets are finished for %(applications)s. More than half of the members who score an application have to finish it, and no fewer than the rules demand.",
                applications=completeness.named(board, lacking, by=by),
            )
        )
    _collect(board, by=by)


def _collect_if_all_in(evaluation: Evaluation, *, by: User) -> None:
    board = queries.board_of(evaluation)
    if queries.all_in(board) and all(len(seats) >= board.pot.least_marks for seats in board.seats.values()):
        _collect(board, by=by)


def _collect(board: Board, *, by: User) -> None:
    for member in board.evaluation.panel.members:
        known = {recusal.application_id for recusal in member.recusals}
        for application in board.applications:
            if application.id not in known and queries.has_link(member, application):
                _recuse(member, application, FOUND, by=None)
    db.session.flush()
    workflow.move(
        board.evaluation, EvaluationStatus.COLLECTED, by=by, pot=board.evaluation.pot, sheets=len(queries.finished_pairs(board.evaluation))
    )
    leader = board.leader
    if leader is not None:
        letters.tell_collected(leader, board.pot)


def reopen(evaluation: Evaluation, *, reason: str, by: User) -> None:
    """Open the scoring again after the sheets were collected, for a reason on record. Members take up the sheets they want to change."""
    if evaluation.status != EvaluationStatus.COLLECTED:
        raise Refused(_("Scoring is opened again only between the collection of the sheets and the conclusion."))
    board = queries.board_of(evaluation)
    if not board.pot.panel_criteria:
        raise Refused(_("The points of this pot are all computed, so there is no scoring to open again."))
    _check_leader(board, by)
    if len(clean_text(reason)) < facts.LEAST_REASON:
        raise Refused(
            _("Opening the scoring again needs a reason."),
            fields={"reason": _("Write the reason, in at least %(least)s characters.", least=facts.LEAST_REASON)},
            status=422,
        )
    workflow.move(evaluation, EvaluationStatus.SCORING, by=by, pot=evaluation.pot, reason=clean_text(reason))


# What the panel agrees on, and the conclusion


def agree(
    evaluation: Evaluation, application: Application, key: str, *, points: Any = None, reason: Mapping[str, str], by: User
) -> Agreement:
    """Put down the panel's joint reason for one criterion (of one item) and, where the rules want one, the joint mark. It may be left
    incomplete until the conclusion."""
    if evaluation.status == EvaluationStatus.SCORING:
        raise Refused(_("The panel agrees after all sheets are collected."))
    if evaluation.status == EvaluationStatus.CONCLUDED:
        raise Refused(_("The scoring is concluded; its sheets are frozen."))
    case = queries.Case(queries.board_of(evaluation), application)
    if case.leader is None or case.leader.user_id != by.id:
        raise Refused(_("Only the chair of the panel writes down what the panel agreed on."), status=403)
    judged = next((one for one in facts.judged_in(case.board, application) if one.key == key), None)
    if judged is None:
        raise Refused(_("The panel does not judge “%(criterion)s” in this pot.", criterion=key), status=422)
    languages = letters.legal(case.board.call.languages)
    texts = {language: clean_text(reason.get(language) or "") for language in languages}
    faults = {
        f"reason-{key}-{language}": _(
            "The reason has %(length)s characters; it needs at least %(least)s and at most %(limit)s.",
            length=len(text),
            least=facts.LEAST_REASON,
            limit=facts.MOST_REASON,
        )
        for language, text in texts.items()
        if text and not facts.LEAST_REASON <= len(text) <= facts.MOST_REASON
    }
    mark = None
    if case.board.pot.aggregation == "agreed" and points is not None and str(points).strip():
        try:
            mark = number_text(facts.read_points(judged.criterion, points))
        except facts.WrongMarkError as wrong:
            faults[f"points-{key}"] = str(wrong)
    if faults:
        raise Refused(
            _("What the panel agreed on is not complete. Nothing is lost: correct what is marked and save again."),
            fields=faults,
            status=422,
        )
    known = queries.agreements_in(evaluation, [application])[application.id].get(key)
    agreement = known or Agreement(
        evaluation_id=evaluation.id, application_id=application.id, criterion=judged.criterion.id, item=judged.item, points=None, reason={}
    )
    if (agreement.points, agreement.reason) != (mark, texts) and (known or mark or any(texts.values())):
        agreement.points, agreement.reason = mark, texts
        db.session.add(agreement)
        db.session.flush()
        audit.record(states.AGREED, evaluation, by=by, application=application.number or "", criterion=key)
    return agreement


def conclude(evaluation: Evaluation, *, session_on: date, by: User) -> None:
    """Score everything by the published rules and freeze the sheets; refused while a mark or a reason is missing."""
    queries.lock(evaluation)
    if evaluation.status != EvaluationStatus.COLLECTED:
        raise Refused(_("The scoring is concluded once, after all sheets are collected."))
    board = queries.board_of(evaluation)
    _check_leader(board, by)
    if not clock.local(evaluation.started_at).date() <= session_on <= clock.today():
        wrong = _("The session took place between the day on which the scoring began and today.")
        raise Refused(wrong, fields={"session_on": wrong}, status=422)
    sheets = queries.collected(board, board.applications)
    agreed = queries.agreements_in(evaluation, board.applications)
    completeness.check(board, sheets, agreed, by=by)
    hashes = []
    for application, result in facts.score_all(board, sheets, agreed):
        data = result.to_data()
        digest = _sha256(data)
        hashes.append([application.number, digest])
        db.session.add(
            Sheet(
                evaluation_id=evaluation.id, application_id=application.id, data=data, sha256=digest,
                total=number_text(result.total), passes=result.passes,
            )
        )  # fmt: skip
    evaluation.session_on = session_on
    workflow.move(
        evaluation, EvaluationStatus.CONCLUDED, by=by, pot=evaluation.pot, session_on=session_on.isoformat(), sheets_sha256=_sha256(hashes)
    )
    db.session.flush()
    letters.minutes(board, written_by=by)


def _own(sheet: MemberSheet, by: User) -> Evaluation:
    if sheet.member.user_id != by.id:
        raise Refused(_("A sheet is filled in by its member alone."), status=403)
    return db.session.get_one(Evaluation, sheet.evaluation_id)


def _judged(evaluation: Evaluation, application_id: int) -> list[facts.Judged]:
    return facts.judged_in(Board(evaluation, []), db.session.get_one(Application, application_id))


def _check_scoring(evaluation: Evaluation) -> None:
    if evaluation.status != EvaluationStatus.SCORING:
        raise Refused(_("The sheets are collected, so nobody changes their own any more."))


def _check_leader(board: Board, by: User) -> None:
    if board.leader is None or board.leader.user_id != by.id:
        raise Refused(_("Only the chair of the panel collects the sheets and concludes the scoring."), status=403)


def _sha256(data: Any) -> str:
    return hashlib.sha256(audit.canonical_json(data).encode()).hexdigest()
