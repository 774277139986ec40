"""What people type about themselves and their organisations: shape and syntax. The forms of signing in are in sign_in/forms.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, Field, FileField, IntegerField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp, ValidationError

from grants.accounts import identifiers
from grants.accounts.models import Afterwards, DocumentKind, LegalForm, MemberRole, Role
from grants.base.language import LANGUAGES, OWN_NAMES

LEGAL_FORMS = {
    LegalForm.ASSOCIATION: _l("Association"),
    LegalForm.FEDERATION: _l("Federation of associations"),
    LegalForm.INSTITUTE: _l("Institute"),
    LegalForm.FOUNDATION: _l("Foundation"),
    LegalForm.MINORITY_COMMUNITY: _l("Self-governing ethnic community"),
    LegalForm.RELIGIOUS_COMMUNITY: _l("Religious community"),
    LegalForm.OTHER: _l("Other legal person"),
}
MEMBER_ROLES = {MemberRole.EDITOR: _l("Editor"), MemberRole.OWNER: _l("Owner"), MemberRole.READER: _l("Reader")}
MEMBER_ROLE_HINTS = {
    MemberRole.OWNER: _l("Also invites and removes people."),
    MemberRole.EDITOR: _l("Fills in and submits applications and keeps the data of the organisation."),
    MemberRole.READER: _l("Reads everything of the organisation and changes nothing."),
}
AFTERWARDS = {
    Afterwards.STAY: _l("I stay an owner, too"),
    Afterwards.EDIT: _l("I stay as an editor"),
    Afterwards.LEAVE: _l("I no longer act for the organisation"),
}
DOCUMENT_KINDS = {
    DocumentKind.STATUTE: _l("Statute"),
    DocumentKind.FINANCIAL_REPORT: _l("Financial report"),
    DocumentKind.ACTIVITY_REPORT: _l("Report on activities"),
    DocumentKind.CERTIFICATE: _l("Certificate or licence (coach, mentor …)"),
    DocumentKind.INSURANCE: _l("Insurance"),
    DocumentKind.OTHER: _l("Other document"),
}
DISPUTABLE = {
    "name": _l("Name"),
    "legal_form": _l("Legal form"),
    "seat": _l("Seat"),
    "activities": _l("Activities"),
    "representatives": _l("Legal representatives"),
    "tax_number": _l("Tax number"),
    "other": _l("Something else"),
}
ROLES = {
    Role.OFFICER: _l("Call officer"),
    Role.FINANCE: _l("Finance officer"),
    Role.SIGNER: _l("Signer of decisions"),
    Role.INTAKE: _l("Intake of paper applications"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
ROLE_HINTS = {
    Role.OFFICER: _l("Prepares calls, opens applications, prepares decisions."),
    Role.FINANCE: _l("Sees proposals and decisions with their amounts."),
    Role.SIGNER: _l("Adopts proposals and issues decisions."),
    Role.INTAKE: _l("Transcribes applications that came on paper; a second person with this role confirms each."),
    Role.AUDITOR: _l("Reads everything and changes nothing."),
    Role.ADMINISTRATOR: _l("Gives and takes roles, sees the mail."),
}
NEW_PERSON = "new"
"""Among the members who may take over: a person who is not one yet."""


def stripped(text: str | None) -> str | None:
    """Without spaces around."""
    return text.strip() if isinstance(text, str) else text


class CompleteEmail:
    """An address that could receive mail."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        try:
            validate_email(field.data or "", check_deliverability=False, test_environment=not current_app.config["SETTINGS"].production)
        except EmailNotValidError:
            raise ValidationError(_("This is not a complete e-mail address. It looks like name@example.si.")) from None


class Identifier:
    """A number with check digits. What was typed stays as it was typed; the action keeps the cleaned number."""

    def __init__(self, check: Callable[[str], str]) -> None:
        self.check = check

    def __call__(self, form: FlaskForm, field: Field) -> None:
        try:
            self.check(field.data or "")
        except identifiers.NumberError as wrong:
            raise ValidationError(str(wrong)) from None


