"""The panel of a call, its declarations and recusals, the members' own sheets, and the collected sheet of each application."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.applications.models import Application
from grants.base import workflow
from grants.base.db import Base, Instant, Json, Sha256
from grants.calls.models import Call
from grants.evaluation.states import EVALUATION, MEMBER_SHEET, EvaluationStatus, MemberSheetStatus


class Panel(Base):
    """The panel of one call. `recusal_scope` says whether a conflict keeps a member from one application or the whole pot."""

    __tablename__ = "panel"
    __table_args__ = (CheckConstraint("recusal_scope in ('application', 'pot')", name="recusal_scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    order_number: Mapped[str] = mapped_column(String(60), default="")
    recusal_scope: Mapped[str] = mapped_column(String(12), default="application")
    appointed_at: Mapped[datetime] = mapped_column(Instant)

    call: Mapped[Call] = relationship()
    members: Mapped[list[PanelMember]] = relationship(order_by="PanelMember.id", back_populates="panel")


class PanelMember(Base):
    """One person on one panel."""

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("panel_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    chair: Mapped[bool] = mapped_column(Boolean, default=False)

    panel: Mapped[Panel] = relationship(back_populates="members")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    declaration: Mapped[Declaration | None] = relationship(lazy="joined")
    recusals: Mapped[list[Recusal]] = relationship(lazy="selectin", order_by="Recusal.id")


class Declaration(Base):
    """A member's statement on conflicts of interest, given after the applicants are known and before anything is visible."""

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), unique=True)
    statement: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(Instant)


class Recusal(Base):
    """A member does not score an application (or its whole pot, by the panel's scope) and counts nowhere in it."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("member_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Instant)

    application: Mapped[Application] = relationship(lazy="joined", innerjoin=True)


class Evaluation(Base):
    """The scoring of one pot of a call by its panel."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("panel_id", "pot"),
        CheckConstraint("status <> 'concluded' or session_on is not null", name="concluded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    pot: Mapped[str] = mapped_column(String(60))
    status: Mapped[EvaluationStatus] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(Instant)
    session_on: Mapped[date | None] = mapped_column(Date)

    panel: Mapped[Panel] = relationship()


workflow.register(Evaluation, EVALUATION)


class MemberSheet(Base):
    """What one member thinks of one application in one pot. Nobody else sees it until all are in."""

    __tablename__ = "member_sheet"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "member_id", "application_id"),
        Index("ix_member_sheet_application", "application_id"),
        CheckConstraint("status <> 'finished' or finished_at is not null", name="finished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    status: Mapped[MemberSheetStatus] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    marks: Mapped[list[Mark]] = relationship(order_by="Mark.id", cascade="all, delete-orphan")
    member: Mapped[PanelMember] = relationship()

    __mapper_args__ = {"version_id_col": version}


workflow.register(MemberSheet, MEMBER_SHEET)


def key_of(criterion: str, item: str) -> str:
    """A criterion, or a criterion of one item, as forms and pages name it."""
    return f"{criterion}-{item}" if item else criterion


class Mark(Base):
    """A member's points for one criterion (of one item, where rows are marked one by one), with the reason. As typed while the
    sheet is a draft; once it is finished, exact text such as "12.5"."""

    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("member_sheet_id", "criterion", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_sheet_id: Mapped[int] = mapped_column(ForeignKey("member_sheet.id"))
    criterion: Mapped[str] = mapped_column(String(60))
    item: Mapped[str] = mapped_column(String(10), default="")
    points: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def key(self) -> str:
        """What it judges, as forms and pages name it."""
        return key_of(self.criterion, self.item)


class Agreement(Base):
    """The panel's joint reason for a criterion (of one item), in the languages of the call; and its joint mark where the rules want one."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("evaluation_id", "application_id", "criterion", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    criterion: Mapped[str] = mapped_column(String(60))
    item: Mapped[str] = mapped_column(String(10), default="")
    points: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[dict[str, str]] = mapped_column(Json)

    @property
    def key(self) -> str:
        """What it is about, as forms and pages name it."""
        return key_of(self.criterion, self.item)


class Sheet(Base):
    """The collected sheet: computed points with their derivation and the panel's marks with joint reasons. Frozen at conclusion."""

    __tablename__ = "sheet"
    __table_args__ = (UniqueConstraint("evaluation_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(Sha256)
    total: Mapped[str] = mapped_column(String(40))
    passes: Mapped[bool]

    application: Mapped[Application] = relationship()
    evaluation: Mapped[Evaluation] = relationship()
