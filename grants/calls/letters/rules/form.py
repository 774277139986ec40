"""The form in words: which answers it takes, within which limits, and what each track is for."""

from __future__ import annotations

from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from grants.base.language import day, number
from grants.calls.letters.rules.amounts import amount_said
from scoring.questions import Fact
from scoring.rulebook import Track


def kind_said(track: Track) -> str:
    """What a track is for."""
    return {
        "operating": _("regular activity"), "project": _("projects"), "event": _("events"), "mixed": _("activity and projects"),
        "investment": _("investments"), "person": _("persons"),
    }[track.kind]  # fmt: skip


def answer_said(fact: Fact) -> str:
    """What kind of answer a question takes."""
    return {
        "integer": _("whole number"), "decimal": _("number"), "money": _("amount in EUR"), "date": _("date"), "boolean": _("yes or no"),
        "choice": _("one of the choices"), "choices": _("any of the choices"), "text": _("short text"), "longtext": _("text"),
        "email": _("e-mail address"), "url": _("web address"), "file": _("file"), "table": _("table"),
    }[fact.kind]  # fmt: skip


def limits_said(fact: Fact) -> list[str]:
    """The limits of an answer: none is kept secret until the form is filled in."""
    said = []
    if fact.minimum is not None:
        said.append(_("at least %(value)s", value=_limit(fact, fact.minimum)))
    if fact.maximum is not None:
        said.append(_("at most %(value)s", value=_limit(fact, fact.maximum)))
    if fact.kind == "decimal":
        said.append(ngettext("at most %(count)s decimal", "at most %(count)s decimals", fact.decimals, count=fact.decimals))
    if fact.max_length is not None:
        said.append(ngettext("at most %(count)s character", "at most %(count)s characters", fact.max_length, count=number(fact.max_length)))
    if fact.kind == "table":
        if fact.min_rows:
            said.append(ngettext("at least %(count)s row", "at least %(count)s rows", fact.min_rows, count=fact.min_rows))
        said.append(ngettext("at most %(count)s row", "at most %(count)s rows", fact.max_rows, count=fact.max_rows))
    if fact.kind == "file":
        said.append(ngettext("at most %(count)s file", "at most %(count)s files", fact.max_files, count=fact.max_files))
    return said


def _limit(fact: Fact, value: str) -> str:
    if fact.kind == "date":
        return day(value)
    try:
        return amount_said(Fraction(value), fact)
    except ValueError:
        return value
