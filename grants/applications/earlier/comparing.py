"""One question as it was asked earlier beside the same one now: how it read then, and what of its answer fits it still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.applications.answers import as_typed, limits, sentence
from grants.base.language import LANGUAGES, OWN_NAMES, current_language, localized, number
from scoring.facts import FactError, check_fact
from scoring.questions import Fact, Text

GROWN = {("text", "longtext"), ("integer", "decimal")}
"""Kinds that were made wider: every answer of the first is one of the second."""


class Reading(NamedTuple):
    """One thing that a question said otherwise: which, and how it read then; empty where it was not there."""

    name: str
    then: str


@dataclass(frozen=True)
class Offer:
    """What of an earlier answer can be copied, as a draft keeps it; what of it does not fit, in words; and whether the rest holds as it is."""

    value: Any = ""
    left: tuple[str, ...] = ()
    holds: bool = True


NOTHING = Offer()


def is_alike(fact: Fact, before: Fact) -> bool:
    """Whether an answer to the earlier question can be one to this question."""
    return fact.kind == before.kind or (before.kind, fact.kind) in GROWN


def readings(fact: Fact, before: Fact) -> tuple[Reading, ...]:
    """Everything that people read at a question and that has changed, as it read then."""
    if fact == before:
        return ()  # most of a form
    found = _wording(_("Question"), before.label, fact.label)
    if not is_alike(fact, before):
        found.append(Reading(_("Kind of answer"), _("another kind")))
    found += _wording(_("Explanation"), before.help, fact.help)
    found += _wording(_("Proof"), before.proof, fact.proof)
    found += _listed(_("Possible answers"), before.choices, fact.choices)
    found += _listed(_("Columns"), before.columns, fact.columns)
    if (before.unit or "") != (fact.unit or ""):
        found.append(Reading(_("Unit"), before.unit or ""))
    if fact.kind == before.kind:
        found += _limits(fact, before)
    columns = {column.id: column for column in before.columns}
    for column in fact.columns:
        if column.id in columns:
            title = localized(column.label)
            own = (one for one in readings(column, columns[column.id]) if one.name != _("Question"))
            found += [Reading(f"{title}, {one.name[:1].lower()}{one.name[1:]}", one.then) for one in own]
    return tuple(found)


def _limits(fact: Fact, before: Fact) -> list[Reading]:
    found = []
    if (then := limits(before)) != limits(fact):
        found.append(Reading(_("Limits"), then))
    if fact.kind == "decimal" and before.decimals != fact.decimals:
        found.append(Reading(_("Decimals"), number(before.decimals)))
    if fact.kind == "table" and (before.min_rows, before.max_rows) != (fact.min_rows, fact.max_rows):
        found.append(Reading(_("Rows"), _("From %(minimum)s to %(maximum)s.", minimum=before.min_rows, maximum=before.max_rows)))
    if fact.kind == "file" and before.max_files != fact.max_files:
        found.append(Reading(_("Files"), _("At most %(maximum)s.", maximum=before.max_files)))
    return found


def _wording(name: str, then: Text | None, now: Text | None) -> list[Reading]:
    """How a text read in the reader's language if it changed there, else in those languages in which it did. A further language is no change."""
    then, now = then or {}, now or {}
    common = set(then) & set(now) if then and now else {*then, *now}
    changed = [code for code in LANGUAGES if code in common and then.get(code, "").split() != now.get(code, "").split()]
    read = next((code for code in (current_language(), *LANGUAGES) if code in common), "")
    if read in changed:
        return [Reading(name, then.get(read, ""))]
    return [Reading(f"{name} ({OWN_NAMES[code]})", then.get(code, "")) for code in changed]


def _listed(name: str, then: Sequence[Any], now: Sequence[Any]) -> list[Reading]:
    """The same for a list of things with ids and labels, whose order does not matter."""
    place = {one.id: index for index, one in enumerate(then)}
    ordered = sorted(now, key=lambda one: place.get(one.id, len(place)))
    found = _wording(name, _together(then), _together(ordered))
    if not found and set(place) != {one.id for one in now}:
        found.append(Reading(name, localized(_together(then))))
    return found


def _together(listed: Sequence[Any]) -> dict[str, str]:
    codes = [code for code in LANGUAGES if listed and all(code in one.label for one in listed)]
    return {code: "; ".join(one.label[code] for one in listed) for code in codes}


def written(fact: Fact, value: Any) -> Any:
    """A checked value as somebody would type it on these pages."""
    if fact.kind == "table":
        return [{column.id: written(column, row.get(column.id)) for column in fact.columns} for row in value or ()]
    if value is not None and fact.kind == "date":
        day = date.fromisoformat(value)
        return f"{day.day}. {day.month}. {day.year}"
    if value is not None and fact.kind == "decimal":
        return str(value).replace(".", ",")
    return as_typed(fact, value)


def offer(fact: Fact, before: Fact, value: Any) -> Offer:
    """What of an answer to the earlier question can be copied into this one."""
    if value is None or value in ("", []):
        return NOTHING
    if not is_alike(fact, before):
        return Offer(left=(_("The question now asks for another kind of answer. Write it anew."),))
    match fact.kind:
        case "table":
            return _rows(fact, before, value)
        case "choices":
            known = {one.id for one in fact.choices}
            return Offer([one for one in value if one in known], tuple(_no_choice(before, one) for one in value if one not in known))
        case "choice" if value not in {one.id for one in fact.choices}:
            return Offer(left=(_no_choice(before, value),))
    typed = written(fact, value)
    try:
        check_fact(fact, typed)
    except FactError as error:
        # A text that is too long is worth copying: it can be shortened. Numbers and days have to be thought about anew.
        long = error.code == "too_long"
        return Offer(typed if long else "", (sentence(fact, error),), holds=not long)
    return Offer(typed)


def _no_choice(before: Fact, choice: str) -> str:
    label = next((one.label for one in before.choices if one.id == choice), {})
    return _("“%(answer)s” is no longer among the possible answers.", answer=localized(label) or choice)


def _rows(fact: Fact, before: Fact, rows: Sequence[Mapping[str, Any]]) -> Offer:
    """The rows with the columns that there still are; a cell that does not fit stays empty."""
    known = {column.id: column for column in before.columns}
    here = {column.id for column in fact.columns}
    left = [
        _("The column “%(column)s” is no longer asked for.", column=localized(column.label))
        for column in before.columns
        if column.id not in here and any(row.get(column.id) not in (None, "", [], False) for row in rows)
    ]
    made, holds = [], True
    for index, row in enumerate(rows[: fact.max_rows], start=1):
        cells = {}
        for column in fact.columns:
            found = offer(column, known[column.id], row.get(column.id)) if column.id in known else NOTHING
            cells[column.id] = found.value if found.value or column.kind != "choices" else []
            holds = holds and found.holds
            title = localized(column.label)
            left += [_("Row %(row)s, %(column)s: %(reason)s", row=index, column=title, reason=reason) for reason in found.left]
        made.append(cells)
    if (over := len(rows) - fact.max_rows) > 0:
        left.append(ngettext("The last row is one too many.", "The last %(num)s rows are too many.", over))
    return Offer(as_typed(fact, made), tuple(left), holds)
