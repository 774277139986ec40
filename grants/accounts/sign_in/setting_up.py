"""Fits the sign-in library in: its settings, its addresses with their rules, its answers, and what its signals put on record."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_security import Security, signals
from flask_security.confirmable import confirm_email_token_status
from wtforms.form import BaseForm

from grants.accounts import states
from grants.accounts.models import User
from grants.accounts.queries import normal_email
from grants.accounts.sign_in.forms import FORMS
from grants.accounts.sign_in.messages import MESSAGES
from grants.accounts.sign_in.parts import SHORTEST_PASSWORD, Codes, Letterbox, Passwords, People
from grants.base import access, audit, clock
from grants.config import Settings, resource

RULES = {
    "login": ("public", True),
    "logout": ("public", True),
    "register": ("public", True),
    "forgot_password": ("public", True),
    "reset_password": ("whoever has the link", True),
    "send_confirmation": ("public", True),
    "confirm_email": ("whoever has the link", True),
    "two_factor_token_validation": ("whoever has just entered the password", True),
    "two_factor_setup": ("whoever has just entered the password", True),
    "mf_recovery": ("whoever has just entered the password", True),
    "two_factor_setup_validate": ("signed_in", False),
    "mf_recovery_codes": ("signed_in", False),
    "verify": ("signed_in", False),
    "change_password": ("signed_in", False),
}
"""Each address of the library, who may use it, and whether that includes visitors. The library enforces these itself."""

UNUSED = ("two_factor_rescue", "tf_select")
"""Addresses that the library registers although there is only one second factor: they answer 404."""

SENT = ("security/forgot_password.html", "security/send_confirmation.html")
"""Pages that the library shows again after a good POST; we redirect, so that reloading sends nothing twice."""

WITHOUT_SECOND_FACTOR = ("static", "root", "health", "accounts.account", "accounts.profile")
"""What staff may open before they have set up the second factor, besides the addresses of signing in."""


def init_app(app: Flask) -> None:
    """Everything, in the order in which it depends on each other."""
    for name, value in _settings(app.config["SETTINGS"]).items():
        app.config.setdefault(f"SECURITY_{name}", value)
    cost = app.config.get("SECURITY_ARGON2_OPTIONS", {})  # tests hash quickly
    app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {f"argon2__{name}": value for name, value in cost.items()}
    for name, message in MESSAGES.items():
        app.config[f"SECURITY_MSG_{name}"] = message
    security = Security(
        app, People(), mail_util_cls=Letterbox, password_util_cls=Passwords, totp_cls=Codes, render_template=_render, **FORMS
    )
    security.want_json(lambda _request: False)
    security.principal.skip_static = True  # else each style sheet and script would ask who it is for
    for endpoint, (rule, anonymous) in RULES.items():
        access.declare_rule(f"security.{endpoint}", rule, anonymous=anonymous)
    for endpoint in UNUSED:
        access.declare_rule(f"security.{endpoint}", "nobody", anonymous=True)
        app.view_functions[f"security.{endpoint}"] = _nobody
    app.view_functions["security.confirm_email"] = _ask_before(app.view_functions["security.confirm_email"])
    _limit(app)
    app.before_request(_staff_need_a_second_factor)
    app.after_request(_status_and_redirect)


def _settings(settings: Settings) -> dict[str, Any]:
    secret = settings.totp_secret or settings.secret_key
    return {
        "URL_PREFIX": "/<any(sl,it,en):lang>/racun",
        "LOGIN_URL": "/prijava", "LOGOUT_URL": "/odjava", "REGISTER_URL": "/registracija", "RESET_URL": "/pozabljeno-geslo",
        "CHANGE_URL": "/geslo", "CONFIRM_URL": "/potrditev", "VERIFY_URL": "/znova-geslo", "TWO_FACTOR_SETUP_URL": "/druga-stopnja",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/koda", "TWO_FACTOR_RESCUE_URL": "/resitev", "TWO_FACTOR_SELECT_URL": "/izbira",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/rezervne-kode", "MULTI_FACTOR_RECOVERY_URL": "/rezervna-koda",
        "STATIC_FOLDER": None, "CLI_USERS_NAME": None, "CLI_ROLES_NAME": None, "JOIN_USER_ROLES": False,
        "REGISTERABLE": True, "CONFIRMABLE": True, "RECOVERABLE": True, "CHANGEABLE": True, "TWO_FACTOR": True,
        "RETURN_GENERIC_RESPONSES": True,
        "LOGOUT_METHODS": ["POST"],
        "POST_LOGIN_VIEW": "accounts.welcome", "POST_LOGOUT_VIEW": "desk.start", "POST_REGISTER_VIEW": "accounts.check_mail",
        "POST_CONFIRM_VIEW": ".login", "POST_RESET_VIEW": ".login", "POST_CHANGE_VIEW": "accounts.account",
        "POST_VERIFY_VIEW": "accounts.account", "TWO_FACTOR_POST_SETUP_VIEW": "accounts.account",
        "API_ENABLED_METHODS": ["session"],
        "PASSWORD_SALT": settings.password_salt or settings.secret_key,
        "PASSWORD_HASH": "argon2", "PASSWORD_SCHEMES": ["argon2"], "DEPRECATED_PASSWORD_SCHEMES": [],
        # Only for marks inside signed links, where a slow hash would tell by its duration that an account exists.
        "HASHING_SCHEMES": ["hex_sha256"], "DEPRECATED_HASHING_SCHEMES": [],
        "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD, "PASSWORD_CONFIRM_REQUIRED": False, "PASSWORD_NORMALIZE_FORM": "NFKC",
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": not settings.production},
        "EMAIL_PLAINTEXT": False, "EMAIL_HTML": False,
        "CONFIRM_EMAIL_WITHIN": timedelta(days=2), "RESET_PASSWORD_WITHIN": timedelta(hours=3),
        "FRESHNESS": timedelta(hours=1), "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"], "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 60, "TWO_FACTOR_ALWAYS_VALIDATE": True, "TWO_FACTOR_SETUP_WITHIN": timedelta(minutes=30),
        "TOTP_SECRETS": {"1": secret}, "TOTP_ISSUER": "Merila",
        "MULTI_FACTOR_RECOVERY_CODES": True, "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_key("recovery-codes", secret)],
        "DATETIME_FACTORY": clock.now,
        # The library's texts are ours (messages.py), so they are found where all our texts are.
        "I18N_DOMAIN": "messages", "I18N_DIRNAME": str(resource("translations")),
    }  # fmt: skip


def _key(purpose: str, secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())


def _render(template: str, **context: Any) -> Any:
    """The library's pages: refused input answers 422, and what was sent is not sent again by a reload."""
    if request.method == "POST":
        if any(form.errors for form in context.values() if isinstance(form, BaseForm)):
            g.refused_input = True
        elif template in SENT:
            return redirect(url_for(str(request.endpoint)))
    return render_template(template, **context)


