"""The intake of applications on paper: whose, how and when they came, the transcription, the second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from grants.accounts import actions as accounts
from grants.accounts import queries as account_queries
from grants.accounts.models import Organisation, RegisterUnit
from grants.accounts.register import facts
from grants.applications import answers, forms, joint, office_forms, policy, presentation, queries, rows
from grants.applications.actions import paper as papers
from grants.applications.delivery import Delivery
from grants.applications.models import PaperApplication, PaperScan
from grants.applications.routes.blueprint import blueprint, by_fact, person, version
from grants.applications.states import PaperStatus
from grants.base import audit, errors, files
from grants.base.access import needs
from grants.base.language import localized
from grants.calls import forms as call_forms
from grants.calls import queries as call_queries
from grants.calls.models import Call
from grants.calls.queries import CallTrack

SCANS = ("pdf", "png", "jpg")


def _to(endpoint: str, paper: PaperApplication, done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for(endpoint, paper_id=paper.id), 303)


@blueprint.get("/urad/razpisi/<int:call_id>/papirne-vloge")
@needs(policy.may_take_in, of=call_queries.get_call)
def paper_list(call: Call) -> ResponseReturnValue:
    """What came on paper: what still waits for the second person, and the numbers of what is sealed."""
    return render_template("applications/paper_list.html", call=call, papers=queries.papers_of(call), second=presentation.second)


@blueprint.route("/urad/razpisi/<int:call_id>/papirne-vloge/<track_id>", methods=["GET", "POST"])
@needs(policy.may_take_in_track, of=call_queries.get_track)
def new_paper_application(track: CallTrack) -> ResponseReturnValue:
    """Whose it is, how and when it came. An organisation that is not known yet is taken from the business register, or else entered from the paper."""
    form = office_forms.PaperForm()
    unit = _unit("tax_number", "registration_number") if request.method == "POST" else None
    unknown = office_forms.PaperOrganisationForm() if unit is None else office_forms.PaperContactForm()
    asked = "email" in request.form and (unit is None or "name" not in request.form)  # what the register says is shown first
    if request.method == "POST" and form.validate() and (not asked or unknown.validate()):
        try:
            organisation = _organisation(form, unit, unknown if asked else None)
            if organisation is not None and form.arrived_at.data is not None:
                paper = papers.transcribe(
                    track.call, track.track.id, organisation, by=person(), language=form.language.data, delivery=form.delivery.data,
                    arrived_at=form.arrived_at.data, handed_on=form.handed_on.data, signed=bool(form.signed.data),
                )  # fmt: skip
                return redirect(url_for("applications.transcribe_paper", paper_id=paper.id), 303)
            asked = True
            form.tax_number.errors = [
                _("No organisation with this number is entered yet. Enter it below.") if unit is None
                else _("The organisation is not entered yet. Below stands what the business register says: add what the paper says.")
            ]  # fmt: skip
        except errors.Refused as refusal:
            g.roll_back = True
            call_forms.blame(unknown if set(refusal.fields) & {one.name for one in unknown} else form, refusal)
    page = render_template(
        "applications/new_paper_application.html", call=track.call, track=track.track, form=form, unknown=unknown if asked else None,
        unit=unit, said=None if unit is None else facts.said(unit),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _digits(name: str) -> str:
    return "".join(one for one in request.form.get(name, "") if one.isdigit())


def _unit(*names: str) -> RegisterUnit | None:
    """What the business register says about one of the numbers that were typed."""
    return next((unit for name in names if (unit := account_queries.find_unit(_digits(name))) is not None), None)


def _organisation(form: office_forms.PaperForm, unit: RegisterUnit | None, unknown: FlaskForm | None) -> Organisation | None:
    number = _digits("tax_number")
    known = account_queries.find_organisation(tax_number=number, registration_number=number if unit is None else unit.registration_number)
    if known is not None or unknown is None:
        return known
    named = {one.name: one.data or "" for one in unknown if one.name != "csrf_token"}
    if unit is not None:
        return accounts.enter_from_paper_and_register(
            unit, by=person(), tax_number=form.tax_number.data, language=form.language.data, **named
        )
    return accounts.enter_from_paper(by=person(), tax_number=form.tax_number.data, language=form.language.data, **named)


@blueprint.get("/papirne-vloge/<int:paper_id>")
@needs(policy.may_see_paper, of=queries.get_paper)
def paper_page(paper: PaperApplication) -> ResponseReturnValue:
    """The transcription to be compared with the scan; once it is confirmed only its number, second and hashes, once it is discarded only why."""
    return _page(paper, office_forms.DiscardForm())


def _page(paper: PaperApplication, form: office_forms.DiscardForm, confirming: office_forms.ConfirmForm | None = None) -> str:
    track = joint.rules_of(paper)
    open_to_intake = paper.status == PaperStatus.TRANSCRIBED
    scans: Any = paper.scans
    checked = answers.check(track, paper.answers, scans, answers.rates_of(paper.call), len(paper.partners)) if open_to_intake else None
    return render_template(
        "applications/paper_page.html", paper=paper, track=track, form=form, verdict=policy.may_confirm(person(), paper), received=paper.received,
        written=[(fact, presentation.as_text(fact, paper.answers.get(fact.id))) for fact in track.facts if fact.kind != "file"] if open_to_intake else (),
        faults=checked.faults if checked else (), way=presentation.DELIVERIES[Delivery(paper.delivery)],
        submission=queries.find_submission_of(paper), confirming=confirming or office_forms.ConfirmForm(),
        other=queries.find_submitted_beside(paper) if open_to_intake else None,
        discarded=audit.timeline(paper, audit.STAFF)[-1] if paper.status == PaperStatus.DISCARDED else None,
    )  # fmt: skip


@blueprint.route("/papirne-vloge/<int:paper_id>/prepis", methods=["GET", "POST"])
@needs(policy.may_transcribe, of=queries.get_paper)
def transcribe_paper(paper: PaperApplication) -> ResponseReturnValue:
    """The form of the track, filled in as the paper says, and the scans."""
    as_application: Any = paper  # the form asks for a call, a track and answers, which a paper has too
    track = joint.rules_of(paper)
    if request.method == "GET":
        return _form(paper)
    typed = forms.typed(as_application, request.form)
    checked = _checked_scans(paper)
    papers.lock(paper)
    refused = _take_scans(paper, checked)
    if arranged := rows.arrange(typed, track, request.form):
        typed = arranged.answers
        refused += [reason for reasons in arranged.refused.values() for reason in reasons]
    named = [one.data for one in office_forms.partner_forms(paper, joint.most_of(paper), request.form)]
    try:
        papers.retype(paper, typed, version=version(), by=person(), partners=named)
    except papers.PartnerUnknown as refusal:
        g.roll_back = True
        return _form(paper, refused=[str(refusal.message)], typed=typed), 422
    except papers.RetypedMeanwhile as refusal:
        g.keep = True
        return _form(paper, refused=[str(refusal.message), *_differing(paper, typed)], typed=typed), 409
    for scan in [one for one in paper.scans if str(one.id) == request.form.get("remove_file")]:
        papers.remove_scan(scan, by=person())
    added = request.form.get("add_row", "")
    if added or arranged or "remove_file" in request.form or refused:
        g.keep = True
        return _form(paper, refused=refused, added=added), 422 if refused else 200
    return _to("applications.paper_page", paper, _("Saved. A second person now compares it with the paper and confirms it."))


def _checked_scans(paper: PaperApplication) -> list[tuple[str, files.Upload | errors.Refused]]:
    """Each scan, checked and on disk, or why it is not taken. That takes seconds, and nobody's lock is held meanwhile (`READS_FIRST`)."""
    places = {"scans": ""} | {f"f_{fact.id}": fact.id for fact in joint.rules_of(paper).facts if fact.kind == "file"}
    checked: list[tuple[str, files.Upload | errors.Refused]] = []
    for name, fact in places.items():
        for sent in request.files.getlist(name):
            if not sent.filename:
                continue
            try:
                upload = files.check_upload(sent.stream, sent.filename, SCANS)
                files.store(upload.data)
                checked.append((fact, upload))
            except errors.Refused as refusal:
                checked.append((fact, refusal))
    return checked


