"""What comes together: the collected sheet, the joint reasons, collecting, concluding, minutes."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from grants.applications.queries import facts_of
from grants.base import errors, files
from grants.base.access import needs
from grants.base.errors import Refused
from grants.base.forms import show_faults, tried
from grants.evaluation import facts, forms, letters, policy, queries, standing, views
from grants.evaluation.actions import agreeing, collecting
from grants.evaluation.queries import Board, Case
from grants.evaluation.routes.blueprint import Messages, again, blueprint, me
from grants.evaluation.states import EvaluationStatus
from grants.evaluation.verification import findings


@blueprint.get("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/zbirni-list")
@needs(policy.may_see_collected, of=queries.get_case)
def collected_sheet(case: Case) -> ResponseReturnValue:
    """Every member's marks and reasons side by side, how far they lie apart, and what the panel agreed on."""
    return render_template("evaluation/collected_sheet.html", **_collected(case))


def _collected(case: Case, typed: bool = False) -> dict[str, Any]:
    pot = case.board.pot
    sheets = queries.collected(case.board, [case.application])[case.application.id]
    agreed = queries.agreements_in(case.evaluation, [case.application])[case.application.id]
    rows = facts.tallies(pot, facts.judged_in(case.board, case.application), sheets, agreed)
    joint = pot.aggregation == "agreed"
    languages = letters.legal(case.board.call.languages)
    criteria = views.open_criteria(rows, with_points=joint)
    may_agree = bool(policy.may_agree(me(), case)) and case.evaluation.status == EvaluationStatus.COLLECTED
    kept = None if typed else views.kept_agreements(rows, agreed)
    form = forms.agreement_form(criteria, languages, kept, with_points=joint) if may_agree else None
    lines = facts.computed_lines(case.evaluation, facts_of(case.application))
    stands = standing.standing_of(case, me())
    before, after = views.neighbours(me(), case)
    return {
        "case": case, "call": case.board.call, "application": case.application, "rows": rows, "members": [sheet.member for sheet in sheets],
        "lines": lines, "verified": findings.shown(case.application), "form": form, "criteria": criteria, "joint": joint, "call_languages": languages, "messages": [], "notes": views.notes_of(case.board),
        "rule": views.RULES[pot.aggregation], "gaps": facts.gaps_in(case.application, languages, rows), "agreed": agreed, "comments": sheets,
        "total": stands.total, "standing": stands,
        "frozen": queries.find_sheet(case.evaluation, case.application), "before": before, "after": after,
        "mine": case.seat(me()) is not None, "open_fields": {one.key for one in criteria},
    }  # fmt: skip


@blueprint.post("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/zbirni-list")
@needs(policy.may_agree, of=queries.get_case)
def agree(case: Case) -> ResponseReturnValue:
    """Put down the joint reasons and, where the rules want them, the joint marks."""
    page = _collected(case, typed=True)
    form = page["form"]
    if form is None:
        raise Refused(_("The scoring is concluded; its sheets are frozen."))
    if not form.validate():
        return again("evaluation/collected_sheet.html", 422, **page)
    faults: dict[str, Any] = {}
    status = 422
    for one in page["criteria"]:
        reason = {language: form[f"reason-{one.key}-{language}"].data or "" for language in page["call_languages"]}
        points = form[f"points-{one.key}"].data if page["joint"] else None
        try:
            agreeing.agree(case.evaluation, case.application, one.key, points=points, reason=reason, by=me())
        except Refused as refused:
            faults |= refused.fields or {"": refused.message}
            status = refused.status
    if faults:
        page["messages"] = show_faults(form, faults)
        return again("evaluation/collected_sheet.html", status, **page)
    flash(_("What the panel agreed on is saved."), "success")
    return redirect(url_for("evaluation.collected_sheet", evaluation_id=case.evaluation.id, application_id=case.application.id), 303)


