"""What a form names: questions that decide about others stand before them, and a finance plan names amounts, choices and hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scoring.findings import Finding, Path
from scoring.formula import read_formula
from scoring.questions import Combination
from scoring.scopes import Scope, of_track

if TYPE_CHECKING:
    from scoring.questions import Fact
    from scoring.references import Look
    from scoring.rulebook import Track

Test = str | Combination


def broken_form(look: Look, track: Track, place: Path) -> Iterator[Finding]:
    """Every name in ``when`` and ``formula`` of questions and sections, and in the finance plan, that leads nowhere or comes too late."""
    scope = of_track(track, 0)  # derived values follow from answers that may not be there yet
    known = [section.id for section in track.sections]
    ordered = [fact for fact in track.facts if fact.section not in known]
    ordered += [fact for name in known for fact in track.facts if fact.section == name]
    places = {fact.id: rank for rank, fact in enumerate(ordered)}
    for s, section in enumerate(track.sections):
        if section.when is not None:
            first = next((places[fact.id] for fact in track.facts if fact.section == section.id), len(ordered))
            yield from _test(look, section.when, scope, places, first, (*place, "sections", s, "when"))
    for f, fact in enumerate(track.facts):
        for key, test in (("when", fact.when), ("formula", fact.formula)):
            if test is not None:
                yield from _test(look, test, scope, places, places[fact.id], (*place, "facts", f, key))
    if track.plan is not None:
        yield from _plan(look, track, places, (*place, "plan"))
    yield from _joint(look, track, place)


def _test(look: Look, test: Test, scope: Scope, places: dict[str, int], before: int, place: Path) -> Iterator[Finding]:
    yield from look.test(test, scope, place)
    for name in sorted(_names(test)):
        if places.get(name, -1) >= before:
            message = f"{name} is asked later in the form, so nothing can depend on it here"
            yield look.error("asked_later", place, message, "Name an earlier question, or move this one behind it.", fact=name)


def _names(test: Test) -> set[str]:
    if isinstance(test, Combination):
        parts = (*(test.all_ or ()), *(test.any_ or ()), *(() if test.not_ is None else (test.not_,)))
        return {name for part in parts for name in _names(part)}
    formula = read_formula(test)
    return {*formula.names, *(table for table, _ in formula.tables)}


def _plan(look: Look, track: Track, places: dict[str, int], place: Path) -> Iterator[Finding]:
    plan = track.plan
    assert plan is not None
    facts = {fact.id: fact for fact in track.facts}
    sections = [section.id for section in track.sections]
    if plan.section is not None and plan.section not in sections:
        yield look.no("unknown_section", (*place, "section"), "section", plan.section, sections)
    table = facts.get(plan.costs.table)
    yield from _named(look, facts, plan.costs.table, ("table",), (*place, "costs", "table"))
    if table is not None and table.kind == "table":
        columns = {column.id: column for column in table.columns}
        yield from _named(look, columns, plan.costs.amount, ("money",), (*place, "costs", "amount"))
        if plan.costs.category is not None:
            yield from _named(look, columns, plan.costs.category, ("choice",), (*place, "costs", "category"))
        if plan.costs.bearer is not None:
            yield from _bearer(look, track, columns, plan.costs.bearer, (*place, "costs", "bearer"))
    for i, name in enumerate(plan.income):
        yield from _named(look, facts, name, ("money",), (*place, "income", i))
        if name in plan.income[:i]:
            yield look.again((*place, "income", i), name)
    for s, share in enumerate(plan.shares):
        for i, name in enumerate(share.of):
            if name not in plan.sources:
                yield look.no("unknown_fact", (*place, "shares", s, "of", i), "fact", name, plan.sources)
    yield from look.twice([share.id for share in plan.shares], (*place, "shares"))
    volunteers = plan.volunteers
    if volunteers is None:
        return
    yield from _named(look, facts, volunteers.registered, ("boolean",), (*place, "volunteers", "registered"))
    yield from _named(look, facts, volunteers.value, ("money",), (*place, "volunteers", "value"))
    for kind, name in volunteers.hours.items():
        yield from _named(look, facts, name, ("integer", "decimal"), (*place, "volunteers", kind))
    for name in (volunteers.registered, *volunteers.hours.values()):
        if places.get(name, -1) >= places.get(volunteers.value, len(places)):
            message = f"{name} is asked later in the form than {volunteers.value}, which is computed from it"
            yield look.error("asked_later", (*place, "volunteers", "value"), message, "Move the computed fact behind it.", fact=name)
    value = facts.get(volunteers.value)
    if value is not None and (value.formula is not None or value.required or value.prefill or value.id in plan.income):
        message = (
            f"{value.id} is what the hours are worth: it has no formula, is neither required nor prefilled, and is no income of its own"
        )
        yield look.error(
            "bad_value", (*place, "volunteers", "value"), message, "Name a money fact for it alone.", value=value.id, problem=message
        )


def _bearer(look: Look, track: Track, columns: dict[str, Fact], name: str, place: Path) -> Iterator[Finding]:
    """Who bears a cost is the applicant or one of the partners: one answer for each of them, and none where there are no partners."""
    yield from _named(look, columns, name, ("choice",), place)
    column = columns.get(name)
    if column is None or column.kind != "choice":
        return
    wanted = 1 + (track.partners.most if track.partners is not None else 0)
    problem = ""
    if track.partners is None:
        problem = "only a track with partners asks who bears a cost"
        advice = "Add partners: to the track, or leave out bearer:."
    elif len(column.choices) != wanted:
        problem = f"{name} has {len(column.choices)} answers, and {wanted} are wanted: the applicant first, then each of the partners"
        advice = "Write one answer for the applicant and one for each of the partners that there can be."
    elif column.required or column.personal:
        problem = f"{name} is asked only where there are partners, and then it must be answered; it is neither required nor personal"
        advice = "Leave out required: and personal:."
    if problem:
        yield look.error("bad_value", place, problem, advice, value=name, problem=problem)


def _joint(look: Look, track: Track, place: Path) -> Iterator[Finding]:
    facts = {fact.id: fact for fact in track.facts}
    if track.partners is not None and track.partners.count is not None:
        own = (*place, "partners", "count")
        yield from _named(look, facts, track.partners.count, ("integer",), own)
        count = facts.get(track.partners.count)
        if count is not None and (count.formula is not None or count.required or count.prefill or count.minimum or count.maximum):
            problem = f"{count.id} is how many partners there are: it has no formula and no limits, and is neither required nor prefilled"
            yield look.error("bad_value", own, problem, "Name an integer for it alone.", value=count.id, problem=problem)
    activity = track.activity
    if activity is None:
        return
    own = (*place, "activity", "fact")
    fact = facts.get(activity.fact)
    yield from _named(look, facts, activity.fact, ("text",) if activity.column is None else ("table",), own)
    if activity.column is not None and fact is not None and fact.kind == "table":
        columns = {column.id: column for column in fact.columns}
        yield from _named(look, columns, activity.column, ("text",), (*place, "activity", "column"))


def _named(look: Look, known: dict[str, Fact], name: str, kinds: tuple[str, ...], place: Path) -> Iterator[Finding]:
    fact = known.get(name)
    if fact is None:
        yield look.no("unknown_fact", place, "fact", name, known)
    elif fact.kind not in kinds:
        wanted = " or ".join(kinds)
        message = f"{place[-1]} wants a fact of the kind {wanted}, and {name} is of the kind {fact.kind}"
        yield look.unfit(place, message, f"Name a fact of the kind {wanted}.", str(place[-1]), name, fact.kind)
