"""Addresses of the evaluation stage: for members of the panel their declaration and sheets, for the office the course of it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.exceptions import Forbidden

from grants.accounts.models import User
from grants.accounts.queries import find_user
from grants.applications.queries import facts_of, latest_submission
from grants.applications.routes.blueprint import beside_answers
from grants.base import audit, errors, files
from grants.base.access import current_person, needs
from grants.base.errors import Refused
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.evaluation import estimate, facts, forms, letters, policy, queries, standing, views
from grants.evaluation.actions import agreeing, appointing, collecting, marking
from grants.evaluation.models import MemberSheet, Panel, PanelMember
from grants.evaluation.queries import Board, Case, CaseFile
from grants.evaluation.states import EvaluationStatus, MemberSheetStatus
from grants.evaluation.verification import findings
from grants.evaluation.verification import routes as verification

blueprint = Blueprint("evaluation", __name__)
verification.attach(blueprint)
beside_answers["estimate"] = estimate.fragment
Messages = list[str]


def _me() -> User:
    return cast(User, current_person())


def _my_place(call_id: int) -> PanelMember:
    return queries.get_member_of(call_id, _me())


@blueprint.errorhandler(Forbidden)
def declare_first(refusal: Forbidden) -> ResponseReturnValue:
    """A refusal; one that a declaration would lift leads there."""
    reason = getattr(refusal, "reason", None)
    if isinstance(reason, policy.DeclareFirst):
        return render_template("evaluation/_declare_first.html", reason=str(reason), call_id=reason.call_id), 403
    return errors.page(403, _("You may not do this"), str(reason or _("Your role does not include this step.")))


# The panel


@blueprint.get("/razpisi/<int:call_id>/komisija")
@needs(policy.may_see_panel, of=get_call)
def panel_page(call: Call) -> ResponseReturnValue:
    """The panel of a call, its declarations, and the pots with the state of their scoring."""
    return _panel_page(call)


def _panel_page(call: Call, messages: Messages | None = None) -> str:
    person = _me()
    panel = queries.find_panel(call)
    member = queries.seat_of(person, panel) if panel else None
    return render_template(
        "evaluation/panel_page.html", call=call, panel=panel, member=member, messages=messages or [],
        pots=views.pot_lines(person, panel, call), may_manage=bool(policy.may_appoint(person, call)), reason_of=letters.reason_of,
        entries=audit.timeline(panel, audit.PUBLIC if member else audit.STAFF)[::-1] if panel else [],
    )  # fmt: skip


@blueprint.get("/razpisi/<int:call_id>/komisija/imenovanje")
@needs(policy.may_appoint, of=get_call)
def appointment(call: Call) -> ResponseReturnValue:
    """The form of the appointment, with the present panel in it."""
    panel = queries.find_panel(call)
    data: dict[str, Any] = {}
    if panel is not None:
        chair = next((member.user.email for member in panel.members if member.chair), "")
        data = {
            "members": "\n".join(member.user.email for member in panel.members), "chair": chair,
            "recusal_scope": panel.recusal_scope, "order_number": panel.order_number,
        }  # fmt: skip
    return render_template("evaluation/appointment.html", call=call, form=forms.AppointmentForm(formdata=None, data=data), messages=[])


@blueprint.post("/razpisi/<int:call_id>/komisija/imenovanje")
@needs(policy.may_appoint, of=get_call)
def appoint(call: Call) -> ResponseReturnValue:
    """Appoint the panel; each new member gets a message."""
    form = forms.AppointmentForm()
    messages: Messages = []
    status = 422
    if form.validate_on_submit():
        try:
            people = _people(form.members.data or "")
            chair = _people(form.chair.data or "", field="chair")[0]
            panel = appointing.appoint(
                call, people, chair=chair, by=_me(), recusal_scope=form.recusal_scope.data, order_number=form.order_number.data or ""
            )
        except Refused as refused:
            status = refused.status
            if not forms.show_faults(form, refused.fields) and not refused.fields:
                messages = [str(refused.message)]
        else:
            count = len(panel.members)
            flash(ngettext("The panel is appointed: %(num)s member.", "The panel is appointed: %(num)s members.", count), "success")
            return redirect(url_for("evaluation.panel_page", call_id=call.id), 303)
    return _again("evaluation/appointment.html", status, call=call, form=form, messages=messages)


def _people(text: str, field: str = "members") -> list[User]:
    found, unknown = [], []
    for address in text.replace(",", " ").replace(";", " ").split():
        user = find_user(address)
        if user is None:
            unknown.append(address)
        else:
            found.append(user)
    if unknown:
        wrong = _(
            "Nobody has an account with this address: %(addresses)s. Ask them to create one, or correct the address.",
            addresses=", ".join(unknown),
        )
        raise Refused(wrong, fields={field: wrong}, status=422)
    return found


def _again(template: str, status: int, **context: Any) -> ResponseReturnValue:
    """The page once more with what was typed; nothing was changed."""
    g.roll_back = True
    return render_template(template, **context), status


# The declaration


@blueprint.get("/razpisi/<int:call_id>/izjava")
@needs(policy.may_declare, of=_my_place)
def declaration(member: PanelMember) -> ResponseReturnValue:
    """The applicants by name and track, and the member's declaration on conflicts of interest."""
    applicants = queries.applicants(member.panel.call)
    return render_template("evaluation/declaration.html", **_declaration(member, applicants, forms.declaration_form(applicants)))