@blueprint.get("/ocenjevanja/<int:evaluation_id>")
@needs(policy.may_see_evaluation, of=queries.get_board)
def evaluation_page(board: Board) -> ResponseReturnValue:
    """The scoring of one pot: how far it is, then what came of it."""
    return _evaluation_page(board)


def _evaluation_page(
    board: Board, messages: Messages | None = None, conclusion: FlaskForm | None = None, reopening: FlaskForm | None = None
) -> str:
    person = me()
    member = queries.seat_of(person, board.evaluation.panel)
    leads = bool(policy.may_conclude(person, board))
    status = board.evaluation.status
    return render_template(
        "evaluation/evaluation_page.html", board=board, call=board.call, evaluation=board.evaluation, member=member, messages=messages or [],
        state=views.EVALUATION_STATES[EvaluationStatus(status)], seen=board.seen_by(person), notes=views.notes_of(board), rule=views.RULES[board.pot.aggregation],
        members=views.member_lines(board) if member is None else [], results=views.result_lines(person, board), leads=leads,
        conclusion=(conclusion or forms.ConclusionForm(formdata=None)) if leads and status == EvaluationStatus.COLLECTED else None,
        reopening=(reopening or forms.ReopenForm(formdata=None)) if leads and status == EvaluationStatus.COLLECTED and board.pot.panel_criteria else None,
        minutes=letters.minutes_of(board) if policy.may_see_minutes(person, board) else None, entries=views.timeline_for(person, board),
    )  # fmt: skip


@blueprint.post("/ocenjevanja/<int:evaluation_id>/zbiranje")
@needs(policy.may_conclude, of=queries.get_board)
def collect(board: Board) -> ResponseReturnValue:
    """Collect the sheets without those who have not finished."""
    try:
        collecting.collect(board.evaluation, by=me())
    except Refused as refused:
        g.roll_back = True
        return _evaluation_page(board, [str(refused.message)]), refused.status
    flash(_("The sheets are collected."), "success")
    return redirect(url_for("evaluation.evaluation_page", evaluation_id=board.evaluation.id), 303)


@blueprint.post("/ocenjevanja/<int:evaluation_id>/ponovno")
@needs(policy.may_conclude, of=queries.get_board)
def reopen(board: Board) -> ResponseReturnValue:
    """Open the scoring again, with a reason."""
    form = forms.ReopenForm()
    _done, status = tried(form, lambda: collecting.reopen(board.evaluation, reason=form.reason.data or "", by=me()))
    if status:
        g.roll_back = True
        return _evaluation_page(board, form.form_errors, reopening=form), status
    flash(_("Scoring is open again. Members take up the sheets that they want to change."), "success")
    return redirect(url_for("evaluation.evaluation_page", evaluation_id=board.evaluation.id), 303)


@blueprint.post("/ocenjevanja/<int:evaluation_id>/zakljucek")
@needs(policy.may_conclude, of=queries.get_board)
def conclude(board: Board) -> ResponseReturnValue:
    """Conclude the scoring with the day of the session; the sheets are frozen."""
    form = forms.ConclusionForm()
    _done, status = tried(form, lambda: agreeing.conclude(board.evaluation, session_on=form.session_on.data, by=me()))
    if status:
        g.roll_back = True
        return _evaluation_page(board, form.form_errors, conclusion=form), status
    flash(_("The scoring is concluded. Its sheets are frozen, the minutes are being made."), "success")
    return redirect(url_for("evaluation.evaluation_page", evaluation_id=board.evaluation.id), 303)


@blueprint.get("/ocenjevanja/<int:evaluation_id>/zapisnik.pdf")
@needs(policy.may_see_minutes, of=queries.get_board)
def minutes(board: Board) -> ResponseReturnValue:
    """The minutes of the session, once they are made."""
    document = letters.minutes_of(board)
    if document is None or document.file_sha256 is None:
        errors.missing()
    return send_file(files.path_of(document.file_sha256), mimetype="application/pdf", as_attachment=True, download_name=document.file_name)
