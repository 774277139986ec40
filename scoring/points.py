"""Facts and marks become sheets: points for every criterion, and for every point its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.comparison import compare_field, of_items
from scoring.facts import FactError
from scoring.form import settled
from scoring.lines import Agreed, Lines, Marks, sorted_marks
from scoring.panel import aggregate, check_mark
from scoring.plan import Plan, plan_of
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.sheets import Agreement, Decided, Item, Line, Mark, ScoringError, Sheet, sheet_from_data

__all__ = [
    "Agreement", "Decided", "Entry", "Item", "Line", "Mark", "ScoringError", "Sheet", "aggregate", "check_mark", "compare_field",
    "items_of", "of_scored_rows", "score", "score_pot", "settled_facts", "sheet_from_data",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One applicant as it goes into the scoring of a pot: typed facts, the members' marks, the panel's agreements."""

    applicant: str
    facts: Mapping[str, Any]
    marks: Sequence[Mark] = ()
    agreements: Sequence[Agreement] = ()


def score(
    track: Track, pot: Pot, applicant: str, facts: Mapping[str, Any], marks: Sequence[Mark] = (), agreements: Sequence[Agreement] = ()
) -> Sheet:
    """Score one applicant in one pot: computed criteria from ``facts``, panel criteria from marks and agreements.

    ``facts`` are typed values as ``facts.check_facts`` gives them, or ``Proven`` ones. Points are exact. What depends on the other
    applicants is added by ``compare_field``. Raises ``ScoringError``.
    """
    return _sheet(plan_of(track, pot), applicant, settled_facts(track, applicant, facts), marks, agreements)


def items_of(track: Track, pot: Pot, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Number and name of every row that is scored on its own, before anything is marked; none where applications are scored whole.

    Raises ``ScoringError``.
    """
    plan = plan_of(track, pot)
    if plan.items is None:
        return []
    facts = settled_facts(track, "", facts)
    return [(str(row + 1), plan.item_name(facts, row)) for row, _ in plan.chosen(plan.view(facts))]


def of_scored_rows(
    track: Track, pot: Pot, facts: Mapping[str, Any], marks: Sequence[Mark], agreements: Sequence[Agreement]
) -> tuple[list[Mark], list[Agreement]]:
    """Without what people gave to rows that are not scored: what an office verified may take a row out of a pot after it was marked.

    Raises ``ScoringError``.
    """
    if plan_of(track, pot).items is None:
        return list(marks), list(agreements)
    rows = {row for row, _name in items_of(track, pot, facts)}
    return [one for one in marks if one.item in rows], [one for one in agreements if one.item in rows]


def score_pot(track: Track, pot: Pot, entries: Iterable[Entry]) -> list[Sheet]:
    """Score all who compete for a pot, and then compare them with each other. Raises ``ScoringError``."""
    plan, facts, sheets = plan_of(track, pot), {}, []
    for entry in entries:
        sheets.append(_sheet(plan, entry.applicant, settled_facts(track, entry.applicant, entry.facts), entry.marks, entry.agreements))
        facts[entry.applicant] = entry.facts
    return compare_field(track, pot, sheets, facts)


def settled_facts(track: Track, applicant: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of one applicant that count. Raises ``ScoringError``."""
    try:
        return settled(track, facts)
    except FactError as error:
        raise ScoringError("wrong_fact", f"{applicant}: {error}".removeprefix(": "), criterion="", **error.params) from error


def _sheet(plan: Plan, applicant: str, given: Mapping[str, Any], marks: Sequence[Mark], agreements: Sequence[Agreement]) -> Sheet:
    by_criterion, agreed = _checked(plan, applicant, marks, agreements)
    view = plan.view(given)
    outside = plan.unmet(view, given) if plan.conditions else ()
    kept = (tuple(marks), tuple(agreements))
    if plan.items is None:
        scored = plan.score(*view, by_criterion, agreed, bool(outside))
        barriers = (*outside, *scored.barriers)
        extra = tuple(plan.limit_line(criterion, over, "") for criterion, over in scored.limits)
        lines = Lines(plan, given, *kept, tuple(scored.points), None, extra, bool(outside))
        return Sheet(applicant, plan.pot, lines, Fraction(scored.total), not barriers, barriers)
    chosen = plan.chosen(view)
    ids = {str(row + 1) for row, _ in chosen}
    for _, item in (*by_criterion, *agreed):
        if item not in ids:
            raise ScoringError("unknown_item", f'{applicant} has no item "{item}" in {plan.pot}', item=item)
    found = [(row, plan.score(*inside, by_criterion, agreed, bool(outside), str(row + 1))) for row, inside in chosen]
    items = tuple(plan.item(given, row, scored, outside) for row, scored in found)
    points = tuple(one for _, scored in found for one in scored.points)
    extra = tuple(plan.limit_line(criterion, over, str(row + 1)) for row, scored in found for criterion, over in scored.limits)
    lines = Lines(plan, given, *kept, points, tuple(row for row, _ in found), extra, bool(outside))
    return of_items(Sheet(applicant, plan.pot, lines, Fraction(0), False, outside, items), items)


def _checked(plan: Plan, applicant: str, marks: Sequence[Mark], agreements: Sequence[Agreement]) -> tuple[Marks, Agreed]:
    """Marks and agreements by criterion and item, for what the panel judges, one of each member. Raises ``ScoringError``."""
    by_criterion, agreed = sorted_marks(marks, agreements)
    for name, item in (*by_criterion, *agreed):
        if name not in plan.judged:
            raise ScoringError("unknown_criterion", f"{name} is not judged by the panel in {plan.pot}", criterion=name)
        if item and plan.items is None:
            raise ScoringError("unknown_item", f'{applicant} has no item "{item}" in {plan.pot}', item=item)
    for own in by_criterion.values():
        if len(own) > 1 and len({mark.member for mark in own}) != len(own):
            raise ScoringError("mark_twice", f"a member has two marks for one criterion of {applicant} in {plan.pot}")
    return by_criterion, agreed