def _declaration(member: PanelMember, applicants: Any, form: FlaskForm, messages: Messages | None = None) -> dict[str, Any]:
    call = member.panel.call
    return {
        "member": member, "call": call, "applicants": applicants, "form": form, "messages": messages or [], "reason_of": letters.reason_of,
        "tracks": {track.id: track.title for track in queries.rules_of(call).tracks},
        "found": {application.id for application in applicants if queries.has_link(member, application)},
    }  # fmt: skip


@blueprint.post("/razpisi/<int:call_id>/izjava")
@needs(policy.may_declare, of=_my_place)
def declare(member: PanelMember) -> ResponseReturnValue:
    """Declare."""
    applicants = queries.applicants(member.panel.call)
    form = forms.declaration_form(applicants)
    messages: Messages = []
    status = 422
    if form.validate_on_submit():
        conflicts = {one: form[f"reason-{one}"].data or "" for one in form["conflicts"].data or []}
        named = {one.id for one in applicants if (form[f"reason-{one.id}"].data or "").strip()} - set(conflicts)
        if named:
            # A reason without its tick would be lost without a word.
            for one in named:
                form[f"reason-{one}"].errors = [
                    _("You wrote a reason but did not tick this applicant above. Tick it, or remove the reason.")
                ]
        else:
            try:
                appointing.declare(member, conflicts, statement=form["statement"].data or "", by=_me())
            except Refused as refused:
                status = refused.status
                forms.show_faults(form, refused.fields)
                messages = [] if refused.fields else [str(refused.message)]
            else:
                flash(_("Thank you. Your declaration is on record."), "success")
                return redirect(url_for("evaluation.work_list", call_id=member.panel.call_id), 303)
    return _again("evaluation/declaration.html", status, **_declaration(member, applicants, form, messages))


# Scoring


@blueprint.get("/razpisi/<int:call_id>/ocenjevanje")
@needs(policy.may_score_in, of=queries.get_panel)
def work_list(panel: Panel) -> ResponseReturnValue:
    """What a member has to score, and how far they are."""
    member = cast(PanelMember, queries.seat_of(_me(), panel))
    return render_template("evaluation/work_list.html", call=panel.call, member=member, pots=views.work_of(member))


@blueprint.post("/razpisi/<int:call_id>/ocenjevanje")
@needs(policy.may_start, of=get_call)
def start(call: Call) -> ResponseReturnValue:
    """Begin the scoring of one pot."""
    form = forms.StartForm()
    if not form.validate_on_submit():
        return _panel_page(call, [_("Choose the pot whose scoring is to begin.")]), 422
    try:
        evaluation = collecting.start_evaluation(call, form.pot.data or "", by=_me())
    except Refused as refused:
        g.roll_back = True
        return _panel_page(call, [str(refused.message)]), refused.status
    if evaluation.status == EvaluationStatus.COLLECTED:
        flash(_("All points of this pot are computed from the applications. The chair concludes the scoring."), "success")
    else:
        flash(_("Scoring has begun. The members have been told."), "success")
    return redirect(url_for("evaluation.panel_page", call_id=call.id), 303)


