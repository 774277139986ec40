"""What the office found out about answers: the records as they stand, and the answers as `scoring` wants them with the records beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, load_only

from grants.accounts.models import User
from grants.applications.models import Verification
from grants.base import clock
from grants.base.db import db
from scoring.facts import MISSING, Proven

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
            values[place.fact] = proven(values.get(place.fact), record)
            continue
        rows = [dict(row) for row in values.get(place.fact) or ()]
        if place.item <= len(rows):
            rows[place.item - 1][place.cell] = proven(rows[place.item - 1].get(place.cell), record)
            values[place.fact] = rows
    return values


def proven(stated: Any, record: Verification) -> Proven:
    return Proven(
        stated, record.verified.get("value", MISSING), record.proven, on=clock.local(record.verified_at).date().isoformat(),
        source=record.source, reason={language: text for language, text in record.reason.items() if text},
    )  # fmt: skip
