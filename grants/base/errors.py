"""Refusals that people can read: what happened, why, and what to do next; and the pages that show them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Flask, abort, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from grants.base import access

log = logging.getLogger(__name__)


class Refused(Exception):
    """An action that may not happen now. `message` is for the person, `fields` ties parts of it to fields of the form."""

    def __init__(self, message: Any, *, fields: Mapping[str, Any] | None = None, status: int = 409) -> None:
        super().__init__(str(message))
        self.message = message
        self.fields = dict(fields or {})
        self.status = status


def missing() -> NoReturn:
    """There is no such thing, or it is none of this person's business: both look the same."""
    abort(404)


def page(status: int, title: str, happened: str, *, todo: str = "") -> ResponseReturnValue:
    """A page that explains one error; the same as data for a script of ours that asks for data."""
    if wants_data():
        return jsonify(status=status, title=title, happened=happened, todo=todo), status
    return render_template("errors/error.html", status=status, title=title, happened=happened, todo=todo, typed=_typed()), status


def _typed() -> list[tuple[str, str]]:
    """What the form held that could not be taken, without what is nobody's to read. A form that could not be read holds nothing."""
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token" and "password" not in name]
    except (HTTPException, OSError):
        return []


def wants_data() -> bool:
    """Whether a script of ours asks, which reads data instead of pages."""
    return bool(request.accept_mimetypes.best == "application/json")


def _texts(status: int) -> tuple[str, str, str]:
    texts = {
        400: (_("We could not read your request"), _("Something in the address or the form was not as expected."), _("Go back and try again.")),
        403: (_("You may not do this"), _("Your role does not include this step."), _("If you think this is a mistake, write to the contact of the call.")),
        404: (_("There is no such page"), _("The address may be mistyped, or the page may not be meant for the account you are signed in with."), _("Start from the list of calls, or sign in with another account.")),
        405: (_("This address cannot be opened like that"), _("It only takes a form that was sent from its page."), _("Go back to the page with the form and send it again.")),
        409: (_("This cannot be done now"), _("The state has changed since you opened the page."), _("Reload the page and look at what has changed.")),
        413: (_("The file is too large"), _("The server takes smaller files."), _("Make the file smaller or split it, then send it again.")),
        429: (_("Too many attempts"), _("To protect the accounts we slow down after many attempts."), _("Wait a minute and try again. Nothing is lost.")),
        500: (_("Something broke on our side"), _("The error was written down and nothing was changed half-way."), _("Try again in a minute. If it happens again, write to the contact of the call.")),
    }  # fmt: skip
    return texts.get(status, texts[500] if status >= 500 else texts[400])


def init_app(app: Flask) -> None:
    """Register the pages."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        g.roll_back = True
        return page(error.status, _("This cannot be done now"), str(error.message))

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> ResponseReturnValue:
        g.roll_back = True
        files = [upload.filename for upload in request.files.values() if upload.filename]
        sign_in = access.sign_in_address()
        if wants_data():
            return jsonify(status=400, signed_out=True, sign_in=sign_in), 400
        action = request.full_path.rstrip("?")
        return make_response(render_template("errors/expired.html", typed=_typed(), action=action, sign_in=sign_in, files=files), 400)

    @app.errorhandler(StaleDataError)
    def stale(_error: StaleDataError) -> ResponseReturnValue:
        g.roll_back = True
        title, happened, todo = _texts(409)
        return page(409, title, happened, todo=todo)

    @app.errorhandler(IntegrityError)
    def integrity(error: IntegrityError) -> ResponseReturnValue:
        log.warning("refused by the database: %s", error.orig)
        return stale(StaleDataError())

    @app.errorhandler(DataError)
    def no_such_value(error: DataError) -> ResponseReturnValue:
        log.warning("a value that no column holds: %s", error.orig)
        g.roll_back = True
        title, happened, todo = _texts(400)
        return page(400, title, happened, todo=todo)

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> ResponseReturnValue:
        log.error("database: %s", error)
        g.roll_back = True
        title, happened, todo = _texts(500)
        return page(503, title, happened, todo=todo)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or error.code is None or error.code < 400:
            return error.get_response()
        title, happened, todo = _texts(error.code)
        reason = getattr(error, "reason", None)
        return page(error.code, title, str(reason) if reason else happened, todo=todo)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        if app.testing and not app.config.get("SHOW_ERROR_PAGES"):
            raise error
        log.exception("unexpected")
        g.roll_back = True
        title, happened, todo = _texts(500)
        return page(500, title, happened, todo=todo)