def _take_scans(paper: PaperApplication, checked: list[tuple[str, files.Upload | errors.Refused]]) -> list[str]:
    refused = []
    for fact, one in checked:
        try:
            if isinstance(one, errors.Refused):
                raise one
            papers.add_scan(paper, fact, one, by=person())
        except errors.Refused as refusal:
            refused.append(str(refusal.message))
    return refused


def _differing(paper: PaperApplication, typed: Mapping[str, Any]) -> list[str]:
    """What a colleague saved otherwise than it is typed here, question by question: saving again replaces it."""
    said = []
    for fact in joint.rules_of(paper).facts:
        saved, own = (answers.as_typed(fact, one.get(fact.id)) for one in (paper.answers, typed))
        if fact.id in typed and saved != own:
            there = "; ".join(presentation.as_text(fact, saved))
            said.append(_("%(question)s – saved meanwhile: %(answer)s", question=localized(fact.label), answer=there or "–"))
    return said


def _form(paper: PaperApplication, *, refused: list[str] | None = None, added: str = "", typed: Mapping[str, Any] | None = None) -> str:
    """The form as it is saved, or with what was typed over it and could not be."""
    as_application: Any = paper
    form = forms.filled(as_application, None if typed is None else {**paper.answers, **typed})
    if added in form and hasattr(form[added], "append_entry"):
        form[added].append_entry()
    track = joint.rules_of(paper)
    return render_template(
        "applications/transcribe_paper.html", paper=paper, track=track, parts=answers.parts_of(track), form=form, scans=office_forms.ScanForm(),
        partners=office_forms.partner_forms(paper, joint.most_of(paper), None if typed is None else request.form),
        attached=by_fact(paper.scans), rules=forms, kinds=",".join(f".{kind}" for kind in SCANS), refused=refused or [],
    )  # fmt: skip


