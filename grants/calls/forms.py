"""Forms of the calls stage. Times are wall time in Ljubljana, to the second."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, Form, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from grants.base import clock
from grants.base.errors import Refused
from grants.base.language import LANGUAGES, OWN_NAMES, localized
from grants.calls import content, parameters, queries
from grants.calls.models import LARGEST_FILE_MB, LARGEST_TOTAL_MB, Call, CallKind, Decider, Regime
from grants.calls.municipality import municipality
from grants.calls.periods import NoSuchTime, instant_of

_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})|(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?", re.ASCII)

REGIMES = {
    Regime.SPORT: _l("Sport (Sport Act and municipal ordinance)"),
    Regime.CULTURE: _l("Culture (public interest in culture)"),
    Regime.GENERAL: _l("General (public finance)"),
}
KINDS = {
    CallKind.RAZPIS: _l("Public call: one deadline, applications are compared"),
    CallKind.POZIV: _l("Open call: in the order of arrival, until the money runs out"),
}
DECIDERS = {
    Decider.ADMINISTRATION: _l("the municipal administration"),
    Decider.MAYOR: _l("the mayor"),
    Decider.COUNCIL: _l("the municipal council"),
}
REMEDIES = {"appeal": _l("appeal to the mayor"), "objection": _l("objection"), "court": _l("court action")}


def parse_day(text: str) -> date:
    """A day as people write it: "4. 5. 2026", or "2026-05-04". ValueError says what is wrong."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(_l("Write the date as day, month and year, for example 4. 5. 2026."))
    first = match.group(1) is not None
    year, month, day = (int(match.group(n)) for n in ((3, 2, 1) if first else (4, 5, 6)))
    if not 1990 <= year < 2200:
        raise ValueError(_l("Check the year: it must lie between 1990 and 2199."))
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_l("There is no such day in the calendar.")) from None


def parse_wall_time(text: str) -> datetime:
    """An instant from wall time: "4. 5. 2026 12:00:00". Refuses what the clocks of Ljubljana never show, or show twice."""
    day_text, _space, time_text = text.strip().replace("T", " ").rpartition(" ")
    match = _TIME.fullmatch(time_text)
    if not day_text or match is None:
        raise ValueError(_l("Write the date and the time, for example 4. 5. 2026 12:00:00."))
    hour, minute, second = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    if hour == 24 and (minute, second) == (0, 0):
        raise ValueError(_l("A day ends at 23:59:59. Write 23:59:59, or 0:00:00 of the next day."))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(_l("There is no such time of the day."))
    try:
        return instant_of(datetime.combine(parse_day(day_text), datetime.min.time().replace(hour, minute, second)))
    except NoSuchTime as error:
        if error.twice:
            raise ValueError(
                _l("On this day the clocks go back and this time occurs twice. Choose a time before 2:00 or from 3:00 on.")
            ) from None
        raise ValueError(
            _l("On this day the clocks go forward and this time does not occur. Choose a time before 2:00 or from 3:00 on.")
        ) from None


