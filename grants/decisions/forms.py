"""Forms of proposals and decisions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget


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
