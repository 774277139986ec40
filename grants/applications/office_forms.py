"""Forms around the deadline and the office's part in it: extension, status by number, applications on paper."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from grants.accounts.forms import LEGAL_FORMS
from grants.applications.models import PaperApplication
from grants.applications.presentation import DELIVERIES
from grants.base.language import LANGUAGES, OWN_NAMES
from grants.calls.forms import DayField, Filled, WallTimeField
from grants.calls.models import Call


class ExtensionForm(FlaskForm):
    """An outage and the deadline that makes up for it. The texts come in the languages of the call (see `extension_form`)."""

    outage_from = WallTimeField(
        _l("The outage began"), [Filled(_l("Say when the outage began"))], description=_l("Date and time in Ljubljana, for example 4. 5. 2026 10:30:00")
    )  # fmt: skip
    outage_to = WallTimeField(_l("The outage ended"), [Filled(_l("Say when the outage ended"))])
    closes_at = WallTimeField(
        _l("New deadline"), [Filled(_l("Say when the call closes"))], description=_l("Later than the old one by at least as long as the outage lasted.")
    )  # fmt: skip
    opening_at = WallTimeField(_l("New time of the opening"), [Filled(_l("Say when the applications are opened"))])

    def given(self, call: Call) -> dict[str, Any]:
        """What the action takes."""
        named = {name: self[name].data for name in ("outage_from", "outage_to", "closes_at", "opening_at")}
        return named | {part: {one: self[f"{part}_{one}"].data or "" for one in call.languages} for part in ("failed", "reason")}


def extension_form(call: Call) -> ExtensionForm:
    """With a text about what failed and one with the reason in each language of the call."""
    texts: dict[str, Any] = {}
    for language in call.languages:
        name = OWN_NAMES[language]
        texts[f"failed_{language}"] = TextAreaField(_("What failed (%(language)s)", language=name), [Length(max=2000)])
        texts[f"reason_{language}"] = TextAreaField(_("Why the deadline is extended (%(language)s)", language=name), [Length(max=2000)])
    form: ExtensionForm = type("CallExtensionForm", (ExtensionForm,), texts)(data={"opening_at": call.opening_at})
    return form


class PaperPartnerForm(Form):
    """A partner as it stands on the paper."""

    tax_number = StringField(_l("Tax number of the partner"), [Length(max=30)])
    name = StringField(
        _l("Name of the partner"), [Optional(), Length(max=250)], description=_l("Only if the register does not know the number.")
    )
    task = TextAreaField(_l("What does it do in the programme?"), [Optional(), Length(max=1000)])
    agreed = BooleanField(_l("Its representative signed the consent on the paper"))


def partner_forms(paper: PaperApplication, most: int, posted: MultiDict[str, str] | None = None) -> list[PaperPartnerForm]:
    """One for each partner that the rules allow, with what was typed or kept."""
    kept = [*paper.partners, *({} for _place in range(most))][:most]
    return [PaperPartnerForm(formdata=posted, prefix=f"partner{place}", data=one) for place, one in enumerate(kept, 1)]


class StatusForm(FlaskForm):
    """A number and the beginning of the fingerprint, both from the receipt."""

    number = StringField(
        _l("Number of the application"), [Length(max=60)], description=_l("It stands on the receipt, for example 671-3/2026-17.")
    )
    code = StringField(
        _l("First 8 signs of the fingerprint (SHA-256)"), [Length(max=64)],
        description=_l("From the same receipt. The number alone tells nothing, so that nobody learns who has applied."),
    )  # fmt: skip


def _said(label: Any, missing: Any, longest: int, description: Any = "") -> StringField:
    return StringField(label, [Filled(missing), Length(max=longest)], description=description)


class PaperForm(FlaskForm):
    """Whose application on paper it is, how and when it came."""

    tax_number = _said(_l("Tax number of the organisation"), _l("Write the tax number. If it is not on the paper, look it up in the business register."), 20)  # fmt: skip
    language = RadioField(_l("Language of the application"), choices=[SelectChoice(one, OWN_NAMES[one]) for one in LANGUAGES if one != "en"], default="sl")  # fmt: skip
    delivery = RadioField(_l("How it came"), [Filled(_l("Choose how the application came."))], choices=[SelectChoice(str(way), said) for way, said in DELIVERIES.items()])  # fmt: skip
    arrived_at = WallTimeField(
        _l("Arrived at the office"), [Filled(_l("Write when it arrived."))], description=_l("Date and time in Ljubljana, for example 4. 5. 2026 10:30:00")
    )  # fmt: skip
    handed_on = DayField(
        _l("Handed over on"), [Optional()],
        description=_l("Registered post: the day on its stamp. Ordinary post: the day, if the post has marked it. Another office: the day on which it got it. That day counts."),
    )  # fmt: skip
    signed = BooleanField(_l("The application is signed"))


class PaperOrganisationForm(FlaskForm):
    """An organisation that nobody has entered yet, as it stands on the paper and in the business register."""

    name = _said(_l("Name of the organisation"), _l("Write the name of the organisation."), 250)
    legal_form = SelectField(_l("Legal form"), choices=[SelectChoice(str(one), said) for one, said in LEGAL_FORMS.items()])
    registration_number = _said(_l("Registration number"), _l("Write the registration number."), 20)
    iban = StringField(_l("Bank account"), [Optional(), Length(max=42)], description=_l("Leave it empty if the paper does not say it."))
    street = _said(_l("Street and number"), _l("Write the street and the number."), 120)
    postcode = _said(_l("Postcode"), _l("Write the postcode."), 10)
    place = _said(_l("Place"), _l("Write the place."), 80)
    email = StringField(_l("E-mail"), [Optional(), Length(max=254)], description=_l("Leave it empty if the paper does not say it."))
    representative = _said(_l("Representative"), _l("Write who represents the organisation."), 120)


class PaperContactForm(FlaskForm):
    """What the paper adds to an organisation that the business register knows."""

    iban = StringField(_l("Bank account"), [Optional(), Length(max=42)], description=_l("Leave it empty if the paper does not say it."))
    email = StringField(_l("E-mail"), [Optional(), Length(max=254)], description=_l("Leave it empty if the paper does not say it."))


class ScanForm(FlaskForm):
    """The scanned application."""

    scans = MultipleFileField(_l("The application on paper, scanned"), description=_l("PDF, PNG or JPG, at most 20 MB each."))


class ConfirmForm(FlaskForm):
    """That the organisation has another application to the same part, and that this one is to be taken in all the same."""

    beside = BooleanField(_l("I know of the other one, and this one is to be taken in beside it"))


class DiscardForm(FlaskForm):
    """Why a transcription should not be."""

    reason = TextAreaField(_l("Why is it discarded?"), [Length(max=1000)])
