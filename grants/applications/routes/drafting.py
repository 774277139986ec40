"""From the first page to the form: starting, saving, files, the conditions while one types, two people at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import flash, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from grants.accounts import vault
from grants.accounts.models import VaultDocument
from grants.accounts.queries import organisations_to_act_for, vault_of
from grants.applications import answers, conditions, forms, joint, plan, policy, presentation, queries, registered, rows, standing, versions
from grants.applications.actions import copying, drafting, submitting
from grants.applications.earlier import beside as earlier
from grants.applications.models import Application
from grants.applications.routes import attachments
from grants.applications.routes.blueprint import (
    beside,
    blueprint,
    by_fact,
    checked_with,
    identity,
    late_page,
    person,
    received_at,
    to,
    version,
)
from grants.base import clock, errors
from grants.base.access import needs
from grants.base.language import OWN_NAMES, current_language, localized
from grants.calls import queries as call_queries
from grants.calls.queries import CallTrack
from scoring.facts import check_fact
from scoring.form import form_of
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
        checked = answers.check_draft(application)
        return _form(application, checked.faults if "vse" in request.args else checked.wrong)
    track = joint.rules_of(application)
    typed = forms.typed(application, request.form)
    refused = attachments.take_all(application)
    if arranged := rows.arrange(typed, track, request.form):
        typed = arranged.answers
        refused = {**refused, **arranged.refused}
    conflicting = drafting.save(
        application, typed, version=version(), by=person(), base=_base(), touched=request.form.get("touched", "").split()
    )
    if (gone := request.form.get("remove_file", type=identity)) is not None:
        for attached in queries.attachments_of(application):
            if attached.id == gone:  # removed in another tab already? Then that is what was wanted, and what was typed is kept
                drafting.detach(attached, by=person())
    if conflicting:
        g.keep = True  # what only this person changed is saved, and files take nothing away from anyone
        return _conflict(application, {name: typed[name] for name in conflicting})
    if not request.form.keys().isdisjoint(_COPYING):
        return _copied(application, typed, refused)
    wrong = answers.check_draft(application).wrong
    added = request.form.get("add_row", "")
    if added or arranged or gone is not None:
        return _form(application, wrong, refused=refused, added=added)
    if "check" in request.form and received_at() >= application.call.closes_at:
        submitting.note_late_submission(application, by=person(), received_at=received_at())
        return late_page(application, received_at())
    if "check" in request.form and not refused:
        return to("applications.submit_application", application)
    if "partners" in request.form and not refused:
        return to("applications.partner_list", application)
    if wrong or refused:
        g.keep = True
        return _form(application, wrong, refused=refused, saved=True), 422
    return to("applications.edit_application", application, _("Saved. This is still a draft, not submitted."), prejsnja=_chosen())


_COPYING = ("copy_answer", "replace_answer", "copy_answers")


def _copied(application: Application, typed: Mapping[str, Any], refused: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Earlier answers were copied with a button, after what was typed was saved; back to the same place of the form."""
    g.keep = True  # what was typed is saved, whatever becomes of the copying
    beside = earlier.find(application, by=person(), chosen=request.form.get("beside", type=identity)) or errors.missing()
    name = request.form.get("replace_answer") or request.form.get("copy_answer") or ""
    said, place = "", f"f_{name}"
    if name:
        page, replace = copying.Page(typed, version(), _base()), "replace_answer" in request.form
        if copying.copy_answer(application, beside, name, page, by=person(), replace=replace):
            return _conflict(application, {name: beside.questions[name].offer.value})
    else:
        copied, place = copying.copy_answers(application, beside, by=person()), "form"
        said = _said_of(copied)
    if refused:
        return _form(application, answers.check_draft(application).wrong, refused=refused, saved=True), 422
    return to("applications.edit_application", application, said, prejsnja=_chosen(), prepisano=name or None, _anchor=place)


def _said_of(copied: int) -> str:
    if not copied:
        return _("Nothing was left to copy: what fits is answered already.")
    return ngettext("%(num)s answer was copied and saved. Read it again and change what is no longer true.",
                    "%(num)s answers were copied and saved. Read them again and change what is no longer true.", copied)  # fmt: skip


