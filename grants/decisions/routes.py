"""Addresses of the decisions stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from grants.accounts.models import User
from grants.base import audit, files, jobs
from grants.base.access import current_person, needs, signed_in
from grants.base.documents import Document
from grants.base.errors import Refused, missing
from grants.base.forms import show_faults
from grants.base.language import OWN_NAMES
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.decisions import actions, amounts, distribution, forms, lots, policy, queries, views
from grants.decisions.forms import DiscardForm, PrepareForm, ReasonForm
from grants.decisions.models import Decision, Proposal
from grants.decisions.queries import PotOfCall
from grants.decisions.stability import words
from grants.decisions.states import DecisionStatus, ProposalStatus
from grants.evaluation.facts import LEAST_REASON
from grants.evaluation.verification import findings

blueprint = Blueprint("decisions", __name__)
Messages = list[tuple[str, str | None]]


def _me() -> User:
    return cast(User, current_person())


@blueprint.get("/razpisi/<int:call_id>/razdelitve")
@needs(policy.may_see_proposals, of=get_call)
def proposals(call: Call) -> ResponseReturnValue:
    """The money of a call: which pots are divided, which wait, and every proposal."""
    return _proposals_page(call, PrepareForm())


@blueprint.post("/razpisi/<int:call_id>/razdelitve")
@needs(policy.may_prepare, of=get_call)
def prepare(call: Call) -> ResponseReturnValue:
    """Compute a proposal."""
    form = PrepareForm()
    form.pots.choices = views.choices(call)
    if not form.validate_on_submit():
        return _proposals_page(call, form), 422
    try:
        proposal = actions.prepare(call, form.pots.data or [], by=_me())
    except Refused as refused:
        return _refused(lambda messages: _proposals_page(call, form, messages), refused, call)
    flash(_("The distribution is computed. The signer adopts it or throws it away."), "success")
    return redirect(url_for("decisions.proposal_page", proposal_id=proposal.id), 303)


def _refused(page: Callable[[Messages], str], refused: Refused, call: Call) -> ResponseReturnValue:
    """The page again, with what stands in the way and where it is done; nothing was changed."""
    g.roll_back = True
    return page([(line, views.way_out(refused, call)) for line in str(refused.message).splitlines()]), refused.status


def _proposals_page(call: Call, form: PrepareForm, messages: Messages | None = None) -> str:
    form.pots.choices = views.choices(call)
    return render_template(
        "decisions/proposals.html", call=call, form=form, messages=messages or [], pots=views.pots_of(call), proposals=queries.proposals_of(call),
        may_prepare=bool(policy.may_prepare(_me(), call)), by_lot=any("lot" in pot.rules.tie_break for _track, pot in call.rulebook.pots()),
    )  # fmt: skip


@blueprint.get("/razpisi/<int:call_id>/zneski/<pot>")
@needs(policy.may_see_amounts, of=queries.get_decided_pot)
def amounts_page(pot: PotOfCall) -> ResponseReturnValue:
    """The amounts that the panel decided, with their reasons; the officer enters them until a distribution waits."""
    return _amounts_page(pot, amounts.rows_of(pot.call, pot.pot))


def _amounts_page(
    pot: PotOfCall, rows: Sequence[amounts.AmountRow], form: FlaskForm | None = None, messages: Messages | None = None
) -> str:
    languages, standing = amounts.languages_of(pot.call), queries.standing_proposal(pot.call, pot.pot.id)
    open_now = standing is None and bool(policy.may_enter_amounts(_me(), pot)) and distribution.is_scored(pot.call, pot.pot.id)
    kept = [row.kept for row in rows if row.kept is not None]
    if form is None:
        form = forms.amounts_form(rows, languages, sent=False, decided_on=max((one.decided_on for one in kept), default=None))
    return render_template(
        "decisions/amounts_page.html", call=pot.call, pot=pot.pot, rows=rows, form=form if open_now and rows else None, standing=standing,
        languages=languages, messages=messages or [], together=sum(one.amount_cents for one in kept), most=amounts.most_of(pot.call, pot.pot),
        least=LEAST_REASON, own_names=OWN_NAMES, entries=views.timeline_of_amounts(kept),
    )  # fmt: skip


@blueprint.post("/razpisi/<int:call_id>/zneski/<pot>")
@needs(policy.may_enter_amounts, of=queries.get_decided_pot)
def enter_amounts(pot: PotOfCall) -> ResponseReturnValue:
    """Keep the amounts that the panel decided."""
    rows, languages = amounts.rows_of(pot.call, pot.pot), amounts.languages_of(pot.call)
    form = forms.amounts_form(rows, languages, sent=True)
    form.validate()
    typed = forms.amounts_in(form, rows, languages)
    try:
        entered = actions.enter_amounts(pot.call, pot.pot.id, typed, decided_on=form["decided_on"].data, by=_me())
    except Refused as refused:
        g.roll_back = True
        form["decided_on"].errors = []
        show_faults(form, refused.fields)
        return _amounts_page(pot, rows, form, [] if refused.fields else [(str(refused.message), None)]), refused.status
    flash(ngettext("%(num)s amount is saved.", "%(num)s amounts are saved.", entered), "success")
    return redirect(url_for("decisions.amounts_page", call_id=pot.call.id, pot=pot.pot.id), 303)


@blueprint.get("/razpisi/<int:call_id>/zrebi")
@needs(policy.may_see_proposals, of=get_call)
def lots_page(call: Call) -> ResponseReturnValue:
    """The lots that were drawn, never changed; and, where a division stops at a tie, the place to record one."""
    pots = request.args.getlist("pot")
    tie = lots.tie_of(call, pots) if policy.may_prepare(_me(), call) else None
    return _lots_page(call, pots, tie, forms.lot_form(tie) if tie else None)


def _lots_page(call: Call, pots: list[str], tie: lots.Tie | None, form: FlaskForm | None, messages: Messages | None = None) -> str:
    return render_template(
        "decisions/lots_page.html", call=call, pots=pots, tie=tie, form=form, drawn=queries.lots_of(call), messages=messages or []
    )


@blueprint.post("/razpisi/<int:call_id>/zrebi")
@needs(policy.may_prepare, of=get_call)
def record_lot(call: Call) -> ResponseReturnValue:
    """Keep how a lot was drawn."""
    pots = request.args.getlist("pot")
    tie = lots.tie_of(call, pots)
    if tie is None:
        return _lots_page(
            call, pots, None, None, [(_("No lot is needed here: the rules can be computed without one, or it is recorded already."), None)]
        ), 409
    form = forms.lot_form(tie)
    if not form.validate() and any(form[name].errors for name in ("place", "drawn_by", "witnesses")):
        return _lots_page(call, pots, tie, form), 422
    try:
        actions.record_lot(call, pots, forms.lot_in(form, tie), drawn_on=form["drawn_on"].data, by=_me())
    except Refused as refused:
        g.roll_back = True
        form["drawn_on"].errors = []
        show_faults(form, refused.fields)
        return _lots_page(call, pots, tie, form, [] if refused.fields else [(str(refused.message), None)]), refused.status
    flash(_("The lot is recorded. Compute the distribution again."), "success")
    return redirect(url_for("decisions.proposals", call_id=call.id), 303)


@blueprint.get("/razdelitve/<int:proposal_id>")
@needs(policy.may_see_proposal, of=queries.get_proposal)
def proposal_page(proposal: Proposal) -> ResponseReturnValue:
    """One proposal: each pot with its exact point value and each award with the reason for its amount."""
    return _proposal_page(proposal, DiscardForm())


def _proposal_page(proposal: Proposal, form: DiscardForm, messages: Messages | None = None) -> str:
    person = _me()
    waits = proposal.status == ProposalStatus.PREPARED
    adoption = policy.may_adopt(person, proposal)
    return render_template(
        "decisions/proposal_page.html", proposal=proposal, call=proposal.call, pots=distribution.shown(proposal), form=form,
        messages=messages or [], why={award.id: views.steps_of(award) for award in proposal.awards},
        changes={award.id: views.changes_of(award) for award in proposal.awards}, stability=words.shown(proposal),
        may_adopt=waits and bool(adoption), why_not=adoption.reason if waits and not adoption else None,
        may_discard=waits and bool(policy.may_discard(person, proposal)), entries=views.timeline(proposal, audit.STAFF),
    )  # fmt: skip


@blueprint.post("/razdelitve/<int:proposal_id>/zavrzi")
@needs(policy.may_discard, of=queries.get_proposal)
def discard(proposal: Proposal) -> ResponseReturnValue:
    """Throw a proposal away, with a reason."""
    form = DiscardForm()
    if not form.validate_on_submit():
        return _proposal_page(proposal, form), 422
    actions.discard(proposal, reason=form.reason.data or "", by=_me())
    flash(_("The distribution is discarded."), "success")
    return redirect(url_for("decisions.proposals", call_id=proposal.call_id), 303)


@blueprint.post("/razdelitve/<int:proposal_id>/sprejmi")
@needs(policy.may_adopt, of=queries.get_proposal)
def adopt(proposal: Proposal) -> ResponseReturnValue:
    """The signer adopts a proposal; the decisions are drafted."""
    try:
        drafted = len(actions.adopt(proposal, by=_me()))
    except Refused as refused:
        return _refused(lambda messages: _proposal_page(proposal, DiscardForm(), messages), refused, proposal.call)
    flash(
        ngettext(
            "The distribution is adopted and %(num)s decision is drafted.",
            "The distribution is adopted and %(num)s decisions are drafted.",
            drafted,
        ),
        "success",
    )
    return redirect(url_for("decisions.decisions_page", proposal_id=proposal.id), 303)


@blueprint.get("/razdelitve/<int:proposal_id>/odlocbe")
@needs(policy.may_see_proposal, of=queries.get_proposal)
def decisions_page(proposal: Proposal) -> ResponseReturnValue:
    """The decisions of one proposal: what each lacks, issuing them all, and how far their documents are."""
    rows = views.decision_rows(proposal.call, queries.listed_decisions(proposal))
    drafted = [row for row in rows if row.decision.status == DecisionStatus.DRAFTED]
    return render_template(
        "decisions/decisions_page.html", proposal=proposal, call=proposal.call, rows=rows, drafted=len(drafted),
        incomplete=[row for row in drafted if row.gaps], may_issue=bool(policy.may_issue_all(_me(), proposal)),
        progress=jobs.progress(actions.batch_of(proposal)),
    )  # fmt: skip


@blueprint.post("/razdelitve/<int:proposal_id>/odlocbe/izdaj")
@needs(policy.may_issue_all, of=queries.get_proposal)
def issue_all(proposal: Proposal) -> ResponseReturnValue:
    """Issue every drafted decision of a proposal."""
    issued = actions.issue_all(proposal, by=_me())
    flash(
        ngettext(
            "%(num)s decision is issued. Its document is being made.",
            "%(num)s decisions are issued. Their documents are being made.",
            issued,
        ),
        "success",
    )
    return redirect(url_for("decisions.decisions_page", proposal_id=proposal.id), 303)


@blueprint.get("/razdelitve/<int:proposal_id>/odlocbe/napredek")
@needs(policy.may_see_proposal, of=queries.get_proposal)
def issue_progress(proposal: Proposal) -> ResponseReturnValue:
    """How far the documents are, for the bar on the page."""
    progress = jobs.progress(actions.batch_of(proposal))
    return {"done": progress.done, "failed": progress.failed, "total": progress.total}


@blueprint.get("/odlocbe")
@signed_in
def my_decisions() -> ResponseReturnValue:
    """The issued decisions of the organisations for which the person acts."""
    return render_template("decisions/my_decisions.html", decisions=queries.issued_to(_me()))


@blueprint.get("/odlocbe/<int:decision_id>")
@needs(policy.may_see_decision, of=queries.get_decision)
def decision_page(decision: Decision) -> ResponseReturnValue:
    """One decision: for the office as it grows, for the party once it is issued."""
    person = _me()
    office = policy.reads_in_office(person, decision)
    drafted = decision.status == DecisionStatus.DRAFTED
    gaps = queries.missing_reasons(decision)
    return render_template(
        "decisions/decision_page.html", decision=decision, call=decision.application.call, office=office, gaps=gaps,
        pot=decision.application.call.rulebook.pot(decision.award.pot), lines=views.lines_of(decision), steps=views.steps_of(decision.award), changes=views.changes_of(decision.award),
        document=queries.documents_of([decision]).get(decision.id), languages=queries.languages_of(decision), remedy=views.remedy_of(decision),
        may_issue=drafted and not gaps and bool(policy.may_issue(person, decision)),
        may_complete=drafted and bool(policy.may_complete(person, decision)),
        verified=findings.shown(decision.application), own_names=OWN_NAMES, entries=views.timeline(decision, audit.STAFF if office else audit.PARTY),
    )  # fmt: skip


@blueprint.post("/odlocbe/<int:decision_id>/izdaj")
@needs(policy.may_issue, of=queries.get_decision)
def issue(decision: Decision) -> ResponseReturnValue:
    """Issue one decision."""
    actions.issue(decision, by=_me())
    flash(_("Decision %(number)s is issued. Its document is being made.", number=decision.number), "success")
    return redirect(url_for("decisions.decision_page", decision_id=decision.id), 303)


@blueprint.get("/utemeljitve/<int:line_id>/<any(sl,it):text_language>")
@needs(policy.may_complete_line, of=queries.get_owed)
def reason_page(owed: queries.Owed) -> ResponseReturnValue:
    """Enter a reason that the panel still owes."""
    return _reason_page(owed, ReasonForm())


@blueprint.post("/utemeljitve/<int:line_id>/<any(sl,it):text_language>")
@needs(policy.may_complete_line, of=queries.get_owed)
def complete_reason(owed: queries.Owed) -> ResponseReturnValue:
    """Keep a reason that the panel still owed."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _reason_page(owed, form), 422
    actions.complete_reason(owed.line, language=owed.language, text=form.text.data or "", by=_me())
    flash(_("The reason is entered."), "success")
    return redirect(url_for("decisions.decision_page", decision_id=owed.line.decision_id), 303)


def _reason_page(owed: queries.Owed, form: ReasonForm) -> str:
    return render_template("decisions/reason_page.html", decision=owed.decision, line=owed.line, language=owed.language, form=form)


@blueprint.get("/odlocbe/<int:decision_id>/dokument")
@needs(policy.may_see_decision, of=queries.get_decision)
def decision_document(decision: Decision) -> ResponseReturnValue:
    """The signed act as PDF."""
    document: Document | None = queries.documents_of([decision]).get(decision.id)
    if document is None or document.file_sha256 is None:
        missing()
    return send_file(
        BytesIO(files.read(document.file_sha256)),
        mimetype="application/pdf",
        as_attachment="prenos" in request.args,
        download_name=document.file_name,
    )
