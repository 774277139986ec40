"""Visitors: requests over kept connections, each answer timed and looked at. An answer that is not what was asked for ends the run."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench import measure
from bench.instance import Running
from bench.serving import SQL_HEADER


class WrongAnswer(RuntimeError):
    """The server answered something else than the measurement is about."""


@dataclass
class Answer:
    """One answer: its status, where it leads, its text, how many statements it took."""

    status: int
    location: str
    text: str
    sql: int
    seconds: float


@dataclass
class Visitor:
    """One connection with one session. It keeps the cookies that it is given, as a browser does."""

    port: int
    cookie: str = ""
    csrf: str = ""
    sql: int = 0
    requests: int = 0
    _connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "", expect: int = 200) -> Answer:
        """One request; a connection that the server closed in between is opened again."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if kind:
            headers["Content-Type"] = kind
        began = time.perf_counter()
        for attempt in (0, 1):
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                data = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if attempt:
                    raise
        seconds = time.perf_counter() - began
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and not value.startswith("session=;"):
                self.cookie = value.split(";", 1)[0]
        if answer.getheader("Connection", "").lower() == "close":
            self.close()
        text = data.decode("utf-8", "replace")
        if answer.status != expect:
            title = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.S)
            raise WrongAnswer(f"{method} {path}: {answer.status} instead of {expect} ({title[1] if title else text[:200]})")
        sql = int(answer.getheader(SQL_HEADER) or 0)
        self.sql += sql
        self.requests += 1
        return Answer(answer.status, answer.getheader("Location", ""), text, sql, seconds)

    def get(self, path: str) -> Answer:
        """A page."""
        return self.ask("GET", path)

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Answer:
        """A form; it leads on to another page."""
        body = urlencode([("csrf_token", self.csrf), *fields]).encode()
        return self.ask("POST", path, body, "application/x-www-form-urlencoded", expect=303)

    def upload(self, path: str, fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]]) -> Answer:
        """A form with files."""
        edge = "----merilabench7f3a"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in [("csrf_token", self.csrf), *fields]
        ]
        for name, file_name, data in files:
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: application/pdf\r\n\r\n'
            parts.append(head.encode() + data + b"\r\n")
        return self.ask("POST", path, b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}", expect=303)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Load:
    """What a number of pieces of work took."""

    count: int
    cpu_ms: float
    sql: float
    p50_ms: float
    p95_ms: float
    per_second: float
    failed: list[str] = field(default_factory=list)


Work = Callable[[int], int]
"""One piece of work, by its number; gives how many statements it ran."""


def put_on(server: Running, work: Work, count: int, *, first: int = 0, at_once: int = 2, strict: bool = True) -> Load:
    """Do pieces of work number `first` to `first + count - 1`, so many at once, and measure the server meanwhile."""
    numbers, lock = iter(range(first, first + count)), threading.Lock()
    times: list[float] = []
    statements: list[int] = []
    failed: list[str] = []

    def run() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None or (failed and strict):
                return
            began = time.perf_counter()
            try:
                ran = work(number)
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}")
                continue
            times.append(time.perf_counter() - began)
            statements.append(ran)

    cpu, began = measure.cpu_ms(server.process), time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    used = measure.cpu_ms(server.process) - cpu
    if failed and strict:
        raise WrongAnswer(failed[0])
    done = len(times)
    return Load(
        done,
        used / done,
        sum(statements) / done,
        1000 * measure.percentile(times, 0.5),
        1000 * measure.percentile(times, 0.95),
        done / wall,
        failed,
    )
