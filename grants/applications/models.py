"""Applications: a draft that is saved as often as needed, and submissions that are never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import Organisation, User
from grants.applications.delivery import Received, received
from grants.applications.states import (
    LIFECYCLE,
    PAPER_LIFECYCLE,
    PARTNER_LIFECYCLE,
    TAKING_PART,
    ApplicationStatus,
    PaperStatus,
    PartnerStatus,
)
from grants.base import audit_guards, workflow
from grants.base.db import Base, Instant, Json, Sha256
from grants.calls.models import Call


class Application(Base):
    """One application of an organisation to a track of a call. `answers` is the draft; what counts is the last submission.

    `changes` says of each answer who saved it last, and when: {fact: [person, instant]}."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'withdrawn') or number is not null", name="numbered"),
        Index("ix_application_call", "call_id", "track", "status"),
        Index("ix_application_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    track: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[ApplicationStatus] = mapped_column(String(16))
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    complete: Mapped[bool | None]

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    saved_by: Mapped[User] = relationship(foreign_keys=[saved_by_id])
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id", back_populates="application")
    submissions: Mapped[list[Submission]] = relationship(order_by="Submission.sequence")
    named_partners: Mapped[list[ApplicationPartner]] = relationship(order_by="ApplicationPartner.id", back_populates="application")

    __mapper_args__ = {"version_id_col": version}

    @property
    def partners(self) -> list[ApplicationPartner]:
        """The partners that it has or asks, in their order."""
        return sorted((one for one in self.named_partners if one.status in TAKING_PART), key=lambda one: one.place)


workflow.register(Application, LIFECYCLE)


class ApplicationPartner(Base):
    """An organisation that does the programme together with the applicant. `place` counts the partners of an application from 1.

    It is known by its tax number, so it can be named before it has an account here; `name` is that of the register, and from its consent on
    the one under which it agreed; `consented_name` is that of the person who did. `consented_sha256` covers what it agreed to (`joint.agreement_of`).
    """

    __tablename__ = "application_partner"
    __table_args__ = (
        CheckConstraint("length(tax_number) = 8", name="tax_number"),
        CheckConstraint("status <> 'consented' or (consented_at is not null and consented_sha256 is not null)", name="consented"),
        CheckConstraint("status <> 'declined' or declined_at is not null", name="declined"),
        Index("ix_application_partner_tax_number", "tax_number", "status"),
        Index(
            "uq_application_partner_place", "application_id", "place", unique=True,
            sqlite_where=text("status IN ('asked', 'consented')"), postgresql_where=text("status IN ('asked', 'consented')"),
        ),
        Index(
            "uq_application_partner_organisation", "application_id", "tax_number", unique=True,
            sqlite_where=text("status IN ('asked', 'consented')"), postgresql_where=text("status IN ('asked', 'consented')"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    place: Mapped[int]
    status: Mapped[PartnerStatus] = mapped_column(String(12))
    tax_number: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(250))
    email: Mapped[str] = mapped_column(String(254))
    task: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    consented_at: Mapped[datetime | None] = mapped_column(Instant)
    consented_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    consented_name: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    consented_sha256: Mapped[str | None] = mapped_column(Sha256)
    on_paper: Mapped[bool] = mapped_column(default=False, server_default=false())
    declined_at: Mapped[datetime | None] = mapped_column(Instant)
    looked_at: Mapped[datetime | None] = mapped_column(Instant)
    told_sha256: Mapped[str | None] = mapped_column(Sha256)

    application: Mapped[Application] = relationship(back_populates="named_partners")


workflow.register(ApplicationPartner, PARTNER_LIFECYCLE)


class EnteredActivity(Base):
    """That an organisation has an activity in a submitted application of a call, as applicant or as partner: there once, in whatever track.

    `activity_sha256` is that of the name as it is compared (`activities.comparable`). It goes when the application is withdrawn.
    """

    __tablename__ = "entered_activity"
    __table_args__ = (UniqueConstraint("call_id", "tax_number", "activity_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    tax_number: Mapped[str] = mapped_column(String(8))
    activity_sha256: Mapped[str] = mapped_column(Sha256)


class Submission(Base):
    """What was received: the canonical content, its hash and the second. Never changed; a later one replaces it."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("application_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(60), unique=True)
    received_at: Mapped[datetime] = mapped_column(Instant)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    content_sha256: Mapped[str] = mapped_column(Sha256)
    requested_cents: Mapped[int | None] = mapped_column(BigInteger)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User] = relationship()


audit_guards.append_only(Submission.__table__, "a submission is never changed")  # type: ignore[arg-type]  # a mapped table is typed as any selectable


class Verification(Base):
    """What the office found out about one answer after the opening. Never changed: a correction is a later record that names the one it replaces.

    `item` and `cell` name a row (counted from 1) and a column of a table; 0 and "" the answer as a whole. `verified` is
    {"value": …} when a value was established, the stated one or another; empty when none was.
    """

    __tablename__ = "verification"
    __table_args__ = (
        UniqueConstraint("application_id", "fact", "item", "cell", "sequence"),
        UniqueConstraint("replaces_id"),
        CheckConstraint("(sequence = 1) = (replaces_id is null)", name="linked"),
        CheckConstraint("source_kind in ('', 'document', 'register')", name="source_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    fact: Mapped[str] = mapped_column(String(60))
    item: Mapped[int] = mapped_column(default=0)
    cell: Mapped[str] = mapped_column(String(60), default="")
    sequence: Mapped[int]
    # No foreign key: PostgreSQL checks one with a lock for which it wants the right to update, and nobody has that here.
    replaces_id: Mapped[int | None]
    proven: Mapped[bool]
    verified: Mapped[dict[str, Any]] = mapped_column(Json)
    source_kind: Mapped[str] = mapped_column(String(10), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[dict[str, str]] = mapped_column(Json)
    verified_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User] = relationship()


audit_guards.append_only(Verification.__table__, "a verification is never changed")  # type: ignore[arg-type]


class Attachment(Base):
    """A file of the draft; the submission keeps its name and hash."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    fact: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Sha256)
    added_at: Mapped[datetime] = mapped_column(Instant)

    application: Mapped[Application] = relationship(back_populates="attachments")


class Reminder(Base):
    """That the people of an unsent draft are told how long they still have: once for each deadline and each span before it."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("application_id", "closes_at", "hours"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    closes_at: Mapped[datetime] = mapped_column(Instant)
    hours: Mapped[int]
    noted_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class PaperApplication(Base):
    """An application that came on paper, transcribed as filed. Confirmed by a second person it becomes an application like any other."""

    __tablename__ = "paper_application"
    __table_args__ = (
        CheckConstraint(
            "status <> 'confirmed' or (confirmed_by_id is not null and confirmed_by_id <> transcribed_by_id and application_id is not null)",
            name="two_people",
        ),
        Index("ix_paper_application_call", "call_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    track: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[PaperStatus] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    partners: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    signed: Mapped[bool]
    delivery: Mapped[str] = mapped_column(String(16))
    arrived_at: Mapped[datetime] = mapped_column(Instant)
    handed_on: Mapped[date | None]
    transcribed_at: Mapped[datetime] = mapped_column(Instant)
    transcribed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    transcribed_by: Mapped[User] = relationship(foreign_keys=[transcribed_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    scans: Mapped[list[PaperScan]] = relationship(order_by="PaperScan.id", back_populates="paper")

    __mapper_args__ = {"version_id_col": version}

    @property
    def received(self) -> Received:
        """The instant that counts, and whether it is in time."""
        return received(self.delivery, arrived_at=self.arrived_at, handed_on=self.handed_on, closes_at=self.call.closes_at)


workflow.register(PaperApplication, PAPER_LIFECYCLE)


class PaperScan(Base):
    """A scanned page or enclosure of an application on paper; `fact` is the question that it answers, empty for the application itself."""

    __tablename__ = "paper_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper_application.id"), index=True)
    fact: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Sha256)
    added_at: Mapped[datetime] = mapped_column(Instant)

    paper: Mapped[PaperApplication] = relationship(back_populates="scans")
