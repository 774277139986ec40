"""The vault of an organisation: documents that are put there once, renewed, and used by every application."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from grants.accounts import letters, queries, states
from grants.accounts.models import DocumentKind, MemberRole, Organisation, VaultDocument
from grants.accounts.models import User as Person
from grants.base import audit, clock, files, transaction
from grants.base.db import db
from grants.base.errors import Refused

MOST_DOCUMENTS = 60
MOST_BYTES = 300 * 1024 * 1024
REMIND_DAYS = (30, 7)
"""How many days before its last day an organisation is reminded of a document, the earliest first."""


def keep_document(
    organisation: Organisation, upload: files.Upload, *, kind: str, title: str, year: int | None, expires_on: date | None, by: Person
) -> VaultDocument:  # fmt: skip
    """Put a checked file into the vault."""
    _there_is_room(organisation, upload)
    document = _new(organisation, upload, DocumentKind(kind), title, year, expires_on, by)
    audit.record(
        states.DOCUMENT_KEPT, organisation, by=by, document_id=document.id, document_kind=str(document.kind), sha256=document.sha256
    )
    return document


def replace_document(
    document: VaultDocument, upload: files.Upload, *, year: int | None, expires_on: date | None, by: Person
) -> VaultDocument:  # fmt: skip
    """A new version takes the place of a document. Applications that carry the old one keep it."""
    _still_there(document)
    _there_is_room(document.organisation, upload, instead=document)
    document.ended_at = clock.now()
    newer = _new(document.organisation, upload, document.kind, document.title, year, expires_on, by)
    newer.replaces_id = document.id
    audit.record(
        states.DOCUMENT_REPLACED, document.organisation, by=by, document_id=newer.id, replaces_id=document.id, sha256=newer.sha256
    )  # fmt: skip
    return newer


def remove_document(document: VaultDocument, *, by: Person) -> None:
    """Take a document out of the vault. Applications that carry it keep it."""
    _still_there(document)
    document.ended_at = clock.now()
    audit.record(states.DOCUMENT_REMOVED, document.organisation, by=by, document_id=document.id, sha256=document.sha256)


def as_upload(document: VaultDocument) -> files.Upload:
    """A document of the vault as if it were uploaded now: it was checked when it came."""
    return files.Upload(document.name, document.media_type, files.stored(document.sha256), document.sha256)


def remind_of_expiry() -> int:
    """Write to owners and editors 30 and 7 days before a document expires, once each; gives how many documents it was about."""
    today, reminded = clock.today(), 0
    query = select(VaultDocument).where(
        VaultDocument.ended_at.is_(None), VaultDocument.expires_on >= today, VaultDocument.expires_on <= last_day_of_soon()
    )
    for document in db.session.scalars(query.order_by(VaultDocument.id).with_for_update(of=VaultDocument)):
        assert document.expires_on is not None  # the query asked for it
        left = (document.expires_on - today).days
        due = min(days for days in REMIND_DAYS if left <= days)
        if document.reminded_days is not None and document.reminded_days <= due:
            continue
        document.reminded_days = due
        for membership in queries.members_of(document.organisation):
            if membership.role != MemberRole.READER:
                letters.document_expires(document, membership.user)
        audit.record(states.DOCUMENT_EXPIRING, document.organisation, by=None, document_id=document.id, days=due)
        reminded += 1
    return reminded


def last_day_of_soon() -> date:
    """Until this day a document expires "soon"."""
    return clock.today() + timedelta(days=REMIND_DAYS[0])


def is_expired(document: VaultDocument) -> bool:
    """Whether its last day has passed."""
    return document.expires_on is not None and document.expires_on < clock.today()


def _new(
    organisation: Organisation, upload: files.Upload, kind: DocumentKind, title: str, year: int | None, expires_on: date | None, by: Person
) -> VaultDocument:  # fmt: skip
    document = VaultDocument(
        organisation=organisation, kind=kind, title=title, year=year, expires_on=expires_on, name=upload.name, media_type=upload.media_type,
        size=len(upload.data), sha256=files.store(upload.data), added_at=clock.now(), added_by_id=by.id,
    )  # fmt: skip
    db.session.add(document)
    db.session.flush()
    return document


def _still_there(document: VaultDocument) -> None:
    transaction.begin_writing()
    db.session.refresh(document, with_for_update={"of": VaultDocument})
    if document.ended_at is not None:
        raise Refused(_("This document was replaced or removed in the meantime. Look at the vault again."))


def _there_is_room(organisation: Organisation, upload: files.Upload, *, instead: VaultDocument | None = None) -> None:
    transaction.begin_writing()
    # Two people who add at the same time: the second waits here and counts what the first has added.
    queries.hold(organisation.id)
    kept = [one for one in queries.vault_of(organisation.id) if instead is None or one.id != instead.id]
    if any(one.sha256 == upload.sha256 for one in kept):
        message = _("The file “%(name)s” is in the vault already.", name=upload.name)
        raise Refused(message, fields={"file": message})
    if len(kept) >= MOST_DOCUMENTS:
        message = _("A vault holds at most %(most)s documents. Remove those that no application needs any more.", most=MOST_DOCUMENTS)
        raise Refused(message, fields={"file": message}, status=422)
    if sum(one.size for one in kept) + len(upload.data) > MOST_BYTES:
        message = _("A vault holds at most %(most)s MB. Remove what no application needs any more, or make the file smaller.", most=MOST_BYTES // 1024 // 1024)  # fmt: skip
        raise Refused(message, fields={"file": message}, status=413)
