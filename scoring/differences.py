"""What differs between two published results, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.bundle_shape import CARRIED, OWNERS, not_a_bundle, unknown_parts
from scoring.canonical import canonical_json
from scoring.findings import RulebookError
from scoring.rulebook import rulebook_from_data
from scoring.words_checks import figure, money, part, told


def diff_bundles(first: Any, second: Any, language: str = "en") -> list[str]:
    """Every difference between two bundles in words: rules, facts, marks, points and amounts, all of them in euros.

    Raises ``ValueError`` for what is no bundle.
    """
    for data in (first, second):
        if unreadable := not_a_bundle(data):
            raise ValueError("; ".join(unreadable))
    differences = []
    for name in ("call", "rulebook", "facts", "marks", "agreements", "order", "lots", "decided", CARRIED, OWNERS):
        one, other = (_in_euros(data, name, language) for data in (first, second))
        differences += [f"{part(name, language)}: {words}" for words in _unequal(one, other, (), language)]
    for name in dict.fromkeys((*unknown_parts(first), *unknown_parts(second))):
        differences += [f"{name}: {words}" for words in _unequal(first.get(name), second.get(name), (), language)]
    totals = [
        {
            (sheet["pot"], sheet["applicant"]): told("points_of", language, points=figure(sheet["total"], language))
            for sheet in data["sheets"]
        }
        for data in (first, second)
    ]
    differences += list(_rows("points", language, *totals))
    amounts = [
        {
            (result["pot"], award["applicant"]): money(award["amount_cents"], language)
            for result in data["awards"]
            for award in result["awards"]
        }
        for data in (first, second)
    ]
    differences += list(_rows("award", language, *amounts))
    left = [{(result["pot"], ""): money(result["residual_cents"], language) for result in data["awards"]} for data in (first, second)]
    return differences + list(_rows("residual", language, *left))


def _in_euros(data: Mapping[str, Any], name: str, language: str) -> Any:
    """A part of a bundle in which amounts, which it keeps in cents, are texts in euros."""
    part = data.get(name)
    if part is None:
        return None
    if name == "decided":
        return {
            pot: {who: {"amount": _euros(one["cents"], language), "reason": one["reason"]} for who, one in own.items()}
            for pot, own in part.items()
        }
    if name == CARRIED:
        return {pot: _euros(cents, language) for pot, cents in part.items()}
    if name == "facts":
        amounts = _amounts(data["rulebook"])
        return {who: {key: _fact_in_euros(value, key, amounts, language) for key, value in own.items()} for who, own in part.items()}
    return part


def _euros(value: Any, language: str) -> Any:
    return money(value, language) if isinstance(value, int) and not isinstance(value, bool) else value


def _amounts(rulebook: Mapping[str, Any]) -> frozenset[str]:
    """The facts, and columns as ``table.column``, that are amounts."""
    try:
        facts = [fact for track in rulebook_from_data(rulebook).tracks for fact in track.facts]
    except RulebookError:
        return frozenset()
    columns = {f"{fact.id}.{column.id}" for fact in facts for column in fact.columns if column.kind == "money"}
    return frozenset({fact.id for fact in facts if fact.kind == "money"} | columns)


def _fact_in_euros(value: Any, name: str, amounts: frozenset[str], language: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _fact_in_euros(one, name, amounts, language) if key in ("stated", "verified") else one for key, one in value.items()}
    if isinstance(value, list):
        return [
            {key: _fact_in_euros(cell, f"{name}.{key}", amounts, language) for key, cell in row.items()}
            if isinstance(row, Mapping)
            else row
            for row in value
        ]
    return _euros(value, language) if name in amounts else value


def _rows(what: str, language: str, one: Mapping[tuple[str, str], str], other: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for key in sorted({*one, *other}):
        if one.get(key) != other.get(key):
            before, after = (told("none", language) if value is None else value for value in (one.get(key), other.get(key)))
            yield f"{part(what, language)}: {' '.join(part for part in key if part)}: {before} -> {after}"


def _unequal(one: Any, other: Any, path: tuple[str, ...], language: str) -> Iterator[str]:
    """Where two plain values differ, by path. Parts of lists that have an id are compared by it."""
    one, other = (({str(row["id"]): row for row in value} if _named(value) else value) for value in (one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other}):
            yield from _unequal(one.get(key), other.get(key), (*path, str(key)), language)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from _unequal(first, second, (*path, str(index + 1)), language)
    elif one != other:
        before, after = (told("nothing", language) if value is None else short(value) for value in (one, other))
        yield f"{' / '.join(path)}: {before} -> {after}" if path else f"{before} -> {after}"


def _named(value: Any) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(row, Mapping) and "id" in row for row in value):
        return False
    return len({row["id"] for row in value}) == len(value)


def short(value: Any) -> str:
    """A plain value on one line, cut where it is long."""
    text = "nothing" if value is None else value if isinstance(value, str) else canonical_json(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"
