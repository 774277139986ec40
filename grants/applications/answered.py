"""Answers beside what the office verified in them, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grants.applications import presentation
from grants.applications.models import Verification
from grants.applications.verified import NO_VALUE, Place, Records, place_of, proven
from grants.base.language import localized
from scoring.facts import effective
from scoring.questions import Fact, Text
from scoring.rulebook import Track


@dataclass(frozen=True)
class Answered:
    """One answer that the rules want proven or that is checked in a register, with what was found out about it so far."""

    place: Place
    fact: Fact
    table: Fact | None
    stated: Any
    records: Records

    @property
    def latest(self) -> Verification | None:
        """The record that counts."""
        return self.records[-1] if self.records else None

    @property
    def label(self) -> Text:
        """What the answer is called: of a cell with its table and row."""
        if self.table is None:
            return self.fact.label
        return {code: f"{words} {self.place.item}: {self.fact.label.get(code, '')}" for code, words in self.table.label.items()}

    @property
    def title(self) -> str:
        """The same in the reader's language."""
        return localized(self.label)

    @property
    def wants_value(self) -> bool:
        """Whether a value can be established; of files and whole tables only whether they are proven."""
        return self.fact.kind not in NO_VALUE

    def said(self, value: Any) -> Any:
        """A value of this answer as pages and documents say it."""
        return presentation.said(self.fact, value)

    @property
    def differs(self) -> bool:
        """Whether another value was established than the one that is stated."""
        return self.latest is not None and "value" in self.latest.verified and self.latest.verified["value"] != self.stated

    @property
    def counts(self) -> Any:
        """The value that counts by the rules."""
        return effective(self.fact, self.stated if self.latest is None else proven(self.stated, self.latest))


def answered(track: Track, answers: Mapping[str, Any], records: Records) -> list[Answered]:
    """Every answer of an application that is to be verified, in the order of the form; of tables the cells, row by row.

    What volunteer hours are worth follows from the verified hours, so it is not verified itself.
    """
    worth = track.plan.volunteers.value if track.plan is not None and track.plan.volunteers is not None else None
    by_place: dict[Place, list[Verification]] = {}
    for record in records:
        by_place.setdefault(place_of(record), []).append(record)
    found = []

    def add(place: Place, fact: Fact, table: Fact | None, stated: Any) -> None:
        found.append(Answered(place, fact, table, stated, by_place.get(place, ())))

    for fact in track.facts:
        if wanted(fact) and (fact.id != worth or Place(fact.id) in by_place):
            add(Place(fact.id), fact, None, answers.get(fact.id))
        columns = [column for column in fact.columns if wanted(column)]
        for item, row in enumerate(answers.get(fact.id) or () if columns else (), start=1):
            for column in columns:
                add(Place(fact.id, item, column.id), column, fact, row.get(column.id))
    return found


def wanted(fact: Fact) -> bool:
    """Whether the rules want a fact proven, or say where the office checks it."""
    return fact.proof is not None or fact.checked_in is not None


def shown(track: Track, answers: Mapping[str, Any], records: Records) -> list[Answered]:
    """Those about which something was recorded."""
    return [one for one in answered(track, answers, records) if one.records]
