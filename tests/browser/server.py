"""A server in a process of its own, in front of a municipality: `python -m tests.browser.server FOLDER DATABASE PORT INSTANT`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import time_machine
from werkzeug.serving import make_server

from tests.conftest import build_app


def main(folder: str, database: str, port: str, instant: str) -> None:
    """Serve until somebody kills it. Time goes on from the given instant."""
    with time_machine.travel(datetime.fromisoformat(instant), tick=True):
        app = build_app(Path(folder), database, WTF_CSRF_ENABLED=True)
        make_server("127.0.0.1", int(port), app, threaded=True).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
