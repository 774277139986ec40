"""Addresses of the transparency stage: what everybody may read."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from grants.applications import joint
from grants.base.access import needs, public
from grants.base.errors import missing
from grants.calls.models import Call
from grants.calls.queries import get_call
from grants.calls.routes import beside_timetable
from grants.decisions import views as decisions
from grants.transparency import bundle, policy, queries, views, waiting
from grants.transparency.queries import PublicAward

blueprint = Blueprint("transparency", __name__)
beside_timetable["waiting"] = waiting.fragment


@blueprint.get("/rezultati")
@public
def result_list() -> ResponseReturnValue:
    """All calls that have results."""
    return render_template("transparency/result_list.html", results=queries.results())


@blueprint.get("/razpisi/<int:call_id>/rezultati")
@needs(policy.may_see_results, of=get_call, anonymous=True)
def results_page(call: Call) -> ResponseReturnValue:
    """The results of one call, pot by pot."""
    pots = views.pots_of(call)
    return render_template(
        "transparency/results_page.html", call=call, pots=pots, file=bundle.find_file(call) if pots else None, partners_of=joint.names_of
    )  # fmt: skip


@blueprint.get("/razpisi/<int:call_id>/rezultati/<int:decision_id>")
@needs(policy.may_see_award, of=queries.get_award, anonymous=True)
def award_page(found: PublicAward) -> ResponseReturnValue:
    """Why one recipient gets this amount: every point with its reason, every step of the computation."""
    decision = found.decision
    return render_template(
        "transparency/award_page.html", call=found.call, decision=decision, pot=found.call.rulebook.pot(decision.award.pot),
        lines=decisions.lines_of(decision), steps=decisions.steps_of(decision.award), changes=decisions.changes_of(decision.award),
        partners=joint.names_of(decision.application),
    )  # fmt: skip


@blueprint.get("/razpisi/<int:call_id>/rezultati.json")
@needs(policy.may_see_bundle, of=get_call, anonymous=True)
def bundle_download(call: Call) -> ResponseReturnValue:
    """The bundle that anybody can recompute."""
    file = bundle.find_file(call) or missing()
    return send_file(BytesIO(file.data), mimetype="application/json", as_attachment=True, download_name=file.name, max_age=0)
