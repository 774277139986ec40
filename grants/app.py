"""The only place that knows everyone: builds the app and registers the stages in the order of a grant's life."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from grants.base import access, clock, errors, files, language, schema, transaction, workflow
from grants.base.db import db, prepare_engine
from grants.base.incoming import Incoming
from grants.config import Settings, from_environment, resource

STAGES = ("accounts", "calls", "applications", "evaluation", "decisions", "transparency", "desk")
LANGUAGE_PREFIX = "/<any(sl,it,en):lang>"
csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """A number in an address. One that no column could hold belongs to nothing: 404, not an error of the database."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - the library's name
        super().__init__(map, **({"max": 2**31 - 1} | options))


SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """One application, from the environment unless settings are given. `overrides` are Flask settings, for tests."""
    settings = settings or from_environment()
    app = transaction.TransactionalFlask(
        "grants", template_folder=str(resource("templates")), static_folder=str(resource("static")), static_url_path="/static"
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MAX_CONTENT_LENGTH=files.LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.config.update(overrides)
    app.request_class = Incoming
    app.url_map.converters["int"] = RowNumber
    settings.data.mkdir(parents=True, exist_ok=True)
    _templates(app)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, synchronous=app.config.get("SQLITE_SYNCHRONOUS", "FULL"))
    schema.init_app(app)
    transaction.refuse_writes_in_reads(db.session)
    workflow.guard(db.session)
    errors.init_app(app)
    language.init_app(app)
    csrf.init_app(app)
    access.init_app(app)
    _pages(app)
    for stage in STAGES:
        routes = _routes(stage)
        app.register_blueprint(routes.blueprint, url_prefix=LANGUAGE_PREFIX)
        init = getattr(routes, "init_app", None)
        if init is not None:
            init(app)
        try:
            import_module(f"grants.{stage}.jobs")
        except ModuleNotFoundError as missing:
            if missing.name != f"grants.{stage}.jobs":
                raise
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1, x_host=1)  # type: ignore[method-assign]  # Flask's way to wrap an app
    return app


def _routes(stage: str) -> ModuleType:
    """The addresses of a stage. Where they outgrew one room, all rooms of the folder hang on the one blueprint."""
    routes = import_module(f"grants.{stage}.routes")
    if not hasattr(routes, "__path__"):
        return routes
    for room in iter_modules(routes.__path__):
        import_module(f"{routes.__name__}.{room.name}")
    return import_module(f"{routes.__name__}.blueprint")


def _templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals["asset"] = asset

    @app.context_processor
    def shell() -> dict[str, Any]:
        from grants.calls.municipality import municipality
        from grants.desk.navigation import navigation

        return {
            "lang": language.current_language(),
            "language_links": _language_links(),
            "municipality": municipality(),
            "navigation": navigation,  # a function: pages that must not ask the database do not call it
            "links": {
                "home": url_for("desk.start"),
                "sign_in": url_for("security.login"),
                "sign_out": url_for("security.logout"),
                "register": url_for("security.register"),
                "account": url_for("accounts.account"),
                "accessibility": url_for("desk.accessibility"),
                "about": url_for("desk.about"),
            },
            "server_time": clock.now(),
        }


@lru_cache(maxsize=256)
def _digest(name: str) -> str:
    return hashlib.sha256((resource("static") / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep the file for a year."""
    return url_for("static", filename=name, v=_digest(name))


def _language_links() -> list[tuple[str, str, str]]:
    links = []
    for code in language.LANGUAGES:
        address = f"/{code}/"
        if request.endpoint and request.view_args is not None and request.method == "GET":
            try:
                address = url_for(request.endpoint, **{**request.args.to_dict(flat=False), **request.view_args, "lang": code})
            except Exception:  # an address that cannot be built in another language leads to its first page
                address = f"/{code}/"
        links.append((code, language.OWN_NAMES[code], address))
    return links


def _pages(app: Flask) -> None:
    @app.get("/")
    @access.public
    def root() -> ResponseReturnValue:
        """Send people to the first page in the language of their browser."""
        chosen = request.accept_languages.best_match(language.LANGUAGES, "sl") if request.accept_languages else "sl"
        return redirect(f"/{chosen}/", 302)

    @app.get("/zdravje")
    @access.public
    def health() -> ResponseReturnValue:
        """For the watchdog of the server: the database answers."""
        db.session.execute(db.text("select 1"))
        return {"ok": True}

    access.declare_rule("static", "public", anonymous=True)

    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("Content-Language", g.get("lang", "sl"))
        return response
