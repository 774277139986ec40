"""Addresses of the applications stage: the form, submitting, the receipt, and what the office sees after the opening."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask, Response, flash, g, jsonify, redirect, render_template, request, request_started, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from grants.accounts.models import User
from grants.accounts.queries import organisations_of
from grants.applications import actions, answers, conditions, forms, policy, presentation, queries, verified
from grants.applications.models import Application, Attachment
from grants.applications.queries import ApplicationDocument
from grants.applications.states import ApplicationStatus
from grants.base import access, audit, clock, documents, errors, files
from grants.base.access import needs, signed_in
from grants.base.language import OWN_NAMES, current_language, localized
from grants.calls import queries as call_queries
from grants.calls.models import Call
from grants.calls.queries import CallTrack
from grants.calls.states import CallStatus

blueprint = Blueprint("applications", __name__)


def init_app(app: Flask) -> None:
    """Note the second in which each request reached us, before it waits for anything: that second decides what is in time."""
    request_started.connect(_note_the_second, app)


def _note_the_second(_app: Flask, **_extra: Any) -> None:
    g.received_at = clock.now()


def _received_at() -> datetime:
    moment: datetime = g.get("received_at") or clock.now()
    return moment


def _person() -> User:
    person = access.current_person()
    assert person is not None
    return person  # type: ignore[no-any-return]


def _to(endpoint: str, application: Application, done: str = "", **values: Any) -> ResponseReturnValue:
    if done:
        flash(done, "success")
    return redirect(url_for(endpoint, application_id=application.id, **values), 303)


@blueprint.get("/vloge")
@signed_in
def my_applications() -> ResponseReturnValue:
    """All applications of the organisations for which this person acts."""
    organisations = organisations_of(_person())
    found = queries.applications_of_all([organisation.id for organisation in organisations])
    groups = [(organisation, [one for one in found if one.organisation_id == organisation.id]) for organisation in organisations]
    return render_template(
        "applications/my_applications.html", groups=groups, track_of=queries.track_of, is_open=call_queries.is_open,
        names=presentation.STATUS_NAMES, colours=presentation.STATUS_COLOURS,
    )  # fmt: skip


@blueprint.route("/razpisi/<int:call_id>/prijava/<track_id>", methods=["GET", "POST"])
@needs(policy.may_start, of=call_queries.get_track)
def new_application(track: CallTrack) -> ResponseReturnValue:
    """For which organisation and in which language; then the draft begins."""
    organisations = list(organisations_of(_person()))
    form = forms.StartForm()
    form.organisation.choices = [SelectChoice(str(one.id), one.name) for one in organisations]
    form.language.choices = [SelectChoice(code, OWN_NAMES[code]) for code in track.call.languages]
    if request.method == "GET":
        form.organisation.data = str(organisations[0].id) if len(organisations) == 1 else None
        form.language.data = current_language() if current_language() in track.call.languages else track.call.languages[0]
    elif organisations and form.validate():
        chosen = next((one for one in organisations if str(one.id) == form.organisation.data), None)
        if chosen is None:
            form.organisation.errors = [_("Choose one of your organisations.")]
        else:
            try:
                application = actions.start(track.call, track.track.id, chosen, by=_person(), language=form.language.data or "")
                return _to("applications.edit_application", application)
            except actions.StartedAlready as refusal:
                flash(str(refusal.message))
                return _to("applications.application_page", refusal.application)
    page = render_template(
        "applications/new_application.html", call=track.call, track=track.track, form=form, organisations=organisations,
        is_open=call_queries.is_open(track.call),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/vloge/<int:application_id>")
@needs(policy.may_see, of=queries.get_application)
def application_page(application: Application) -> ResponseReturnValue:
    """One application: for its organisation with the next step, for the office with everything about it."""
    member = policy.is_member(_person(), application)
    draft = application.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
    submission = None if draft else queries.latest_submission(application)
    track = queries.track_of(application.call, application.track)
    attachments = queries.attachments_of(application)
    records = () if draft else verified.records_of([application.id])[application.id]
    inside = not member
    entries = audit.timeline(application, audit.STAFF if inside else audit.PARTY)
    return render_template(
        "applications/application_page.html", application=application, track=track, banner=presentation.banner(application),
        member=member, submission=submission, sections=presentation.sections(track, submission.content["answers"], _by_fact(attachments)) if submission else (),
        tasks=_tasks(application) if member and draft else (), is_open=call_queries.is_open(application.call),
        timeline=presentation.lines(entries, queries.names_of({one.actor_id for one in entries if one.actor_id}), inside=inside),
        inside=inside, verified=verified.shown(track, submission.content["answers"], records) if submission else (),
        conditions=_conditions(application) if draft else conditions.check(track, verified.with_verified(submission.content["answers"] | _file_hashes(attachments), records)) if submission else None,
        documents=documents.of_subject(application), messages=queries.messages_about(application) if inside else (),
        may_dismiss=inside and application.status == ApplicationStatus.OPENED and bool(policy.may_dismiss(_person(), application)),
    )  # fmt: skip


def _by_fact(attachments: Any) -> dict[str, list[Attachment]]:
    grouped: dict[str, list[Attachment]] = {}
    for one in attachments:
        grouped.setdefault(one.fact, []).append(one)
    return grouped


def _file_hashes(attachments: Any) -> dict[str, list[str]]:
    return {fact: [one.sha256 for one in found] for fact, found in _by_fact(attachments).items()}


def _check(application: Application) -> answers.Checked:
    return answers.check(queries.track_of(application.call, application.track), application.answers, queries.attachments_of(application))


def _tasks(application: Application) -> list[tuple[str, str, str, str | None]]:
    """The sections of the form with the state of each."""
    checked = _check(application)
    tasks: list[tuple[str, str, str, str | None]] = []
    for part in answers.parts_of(queries.track_of(application.call, application.track)):
        faults = checked.of(part.facts)
        wrong = sum(not fault.missing for fault in faults)
        state, colour = _("Complete"), None
        if wrong:
            state, colour = ngettext("%(num)s answer to correct", "%(num)s answers to correct", wrong), "red"
        elif faults:
            state, colour = ngettext("%(num)s answer missing", "%(num)s answers missing", len(faults)), "orange"
        address = url_for("applications.edit_application", application_id=application.id, _anchor=f"part-{part.id}")
        tasks.append((localized(part.title), address, state, colour))
    return tasks


@blueprint.route("/vloge/<int:application_id>/obrazec", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_application)
def edit_application(application: Application) -> ResponseReturnValue:
    """The form. Saving keeps everything that was typed, also what is wrong."""
    if request.method == "GET":
        checked = _check(application)
        return _form(application, checked.faults if "vse" in request.args else checked.wrong)
    track = queries.track_of(application.call, application.track)
    typed = forms.typed(application, request.form)
    if row := request.form.get("remove_row"):
        typed = forms.without_row(typed, track, row, request.form)
    refused = _take_files(application)
    try:
        actions.save(application, typed, version=_version(), by=_person())
    except actions.Changed:
        g.keep = True  # files take nothing away from anyone: they stay
        return _conflict(application, typed)
    if (gone := request.form.get("remove_file", type=_identity)) is not None:
        for attached in queries.attachments_of(application):
            if attached.id == gone:  # removed in another tab already? Then that is what was wanted, and what was typed is kept
                actions.detach(attached, by=_person())
    wrong = _check(application).wrong
    added = request.form.get("add_row", "")
    if added or row or gone is not None:
        return _form(application, wrong, refused=refused, added=added)
    if "check" in request.form and not refused:
        return _to("applications.submit_application", application)
    if wrong or refused:
        g.keep = True
        return _form(application, wrong, refused=refused, saved=True), 422
    return _to("applications.edit_application", application, _("Saved. This is still a draft, not submitted."))


def _identity(text: str) -> int:
    """The number of a row as a form carries it; 0, which no row has, for what no column could hold."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _take_files(application: Application) -> dict[str, list[str]]:
    """Attach what was sent; the reasons why a file was not taken, by fact."""
    refused: dict[str, list[str]] = {}
    for fact in queries.track_of(application.call, application.track).facts:
        if fact.kind != "file":
            continue
        for sent in request.files.getlist(f"f_{fact.id}"):
            if not sent.filename:
                continue
            try:
                actions.attach(application, fact.id, files.check_upload(sent.stream, sent.filename), by=_person())
            except errors.Refused as refusal:
                refused.setdefault(fact.id, []).append(str(refusal.message))
    return refused