def _chosen() -> int | None:
    """The earlier application that somebody chose to stand beside the draft; None for the one that does so by itself."""
    return request.values.get("prejsnja", type=identity)


def _earlier(application: Application) -> earlier.Beside | None:
    """The earlier application that stands beside the draft. Of one that is not this person's to choose nothing is said."""
    beside = earlier.find(application, by=person(), chosen=_chosen())
    if beside is None and _chosen() is not None and request.method == "GET":
        errors.missing()
    return beside


def _base() -> dict[str, str] | None:
    """The marks of the answers with which the page began."""
    return versions.base_of(request.form.get("base", ""))


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
    track = joint.rules_of(application)
    present = queries.attachments_of(application)
    checked, beside = answers.check_draft(application, attachments=present), _earlier(application)
    facts = {fact.id: fact for fact in track.facts}
    return render_template(
        "applications/edit_application.html", application=application, track=track, parts=answers.parts_of(track), form=form,
        banner=presentation.banner(application), attached=by_fact(present), saved=saved, uploads=attachments.place(application),
        wrong=len(faults) + sum(len(reasons) for reasons in (refused or {}).values()), place=plan.place_of_plan(track, [part.id for part in answers.parts_of(track)]), rules=forms,
        to_correct=_to_correct(faults, refused or {}, facts), about_plan=[(fault.message, f"#{answers.PLAN}") for fault in faults if fault.plan is not None], **_following(application, checked),
        partners=standing.partners_of(application, checked.balance), entered=standing.entered_elsewhere(application),
        base=json.dumps(versions.marks(application)), person_id=person().id,
        pasted={name: request.form.get(f"pasted_{name}", "") for name in refused or {}}, vault=_vault(application), is_expired=vault.is_expired,
        said_by_register={name: presentation.said(facts[name], check_fact(facts[name], value)) for name, value in registered.given(application).items()},
        earlier=beside, to_copy=len(beside.to_copy(application, present)) if beside else 0, copied=request.args.get("prepisano", ""),
    )  # fmt: skip


def _to_correct(faults: tuple[answers.Fault, ...], refused: Mapping[str, list[str]], facts: Mapping[str, Fact]) -> list[tuple[str, str]]:
    """Everything that is wrong in the order of the form, each with its question: a dozen times “Fill this in” helps nobody."""
    said = [(f"{fault.lead} {fault.message}", f"#{fault.field}") for fault in faults]
    return said + [
        (f"{answers.lead(localized(facts[name].label))} {one}", f"#f_{name}") for name, reasons in refused.items() for one in reasons
    ]


def _following(application: Application, checked: answers.Checked) -> dict[str, Any]:
    """What follows from the answers: who is asked what, computed values and sums, the finance plan, the conditions."""
    track = joint.rules_of(application)
    computed = form_of(track).computed
    return {
        "asked": checked.asked, "plan": plan.shown(track, application.call, checked.balance),
        "computed": {fact.id: presentation.said(fact, checked.legible.get(fact.id)) for fact in track.facts if fact.id in computed},
        "totals": {
            fact.id: [(column.label, value) for column, value in zip(fact.columns, sums, strict=True) if column.total]
            for fact in track.facts
            if fact.kind == "table" and (sums := presentation.totals(fact, checked.legible.get(fact.id, ()))) is not None
        },
        "beside": beside(application, checked.legible), "conditions": conditions.for_applicant(application, track, checked.values, conditions.unanswered(track, checked.values)),
    }  # fmt: skip


def _vault(application: Application) -> list[VaultDocument]:
    """What the form may offer from the vault; not asked for where the form has no place for a file."""
    asks = any(fact.kind == "file" for fact in joint.rules_of(application).facts)
    return list(vault_of(application.organisation_id)) if asks else []


@blueprint.post("/vloge/<int:application_id>/sproti")
@needs(policy.may_edit, of=queries.get_application)
def answers_now(application: Application) -> ResponseReturnValue:
    """What follows from what is typed at this moment: {"asked": ids of questions, "html": the regions of the page}. Nothing is saved."""
    g.roll_back = True  # nothing is saved, so nobody's lock is asked for (`READS_FIRST`)
    following = _following(application, checked_with(application, forms.typed(application, request.form)))
    html = render_template("applications/_answers_now.html", application=application, **following)
    return jsonify(asked=sorted(following["asked"]), html=html)


