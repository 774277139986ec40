"""How far an application is, by the number on its receipt, without signing in."""

from __future__ import annotations

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from grants.applications import letters, office_forms, presentation, queries
from grants.applications.routes.blueprint import blueprint
from grants.base import audit
from grants.base.access import public


@blueprint.route("/stanje", methods=["GET", "POST"])
@public
def status_by_number() -> ResponseReturnValue:
    """The state and what has happened, for whoever holds the receipt. No name, no answer, no amount."""
    # The link on the receipt fills them in; asking stays a press of the button, which is counted.
    form = office_forms.StatusForm(data={name: request.args.get(name, "")[:60] for name in ("number", "code")})
    if request.method == "GET" or not form.validate():
        return render_template("applications/status_by_number.html", form=form, found=None), 200 if request.method == "GET" else 422
    g.roll_back = True  # a form that changes nothing: nobody's lock is asked for
    code = "".join((form.code.data or "").split()).lower()
    known = queries.find_by_number((form.number.data or "").strip())
    if known is None or len(code) < letters.SIGNS or not known[1].content_sha256.startswith(code):
        form.code.errors = [_("No application has this number and this fingerprint. Copy both from the receipt.")]
        return render_template("applications/status_by_number.html", form=form, found=None), 422
    application, submission = known
    return render_template(
        "applications/status_by_number.html", form=form, found=submission, call=application.call, banner=presentation.banner(application),
        replaced=application.number != submission.number,
        timeline=presentation.lines(presentation.without_people(audit.timeline(application, audit.PARTY)), {}, inside=False),
    )  # fmt: skip


def limit(app: Flask) -> None:
    """By number and not by address: a library full of people may look up theirs, and nobody tries many codes on one."""
    limiter = app.extensions["grants_limiter"]
    view = app.view_functions["applications.status_by_number"]
    limited = limiter.limit("20 per 10 minutes", key_func=_number, methods=["POST"], exempt_when=_unlimited, scope="status")(view)
    app.view_functions["applications.status_by_number"] = limited


def _number() -> str:
    return f"number {request.form.get('number', '').strip()[:60]}"


def _unlimited() -> bool:
    return not current_app.config["RATELIMIT_ENABLED"]
