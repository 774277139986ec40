"""What an office found out about facts, as reasons that stand beside the points: what was verified, and what is not proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scoring.facts import MISSING, Proven, effective
from scoring.formula import shown
from scoring.money import NumberError, euros, number
from scoring.questions import Fact, Text
from scoring.reasons import Reason, day
from scoring.rulebook import Track
from scoring.usage import Uses

MOST_NOTES = 6
_YES = {"sl": ("ne", "da"), "it": ("no", "sì"), "en": ("no", "yes")}


def in_languages(name: str, text: Text) -> dict[str, str]:
    """A text in several languages as the parameters of a sentence that says ``{name}``."""
    return {f"{name}_{language}": words for language, words in text.items()}


def sentence_of(text: Text) -> dict[str, str]:
    """A text that ends as a sentence does, in each language."""
    return {language: words if words.rstrip().endswith((".", "!", "?")) else f"{words.rstrip()}." for language, words in text.items()}


def clause_of(text: Text) -> dict[str, str]:
    """A text as the first half of a sentence, without the mark at its end, in each language."""
    return {language: words.rstrip(". ") for language, words in text.items()}


def answer_texts(choices: Mapping[str, Text], answers: Iterable[str]) -> dict[str, str]:
    """Chosen answers by their labels, in each language; one that has no label is left out."""
    known = [choices[one] for one in answers if one in choices]
    return {language: ", ".join(one.get(language) or next(iter(one.values())) for one in known) for language in _YES}


def _said(name: str, fact: Fact, value: Any) -> dict[str, str]:
    """A typed value as the parameters of a sentence that says ``{name}``."""
    if value is None or value == "" or value == []:
        return {name: "–"}
    if fact.kind == "boolean":
        return {f"{name}_{language}": words[bool(value)] for language, words in _YES.items()}
    if fact.kind in ("choice", "choices"):
        labels = {choice.id: choice.label for choice in fact.choices}
        return in_languages(name, answer_texts(labels, [value] if isinstance(value, str) else value))
    if fact.kind == "date":
        return {f"{name}_{language}": day(str(value), language) for language in _YES}
    if fact.kind == "money":
        return {name: f"{euros(value)} EUR" if isinstance(value, int) else str(value)}
    if fact.kind in ("table", "file"):
        return {name: str(len(value))}
    try:
        return {name: f"{shown(number(value))} {fact.unit or ''}".strip()}
    except NumberError:
        return {name: str(value)}


def note_of(fact: Fact, value: Proven, label: Text) -> Reason | None:
    """What is to be said of one value; None when the stated value counts and nobody verified it."""
    about = in_languages("label", label)
    if value.proven is False:
        counts = effective(fact, value)
        code = "unproven" if fact.unproven == "nothing" else "unproven_stated"
        return Reason(code, {**about, **_said("stated", fact, value.stated), **_said("value", fact, counts)})
    if value.verified is MISSING:
        return None
    found = {**about, **_said("value", fact, value.verified), "verified_day": value.on, "source": value.source}
    if value.verified == value.stated:
        return Reason("verified_same", found)
    return Reason("verified", {**found, **_said("stated", fact, value.stated)})


def looked_at(track: Track, uses: Uses) -> tuple[tuple[Fact, ...], dict[str, frozenset[str]]]:
    """The facts that something is computed from, and of each table the columns."""
    facts = tuple(fact for fact in track.facts if fact.id in uses.facts)
    return facts, {fact.id: frozenset(column for table, column in uses.columns if table == fact.id) for fact in facts}


def notes_of(
    facts: Iterable[Fact], columns: Mapping[str, frozenset[str]], given: Mapping[str, Any], only_row: tuple[str, int] | None = None
) -> tuple[Reason, ...]:
    """What was found out about these facts and, of tables, about these columns (of all rows, or of one row of one table)."""
    notes: list[Reason | None] = []
    for fact in facts:
        value = given.get(fact.id)
        if type(value) is Proven:
            notes.append(note_of(fact, value, fact.label))
        if fact.kind != "table":
            continue
        used = [column for column in fact.columns if column.id in columns.get(fact.id, ())]
        rows = effective(fact, value) or ()
        for index, row in enumerate(rows):
            if only_row is not None and only_row != (fact.id, index) and only_row[0] == fact.id:
                continue
            for column in used:
                cell = row.get(column.id)
                if type(cell) is Proven:
                    label = {one: f"{words} {index + 1}: {column.label.get(one, '')}" for one, words in fact.label.items()}
                    notes.append(note_of(column, cell, label))
    found = [note for note in notes if note is not None]
    if len(found) > MOST_NOTES:
        return (*found[:MOST_NOTES], Reason("more_notes", {"count": str(len(found) - MOST_NOTES)}))
    return tuple(found)
