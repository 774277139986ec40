"""Documents that the office issues: the facts are stored with the act, the PDF is made from them by a job, signed where it must be."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.base import audit, clock, files, jobs, signing_key, transaction
from grants.base.db import Base, Instant, Json, Sha256, db

if TYPE_CHECKING:
    from pathlib import Path

    from grants.base import signing
    from grants.config import Settings

# Rendering and signing are imported where they are used: a web worker makes no PDF, and WeasyPrint with pyHanko would cost
# each of them 60 MB and every start a second.


class Document(Base):
    """One document: its kind, its facts (plain data, enough to render it again) and, once made, the hash of its file."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    facts: Mapped[Any] = mapped_column(Json)
    signed: Mapped[bool]
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    rendered_at: Mapped[datetime | None] = mapped_column(Instant)
    file_sha256: Mapped[str | None] = mapped_column(Sha256)

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return files.safe_name(f"{self.number.replace('/', '-')}-{self.kind}.pdf")


def request(
    kind: str,
    facts: dict[str, Any],
    *,
    subject: Any,
    number: str,
    title: str,
    language: str,
    signed: bool = False,
    batch: str | None = None,
) -> Document:
    """Record a document to be made; a job renders it after the commit."""
    audit.canonical_json(facts)  # no floats, nothing that is not plain data
    document = Document(
        kind=kind, number=number, title=title, language=language, facts=facts, signed=signed,
        subject_type=subject.__tablename__, subject_id=subject.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(document)
    db.session.flush()
    jobs.enqueue("documents.render", document.id, batch=batch)
    return document


def render(document: Document) -> bytes:
    """The PDF of a document from its stored facts, unsigned: the same bytes each time.

    It carries its facts as a file; or, where they name it in `embedded` (name and data), what it vouches for, as that is hashed.
    """
    from grants.base import rendering

    facts = document.facts
    attachment = (f"{document.kind}.json", json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1).encode())
    if "embedded" in facts:
        attachment = (facts["embedded"]["name"], audit.canonical_json(facts["embedded"]["data"]).encode())
    return rendering.render(
        document.kind, facts, title=document.title, language=document.language,
        attachment=attachment, signature_field=document.signed,
    )  # fmt: skip


@jobs.job("documents.render")
def make(document_id: int) -> None:
    """Render one document, sign it where it must be, and keep the file."""
    with transaction.unit_of_work(write=False):
        document = db.session.get(Document, document_id)
        if document is None or document.file_sha256 is not None:  # made already, or forgotten: a newer print has replaced it
            return
        db.session.expunge(document)
    data = render(document)
    instant = clock.now()
    if document.signed:
        from grants.base import signing

        data = signing.sign(data, signer(), reason=document.title, location="", at=instant)
    digest = files.store(data)
    with transaction.unit_of_work():
        if (document := db.session.get(Document, document_id)) is not None:
            document.file_sha256, document.rendered_at = digest, instant


def _key() -> tuple[Path, str]:
    """The configured PKCS#12 with its password, or a key made at first start for the demo."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.signing_p12 is not None:
        return settings.signing_p12, settings.signing_password
    path = settings.data / "secrets" / "signing.p12"
    if not path.exists():
        signing_key.make_demo_key(path, settings.secret_key)
    return path, settings.secret_key


def signature_facts() -> dict[str, str]:
    """Who will sign, for the text of an act. Read without the libraries that sign."""
    known: dict[str, str] | None = current_app.extensions.get("grants_signature_facts")
    if known is None:
        known = current_app.extensions["grants_signature_facts"] = signing_key.facts_of(signing_key.read_certificate(*_key()))
    return dict(known)


def signer() -> signing.Signer:
    """The office's key, ready to sign."""
    from grants.base import signing

    known: signing.Signer | None = current_app.extensions.get("grants_signer")
    if known is None:
        known = current_app.extensions["grants_signer"] = signing.Signer.load(*_key())
    return known


def of_subject(subject: Any, kind: str | None = None) -> list[Document]:
    """The documents of one thing, oldest first."""
    query = db.select(Document).where(Document.subject_type == subject.__tablename__, Document.subject_id == subject.id)
    if kind is not None:
        query = query.where(Document.kind == kind)
    return list(db.session.scalars(query.order_by(Document.id)))
