"""What is doubtful in one criterion: points that nobody can reach, values without points, facts and tables that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from scoring.findings import Finding, Path
from scoring.judging import Criterion, Table, Threshold
from scoring.lint_bands import check_bands
from scoring.lint_classes import reached
from scoring.lint_formulas import Here, check_formula, check_when
from scoring.lint_notes import Note
from scoring.lint_ranges import ZERO, Span, common_grain
from scoring.money import number_text
from scoring.questions import Derived

NUMBERS = ("integer", "decimal", "money", "table", "choices")
FITS = {"choice": ("choice", "choices"), "flag": ("boolean", "file"), "bands": NUMBERS, "per_unit": NUMBERS}
_OWN = {"bands": "bands", "per_unit": "per_unit", "choice": "choices"}


# What a criterion can give


def points_of(criterion: Criterion, here: Here, aggregation: str) -> Span:
    """The points that a criterion can really give, within its maximum."""
    span = _uncut(criterion, here, aggregation)
    high, most = span.high, criterion.maximum
    cut = most is not None and (high is None or high > most)
    grain = common_grain((span.grain, most)) if cut else span.grain
    low = ZERO if span.low is None or criterion.when is not None else max(ZERO, span.low)
    return Span(low if most is None else min(low, most), most if cut else None if high is None else max(ZERO, high), grain)


def _uncut(criterion: Criterion, here: Here, aggregation: str) -> Span:
    if criterion.kind == "panel":
        return _judged(criterion, aggregation)
    inside = here.inside(criterion.each)
    if criterion.kind == "flag":
        span = _hull([criterion.points or ZERO])
    elif criterion.kind == "formula":
        span = inside.space.formula(str(criterion.formula))
    elif criterion.kind == "components":
        span = _components(criterion, inside)
    else:
        tables = tables_of(criterion).values()
        spans = [_by_fact(criterion, table, inside) for table in tables]
        ends = [one.high for one in spans]
        span = Span(
            ZERO,
            None if None in ends else max((one for one in ends if one is not None), default=ZERO),
            common_grain(one.grain for one in spans),
        )
    if criterion.each is None:
        return span
    rows = here.space.counts.get(criterion.each, Span(ZERO)).high
    most = None if rows is None or span.high is None else max(ZERO, rows * span.high)
    return Span(ZERO, most, span.grain)


def _judged(criterion: Criterion, aggregation: str) -> Span:
    parts = criterion.judged
    steps = common_grain(part.step for part in parts)
    grain = steps if aggregation == "agreed" else None
    return Span(sum((part.minimum for part in parts), ZERO), sum((part.maximum or ZERO for part in parts), ZERO), grain)


def _hull(points: list[Fraction]) -> Span:
    return Span(min([ZERO, *points]), max([ZERO, *points]), common_grain(abs(one) for one in points))


def _components(criterion: Criterion, inside: Here) -> Span:
    total = Span(ZERO, ZERO, ZERO)
    for component in criterion.components:
        span = inside.space.formula(component.formula).hull(Span(ZERO, ZERO, ZERO))
        reduced = component.normed and criterion.norm is not None
        total = total.plus(Span(span.low, span.high) if reduced else span)
    return total


def _by_fact(criterion: Criterion, table: Table, inside: Here) -> Span:
    name = str(criterion.fact)
    fact = inside.space.of(name)
    if criterion.kind == "bands":
        return _hull([band.points for band in table.bands if _meets(band.low, band.high, fact)])
    if criterion.kind == "choice":
        earned = [one.points for one in table.choices]
        known = inside.fact(name)
        if known is not None and known.kind == "choices":
            return Span(ZERO, sum((one for one in earned if one > 0), ZERO), common_grain(abs(one) for one in earned))
        return _hull(earned)
    source = table.most_units or criterion.most_units
    limit = Span() if source is None else inside.space.formula(source)
    ends = [one for one in (fact.high, limit.high) if one is not None]
    each = table.per_unit or ZERO
    grain = common_grain((fact.grain, ZERO if source is None else limit.grain))
    return Span(ZERO, min(ends) * each if ends else ZERO if each <= 0 else None, None if grain is None else grain * abs(each))


def _meets(low: tuple[Fraction, bool] | None, high: tuple[Fraction, bool] | None, span: Span) -> bool:
    """Whether some number of a span lies in a band."""
    above = low is None or span.high is None or low[0] < span.high or (low[0] == span.high and low[1])
    below = high is None or span.low is None or high[0] > span.low or (high[0] == span.low and high[1])
    return above and below


def tables_of(criterion: Criterion) -> Mapping[str, Table]:
    """The tables of a criterion by class; one under the empty name where it has no classes."""
    if criterion.class_ is not None:
        return criterion.tables
    return {"": Table(bands=criterion.bands, per_unit=criterion.per_unit, most_units=criterion.most_units, choices=criterion.choices)}


# One criterion


def check_criterion(criterion: Criterion, here: Here, aggregation: str, note: Note) -> Iterator[Finding]:
    """Everything about one criterion; ``note`` stands at it."""
    inside = here.inside(criterion.each)
    yield from _limits(criterion, here, aggregation, note)
    if criterion.when is not None and criterion.otherwise is None:
        message = "whoever this criterion is not for is not told why"
        yield note(
            "warning", "otherwise_missing", ("when",), message, "Add otherwise: with a sentence for the decision.", criterion=criterion.id
        )
    yield from check_when(criterion.when, here, ("when",), note)
    yield from _panel(criterion, note)
    if _fits(criterion, inside):
        for name, table in tables_of(criterion).items():
            yield from _table(criterion, name, table, inside, note)
    else:
        yield _unfit(criterion, inside, note)
    yield from _classes(criterion, inside, note)
    yield from _norm(criterion, inside, note)
    yield from check_formula(criterion.formula, inside, ("formula",), note)
    yield from check_formula(criterion.most_units, inside, ("most_units",), note)


def _limits(criterion: Criterion, here: Here, aggregation: str, note: Note) -> Iterator[Finding]:
    """The maximum and the threshold, beside what can be reached."""
    possible = _uncut(criterion, here, aggregation).high
    most = criterion.maximum
    capped = all((table.most_units or criterion.most_units) is not None for table in tables_of(criterion).values())
    if most is None:
        if possible is None:
            message = f'nothing limits the points of "{criterion.id}"'
            advice = "Add maximum:, or acknowledge that the ordinance sets none."
            yield note("warning", "maximum_missing", (), message, advice, criterion=criterion.id)
    elif possible is not None and possible < most and criterion.kind != "panel":
        message = f"the maximum {number_text(most)} cannot be reached: at most {number_text(possible)}"
        said = {"maximum": number_text(most), "reachable": number_text(possible)}
        yield note("warning", "maximum_unreachable", ("maximum",), message, "Correct the maximum or the points.", **said)
    elif criterion.kind == "per_unit" and not capped and (possible is None or possible > most):
        message = "the number of units is limited only by the maximum of points"
        yield note("warning", "unit_cap_missing", (), message, "Add most_units:, if the ordinance names a limit.", criterion=criterion.id)
    if criterion.threshold is not None:
        yield from check_threshold(criterion.threshold, points_of(criterion, here, aggregation).high, note)


def check_threshold(threshold: Threshold, most: Fraction | None, note: Note) -> Iterator[Finding]:
    """A threshold that cannot be reached; ``most`` is what can be."""
    least = threshold.minimum
    if least is not None and most is not None and (least > most or (least == most and not threshold.inclusive)):
        message = f"the threshold {number_text(least)} cannot be reached: at most {number_text(most)} points are possible"
        if least == most:
            message = f"the threshold must be exceeded, and {number_text(least)} is the most that is possible"
        said = {"minimum": number_text(least), "reachable": number_text(most)}
        yield note("error", "threshold_unreachable", ("threshold", "minimum"), message, "Lower it, or correct the criteria.", **said)


def _panel(criterion: Criterion, note: Note) -> Iterator[Finding]:
    for place, part in enumerate(criterion.judged):
        own = note.below("subcriteria", place) if criterion.subcriteria else note
        most = part.maximum or ZERO
        if (most / part.step).denominator != 1:
            message = "the steps do not reach the maximum"
            yield own("warning", "step_misses_maximum", ("step",), message, "Choose a step that divides the maximum.")
        if (part.minimum / part.step).denominator != 1:
            message = "the steps do not meet the minimum"
            yield own("warning", "step_misses_minimum", ("minimum",), message, "Choose a minimum that is a multiple of the step.")
        for d, descriptor in enumerate(part.descriptors):
            if not part.minimum <= descriptor.points <= most or (descriptor.points / part.step).denominator != 1:
                points = number_text(descriptor.points)
                advice = f"Marks go from {number_text(part.minimum)} to {number_text(most)} in steps of {number_text(part.step)}."
                yield own("warning", "descriptor_off_step", ("descriptors", d, "points"), f"no mark can be {points}", advice, points=points)
    if criterion.subcriteria and criterion.maximum is not None:
        total = sum((one.maximum for one in criterion.subcriteria), ZERO)
        if total != criterion.maximum:
            said = {"sum": number_text(total), "declared": number_text(criterion.maximum)}
            message = f"the sub-criteria add up to {said['sum']}, not to {said['declared']}"
            yield note("error", "maxima_do_not_add_up", ("maximum",), message, "Correct one of the two.", **said)


def _fits(criterion: Criterion, inside: Here) -> bool:
    """Whether the fact is of a kind that this kind of criterion can look at."""
    seen = inside.scope.names.get(criterion.fact or "")
    if criterion.kind not in FITS or seen is None:
        return True
    fact = inside.fact(criterion.fact)
    if fact is not None:
        return fact.kind in FITS[criterion.kind]
    return seen.kind == ("text" if criterion.kind == "choice" else "number")


def _unfit(criterion: Criterion, inside: Here, note: Note) -> Finding:
    fact = inside.fact(criterion.fact)
    kind = fact.kind if fact is not None else "class" if inside.ids(criterion.fact) else "number"
    message = f"a {criterion.kind} criterion cannot use the {kind} fact {criterion.fact}"
    said = {"kind": criterion.kind, "fact": str(criterion.fact), "fact_kind": kind}
    advice = f"It looks at a fact of the kind {', '.join(FITS[criterion.kind])}: use another fact, or another kind of criterion."
    return note("error", "fact_does_not_fit", ("fact",), message, advice, **said)


def _table(criterion: Criterion, name: str, table: Table, inside: Here, note: Note) -> Iterator[Finding]:
    """The bands, or the points of answers, or the points for a unit: of the criterion, or of one of its classes."""
    key: Path = ("tables", name) if criterion.class_ is not None else ()
    if criterion.class_ is not None and criterion.kind in _OWN:
        wanted = _OWN[criterion.kind]
        if getattr(table, wanted) in (None, ()):
            message = f'the table of the class "{name}" has no {wanted}, so it gives nothing'
            yield note("error", "table_empty", key, message, f"Add {wanted}: to it.", word=wanted, **{"class": name})
        yield from check_formula(table.most_units, inside, (*key, "most_units"), note)
    if criterion.kind == "bands":
        yield from check_bands(table.bands, inside.space.of(str(criterion.fact)), note, (*key, "bands"), "gets 0 points", criterion.id)
    if criterion.kind == "choice":
        yield from _choices(criterion, table, inside, key, note)


def _choices(criterion: Criterion, table: Table, inside: Here, key: Path, note: Note) -> Iterator[Finding]:
    offered = inside.ids(criterion.fact)
    named = [one.choice for one in table.choices]
    for index, answer in enumerate(named):
        place = (*key, "choices", index)
        if answer not in offered:
            said = {"choice": answer, "fact": str(criterion.fact)}
            message = f'"{answer}" is not an answer of {criterion.fact}'
            yield note("error", "unknown_choice", place, message, "Correct it, or add the answer to the fact.", **said)
        elif answer in named[:index]:
            message = f'the answer "{answer}" has points twice'
            yield note("error", "choice_twice", place, message, "Keep one of the two.", choice=answer)
    for answer in [one for one in offered if one not in named] if table.choices else ():
        message = f'the answer "{answer}" has no points and counts 0'
        yield note(
            "warning", "choice_without_points", (*key, "choices"), message, "Write it with points: 0, if that is meant.", choice=answer
        )
    fact = inside.fact(criterion.fact)
    if fact is not None and fact.kind == "choices" and criterion.maximum is not None and criterion.each is None:
        earned = [one.points for one in table.choices if one.points > 0]
        if len(earned) > 1 and criterion.maximum == max(earned):
            said = {"sum": number_text(sum(earned, ZERO)), "maximum": number_text(criterion.maximum)}
            message = f"several answers can be ticked, together {said['sum']} points, and all above {said['maximum']} is cut"
            yield note("warning", "several_answers_cut", (*key, "choices"), message, "Add maximum:, as the ordinance sets it.", **said)


def _classes(criterion: Criterion, inside: Here, note: Note) -> Iterator[Finding]:
    if criterion.class_ is None:
        return
    own = _OWN.get(criterion.kind, "")
    if own and getattr(criterion, own) not in (None, ()):
        message = f"{own}: beside tables: is never used: each class has its own table"
        yield note("error", "never_used", (own,), message, "Move it into the table of a class, or remove it.", word=own)
    for name in inside.ids(criterion.class_):
        if name not in criterion.tables:
            message = f'the class "{name}" has no table and gets 0 points'
            advice = "Add its table, or acknowledge that it has none."
            yield note("warning", "class_without_table", ("tables",), message, advice, criterion=criterion.id, **{"class": name})


def _norm(criterion: Criterion, inside: Here, note: Note) -> Iterator[Finding]:
    for place, component in enumerate(criterion.components):
        yield from check_formula(component.formula, inside, ("components", place, "formula"), note)
        yield from check_when(component.needs, inside, ("components", place, "needs"), note)
        if component.normed and criterion.norm is None:
            message = f'the component "{component.id}" shrinks with a norm, and the criterion has none'
            yield note(
                "error",
                "norm_missing",
                ("components", place, "normed"),
                message,
                "Add norm: with actual: and norm:.",
                component=component.id,
            )
    if criterion.norm is None:
        return
    for key in ("actual", "norm"):
        yield from check_formula(getattr(criterion.norm, key), inside, ("norm", key), note)
    yield from check_when(criterion.norm.unless, inside, ("norm", "unless"), note)
    if not any(component.normed for component in criterion.components):
        message = "no component shrinks with the norm"
        yield note("warning", "never_used", ("norm",), message, "Add normed: yes to the components that do, or remove it.", word="norm")


# One derived value


def check_derived(derived: Derived, here: Here, note: Note) -> Iterator[Finding]:
    """Bands with gaps, answers without a number, classes that nobody can be in or that leave somebody out, and units."""
    if derived.bands:
        span = here.space.of(str(derived.fact))
        yield from check_bands(derived.bands, span, note, ("bands",), "counts as 0", derived.id)
    for answer in [one for one in here.ids(derived.fact) if one not in derived.choose] if derived.choose else ():
        message = f'the answer "{answer}" has no number and counts 0'
        yield note("warning", "choice_without_points", ("choose",), message, "Write it with 0, if that is meant.", choice=answer)
    yield from check_formula(derived.formula, here, ("formula",), note)
    for place, one in enumerate(derived.classes):
        yield from check_formula(one.when, here, ("classes", place, "when"), note)
    yield from _classification(derived, here, note)


def _classification(derived: Derived, here: Here, note: Note) -> Iterator[Finding]:
    classes = derived.classes
    if not classes:
        return
    found = reached(classes, here.scope, here.space)
    rest = next((place for place, one in enumerate(classes) if one.when is None), None)
    for place, one in enumerate(classes):
        late = rest is not None and place > rest
        never = one.when is not None and here.space.formula(one.when).never
        if late or never or (found is not None and one.id not in found.ids):
            why = ": the one without when: before it takes the rest" if late else ": nobody is left for it" if not never else ""
            message = f'nobody can be in the class "{one.id}"{why}'
            advice = "Put the class without when: last." if late else "Correct its when:, or the order of the classes."
            yield note("error", "class_unreachable", ("classes", place), message, advice, **{"class": one.id})
    if rest is None and (found is None or found.nobody):
        example = "" if found is None else found.nobody
        message = f"some fit none of the classes, for example {example}" if example else "whoever fits none of the classes has none"
        advice = "Add a last class without when:, or acknowledge that some have no class."
        yield note("warning", "class_gap", ("classes",), message, advice, derived=derived.id, example=example)
