"""People, the organisations they act for, and the roles they hold in the office."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.base import clock
from grants.base.db import Base, Instant, Json


class Role(StrEnum):
    """What a person may do in the office. Panel members are appointed for each call (see evaluation)."""

    OFFICER = "officer"
    FINANCE = "finance"
    SIGNER = "signer"
    INTAKE = "intake"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class LegalForm(StrEnum):
    """What kind of legal person applies."""

    ASSOCIATION = "association"
    FEDERATION = "federation"
    INSTITUTE = "institute"
    FOUNDATION = "foundation"
    MINORITY_COMMUNITY = "minority_community"
    RELIGIOUS_COMMUNITY = "religious_community"
    OTHER = "other"


class MemberRole(StrEnum):
    """What a person may do for an organisation: an owner also invites and removes people."""

    OWNER = "owner"
    EDITOR = "editor"


class User(Base, UserMixin):
    """A person who signs in. The fields named fs_ and tf_ belong to the sign-in library."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="sl")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    create_datetime: Mapped[datetime | None] = mapped_column(Instant, default=clock.now)  # type: ignore[assignment]  # the library's mixin says: never None
    update_datetime: Mapped[datetime | None] = mapped_column(Instant, onupdate=clock.now)  # type: ignore[assignment]  # the library's mixin says: never None
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[Any | None] = mapped_column(Json)

    staff_roles: Mapped[list[StaffRole]] = relationship(lazy="selectin", order_by="StaffRole.id")
    memberships: Mapped[list[Membership]] = relationship(lazy="selectin", order_by="Membership.id", back_populates="user")

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]  # there it is a column
        """The sign-in library asks for roles; ours are scoped and live in `staff_roles`."""
        return []

    @property
    def has_second_factor(self) -> bool:
        """Signs in with a code from the phone, too."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    def check_tf_required(self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool) -> tuple[bool, list[tuple[str, str]]]:
        """Asked by the sign-in library after the password: staff must have a second factor, others may."""
        return bool(self.staff_roles or tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Asked by the sign-in library: whether the second factor may be taken off again."""
        return bool(self.staff_roles)


class StaffRole(Base):
    """One role of one person in the office: for one area of calls, or for all when `area` is empty."""

    __tablename__ = "staff_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "area"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(String(20))
    area: Mapped[str] = mapped_column(String(20), default="")


class Organisation(Base):
    """An association, club, institute or foundation. Entered once; its identifiers are checked."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("length(tax_number) = 8", name="tax_number"),
        CheckConstraint("length(registration_number) in (7, 10)", name="registration_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(250))
    legal_form: Mapped[str] = mapped_column(String(40))
    tax_number: Mapped[str] = mapped_column(String(8), unique=True)
    registration_number: Mapped[str] = mapped_column(String(10), unique=True)
    iban: Mapped[str] = mapped_column(String(34))
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40), default="")
    representative: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="sl")
    created_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def address(self) -> str:
        """Street, postcode and place in one line."""
        return f"{self.street}, {self.postcode} {self.place}"


class Membership(Base):
    """A person acts for an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(Instant)

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class Invitation(Base):
    """A person was asked by e-mail to act for an organisation. Whoever has proved to own the address may accept."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_open",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_invitation_email", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[MemberRole] = mapped_column(String(10))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    invited_by: Mapped[User] = relationship()
