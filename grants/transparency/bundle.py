"""The result of a call as one file that anybody can recompute with the package `scoring` alone.

What is in it, and what is not:
- Recipients are organisations that get public money: their names are public (ZIntPK, ZDIJZ; domain.md 1.10).
- Applicants are called A001, A002 … in the order of receipt, which is what the office computed with. Who got nothing
  stays a pseudonym: the sum of points and the threshold cannot be recomputed without their points, but nobody has to read
  their names, words or reasons for that. So of them there are only the facts that the rules compute with and the points.
- Facts that the rulebook calls personal, and texts that are not declared public, are left out by `scoring`. Of files that the rules
  compute with it publishes how many there are, never their names or hashes.
- What is left of a pot whose decisions are not all issued yet is in it as an amount, where it joined a pot that is public.
- Members of the panel are member-1, member-2 …; their own reasons are never in it, the panel's joint ones are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l

from grants.applications.queries import facts_by_application
from grants.base import clock
from grants.calls.models import Call
from grants.decisions.distribution import carried_into, decided_in, drawn_in, keys_of, owners_of, sheets_in
from grants.decisions.letters.words import said
from grants.decisions.models import Decision
from grants.decisions.panel import given_in
from grants.transparency.queries import decisions_in, recomputable_pots
from scoring.allocation import allocate
from scoring.bundle import make_bundle
from scoring.canonical import canonical_json
from scoring.facts import Proven
from scoring.points import Agreement, Decided, Mark, compare_field, score
from scoring.points import Sheet as Scored
from scoring.rulebook import Rulebook
from scoring.usage import exclusives_use, facts_used


class NothingDecided(LookupError):  # noqa: N818 - named like the other refusals of the house
    """No pot of the call is decided whole, so there is no result to bundle."""


@dataclass(frozen=True)
class File:
    """The bundle as it is downloaded."""

    name: str
    data: bytes
    sha256: str


def of_call(call: Call) -> dict[str, Any]:
    """The bundle of the pots of a call whose decisions are all issued. Raises `NothingDecided`."""
    pots = recomputable_pots(call)
    decisions = [decision for decision in decisions_in(call) if decision.award.pot in pots]
    if not decisions:
        raise NothingDecided(call.reference)
    return _assemble(call, pots, decisions)


def find_file(call: Call) -> File | None:
    """The bundle as `file_of` makes it, if there is one yet."""
    try:
        return file_of(call)
    except NothingDecided:
        return None


def file_of(call: Call) -> File:
    """The bundle in its canonical form, with its hash. Issued decisions never change, so a process keeps what it made.

    Raises `NothingDecided`.
    """
    pots = recomputable_pots(call)
    decisions = [decision for decision in decisions_in(call) if decision.award.pot in pots]
    if not decisions:
        raise NothingDecided(call.reference)
    print_of_state = hashlib.sha256(
        canonical_json([call.id, call.rulebook_sha256, pots, [[one.number, one.amount_cents, one.sheet_sha256] for one in decisions]])
    ).hexdigest()
    if print_of_state not in _kept:
        data = canonical_json(_assemble(call, pots, decisions))
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        name = f"{call.reference.replace('/', '-')}-bundle.json"
        _kept[print_of_state] = File(name, data, hashlib.sha256(data).hexdigest())
    return _kept[print_of_state]


MOST_KEPT = 16
_kept: dict[str, File] = {}


def _assemble(call: Call, pots: list[str], decisions: Sequence[Decision]) -> dict[str, Any]:
    rulebook, keys = call.rulebook, keys_of(call)
    rows = sheets_in(call, pots)
    facts = facts_by_application([row.application_id for row in rows])
    recipients = {decision.application_id: decision for decision in decisions if decision.amount_cents}
    given_marks, given_agreements = given_in(call, pots, rows, facts)
    marks: dict[str, Sequence[Mark]] = {}
    agreements: dict[str, Sequence[Agreement]] = {}
    by_pot: dict[str, list[Scored]] = {}
    for row in rows:
        pot_id, key = str(row.data["pot"]), keys[row.application_id]
        track, pot = rulebook.track_and_pot(pot_id)
        own_marks = given_marks[row.evaluation_id, row.application_id]
        own_agreements = given_agreements[row.evaluation_id, row.application_id]
        if row.application_id not in recipients:
            own_agreements = [replace(agreement, reason={}) for agreement in own_agreements]
        marks[f"{pot_id} {key}"], agreements[f"{pot_id} {key}"] = own_marks, own_agreements
        by_pot.setdefault(pot_id, []).append(score(track, pot, key, facts[row.application_id], own_marks, own_agreements))
    by_key = {keys[identity]: answers for identity, answers in facts.items()}
    sheets = [sheet for name, own in by_pot.items() for sheet in compare_field(*rulebook.track_and_pot(name), own, by_key)]
    shown = {keys[identity]: _shown(rulebook, pots, answers, identity in recipients) for identity, answers in facts.items()}
    order = {keys[row.application_id]: int(keys[row.application_id][1:]) for row in rows}
    paid = {(decision.award.pot, keys[decision.application_id]) for decision in decisions if decision.amount_cents}
    decided = _decided(call, pots, keys, paid)
    lots = drawn_in(call, pots, keys)
    owners, carried = owners_of(rows, keys), carried_into(call, pots)
    allocation = allocate(rulebook, sheets, by_key, pots=pots, order=order, carried=carried, lots=lots, decided=decided, owners=owners)
    part = _call_part(call, keys, recipients)
    return make_bundle(
        part, rulebook, shown, marks, agreements, sheets, allocation, order, lots=lots, decided=decided, carried=carried, owners=owners
    )


def _decided(call: Call, pots: list[str], keys: Mapping[int, str], paid: Collection[tuple[str, str]]) -> dict[str, dict[str, Decided]]:
    """The amounts that the panel decided. Why somebody gets nothing from a pot in the end stands in that decision alone."""
    unsaid = said(["sl", "it", "en"], _l("The reason stands in the decision; it is published for recipients only."))
    published = {}
    for pot, own in decided_in(call, pots, keys).items():
        published[pot] = {name: one if (pot, name.split(" ")[0]) in paid else replace(one, reason=unsaid) for name, one in own.items()}
    return published


def _shown(rulebook: Rulebook, pots: Sequence[str], answers: Mapping[str, Any], recipient: bool) -> dict[str, Any]:
    """All answers of a recipient (`scoring` publishes the public ones of them); of others only what is computed with."""
    if recipient:
        return dict(answers)
    used = {name for pot_id in pots for name in facts_used(*rulebook.track_and_pot(pot_id))}
    used |= {name for pot_id in pots for name in exclusives_use(rulebook, rulebook.track_and_pot(pot_id)[0])}
    return {name: _without_reason(value) for name, value in answers.items() if name in used}


def _without_reason(value: Any) -> Any:
    """A value as it is computed with; why it was verified is between the office and the applicant who got nothing."""
    if isinstance(value, Proven):
        return replace(value, reason={}, stated=_without_reason(value.stated))
    if isinstance(value, list):
        return [{key: _without_reason(cell) for key, cell in row.items()} if isinstance(row, Mapping) else row for row in value]
    return value


def _call_part(call: Call, keys: Mapping[int, str], recipients: Mapping[int, Decision]) -> dict[str, Any]:
    published = call.published_at or call.opens_at
    return {
        "reference": call.reference,
        "title": dict(call.title),
        "published_at": clock.local(published).isoformat(timespec="seconds"),
        "closed_at": clock.local(call.closes_at).isoformat(timespec="seconds"),
        "rulebook_sha256": call.rulebook_sha256,
        "recipients": {
            keys[identity]: {
                "name": decision.application.organisation.name,
                "registration_number": decision.application.organisation.registration_number,
            }
            for identity, decision in sorted(recipients.items(), key=lambda pair: keys[pair[0]])
        },
    }
