"""The conditions of a track as they stand for one applicant: met, exempt, not met, waiting for answers, or for the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from grants.applications import registered
from grants.applications.models import Application, PaperApplication
from grants.base.language import current_language, localized
from scoring.conditions import judge_condition
from scoring.form import asked_of
from scoring.questions import Condition, Fact
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.usage import Uses

Values = Mapping[str, Any]


class Standing(StrEnum):
    """How a condition stands."""

    MET = "met"
    EXEMPT = "exempt"
    UNMET = "unmet"
    WAITING = "waiting"
    OFFICE = "office"


@dataclass(frozen=True)
class Checked:
    """One condition for one applicant, in the reader's language."""

    condition: Condition
    standing: Standing
    working: str = ""
    exemption: str = ""
    exemption_article: str = ""
    looks_at: tuple[Fact, ...] = ()
    registered: bool = False
    """Not met by what the business register says of the organisation."""

    @property
    def text(self) -> str:
        """The condition itself."""
        return localized(self.condition.text)

    @property
    def article(self) -> str:
        """The article it comes from."""
        return self.condition.article

    @property
    def questions(self) -> str:
        """The questions it is computed from, in one line."""
        return ", ".join(_("“%(words)s”", words=localized(fact.label)) for fact in self.looks_at)

    @property
    def advice(self) -> str:
        """What to do when it is not met."""
        if self.registered and self.standing == Standing.OFFICE:
            return _(
                "By the business register it is not met. You told us that the register is wrong: the office checks that, and it stops no submission meanwhile."
            )
        if self.standing != Standing.UNMET:
            return ""
        if self.registered:
            return _(
                "This follows from what the business register says of the organisation: %(questions)s. If that is wrong, choose “This is wrong” on"
                " the page of your organisation: it stops no submission as long as we have not answered.",
                questions=self.questions,
            )
        if self.looks_at:
            return _(
                "Look at your answers to %(questions)s. If they are right, you do not meet this condition; the contact of the call can tell you more.",
                questions=self.questions,
            )
        return _("If your answers are right, you do not meet this condition; the contact of the call can tell you more.")


@dataclass(frozen=True)
class PotChecked:
    """The conditions of one pot for one applicant."""

    pot: Pot
    conditions: tuple[Checked, ...]

    @property
    def title(self) -> str:
        """The name of the pot."""
        return localized(self.pot.title)

    @property
    def closed(self) -> bool:
        """Whether one of its conditions keeps the applicant out."""
        return any(one.standing == Standing.UNMET for one in self.conditions)


@dataclass(frozen=True)
class TrackChecked:
    """All conditions of a track for one applicant: those for taking part at all, and those of each pot."""

    conditions: tuple[Checked, ...]
    pots: tuple[PotChecked, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.conditions) or any(pot.conditions for pot in self.pots)

    @property
    def several(self) -> bool:
        """Whether it matters for which pots the applicant competes."""
        return any(pot.conditions for pot in self.pots)

    @property
    def open_pots(self) -> tuple[PotChecked, ...]:
        """The pots in which the application competes, as far as can be said."""
        return tuple(pot for pot in self.pots if not pot.closed)

    @property
    def stopping(self) -> tuple[Checked, ...]:
        """The conditions that stop a submission: of the track those not met, and, where every pot is closed, those of the pots."""
        unmet = [one for one in self.conditions if one.standing == Standing.UNMET]
        if self.pots and not self.open_pots:
            unmet += [one for pot in self.pots for one in pot.conditions if one.standing == Standing.UNMET]
        seen: dict[str, Checked] = {f"{one.text} {one.article} {one.working}": one for one in unmet}
        return tuple(seen.values())


def check(track: Track, values: Values, waiting: Sequence[str] = ()) -> TrackChecked:
    """Every condition for these checked values. ``waiting`` are the facts without a usable answer that may still come."""
    return TrackChecked(
        tuple(_one(track, one, values, waiting) for one in track.conditions),
        tuple(PotChecked(pot, tuple(_one(track, one, values, waiting) for one in pot.conditions)) for pot in track.pots),
    )


def for_applicant(application: Application | PaperApplication, track: Track, values: Values, waiting: Sequence[str] = ()) -> TrackChecked:
    """As `check`; but where an organisation disputes what the register says of it, the office judges, and no register stops anybody.

    One statement more where a condition is not met by what the register says.
    """
    checked = check(track, values, waiting)
    given = registered.given(application).keys()
    everything = (*checked.conditions, *(one for pot in checked.pots for one in pot.conditions))
    if not any(fact.id in given for one in everything if one.standing == Standing.UNMET for fact in one.looks_at):
        return checked
    disputed = registered.disputed(application)

    def judged(one: Checked) -> Checked:
        looked = {fact.id for fact in one.looks_at}
        if one.standing != Standing.UNMET or looked.isdisjoint(given):
            return one
        return replace(one, registered=True, standing=Standing.UNMET if looked.isdisjoint(disputed) else Standing.OFFICE)

    return TrackChecked(
        tuple(judged(one) for one in checked.conditions),
        tuple(replace(pot, conditions=tuple(judged(one) for one in pot.conditions)) for pot in checked.pots),
    )


def unanswered(track: Track, values: Values) -> tuple[str, ...]:
    """The facts of a draft that are asked for and have no usable answer yet."""
    asked = asked_of(track, values)
    return tuple(fact.id for fact in track.facts if fact.id in asked and fact.id not in values)


def _one(track: Track, condition: Condition, values: Values, waiting: Sequence[str]) -> Checked:
    judged = judge_condition(track, condition, values)
    if judged is None:
        return Checked(condition, Standing.OFFICE)
    uses = Uses(track)
    uses.condition(condition)
    looked = tuple(fact for fact in track.facts if fact.id in uses.facts)
    working = judged.words[current_language()]
    missing = [fact for fact in looked if fact.id not in values]
    if any(fact.id in waiting for fact in missing):
        # Before all answers are there nothing can be said for sure: an empty answer counts as nothing, and "not" of it would hold.
        return Checked(condition, Standing.WAITING, looks_at=looked)
    if judged.exemption is not None:
        text, article = localized(judged.exemption.text), judged.exemption.article
        return Checked(condition, Standing.EXEMPT, working, text, article, looked)
    if judged.met:
        return Checked(condition, Standing.MET, working, looks_at=looked)
    if any(fact.checked_in is not None for fact in missing):
        return Checked(condition, Standing.OFFICE, looks_at=looked)
    return Checked(condition, Standing.UNMET, working, looks_at=looked)
