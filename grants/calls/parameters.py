"""The numbers of the procedure as dated data with legal references, and the remedy of each regime; from parameters/procedure.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from grants.base import clock
from grants.calls.municipality import Municipality, municipality
from grants.calls.periods import Calendar, WorkingHoliday
from grants.config import ConfigurationError, resource

if TYPE_CHECKING:
    from grants.calls.models import Call

Words = Mapping[str, str]


@dataclass(frozen=True)
class Basis:
    """Where a number stands; `standing` is "law" (read in the text) or "believed" (to be confirmed by a lawyer)."""

    unit: str
    reference: str
    standing: str


@dataclass(frozen=True)
class ParameterSet:
    """The numbers that hold for procedures begun on or after `valid_from`; `basis` gives the legal reference of each."""

    id: str
    valid_from: date
    standing: str
    reference: Words
    basis: Mapping[str, Basis]
    appeal_days: int
    objection_days: int
    court_days: int
    service_fiction_days: int
    public_notice_days: int
    decision_months: int
    decision_extension_months: int
    supplement_request_days: int
    supplement_days_sport: int
    supplement_days_culture: int
    supplement_days_general: int
    supplement_days_general_most: int
    forwarding_days: int
    second_instance_months: int
    instruction_completion_days: int
    volunteer_organisational_cents: int
    volunteer_substantive_cents: int
    volunteer_other_cents: int

    def supplement_days(self, regime: str) -> int:
        """How long an applicant has to supplement an incomplete application."""
        days: int = getattr(self, f"supplement_days_{regime}")
        return days

    def volunteer_rates(self) -> dict[str, int]:
        """What an hour of volunteer work is worth, in cents, by kind of work."""
        return {kind: getattr(self, f"volunteer_{kind}_cents") for kind in ("organisational", "substantive", "other")}

    def remedy_days(self, kind: str) -> int:
        """How long a remedy of this kind may be used: appeal, objection or court."""
        days: int = getattr(self, f"{kind}_days")
        return days


@dataclass(frozen=True)
class Remedy:
    """What may be done against an act, said completely in each language; `act` is "decision" (odločba) or "order" (sklep)."""

    regime: str
    decider: str
    act: str
    kind: str
    days: int
    competence: Words
    text: Words
    reference: str
    standing: str


class UnknownSet(LookupError):
    """No parameter set has this id, or none was valid on that day."""


@dataclass(frozen=True)
class _Procedure:
    sets: tuple[ParameterSet, ...]
    remedies: tuple[Mapping[str, Any], ...]
    calendar: Calendar


@lru_cache(maxsize=1)
def _procedure() -> _Procedure:
    path = resource("parameters") / "procedure.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        sets = tuple(sorted((_set(entry) for entry in data["sets"]), key=lambda one: one.valid_from))
        days = tuple(
            WorkingHoliday(entry["month"], entry["day"], entry["since"], entry["moves"], entry["name"])
            for entry in data["working_holidays"]
        )
    except (KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path}: {error}. Every set needs exactly the numbers of grants.calls.parameters.ParameterSet."
        ) from error
    return _Procedure(sets, tuple(data["remedies"]), Calendar(days))


def _set(entry: Mapping[str, Any]) -> ParameterSet:
    numbers: Mapping[str, Any] = entry["numbers"]
    wanted = {field.name for field in fields(ParameterSet)} - {"id", "valid_from", "standing", "reference", "basis"}
    if wrong := wanted ^ set(numbers):
        raise KeyError(f"{entry['id']}: missing or unknown: {', '.join(sorted(wrong))}")
    basis = {name: Basis(number["unit"], number["reference"], number["standing"]) for name, number in numbers.items()}
    values = {name: int(number["value"]) for name, number in numbers.items()}
    return ParameterSet(entry["id"], entry["valid_from"], entry["standing"], entry["reference"], basis, **values)


def all_sets() -> tuple[ParameterSet, ...]:
    """Every set, oldest first."""
    return _procedure().sets


def for_day(day: date) -> ParameterSet:
    """The set for a procedure that begins on this day."""
    valid = [one for one in all_sets() if one.valid_from <= day]
    if not valid:
        raise UnknownSet(f"no parameter set is valid on {day.isoformat()}")
    return valid[-1]


def get(set_id: str) -> ParameterSet:
    """The set with this id, as stored on calls and decisions."""
    for one in all_sets():
        if one.id == set_id:
            return one
    raise UnknownSet(f"parameters/procedure.yaml has no set {set_id!r}; a set that a call uses is never removed")


def calendar() -> Calendar:
    """The days on which periods do not end."""
    return _procedure().calendar


def deciders(regime: str) -> list[tuple[str, str]]:
    """Who may decide in a regime and which remedy follows: (decider, kind), the usual one first."""
    return [(entry["decider"], entry["kind"]) for entry in _procedure().remedies if entry["regime"] == regime]


def remedy(
    regime: str, decider: str = "", kind: str = "", *, parameters: ParameterSet | None = None, office: Municipality | None = None
) -> Remedy:
    """The remedy against an act of a regime, its texts filled from the parameter set and the municipality.

    Without a decider the usual one of the regime; without a kind the usual one of that decider. Without a set, that of today.
    """
    for entry in _procedure().remedies:
        if entry["regime"] == regime and decider in ("", entry["decider"]) and kind in ("", entry["kind"]):
            break
    else:
        raise LookupError(f"no remedy for {regime}, {decider}, {kind} in parameters/procedure.yaml")
    parameters = parameters or for_day(clock.today())
    office = office or municipality()
    days = parameters.remedy_days(entry["kind"])
    text = {language: said.format(days=days, **_places(office, language)) for language, said in entry["text"].items()}
    return Remedy(
        regime, entry["decider"], entry["act"], entry["kind"], days, entry["competence"], text, entry["reference"], entry["standing"]
    )


def remedy_of(call: Call) -> Remedy:
    """The remedy against the acts of one call, by the set that was valid when it was published."""
    return remedy(call.regime, call.decider, call.remedy, parameters=get(call.parameter_set))


def _places(office: Municipality, language: str) -> dict[str, str]:
    return {
        "mayor": office.mayor_dative[language],
        "office": office.administration_locative[language],
        "address": office.address[language],
        "email": office.email,
        "court": office.court_locative[language],
    }
