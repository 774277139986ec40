"""A published result that a stranger can recompute: rules, facts, marks, awards and the hash of each part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.bundle_shape import CARRIED, FORMAT, OWNERS, PARTS, not_a_bundle, unknown_parts, wanted_here
from scoring.canonical import NotCanonical, canonical_json
from scoring.differences import short
from scoring.exclusion import linked
from scoring.facts import MISSING, FactError, Proven, exact_value, value_from_data
from scoring.findings import RulebookError
from scoring.money import NumberError, number, number_text
from scoring.points import Agreement, Decided, Mark, ScoringError, Sheet, compare_field, score
from scoring.questions import Fact
from scoring.rulebook import Rulebook, Track, rulebook_from_data
from scoring.sharing import Pot
from scoring.usage import columns_used, exclusive_columns, exclusives_use, facts_used
from scoring.words_checks import figure, money, part, told


@dataclass(frozen=True)
class Verification:
    """How many awards were recomputed, and every difference in words; or, where it is no bundle at all, why it cannot be read."""

    checked: int
    differences: tuple[str, ...]
    readable: bool = True


def public_facts(
    track: Track,
    pots: Sequence[Pot],
    facts: Mapping[str, Any],
    also: frozenset[str] = frozenset(),
    also_columns: frozenset[tuple[str, str]] = frozenset(),
) -> dict[str, Any]:
    """What of an applicant's facts is published: what is computed with, and what the rules call public; nothing personal.

    ``also`` are facts, and ``also_columns`` columns of tables, that rules above the pots look at: which of exclusive pots was chosen, and
    for whom there is an exception. Who verified a value is not published; that it was verified, when and from which source, is. Of files
    that are computed with only how many there are is published, as so many empty texts.
    """
    used = also.union(*(facts_used(track, pot) for pot in pots))
    counted = also_columns.union(*(columns_used(track, pot) for pot in pots))
    published: dict[str, Any] = {}
    for fact in track.facts:
        if fact.personal or fact.id not in facts or not (fact.public or fact.id in used):
            continue
        value = facts[fact.id]
        if fact.kind == "file":
            if fact.id not in used:
                continue
            value = _number_of_files(value)
        if fact.kind == "table":
            columns = {column.id for column in fact.columns if not column.personal and (fact.public or (fact.id, column.id) in counted)}
            value = _of_columns(value, columns)
        published[fact.id] = _without_name(value)
    return published


def _number_of_files(value: Any) -> Any:
    """As many empty texts as there are files, stated or verified: never what they are called or what is in them. No answer stays none."""
    if isinstance(value, Proven):
        verified = value.verified if value.verified is MISSING else _number_of_files(value.verified)
        return replace(value, stated=_number_of_files(value.stated), verified=verified)
    return None if value is None else ["" for _ in value]


def _of_columns(value: Any, columns: set[str]) -> Any:
    """The rows of a table, stated or verified, with these columns only."""
    if isinstance(value, Proven):
        verified = value.verified if value.verified is MISSING else _of_columns(value.verified, columns)
        return replace(value, stated=_of_columns(value.stated, columns), verified=verified)
    return [{key: _without_name(cell) for key, cell in row.items() if key in columns} for row in value or []]


def _without_name(value: Any) -> Any:
    return replace(value, verifier="").to_data() if isinstance(value, Proven) else value


def make_bundle(
    call: Mapping[str, Any],
    rulebook: Rulebook,
    facts: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, Sequence[Mark]],
    agreements: Mapping[str, Sequence[Agreement]],
    sheets: Sequence[Sheet],
    allocation: Allocation,
    order: Mapping[str, int],
    lots: Mapping[str, int] | None = None,
    decided: Mapping[str, Mapping[str, Decided]] | None = None,
    carried: Mapping[str, int] | None = None,
    owners: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Bundle a result. ``marks`` and ``agreements`` are keyed ``"pot applicant"``; members are pseudonyms already.

    ``carried`` is what was left of pots that were settled before, as ``allocate`` got it; what joins none of these pots is left out.
    ``owners`` says who stands behind several applications; only those whose result depends on it are linked.
    ``facts`` are all facts by applicant; only what scoring needs or the rules call public goes in, never anything personal.
    """
    pots_of: dict[str, list[str]] = {}
    for sheet in sheets:
        pots_of.setdefault(sheet.applicant, []).append(sheet.pot)
    published = {}
    for applicant, pots in sorted(pots_of.items()):
        track = rulebook.track_and_pot(pots[0])[0]
        chosen, columns = exclusives_use(rulebook, track), exclusive_columns(rulebook, track)
        published[applicant] = public_facts(track, [rulebook.pot(name) for name in pots], facts.get(applicant, {}), chosen, columns)
    parts: dict[str, Any] = {
        "call": dict(call),
        "rulebook": rulebook.to_data(),
        "facts": published,
        "marks": {key: [_of_mark(mark) for mark in given] for key, given in marks.items()},
        "agreements": {key: [_of_agreement(agreement) for agreement in given] for key, given in agreements.items()},
        "order": dict(order),
        "lots": dict(lots or {}),
        "decided": {
            pot: {name: {"cents": one.cents, "reason": dict(one.reason)} for name, one in given.items()}
            for pot, given in (decided or {}).items()
        },
        "sheets": [sheet.to_data() for sheet in sheets],
        "awards": allocation.to_data()["results"],
    }
    settled = {result.pot for result in allocation.results}
    joining = {name: cents for name, cents in sorted((carried or {}).items()) if _joins(rulebook, name, settled)}
    parts |= {CARRIED: joining} if joining else {}
    together = linked(rulebook, sheets, owners or {})
    parts |= {OWNERS: together} if together else {}
    bundle = {"format": FORMAT, **parts, "sha256": {name: _hash(parts[name]) for name in parts}}
    bundle["sha256"]["bundle"] = _hash({"format": FORMAT, **parts})
    return bundle