@blueprint.get("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>")
@needs(policy.may_score, of=queries.get_case)
def scoring(case: Case) -> ResponseReturnValue:
    """One application beside the criteria, and the member's own sheet on it."""
    sheet = _own_sheet(case)
    return render_template("evaluation/scoring.html", **_scoring(case, sheet, _kept_form(case, sheet)))


def _own_sheet(case: Case, *, lock: bool = False) -> MemberSheet | None:
    return queries.find_member_sheet(case.evaluation, cast(PanelMember, case.seat(_me())), case.application, lock=lock)


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
    before, after = views.neighbours(_me(), case)
    return {
        "case": case, "call": case.board.call, "application": case.application, "sheet": sheet, "form": form, "messages": messages or [],
        "sections": views.sections_of(case.board.track, submission), "notes": views.notes_of(case.board),
        "lines": facts.computed_lines(case.evaluation, facts_of(case.application)), "verified": findings.shown(case.application), "judged": facts.judged_in(case.board, case.application),
        "open": case.evaluation.status == EvaluationStatus.SCORING, "finished": finished, "saved": views.kept_marks(sheet) if stale else {},
        "before": before, "after": after, "conflict": forms.ConflictForm(formdata=None), "least": facts.LEAST_REASON,
    }  # fmt: skip


