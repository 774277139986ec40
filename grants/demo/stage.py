"""The stage on which the demo is played: its own clock, and the people, each with one role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from grants.accounts import actions as accounts
from grants.accounts.models import Organisation, Role, User
from grants.accounts.queries import find_user
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.demo import numbers

PASSWORD = "Merila-obala-2026"
TOTP_SECRET = "MERILADEMOOBALAKLJUC2345MERILAXX"


@dataclass(frozen=True)
class Person:
    """Somebody of the demo."""

    email: str
    name: str
    language: str
    role: Role | None = None
    what: str = ""


OFFICER = Person("referentka@obala.example", "Marjeta Kodrič", "sl", Role.OFFICER, "call officer")
SECOND_OFFICER = Person("referent@obala.example", "Igor Benčina", "sl", Role.OFFICER, "call officer (second)")
FINANCE = Person("finance@obala.example", "Nives Rojc", "sl", Role.FINANCE, "finance")
SIGNER = Person("direktorica@obala.example", "mag. Tamara Fabjan", "sl", Role.SIGNER, "signer")
INTAKE = Person("vlozisce@obala.example", "Darja Jerman", "sl", Role.INTAKE, "intake of paper applications")
SECOND_INTAKE = Person("vlozisce2@obala.example", "Boris Kralj", "sl", Role.INTAKE, "intake of paper applications (second)")
AUDITOR = Person("nadzor@obala.example", "Livio Semi", "it", Role.AUDITOR, "auditor")
ADMINISTRATOR = Person("skrbnik@obala.example", "Ana Gregorič", "sl", Role.ADMINISTRATOR, "administrator")
CHAIR = Person("predsednica@obala.example", "dr. Vesna Mahnič", "sl", None, "panel member (chair)")
MEMBER = Person("clan@obala.example", "Roberto Vascotto", "it", None, "panel member")
MEMBER_TWO = Person("clanica@obala.example", "Polona Žerjal", "sl", None, "panel member")
STAFF = (OFFICER, SECOND_OFFICER, FINANCE, SIGNER, INTAKE, SECOND_INTAKE, AUDITOR, ADMINISTRATOR)
PANEL = (CHAIR, MEMBER, MEMBER_TWO)
OWNER = Person("drustvo@obala.example", "Katja Umek", "sl", None, "association (owner)")
EDITOR = Person("urejevalec@obala.example", "Marco Rossi", "it", None, "association (editor)")


@dataclass
class Stage:
    """The clock of the demo, which moves a little with each step, so that no two things happen at the same instant."""

    instant: datetime = field(default_factory=clock.now)

    def at(self, local: str) -> None:
        """Go to a wall time in Ljubljana."""
        self.instant = clock.parse_local(local)

    @contextmanager
    def step(self, seconds: int = 41) -> Iterator[None]:
        """One unit of work, a little later than the one before."""
        self.instant += timedelta(seconds=seconds)
        with unit_of_work():
            yield

    @contextmanager
    def clock(self) -> Iterator[None]:
        """The product lives by this clock inside."""
        clock.set_source(lambda: self.instant)
        try:
            yield
        finally:
            clock.set_source(None)

    def user(self, person: Person) -> User:
        """The account of a person, loaded afresh."""
        user = find_user(person.email)
        if user is None:
            raise LookupError(person.email)
        return user

    def invite(self, people: tuple[Person, ...]) -> None:
        """Make the accounts of people; staff come with the printed second factor."""
        for person in people:
            with self.step(5):
                user = accounts.create_user(
                    email=person.email, password=PASSWORD, name=person.name, language=person.language, confirmed=True,
                    totp_secret=TOTP_SECRET if person.role else None,
                )  # fmt: skip
                db.session.flush()
                if person.role:
                    accounts.grant_role(user, person.role, by=None)

    def organisation(self, owner: Person, *, name: str, seed: int, form: str, street: str, place: str, postcode: str, language: str) -> int:
        """Register an organisation for its owner; gives its id."""
        with self.step(20):
            made: Organisation = accounts.register_organisation(
                by=self.user(owner), name=name, legal_form=form, tax_number=numbers.tax_number(seed * 7919),
                registration_number=numbers.registration_number(seed * 104729), iban=numbers.iban(seed * 15485863), street=street,
                postcode=postcode, place=place, email=owner.email, phone=f"05 6{seed % 90 + 10:02d} {seed % 900 + 100}",
                representative=owner.name, language=language,
            )  # fmt: skip
            db.session.flush()
            return made.id
