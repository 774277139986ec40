"""Addresses of the calls stage: what everyone reads, and the desk of those who prepare calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from grants.accounts.models import User
from grants.base import access, audit, clock, errors, files, transaction
from grants.base.access import needs, public
from grants.base.language import OWN_NAMES, current_language
from grants.calls import content, forms, parameters, policy, queries
from grants.calls.actions import drafting, publishing, running
from grants.calls.letters import findings, words
from grants.calls.letters.form import form_facts
from grants.calls.letters.rules import page as rules
from grants.calls.models import Call
from grants.calls.municipality import municipality
from grants.calls.queries import CallText, CallTrack, Phase, PublishedFile
from grants.calls.states import CallStatus

blueprint = Blueprint("calls", __name__)
beside_timetable: dict[str, Callable[[Call], Markup]] = {}
"""What later stages say below the timetable of a call, by what it is about. They put it here."""


def init_app(_app: Flask) -> None:
    """A file is checked before anything is written."""
    transaction.READS_FIRST.add("calls.add_document")


def _person() -> User:
    person = access.current_person()
    assert person is not None
    return person


def _to(endpoint: str, call: Call, done: str = "", **values: Any) -> ResponseReturnValue:
    if done:
        flash(done, "success")
    return redirect(url_for(endpoint, call_id=call.id, **values), 303)


@blueprint.get("/razpisi")
@public
def call_list() -> ResponseReturnValue:
    """Open calls first, then those to come, closed and decided; of one area if asked."""
    form = forms.FilterForm(request.args)
    area = form.podrocje.data or ""
    calls = queries.public_calls(area if area in municipality().areas else "")
    groups = {
        phase: [call for call in calls if queries.phase(call) is phase]
        for phase in (Phase.OPEN, Phase.COMING, Phase.CLOSED, Phase.DECIDED, Phase.CANCELLED)
    }
    groups[Phase.OPEN].reverse()  # the one that closes next comes first
    groups[Phase.COMING].sort(key=lambda call: call.opens_at)
    return render_template("calls/call_list.html", groups=groups, form=form, words=words)


@blueprint.get("/razpisi/<int:call_id>")
@needs(policy.may_see, of=queries.get_call, anonymous=True)
def call_page(call: Call) -> ResponseReturnValue:
    """Everything about one call."""
    person = access.current_person()
    inside = bool(policy.may_see_draft(person, call))
    return render_template(
        "calls/call_page.html", call=call, phase=queries.phase(call), words=words, rules=rules, parts=content.PARTS,
        paragraphs=content.paragraphs, timeline=audit.timeline(call, audit.STAFF if inside else audit.PUBLIC)[::-1],
        remedy=parameters.remedy_of(call), numbers=parameters.get(call.parameter_set), inside=inside,
        may_edit=bool(policy.may_edit(person, call)), may_cancel=_may_cancel(call), apply_urls=_apply_urls(call),
        accepted=_accepted(call), may_extend=_may_extend(call),
        later_pages=_later_pages(call), beside=[show(call) for show in beside_timetable.values()],
    )  # fmt: skip


def _apply_urls(call: Call) -> dict[str, str]:
    """Where to begin an application, by track; applications are a later stage and may not be there."""
    if not queries.is_open(call) or "applications.new_application" not in current_app.view_functions:
        return {}
    return {track.id: url_for("applications.new_application", call_id=call.id, track_id=track.id) for track in call.rulebook.tracks}


def _later_pages(call: Call) -> list[tuple[str, str]]:
    """Where the call goes on: (label, address) of the pages of later stages that are there. Each asks its own rule."""
    if call.published_at is None:
        return []
    pages = [
        ("applications.application_list", _("Applications to this call")),
        ("evaluation.panel_page", _("Committee of this call")),
        ("decisions.proposals", _("Distribution of the funds of this call")),
        ("transparency.results_page", _("Results of this call")),
    ]
    return [(label, url_for(endpoint, call_id=call.id)) for endpoint, label in pages if endpoint in current_app.view_functions]


def _accepted(call: Call) -> list[tuple[findings.Said, str]]:
    """Warnings about the rulebook that the office accepted, each with its reason."""
    if not call.acknowledged:
        return []
    review = queries.review_once(call)
    return [(findings.say(one), review.reason(one)) for one in review.warnings if review.reason(one)]


def _may_extend(call: Call) -> bool:
    """The page belongs to the stage of applications, whose people are told."""
    waiting = call.status in (CallStatus.PUBLISHED, CallStatus.CLOSED) and "applications.extend_deadline" in current_app.view_functions
    return waiting and bool(policy.may_extend(access.current_person(), call))


def _may_cancel(call: Call) -> bool:
    waiting = call.status == CallStatus.DRAFT or queries.phase(call) in (Phase.OPEN, Phase.COMING)
    return waiting and bool(policy.may_manage(access.current_person(), call))


@blueprint.get("/razpisi/<int:call_id>/obrazec/<track_id>")
@needs(policy.may_see_track, of=queries.get_track, anonymous=True)
def form_page(track: CallTrack) -> ResponseReturnValue:
    """The whole form of a track, to be read and printed before anyone signs in."""
    return render_template(
        "calls/form_page.html", call=track.call, track=track.track, words=words, phase=queries.phase(track.call),
        form=form_facts(track.call, track.track), paper=queries.find_form(track, current_language()), apply_urls=_apply_urls(track.call),
    )  # fmt: skip


@blueprint.get("/razpisi/<int:call_id>/obrazec/<track_id>/natis.pdf")
@needs(policy.may_see_track, of=queries.get_track, anonymous=True)
def form_paper(track: CallTrack) -> ResponseReturnValue:
    """The blank form on paper, made when the call was published."""
    paper = queries.find_form(track, current_language()) or errors.missing()
    if paper.file_sha256 is None:
        raise errors.Refused(_("The document is being made. It takes a few seconds: go back and open it again."))
    return files.download(paper.file_sha256, paper.file_name, "application/pdf")


@blueprint.get("/razpisi/<int:call_id>/dokumenti/<int:document_id>")
@needs(policy.may_see_file, of=queries.get_call_document, anonymous=True)
def call_document(file: PublishedFile) -> ResponseReturnValue:
    """A document of the call."""
    document = file.document
    return files.download(document.sha256, document.name, document.media_type)


@blueprint.get("/razpisi/<int:call_id>/pravilnik.yaml")
@needs(policy.may_see, of=queries.get_call, anonymous=True)
def rulebook_file(call: Call) -> ResponseReturnValue:
    """The rulebook as it was published, for whoever wants to compute along."""
    name = files.safe_name(f"{call.reference.replace('/', '-')}-{call.rulebook.id}.yaml")
    answer = Response(call.rulebook_text, content_type="text/plain; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/urad/razpisi")
@needs(policy.may_see_desk)
def staff_calls() -> ResponseReturnValue:
    """Calls of the areas that this person prepares or oversees, drafts included."""
    return render_template(
        "calls/staff_calls.html", calls=queries.calls_for_staff(_person()), phase=queries.phase, words=words,
        may_draft=bool(policy.may_draft(_person())), managed=queries.managed_areas(_person()),
    )  # fmt: skip


@blueprint.route("/urad/razpisi/nov", methods=["GET", "POST"])
@needs(policy.may_draft)
def new_call() -> ResponseReturnValue:
    """Begin a call from a rulebook."""
    form = forms.NewCallForm(areas=queries.managed_areas(_person()))
    found: list[findings.Said] = []
    if request.method == "POST":
        try:
            text = form.text()  # first, so that the text of the file comes back whatever else is wrong
            if form.validate():
                call = drafting.draft_call(by=_person(), rulebook_text=text, area=form.area.data, content={}, **form.values())
                return _to("calls.draft_page", call, _("The draft is saved. Now write its text."))
        except drafting.RulebookRefused as refusal:
            form.validate()
            forms.blame(form, errors.Refused(refusal.message, fields={"rulebook": refusal.message}))
            found = [findings.say(one) for one in refusal.findings]
        except errors.Refused as refusal:
            form.validate()
            forms.blame(form, refusal)
    return render_template("calls/new_call.html", form=form, found=found), 422 if request.method == "POST" else 200


@blueprint.get("/urad/razpisi/<int:call_id>")
@needs(policy.may_see_draft, of=queries.get_call)
def draft_page(call: Call) -> ResponseReturnValue:
    """The draft: what is there, what is missing, what the linter says."""
    return _draft(call)


def _draft(call: Call, *, document: forms.DocumentForm | None = None, refused: tuple[str, str, str] | None = None) -> ResponseReturnValue:
    """`refused` is a warning that could not be accepted: its key, what was typed, and why not."""
    review = queries.review(call)
    missing = {(part.id, language) for part, language in content.missing(call.content, call.languages)}
    page = render_template(
        "calls/draft_page.html", call=call, words=words, may_edit=bool(policy.may_edit(access.current_person(), call)),
        errors_found=[findings.say(one) for one in review.errors],
        warnings_found=[(findings.say(one), queries.finding_key(one), review.reason(one)) for one in review.warnings],
        mandatory=content.MANDATORY, missing=missing, lacking=publishing.lacking(call) if call.status == CallStatus.DRAFT else [],
        form=document or forms.DocumentForm(formdata=None), refused=refused, own_names=OWN_NAMES, may_cancel=_may_cancel(call),
        timeline=audit.timeline(call, audit.STAFF)[::-1], later_pages=_later_pages(call), numbers=parameters.get(call.parameter_set), remedy=parameters.remedy_of(call),
    )  # fmt: skip
    return page, 422 if refused or (document is not None) else 200


@blueprint.route("/urad/razpisi/<int:call_id>/podatki", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_call)
def edit_details(call: Call) -> ResponseReturnValue:
    """Change name, procedure and timetable of a draft."""
    form = forms.DetailsForm(call=call)
    if form.validate_on_submit():
        try:
            drafting.describe(call, by=_person(), **form.values())
            return _to("calls.draft_page", call, _("Saved."))
        except errors.Refused as refusal:
            forms.blame(form, refusal)
    return render_template("calls/edit_details.html", call=call, form=form), 422 if request.method == "POST" else 200


@blueprint.route("/urad/razpisi/<int:call_id>/besedilo/<text_language>", methods=["GET", "POST"])
@needs(policy.may_edit_text, of=queries.get_text)
def edit_text(text: CallText) -> ResponseReturnValue:
    """Write the text of a draft in one language, beside the others."""
    form: Any = forms.text_form(text)
    if form.validate_on_submit():
        try:
            parts = {part.id: form[part.id].data or "" for part in content.PARTS}
            drafting.write_text(text.call, text.language, parts, by=_person())
            return _to("calls.draft_page", text.call, _("Saved."))
        except errors.Refused as refusal:
            forms.blame(form, refusal)
    others = [language for language in text.call.languages if language != text.language]
    page = render_template(
        "calls/edit_text.html",
        call=text.call,
        text_language=text.language,
        form=form,
        parts=content.PARTS,
        others=others,
        own_names=OWN_NAMES,
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/urad/razpisi/<int:call_id>/pravilnik", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_call)
def replace_rulebook(call: Call) -> ResponseReturnValue:
    """Give a draft another rulebook."""
    form = forms.RulebookForm()
    found: list[findings.Said] = []
    if request.method == "POST":
        try:
            text = form.text()
            if form.validate():
                drafting.replace_rulebook(call, text, by=_person())
                return _to("calls.draft_page", call, _("The rulebook was replaced."))
        except drafting.RulebookRefused as refusal:
            forms.blame(form, errors.Refused(refusal.message, fields={"rulebook": refusal.message}))
            found = [findings.say(one) for one in refusal.findings]
        except errors.Refused as refusal:
            forms.blame(form, refusal)
    else:
        form.rulebook.data = call.rulebook_text
    return render_template("calls/replace_rulebook.html", call=call, form=form, found=found), 422 if request.method == "POST" else 200


@blueprint.post("/urad/razpisi/<int:call_id>/opozorilo")
@needs(policy.may_edit, of=queries.get_call)
def acknowledge_warning(call: Call) -> ResponseReturnValue:
    """Accept a warning of the linter, with a reason."""
    key, reason = request.form.get("key", ""), request.form.get("reason", "")
    try:
        drafting.acknowledge(call, key, reason=reason, by=_person())
    except errors.Refused as refusal:
        return _draft(call, refused=(key, reason, str(refusal.message)))
    return _to("calls.draft_page", call, _("The warning is accepted."), _anchor="opozorila")


@blueprint.post("/urad/razpisi/<int:call_id>/dokumenti")
@needs(policy.may_edit, of=queries.get_call)
def add_document(call: Call) -> ResponseReturnValue:
    """Add a file to a draft."""
    form = forms.DocumentForm()
    if form.validate():
        upload = form.file.data
        try:
            if upload is None or not upload.filename:
                raise errors.Refused(_("Choose a file."), fields={"file": _("Choose a file.")}, status=422)
            checked = files.check_upload(upload.stream, upload.filename, drafting.DOCUMENT_KINDS)
            title = {"sl": form.title_sl.data or "", "it": form.title_it.data or ""}
            drafting.add_document(call, checked, title=title, by=_person())
            return _to("calls.draft_page", call, _("The document was added."), _anchor="dokumenti")
        except errors.Refused as refusal:
            forms.blame(
                form, errors.Refused(refusal.message, fields={"title_sl" if "title" in refusal.fields else "file": refusal.message})
            )
    return _draft(call, document=form)


@blueprint.post("/urad/razpisi/<int:call_id>/dokumenti/<int:document_id>/odstrani")
@needs(policy.may_edit_file, of=queries.get_call_document)
def remove_document(file: PublishedFile) -> ResponseReturnValue:
    """Take a file away from a draft."""
    drafting.remove_document(file.document, file.call, by=_person())
    return _to("calls.draft_page", file.call, _("The document was removed."), _anchor="dokumenti")


@blueprint.route("/urad/razpisi/<int:call_id>/objava", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_call)
def publish_call(call: Call) -> ResponseReturnValue:
    """Look once more, then publish: nothing changes afterwards."""
    lacking = publishing.lacking(call)
    if request.method == "POST":
        try:
            publishing.publish(call, by=_person())
            return _to("calls.call_page", call, _("The call is published. Its rules, text and dates are frozen."))
        except publishing.NotReady as refusal:
            lacking = refusal.lacking
    page = render_template("calls/publish_call.html", call=call, lacking=lacking, words=words, numbers=parameters.for_day(clock.today()))
    return page, 409 if request.method == "POST" else 200


@blueprint.route("/urad/razpisi/<int:call_id>/preklic", methods=["GET", "POST"])
@needs(policy.may_manage, of=queries.get_call)
def cancel_call(call: Call) -> ResponseReturnValue:
    """Discard a draft, or cancel a published call, with a reason."""
    form = forms.ReasonForm()
    draft = call.status == CallStatus.DRAFT
    if form.validate_on_submit():
        try:
            running.cancel(call, reason=form.reason.data or "", by=_person())
        except errors.Refused as refusal:
            forms.blame(form, refusal)
        else:
            if draft:
                flash(_("The draft was discarded."), "success")
                return redirect(url_for("calls.staff_calls"), 303)
            return _to("calls.call_page", call, _("The call was cancelled."))
    return render_template("calls/cancel_call.html", call=call, form=form, draft=draft), 422 if request.method == "POST" else 200
