"""The second of a request is that in which its first bytes reached the server, however long it then waits for a thread."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.instance import free_port

ROOT = Path(__file__).parents[2]
SERVER = """
import sys, time
from flask import Flask, request
from grants.base import clock, incoming
from grants.serving import Server

class Small(Server):
    def load_config(self):
        super().load_config()
        self.cfg.set("threads", 1)
        self.cfg.set("keepalive", 30)

    def load(self):
        app = Flask("small")

        @app.get("/")
        def came():
            time.sleep(float(request.args.get("sleep", "0")))
            return f"{incoming.arrival.at.timestamp()} {clock.now().timestamp()}"

        return app

Small("127.0.0.1:" + sys.argv[1], 1).run()
"""


@pytest.fixture
def port() -> Iterator[int]:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})
    for _ in range(300):
        try:
            with connect(port) as first:
                ask(first)
                answer(first)
            break
        except OSError:
            time.sleep(0.1)
    yield port
    server.terminate()
    server.wait(20)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def ask(connection: socket.socket, *, sleep: float = 0) -> None:
    connection.sendall(f"GET /?sleep={sleep} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())


def answer(connection: socket.socket) -> tuple[float, float]:
    """When it came, and when it was answered."""
    said = b""
    while part := connection.recv(4096):
        said += part
    came, done = said.decode().splitlines()[-1].split()
    return float(came), float(done)


def machine_time() -> float:
    """Of the machine: the tests' own clock is elsewhere."""
    return float(subprocess.run(["date", "+%s.%N"], capture_output=True, text=True, check=True).stdout)


def test_a_request_that_waits_for_a_thread_came_when_it_came_and_a_silent_connection_has_no_second(port: int) -> None:
    with connect(port) as silent, connect(port) as busy, connect(port) as waiting:
        ask(busy, sleep=1.2)
        time.sleep(0.2)
        sent = machine_time()
        ask(waiting)
        came, answered = answer(waiting)
        assert answered - came > 0.7, "it waited for the only thread"
        assert abs(came - sent) < 0.5
        later = machine_time()
        ask(silent)
        came, _answered = answer(silent)
        assert came >= later - 0.05, "an open connection is not a request"
