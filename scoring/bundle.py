"""A published result that a stranger can recompute: rules, facts, marks, awards and the hash of each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.canonical import canonical_json
from scoring.findings import RulebookError
from scoring.formula import read_formula
from scoring.money import NumberError, euros, number, number_text
from scoring.points import Agreement, Mark, ScoringError, Sheet, score
from scoring.rulebook import Pot, Rulebook, Track, rulebook_from_data

FORMAT = "merila-bundle-1"
PARTS = ("call", "rulebook", "facts", "marks", "agreements", "order", "sheets", "awards")


@dataclass(frozen=True)
class Verification:
    """How many awards were recomputed, and every difference in words."""

    checked: int
    differences: tuple[str, ...]


def facts_of_pot(track: Track, pot: Pot) -> frozenset[str]:
    """The facts that points and ceilings of a pot are computed from."""
    used = {criterion.fact for criterion in pot.criteria if criterion.fact}
    for criterion in pot.criteria:
        if criterion.formula:
            formula = read_formula(criterion.formula)
            used |= {*formula.names, *(table for table, _ in formula.tables)}
    used |= {name for name in (pot.caps.request, pot.caps.cost, pot.cost_fact) if name}
    return frozenset(used)


def public_facts(track: Track, pots: Sequence[Pot], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of an applicant's facts is published: what is computed with, and what the rules call public; nothing personal."""
    used = frozenset().union(*(facts_of_pot(track, pot) for pot in pots))
    summed = {pair for pot in pots for criterion in pot.criteria if criterion.formula for pair in read_formula(criterion.formula).tables}
    shown: dict[str, Any] = {}
    for fact in track.facts:
        if fact.personal or fact.id not in facts or not (fact.public or fact.id in used) or fact.kind == "file":
            continue
        if fact.kind == "table":
            columns = {column.id for column in fact.columns if not column.personal and (fact.public or (fact.id, column.id) in summed)}
            shown[fact.id] = [{key: value for key, value in row.items() if key in columns} for row in facts[fact.id] or []]
        else:
            shown[fact.id] = facts[fact.id]
    return shown


def make_bundle(
    call: Mapping[str, Any],
    rulebook: Rulebook,
    facts: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, Sequence[Mark]],
    agreements: Mapping[str, Sequence[Agreement]],
    sheets: Sequence[Sheet],
    allocation: Allocation,
    order: Mapping[str, int],
) -> dict[str, Any]:
    """Bundle a result. ``marks`` and ``agreements`` are keyed ``"pot applicant"``; members are pseudonyms already.

    ``facts`` are all facts by applicant; only what scoring needs or the rules call public goes in, never anything personal.
    """
    pots_of: dict[str, list[str]] = {}
    for sheet in sheets:
        pots_of.setdefault(sheet.applicant, []).append(sheet.pot)
    published = {}
    for applicant, pots in sorted(pots_of.items()):
        track = rulebook.track_and_pot(pots[0])[0]
        published[applicant] = public_facts(track, [rulebook.pot(name) for name in pots], facts.get(applicant, {}))
    parts: dict[str, Any] = {
        "call": dict(call),
        "rulebook": rulebook.to_data(),
        "facts": published,
        "marks": {
            key: [{"member": m.member, "criterion": m.criterion, "points": number_text(m.points)} for m in given]
            for key, given in marks.items()
        },
        "agreements": {
            key: [
                {"criterion": a.criterion, "points": None if a.points is None else number_text(a.points), "reason": dict(a.reason)}
                for a in given
            ]
            for key, given in agreements.items()
        },
        "order": dict(order),
        "sheets": [sheet.to_data() for sheet in sheets],
        "awards": allocation.to_data()["results"],
    }
    bundle = {"format": FORMAT, **parts, "sha256": {name: _hash(parts[name]) for name in PARTS}}
    bundle["sha256"]["bundle"] = _hash({"format": FORMAT, **parts})
    return bundle


def _hash(data: Any) -> str:
    return sha256(canonical_json(data)).hexdigest()


