"""What a form takes from the record of the organisation; and what of it the business register says, which nobody types differently there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.accounts.models import Organisation
from grants.accounts.queries import disputes_of
from grants.applications import queries
from grants.applications.models import Application, PaperApplication
from grants.calls.municipality import municipality
from scoring.facts import FactError, check_fact
from scoring.questions import Fact
from scoring.rulebook import Track

YES, NO = "y", "n"
DISPUTABLE = {
    "name": {"name", "short_name"}, "legal_form": {"legal_form"}, "seat": {"address", "settlement", "municipality", "seat_inside"},
    "activities": {"activity_codes"}, "representatives": {"representative"}, "tax_number": {"tax_number", "registration_number"},
}  # fmt: skip
"""What the register says, by what an organisation can dispute, in the names that a rulebook uses. The account, the telephone and the address
of mail are the organisation's own."""
SAID = frozenset[str]().union(*DISPUTABLE.values())


def known_of(organisation: Organisation) -> dict[str, str]:
    """What the record of an organisation knows, by the names that a rulebook uses."""
    names = (
        "name", "email", "representative", "address", "iban", "tax_number", "registration_number", "phone", "short_name", "settlement",
        "municipality", "legal_form",
    )  # fmt: skip
    known = {name: str(getattr(organisation, name)) for name in names}
    inside = municipality().seat_inside(organisation.municipality_code, organisation.municipality)
    return known | {
        "activity_codes": organisation.activity_codes.replace("\n", ", "),
        "seat_inside": "" if inside is None else YES if inside else NO,
    }


def prefilled(track: Track, known: Mapping[str, str]) -> dict[str, Any]:
    """The draft to begin with: what the rulebook wants taken from the organisation; for a choice only what is one of its answers."""
    found = {fact.id: known.get(fact.prefill, "") for fact in track.facts if fact.prefill is not None}
    offered = {fact.id: {choice.id for choice in fact.choices} for fact in track.facts if fact.kind == "choice"}
    return {fact: value for fact, value in found.items() if value and (fact not in offered or value in offered[fact])}


def given(application: Application | PaperApplication) -> dict[str, str]:
    """The answers that the register gives today, by question: shown, not typed, and disputed where they are wrong.

    What the register leaves empty, or what the question cannot take, is asked. On paper stands what stands there.
    """
    if isinstance(application, PaperApplication) or application.organisation.from_register_on is None:
        return {}
    track = queries.track_of(application.call, application.track)
    found = prefilled(track, known_of(application.organisation))
    return {fact.id: found[fact.id] for fact in track.facts if fact.id in found and fact.prefill in SAID and _fits(fact, found[fact.id])}


def disputed(application: Application | PaperApplication) -> set[str]:
    """The questions whose answer from the register the organisation disputes and the office has not looked at yet."""
    names = {name for one in disputes_of(application.organisation) if one.answered_at is None for name in DISPUTABLE.get(one.what, SAID)}
    track = queries.track_of(application.call, application.track)
    return {fact.id for fact in track.facts if fact.prefill in names} & given(application).keys()


def _fits(fact: Fact, value: str) -> bool:
    try:
        check_fact(fact, value)
    except FactError:
        return False
    return True
