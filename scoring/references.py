"""What the parts of a rulebook name must exist, fit, and be named once; otherwise the rulebook cannot be used at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from scoring.findings import Finding, Path, Positions, found
from scoring.formula import read_formula
from scoring.reading import nearest

if TYPE_CHECKING:
    from scoring.rulebook import Fact, Pot, Rulebook, Track

NUMBERS = ("integer", "decimal", "money", "boolean", "choices", "file")
COLUMN_NUMBERS = ("integer", "decimal", "money", "boolean", "choices")


def broken_references(rulebook: Rulebook) -> Iterator[Finding]:
    """Every name that leads nowhere, or to something that cannot be used there."""
    positions = rulebook.positions
    pots = [pot.id for _, pot in rulebook.pots()]
    seen: set[str] = set()
    yield from _twice([track.id for track in rulebook.tracks], ("tracks",), positions)
    for t, track in enumerate(rulebook.tracks):
        place: Path = ("tracks", t)
        yield from _twice([fact.id for fact in track.facts], (*place, "facts"), positions)
        yield from _twice([section.id for section in track.sections], (*place, "sections"), positions)
        yield from _twice([condition.id for condition in track.conditions], (*place, "conditions"), positions)
        for f, fact in enumerate(track.facts):
            yield from _fact(track, fact, (*place, "facts", f), positions)
        for c, condition in enumerate(track.conditions):
            if condition.holds is not None:
                yield from _formula(track, condition.holds, (*place, "conditions", c, "holds"), positions)
        for p, pot in enumerate(track.pots):
            if pot.id in seen:
                yield found(
                    "error",
                    "id_twice",
                    (*place, "pots", p, "id"),
                    positions,
                    f'the id "{pot.id}" is used twice',
                    "Give each pot its own id.",
                    name=pot.id,
                )
            seen.add(pot.id)
            yield from _pot(track, pot, pots, (*place, "pots", p), positions)


def _fact(track: Track, fact: Fact, place: Path, positions: Positions) -> Iterator[Finding]:
    sections = [section.id for section in track.sections]
    if fact.section is not None and fact.section not in sections:
        yield found(
            "error",
            "unknown_section",
            (*place, "section"),
            positions,
            f'there is no section "{fact.section}"',
            "Add it under sections, or name another.",
            name=fact.section,
        )
    yield from _twice([choice.id for choice in fact.choices], (*place, "choices"), positions)
    yield from _twice([column.id for column in fact.columns], (*place, "columns"), positions)
    for c, column in enumerate(fact.columns):
        yield from _twice([choice.id for choice in column.choices], (*place, "columns", c, "choices"), positions)


def _pot(track: Track, pot: Pot, pots: Sequence[str], place: Path, positions: Positions) -> Iterator[Finding]:
    if pot.leftover_to is not None and pot.leftover_to not in pots:
        yield found(
            "error",
            "unknown_pot",
            (*place, "leftover_to"),
            positions,
            f'there is no pot "{pot.leftover_to}"',
            "Name a pot of this rulebook.",
            name=pot.leftover_to,
        )
    if pot.engine == "actual_cost" and pot.cost_fact is None:
        yield found(
            "error",
            "missing_key",
            (*place, "cost_fact"),
            positions,
            "a pot settled by actual costs needs cost_fact",
            "Name the money fact that holds the costs.",
            key="cost_fact",
        )
    facts = {fact.id: fact for fact in track.facts}
    named: list[tuple[Path, str | None]] = [
        (("cost_fact",), pot.cost_fact),
        (("caps", "request"), pot.caps.request),
        (("caps", "cost"), pot.caps.cost),
    ]
    for key, name in named:
        if name is None:
            continue
        if name not in facts:
            yield _unknown((*place, *key), positions, name, facts)
        elif facts[name].kind != "money":
            yield _unfit(
                (*place, *key),
                positions,
                f"{key[-1]} wants an amount, and {name} is a fact of the kind {facts[name].kind}",
                "Name a fact of the kind money.",
                str(key[-1]),
                facts[name],
            )
    yield from _twice([criterion.id for criterion in pot.criteria], (*place, "criteria"), positions)
    for c, criterion in enumerate(pot.criteria):
        if criterion.fact is not None and criterion.fact not in facts:
            yield _unknown((*place, "criteria", c, "fact"), positions, criterion.fact, facts)
        if criterion.formula is not None:
            yield from _formula(track, criterion.formula, (*place, "criteria", c, "formula"), positions)


def _formula(track: Track, source: str, place: Path, positions: Positions) -> Iterator[Finding]:
    """A formula may name facts that are numbers, and tables with columns that are numbers."""
    facts = {fact.id: fact for fact in track.facts}
    formula = read_formula(source)
    for name in sorted(formula.names):
        if name not in facts:
            yield _unknown(place, positions, name, facts)
        elif facts[name].kind == "table":
            yield _unfit(place, positions, f"{name} is a table", f"Write count({name}) or total({name}, column).", "formula", facts[name])
        elif facts[name].kind not in NUMBERS:
            yield _unfit(
                place,
                positions,
                f"a formula cannot compute with {name}, a fact of the kind {facts[name].kind}",
                "Use a fact that is a number, an amount or a yes.",
                "formula",
                facts[name],
            )
    for table, column in sorted(formula.tables):
        if table not in facts:
            yield _unknown(place, positions, table, facts)
        elif facts[table].kind != "table":
            yield _unfit(place, positions, f"{table} is not a table", "count and total work on tables.", "formula", facts[table])
        elif column:
            columns = {one.id: one for one in facts[table].columns}
            if column not in columns:
                yield _unknown(place, positions, column, columns)
            elif columns[column].kind not in COLUMN_NUMBERS:
                yield _unfit(
                    place,
                    positions,
                    f"a formula cannot add up {column}, a column of the kind {columns[column].kind}",
                    "Use a column that is a number, an amount or a yes.",
                    "formula",
                    columns[column],
                )


def _twice(ids: Sequence[str], place: Path, positions: Positions) -> Iterator[Finding]:
    for index, identity in enumerate(ids):
        if identity in ids[:index]:
            yield found(
                "error",
                "id_twice",
                (*place, index, "id"),
                positions,
                f'the id "{identity}" is used twice',
                "Give each its own id.",
                name=identity,
            )


def _unknown(path: Path, positions: Positions, name: str, known: Iterable[str]) -> Finding:
    close = nearest(name, list(known))
    advice = f'Did you mean "{close}"?' if close else "Add it under facts, or correct the name."
    return found("error", "unknown_fact", path, positions, f'there is no fact "{name}" in this track', advice, name=name, nearest=close)


def _unfit(path: Path, positions: Positions, message: str, advice: str, kind: str, fact: Fact) -> Finding:
    return found("error", "fact_does_not_fit", path, positions, message, advice, kind=kind, fact=fact.id, fact_kind=fact.kind)
