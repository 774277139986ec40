"""Work that waits: done once, tried again, never lost; mail leaves by folder or by a real server."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from dataclasses import replace
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from grants.base import jobs, mail
from grants.base.db import db
from grants.base.jobs import Job
from grants.base.mail import Message
from grants.base.transaction import unit_of_work


def post() -> int:
    with unit_of_work():
        return mail.post_text(
            to="ana@primer.example", language="sl", event="test/pozdrav", subject="Pozdrav iz Ankarana – čšž", body="Dober dan, Ana.\n"
        ).id


class Inbox:
    """A real SMTP server on loopback that can be told to refuse."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.refuse = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse:
            return "451 try again later"
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, ready_timeout=20)
    controller.start()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, smtp_url=f"smtp://127.0.0.1:{port}", mail_folder=None)
    yield inbox
    app.config["SETTINGS"] = settings
    controller.stop(no_assert=True)


def test_mail_goes_to_the_folder_of_the_demo(app: Flask) -> None:
    message_id = post()
    assert jobs.run_pending() == 1
    files = list(app.config["SETTINGS"].mail_folder.glob(f"{message_id:06d}-test-*.eml"))
    assert len(files) == 1
    parsed = email.message_from_bytes(files[0].read_bytes(), policy=default)
    assert parsed["Subject"] == "Pozdrav iz Ankarana – čšž"
    assert parsed.get_content().strip() == "Dober dan, Ana."
    assert db.session.get_one(Message, message_id).sent_at is not None


def test_mail_goes_to_a_real_server(app: Flask, inbox: Inbox) -> None:
    post()
    jobs.run_pending()
    parsed = email.message_from_bytes(inbox.received[0], policy=default)
    assert parsed["To"] == "ana@primer.example"
    assert "Dober dan, Ana." in parsed.get_content()


def test_mail_that_the_server_refuses_is_tried_again(app: Flask, inbox: Inbox, clock: Any) -> None:
    message_id = post()
    inbox.refuse = True
    assert jobs.run_pending() == 0
    row = db.session.scalars(select(Job)).one()
    assert row.attempts == 1 and "451" in (row.error or "") and row.finished_at is None
    assert jobs.run_pending() == 0, "not before its time"
    inbox.refuse = False
    clock.forward(hours=1)
    assert jobs.run_pending() == 1
    assert len(inbox.received) == 1
    assert db.session.get_one(Message, message_id).sent_at is not None


def test_after_six_failures_a_job_is_given_up_and_says_why(app: Flask, inbox: Inbox, clock: Any) -> None:
    post()
    inbox.refuse = True
    for _ in range(8):
        jobs.run_pending()
        clock.forward(days=2)
    row = db.session.scalars(select(Job)).one()
    assert row.gave_up and row.attempts == jobs.ATTEMPTS and "451" in (row.error or "")


def test_a_job_done_twice_is_done_once(app: Flask) -> None:
    post()
    identity = jobs.waiting()[0]
    assert jobs.perform(identity) is True
    assert jobs.perform(identity) is False
    assert len(list(app.config["SETTINGS"].mail_folder.glob("*.eml"))) == len(set(app.config["SETTINGS"].mail_folder.glob("*.eml")))


def test_a_job_whose_worker_died_is_taken_up_again(app: Flask, clock: Any) -> None:
    post()
    identity = jobs.waiting()[0]
    jobs._claim(identity)  # the worker is killed here
    assert jobs.waiting() == []
    clock.forward(minutes=6)
    assert jobs.waiting() == [identity]
    assert jobs.perform(identity) is True


def test_mail_of_a_rolled_back_request_is_never_sent(app: Flask) -> None:
    with pytest.raises(ValueError, match="stop"), unit_of_work():
        mail.post_text(to="ana@primer.example", language="sl", event="x", subject="x", body="x")
        raise ValueError("stop")
    assert jobs.run_pending() == 0
