"""Files of a draft over HTTP: one at a time or with the form, each refusal with its reason, nothing doubled, nothing in the way of others."""

from __future__ import annotations

import io
import socketserver
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from grants.accounts.models import User
from grants.applications import queries
from grants.applications.actions import submitting
from grants.applications.models import Application
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import make_application, make_call, make_person, owner_of
from tests.base.hostile import GOOD, HOSTILE, MEGABYTE, pdf
from tests.conftest import sign_in
from tests.pages import LintingClient

ROOT = Path(__file__).parents[2]
JSON = {"Accept": "application/json"}


@pytest.fixture
def application(app: Flask) -> Application:
    """A draft with a place for files."""
    return make_application(call=make_call(rulebook="obala-ngo-2026", area="ngo"))


@pytest.fixture
def visitor(app: Flask, application: Application) -> LintingClient:
    """Who may edit it."""
    client = app.test_client()
    assert isinstance(client, LintingClient)
    return sign_in(client, owner(application))


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def owner(application: Application) -> User:
    return owner_of(again(application).organisation)


def place_for_files(application: Application) -> str:
    return next(one.id for one in queries.track_of(again(application).call, application.track).facts if one.kind == "file")


def upload(visitor: LintingClient, application: Application, name: str, data: bytes, language: str = "en", **headers: str) -> TestResponse:
    fields = {"fact": place_for_files(application), "file": (io.BytesIO(data), name)}
    return closed(visitor.post(f"/{language}/vloge/{application.id}/priloge/nova", data=fields, headers=headers or JSON))


def closed(answer: TestResponse) -> TestResponse:
    """What the library wrote large requests into is closed at once."""
    answer.request.environ["wsgi.input"].close()
    return answer


def attached(application: Application) -> list[str]:
    return [one.name for one in queries.attachments_of(again(application))]


def test_each_hostile_upload_ends_in_a_clear_answer(visitor: LintingClient, application: Application) -> None:
    unclear = {}
    for what, (name, make, said) in HOSTILE.items():
        answer = upload(visitor, application, name, make())
        happened = (answer.json or {}).get("happened", "")
        parts = (said, f"The file “{name}” was not accepted.", "Accepted here: pdf, png, jpg, docx, xlsx, odt, each up to 20 MB.")
        if answer.status_code != (413 if what == "21 MB" else 422) or not all(part in happened for part in parts):
            unclear[what] = (answer.status_code, happened)
    assert unclear == {}
    assert attached(application) == []


@pytest.mark.parametrize("what", ["nothing", "21 MB", "svg", "bomb of one part", "locked pdf"])
def test_the_form_says_the_same_beside_the_question_and_keeps_the_good_files(
    visitor: LintingClient, application: Application, what: str
) -> None:
    name, make, said = HOSTILE[what]
    fields = {"version": application.version, f"f_{place_for_files(application)}": [(io.BytesIO(make()), name), (io.BytesIO(pdf()), "statut.pdf")]}  # fmt: skip
    answer = closed(visitor.post(f"/en/vloge/{application.id}/obrazec", data=fields))
    assert answer.status_code == 422
    assert said in answer.text
    assert attached(application) == ["statut.pdf"]


