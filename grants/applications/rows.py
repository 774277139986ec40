"""Rows of the tables of a form, arranged on the server: removed, copied, moved, and pasted from a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from grants.applications.answers import NO, YES, as_typed
from grants.base.errors import Refused
from grants.base.language import localized
from scoring.questions import Fact
from scoring.rulebook import Track

Row = dict[str, Any]
_YES = frozenset({"y", "yes", "da", "sì", "si", "x", "1", "true"})
_NO = frozenset({"n", "no", "ne", "0", "false"})


def _removed(rows: list[Row], at: int) -> list[Row]:
    return rows[:at] + rows[at + 1 :]


def _copied(rows: list[Row], at: int) -> list[Row]:
    return [*rows, dict(rows[at])]


def _up(rows: list[Row], at: int) -> list[Row]:
    return rows if at == 0 else [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]]


def _down(rows: list[Row], at: int) -> list[Row]:
    return rows if at == len(rows) - 1 else _up(rows, at + 1)


_BUTTONS: dict[str, Callable[[list[Row], int], list[Row]]] = {
    "remove_row": _removed, "copy_row": _copied, "row_up": _up, "row_down": _down,
}  # fmt: skip


@dataclass(frozen=True)
class Arranged:
    """The answers after a button of a row was pressed; `refused` says by fact what could not be done."""

    answers: dict[str, Any]
    refused: dict[str, list[str]]


def arrange(answers: Mapping[str, Any], track: Track, posted: MultiDict[str, str]) -> Arranged | None:
    """What the pressed button of a row, or the pasting of rows, makes of the typed answers. None when no such button was pressed."""
    for button, arranged in _BUTTONS.items():
        if name := posted.get(button):
            return Arranged(_pressed(answers, track, posted, name, arranged), {})
    if name := posted.get("paste_rows"):
        fact = _table(track, name)
        if fact is None:
            return None
        rows = [row for row in answers.get(fact.id) or () if any(row.values())]
        try:
            return Arranged({**answers, fact.id: rows + pasted(fact, posted.get(f"pasted_{fact.id}", ""), len(rows))}, {})
        except Refused as refusal:
            return Arranged(dict(answers), {fact.id: [str(refusal.message)]})
    return None


def _table(track: Track, name: str) -> Fact | None:
    return next((one for one in track.facts if one.kind == "table" and name in (f"f_{one.id}", one.id)), None)


def _pressed(
    answers: Mapping[str, Any], track: Track, posted: MultiDict[str, str], name: str, arranged: Callable[[list[Row], int], list[Row]]
) -> dict[str, Any]:
    """`name` is that of the row in the form: its numbers have gaps, and rows that a script moved stand in the order of the form."""
    fact = next((one for one in track.facts if one.kind == "table" and name.startswith(f"f_{one.id}-")), None)
    if fact is None:
        return dict(answers)
    prefix = f"f_{fact.id}-"
    numbers = sorted({number for key in posted if key.startswith(prefix) and (number := row_number(key[len(prefix) :].split("-", 1)[0])) is not None})  # fmt: skip
    wanted = row_number(name[len(prefix) :])
    rows = list(answers.get(fact.id) or ())
    if wanted in numbers and numbers.index(wanted) < len(rows):
        rows = arranged(rows, numbers.index(wanted))
    return {**answers, fact.id: rows}


def row_number(part: str) -> int | None:
    """The number of a row as our pages give them out; None for anything else."""
    return int(part) if re.fullmatch("[0-9]{1,6}", part) else None


def pasted(fact: Fact, text: str, present: int = 0) -> list[Row]:
    """Rows as a spreadsheet hands them over: one line each, cells divided by tabs (or semicolons), in the order of the columns.

    A first line with the names of the columns is left out. Refused when a line has more cells than there are columns, or when there
    would be too many rows: nothing is taken then.
    """
    lines = text.strip("\n\r").splitlines(keepends=True)
    read = list(csv.reader(lines, delimiter="\t" if "\t" in text or ";" not in text else ";"))
    read = [line for line in read if any(cell.strip() for cell in line)]
    if read and _is_head(fact, read[0]):
        read = read[1:]
    if not read:
        raise Refused(_("There is nothing to paste. Copy the cells in your spreadsheet first, then paste them into the box."), status=422)
    for number, line in enumerate(read, 1):
        while len(line) > len(fact.columns) and not line[-1].strip():
            line.pop()
        if len(line) > len(fact.columns):
            raise Refused(
                _("Line %(number)s has %(cells)s cells, but the table has %(columns)s columns: %(names)s. Nothing was pasted.",
                  number=number, cells=len(line), columns=len(fact.columns), names=", ".join(localized(one.label) for one in fact.columns)),
                status=422,
            )  # fmt: skip
    if present + len(read) > fact.max_rows:
        raise Refused(
            ngettext("There would be too many rows: at most %(num)s is allowed. Nothing was pasted.",
                     "There would be too many rows: at most %(num)s are allowed. Nothing was pasted.", fact.max_rows), status=422,
        )  # fmt: skip
    return [{column.id: as_typed(column, _cell(column, cell)) for column, cell in zip(fact.columns, line, strict=False)} for line in read]


def _is_head(fact: Fact, line: list[str]) -> bool:
    """Most of its cells are names of their columns: people write some of them in their own way."""
    names = [{name.casefold() for name in column.label.values()} for column in fact.columns]
    named = sum(cell.strip().casefold() in known for cell, known in zip(line, names, strict=False))
    return 2 * named > sum(1 for cell in line if cell.strip())


def _cell(column: Fact, cell: str) -> Any:
    """A cell as it is typed into the form: a choice by its words in any language, yes and no likewise."""
    text, folded = cell.strip(), cell.strip().casefold()
    if column.kind == "boolean":
        return YES if folded in _YES else NO if folded in _NO else ""
    if column.kind == "choice":
        return _choice(column, folded) or text
    if column.kind == "choices":
        return [known for part in re.split("[,/]", folded) if (known := _choice(column, part.strip()))]
    return text


def _choice(column: Fact, folded: str) -> str:
    return next((one.id for one in column.choices if folded in {one.id, *(label.casefold() for label in one.label.values())}), "")
