"""From what people typed to checked values. What was typed is kept as text, right or wrong; what is wrong is said in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.applications import activities, joint, queries, registered
from grants.applications.models import Application, Attachment
from grants.applications.plan import objections, place_of_plan, plan_asked
from grants.base.files import KINDS, MEGABYTE
from grants.base.language import localized, money, number
from grants.calls import parameters
from grants.calls.models import Call
from scoring.facts import FactError, RowsError, check_fact, clean_text
from scoring.finance import Balance, Rates, balance_of
from scoring.form import Form, Sitting, form_of
from scoring.money import euros
from scoring.questions import Fact, Text
from scoring.rulebook import Track

YES, NO = registered.YES, registered.NO
PLAN = "plan"
"""Where the finance plan stands on the page."""
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """One thing that is missing or wrong: in which fact, in which cell of its table, and what to do about it."""

    fact: Fact
    message: str
    missing: bool
    row: int | None = None
    column: str | None = None
    plan: Text | None = None

    @property
    def field(self) -> str:
        """The id of the field of the form that it is about; of the finance plan, where that stands."""
        if self.plan is not None:
            return PLAN
        if self.row is not None and self.column is not None:
            return f"f_{self.fact.id}-{self.row}-f_{self.column}"
        return f"f_{self.fact.id}"

    @property
    def label(self) -> str:
        """The question, in the reader's language; for a cell of a table with its row."""
        if self.plan is not None:
            return localized(self.plan)
        label = localized(self.fact.label)
        if self.row is None:
            return label
        column = next((localized(one.label) for one in self.fact.columns if one.id == self.column), "")
        return _("%(table)s, row %(row)s, %(column)s", table=label, row=self.row + 1, column=column)

    @property
    def lead(self) -> str:
        """The question as it stands before the message in one line."""
        return lead(self.label)


def lead(question: str) -> str:
    """A question before what is said about it: it keeps its own mark, else it gets a colon."""
    return question if question.endswith("?") else f"{question.rstrip('.:')}:"


@dataclass(frozen=True)
class Checked:
    """The checked values by fact, as scoring and the submission want them, and everything that is missing or wrong.

    ``legible`` are the same with the cells that hold of tables in which something is missing or wrong, and what is computed from
    them: sums and the finance plan follow the typing row by row, and submit nothing.
    """

    values: dict[str, Any]
    faults: tuple[Fault, ...]
    asked: frozenset[str]
    legible: Mapping[str, Any]
    balance: Balance | None = None

    @property
    def wrong(self) -> tuple[Fault, ...]:
        """What was typed and cannot be right; what is merely still empty is left out."""
        return tuple(fault for fault in self.faults if not fault.missing)

    def of(self, facts: Iterable[Fact]) -> tuple[Fault, ...]:
        """The faults of some facts only."""
        wanted = {fact.id for fact in facts}
        return tuple(fault for fault in self.faults if fault.fact.id in wanted)


@dataclass(frozen=True)
class Part:
    """A section of the form with its facts. Facts that name no section come first, under the title of the track."""

    id: str
    title: Text
    help: Text | None
    facts: tuple[Fact, ...]


def parts_of(track: Track) -> tuple[Part, ...]:
    """The sections of a track, in the order of the rulebook; empty ones left out."""
    known = {section.id for section in track.sections}
    parts = [Part("general", track.title, track.summary, tuple(fact for fact in track.facts if fact.section not in known))]
    parts += [
        Part(section.id, section.title, section.help, tuple(fact for fact in track.facts if fact.section == section.id))
        for section in track.sections
    ]
    return tuple(part for part in parts if part.facts)


def as_typed(fact: Fact, value: Any) -> Any:
    """A value as it is kept in the draft: texts, lists of texts, rows of texts. Typed values become what a person would write."""
    match fact.kind:
        case "table":
            return [row for row in (_row(fact, row) for row in value or ()) if any(row.values())]
        case "choices":
            return [str(one) for one in value or ()]
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int) and fact.kind == "money":
        return euros(value).replace(".", ",")
    if isinstance(value, date):
        return value.isoformat()
    return clean_text(str(value))


def _row(fact: Fact, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.id: as_typed(column, row.get(column.id)) for column in fact.columns}


def check_draft(application: Application, *, typed: Answers | None = None, attachments: Sequence[Attachment] | None = None) -> Checked:
    """Check the draft of an application as it is saved; ``typed`` are answers that stand in the place of saved ones.

    What the register says of the organisation stands as it is there today, whatever the draft began with.
    """
    present = queries.attachments_of(application) if attachments is None else attachments
    said, partners = {**application.answers, **(typed or {}), **registered.given(application)}, len(joint.partners_of(application))
    return check(joint.rules_of(application), said, present, rates_of(application.call), partners)


def rates_of(call: Call) -> Rates:
    """What an hour of volunteer work is worth by the numbers that hold for this call."""
    return parameters.get(call.parameter_set).volunteer_rates()