@pytest.mark.parametrize("what", GOOD)
def test_what_is_attached_leaves_only_as_a_download(visitor: LintingClient, application: Application, what: str) -> None:
    name, make = GOOD[what]
    assert upload(visitor, application, name, make()).status_code == 200
    (one,) = queries.attachments_of(again(application))
    answer = visitor.get(f"/sl/vloge/{application.id}/priloge/{one.id}")
    assert answer.data == make()
    assert answer.headers["Content-Type"] == one.media_type
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={name}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_sent_twice_is_attached_once_and_both_answers_are_good(visitor: LintingClient, application: Application) -> None:
    first, second = (upload(visitor, application, "../../statut društva.pdf", pdf()) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert attached(application) == ["statut društva.pdf"]
    for answer in (first, second):
        assert answer.json is not None
        assert answer.json["said"] == "The file “statut društva.pdf” is attached."
        assert "statut društva.pdf" in answer.json["list"]
    assert "Used 0.1 of 200 MB for all files of this application." in visitor.get(f"/en/vloge/{application.id}/obrazec").text


def test_without_our_script_the_answer_is_the_form(visitor: LintingClient, application: Application) -> None:
    answer = upload(visitor, application, "statut.pdf", pdf(), Accept="text/html")
    assert (answer.status_code, answer.location) == (303, f"/en/vloge/{application.id}/obrazec#f_{place_for_files(application)}")
    page = visitor.get(answer.location).text
    assert "The file “statut.pdf” is attached." in page
    assert "Used 0.1 of 200 MB" in page
    refused = upload(visitor, application, "program.exe", b"MZ", Accept="text/html")
    assert refused.status_code == 422
    assert "Files of the kind “exe” are not taken." in refused.text


def test_the_limits_are_those_of_the_call(app: Flask, client: LintingClient) -> None:
    call = make_call(rulebook="obala-ngo-2026", area="ngo", largest_file_mb=1, largest_total_mb=1)
    application = make_application(call=call)
    sign_in(client, owner(application))
    page = client.get(f"/en/vloge/{application.id}/obrazec").text
    assert "up to 1 MB" in page and "Used 0 of 1 MB" in page
    public = client.get(f"/en/razpisi/{call.id}/obrazec/{application.track}").text
    assert "each at most 1 MB, all together at most 1 MB" in public
    answer = upload(client, application, "velika.pdf", pdf(bytes(MEGABYTE)))
    assert answer.status_code == 413 and "larger than 1 MB" in answer.get_data(as_text=True)
    one, other = (pdf(b"(%d%s)" % (number, b"." * (MEGABYTE * 6 // 10))) for number in range(2))
    assert upload(client, application, "prva.pdf", one).status_code == 200
    second = upload(client, application, "druga.pdf", other)
    assert second.status_code == 413 and second.json is not None
    assert second.json["happened"].startswith(
        "The file “druga.pdf” was not added: it has 0.7 MB, and of the 1 MB for all files of this application 0.7 MB are used."
    )
    assert attached(application) == ["prva.pdf"]
    assert "Used 0.7 of 1 MB" in client.get(f"/en/vloge/{application.id}/obrazec").text


def test_files_are_removed_one_by_one_and_a_second_click_harms_nothing(visitor: LintingClient, application: Application) -> None:
    for number in range(2):
        upload(visitor, application, f"{number}.pdf", pdf(b"%d" % number))
    first = queries.attachments_of(again(application))[0].id
    address = f"/en/vloge/{application.id}/priloge/{first}/odstrani"
    answer = visitor.post(address, headers=JSON)
    assert answer.json is not None
    assert answer.json["said"] == "The file “0.pdf” is removed."
    assert "0.pdf" not in answer.json["list"] and "1.pdf" in answer.json["list"]
    assert visitor.post(address, headers=JSON).status_code == 404
    assert attached(application) == ["1.pdf"]


def test_nobody_attaches_to_what_is_not_theirs_or_no_longer_a_draft(app: Flask, visitor: LintingClient, application: Application) -> None:
    stranger = sign_in(app.test_client(), make_person())
    assert upload(stranger, application, "a.pdf", pdf()).status_code == 404
    nobody = app.test_client()
    signed_out = nobody.post(f"/sl/vloge/{application.id}/priloge/nova", headers=JSON)
    assert (signed_out.status_code, signed_out.json["signed_out"]) == (400, True)  # type: ignore[index]
    ready = make_application("ready", call=db.session.get_one(Call, application.call_id))
    with unit_of_work():
        submitting.submit(again(ready), by=owner(ready))
    before = attached(ready)
    answer = upload(sign_in(app.test_client(), owner(ready)), ready, "pozna.pdf", pdf())
    assert answer.status_code == 403
    assert attached(ready) == before


@pytest.mark.parametrize("names", [(), ("fact",), ("file",)])
def test_strange_forms_are_refused_not_broken(visitor: LintingClient, application: Application, names: tuple[str, ...]) -> None:
    nothing: dict[str, Any] = {"fact": "x", "file": (io.BytesIO(b"x"), "")}
    fields = {name: nothing[name] for name in names}
    assert visitor.post(f"/sl/vloge/{application.id}/priloge/nova", data=fields, headers=JSON).status_code == 422
    unknown = {"fact": "no such", "file": (io.BytesIO(pdf()), "a.pdf")}
    answer = visitor.post(f"/sl/vloge/{application.id}/priloge/nova", data=unknown, headers=JSON)
    assert answer.status_code == 422 and "nima mesta" in answer.json["happened"]  # type: ignore[index]


# Nobody waits for a slow line or a slow check.


def lock_taken_elsewhere(app: Flask) -> Callable[[], None]:
    """Take, on another connection, what a writer of this application would need; at once, or it raises."""
    engine = db.engine

    def take() -> None:
        if engine.dialect.name == "sqlite":
            other = sqlite3.connect(str(engine.url.database), timeout=0)
            other.execute("BEGIN IMMEDIATE")
            other.close()
        else:
            own = create_engine(engine.url)
            with own.connect() as connection:
                connection.execute(text("SELECT id FROM application FOR UPDATE NOWAIT"))
            own.dispose()

    return take


@pytest.fixture
def slow_check(app: Flask) -> Iterator[list[str]]:
    """A daemon that speaks clamd's protocol and, while it checks, does what somebody else would do meanwhile."""
    take, seen = lock_taken_elsewhere(app), []

    class Daemon(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.read(10)
            while length := int.from_bytes(self.rfile.read(4), "big"):
                self.rfile.read(length)
            try:
                take()
                seen.append("free")
            except Exception as error:
                seen.append(repr(error))
            self.wfile.write(b"stream: OK\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        before = app.config["SETTINGS"]
        app.config["SETTINGS"] = replace(before, clamd=f"127.0.0.1:{server.server_address[1]}")
        yield seen
        app.config["SETTINGS"] = before
        server.shutdown()


def test_while_a_file_is_checked_nobody_waits_for_it(visitor: LintingClient, application: Application, slow_check: list[str]) -> None:
    version = application.version
    fact = place_for_files(application)
    db.session.rollback()
    assert upload(visitor, application, "a.pdf", pdf()).status_code == 200
    sent = {"version": version, f"f_{fact}": [(io.BytesIO(pdf(b"(b)")), "b.pdf")]}
    db.session.rollback()
    assert visitor.post(f"/sl/vloge/{application.id}/obrazec", data=sent).status_code == 303
    assert slow_check == ["free", "free"]
    assert attached(application) == ["a.pdf", "b.pdf"]


def test_while_a_file_arrives_nobody_waits_for_it(app: Flask, visitor: LintingClient, application: Application) -> None:
    take, seen = lock_taken_elsewhere(app), []

    class Line(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            take()
            seen.append(size)
            return super().read(size)

        def readinto(self, buffer: Any) -> int:
            taken = self.read(len(buffer))
            buffer[: len(taken)] = taken
            return len(taken)

    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + pdf(bytes(300_000)) + b"\r\n--x--\r\n"
    db.session.rollback()
    app.config["WTF_CSRF_ENABLED"] = True  # as in production: the token is what reads the body, before anything asks the database
    try:
        answer = visitor.post(f"/sl/vloge/{application.id}/priloge/nova", input_stream=Line(body), content_type="multipart/form-data; boundary=x",
                              content_length=len(body), headers=JSON)  # fmt: skip
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400  # without a token
    assert seen


def test_large_files_are_never_held_in_memory(tmp_path: Path) -> None:
    """21 MB to one address, then 200 MB in one form: the process may not grow by more than a few megabytes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.applications.growth", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    grown = dict(line.split("=") for line in done.stdout.split())
    assert grown["refused"] == "413" and grown["form"] == "303" and grown["attached"] == "10"
    assert int(grown["kilobytes"]) < 30_000, grown