def _form(
    application: Application,
    faults: tuple[answers.Fault, ...],
    *,
    refused: Mapping[str, list[str]] | None = None,
    added: str = "",
    saved: bool = False,
) -> str:
    form: Form = forms.filled(application)
    forms.blame(form, faults, refused)
    if added in form and hasattr(form[added], "append_entry"):
        form[added].append_entry()
    track = queries.track_of(application.call, application.track)
    return render_template(
        "applications/edit_application.html", application=application, track=track, parts=answers.parts_of(track), form=form,
        banner=presentation.banner(application), attached=_by_fact(queries.attachments_of(application)), saved=saved,
        wrong=len(faults) + sum(len(reasons) for reasons in (refused or {}).values()), rules=forms, kinds=",".join(f".{kind}" for kind in files.KINDS),
        conditions=_conditions(application),
    )  # fmt: skip


def _conditions(application: Application, typed: Mapping[str, Any] | None = None) -> conditions.TrackChecked:
    """How the conditions stand for a draft as it is saved, or with what is typed at this moment."""
    track = queries.track_of(application.call, application.track)
    facts = {fact.id: fact for fact in track.facts}
    said = application.answers | {name: answers.as_typed(facts[name], value) for name, value in (typed or {}).items() if name in facts}
    checked = answers.check(track, said, queries.attachments_of(application))
    return conditions.check(track, checked.values, conditions.unanswered(track, checked.values))


