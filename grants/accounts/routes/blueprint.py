"""The addresses of people and organisations hang on one blueprint; and what each of them needs: who asks, how a form is tried."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from grants.accounts import forms, identifiers
from grants.accounts.models import User
from grants.accounts.sign_in import setting_up
from grants.base import transaction
from grants.base.access import current_person

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


def typed(form: FlaskForm) -> dict[str, Any]:
    return {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