class TypedField(Field):
    """A text input whose value is parsed; what was typed comes back as it was typed."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.shown(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse what was typed."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = self.parsed(valuelist[0])

    def pre_validate(self, form: Any) -> None:
        """A value that cannot be read has its message already: do not ask for it as missing, too."""
        if self.process_errors:
            raise StopValidation()

    def shown(self, value: Any) -> str:
        """How a stored value is written."""
        raise NotImplementedError

    def parsed(self, text: str) -> Any:
        """The value of what was typed, or ValueError."""
        raise NotImplementedError


class WallTimeField(TypedField):
    """Date and time in Ljubljana, to the second; the value is an instant."""

    def shown(self, value: Any) -> str:
        local = clock.local(value)
        return f"{local.day}. {local.month}. {local.year} {local:%H:%M:%S}"

    def parsed(self, text: str) -> Any:
        return parse_wall_time(text)


class DayField(TypedField):
    """A date."""

    def shown(self, value: Any) -> str:
        return f"{value.day}. {value.month}. {value.year}"

    def parsed(self, text: str) -> Any:
        return parse_day(text)


class ManyField(SelectMultipleField):
    """Checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Filled(InputRequired):
    """Something must be there; spaces are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors or field.process_errors:
            raise StopValidation()
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(self.message)


_TIME_HELP = _l("Date and time in Ljubljana, to the second, for example 4. 5. 2026 12:00:00")


class DetailsForm(FlaskForm):
    """Name, procedure and timetable of a call."""

    reference = StringField(
        _l("Case number"), [Filled(_l("Give the case number, for example 671-3/2026.")), Length(max=40, message=_l("At most 40 characters, for example 671-3/2026"))],
        description=_l("Applications and acts are numbered within it: 671-3/2026-1, 671-3/2026-2 …"),
    )  # fmt: skip
    title_sl = StringField(_l("Title in Slovenian"), [Length(max=300, message=_l("At most 300 characters"))])
    title_it = StringField(_l("Title in Italian"), [Length(max=300, message=_l("At most 300 characters"))])
    languages = ManyField(_l("Languages of the call"), [Filled(_l("Choose at least one language"))])
    regime = RadioField(_l("Procedure"), [Filled(_l("Choose the procedure"))], description=_l("It settles what the act is called, which periods hold and which remedy there is."))  # fmt: skip
    kind = RadioField(_l("Kind of call"), [Filled(_l("Choose the kind of call"))])
    deciding = SelectField(_l("Who decides, and the remedy"), validate_choice=True)
    budget_line = StringField(_l("Budget line"), [Optional(), Length(max=40, message=_l("At most 40 characters"))])
    opens_at = WallTimeField(_l("Opens"), [Filled(_l("Say when the call opens"))], description=_TIME_HELP)
    closes_at = WallTimeField(_l("Closes"), [Filled(_l("Say when the call closes"))], description=_l("The first second at which an application is too late. Date and time in Ljubljana, for example 4. 5. 2026 12:00:00"))  # fmt: skip
    opening_at = WallTimeField(
        _l("Opening of the applications"), [Filled(_l("Say when the applications are opened"))], description=_TIME_HELP
    )
    decisions_due = DayField(_l("Decisions by"), [Optional()], description=_l("Day, month and year, for example 4. 5. 2026"))
    largest_file_mb = IntegerField(
        _l("Largest attachment"), [Filled(_l("Say how large one attachment may be"))], default=LARGEST_FILE_MB,
        description=_l("In megabytes, from 1 to 100. Usually 20."),
    )  # fmt: skip
    largest_total_mb = IntegerField(
        _l("All attachments of one application together"), [Filled(_l("Say how much all attachments together may have"))],
        default=LARGEST_TOTAL_MB, description=_l("In megabytes, at most 1000. Usually 200."),
    )  # fmt: skip

    def __init__(self, *args: Any, call: Call | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages.choices = [(one, OWN_NAMES[one]) for one in LANGUAGES if one in municipality().languages]
        self.regime.choices = [(regime.value, said) for regime, said in REGIMES.items()]
        self.kind.choices = [(kind.value, said) for kind, said in KINDS.items()]
        pairs = dict.fromkeys(pair for regime in Regime for pair in parameters.deciders(regime))
        self.deciding.choices = [("", _l("as usual in this procedure"))] + [
            (f"{decider}/{remedy}", f"{DECIDERS[Decider(decider)]} – {REMEDIES[remedy]}") for decider, remedy in pairs
        ]
        if not self.is_submitted():
            if call is not None:
                self._show(call)
            else:
                self.languages.data = [code for code, _name in self.languages.choices]

    def _show(self, call: Call) -> None:
        for name in ("reference", "regime", "kind", "budget_line", "opens_at", "closes_at", "opening_at", "decisions_due", "languages",
                     "largest_file_mb", "largest_total_mb"):  # fmt: skip
            self[name].data = getattr(call, name)
        self.title_sl.data, self.title_it.data = call.title.get("sl", ""), call.title.get("it", "")
        self.deciding.data = f"{call.decider}/{call.remedy}"

    def values(self) -> dict[str, Any]:
        """As the actions take them."""
        decider, _slash, remedy = (self.deciding.data or "").partition("/")
        plain = ("reference", "regime", "kind", "languages", "opens_at", "closes_at", "opening_at", "decisions_due", "largest_file_mb", "largest_total_mb")  # fmt: skip
        return {
            **{name: self[name].data for name in plain}, "budget_line": self.budget_line.data or "",
            "title": {"sl": self.title_sl.data or "", "it": self.title_it.data or ""}, "decider": decider, "remedy": remedy,
        }  # fmt: skip


class RulebookForm(FlaskForm):
    """A rulebook, as a file or as text; the text of a file that has errors comes back to be corrected."""

    rulebook_file = FileField(
        _l("Rulebook as a file"), description=_l("A YAML text file, at most 512 kB. If you choose a file, the text below is not used.")
    )
    rulebook = TextAreaField(_l("Rulebook as text"), render_kw={"rows": 20, "spellcheck": "false"})

    def text(self) -> str:
        """The text of the file, or what was typed. A file that is not text is refused."""
        upload = self.rulebook_file.data
        if upload is None or not upload.filename:
            if not (self.rulebook.data or "").strip():
                raise Refused(_l("Choose a rulebook file, or paste its text."), fields={"rulebook_file": _l("Choose a rulebook file, or paste its text.")}, status=422)  # fmt: skip
            return (self.rulebook.data or "").replace("\r\n", "\n")
        data = upload.stream.read(513 * 1024)
        try:
            text: str = data.decode("utf-8-sig")
            if "\x00" in text:
                raise ValueError
        except ValueError:
            said = _l("This file is not text. A rulebook is a YAML text file saved as UTF-8, not a Word or PDF document.")
            raise Refused(said, fields={"rulebook_file": said}, status=422) from None
        self.rulebook.data = text.replace("\r\n", "\n")
        self.rulebook.raw_data = None
        return self.rulebook.data


class NewCallForm(DetailsForm, RulebookForm):
    """Everything that a draft begins with."""

    area = SelectField(_l("Area"), [Filled(_l("Choose an area"))])

    def __init__(self, *args: Any, areas: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area.choices = [(area, localized(municipality().areas[area])) for area in areas]


class DocumentForm(FlaskForm):
    """A file that is published with the call."""

    file = FileField(_l("File"), description=_l("PDF, DOCX, XLSX or ODT, at most 20 MB."))
    title_sl = StringField(_l("Title in Slovenian"), [Length(max=200, message=_l("At most 200 characters"))])
    title_it = StringField(_l("Title in Italian"), [Length(max=200, message=_l("At most 200 characters"))])


class ReasonForm(FlaskForm):
    """Why."""

    reason = TextAreaField(
        _l("Reason for cancelling"),
        [Length(max=2000, message=_l("At most 2000 characters"))],
        description=_l("It is published with the call."),
    )


class FilterForm(Form):
    """The public list by area; sent by GET."""

    podrocje = SelectField(_l("Area"), validate_choice=False, default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.podrocje.choices = [("", _l("all areas"))] + [(area, localized(name)) for area, name in municipality().areas.items()]


def text_form(text: queries.CallText) -> FlaskForm:
    """One field for each part of the text of a call."""
    fields = {
        part.id: TextAreaField(part.title, [] if part.mandatory else [Optional()], description=part.help, render_kw={"rows": 5})
        for part in content.PARTS
    }
    form: FlaskForm = type("TextForm", (FlaskForm,), fields)()
    if not form.is_submitted():
        for part in content.PARTS:
            form[part.id].data = (text.call.content.get(part.id) or {}).get(text.language, "")
    return form


def blame(form: Any, refusal: Refused) -> None:
    """Show a refusal at the fields that it names, or above the form."""
    placed = False
    for name, message in refusal.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, message]
            placed = True
    if not placed:
        form.form_errors.append(refusal.message)