@blueprint.post("/vloge/<int:application_id>/pogoji")
@needs(policy.may_edit, of=queries.get_application)
def conditions_now(application: Application) -> ResponseReturnValue:
    """The conditions for what is typed at this moment: {"conditions": a fragment of HTML for the form}. Nothing is saved."""
    checked = _conditions(application, forms.typed(application, request.form))
    return jsonify(conditions=render_template("applications/_conditions_now.html", conditions=checked))


def _conflict(application: Application, mine: Mapping[str, Any], missing: frozenset[str] = frozenset()) -> ResponseReturnValue:
    """Both versions side by side, question by question; nothing was overwritten."""
    facts = {fact.id: fact for fact in queries.track_of(application.call, application.track).facts}
    differing = [
        (
            fact,
            presentation.as_text(fact, answers.as_typed(fact, mine[fact.id])),
            presentation.as_text(fact, application.answers.get(fact.id)),
        )
        for fact in facts.values()
        if fact.id in mine and answers.as_typed(fact, mine[fact.id]) != answers.as_typed(fact, application.answers.get(fact.id))
    ]
    if not differing:
        return _to("applications.edit_application", application, _("Saved. This is still a draft, not submitted."))
    kept = json.dumps({fact.id: mine[fact.id] for fact, *_rest in differing}, ensure_ascii=False)
    page = render_template(
        "applications/merge_drafts.html", application=application, banner=presentation.banner(application), differing=differing,
        mine=kept, missing=missing, other=application.saved_by.name,
    )  # fmt: skip
    return page, 422 if missing else 409


@blueprint.post("/vloge/<int:application_id>/zdruzitev")
@needs(policy.may_edit, of=queries.get_application)
def merge_drafts(application: Application) -> ResponseReturnValue:
    """Save what the person chose from the two versions."""
    track = queries.track_of(application.call, application.track)
    known = {fact.id: fact for fact in track.facts if fact.kind != "file"}
    try:
        sent = json.loads(request.form.get("mine", "{}"))
        mine = {name: answers.as_typed(known[name], value) for name, value in sent.items() if name in known}
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise errors.Refused(_("The page was not sent completely. Open the form again."), status=400) from None
    choices = {name: request.form.get(f"keep_{name}", "") for name in mine}
    if undecided := frozenset(name for name, choice in choices.items() if choice not in ("mine", "theirs")):
        return _conflict(application, mine, undecided)
    try:
        chosen = {name: mine[name] for name, choice in choices.items() if choice == "mine"}
        actions.save(application, chosen, version=_version(), by=_person())
    except actions.Changed:
        return _conflict(application, mine)
    return _to("applications.edit_application", application, _("Both versions are joined and saved. This is still a draft, not submitted."))