def _text(
    label: Any, missing: Any, longest: int, autocomplete: str, kind: type[StringField] = StringField, checks: Iterable[Any] = ()
) -> Any:
    return kind(
        label,
        filters=[stripped],
        render_kw={"autocomplete": autocomplete},
        validators=[DataRequired(missing), Length(max=longest), *checks],
    )


def _choices(labels: Mapping[Any, Any], hints: Mapping[Any, Any] | None = None) -> list[SelectChoice]:
    return [SelectChoice(str(value), label, {"hint": hints[value]} if hints else {}) for value, label in labels.items()]


def _languages() -> list[SelectChoice]:
    return _choices({code: OWN_NAMES[code] for code in LANGUAGES})


class ProfileForm(FlaskForm):
    """Name and language of a person."""

    name = _text(_l("Your name and surname"), _l("Enter your name and surname: it stands beside what you submit."), 120, "name")
    language = RadioField(_l("Language of the messages we send you"), choices=_languages)


def _iban() -> Any:
    return _text(
        _l("Bank account (IBAN)"),
        _l("Enter the bank account: awarded money is paid to it."),
        60,
        "off",
        checks=[Identifier(identifiers.bank_account)],
    )


def _organisation_email() -> Any:
    return _text(
        _l("E-mail address of the organisation"),
        _l("Enter an e-mail address: decisions are announced there."),
        254,
        "email",
        EmailField,
        [CompleteEmail()],
    )


def _tax_number() -> Any:
    return _text(_l("Tax number"), _l("Enter the tax number of the organisation."), 30, "off", checks=[Identifier(identifiers.tax_number)])


def _phone() -> Any:
    return TelField(_l("Telephone"), filters=[stripped], render_kw={"autocomplete": "tel"}, validators=[Optional(), Length(max=40), Regexp(r"^[+0-9 ()/.-]+$", message=_l("A telephone number has digits, spaces and + only."))])  # fmt: skip


def _language() -> Any:
    return RadioField(_l("Language of the decisions and letters"), choices=_languages)


class ContactForm(FlaskForm):
    """What the register does not say about an organisation."""

    email = _organisation_email()
    iban = _iban()
    phone = _phone()
    language = _language()


class OrganisationForm(FlaskForm):
    """What may change about an organisation whose data were typed."""

    name = _text(_l("Full name of the organisation"), _l("Enter the full name, as in the register."), 250, "organization")
    legal_form = SelectField(_l("Legal form"), choices=lambda: _choices(LEGAL_FORMS))
    street = _text(_l("Street and number"), _l("Enter the street and number of the seat."), 120, "street-address")
    postcode = _text(_l("Postcode"), _l("Enter the postcode of the seat."), 10, "postal-code")
    place = _text(_l("Place"), _l("Enter the place of the seat."), 80, "address-level2")
    representative = _text(_l("Legal representative"), _l("Enter who represents the organisation, by name and surname."), 120, "off")
    email = _organisation_email()
    iban = _iban()
    phone = _phone()
    language = _language()


class LookUpForm(FlaskForm):
    """Under which number the register should have the organisation, and where messages reach it."""

    number = _text(
        _l("Tax number or registration number"), _l("Enter the tax number of the organisation."), 30, "off",
        checks=[Identifier(identifiers.organisation_number)],
    )  # fmt: skip
    email = _organisation_email()


class ConfirmForm(ContactForm):
    """What is added to the register's data; the tax number only where the register has none."""

    tax_number = _tax_number()


class DisputeForm(FlaskForm):
    """What is wrong in the register."""

    what = RadioField(_l("What is wrong?"), choices=lambda: _choices(DISPUTABLE), validators=[DataRequired(_l("Choose what is wrong."))])
    text = TextAreaField(
        _l("What would be right, and how do we see it?"), filters=[stripped],
        validators=[DataRequired(_l("Write what would be right, for example the new name and the day it was entered.")), Length(max=2000)],
    )  # fmt: skip


