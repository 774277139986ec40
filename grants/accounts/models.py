"""People, the organisations they act for, and the roles they hold in the office."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.base import clock
from grants.base.db import Base, Instant, Json, Sha256


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
    """What a person may do for an organisation: an owner also invites and removes people, a reader changes nothing."""

    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"


class Afterwards(StrEnum):
    """What becomes of an owner who hands the organisation over."""

    STAY = "stay"
    EDIT = "edit"
    LEAVE = "leave"


class DocumentKind(StrEnum):
    """What kind of document an organisation keeps."""

    STATUTE = "statute"
    FINANCIAL_REPORT = "financial_report"
    ACTIVITY_REPORT = "activity_report"
    CERTIFICATE = "certificate"
    INSURANCE = "insurance"
    OTHER = "other"


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
    """An association, club, institute or foundation. Entered once; its identifiers are checked.

    With `from_register_on` name, form, seat, activities and representatives are those of the business register of that day.
    """

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
    short_name: Mapped[str] = mapped_column(String(140), default="", server_default=text("''"))
    municipality_code: Mapped[str] = mapped_column(String(3), default="", server_default=text("''"))
    municipality: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    settlement: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    activity_codes: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    from_register_on: Mapped[date | None]

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
    afterwards: Mapped[Afterwards] = mapped_column(String(10), default=Afterwards.STAY, server_default="stay")

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    invited_by: Mapped[User] = relationship()


class RegisterSnapshot(Base):
    """One imported extract of the business register. The last complete one is the register; earlier ones are remembered by name only."""

    __tablename__ = "register_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    taken_on: Mapped[date]
    file_sha256: Mapped[str] = mapped_column(Sha256)
    began_at: Mapped[datetime] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    units: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)


class RegisterUnit(Base):
    """What the business register says about one unit; several activities or representatives stand one to a line."""

    __tablename__ = "register_unit"
    __table_args__ = (Index("ix_register_unit_tax_number", "snapshot_id", "tax_number"),)

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("register_snapshot.id"), primary_key=True, autoincrement=False)
    registration_number: Mapped[str] = mapped_column(String(10), primary_key=True)
    tax_number: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(250))
    short_name: Mapped[str] = mapped_column(String(140))
    form: Mapped[str] = mapped_column(String(120))
    municipality_code: Mapped[str] = mapped_column(String(3))
    municipality: Mapped[str] = mapped_column(String(80))
    settlement: Mapped[str] = mapped_column(String(80))
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(80))
    activity_codes: Mapped[str] = mapped_column(String(200))
    representatives: Mapped[str] = mapped_column(Text)

    snapshot: Mapped[RegisterSnapshot] = relationship(lazy="joined", innerjoin=True)


class Dispute(Base):
    """An organisation says that the register is wrong about it; it stays open until the office has answered."""

    __tablename__ = "register_dispute"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    raised_by: Mapped[User] = relationship()


class VaultDocument(Base):
    """A document that an organisation keeps for its applications. A new version is a new row; the old one ends."""

    __tablename__ = "vault_document"
    __table_args__ = (Index("ix_vault_document_expiry", "expires_on", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    year: Mapped[int | None]
    expires_on: Mapped[date | None]
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Sha256)
    added_at: Mapped[datetime] = mapped_column(Instant)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("vault_document.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reminded_days: Mapped[int | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