@blueprint.route("/vloge/<int:application_id>/oddaja", methods=["GET", "POST"])
@needs(policy.may_submit, of=queries.get_application)
def submit_application(application: Application) -> ResponseReturnValue:
    """What is missing or wrong; when nothing is, one confirmation and the button."""
    form = forms.SubmitForm()
    if request.method == "POST":
        again = application.status == ApplicationStatus.SUBMITTED
        if form.validate() and (form.declared.data or again):
            try:
                actions.submit(application, by=_person(), version=_version(), received_at=_received_at())
                return _to("applications.receipt", application)
            except actions.Late as late:
                actions.note_late_submission(application, by=_person())
                g.keep = True
                return _late(application, late)
            except (actions.Incomplete, actions.Unmet):
                return _check_page(application, form), 422
            except actions.Changed:
                return _check_page(application, form, changed=True), 409
        if not form.declared.data:
            form.declared.errors = [_("Confirm that the data are true and complete.")]
        return _check_page(application, form), 422
    if application.status == ApplicationStatus.SUBMITTED:
        return _to("applications.receipt", application)
    if application.status != ApplicationStatus.DRAFT:
        return _to("applications.application_page", application)
    return _check_page(application, form)


def _check_page(application: Application, form: forms.SubmitForm, *, changed: bool = False) -> str:
    track = queries.track_of(application.call, application.track)
    attachments = queries.attachments_of(application)
    checked = answers.check(track, application.answers, attachments)
    return render_template(
        "applications/submit_application.html", application=application, track=track, banner=presentation.banner(application), form=form,
        faults=checked.faults, sections=presentation.sections(track, checked.values, _by_fact(attachments)), changed=changed,
        conditions=conditions.check(track, checked.values, [fault.fact.id for fault in checked.faults]),
        is_open=call_queries.is_open(application.call),
    )  # fmt: skip


def _late(application: Application, late: actions.Late) -> ResponseReturnValue:
    page = render_template(
        "applications/_late.html", application=application, banner=presentation.banner(application), received_at=late.received_at
    )
    return page, 409


@blueprint.get("/vloge/<int:application_id>/potrdilo")
@needs(policy.may_see, of=queries.get_application)
def receipt(application: Application) -> ResponseReturnValue:
    """The receipt, at once; the PDF follows within seconds."""
    if application.status in (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN):
        return _to("applications.application_page", application)
    submission = queries.latest_submission(application)
    papers = [one for one in documents.of_subject(application, "receipt") if one.number == submission.number]
    return render_template(
        "applications/receipt.html", application=application, submission=submission, banner=presentation.banner(application),
        paper=papers[-1] if papers else None, track=queries.track_of(application.call, application.track),
        is_open=call_queries.is_open(application.call), member=policy.is_member(_person(), application),
    )  # fmt: skip


@blueprint.route("/vloge/<int:application_id>/umik", methods=["GET", "POST"])
@needs(policy.may_withdraw, of=queries.get_application)
def withdraw_application(application: Application) -> ResponseReturnValue:
    """Take a submitted application back, after a page that says what that means."""
    if request.method == "POST":
        actions.withdraw(application, by=_person(), received_at=_received_at())
        return _to("applications.application_page", application, _("The application is withdrawn. Nothing is submitted any more."))
    if application.status != ApplicationStatus.SUBMITTED:
        return _to("applications.application_page", application)
    return render_template("applications/withdraw_application.html", application=application, banner=presentation.banner(application))


