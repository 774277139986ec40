"""A web server to be measured: the product's own, or a bare Flask page on the same database as the floor. Stops by itself.

python -m bench.serving product|floor PORT SECONDS
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from grants.serving import Server

SQL_HEADER = "X-Bench-SQL"
_count = threading.local()


def count_statements(app: Flask) -> Flask:
    """Say in a header how many statements a request ran, BEGIN, COMMIT and PRAGMA not counted. Only here, never in the product."""
    from sqlalchemy import event

    from grants.base.db import db

    inner = app.wsgi_app

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "SAVEPOINT", "RELEASE")):
            _count.sql = getattr(_count, "sql", 0) + 1

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        _count.sql = 0

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (SQL_HEADER, str(_count.sql))], *rest)

        return inner(environ, start)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    app.wsgi_app = outer  # type: ignore[method-assign, assignment]
    return app


class Product(Server):
    """The product as it serves everywhere, with a count of statements."""

    def load(self) -> Flask:
        return count_statements(super().load())


FLOOR_PAGE = """<!DOCTYPE html><html lang="sl"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
{% if table %}<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>
{% else %}<dl>{% for name, value in rows %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>{% endif %}</body></html>"""


def floor() -> Flask:
    """One query and one template for each page: what Flask, Jinja and SQLAlchemy cost before a product does anything."""
    from flask import render_template_string
    from sqlalchemy import create_engine, text

    from grants.config import from_environment

    app = Flask("floor")
    engine = create_engine(from_environment().database_url, pool_size=8)
    if engine.dialect.name == "sqlite":
        from grants.base.db import prepare_engine

        prepare_engine(engine)

    def pairs(statement: str, number: int) -> str:
        with engine.connect() as connection:
            row = connection.execute(text(statement), {"number": number}).mappings().one()
        found: list[tuple[str, Any]] = []
        for name, value in row.items():
            data = json.loads(value) if isinstance(value, str) and value.startswith("{") else value
            found += [(key, one) for key, one in data.items()] if isinstance(data, dict) else [(name, data)]
        return render_template_string(FLOOR_PAGE, title="Floor", rows=found, table=False)

    @app.get("/call/<int:number>")
    def call(number: int) -> str:
        return pairs("select reference, title, content, opens_at, closes_at from call where id = :number", number)

    @app.get("/application/<int:number>")
    def application(number: int) -> str:
        return pairs("select number, status, answers from application where id = :number", number)

    @app.get("/list/<int:number>")
    def list_of(number: int) -> str:
        statement = (
            "select a.number, o.name, a.track, a.submitted_at, a.status from application a"
            " join organisation o on o.id = a.organisation_id where a.call_id = :number order by a.submitted_at"
        )
        with engine.connect() as connection:
            rows = connection.execute(text(statement), {"number": number}).all()
        return render_template_string(FLOOR_PAGE, title="Floor", rows=rows, table=True)

    @app.post("/submit/<int:number>")
    def submit(number: int) -> dict[str, bool]:
        """The rows of one submission, without anything that makes them right."""
        from datetime import UTC, datetime
        from uuid import uuid4

        at, text_of = datetime.now(UTC), json.dumps({"answers": {f"q{n}": "x" * 400 for n in range(18)}})
        with engine.begin() as connection:
            run = connection.execute
            run(text("update case_register set last = last where call_id = (select call_id from application where id = :n)"), {"n": number})
            run(
                text("insert into submission (application_id, sequence, number, received_at, content, content_sha256, by_id) select :n, max(sequence) + 1, :u, :at, :c, :u, max(by_id) from submission where application_id = :n"),
                {"n": number, "u": uuid4().hex, "at": at, "c": text_of},
            )  # fmt: skip
            run(text("update application set saved_at = :at where id = :n"), {"n": number, "at": at})
            run(
                text("insert into job (kind, argument, created_at, run_after, attempts, gave_up) values ('floor', :n, :at, :at, 6, :no)"),
                {"n": number, "at": at, "no": False},
            )
            head = run(
                text("select position from audit_head where id = 1" + ("" if engine.dialect.name == "sqlite" else " for update"))
            ).scalar_one()
            run(
                text("insert into audit_event (position, at, kind, subject_type, subject_id, actor, data, previous_sha256, sha256) values (:p, '', 'floor', '', :n, '', '', :u, :u)"),
                {"p": head + 1, "n": number, "u": uuid4().hex},
            )  # fmt: skip
            run(text("update audit_head set position = :p where id = 1"), {"p": head + 1})
        return {"ok": True}

    return app


class Floor(Server):
    """The same gunicorn around the bare app."""

    def load(self) -> Flask:
        import gc

        app = floor()
        gc.collect()
        gc.freeze()
        return app


def stop_with_parent(seconds: float) -> None:
    """End when whoever started us has ended, or when the time is over."""
    parent, end = os.getppid(), time.monotonic() + seconds

    def watch() -> None:
        while os.getppid() == parent and time.monotonic() < end:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    which, port, seconds = sys.argv[1:4]
    stop_with_parent(float(seconds))
    {"product": Product, "floor": Floor}[which](f"127.0.0.1:{port}", 2).run()
