"""Forms of the panel, of conflicts of interest, of marks and of what the panel agrees on. The marks are judged by the actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from grants.applications import joint
from grants.applications.models import Application
from grants.base.language import localized
from grants.evaluation.facts import MOST_REASON, Judged
from scoring.judging import Criterion


class Counted:
    """Shows the live counter of a text; that it is not too long is judged when the sheet is finished, drafts keep everything."""

    def __init__(self, limit: int) -> None:
        self.field_flags = {"maxlength": limit}

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing to judge here."""


class Checkboxes(SelectMultipleField):
    """Several of a few."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AppointmentForm(FlaskForm):
    """Who sits on the panel; people are named by the address of their account."""

    members = TextAreaField(
        _l("E-mail addresses of the members, one in each line"),
        description=_l(
            "3, 5 or 7 people who have a confirmed account. A person who acts for an applicant may sit on the panel, but is excluded from scoring that applicant."
        ),
        validators=[DataRequired(_l("Name 3, 5 or 7 different people.")), Length(max=2000)],
    )
    chair = StringField(
        _l("E-mail address of the chair"), validators=[DataRequired(_l("Choose the chair among the members.")), Length(max=254)]
    )
    recusal_scope = RadioField(
        _l("What does a conflict of interest exclude from?"),
        choices=lambda: [
            SelectChoice("application", _l("From the application of that applicant")),
            SelectChoice("pot", _l("From the whole pot in which that applicant competes")),
        ],
        default="application",
        validators=[InputRequired(_l("Choose one."))],
    )
    order_number = StringField(_l("Number of the order of appointment"), validators=[Length(max=60)])


def declaration_form(applications: Sequence[Application]) -> FlaskForm:
    """The declaration: which applicants, with a reason for each, and a statement."""
    fields: dict[str, Any] = {
        "conflicts": Checkboxes(_l("With which of these applicants do you have a conflict of interest?"), coerce=int),
        "statement": TextAreaField(_l("Anything else you want to put on record"), validators=[Length(max=2000)]),
        "confirmed": Checkboxes(
            _l("Your declaration"),
            choices=lambda: [
                SelectChoice(
                    "y",
                    _l(
                        "I declare that I have named every applicant with whom I am connected in a way that could cast doubt on my impartiality: by family, work, membership or interest."
                    ),
                )
            ],
            validators=[InputRequired(_l("Confirm the declaration; without it nothing of the evaluation can be shown to you."))],
        ),
    }
    for application in applications:
        name = who_does_it(application)
        fields[f"reason-{application.id}"] = TextAreaField(_("What ties you to %(applicant)s", applicant=name), validators=[Counted(500)])
    form: FlaskForm = type("DeclarationForm", (FlaskForm,), fields)()
    form["conflicts"].choices = [SelectChoice(str(application.id), who_does_it(application)) for application in applications]
    return form


def who_does_it(application: Application) -> str:
    """The applicant, with its partners: whoever is connected with any of them says so."""
    partners, name = joint.all_names_of(application), str(application.organisation.name)
    return _("%(applicant)s, together with: %(partners)s", applicant=name, partners=partners) if partners else name


class ConflictForm(FlaskForm):
    """A conflict that a member notices while scoring."""

    conflict = TextAreaField(
        _l("What ties you to this applicant?"),
        validators=[DataRequired(_l("Say in a few words what ties you to this applicant.")), Length(max=500)],
    )


class StartForm(FlaskForm):
    """Which pot is to be scored."""

    pot = HiddenField(validators=[InputRequired(), Length(max=60)])


class ConclusionForm(FlaskForm):
    """The day of the session."""

    session_on = DateField(
        _l("Day of the session"), format=["%d. %m. %Y", "%d.%m.%Y", "%Y-%m-%d"],
        validators=[InputRequired(_l("Write the day on which the panel met, for example 4. 5. 2026."))],
    )  # fmt: skip


class ReopenForm(FlaskForm):
    """Why scoring begins again."""

    reason = TextAreaField(_l("Why is scoring opened again?"), validators=[DataRequired(_l("Write the reason.")), Length(max=1000)])


def marks_form(judged: Sequence[Judged], kept: Mapping[str, tuple[str, str]] | None, *, comment: str = "", version: int = 0) -> FlaskForm:
    """One sheet: points and reason for all that is marked, as they are kept; with `kept` None as they were just sent."""
    fields: dict[str, Any] = {
        "version": IntegerField(widget=HiddenInput(), validators=[InputRequired()]),
        "comment": TextAreaField(_("Note on the whole application"), validators=[Counted(MOST_REASON)]),
    }
    values: dict[str, Any] = {"version": version, "comment": comment}
    for one in judged:
        points, reason = (kept or {}).get(one.key, ("", ""))
        fields[f"points-{one.key}"] = StringField(_("Points"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
        fields[f"reason-{one.key}"] = TextAreaField(_("Reason"), validators=[Counted(MOST_REASON)])
        values |= {f"points-{one.key}": points.replace(".", ","), f"reason-{one.key}": reason}
    made = type("MarksForm", (FlaskForm,), fields)
    form: FlaskForm = made() if kept is None else made(formdata=None, data=values)
    return form


def agreement_form(
    judged: Sequence[Judged], languages: Sequence[str], kept: Mapping[str, tuple[str, Mapping[str, str]]] | None, *, with_points: bool
) -> FlaskForm:
    """What the panel agreed on: the reason in every language of the call and, where the rules want it, the joint mark.
    With `kept` None as it was just sent."""
    names = {"sl": _("Joint reason in Slovenian"), "it": _("Joint reason in Italian")}
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for one in judged:
        points, reasons = (kept or {}).get(one.key, ("", {}))
        if with_points:
            fields[f"points-{one.key}"] = StringField(_("Joint mark"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
            values[f"points-{one.key}"] = points.replace(".", ",")
        for language in languages:
            name = f"reason-{one.key}-{language}"
            fields[name] = TextAreaField(names[language], validators=[Counted(MOST_REASON)], render_kw={"lang": language})
            values[name] = reasons.get(language, "")
    made = type("AgreementForm", (FlaskForm,), fields)
    form: FlaskForm = made() if kept is None else made(formdata=None, data=values)
    return form


def marks_in(form: FlaskForm, judged: Iterable[Judged]) -> dict[str, tuple[str, str]]:
    """What was typed, by what it judges."""
    return {one.key: (form[f"points-{one.key}"].data or "", form[f"reason-{one.key}"].data or "") for one in judged}


def heading(criterion: Criterion) -> str:
    """What a criterion is called on a page."""
    return localized(criterion.title)
