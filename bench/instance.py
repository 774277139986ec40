"""An instance of the product for measuring: its data in a folder of its own, its servers started, watched and stopped."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 1800.0


@dataclass(frozen=True)
class Instance:
    """Where the data lies and which database it is."""

    name: str
    data: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes. Python keeps compiled files, as an installation does."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "GRANTS_ENV")}
        return kept | {
            "GRANTS_DATA": str(self.data),
            "DATABASE_URL": self.database_url,
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(self.data.parent / "pycache"),
        }

    @property
    def told(self) -> dict[str, Any]:
        """What the seed told about itself."""
        told: dict[str, Any] = json.loads((self.data / "w25.json").read_text(encoding="utf-8"))
        return told


def run(instance: Instance, *module: str, timeout: float = LONGEST) -> str:
    """Run a module of ours on an instance; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *module], env=instance.environment, cwd=ROOT, timeout=timeout, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def sqlite(folder: Path) -> Instance:
    """An instance on SQLite, not filled yet."""
    data = folder / "sqlite"
    data.mkdir(parents=True, exist_ok=True)
    return Instance("sqlite", data, f"sqlite:///{data / 'grants.sqlite3'}")


def seeded(folder: Path) -> Instance:
    """W25 on SQLite; made once for a folder."""
    made = sqlite(folder)
    if not (made.data / "w25.json").exists():
        print("seeding W25 (random seed 42) ...", file=sys.stderr, flush=True)
        run(made, "bench.w25.seed")
    return made


def copied(seed: Instance, folder: Path, name: str, database_url: str = "") -> Instance:
    """The same data in another place: a file copy for SQLite, row by row into the same schema for PostgreSQL."""
    data = folder / name
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    for part in ("secrets", "files"):
        shutil.copytree(seed.data / part, data / part)
    shutil.copy(seed.data / "w25.json", data)
    if database_url:
        made = Instance("postgresql", data, database_url)
        run(made, "bench.w25.transfer", seed.database_url)
    else:
        made = Instance("sqlite", data, f"sqlite:///{data / 'grants.sqlite3'}")
        shutil.copy(seed.data / "grants.sqlite3", data)
    return made


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Running:
    """A server under way."""

    port: int
    process: int


def wait_until_up(port: int, path: str, server: subprocess.Popen[bytes], timeout: float = 60) -> None:
    """Return at the first answer 200."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                connection.close()
                return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError(f"no answer on port {port} within {timeout} s")


@contextmanager
def serving(instance: Instance, which: str, path: str) -> Iterator[Running]:
    """The product or the floor, served by two workers."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "bench.serving", which, str(port), str(LONGEST)], env=instance.environment, cwd=ROOT)
    try:
        wait_until_up(port, path, server)
        yield Running(port, server.pid)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
