"""Mail is a stored row: written with the facts it tells of, sent after the commit, tried again when the server fails."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.base import clock, jobs, transaction
from grants.base.db import Base, Instant, db
from grants.base.language import in_language


class Message(Base):
    """One message to one address. `about` ties it to the thing it tells of, so that staff see it there."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_about", "about_type", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    event: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    about_type: Mapped[str | None] = mapped_column(String(40))
    about_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


def post(*, to: str, language: str, event: str, about: Any = None, **facts: Any) -> Message:
    """Write a message from `templates/mail/<event>/subject.txt` and `body.txt`; it leaves after the commit."""
    with in_language(language):
        # Not render_template: it adds what pages need (navigation, addresses), which a job or a command has not.
        template = current_app.jinja_env.get_template
        subject = " ".join(template(f"mail/{event}/subject.txt").render(**facts).split())
        body = template(f"mail/{event}/body.txt").render(**facts).strip() + "\n"
    return post_text(to=to, language=language, event=event, about=about, subject=subject, body=body)


def post_text(*, to: str, language: str, event: str, subject: str, body: str, about: Any = None) -> Message:
    """Store a message whose text is ready (the sign-in library writes its own) and queue it."""
    message = Message(
        to=to, language=language, event=event, subject=subject, body=body, created_at=clock.now(),
        about_type=None if about is None else about.__tablename__, about_id=None if about is None else about.id,
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    jobs.enqueue("mail.send", message.id)
    return message


@jobs.job("mail.send")
def send(message_id: int) -> None:
    """Hand one message to the mail server, or put it into the folder of the demo."""
    settings = current_app.config["SETTINGS"]
    with transaction.unit_of_work(write=False):
        message = db.session.get_one(Message, message_id)
        if message.sent_at is not None:
            return
        envelope = _envelope(message, settings.mail_from)
        name = f"{message.id:06d}-{message.event.replace('/', '-')}-{message.language}.eml"
    if settings.mail_folder is not None:
        settings.mail_folder.mkdir(parents=True, exist_ok=True)
        (settings.mail_folder / name).write_bytes(envelope.as_bytes(policy=SMTP))
    else:
        _by_smtp(settings.smtp_url, envelope)
    with transaction.unit_of_work():
        db.session.get_one(Message, message_id).sent_at = clock.now()


def _envelope(message: Message, sender: str) -> EmailMessage:
    envelope = EmailMessage(policy=SMTP)
    envelope["From"] = sender
    envelope["To"] = message.to
    envelope["Subject"] = message.subject
    envelope["Date"] = format_datetime(message.created_at)
    envelope["Message-ID"] = make_msgid(str(message.id), domain=sender.rsplit("@", 1)[-1].rstrip(">"))
    envelope["Content-Language"] = message.language
    envelope["Auto-Submitted"] = "auto-generated"
    envelope.set_content(message.body)
    return envelope


def _by_smtp(url: str, envelope: EmailMessage) -> None:
    """`smtp://host:port`, `smtp+starttls://user:password@host:port` or `smtps://user:password@host:port`."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if encrypted else smtplib.SMTP
    with kind(parts.hostname or "127.0.0.1", parts.port or (465 if encrypted else 25), timeout=20) as server:
        if parts.scheme == "smtp+starttls":
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(envelope)