def _status_and_redirect(response: Response) -> Response:
    if request.blueprint == "security" and request.method == "POST":
        if response.status_code == 200 and g.get("refused_input"):
            response.status_code = 422
        elif response.status_code == 302:
            response.status_code = 303
    return response


def _nobody(**_arguments: Any) -> ResponseReturnValue:
    abort(404)


def _ask_before(confirm: Callable[..., Any]) -> Callable[..., Any]:
    """The link in the message shows a page with one button: opening it changes nothing, so mail scanners confirm nobody."""

    def confirm_email(token: str) -> Any:
        if request.method in ("GET", "HEAD"):
            expired, invalid, person = confirm_email_token_status(token)  # type: ignore[no-untyped-call]  # untyped in the library
            if person is not None and not expired and not invalid and person.confirmed_at is None:
                return render_template("security/confirm_email.html", person=person)
        return confirm(token=token)

    return confirm_email


def _staff_need_a_second_factor() -> ResponseReturnValue | None:
    """Who works in the office opens nothing before the second factor is set up."""
    if (
        request.endpoint == "static"
        or "_user_id" not in session
        or request.blueprint == "security"
        or request.endpoint in WITHOUT_SECOND_FACTOR
    ):
        return None
    person = access.current_person()
    if person is None or not person.staff_roles or person.has_second_factor:
        return None
    return redirect(url_for("security.two_factor_setup"), 303)


def _account_and_address() -> str:
    return f"{_account()} {request.remote_addr}"


def _account() -> str:
    return normal_email(request.form.get("email", "")) or str(session.get("tf_user_id") or session.get("_user_id") or request.remote_addr)


def _address() -> str:
    return str(request.remote_addr)


LIMITS: dict[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    # A whole town may sit behind one address on the last day: at the sign-in an address pays only for passwords that were wrong.
    "login": (("10 per 10 minutes", _account_and_address), ("300 per 10 minutes", _address)),
    "verify": (("10 per 10 minutes", _account),),
    "two_factor_token_validation": (("10 per 10 minutes", _account),),
    "mf_recovery": (("10 per 10 minutes", _account),),
    "change_password": (("10 per 10 minutes", _account),),
    # These send messages: nobody's letterbox is filled by strangers.
    "register": (("5 per hour", _account), ("2000 per hour", _address)),
    "forgot_password": (("5 per hour", _account), ("2000 per hour", _address)),
    "send_confirmation": (("5 per hour", _account), ("2000 per hour", _address)),
}


def _limit(app: Flask) -> None:
    limiter = Limiter(key_func=_address, storage_uri="memory://", headers_enabled=False)
    enabled = app.config.get("RATELIMIT_ENABLED", True)
    app.config["RATELIMIT_ENABLED"] = True  # set up in any case; whether it counts is asked at each request
    limiter.init_app(app)
    app.config["RATELIMIT_ENABLED"] = enabled
    app.extensions["grants_limiter"] = limiter  # what it limits refers to it only weakly
    for endpoint, limits in LIMITS.items():
        view: Callable[..., Any] = app.view_functions[f"security.{endpoint}"]
        for limit, key in limits:
            counts = _failed if (endpoint, key) == ("login", _address) else None
            view = limiter.limit(limit, key_func=key, methods=["POST"], exempt_when=_unlimited, deduct_when=counts, scope=endpoint)(view)
        app.view_functions[f"security.{endpoint}"] = view


def _failed(response: Response) -> bool:
    return response.status_code >= 400


def _unlimited() -> bool:
    return not current_app.config["RATELIMIT_ENABLED"]


@signals.user_registered.connect
def _registered(_app: Flask, user: User, **_: Any) -> None:
    audit.record(states.REGISTERED, user, by=user)


@signals.user_confirmed.connect
def _confirmed(_app: Flask, user: User, **_: Any) -> None:
    audit.record(states.CONFIRMED, user, by=user)


@signals.password_changed.connect
def _changed(_app: Flask, user: User, **_: Any) -> None:
    audit.record(states.PASSWORD_CHANGED, user, by=user, how="changed")


@signals.password_reset.connect
def _reset(_app: Flask, user: User, **_: Any) -> None:
    audit.record(states.PASSWORD_CHANGED, user, by=user, how="reset")


@signals.user_authenticated.connect
def _signed_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_: Any) -> None:
    if authn_via != ["change"]:  # a changed password signs the same person in again
        audit.record(states.SIGNED_IN, user, by=user)