def check(
    track: Track, answers: Answers, attachments: Iterable[Attachment] = (), rates: Rates | None = None, partners: int = 0
) -> Checked:  # fmt: skip
    """Check a whole draft: all values that hold, and all faults in the order of the form. Questions that are not asked are left out."""
    files: dict[str, list[str]] = {}
    for attachment in attachments:
        files.setdefault(attachment.fact, []).append(attachment.sha256)
    values: dict[str, Any] = {}
    halves: dict[str, Any] = {}
    faults: list[Fault] = []
    form = form_of(track)
    sitting, asked = Sitting(form, rates, partners), []
    twice = repeated_rows(track, answers)
    for part in parts_of(track):
        for fact in part.facts:
            if not sitting.asks(fact):
                continue
            asked.append(fact.id)
            raw = files.get(fact.id, []) if fact.kind == "file" else answers.get(fact.id)
            if fact.id in form.computed:
                raw = sitting.compute(fact)
            try:
                if fact.kind == "boolean" and fact.required and raw in (None, ""):
                    raise FactError("undeclared" if fact.legal is not None else "required")
                value = check_fact(fact, raw)
                if fact.legal is not None and fact.required and not value:
                    raise FactError("undeclared")
            except RowsError as error:
                halves[fact.id] = _cells_that_hold(fact, raw)
                columns = {column.id: column for column in fact.columns}
                for (row, column), cell in sorted(error.rows.items(), key=lambda item: item[0][0]):
                    faults.append(Fault(fact, sentence(columns[column], cell), cell.code == "required", row, column))
            except FactError as error:
                # A sum that does not hold yet is no slip of the hand: what it is computed from is still being written.
                faults.append(Fault(fact, sentence(fact, error), error.code in _MISSING or fact.id in form.computed))
            else:
                if value is not None:
                    values[fact.id] = value
                faults += twice if track.activity is not None and fact.id == track.activity.fact else []
            sitting.take(fact, values.get(fact.id))
    legible = _computed_anew(form, values | halves, Sitting(form, rates, partners)) if halves else values
    balance = balance_of(track, legible) if plan_asked(track, asked) else None
    return Checked(values, tuple(_with_plan(track, faults, balance)), frozenset(asked), legible, balance)


def _cells_that_hold(table: Fact, rows: Any) -> list[dict[str, Any]]:
    """The rows of a table with only those cells that can be read, each where it stands."""
    kept = []
    for row in rows:
        cells = {}
        for column in table.columns:
            try:
                cells[column.id] = check_fact(column, row.get(column.id))
            except FactError:
                continue
        kept.append({name: value for name, value in cells.items() if value is not None})
    return kept


def _computed_anew(form: Form, values: dict[str, Any], sitting: Sitting) -> dict[str, Any]:
    """The values with everything that is computed from them."""
    for fact in form.facts:
        if sitting.asks(fact) and fact.id in form.computed:
            values[fact.id] = sitting.compute(fact)
        sitting.take(fact, values.get(fact.id))
    return {name: value for name, value in values.items() if value is not None}


def repeated_rows(track: Track, answers: Answers) -> list[Fault]:
    """Rows with an activity that stands in an earlier row already."""
    if track.activity is None or track.activity.column is None:
        return []
    fact = track.fact(track.activity.fact)
    return [
        Fault(
            fact,
            _("“%(name)s” stands already in row %(row)s. Enter each activity once: join the two rows, or remove one.", name=one.name.strip(), row=(earlier.row or 0) + 1),
            False, one.row, track.activity.column,
        )
        for one, earlier in activities.repeated(track, answers)
    ]  # fmt: skip


def _with_plan(track: Track, faults: list[Fault], balance: Balance | None) -> list[Fault]:
    """The faults with those of the finance plan at its place. Until both sides can be read nothing is said about them."""
    plan = track.plan
    if plan is None or balance is None or any(fault.fact.id in (plan.costs.table, *plan.sources) for fault in faults):
        return faults
    parts = parts_of(track)
    place = place_of_plan(track, [part.id for part in parts])
    last = track.fact(plan.income[-1])
    own = [Fault(last, said, True, plan=plan.title) for said in objections(plan, balance)]
    before = {fact.id for part in parts[: [part.id for part in parts].index(place) + 1] for fact in part.facts}
    split = next((index for index, fault in enumerate(faults) if fault.fact.id not in before), len(faults))
    return [*faults[:split], *own, *faults[split:]]


_MISSING = ("required", "too_few_rows", "undeclared")

