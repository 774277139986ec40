"""Forms of applications, built from the facts of a track once for each rulebook and language. They carry text as it was typed;
whether it holds is for `answers`, so that the draft keeps what is wrong and the page can say why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, DateInput, EmailInput, ListWidget, URLInput

from grants.accounts.forms import CompleteEmail
from grants.applications import registered
from grants.applications.answers import NO, YES, Answers, Fault, file_limits, limits
from grants.applications.joint import partners_of, rules_of
from grants.applications.models import Application
from grants.applications.rows import row_number
from grants.base.language import current_language, localized
from grants.calls.models import Call
from scoring.facts import LONGEST
from scoring.form import form_of
from scoring.questions import Fact
from scoring.rulebook import Track

MOST_RADIOS = 8
MOST_COLUMNS_IN_LINE = 4
_FORMS: dict[tuple[str, str, str, tuple[object, ...]], type[Form]] = {}
_MOST_FORMS = 300


class StartForm(FlaskForm):
    """For whom, and in which language."""

    organisation = RadioField(_l("Which organisation applies?"), validate_choice=False)
    language = RadioField(_l("Language of the application"), validate_choice=False)


class SubmitForm(FlaskForm):
    """The one confirmation before submitting."""

    declared = BooleanField(
        _l("I declare that the data are true and complete, and that I may submit this application for the organisation.")
    )


class TaskForm(FlaskForm):
    """What a partner does."""

    task = TextAreaField(_l("What does it do in the programme?"), [Length(max=1000)], description=_l("In a sentence or two. It agrees to this, to its costs and to the programme."))  # fmt: skip


class PartnerForm(TaskForm):
    """An organisation that is to be a partner, and where it is asked if it has nobody here yet."""

    tax_number = StringField(_l("Tax number of the partner"), description=_l("Eight digits. Its name comes from the business register."))
    name = StringField(
        _l("Name of the partner"), [Optional(), Length(max=250)], description=_l("Only if the register does not know the number.")
    )
    email = StringField(
        _l("E-mail address of the partner"), [CompleteEmail()], widget=EmailInput(),
        description=_l("If the organisation has people here already, its owners are asked. If not, the request goes to this address."),
    )  # fmt: skip


class DismissForm(FlaskForm):
    """Why an application is dismissed."""

    reason = TextAreaField(_l("Reason for the dismissal"), [Length(max=4000)])


class Checkboxes(SelectMultipleField):
    """Several answers of one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def form_class(application: Application) -> type[Form]:
    """The form of the application's track in the language of the reader."""
    seats = tuple((one.place, one.name) for one in partners_of(application))
    key = (
        application.call.rulebook_sha256,
        application.track,
        current_language(),
        (application.organisation.name, *seats) if seats else (),
    )
    known = _FORMS.get(key)
    if known is None:
        if len(_FORMS) >= _MOST_FORMS:
            _FORMS.clear()
        known = _FORMS[key] = _build(rules_of(application))
    return known


def _build(track: Track) -> type[Form]:
    return type("AnswerForm", (Form,), {f"f_{fact.id}": _field(fact) for fact in track.facts})


def _field(fact: Fact, *, cell: bool = False) -> UnboundField:
    """The input of a question; in a cell of a table a choice is a list to open, which fits into the line."""
    label, validators, words = localized(fact.label), [] if fact.required else [Optional()], description(fact)
    match fact.kind:
        case "boolean" if fact.legal is not None:
            return BooleanField(label, description=words)
        case "boolean" if fact.consent is not None:
            agreed = [SelectChoice(YES, _("Yes, I agree")), SelectChoice(NO, _("No, I will attach the proof myself"))]
            return RadioField(label, validators, choices=agreed, description=words)
        case "boolean":
            return RadioField(label, validators, choices=[SelectChoice(YES, _("Yes")), SelectChoice(NO, _("No"))], description=words)
        case "choice":
            choices = _choices(fact)
            if cell or len(choices) > MOST_RADIOS:
                return SelectField(label, validators, choices=[SelectChoice("", _("Choose")), *choices], description=words)
            return RadioField(label, validators, choices=choices, description=words)
        case "choices":
            return Checkboxes(label, validators, choices=_choices(fact), description=words)
        case "longtext":
            return TextAreaField(label, [*validators, Length(max=fact.max_length or LONGEST["longtext"])], description=words)
        case "file":
            return MultipleFileField(label, validators, description=words)
        case "table":
            row = type("Row", (Form,), {f"f_{column.id}": _field(column, cell=True) for column in fact.columns})
            return FieldList(FormField(row), label, validators, min_entries=max(fact.min_rows, 1), description=words)
        case "email":
            return StringField(label, validators, widget=EmailInput(), description=words)
        case "url":
            return StringField(label, validators, widget=URLInput(), description=words)
        case "date":
            return StringField(label, validators, widget=DateInput(), description=words)
        case "integer":
            return StringField(label, validators, description=words, render_kw={"inputmode": "numeric"})
        case "decimal" | "money":
            return StringField(label, validators, description=words, render_kw={"inputmode": "decimal"})
    return StringField(label, [*validators, Length(max=fact.max_length or LONGEST["text"])], description=words)


