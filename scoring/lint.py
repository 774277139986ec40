"""What a published rulebook should not contain: gaps and overlaps, points nobody can reach, money that does not add up, missing rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scoring.findings import UNREAD, Finding, Path, RulebookError, path_text
from scoring.judging import SecondPass
from scoring.lint_criteria import check_criterion, check_derived, check_threshold, points_of
from scoring.lint_form import check_form
from scoring.lint_formulas import Here, check_divisors, check_formula, check_test, check_when, here_in, truth_of
from scoring.lint_money import ROUNDED_BY, check_count, check_exclusive, check_funds, check_leftovers, check_money, check_rounding
from scoring.lint_notes import Note
from scoring.lint_ranges import ZERO, Space, Span, common_grain
from scoring.money import number_text
from scoring.questions import Condition, Part
from scoring.rulebook import Rulebook, Track, read_rulebook
from scoring.sharing import Pot
from scoring.usage import Uses, columns_used, facts_used

WORDS_ALONE = frozenset({"article", "title", "label", "text", "help", "summary", "version", "format"})
"""Keys on which no other finding depends: what stands in for them changes nothing in the rest of a rulebook."""


def look(text: str, name: str = "rulebook.yaml") -> tuple[Rulebook | None, tuple[Finding, ...]]:
    """Read a rulebook and look at it: everything that can be known at once, also where it cannot be used (None)."""
    try:
        rulebook = read_rulebook(text, name)
    except RulebookError as error:
        return None, _in_order([*error.findings, *_of_the_rest(error)])
    return rulebook, lint(rulebook)


def _of_the_rest(error: RulebookError) -> Iterator[Finding]:
    """What is to be said of a rulebook with mistakes beside these. Where more than words is wrong, only what depends on nothing else."""
    rest, mended = error.rest, {path_text(place) for place in error.mended}
    if not isinstance(rest, Rulebook):
        return
    if error.sure and all(place[-1] in WORDS_ALONE for place in error.mended):
        further: Sequence[Finding] = lint(rest)
    else:
        note, alone = Note(rest.positions), {path_text(place) for place in error.mended if place[-1] not in WORDS_ALONE}
        found = [] if "languages" in alone else list(_texts(rest, rest.languages, note))
        for t, track in enumerate(rest.tracks):
            for p, pot in enumerate(track.pots):
                path: Path = ("tracks", t, "pots", p)
                if (
                    not alone & {path_text(path[:length]) for length in range(1, 5)}
                    | {path_text((*path, key)) for key in ROUNDED_BY} & alone
                ):
                    found += check_rounding(pot, note.below(*path))
        further = found
    told = {(one.path, one.message) for one in error.findings}
    for one in further:
        inside = any(one.path == place or one.path.startswith((f"{place}.", f"{place}[")) for place in mended)
        if not inside and UNREAD not in one.message and (one.path, one.message) not in told:
            yield one


def lint(rulebook: Rulebook) -> tuple[Finding, ...]:
    """All findings, errors first, then by place. Errors stop publication; warnings must be acknowledged with a reason.

    What several pots were made from (``parts``, aliases of YAML) is told once.
    """
    note = Note(rulebook.positions)
    findings = [*_texts(rulebook, rulebook.languages, note), *check_leftovers(rulebook, note)]
    findings += [*check_funds(rulebook, note), *check_exclusive(rulebook, note)]
    fed = {name for _, pot in rulebook.pots() if pot.leftover is not None for name in pot.leftover.to}
    for t, track in enumerate(rulebook.tracks):
        findings += _track(track, note.below("tracks", t))
        for p, pot in enumerate(track.pots):
            findings += _pot(track, pot, pot.id in fed, note.below("tracks", t, "pots", p))
    return _in_order(findings)


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    once: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        place = (finding.line, finding.column) if finding.line else finding.path
        once.setdefault((finding.code, place, finding.message), finding)
    return tuple(sorted(once.values(), key=lambda one: (one.severity != "error", one.line, one.column, one.code, one.path)))


def _texts(part: object, languages: Sequence[str], note: Note) -> Iterator[Finding]:
    """Every text is there in every language that the rulebook declares, and every rule names its article."""
    if isinstance(part, Part):
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            if name == "article" and field.is_required() and not value.strip():
                message = "the rule names no article"
                yield note("error", "article_missing", ("article",), message, "Name the article of the ordinance that this comes from.")
            yield from _texts(value, languages, note.below(field.alias or name))
    elif isinstance(part, Mapping):
        if part and all(isinstance(value, str) for value in part.values()):
            for language in languages:
                if not part.get(language, "").strip():
                    message = f'the text has no version in "{language}"'
                    yield note("error", "language_missing", (), message, f'Add "{language}:" here.', language=language)
        else:
            for key, value in part.items():
                yield from _texts(value, languages, note.below(key))
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            yield from _texts(value, languages, note.below(index))


def _track(track: Track, note: Note) -> Iterator[Finding]:
    yield from check_form(track, note)
    for d, derived in enumerate(track.derived):
        here = here_in(track, d).inside(derived.table)
        yield from check_derived(derived, here, note.below("derived", d))
    yield from _conditions(track.conditions, here_in(track), note)


def _conditions(conditions: Sequence[Condition], here: Here, note: Note) -> Iterator[Finding]:
    for c, condition in enumerate(conditions):
        own = note.below("conditions", c)
        yield from check_test(condition.holds, here, ("holds",), own)
        never = truth_of(condition.holds, here).never
        for e, exemption in enumerate(condition.except_):
            yield from check_test(exemption.holds, here, ("except", e, "holds"), own)
            never = never and truth_of(exemption.holds, here).never
        if never:
            message = f'nobody can meet the condition "{condition.id}"'
            advice = "Compare it with the minimum and maximum of the facts that it names."
            yield own("error", "condition_unreachable", ("holds",), message, advice, condition=condition.id)


def _pot(track: Track, pot: Pot, fed: bool, note: Note) -> Iterator[Finding]:
    outside = here_in(track)
    here = outside.inside(None if pot.items is None else pot.items.table)
    yield from _conditions(pot.conditions, outside, note)
    if pot.items is not None:
        yield from check_when(pot.items.where, here, ("items", "where"), note)
    for c, criterion in enumerate(pot.criteria):
        yield from check_criterion(criterion, here, pot.aggregation, note.below("criteria", c))
    points = [points_of(criterion, here, pot.aggregation) for criterion in pot.criteria]
    total = _total(pot, points)
    yield from _points(pot, points, total, note)
    yield from _gates(pot, points, total, note)
    for s, second in enumerate(pot.second_pass):
        yield from _second_pass(pot, second, here, note.below("second_pass", s))
    yield from check_count(pot, outside, note)
    yield from check_money(pot, here, _competing(pot, total), fed, note)
    yield from _personal(track, pot, note)


def _total(pot: Pot, points: Sequence[Span]) -> Span:
    total = Span(ZERO, ZERO, ZERO)
    for span in points:
        total = total.plus(span)
    most = pot.maximum_points
    if most is not None and (total.high is None or total.high > most):
        low = None if total.low is None else min(total.low, most)
        return Span(low, most, common_grain((total.grain, most)))
    return total


def _competing(pot: Pot, total: Span) -> Span:
    """The totals of those who pass the threshold of the pot."""
    threshold = pot.threshold
    if threshold is None or threshold.minimum is None or total.low is None:
        return total
    return Span(max(total.low, threshold.minimum), total.high, total.grain)


def _points(pot: Pot, points: Sequence[Span], total: Span, note: Note) -> Iterator[Finding]:
    maxima = [criterion.maximum for criterion in pot.criteria]
    if pot.maximum_points is not None and None not in maxima:
        declared, added = pot.maximum_points, sum((one for one in maxima if one is not None), ZERO)
        said = {"sum": number_text(added), "declared": number_text(declared)}
        # No rulebook that was read has criteria that add up to more than it announces; where one cuts what is above, it says so.
        if pot.criteria and (added < declared or (added > declared and pot.above_maximum is None)):
            message = f"the criteria add up to {said['sum']}, not to {said['declared']}"
            more = " If the ordinance cuts what is above, say so with above_maximum: cut." if added > declared else ""
            yield note("error", "maxima_do_not_add_up", ("maximum_points",), message, f"Correct one of the two.{more}", **said)
        elif pot.criteria and added == declared and pot.above_maximum is not None:
            message = "the criteria add up to the maximum, so nothing is ever cut"
            yield note("warning", "never_used", ("above_maximum",), message, "Remove it.", word="above_maximum")
    elif pot.maximum_points is not None and total.high is not None and total.high < pot.maximum_points:
        said = {"maximum": number_text(pot.maximum_points), "reachable": number_text(total.high)}
        message = f"the maximum {said['maximum']} cannot be reached: at most {said['reachable']}"
        yield note("warning", "maximum_unreachable", ("maximum_points",), message, "Correct the maximum or the criteria.", **said)
    if pot.threshold is not None:
        yield from check_threshold(pot.threshold, total.high, note)
        relative = pot.threshold.relative
        if relative is not None and relative.of in ("best", "sum") and relative.percent == 100 and not pot.threshold.inclusive:
            message = f"nobody has more than 100 % of the {'best total' if relative.of == 'best' else 'sum of all totals'}"
            yield note(
                "error",
                "relative_threshold_unreachable",
                ("threshold", "relative"),
                message,
                "Lower the percentage, or add inclusive: yes.",
            )
    if pot.aggregation == "trimmed_mean" and pot.least_marks < 3 and pot.panel_criteria:
        message = "a trimmed mean of fewer than three marks trims nothing"
        yield note("warning", "trimming_needs_three", ("aggregation",), message, "Set least_marks to 3 or more.")


def _gates(pot: Pot, points: Sequence[Span], total: Span, note: Note) -> Iterator[Finding]:
    names = {criterion.id: span for criterion, span in zip(pot.criteria, points, strict=True)}
    for leaf in pot.panel_criteria:
        names.setdefault(leaf.id, Span(ZERO, leaf.maximum))
    space = Space({**names, "total": total})
    for g, gate in enumerate(pot.gates):
        yield from check_divisors(gate.holds, space, ("gates", g, "holds"), note)
        span = space.formula(gate.holds)
        if span.never:
            message = "no points can satisfy this"
            advice = "Compare it with the maxima of the criteria that it names."
            yield note("error", "gate_unreachable", ("gates", g, "holds"), message, advice, gate=gate.id)


def _second_pass(pot: Pot, second: SecondPass, here: Here, note: Note) -> Iterator[Finding]:
    if pot.items is not None:
        message = "a second pass compares applications, and this pot scores items"
        yield note("error", "second_pass_on_items", (), message, "Leave out items: or the second pass.")
    if second.among is not None:
        yield from check_formula(second.among, here, ("among",), note)
        if truth_of(second.among, here).never:
            message = "nobody can be among those that are compared"
            advice = "Compare it with the minimum and maximum of the facts that it names."
            yield note("error", "second_pass_nobody", ("among",), message, advice, second_pass=second.id)
    if second.factor == 1 or second.points == 0:
        key = "factor" if second.factor is not None else "points"
        yield note(
            "warning",
            "second_pass_without_effect",
            (key,),
            "the best of a group get nothing for it",
            "Correct the number.",
            second_pass=second.id,
        )


def _personal(track: Track, pot: Pot, note: Note) -> Iterator[Finding]:
    """Personal facts and columns in rules, each at the rule that looks at it."""
    secret = {name for name in facts_used(track, pot) if any(fact.id == name and fact.personal for fact in track.facts)}
    columns = {(fact.id, column.id) for fact in track.facts for column in fact.columns if column.personal}
    secret |= {f"{table}.{column}" for table, column in columns & columns_used(track, pot)}
    told: set[str] = set()
    items = () if pot.items is None else (pot.items.table,)
    if secret:
        for c, criterion in enumerate(pot.criteria):
            uses = Uses(track)
            uses.criterion(criterion, items)
            names = uses.facts | {f"{table}.{column}" for table, column in uses.columns}
            for name in sorted(names & secret):
                told.add(name)
                yield _secret(pot, name, ("criteria", c), note)
    for name in sorted(secret - told):
        yield _secret(pot, name, (), note)


def _secret(pot: Pot, name: str, key: Path, note: Note) -> Finding:
    message = f'pot "{pot.id}" computes with the personal fact {name}, so its result could not be published and checked'
    return note("error", "personal_fact_in_rule", key, message, "Ask for it in a fact that is not personal.", fact=name)
