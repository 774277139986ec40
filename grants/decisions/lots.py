"""Drawn lots: the tie that only a lot breaks, what was drawn, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from grants.applications.models import Application
from grants.base.errors import Refused
from grants.calls.models import Call
from grants.decisions import distribution, queries


@dataclass(frozen=True)
class Drawn:
    """What people put down about a lot, as it was written; `places` by the key of the tied."""

    places: Mapping[str, str]
    place: str
    drawn_by: str
    witnesses: str


@dataclass(frozen=True)
class Tied:
    """One of the equals: an application, or one of its items."""

    application: Application
    item: str

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"{self.application.id}-{self.item}" if self.item else str(self.application.id)

    @property
    def title(self) -> str:
        """Number and applicant, and of an item its place in the application."""
        name = f"{self.application.number} ({self.application.organisation.name})"
        return _("%(application)s, item %(item)s", application=name, item=self.item) if self.item else name


@dataclass(frozen=True)
class Tie:
    """Equals in a pot between whom the rules want a lot, in the order of their applications."""

    pot: str
    tied: Sequence[Tied]


def tie_of(call: Call, pots: Sequence[str]) -> Tie | None:
    """The tie at which the division of these pots stops; None if it stops at none, or cannot be made yet."""
    known = [pot.id for _track, pot in call.rulebook.pots() if pot.id in pots]
    if not known or not all(distribution.is_scored(call, pot) and queries.standing_proposal(call, pot) is None for pot in known):
        return None
    try:
        distribution.compute(call, known)
    except distribution.InputMissing as missing:
        return Tie(missing.pot, [Tied(*one) for one in missing.tied]) if missing.tied else None
    except Refused:
        return None
    return None


def read(tie: Tie, drawn: Drawn) -> tuple[dict[str, int], dict[str, str]]:
    """The place of each by key; and what is wrong, by field."""
    faults: dict[str, str] = {}
    found: dict[str, int] = {}
    count = len(tie.tied)
    for one in tie.tied:
        text = (drawn.places.get(one.key) or "").strip().removesuffix(".")
        place = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
        if not 1 <= place <= count:
            faults[f"place-{one.key}"] = _("Write the place that was drawn: a number from 1 to %(count)s.", count=count)
        elif place in found.values():
            faults[f"place-{one.key}"] = _("The place %(place)s is given twice; each was drawn once.", place=place)
        else:
            found[one.key] = place
    for name, text in (("place", drawn.place), ("drawn_by", drawn.drawn_by), ("witnesses", drawn.witnesses)):
        if not text.strip():
            faults[name] = _("This is missing; a lot counts only if anybody can see how it was drawn.")
    return found, faults