def _choices(fact: Fact) -> list[SelectChoice]:
    return [SelectChoice(one.id, localized(one.label)) for one in fact.choices]


def description(fact: Fact) -> str:
    """What helps to answer: the help of the rulebook, the limits, and the proof that the office will look for."""
    parts = [localized(fact.help), limits(fact)]
    if fact.proof:
        parts.append(_("Proof: %(proof)s", proof=localized(fact.proof)))
    return " ".join(part for part in parts if part)


def files_described(fact: Fact, call: Call) -> str:
    """The same for a question for files, whose limits the call sets."""
    return " ".join(part for part in (description(fact), file_limits(fact, call)) if part)


def suffix(fact: Fact) -> str | None:
    """The unit that stands behind the input."""
    return "EUR" if fact.kind == "money" else fact.unit


def width(fact: Fact) -> int | None:
    """How wide the input is, as a hint of what is expected."""
    return {"money": 10, "integer": 10, "decimal": 10, "date": 10}.get(fact.kind)


def units(fact: Fact) -> dict[str, str]:
    """The units of the columns of a table, by the names of their fields."""
    return {f"f_{column.id}": unit for column in fact.columns if (unit := suffix(column))}


def in_lines(fact: Fact) -> bool:
    """Whether the rows of a table are short enough to stand in one line each."""
    long = {"longtext", "choices", "boolean"}
    return len(fact.columns) <= MOST_COLUMNS_IN_LINE and not any(column.kind in long for column in fact.columns)


def filled(application: Application, answers: Answers | None = None) -> Form:
    """The form with what the draft holds, right or wrong."""
    track = rules_of(application)
    kept = application.answers if answers is None else answers
    data = {f"f_{fact.id}": _for_field(fact, kept.get(fact.id)) for fact in track.facts if fact.kind != "file"}
    return form_class(application)(formdata=None, data=data)


def _for_field(fact: Fact, value: Any) -> Any:
    if fact.kind == "table":
        return [{f"f_{column.id}": _for_field(column, row.get(column.id)) for column in fact.columns} for row in value or ()]
    if fact.kind == "choices":
        return list(value or ())
    if fact.legal is not None:
        return value == YES
    if fact.kind in ("boolean", "choice"):
        return value or ""
    return value


def typed(application: Application, posted: MultiDict[str, str]) -> dict[str, Any]:
    """What a posted form holds, by fact. A text field that was not sent at all is left out, so that nothing is emptied by accident."""
    track = rules_of(application)
    form = form_class(application)(formdata=_rows_that_count(posted, track))
    answers, not_typed = {}, form_of(track).computed | registered.given(application).keys()
    for fact in track.facts:
        field: Field = form[f"f_{fact.id}"]
        if fact.kind == "file" or fact.id in not_typed:
            continue
        if fact.kind == "table":
            answers[fact.id] = [_row(fact, entry.form) for entry in field.entries]
        elif fact.kind in ("choices", "choice", "boolean") or field.raw_data:
            answers[fact.id] = _value(fact, field)
    return answers


def _rows_that_count(posted: MultiDict[str, str], track: Track) -> MultiDict[str, str]:
    """Without the fields of rows whose number no page of ours gave out: the library would stumble over them."""
    tables = tuple(f"f_{fact.id}-" for fact in track.facts if fact.kind == "table")
    strange = {name for name in posted if name.startswith(tables) and row_number(name.split("-")[1]) is None} if tables else set()
    return MultiDict([(name, value) for name, value in posted.items(multi=True) if name not in strange]) if strange else posted


def _row(fact: Fact, row: Form) -> dict[str, Any]:
    return {column.id: _value(column, row[f"f_{column.id}"]) for column in fact.columns}


def _value(fact: Fact, field: Field) -> Any:
    if fact.kind == "choices":
        return list(field.raw_data or ())
    return field.raw_data[0] if field.raw_data else ""


def blame(form: Form, faults: Iterable[Fault], refused: Mapping[str, Sequence[str]] | None = None) -> None:
    """Put every fault on its field; `refused` are the reasons why files were not taken, by fact."""
    for fault in faults:
        if fault.plan is not None:
            continue  # it stands at the plan, and belongs to no field
        field = form[f"f_{fault.fact.id}"]
        if fault.row is not None and fault.row < len(field.entries):
            entry = field.entries[fault.row]
            cell = entry.form[f"f_{fault.column}"]
            cell.errors = [*cell.errors, fault.message]
            field.errors = [*field.errors, {fault.column: [fault.message]}]
        else:
            field.errors = [*field.errors, fault.message]
    for fact, reasons in (refused or {}).items():
        field = form[f"f_{fact}"]
        field.errors = [*field.errors, *reasons]
