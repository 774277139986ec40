"""A PostgreSQL server of our own for one test run: made in a temporary folder, reachable only through its socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def binaries() -> Path | None:
    """The newest PostgreSQL that Debian installed, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Start a server, give its SQLAlchemy address, stop it. `durable` keeps fsync on, for measurements."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL binaries: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="merila-pg-"))
    as_postgres: dict[str, Any] = {"cwd": "/", "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_postgres |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = folder / "data"
    fast = "" if durable else " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=60{fast}"
    try:
        subprocess.run(
            [programs / "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", data], **as_postgres
        )
        subprocess.run([programs / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", options, "start"], **as_postgres)
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([programs / "pg_ctl", "-m", "immediate", "-D", data, "stop"], **(as_postgres | {"check": False}))
        shutil.rmtree(folder, ignore_errors=True)