@blueprint.post("/vloge/<int:application_id>/nadaljevanje")
@needs(policy.may_resume, of=queries.get_application)
def resume_application(application: Application) -> ResponseReturnValue:
    """Make a withdrawn application a draft again."""
    actions.resume(application, by=_person())
    return _to("applications.edit_application", application, _("The application is a draft again. Submit it before the deadline."))


@blueprint.get("/vloge/<int:application_id>/priloge/<int:attachment_id>")
@needs(policy.may_see_attachment, of=queries.get_attachment)
def attachment(attachment: Attachment) -> ResponseReturnValue:
    """An attached file. It is always saved, never shown inside our pages."""
    return download(files.read(attachment.sha256), attachment.name, attachment.media_type)


@blueprint.get("/vloge/<int:application_id>/dokumenti/<int:document_id>")
@needs(policy.may_see_document, of=queries.get_document)
def application_document(found: ApplicationDocument) -> ResponseReturnValue:
    """A document on an application, such as its receipt."""
    return _paper(found.document)


def _paper(document: documents.Document) -> ResponseReturnValue:
    if document.file_sha256 is None:
        raise errors.Refused(_("The document is being made. It takes a few seconds: go back and open it again."))
    return download(files.read(document.file_sha256), document.file_name, "application/pdf")


def download(data: bytes, name: str, media_type: str) -> Response:
    """A file as an attachment of the answer: saved under its name, and never guessed to be something else."""
    answer = send_file(BytesIO(data), mimetype=media_type, download_name=name, as_attachment=True)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.get("/urad/razpisi/<int:call_id>/vloge")
@needs(policy.may_list, of=call_queries.get_call)
def application_list(call: Call) -> ResponseReturnValue:
    """The applications of a call: counts until the opening, all rows after it."""
    opened = call.status in (CallStatus.OPENED, CallStatus.CONCLUDED)
    tracks = {track.id: localized(track.title) for track in call.rulebook.tracks}
    return render_template(
        "applications/application_list.html", call=call, opened=opened, tracks=tracks,
        counts={} if opened else queries.counts_for_staff(call), rows=queries.list_for_staff(call) if opened else (),
        names={status: str(name) for status, name in presentation.STATUS_NAMES.items()}, colours=presentation.STATUS_COLOURS, second=presentation.second,
        may_open=not opened and bool(policy.may_open(_person(), call)), due=clock.now() >= call.opening_at,
    )  # fmt: skip


@blueprint.post("/urad/razpisi/<int:call_id>/odpiranje")
@needs(policy.may_open, of=call_queries.get_call)
def open_applications(call: Call) -> ResponseReturnValue:
    """Open all submitted applications of a call, at or after the published hour."""
    count = actions.open_call(call, by=_person())
    flash(ngettext("%(num)s application was opened.", "%(num)s applications were opened.", count), "success")
    return redirect(url_for("applications.application_list", call_id=call.id), 303)


@blueprint.get("/urad/razpisi/<int:call_id>/zapisnik-odpiranja.pdf")
@needs(policy.may_list, of=call_queries.get_call)
def opening_minutes(call: Call) -> ResponseReturnValue:
    """The minutes of the opening."""
    return _paper(queries.find_minutes(call) or errors.missing())


@blueprint.route("/vloge/<int:application_id>/zavrzenje", methods=["GET", "POST"])
@needs(policy.may_dismiss, of=queries.get_application)
def dismiss_application(application: Application) -> ResponseReturnValue:
    """Dismiss an application without looking at its content, with the reason."""
    form = forms.DismissForm()
    if request.method == "POST":
        try:
            actions.dismiss(application, by=_person(), reason=form.reason.data or "")
            return _to("applications.application_page", application, _("The application is dismissed and the organisation was told."))
        except errors.Refused as refusal:
            if "reason" not in refusal.fields:
                raise
            form.reason.errors = [refusal.fields["reason"]]
    elif application.status != ApplicationStatus.OPENED:
        return _to("applications.application_page", application)
    page = render_template(
        "applications/dismiss_application.html", application=application, banner=presentation.banner(application), form=form
    )
    return page, 422 if request.method == "POST" else 200