class AnswerForm(FlaskForm):
    """What the office found out about a dispute."""

    answer = TextAreaField(
        _l("Answer to the organisation"), filters=[stripped],
        description=_l("Until you have answered, no condition that follows from these data stops a submission. If the organisation is right, answer when a new extract says so."),
        validators=[DataRequired(_l("Write what you found out and what the organisation should do.")), Length(max=2000)],
    )  # fmt: skip


class NewOrganisationForm(OrganisationForm):
    """The same with the two numbers that never change."""

    tax_number = _tax_number()
    registration_number = _text(_l("Registration number"), _l("Enter the registration number of the organisation."), 30, "off", checks=[Identifier(identifiers.registration_number)])  # fmt: skip


def _member_roles() -> list[SelectChoice]:
    return _choices(MEMBER_ROLES, MEMBER_ROLE_HINTS)


class InvitationForm(FlaskForm):
    """Whom to invite, and as what."""

    email = _text(
        _l("E-mail address of the person"), _l("Enter the e-mail address of the person."), 254, "off", EmailField, [CompleteEmail()]
    )
    role = RadioField(_l("Role in the organisation"), choices=_member_roles, default=MemberRole.EDITOR)


class FirstOwnerForm(FlaskForm):
    """Whom the office invites."""

    email = _text(
        _l("E-mail address of the person who represents the organisation"), _l("Enter the e-mail address of the person."), 254, "off", EmailField,
        [CompleteEmail()],
    )  # fmt: skip


class MemberRoleForm(FlaskForm):
    """Another role of a member."""

    role = RadioField(_l("Role in the organisation"), choices=_member_roles)


class HandOverForm(FlaskForm):
    """Who is to own the organisation, and what becomes of the one who hands it over."""

    successor = RadioField(_l("Who takes over?"), validators=[DataRequired(_l("Choose who takes over."))])
    email = EmailField(
        _l("E-mail address of the new person"), filters=[stripped], validators=[Optional(), Length(max=254), CompleteEmail()]
    )
    afterwards = RadioField(_l("And you?"), choices=lambda: _choices(AFTERWARDS), default=Afterwards.STAY)

    def validate(self, extra_validators: Any = None) -> bool:
        """A new person is known by the address only."""
        valid: bool = super().validate(extra_validators)
        if self.successor.data == NEW_PERSON and not self.email.data:
            self.email.errors = [*self.email.errors, _("Enter the e-mail address of the person.")]
            return False
        return valid


class VersionForm(FlaskForm):
    """A file with its year and its last day."""

    year = IntegerField(
        _l("Year to which it belongs"), validators=[Optional(), NumberRange(1900, 2100, _l("A year has four digits, for example 2026."))]
    )
    expires_on = DateField(_l("Last day on which it is valid"), format=["%d. %m. %Y", "%d.%m.%Y", "%Y-%m-%d"], validators=[Optional()])
    file = FileField(_l("File"))


class DocumentForm(VersionForm):
    """A document for the vault."""

    kind = SelectField(_l("Kind of document"), choices=lambda: _choices(DOCUMENT_KINDS))
    title = _text(_l("Title"), _l("Write what it is, for example “Statute of 2019” or “Certificate of the coach Novak”."), 120, "off")


class FindPersonForm(FlaskForm):
    """Which account."""

    email = _text(_l("E-mail address of the account"), _l("Enter the e-mail address with which the person registered."), 254, "off", EmailField, [CompleteEmail()])  # fmt: skip


class RoleForm(FlaskForm):
    """A role in the office."""

    role = RadioField(_l("Role in the office"), choices=lambda: _choices(ROLES, ROLE_HINTS), validators=[DataRequired(_l("Choose a role."))])  # fmt: skip
    area = StringField(
        _l("Area of calls"),
        filters=[stripped],
        validators=[
            Optional(),
            Regexp(r"^[a-z][a-z_-]{0,19}$", message=_l("An area is one word in small letters, for example sport or culture.")),
        ],
    )
