"""Forms of proposals and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from grants.decisions.amounts import AmountRow, Typed
from grants.decisions.lots import Drawn, Tie
from scoring.money import euros

DAYS = ["%d. %m. %Y", "%d.%m.%Y", "%Y-%m-%d"]


class Checkboxes(SelectMultipleField):
    """Several of a few."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PrepareForm(FlaskForm):
    """Which pots to divide."""

    pots = Checkboxes(_l("Which money do you want to divide?"), validators=[InputRequired(_l("Choose at least one pot."))])


class DiscardForm(FlaskForm):
    """Why a proposal is thrown away."""

    reason = TextAreaField(
        _l("Why is it discarded?"), validators=[DataRequired(_l("The reason is missing; write it here.")), Length(max=1000)]
    )


class ReasonForm(FlaskForm):
    """A reason that the panel still owed."""

    text = TextAreaField(
        _l("Reason of the panel"), validators=[DataRequired(_l("The reason is missing; write it here.")), Length(max=4000)]
    )


def amounts_form(rows: Sequence[AmountRow], languages: Sequence[str], *, sent: bool, decided_on: date | None = None) -> FlaskForm:
    """The amount that the panel decided for each row, with the reason in each language of the call; `sent` takes what was just typed."""
    names = {"sl": _("Reason in Slovenian"), "it": _("Reason in Italian")}
    fields: dict[str, Any] = {"decided_on": DateField(_("Day on which the panel decided"), format=DAYS, validators=[])}
    values: dict[str, Any] = {"decided_on": decided_on}
    for row in rows:
        amount = f"amount-{row.key}"
        fields[amount] = StringField(_("Amount that the panel decided"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
        values[amount] = euros(row.kept.amount_cents).replace(".", ",") if row.kept else ""
        for language in languages:
            reason = f"reason-{row.key}-{language}"
            fields[reason] = TextAreaField(names[language], render_kw={"lang": language})
            values[reason] = row.kept.reason.get(language, "") if row.kept else ""
    made = type("AmountsForm", (FlaskForm,), fields)
    form: FlaskForm = made() if sent else made(formdata=None, data=values)
    return form


def amounts_in(form: FlaskForm, rows: Sequence[AmountRow], languages: Sequence[str]) -> dict[str, Typed]:
    """What was typed, row by row."""
    return {
        row.key: (form[f"amount-{row.key}"].data or "", {one: form[f"reason-{row.key}-{one}"].data or "" for one in languages})
        for row in rows
    }


def lot_form(tie: Tie) -> FlaskForm:
    """How a lot was drawn: the place of each of the equals, when, where, by whom and before whom."""
    fields: dict[str, Any] = {
        f"place-{one.key}": StringField(
            _("Place that was drawn: %(application)s", application=one.title), render_kw={"inputmode": "numeric", "autocomplete": "off"}
        )
        for one in tie.tied
    }
    fields |= {
        "drawn_on": DateField(_("Day on which the lot was drawn"), format=DAYS, validators=[]),
        "place": StringField(_("Where was it drawn?"), validators=[Length(max=200)]),
        "drawn_by": StringField(_("Who drew it?"), validators=[Length(max=200)]),
        "witnesses": TextAreaField(_("Who was present?"), validators=[Length(max=1000)]),
    }
    form: FlaskForm = type("LotForm", (FlaskForm,), fields)()
    return form


def lot_in(form: FlaskForm, tie: Tie) -> Drawn:
    """What was typed."""
    places = {one.key: form[f"place-{one.key}"].data or "" for one in tie.tied}
    return Drawn(places, form["place"].data or "", form["drawn_by"].data or "", form["witnesses"].data or "")
