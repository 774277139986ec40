"""From the first page to the form: starting, saving, files, the conditions while one types, two people at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import flash, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from grants.accounts import vault
from grants.accounts.models import VaultDocument
from grants.accounts.queries import organisations_to_act_for, vault_of
from grants.applications import answers, forms, policy, presentation, queries
from grants.applications.actions import drafting, ladder
from grants.applications.models import Application
from grants.applications.routes.blueprint import blueprint, by_fact, conditions_of, person, to, version
from grants.base import errors, files
from grants.base.access import needs
from grants.base.language import OWN_NAMES, current_language
from grants.calls import queries as call_queries
from grants.calls.queries import CallTrack
from scoring.questions import Fact


@blueprint.route("/razpisi/<int:call_id>/prijava/<track_id>", methods=["GET", "POST"])
@needs(policy.may_start, of=call_queries.get_track)
def new_application(track: CallTrack) -> ResponseReturnValue:
    """For which organisation and in which language; then the draft begins."""
    organisations = list(organisations_to_act_for(person()))
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
                application = drafting.start(track.call, track.track.id, chosen, by=person(), language=form.language.data or "")
                return to("applications.edit_application", application)
            except drafting.StartedAlready as refusal:
                flash(str(refusal.message))
                return to("applications.application_page", refusal.application)
    page = render_template(
        "applications/new_application.html", call=track.call, track=track.track, form=form, organisations=organisations,
        is_open=call_queries.is_open(track.call),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/vloge/<int:application_id>/obrazec", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_application)
def edit_application(application: Application) -> ResponseReturnValue:
    """The form. Saving keeps everything that was typed, also what is wrong."""
    if request.method == "GET":
        checked = answers.check(
            queries.track_of(application.call, application.track), application.answers, queries.attachments_of(application)
        )
        return _form(application, checked.faults if "vse" in request.args else checked.wrong)
    track = queries.track_of(application.call, application.track)
    typed = forms.typed(application, request.form)
    if row := request.form.get("remove_row"):
        typed = forms.without_row(typed, track, row, request.form)
    refused = _take_files(application)
    try:
        drafting.save(application, typed, version=version(), by=person())
    except ladder.Changed:
        g.keep = True  # files take nothing away from anyone: they stay
        return _conflict(application, typed)
    if (gone := request.form.get("remove_file", type=_identity)) is not None:
        for attached in queries.attachments_of(application):
            if attached.id == gone:  # removed in another tab already? Then that is what was wanted, and what was typed is kept
                drafting.detach(attached, by=person())
    wrong = answers.check(
        queries.track_of(application.call, application.track), application.answers, queries.attachments_of(application)
    ).wrong
    added = request.form.get("add_row", "")
    if added or row or gone is not None:
        return _form(application, wrong, refused=refused, added=added)
    if "check" in request.form and not refused:
        return to("applications.submit_application", application)
    if wrong or refused:
        g.keep = True
        return _form(application, wrong, refused=refused, saved=True), 422
    return to("applications.edit_application", application, _("Saved. This is still a draft, not submitted."))


def _identity(text: str) -> int:
    """The number of a row as a form carries it; 0, which no row has, for what no column could hold."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


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
                drafting.attach(application, fact.id, files.check_upload(sent.stream, sent.filename), by=person())
            except errors.Refused as refusal:
                refused.setdefault(fact.id, []).append(str(refusal.message))
        for kept in _chosen_from_vault(application, fact):
            try:
                drafting.attach(application, fact.id, vault.as_upload(kept), by=person())
            except errors.Refused as refusal:
                refused.setdefault(fact.id, []).append(str(refusal.message))
    return refused


def _chosen_from_vault(application: Application, fact: Fact) -> list[VaultDocument]:
    """The documents of the organisation's own vault that were ticked; one that is attached here already needs nothing more."""
    ticked = {_identity(text) for text in request.form.getlist(f"vault_{fact.id}")}
    if not ticked:
        return []
    there = {one.sha256 for one in queries.attachments_of(application) if one.fact == fact.id}
    return [one for one in vault_of(application.organisation_id) if one.id in ticked and one.sha256 not in there]


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
        banner=presentation.banner(application), attached=by_fact(queries.attachments_of(application)), saved=saved,
        wrong=len(faults) + sum(len(reasons) for reasons in (refused or {}).values()), rules=forms, kinds=",".join(f".{kind}" for kind in files.KINDS),
        conditions=conditions_of(application), vault=_vault(application), is_expired=vault.is_expired,
    )  # fmt: skip


def _vault(application: Application) -> list[VaultDocument]:
    """What the form may offer from the vault; not asked for where the form has no place for a file."""
    asks = any(fact.kind == "file" for fact in queries.track_of(application.call, application.track).facts)
    return list(vault_of(application.organisation_id)) if asks else []


@blueprint.post("/vloge/<int:application_id>/pogoji")
@needs(policy.may_edit, of=queries.get_application)
def conditions_now(application: Application) -> ResponseReturnValue:
    """The conditions for what is typed at this moment: {"conditions": a fragment of HTML for the form}. Nothing is saved."""
    checked = conditions_of(application, forms.typed(application, request.form))
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
        return to("applications.edit_application", application, _("Saved. This is still a draft, not submitted."))
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
        drafting.save(application, chosen, version=version(), by=person())
    except ladder.Changed:
        return _conflict(application, mine)
    return to("applications.edit_application", application, _("Both versions are joined and saved. This is still a draft, not submitted."))
