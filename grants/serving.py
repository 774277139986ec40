"""Serving: web workers and the job worker, started together and stopped together."""

from __future__ import annotations

import gc
import multiprocessing
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from grants.app import create_app
from grants.base import clock, incoming, jobs
from grants.base.db import db

WARM = ("/sl/", "/it/", "/en/", "/sl/razpisi")


class Worker(ThreadWorker):
    """Gunicorn's worker with threads. It notes when the first bytes of a request came: on a rushed evening a request may wait
    for a thread, and one that came in time is in time. A connection on which nothing has come yet takes no thread and has no second."""

    def enqueue_req(self, conn: Any) -> None:
        """Called when a connection was made, and when something came on one that was waiting."""
        if not conn.initialized and not conn.data_ready and _silent(conn.sock):
            conn.sock.setblocking(False)
            conn.set_timeout()
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))
            return
        conn.received_at = clock.now()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """In a thread of the pool, perhaps seconds later."""
        incoming.arrival.at = conn.received_at
        try:
            return super().handle(conn)
        finally:
            incoming.arrival.at = None


def _silent(connection: socket.socket) -> bool:
    try:
        connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False  # it is gone; the thread finds out
    return False


class Server(BaseApplication):
    """Gunicorn around our app: loaded once, warmed, frozen, then forked."""

    def __init__(self, bind: str, workers: int, *, when_ready: Callable[[], None] | None = None) -> None:
        self._bind, self._workers, self._when_ready = bind, workers, when_ready
        super().__init__()

    def load_config(self) -> None:
        """Our settings; everything else is gunicorn's default."""
        for name, value in {
            "bind": self._bind,
            "workers": self._workers,
            "worker_class": "grants.serving.Worker",
            "threads": 4,
            "preload_app": True,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "graceful_timeout": 10,
            "timeout": 60,
            "max_requests": 0,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108 - heartbeat files in memory
        }.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        if (told := self._when_ready) is not None:

            def when_ready(server: Any) -> None:
                told()

            self.cfg.set("when_ready", when_ready)

    def load(self) -> Flask:
        """The app, with templates compiled and the garbage of starting up out of the collector's way."""
        app = create_app()
        jobs.attach_queue(app)
        warm(app)
        return app


def warm(app: Flask) -> None:
    """Open a few pages so that the first visitor does not pay for compiling, then freeze what lives for ever."""
    client = app.test_client()
    for address in WARM:
        client.get(address)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection may be shared with the workers that are forked from here
    gc.collect()
    gc.freeze()


def serve(bind: str, workers: int | None = None) -> int:
    """Run web and worker until Ctrl-C or the end of one of them."""
    host, _, port = bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host or "127.0.0.1", int(port)))
        except OSError:
            click.echo(f"{bind} is in use by another program. Stop it, or choose another address: --bind 127.0.0.1:8001", err=True)
            return 1
    worker = subprocess.Popen(
        [sys.executable, "-m", "grants", "worker"], start_new_session=True, env=os.environ | {"GRANTS_SERVED_AT": bind}
    )
    stopping = threading.Event()

    def watch() -> None:
        while not stopping.is_set():
            if worker.poll() is not None and not stopping.is_set():
                click.echo("The job worker stopped; stopping the web server too.", err=True)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            time.sleep(0.5)

    threading.Thread(target=watch, daemon=True).start()
    try:
        Server(bind, workers or max(2, multiprocessing.cpu_count())).run()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        stopping.set()
        worker.terminate()
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:
            worker.kill()
    return 0