@blueprint.get("/papirne-vloge/<int:paper_id>/sken/<int:scan_id>")
@needs(policy.may_see_scan, of=queries.get_scan)
def paper_scan(scan: PaperScan) -> ResponseReturnValue:
    """One scan, for whoever transcribes or compares."""
    return files.download(scan.sha256, scan.name, scan.media_type)


@blueprint.post("/papirne-vloge/<int:paper_id>/potrditev")
@needs(policy.may_confirm, of=queries.get_paper)
def confirm_paper(paper: PaperApplication) -> ResponseReturnValue:
    """The second person confirms; the application is numbered and sealed."""
    form = office_forms.ConfirmForm()
    try:
        submission = papers.confirm(paper, by=person(), version=version(), beside=request.form.get("other", "") if form.beside.data else "")
    except papers.AnotherOne as refusal:
        g.roll_back = True
        form.beside.errors = [str(refusal.message)]
        return _page(paper, office_forms.DiscardForm(), form), 409
    return _to("applications.paper_page", paper, _("Confirmed. The application has the number %(number)s and is sealed.", number=submission.number))  # fmt: skip


@blueprint.post("/papirne-vloge/<int:paper_id>/opustitev")
@needs(policy.may_transcribe, of=queries.get_paper)
def discard_paper(paper: PaperApplication) -> ResponseReturnValue:
    """Discard a transcription, with the reason."""
    form = office_forms.DiscardForm()
    call_id = paper.call_id
    try:
        papers.discard(paper, by=person(), reason=form.reason.data or "")
    except errors.Refused as refusal:
        call_forms.blame(form, refusal)
        return _page(paper, form), 422
    flash(_("The transcription is discarded."), "success")
    return redirect(url_for("applications.paper_list", call_id=call_id), 303)
