"""What a member does: the list of work, the own sheet, a conflict that is found later."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from grants.applications import joint, standing
from grants.applications.queries import facts_of, latest_submission
from grants.base import errors, files
from grants.base.access import needs
from grants.base.errors import Refused
from grants.base.forms import show_faults
from grants.evaluation import facts, forms, policy, queries, views
from grants.evaluation.actions import appointing, marking
from grants.evaluation.models import MemberSheet, Panel, PanelMember
from grants.evaluation.queries import Case, CaseFile
from grants.evaluation.routes.blueprint import Messages, again, blueprint, me
from grants.evaluation.states import EvaluationStatus, MemberSheetStatus
from grants.evaluation.verification import findings


@blueprint.get("/razpisi/<int:call_id>/ocenjevanje")
@needs(policy.may_score_in, of=queries.get_panel)
def work_list(panel: Panel) -> ResponseReturnValue:
    """What a member has to score, and how far they are."""
    member = cast(PanelMember, queries.seat_of(me(), panel))
    return render_template("evaluation/work_list.html", call=panel.call, member=member, pots=views.work_of(member))


@blueprint.get("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>")
@needs(policy.may_score, of=queries.get_case)
def scoring(case: Case) -> ResponseReturnValue:
    """One application beside the criteria, and the member's own sheet on it."""
    sheet = _own_sheet(case)
    return render_template("evaluation/scoring.html", **_scoring(case, sheet, _kept_form(case, sheet)))


def _own_sheet(case: Case, *, lock: bool = False) -> MemberSheet | None:
    return queries.find_member_sheet(case.evaluation, cast(PanelMember, case.seat(me())), case.application, lock=lock)


def _kept_form(case: Case, sheet: MemberSheet | None) -> FlaskForm:
    kept = views.kept_marks(sheet)
    return forms.marks_form(
        facts.judged_in(case.board, case.application), kept, comment=sheet.comment if sheet else "", version=sheet.version if sheet else 0
    )


def _scoring(
    case: Case, sheet: MemberSheet | None, form: FlaskForm, messages: Messages | None = None, *, stale: bool = False
) -> dict[str, Any]:
    submission = latest_submission(case.application)
    finished = sheet is not None and sheet.status == MemberSheetStatus.FINISHED
    before, after = views.neighbours(me(), case)
    return {
        "case": case, "call": case.board.call, "application": case.application, "sheet": sheet, "form": form, "messages": messages or [],
        "sections": views.sections_of(joint.rules_of(case.application), submission), "partners": standing.partners_in(submission.content), "notes": views.notes_of(case.board),
        "lines": facts.computed_lines(case.evaluation, facts_of(case.application)), "verified": findings.shown(case.application), "judged": facts.judged_in(case.board, case.application),
        "open": case.evaluation.status == EvaluationStatus.SCORING, "finished": finished, "saved": views.kept_marks(sheet) if stale else {},
        "before": before, "after": after, "conflict": forms.ConflictForm(formdata=None), "least": facts.LEAST_REASON,
    }  # fmt: skip


@blueprint.post("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>")
@needs(policy.may_score, of=queries.get_case)
def save_sheet(case: Case) -> ResponseReturnValue:
    """Keep a draft, or check it and hand it in."""
    judged, person = facts.judged_in(case.board, case.application), me()
    sheet = _own_sheet(case, lock=True)
    form = forms.marks_form(judged, None)
    if not form.validate():
        return again("evaluation/scoring.html", 422, **_scoring(case, sheet, form))
    typed, version = int(form["version"].data), sheet.version if sheet else 0
    if sheet is not None and typed != version:
        # The page was made from an older state. It comes back with what was typed, beside what is saved.
        form["version"].data, form["version"].raw_data = version, None
        message = _(
            "This sheet was saved in another window after you had opened this page. What you typed is below and is not saved; beside it stands what is saved. Correct it and save again."
        )
        return again("evaluation/scoring.html", 409, **_scoring(case, sheet, form, [message], stale=True))
    finishing = request.form.get("do") == "finish"
    try:
        own = sheet or marking.open_sheet(case.evaluation, cast(PanelMember, case.seat(person)), case.application, by=person)
        marking.save_marks(own, forms.marks_in(form, judged), comment=form["comment"].data or "", version=own.version, by=person)
        if finishing:
            marking.finish(own, by=person)
    except Refused as refused:
        loose = show_faults(form, refused.fields)
        return again(
            "evaluation/scoring.html",
            refused.status,
            **_scoring(case, sheet, form, loose or ([] if refused.fields else [str(refused.message)])),
        )
    if not finishing:
        flash(_("Your draft is saved. It is not finished: nobody counts it until you finish it."), "success")
        return redirect(url_for("evaluation.scoring", evaluation_id=case.evaluation.id, application_id=case.application.id), 303)
    flash(_("The sheet on %(applicant)s is finished.", applicant=case.application.organisation.name), "success")
    return redirect(url_for("evaluation.work_list", call_id=case.board.call.id), 303)


@blueprint.post("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/ponovno")
@needs(policy.may_score, of=queries.get_case)
def reopen_sheet(case: Case) -> ResponseReturnValue:
    """Take one's own finished sheet up again."""
    sheet = _own_sheet(case) or errors.missing()
    marking.reopen_sheet(sheet, by=me())
    return redirect(url_for("evaluation.scoring", evaluation_id=case.evaluation.id, application_id=case.application.id), 303)


@blueprint.post("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/izlocitev")
@needs(policy.may_score, of=queries.get_case)
def report_conflict(case: Case) -> ResponseReturnValue:
    """A member notices a conflict of interest and steps out."""
    form = forms.ConflictForm()
    if form.validate_on_submit():
        try:
            appointing.report_conflict(cast(PanelMember, case.seat(me())), case.application, reason=form.conflict.data or "", by=me())
        except Refused as refused:
            show_faults(form, refused.fields or {"conflict": refused.message})
        else:
            flash(
                _(
                    "You are excluded from scoring %(applicant)s. Nothing of this application is shown to you any more.",
                    applicant=case.application.organisation.name,
                ),
                "success",
            )
            return redirect(url_for("evaluation.work_list", call_id=case.board.call.id), 303)
    sheet = _own_sheet(case)
    return again("evaluation/scoring.html", 422, **(_scoring(case, sheet, _kept_form(case, sheet)) | {"conflict": form}))


@blueprint.get("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/priloge/<sha256>")
@needs(policy.may_read_file, of=queries.get_case_file)
def attachment(file: CaseFile) -> ResponseReturnValue:
    """A file of the application as it was submitted."""
    return files.download(file.sha256, file.name, file.media_type)