_REQUIRED: dict[str, LazyString] = {
    "boolean": _l("Answer yes or no."),
    "choice": _l("Choose one of the answers."),
    "choices": _l("Choose at least one of the answers."),
    "date": _l("Write the date, for example 4. 5. 2026."),
    "file": _l("Attach a file."),
    "integer": _l("Write a number. If there are none, write 0."),
    "decimal": _l("Write a number. If there is none, write 0."),
    "money": _l("Write the amount in euros. If there is none, write 0."),
    "table": _l("Add at least one row."),
}
_WITHOUT_ZERO = _REQUIRED | {
    "integer": _l("Write a number."), "decimal": _l("Write a number."), "money": _l("Write the amount in euros."),
}  # fmt: skip
"""Where nothing is too little: whoever wrote 0 as told would be refused again."""
_SENTENCES: dict[str, LazyString] = {
    "required": _l("Fill this in."),
    "undeclared": _l("Tick the box. Without this declaration the application cannot be submitted."),
    "wrong_type": _l("This is not an answer to this question. Choose or write it anew."),
    "not_a_number": _l("This is not a number. Write it in digits, for example 12,5."),
    "not_a_whole_number": _l("This is not a whole number. Write it in digits and without decimals, for example 12."),
    "too_many_cents": _l("An amount has at most two decimals. Round it to the cent, for example 1.234,56."),
    "not_an_amount": _l("This is not an amount. Write it in euros, for example 1.234,56."),
    "negative": _l("This cannot be less than zero. Write it without the minus sign."),
    "below_minimum": _l("This is too small: the least is %(minimum)s."),
    "above_maximum": _l("This is too much: the most is %(maximum)s."),
    "not_a_date": _l("This is not a date. Write day, month and year, for example 4. 5. 2026."),
    "impossible_date": _l("There is no such day in the calendar. Check the day and the month."),
    "date_out_of_range": _l("The date must lie in the time from %(minimum)s to %(maximum)s."),
    "not_a_choice": _l("This answer is not among the possible ones. Choose one of those that are offered."),
    "one_line": _l("Write this in one line, without breaks."),
    "not_an_email": _l("This is not an e-mail address. It looks like this: name@example.si."),
    "not_a_url": _l("This is not a web address. It begins with https://, for example https://example.si."),
}
_COUNTED: dict[str, Callable[[FactError], str]] = {
    "too_long": lambda error: ngettext(
        "The text is too long by %(num)s character. At most %(most)s are allowed.",
        "The text is too long by %(num)s characters. At most %(most)s are allowed.",
        int(error.params["over"]),
        most=error.params["most"],
    ),
    "too_many_files": lambda error: ngettext(
        "Too many files: at most %(num)s is allowed here. Remove the others.",
        "Too many files: at most %(num)s are allowed here. Remove the others.",
        int(error.params["most"]),
    ),
    "too_many_rows": lambda error: ngettext(
        "Too many rows: at most %(num)s is allowed. Join some of them.",
        "Too many rows: at most %(num)s are allowed. Join some of them.",
        int(error.params["most"]),
    ),
    "too_few_rows": lambda error: ngettext("Add at least %(num)s row.", "Add at least %(num)s rows.", int(error.params["least"])),
    "too_many_decimals": lambda error: ngettext(
        "At most %(num)s decimal is allowed.", "At most %(num)s decimals are allowed.", int(error.params["decimals"])
    ),
}


def sentence(fact: Fact, error: FactError) -> str:
    """What is wrong with an answer and what to do, in the reader's language."""
    if error.code in _COUNTED:
        return _COUNTED[error.code](error)
    if error.code == "required":
        asked = _WITHOUT_ZERO if fact.minimum is not None and fact.kind != "date" and Decimal(fact.minimum) > 0 else _REQUIRED
        return str(asked.get(fact.kind, _SENTENCES["required"]))
    text = str(_SENTENCES.get(error.code, _SENTENCES["wrong_type"]))
    return text % {name: _shown(fact, value) for name, value in error.params.items()} if "%(" in text else text


def limits(fact: Fact) -> str:
    """The limits of an answer in words, so that nobody learns of them only from a refusal."""
    low, high = fact.minimum, fact.maximum
    said = {name: _shown(fact, value) for name, value in (("minimum", low), ("maximum", high)) if value is not None}
    if low is not None and high is not None:
        return _("From %(minimum)s to %(maximum)s.", **said)
    if low is not None and low != "0":
        return _("At least %(minimum)s.", **said)
    if high is not None:
        return _("At most %(maximum)s.", **said)
    if fact.kind == "text" and fact.max_length is not None:
        return ngettext("At most %(num)s character.", "At most %(num)s characters.", fact.max_length)
    return ""


def file_limits(fact: Fact, call: Call) -> str:
    """What may be attached to a question: how many files, how large in this call, and of which kinds."""
    return ngettext(
        "At most %(num)s file, up to %(size)s MB: %(kinds)s.", "At most %(num)s files, each up to %(size)s MB: %(kinds)s.", fact.max_files,
        size=call.largest_file_mb, kinds=", ".join(KINDS),
    )  # fmt: skip


def megabytes(size: int) -> str:
    """A size as people read it; never rounded down, so that what is full does not seem to have room."""
    tenths = -(-size * 10 // MEGABYTE)
    return number(Decimal(tenths) / 10)


def _shown(fact: Fact, value: str) -> str:
    """A limit as people write it."""
    if fact.kind == "date":
        day = date.fromisoformat(value)
        return f"{day.day}.\u00a0{day.month}.\u00a0{day.year}"  # in figures, as it is typed: reads well after any preposition
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    if fact.kind == "money":
        return money(int(exact * 100))
    return number(exact)
