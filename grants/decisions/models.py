"""Amounts that panels decided, drawn lots, proposals of how a budget is divided, the awards in them, and the decisions with their reasons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base import audit_guards, workflow
from grants.base.db import Base, Instant, Json, Sha256
from grants.calls.models import Call
from grants.decisions import guards
from grants.decisions.states import DECISION, PROPOSAL, DecisionStatus, ProposalStatus
from grants.evaluation.models import Sheet


class PanelAmount(Base):
    """What the panel decided that one application, or one item of it, gets from a pot whose amounts it decides, and why."""

    __tablename__ = "panel_amount"
    __table_args__ = (UniqueConstraint("sheet_id", "item"), CheckConstraint("amount_cents >= 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    item: Mapped[str] = mapped_column(String(10), default="")
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[dict[str, str]] = mapped_column(Json)
    decided_on: Mapped[date] = mapped_column(Date)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    sheet: Mapped[Sheet] = relationship()
    entered_by: Mapped[User] = relationship()


class DrawnLot(Base):
    """A lot that was drawn between equals in a pot: when, where, by whom and before whom. Recorded once, never changed."""

    __tablename__ = "drawn_lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    pot: Mapped[str] = mapped_column(String(60))
    drawn_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(200))
    drawn_by: Mapped[str] = mapped_column(String(200))
    witnesses: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    recorded_by: Mapped[User] = relationship()
    places: Mapped[list[LotPlace]] = relationship(order_by="LotPlace.place")


class LotPlace(Base):
    """The place that one application, or one item of it, drew; 1 comes first."""

    __tablename__ = "lot_place"
    __table_args__ = (UniqueConstraint("lot_id", "place"), UniqueConstraint("lot_id", "application_id", "item"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("drawn_lot.id"))
    place: Mapped[int]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    item: Mapped[str] = mapped_column(String(10), default="")

    application: Mapped[Application] = relationship()


for _lot in (DrawnLot, LotPlace):
    audit_guards.append_only(_lot.__table__, guards.DRAWN)  # type: ignore[arg-type]


class Proposal(Base):
    """How one or more pots are divided by the published rule; the whole computation is kept."""

    __tablename__ = "proposal"
    __table_args__ = (CheckConstraint("status <> 'adopted' or (adopted_at is not null and adopted_by_id is not null)", name="adopted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    pots: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[ProposalStatus] = mapped_column(String(10))
    allocation: Mapped[dict[str, Any]] = mapped_column(Json)
    allocation_sha256: Mapped[str] = mapped_column(Sha256)
    rulebook_sha256: Mapped[str] = mapped_column(Sha256)
    prepared_at: Mapped[datetime] = mapped_column(Instant)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    adopted_at: Mapped[datetime | None] = mapped_column(Instant)
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    stability: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What other marks would make of it (decisions/stability); none until it is computed."""

    call: Mapped[Call] = relationship()
    prepared_by: Mapped[User] = relationship(foreign_keys=[prepared_by_id])
    adopted_by: Mapped[User | None] = relationship(foreign_keys=[adopted_by_id])
    awards: Mapped[list[Award]] = relationship(order_by="Award.id", back_populates="proposal")


workflow.register(Proposal, PROPOSAL)


class Award(Base):
    """What one application gets from one pot, and every step of how that came about."""

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("proposal_id", "application_id", "pot"), CheckConstraint("amount_cents >= 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    pot: Mapped[str] = mapped_column(String(60))
    points: Mapped[str] = mapped_column(String(40))
    passes: Mapped[bool]
    requested_cents: Mapped[int | None] = mapped_column(BigInteger)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    steps: Mapped[list[Any]] = mapped_column(Json)
    changes: Mapped[list[Any] | None] = mapped_column(Json)
    """The smallest changes that would have altered it; none until they are computed."""

    proposal: Mapped[Proposal] = relationship(back_populates="awards")
    application: Mapped[Application] = relationship()
    sheet: Mapped[Sheet] = relationship()


class Decision(Base):
    """The act on one award. It keeps the whole sheet and the hash of its rules, so that it can be recomputed years later."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("status <> 'issued' or (issued_at is not null and issued_by_id is not null)", name="issued"),
        Index("ix_decision_application", "application_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    status: Mapped[DecisionStatus] = mapped_column(String(10))
    languages: Mapped[str] = mapped_column(String(10))
    criteria_count: Mapped[int]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    sheet_data: Mapped[dict[str, Any]] = mapped_column(Json)
    sheet_sha256: Mapped[str] = mapped_column(Sha256)
    rulebook_sha256: Mapped[str] = mapped_column(Sha256)
    parameter_set: Mapped[str] = mapped_column(String(40))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    led_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime | None] = mapped_column(Instant)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    award: Mapped[Award] = relationship()
    application: Mapped[Application] = relationship()
    led_by: Mapped[User] = relationship(foreign_keys=[led_by_id])
    issued_by: Mapped[User | None] = relationship(foreign_keys=[issued_by_id])
    lines: Mapped[list[DecisionLine]] = relationship(order_by="DecisionLine.position")


workflow.register(Decision, DECISION)


class DecisionLine(Base):
    """One criterion of a decision: maximum, points and the reason in each language of the act."""

    __tablename__ = "decision_line"
    __table_args__ = (UniqueConstraint("decision_id", "position"), UniqueConstraint("decision_id", "criterion"))

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    position: Mapped[int]
    criterion: Mapped[str] = mapped_column(String(60))
    title: Mapped[dict[str, str]] = mapped_column(Json)
    article: Mapped[str] = mapped_column(Text)
    maximum: Mapped[str] = mapped_column(String(20))
    points: Mapped[str] = mapped_column(String(40))
    reason_sl: Mapped[str] = mapped_column(Text)
    reason_it: Mapped[str] = mapped_column(Text, default="")


for _dialect, _statements in (("sqlite", guards.SQLITE), ("postgresql", guards.POSTGRESQL)):
    for _statement in _statements:
        audit_guards.attach(DecisionLine.__table__, _dialect, _statement)  # type: ignore[arg-type]