@blueprint.route("/vloge/<int:application_id>/samodejno", methods=["GET", "POST"])
@needs(policy.may_edit, of=queries.get_application)
def autosave_application(application: Application) -> ResponseReturnValue:
    """Saving while one types, for our script. GET gives the token of the present sign-in, so that a page whose sign-in ended goes on;
    a person who comes here signed in again for such a page in another tab, and is sent back to it.

    POST takes the fields of the changed answers (`changed`, their ids), `version` and `base` of the page. It answers with the new version
    and marks, with what two people changed (nothing of it was saved), and what others saved meanwhile.
    """
    if request.method == "GET" and not errors.wants_data():
        return to(
            "applications.application_page",
            application,
            _("You are signed in again. Go back to the tab with your form: it saves by itself what you typed. You may close this tab."),
        )
    if request.method == "GET":
        return jsonify(csrf_token=generate_csrf(), person=person().id, version=application.version)
    base, sent = _base(), request.form.getlist("changed")
    typed = {name: value for name, value in forms.typed(application, request.form).items() if name in sent}
    conflicting = drafting.save(application, typed, version=version(), by=person(), base=base, touched=sent)
    others = versions.by_others(application, base, sent)
    said = {one.fact.id: versions.sentence(one, reader=person()) for one in versions.changes(application, [*conflicting, *others])}
    facts = {one.id: one for one in joint.rules_of(application).facts}
    marks = versions.marks(application)
    return jsonify(
        version=application.version,
        saved={name: marks[name] for name in typed if name not in conflicting},
        conflicts=[{"fact": name, "said": said[name]} for name in conflicting],
        others=[
            {"fact": name, "said": said[name], "mark": marks[name], "fields": versions.as_fields(facts[name], application.answers.get(name))}
            for name in others
        ],
        at=_("Saved at %(time)s.", time=f"{clock.local(clock.now()):%H:%M:%S}"),
    )  # fmt: skip


def _conflict(application: Application, mine: Mapping[str, Any], missing: frozenset[str] = frozenset()) -> ResponseReturnValue:
    """Both versions side by side, question by question; nothing was overwritten."""
    differing = versions.differing(application, mine)
    if not differing:
        return to("applications.edit_application", application, _("Saved. This is still a draft, not submitted."))
    kept = json.dumps({one.fact.id: mine[one.fact.id] for one in differing}, ensure_ascii=False)
    page = render_template(
        "applications/merge_drafts.html", application=application, banner=presentation.banner(application), differing=differing,
        mine=kept, missing=missing, base=json.dumps(versions.marks(application)),
    )  # fmt: skip
    return page, 422 if missing else 409


@blueprint.post("/vloge/<int:application_id>/zdruzitev")
@needs(policy.may_edit, of=queries.get_application)
def merge_drafts(application: Application) -> ResponseReturnValue:
    """Save what the person chose from the two versions."""
    track = joint.rules_of(application)
    known = {fact.id: fact for fact in track.facts if fact.kind != "file"}
    try:
        sent = json.loads(request.form.get("mine", "{}"))
        mine = {name: answers.as_typed(known[name], value) for name, value in sent.items() if name in known}
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise errors.Refused(_("The page was not sent completely. Open the form again."), status=400) from None
    choices = {name: request.form.get(f"keep_{name}", "") for name in mine}
    kept = {name: application.answers.get(name) for name in mine}
    joined = {name: versions.joined(kept[name], mine[name]) for name in mine if known[name].kind == "table"}
    if undecided := frozenset(
        name for name, choice in choices.items() if choice not in ("mine", "theirs", *(("both",) if name in joined else ()))
    ):
        return _conflict(application, mine, undecided)
    chosen = {name: (joined if choice == "both" else mine)[name] for name, choice in choices.items() if choice != "theirs"}
    if conflicting := drafting.save(application, chosen, version=version(), by=person(), base=_base()):
        g.keep = True
        return _conflict(application, {name: mine[name] for name in conflicting})
    return to("applications.edit_application", application, _("Both versions are joined and saved. This is still a draft, not submitted."))
