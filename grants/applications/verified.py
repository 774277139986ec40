"""What the office found out about answers: the records as they stand, and the answers as `scoring` wants them with the records beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, load_only

from grants.accounts.models import User
from grants.applications import presentation
from grants.applications.models import Verification
from grants.base import clock
from grants.base.db import db
from grants.base.language import localized
from scoring.facts import MISSING, Proven, effective
from scoring.questions import Fact, Text
from scoring.rulebook import Track

NO_VALUE = ("table", "file")
"""Kinds of answers of which the office says only whether they are proven; of a table it verifies the cells."""


class Place(NamedTuple):
    """Where an answer stands: a fact, or a cell of a table in a row counted from 1."""

    fact: str
    item: int = 0
    cell: str = ""

    @property
    def address(self) -> str:
        """The place in the address of a page."""
        return f"{self.fact}-{self.item}-{self.cell}" if self.item else self.fact


Records = Sequence[Verification]


def records_of(application_ids: Iterable[int]) -> dict[int, list[Verification]]:
    """Every record on these applications, the earliest first. One query."""
    found: dict[int, list[Verification]] = {identity: [] for identity in application_ids}
    by = joinedload(Verification.by).options(load_only(User.name), lazyload(User.staff_roles), lazyload(User.memberships))
    query = select(Verification).where(Verification.application_id.in_(list(found))).options(by)
    for record in db.session.scalars(query.order_by(Verification.sequence, Verification.id)):
        found[record.application_id].append(record)
    return found


def place_of(record: Verification) -> Place:
    """What a record is about."""
    return Place(record.fact, record.item, record.cell)


def latest_of(records: Records) -> dict[Place, Verification]:
    """The record that counts, for each place that has one."""
    return {place_of(record): record for record in sorted(records, key=lambda one: one.sequence)}


def with_verified(answers: Mapping[str, Any], records: Records) -> dict[str, Any]:
    """The answers with what was found out beside the stated values. The verifier stays in the record: scoring needs no names."""
    values = dict(answers)
    for place, record in sorted(latest_of(records).items(), key=lambda pair: pair[0].item == 0):
        if not place.item:
            values[place.fact] = _proven(values.get(place.fact), record)
            continue
        rows = [dict(row) for row in values.get(place.fact) or ()]
        if place.item <= len(rows):
            rows[place.item - 1][place.cell] = _proven(rows[place.item - 1].get(place.cell), record)
            values[place.fact] = rows
    return values


def _proven(stated: Any, record: Verification) -> Proven:
    return Proven(
        stated, record.verified.get("value", MISSING), record.proven, on=clock.local(record.verified_at).date().isoformat(),
        source=record.source, reason={language: text for language, text in record.reason.items() if text},
    )  # fmt: skip


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
        return effective(self.fact, self.stated if self.latest is None else _proven(self.stated, self.latest))


def answered(track: Track, answers: Mapping[str, Any], records: Records) -> list[Answered]:
    """Every answer of an application that is to be verified, in the order of the form; of tables the cells, row by row."""
    by_place: dict[Place, list[Verification]] = {}
    for record in records:
        by_place.setdefault(place_of(record), []).append(record)
    found = []

    def add(place: Place, fact: Fact, table: Fact | None, stated: Any) -> None:
        found.append(Answered(place, fact, table, stated, by_place.get(place, ())))

    for fact in track.facts:
        if wanted(fact):
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
