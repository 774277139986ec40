"""What is doubtful in a form: questions that nobody is asked, a consent that cannot be refused, a plan without the request, an activity
that can stay empty."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.findings import Finding
from scoring.lint_formulas import Here, check_formula, check_test, here_in, truth_of
from scoring.lint_notes import Note
from scoring.questions import Combination
from scoring.rulebook import Track
from scoring.usage import Uses

Test = str | Combination


def check_form(track: Track, note: Note) -> Iterator[Finding]:
    """Questions, sections and the finance plan of a track."""
    here = here_in(track, 0)
    for s, section in enumerate(track.sections):
        yield from _asked(section.when, here, note.below("sections", s))
    for f, fact in enumerate(track.facts):
        own = note.below("facts", f)
        yield from _asked(fact.when, here, own)
        yield from check_formula(fact.formula, here, ("formula",), own)
        if fact.consent is not None and not _proof_instead(track, fact.id):
            message = f"whoever refuses the consent {fact.id} has no place to attach the proof"
            advice = f"Add a file with when: known({fact.id}) and {fact.id} == 0."
            yield own("warning", "consent_without_proof", ("consent",), message, advice, fact=fact.id)
    yield from _plan(track, note.below("plan"))
    yield from _joint(track, note)


def _asked(when: Test | None, here: Here, note: Note) -> Iterator[Finding]:
    yield from check_test(when, here, ("when",), note)
    if when is not None and truth_of(when, here).never:
        message = "no answers can ever lead here: nobody is asked"
        advice = "Compare it with the minimum and maximum of the facts that it names."
        yield note("error", "never_asked", ("when",), message, advice)


def _proof_instead(track: Track, consent: str) -> bool:
    for fact in track.facts:
        if fact.kind == "file":
            uses = Uses(track)
            uses.question(fact)
            if consent in uses.facts:
                return True
    return False


def _plan(track: Track, note: Note) -> Iterator[Finding]:
    plan = track.plan
    if plan is None:
        return
    for request in sorted({pot.caps.request for pot in track.pots if pot.caps.request is not None} - set(plan.income)):
        message = f"what is asked for ({request}) is not among the income of the finance plan"
        yield note("error", "plan_without_request", ("income",), message, f"Add {request} to income:.", fact=request)
    worth = None if plan.volunteers is None else next((fact for fact in track.facts if fact.id == plan.volunteers.value), None)
    if plan.volunteers is not None and worth is not None and (worth.proof is not None or worth.checked_in is not None):
        message = f"{worth.id} is computed from the hours, so it follows what is verified there and is not verified itself"
        advice = f"Write proof: or checked_in: with {', '.join((plan.volunteers.registered, *plan.volunteers.hours.values()))}."
        yield note("error", "worth_verified", ("volunteers", "value"), message, advice, fact=worth.id)


def _joint(track: Track, note: Note) -> Iterator[Finding]:
    """Partners whose own budgets nobody could see, and an activity that need not be named or must not be told."""
    if track.partners is not None and track.plan is not None and track.plan.costs.bearer is None:
        message = "the finance plan does not say which of the partners bears a cost, so none of them has a budget of its own"
        advice = "Add a choice to the cost lines, and name it in plan: costs: bearer:."
        yield note("warning", "partners_without_budget", ("partners",), message, advice)
    if track.activity is None:
        return
    fact = track.fact(track.activity.fact)
    named = fact if track.activity.column is None else next(one for one in fact.columns if one.id == track.activity.column)
    if not named.required:
        message = f"{named.id} can stay empty, and an activity without a name is compared with none"
        yield note("warning", "activity_optional", ("activity",), message, "Add required: yes to it.", fact=named.id)
    if named.personal or fact.personal:
        message = f"{named.id} is personal, and whoever enters the same activity is told its name"
        yield note("error", "activity_personal", ("activity",), message, "Name the activity in a text that is not personal.", fact=named.id)
