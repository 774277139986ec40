"""The addresses of people and organisations hang on one blueprint; and what each of them needs: who asks, how a form is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from grants.accounts import forms, identifiers
from grants.accounts.models import User
from grants.accounts.sign_in import setting_up
from grants.base import transaction
from grants.base.access import current_person
from grants.base.errors import Refused

blueprint = Blueprint("accounts", __name__)


def init_app(app: Flask) -> None:
    """Sign-in, how templates show an IBAN, and where files are checked before anything is written."""
    setting_up.init_app(app)
    transaction.READS_FIRST.update(("accounts.keep_document", "accounts.replace_document"))
    app.jinja_env.filters["iban"] = identifiers.spaced_iban
    app.jinja_env.globals.update(
        legal_forms=forms.LEGAL_FORMS, member_roles=forms.MEMBER_ROLES, staff_roles=forms.ROLES,
        document_kinds=forms.DOCUMENT_KINDS,
    )  # fmt: skip


def me() -> User:
    person = current_person()
    assert person is not None  # every address here that asks is for people who are signed in
    return person


def done(message: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(endpoint, **values), 303)


def tried(form: FlaskForm, action: Callable[[], Any], *, but: tuple[type[Refused], ...] = ()) -> tuple[Any, int]:
    """What the action gave and 0; or None and the status of its refusal, whose messages stand in the form then.

    The page answers the refusals in `but` in another way.
    """
    if not form.validate():
        return None, 422
    try:
        return action(), 0
    except but:
        raise
    except Refused as refusal:
        shown = {name: message for name, message in refusal.fields.items() if name in form}
        for name, message in shown.items():
            form[name].errors = [*form[name].errors, str(message)]
        if not shown:
            form.form_errors.append(str(refusal.message))
        return None, refusal.status


def typed(form: FlaskForm) -> dict[str, Any]:
    return {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
