"""A call, frozen with its rulebook when it is published, its documents, and the register of numbers of its case."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.base import audit_guards, workflow
from grants.base.db import Base, Instant, Json, Sha256
from grants.calls import guards
from grants.calls.states import LIFECYCLE, CallStatus
from scoring.rulebook import Rulebook, rulebook_from_data


class Regime(StrEnum):
    """Which law governs the procedure: who decides, what the act is called, which remedy there is."""

    SPORT = "sport"
    CULTURE = "culture"
    GENERAL = "general"


class CallKind(StrEnum):
    """A competition with one deadline, or first come first served."""

    RAZPIS = "razpis"
    POZIV = "poziv"


class Decider(StrEnum):
    """Who decides on the applications; with the regime it settles which remedy there is (parameters/procedure.yaml)."""

    ADMINISTRATION = "administration"
    MAYOR = "mayor"
    COUNCIL = "council"


LARGEST_FILE_MB, LARGEST_TOTAL_MB = 20, 200
"""What one attachment, and all attachments of one application, may have unless the call says otherwise."""


class Call(Base):
    """One public call. `content` holds the mandatory text of the publication, each part in the languages of the call.

    Once published nothing but the status changes, and the dates as a published amendment says: triggers (see guards) refuse
    anything else even to raw SQL.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("status = 'draft' or status = 'cancelled' or published_at is not null", name="published"),
        CheckConstraint("closes_at > opens_at", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(Json)
    area: Mapped[str] = mapped_column(String(20))
    regime: Mapped[Regime] = mapped_column(String(10))
    kind: Mapped[CallKind] = mapped_column(String(10))
    decider: Mapped[Decider] = mapped_column(String(16))
    remedy: Mapped[str] = mapped_column(String(10))
    status: Mapped[CallStatus] = mapped_column(String(12))
    languages: Mapped[list[str]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    budget_line: Mapped[str] = mapped_column(String(40), default="")
    rulebook_text: Mapped[str] = mapped_column(Text)
    rulebook_data: Mapped[dict[str, Any]] = mapped_column(Json)
    rulebook_sha256: Mapped[str] = mapped_column(Sha256)
    acknowledged: Mapped[dict[str, str]] = mapped_column(Json)
    parameter_set: Mapped[str] = mapped_column(String(40))
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    opening_at: Mapped[datetime] = mapped_column(Instant)
    decisions_due: Mapped[date | None] = mapped_column(Date)
    largest_file_mb: Mapped[int] = mapped_column(default=LARGEST_FILE_MB, server_default=str(LARGEST_FILE_MB))
    largest_total_mb: Mapped[int] = mapped_column(default=LARGEST_TOTAL_MB, server_default=str(LARGEST_TOTAL_MB))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    created_by: Mapped[User] = relationship()
    documents: Mapped[list[CallDocument]] = relationship(order_by="CallDocument.id")
    amendments: Mapped[list[CallAmendment]] = relationship(order_by="CallAmendment.version")

    @property
    def rulebook(self) -> Rulebook:
        """The rules of this call. Reading them takes time, so a process keeps those that it has read, by their hash."""
        known = _READ.get(self.rulebook_sha256)
        if known is None:
            if len(_READ) >= _MOST_READ:
                _READ.clear()
            known = _READ[self.rulebook_sha256] = rulebook_from_data(self.rulebook_data)
        return known


_READ: dict[str, Rulebook] = {}
_MOST_READ = 200

workflow.register(Call, LIFECYCLE)


class CallDocument(Base):
    """A file published with a call."""

    __tablename__ = "call_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    title: Mapped[dict[str, str]] = mapped_column(Json)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Sha256)
    added_at: Mapped[datetime] = mapped_column(Instant)


class CallAmendment(Base):
    """A later version of a published call: its deadline extended after an outage. Never changed itself."""

    __tablename__ = "call_amendment"
    __table_args__ = (UniqueConstraint("call_id", "version"), CheckConstraint("closes_at > closes_before", name="later"))

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    version: Mapped[int]
    closes_before: Mapped[datetime] = mapped_column(Instant)
    opening_before: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    opening_at: Mapped[datetime] = mapped_column(Instant)
    outage_from: Mapped[datetime] = mapped_column(Instant)
    outage_to: Mapped[datetime] = mapped_column(Instant)
    failed: Mapped[dict[str, str]] = mapped_column(Json)
    reason: Mapped[dict[str, str]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


audit_guards.append_only(CallAmendment.__table__, "a published amendment is never changed")  # type: ignore[arg-type]


class CaseRegister(Base):
    """The running number of documents in the case of a call: applications and acts share it, and no number is used twice."""

    __tablename__ = "case_register"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


for _dialect, _statements in (("sqlite", guards.SQLITE), ("postgresql", guards.POSTGRESQL)):
    for _statement in _statements:
        audit_guards.attach(CallDocument.__table__, _dialect, _statement)  # type: ignore[arg-type]  # a mapped table is typed as any selectable