@blueprint.post("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>")
@needs(policy.may_score, of=queries.get_case)
def save_sheet(case: Case) -> ResponseReturnValue:
    """Keep a draft, or check it and hand it in."""
    judged, person = facts.judged_in(case.board, case.application), _me()
    sheet = _own_sheet(case, lock=True)
    form = forms.marks_form(judged, None)
    if not form.validate():
        return _again("evaluation/scoring.html", 422, **_scoring(case, sheet, form))
    typed, version = int(form["version"].data), sheet.version if sheet else 0
    if sheet is not None and typed != version:
        # The page was made from an older state. It comes back with what was typed, beside what is saved.
        form["version"].data, form["version"].raw_data = version, None
        message = _(
            "This sheet was saved in another window after you had opened this page. What you typed is below and is not saved; beside it stands what is saved. Correct it and save again."
        )
        return _again("evaluation/scoring.html", 409, **_scoring(case, sheet, form, [message], stale=True))
    finishing = request.form.get("do") == "finish"
    try:
        own = sheet or marking.open_sheet(case.evaluation, cast(PanelMember, case.seat(person)), case.application, by=person)
        marking.save_marks(own, forms.marks_in(form, judged), comment=form["comment"].data or "", version=own.version, by=person)
        if finishing:
            marking.finish(own, by=person)
    except Refused as refused:
        loose = forms.show_faults(form, refused.fields)
        return _again(
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
    marking.reopen_sheet(sheet, by=_me())
    return redirect(url_for("evaluation.scoring", evaluation_id=case.evaluation.id, application_id=case.application.id), 303)


@blueprint.post("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/izlocitev")
@needs(policy.may_score, of=queries.get_case)
def report_conflict(case: Case) -> ResponseReturnValue:
    """A member notices a conflict of interest and steps out."""
    form = forms.ConflictForm()
    if form.validate_on_submit():
        try:
            appointing.report_conflict(cast(PanelMember, case.seat(_me())), case.application, reason=form.conflict.data or "", by=_me())
        except Refused as refused:
            forms.show_faults(form, refused.fields or {"conflict": refused.message})
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
    return _again("evaluation/scoring.html", 422, **(_scoring(case, sheet, _kept_form(case, sheet)) | {"conflict": form}))


@blueprint.get("/ocenjevanja/<int:evaluation_id>/vloge/<int:application_id>/priloge/<sha256>")
@needs(policy.may_read_file, of=queries.get_case_file)
def attachment(file: CaseFile) -> ResponseReturnValue:
    """A file of the application as it was submitted."""
    return files.download(file.sha256, file.name, file.media_type)


# The collected sheet, and the conclusion


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
    may_agree = bool(policy.may_agree(_me(), case)) and case.evaluation.status == EvaluationStatus.COLLECTED
    kept = None if typed else views.kept_agreements(rows, agreed)
    form = forms.agreement_form(criteria, languages, kept, with_points=joint) if may_agree else None
    lines = facts.computed_lines(case.evaluation, facts_of(case.application))
    stands = standing.standing_of(case, _me())
    before, after = views.neighbours(_me(), case)
    return {
        "case": case, "call": case.board.call, "application": case.application, "rows": rows, "members": [sheet.member for sheet in sheets],
        "lines": lines, "verified": findings.shown(case.application), "form": form, "criteria": criteria, "joint": joint, "call_languages": languages, "messages": [], "notes": views.notes_of(case.board),
        "rule": views.RULES[pot.aggregation], "gaps": facts.gaps_in(case.application, languages, rows), "agreed": agreed, "comments": sheets,
        "total": stands.total, "standing": stands,
        "frozen": queries.find_sheet(case.evaluation, case.application), "before": before, "after": after,
        "mine": case.seat(_me()) is not None, "open_fields": {one.key for one in criteria},
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
        return _again("evaluation/collected_sheet.html", 422, **page)
    faults: dict[str, Any] = {}
    status = 422
    for one in page["criteria"]:
        reason = {language: form[f"reason-{one.key}-{language}"].data or "" for language in page["call_languages"]}
        points = form[f"points-{one.key}"].data if page["joint"] else None
        try:
            agreeing.agree(case.evaluation, case.application, one.key, points=points, reason=reason, by=_me())
        except Refused as refused:
            faults |= refused.fields or {"": refused.message}
            status = refused.status
    if faults:
        page["messages"] = forms.show_faults(form, faults)
        return _again("evaluation/collected_sheet.html", status, **page)
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
    person = _me()
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
        collecting.collect(board.evaluation, by=_me())
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
    messages: Messages = []
    status = 422
    if form.validate_on_submit():
        try:
            collecting.reopen(board.evaluation, reason=form.reason.data or "", by=_me())
        except Refused as refused:
            status = refused.status
            forms.show_faults(form, refused.fields)
            messages = [] if refused.fields else [str(refused.message)]
        else:
            flash(_("Scoring is open again. Members take up the sheets that they want to change."), "success")
            return redirect(url_for("evaluation.evaluation_page", evaluation_id=board.evaluation.id), 303)
    g.roll_back = True
    return _evaluation_page(board, messages, reopening=form), status


@blueprint.post("/ocenjevanja/<int:evaluation_id>/zakljucek")
@needs(policy.may_conclude, of=queries.get_board)
def conclude(board: Board) -> ResponseReturnValue:
    """Conclude the scoring with the day of the session; the sheets are frozen."""
    form = forms.ConclusionForm()
    messages: Messages = []
    status = 422
    if form.validate_on_submit():
        try:
            agreeing.conclude(board.evaluation, session_on=form.session_on.data, by=_me())
        except Refused as refused:
            status = refused.status
            forms.show_faults(form, refused.fields)
            messages = [] if refused.fields else [str(refused.message)]
        else:
            flash(_("The scoring is concluded. Its sheets are frozen, the minutes are being made."), "success")
            return redirect(url_for("evaluation.evaluation_page", evaluation_id=board.evaluation.id), 303)
    g.roll_back = True
    return _evaluation_page(board, messages, conclusion=form), status


@blueprint.get("/ocenjevanja/<int:evaluation_id>/zapisnik.pdf")
@needs(policy.may_see_minutes, of=queries.get_board)
def minutes(board: Board) -> ResponseReturnValue:
    """The minutes of the session, once they are made."""
    document = letters.minutes_of(board)
    if document is None or document.file_sha256 is None:
        errors.missing()
    return send_file(files.path_of(document.file_sha256), mimetype="application/pdf", as_attachment=True, download_name=document.file_name)