def recompute(data: Mapping[str, Any]) -> tuple[list[Sheet], Allocation]:
    """Sheets and awards again, from the rules, facts and marks of a bundle alone."""
    rulebook = rulebook_from_data(data["rulebook"])
    sheets = []
    for published in data["sheets"]:
        applicant, pot_id = published["applicant"], published["pot"]
        track, pot = rulebook.track_and_pot(pot_id)
        key = f"{pot_id} {applicant}"
        marks = [Mark(m["member"], m["criterion"], number(m["points"])) for m in data["marks"].get(key, [])]
        agreements = [
            Agreement(a["criterion"], None if a["points"] is None else number(a["points"]), a["reason"])
            for a in data["agreements"].get(key, [])
        ]
        sheets.append(score(track, pot, applicant, data["facts"].get(applicant, {}), marks, agreements))
    pots = [result["pot"] for result in data["awards"]]
    return sheets, allocate(rulebook, sheets, data["facts"], pots=pots, order=data["order"])


def verify_bundle(data: Any) -> Verification:
    """Recompute a bundle and name every difference: hashes, points, amounts to the cent, pots."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        return Verification(0, (f"this is not a bundle of the format {FORMAT}",))
    missing = [name for name in (*PARTS, "sha256") if name not in data]
    if missing:
        return Verification(0, tuple(f'the part "{name}" is missing' for name in missing))
    differences: list[str] = []
    try:
        parts = {name: data[name] for name in PARTS}
        for name in PARTS:
            if _hash(parts[name]) != data["sha256"].get(name):
                differences.append(f'the part "{name}" is not the one that was published: its hash differs')
        if _hash({"format": FORMAT, **parts}) != data["sha256"].get("bundle"):
            differences.append("the bundle as a whole is not the one that was published: its hash differs")
        sheets, allocation = recompute(data)
        checked = _compare(data, sheets, allocation, differences)
    except (
        ScoringError,
        AllocationError,
        RulebookError,
        NumberError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        return Verification(0, (*differences, f"it cannot be recomputed: {type(error).__name__}: {error}"))
    return Verification(checked, tuple(differences))


def _compare(data: Mapping[str, Any], sheets: Sequence[Sheet], allocation: Allocation, differences: list[str]) -> int:
    for published, sheet in zip(data["sheets"], sheets, strict=True):
        if published["total"] != number_text(sheet.total):
            differences.append(
                f"{sheet.applicant} {sheet.pot}: published {published['total']} points, recomputed {number_text(sheet.total)}"
            )
        elif published != sheet.to_data():
            differences.append(f"{sheet.applicant} {sheet.pot}: the sheet differs although its total does not")
    settled = {result.pot for result in allocation.results}
    differences += [
        f"{sheet.applicant} {sheet.pot}: it has a sheet, but the result of its pot is missing"
        for sheet in sheets
        if sheet.pot not in settled
    ]
    checked = 0
    for published, result in zip(data["awards"], allocation.results, strict=True):
        again = {award.applicant: award for award in result.awards}
        everyone = frozenset(again)
        for award in published["awards"]:
            checked += 1
            own = again.pop(award["applicant"], None)
            if own is None and award["applicant"] in everyone:
                differences.append(f"{award['applicant']} {result.pot}: published twice")
            elif own is None:
                differences.append(f"{award['applicant']} {result.pot}: published {euros(award['amount_cents'])} EUR, but it has no sheet")
            elif own.amount_cents != award["amount_cents"]:
                differences.append(
                    f"{own.applicant} {result.pot}: published {euros(award['amount_cents'])} EUR, recomputed {euros(own.amount_cents)} EUR"
                )
            elif own.to_data() != award:
                differences.append(f"{own.applicant} {result.pot}: the amount agrees, its points or steps do not")
        differences += [f"{name} {result.pot}: not published, recomputed {euros(award.amount_cents)} EUR" for name, award in again.items()]
        whole = result.to_data()
        for key in whole:
            if key != "awards" and whole[key] != published.get(key):
                differences.append(f"pot {result.pot}: {key} published {published.get(key)}, recomputed {whole[key]}")
    return checked