def _joins(rulebook: Rulebook, name: str, settled: set[str]) -> bool:
    """Whether the leftover of a pot that is not settled here joins one that is."""
    source = next((pot for _, pot in rulebook.pots() if pot.id == name), None)
    if source is None or source.leftover is None or name in settled:
        return False
    return source.leftover.when == "before" and not settled.isdisjoint(source.leftover.to)


def _parts(data: Mapping[str, Any]) -> list[str]:
    return [*PARTS, *(name for name in (CARRIED, OWNERS) if name in data)]


def _of_mark(mark: Mark) -> dict[str, Any]:
    item = {"item": mark.item} if mark.item else {}
    return {"member": mark.member, "criterion": mark.criterion, "points": number_text(mark.points), **item}


def _of_agreement(agreement: Agreement) -> dict[str, Any]:
    item = {"item": agreement.item} if agreement.item else {}
    points = None if agreement.points is None else number_text(agreement.points)
    return {"criterion": agreement.criterion, "points": points, "reason": dict(agreement.reason), **item}


def _hash(data: Any) -> str:
    return sha256(canonical_json(data)).hexdigest()


def recompute(data: Mapping[str, Any]) -> tuple[list[Sheet], Allocation]:
    """Sheets and awards again, from the rules, facts and marks of a bundle alone."""
    rulebook = rulebook_from_data(data["rulebook"])
    facts = {name: {key: value_from_data(value) for key, value in own.items()} for name, own in data["facts"].items()}
    by_pot: dict[str, list[Sheet]] = {}
    for published in data["sheets"]:
        applicant, pot_id = published["applicant"], published["pot"]
        track, pot = rulebook.track_and_pot(pot_id)
        key = f"{pot_id} {applicant}"
        marks = [Mark(m["member"], m["criterion"], number(m["points"]), item=m.get("item", "")) for m in data["marks"].get(key, [])]
        agreements = [
            Agreement(a["criterion"], None if a["points"] is None else number(a["points"]), a["reason"], a.get("item", ""))
            for a in data["agreements"].get(key, [])
        ]
        by_pot.setdefault(pot_id, []).append(score(track, pot, applicant, facts.get(applicant, {}), marks, agreements))
    compared = {name: compare_field(*rulebook.track_and_pot(name), own, facts) for name, own in by_pot.items()}
    found = {(sheet.pot, sheet.applicant): sheet for own in compared.values() for sheet in own}
    sheets = [found[published["pot"], published["applicant"]] for published in data["sheets"]]
    pots = [result["pot"] for result in data["awards"]]
    decided = {pot: {name: Decided(one["cents"], one["reason"]) for name, one in given.items()} for pot, given in data["decided"].items()}
    return sheets, allocate(
        rulebook,
        sheets,
        facts,
        pots=pots,
        order=data["order"],
        lots=data["lots"],
        decided=decided,
        carried=data.get(CARRIED),
        owners=data.get(OWNERS),
    )


