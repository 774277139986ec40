"""Who may use which address. Every view declares its rule; one without a rule answers nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Verdict:
    """Yes; or no with a reason that can be shown; or no in a way that does not even admit that the thing exists."""

    allowed: bool
    reason: Any = None
    exists: bool = True

    def __bool__(self) -> bool:
        return self.allowed

    @staticmethod
    def yes() -> Verdict:
        """May."""
        return Verdict(True)

    @staticmethod
    def no(reason: Any) -> Verdict:
        """May not, and may know why: 403."""
        return Verdict(False, reason)

    @staticmethod
    def hidden() -> Verdict:
        """None of this person's business: 404."""
        return Verdict(False, None, exists=False)


@dataclass(frozen=True)
class Rule:
    """What an endpoint declared: `name` is the rule's name in the role x route table."""

    name: str
    anonymous: bool = False


DECLARED: dict[str, Rule] = {}
"""Rules of endpoints that a library registered and that we cannot decorate."""


def current_person() -> Any | None:
    """The person who is signed in, or None."""
    return current_user._get_current_object() if current_user and current_user.is_authenticated else None


def needs(rule: Callable[..., Verdict], *, of: Callable[..., Any] | None = None, anonymous: bool = False) -> Callable[[View], View]:
    """Load the thing named in the address, ask the rule, and hand the thing to the view.

    `rule(user, thing)`, or `rule(user)` without `of`. People who are not signed in are asked to sign in first, so that
    an address tells them nothing, unless the rule also judges visitors (`anonymous=True`, user is None).
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            person = current_person()
            if person is None and not anonymous:
                return _ask_to_sign_in()
            if of is None:
                _enforce(rule(person))
                return view(**arguments)
            thing = of(**arguments)
            _enforce(rule(person, thing))
            return view(thing)

        return cast(View, _with_rule(guarded, Rule(rule.__name__, anonymous)))

    return declare


def _with_rule(view: Any, rule: Rule) -> Any:
    view.access_rule = rule
    return view


def public(view: View) -> View:
    """Anyone may open this."""
    return cast(View, _with_rule(view, Rule("public", anonymous=True)))


def signed_in(view: View) -> View:
    """Anyone with an account may open this; what it shows is their own."""

    @wraps(view)
    def guarded(**arguments: Any) -> Any:
        if current_person() is None:
            return _ask_to_sign_in()
        return view(**arguments)

    return cast(View, _with_rule(guarded, Rule("signed_in")))


def declare_rule(endpoint: str, name: str, *, anonymous: bool = False) -> None:
    """Declare the rule of an endpoint that a library registered; the library enforces it."""
    DECLARED[endpoint] = Rule(name, anonymous)


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The declared rule of an endpoint, or None."""
    return getattr(app.view_functions.get(endpoint), "access_rule", None) or DECLARED.get(endpoint)


def sign_in_address() -> str:
    """Where to sign in, and the way back: to this page if it can be opened, else to the person's desk."""
    opens = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return url_for("security.login", next=request.full_path.rstrip("?") if opens else url_for("desk.my_desk"))


def _ask_to_sign_in() -> Any:
    if request.method in ("GET", "HEAD"):
        return redirect(sign_in_address())
    # A form was sent after the session had ended: keep what was typed (errors/expired.html).
    from flask_wtf.csrf import CSRFError

    raise CSRFError("signed out")


def _enforce(verdict: Verdict) -> None:
    if verdict.allowed:
        return
    if not verdict.exists:
        abort(404)
    refusal: Any = Forbidden()
    refusal.reason = verdict.reason
    raise refusal


def init_app(app: Flask) -> None:
    """Refuse every endpoint that declared no rule."""

    @app.before_request
    def no_rule_no_answer() -> None:
        if request.endpoint is not None and rule_of(current_app, request.endpoint) is None:
            current_app.logger.error("endpoint %s has no access rule", request.endpoint)
            abort(404)
