"""How far a process grows when large files arrive: `python -m tests.applications.growth FOLDER` prints it. Run by test_attachments."""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import time_machine

from grants.applications import queries
from grants.applications.models import Application
from grants.base import clock, transaction_mode
from grants.base.db import db
from tests.applications.builders import make_application, make_call, owner_of
from tests.calls.builders import SMALL
from tests.conftest import NOW, build_app, make_schema, sign_in

MEGABYTE = 1024 * 1024
PIECE = b"0123456789abcdef" * 4096


class Body(io.RawIOBase):
    """A request body that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        if not self._left:
            self._left = next(self._pieces, b"")
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def large_pdf(number: int, size: int) -> Iterator[bytes]:
    """A PDF with so many bytes of comment in it."""
    yield b"%%PDF-1.7\n%%%d" % number
    for _ in range(size // len(PIECE)):
        yield PIECE
    yield b"\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def body(fields: dict[str, str], field: str, files: list[tuple[str, int]]) -> Iterator[bytes]:
    """A multipart form."""
    for name, value in fields.items():
        yield f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for number, (name, size) in enumerate(files):
        yield f'--limit\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
        yield from large_pdf(number, size)
        yield b"\r\n"
    yield b"--limit--\r\n"


def send(client: Any, address: str, fields: dict[str, str], field: str, files: list[tuple[str, int]]) -> int:
    """The status of the answer."""
    length = sum(len(piece) for piece in body(fields, field, files))
    environ = {
        "wsgi.input": Body(body(fields, field, files)),
        "CONTENT_LENGTH": str(length),
        "CONTENT_TYPE": "multipart/form-data; boundary=limit",
    }
    answer = client.post(address, environ_overrides=environ)
    return int(answer.status_code)


def main(folder: Path) -> None:
    """Warm up with a small file, then send the large ones."""
    app = build_app(folder, f"sqlite:///{folder / 'grants.sqlite3'}")
    make_schema(app)
    with time_machine.travel(clock.parse_local(NOW), tick=True), app.app_context(), transaction_mode.mode(write=False):
        application = make_application(call=make_call(rulebook=RULES))
        identity, version = application.id, str(application.version)
        client = sign_in(app.test_client(), owner_of(application.organisation))
        address = f"/en/vloge/{identity}"
        send(client, f"{address}/priloge/nova", {"fact": "papers"}, "file", [("small.exe", 1000)])
        send(client, f"{address}/obrazec", {"version": "0"}, "f_papers", [("small.exe", 1000)])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        refused = send(client, f"{address}/priloge/nova", {"fact": "papers"}, "file", [("21.pdf", 21 * MEGABYTE)])
        form = send(client, f"{address}/obrazec", {"version": version}, "f_papers", [(f"{n}.pdf", 19 * MEGABYTE + n) for n in range(10)])
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        attached = len(queries.attachments_of(db.session.get_one(Application, identity)))
        db.session.remove()
        db.engine.dispose()
    print(f"refused={refused} form={form} attached={attached} kilobytes={grown}")


PAPERS = "      - {id: papers, kind: file, section: who, max_files: 10, label: {sl: Listine, it: Documenti}}\n"
RULES = SMALL.replace("    conditions:\n", f"{PAPERS}    conditions:\n", 1)

if __name__ == "__main__":
    main(Path(sys.argv[1]))