def _from_before(carried: Mapping[str, int], earlier: Sequence[Any], settled: set[str], language: str) -> Iterator[str]:
    """Whether what was carried over is what the earlier results left for these pots."""
    left = {
        result["pot"]: result["residual_cents"] - sum(flow["cents"] for flow in result["flows"] if flow["to"] not in settled)
        for data in earlier
        for result in data["awards"]
    }
    for name, cents in carried.items() if earlier else ():
        if name not in left:
            yield told("carried_unknown", language, pot=name)
        elif left[name] != cents:
            yield told("carried_differs", language, pot=name, published_cents=cents, left_cents=left[name])


def verify_bundle(data: Any, earlier: Sequence[Any] = (), language: str = "en") -> Verification:
    """Recompute a bundle and name every difference: hashes, points, amounts to the cent, pots.

    ``earlier`` are the bundles of results from which a leftover was carried over; without them it is taken as it was published.
    """
    unreadable = not_a_bundle(data)
    if unreadable:
        return Verification(0, unreadable, readable=False)
    differences = [told("unknown_part", language, name=name, format=FORMAT) for name in unknown_parts(data)]
    try:
        parts = {name: data[name] for name in _parts(data)}
        for name in parts:
            if _hash(parts[name]) != data["sha256"].get(name):
                differences.append(told("hash_part", language, name=name))
        if _hash({"format": FORMAT, **parts}) != data["sha256"].get("bundle"):
            differences.append(told("hash_whole", language))
        nowhere = list(_nowhere(data))
        if nowhere:
            return Verification(0, (*differences, *nowhere), readable=False)
        ill_typed = list(_ill_typed(data))
        if ill_typed:
            return Verification(0, (*differences, *ill_typed), readable=False)
        sheets, allocation = recompute(data)
        rulebook, settled = rulebook_from_data(data["rulebook"]), {result.pot for result in allocation.results}
        idle = [name for name in data.get(CARRIED, {}) if not _joins(rulebook, name, settled)]
        differences += [told("carried_nowhere", language, pot=name) for name in idle]
        differences += _from_before(data.get(CARRIED, {}), earlier, settled, language)
        checked = _compare(data, sheets, allocation, differences, language)
    except RulebookError as error:
        wrong = (f"rulebook: {one.path}: {one.message}" for one in error.findings)
        return Verification(0, (*differences, *wrong), readable=False)
    except (ScoringError, AllocationError, FactError, NumberError, NotCanonical) as error:
        return Verification(0, (*differences, told("not_recomputed", language, cause=error)))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError):
        cause = told("wrong_kind", language)
        return Verification(0, (*differences, told("not_recomputed", language, cause=cause)), readable=False)
    return Verification(checked, tuple(differences))


def _nowhere(data: Mapping[str, Any]) -> Iterator[str]:
    """Pots that the rulebook of the bundle does not have, and results that stand twice."""
    known = {pot.id for _, pot in rulebook_from_data(data["rulebook"]).pots()}
    for name in ("sheets", "awards"):
        for index, one in enumerate(data[name], start=1):
            if one["pot"] not in known:
                yield f'{name} / {index}: there is no pot "{one["pot"]}" in the rulebook'
    pots = [result["pot"] for result in data["awards"]]
    yield from (f'awards: the result of pot "{name}" stands twice' for name in dict.fromkeys(pots) if pots.count(name) > 1)


