"""Our versions of the library's parts: it never commits, its mail is our mail, its clock is our clock, and each step is on record."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import segno
from flask_babel import gettext as _
from flask_security import MailUtil, PasswordUtil, RoleMixin, SQLAlchemyUserDatastore
from flask_security.mail_util import EmailValidateException
from flask_security.totp import Totp
from markupsafe import Markup
from passlib.totp import TOTP, TotpMatch
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from grants.accounts import letters, states
from grants.accounts.models import User
from grants.accounts.queries import normal_email
from grants.base import audit, clock
from grants.base.db import db
from grants.base.language import current_language

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
WELL_KNOWN = ("1234567890", "0123456789", "qwertyuiop", "qwertzuiop", "password", "geslo", "passwort", "merila", "slovenija")


@cache
def _by_session() -> Select[User]:
    """Built once: it is asked at every request."""
    return (
        select(User).where(User.fs_uniquifier == bindparam("session")).options(joinedload(User.staff_roles), joinedload(User.memberships))
    )


class People(SQLAlchemyUserDatastore):
    """The library's view of our people. The request commits, once, in base/transaction."""

    def __init__(self) -> None:
        # The library wants a model for roles. Ours are scoped and it never looks at them, so it gets its own empty mixin.
        super().__init__(db, User, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **named: Any) -> User | None:
        """Whose session this is, with roles and memberships in one statement: it is asked at every request."""
        if list(named) != ["fs_uniquifier"]:
            return cast("User | None", super().find_user(case_insensitive, **named))
        return db.session.scalars(_by_session(), {"session": named["fs_uniquifier"]}).unique().one_or_none()

    def commit(self) -> None:
        """Send the changes to the database, but do not commit: that is done by the request."""
        db.session.flush()

    def _prepare_create_user_args(self, **values: Any) -> dict[str, Any]:
        values = super()._prepare_create_user_args(**values)  # type: ignore[no-untyped-call]  # the sign-in library leaves it untyped
        del values["roles"]
        return values

    def create_user(self, **values: Any) -> User:
        """A person who registered; reads in the language of the page."""
        values["email"] = normal_email(values["email"])
        user = super().create_user(language=current_language(), **values)
        assert isinstance(user, User)
        db.session.flush()  # the record of what happened needs the number
        return user

    def tf_set(self, user: Any, primary_method: str, totp_secret: str | None = None, phone: str | None = None) -> None:
        """Called at each sign-in with a code; news only when the secret is new."""
        if totp_secret and (user.tf_totp_secret != totp_secret or user.tf_primary_method != primary_method):
            audit.record(states.TOTP_SET_UP, user, by=user)
        super().tf_set(user, primary_method, totp_secret, phone)

    def tf_reset(self, user: Any) -> None:
        """The second factor goes, and with it the codes that could stand in for it."""
        super().tf_reset(user)
        user.tf_last_counter = user.mf_recovery_codes = None
        audit.record(states.TOTP_REMOVED, user, by=user)

    def mf_delete_recovery_code(self, user: Any, idx: int) -> bool:
        """A new list, because a change inside the old one would not be noticed."""
        codes = list(user.mf_recovery_codes or [])
        if idx >= len(codes):
            return False
        del codes[idx]
        user.mf_recovery_codes = codes
        audit.record(states.CODE_USED, user, by=user, left=len(codes))
        return True

    def mf_set_recovery_codes(self, user: Any, rcs: list[str] | None) -> None:
        """Fresh codes; the old ones no longer work."""
        super().mf_set_recovery_codes(user, rcs)
        audit.record(states.CODES_MADE, user, by=user, number=len(rcs or []))


class Letterbox(MailUtil):
    """Addresses in small letters; messages through our own mail, in the language of the person who reads them."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **context: Any
    ) -> None:
        """The library names the occasion and the tokens; the words and links are ours."""
        letters.of_sign_in(template.rsplit("/", 1)[-1], context["user"], context)

    def normalize(self, email: str) -> str:
        """Small letters throughout."""
        return normal_email(super().normalize(email))

    def validate(self, email: str) -> str:
        """A complete address, and one that fits."""
        address = normal_email(super().validate(email))
        if len(address) > 254:
            raise EmailValidateException(_("This e-mail address is too long: at most 254 characters."))
        return address


class Passwords(PasswordUtil):
    """Long rather than complicated; nothing that is guessed first."""

    def validate(self, password: str, is_register: bool, **about: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a new password, if anything, and its normal form."""
        normal = self.normalize(password)
        person = about.get("user")
        email = person.email if person is not None else about.get("email") or ""
        name = person.name if person is not None else about.get("name") or ""
        fault = _fault(normal, email, name)
        return ([fault] if fault else None), normal


def _fault(password: str, email: str, name: str) -> str | None:
    if len(password) < SHORTEST_PASSWORD:
        return _(
            "The password needs at least %(least)s characters, this one has %(number)s. Three or four words in a row are easy to remember.",
            least=SHORTEST_PASSWORD,
            number=len(password),
        )
    if len(password) > LONGEST_PASSWORD:
        return _("The password is too long: at most %(most)s characters.", most=LONGEST_PASSWORD)
    lowered = password.lower()
    own = {email.lower(), email.lower().partition("@")[0], *(part for part in name.lower().split())}
    rest = lowered
    for word in sorted((word for word in own if len(word) > 2), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < len(lowered) and len(rest) < 6:
        return _("The password is your name or e-mail address with little around it, and that is guessed first. Choose something else.")
    if len(set(lowered)) < 4 or any(known in lowered and len(lowered.replace(known, "")) < 6 for known in WELL_KNOWN):
        return _("This password is among the first that are guessed. Choose something else, for example three or four words in a row.")
    return None


class Codes(Totp):
    """Codes from the phone: by our clock, each accepted once."""

    def __init__(self, secrets: dict[str, str] | dict[int, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = TOTP.using(issuer=issuer, secrets=secrets, now=lambda: clock.now().timestamp())

    def sealed(self, base32: str) -> str:
        """A known secret in the encrypted form in which it is stored."""
        return str(self._totp(key=base32, format="base32").to_json(encrypt=True))

    def get_last_counter(self, user: Any) -> int | None:
        """The last code that was accepted."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """This one cannot be used again."""
        user.tf_last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Drawn into the page itself: our pages load no pictures from elsewhere."""
        code = segno.make(self.get_totp_uri(username, totp), error="m")
        drawn = code.svg_inline(scale=5, border=2, svgclass="m-qr", lineclass=None, title=_("QR code for the app on your phone"))
        return Markup(drawn)  # noqa: S704 - drawn by segno, which escapes the title