_TYPED = {
    "integer": "a whole number", "decimal": 'an exact number as a text, such as "12.5",', "money": "a whole number of cents",
    "boolean": "true or false", "choices": "a list of texts", "file": "a list", "table": "a list of rows",
}  # fmt: skip


def _ill_typed(data: Mapping[str, Any]) -> Iterator[str]:
    """Facts whose value is not of the kind that the rules of their track give them."""
    rulebook, done = rulebook_from_data(data["rulebook"]), set[tuple[str, str]]()
    for sheet in data["sheets"]:
        track, name = rulebook.track_and_pot(sheet["pot"])[0], sheet["applicant"]
        if (track.id, name) in done:
            continue
        done.add((track.id, name))
        given = data["facts"].get(name, {})
        for fact in track.facts:
            yield from _ill_typed_in(fact, given.get(fact.id), ("facts", name, fact.id))


def _ill_typed_in(fact: Fact, value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key in ("stated", "verified"):
            yield from _ill_typed_in(fact, value.get(key), (*path, key))
    elif value is not None and not _is_of(fact, value):
        yield wanted_here(path, _TYPED.get(fact.kind, "a text in quotes"), value)
    elif fact.kind == "table":
        for place, row in enumerate(value or (), start=1):
            for column in fact.columns:
                yield from _ill_typed_in(column, row.get(column.id), (*path, str(place), column.id))


def _is_of(fact: Fact, value: Any) -> bool:
    match fact.kind:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "decimal" | "money":
            try:
                return exact_value(fact, value) is not None
            except FactError:
                return False
        case "boolean":
            return isinstance(value, bool)
        case "choices" | "file" | "table":
            return isinstance(value, list) and all(isinstance(one, Mapping if fact.kind == "table" else str) for one in value)
    return isinstance(value, str)


def _value_of(key: str, value: Any, language: str) -> str:
    """A value of the result of a pot as people read it."""
    if key.endswith("_cents") and isinstance(value, int):
        return money(value, language)
    if key == "flows" and isinstance(value, list):
        flows = ", ".join(told("flow", language, cents=flow["cents"], pot=flow["to"]) for flow in value)
        return flows or told("nothing", language)
    return told("nothing", language) if value is None else short(value)


def _compare(data: Mapping[str, Any], sheets: Sequence[Sheet], allocation: Allocation, differences: list[str], language: str) -> int:
    def tell(code: str, who: str, pot: str, **values: object) -> None:
        differences.append(told(code, language, who=who, pot=pot, **values))

    for published, sheet in zip(data["sheets"], sheets, strict=True):
        if published["total"] != number_text(sheet.total):
            both = {"published": figure(published["total"], language), "own": figure(number_text(sheet.total), language)}
            tell("points_differ", sheet.applicant, sheet.pot, **both)
        elif published != sheet.to_data():
            tell("sheet_differs", sheet.applicant, sheet.pot)
    settled = {result.pot for result in allocation.results}
    for sheet in sheets:
        if sheet.pot not in settled:
            tell("result_missing", sheet.applicant, sheet.pot)
    checked = 0
    for published, result in zip(data["awards"], allocation.results, strict=True):
        again = {award.applicant: award for award in result.awards}
        everyone = frozenset(again)
        for award in published["awards"]:
            checked += 1
            own, name = again.pop(award["applicant"], None), award["applicant"]
            if own is None and name in everyone:
                tell("twice", name, result.pot)
            elif own is None:
                tell("no_sheet", name, result.pot, published_cents=award["amount_cents"])
            elif own.amount_cents != award["amount_cents"]:
                tell("amount_differs", name, result.pot, published_cents=award["amount_cents"], own_cents=own.amount_cents)
            elif own.to_data() != award:
                tell("steps_differ", name, result.pot)
        for name, own in again.items():
            tell("not_published", name, result.pot, own_cents=own.amount_cents)
        whole = result.to_data()
        for key in whole:
            if key != "awards" and whole[key] != published.get(key):
                values = (_value_of(key, one, language) for one in (published.get(key), whole[key]))
                said = dict(zip(("published", "own"), values, strict=True))
                differences.append(told("pot_differs", language, pot=result.pot, name=part(key.removesuffix("_cents"), language), **said))
    return checked
