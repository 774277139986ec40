"""What a published rulebook should not contain: gaps and overlaps in bands, points nobody can reach, missing rules."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from scoring.allocation import AllocationError, settlement_order
from scoring.bundle import facts_of_pot
from scoring.findings import Finding, Path, found
from scoring.formula import read_formula
from scoring.money import number, number_text
from scoring.rulebook import Band, Criterion, Fact, Pot, Rulebook, Track

End = tuple[Fraction, bool]


def lint(rulebook: Rulebook) -> tuple[Finding, ...]:
    """All findings, errors first, then by place. Errors stop publication; warnings must be acknowledged with a reason."""
    findings = [*_languages(rulebook), *_leftovers(rulebook)]
    for t, track in enumerate(rulebook.tracks):
        findings += _articles(rulebook, track, ("tracks", t))
        for p, pot in enumerate(track.pots):
            findings += _pot(rulebook, track, pot, ("tracks", t, "pots", p))
    return tuple(sorted(findings, key=lambda f: (f.severity != "error", f.line, f.column, f.code)))


def _languages(rulebook: Rulebook) -> Iterator[Finding]:
    """Every text must be there in every language that the rulebook declares."""

    def walk(data: object, path: Path) -> Iterator[Finding]:
        if isinstance(data, dict):
            if data and set(data) <= {"sl", "it", "en"} and all(isinstance(value, str) for value in data.values()):
                for language in rulebook.languages:
                    if not data.get(language, "").strip():
                        yield found(
                            "error",
                            "language_missing",
                            path,
                            rulebook.positions,
                            f'the text has no version in "{language}"',
                            f'Add "{language}:" here.',
                            language=language,
                        )
                return
            for key, value in data.items():
                yield from walk(value, (*path, key))
        elif isinstance(data, list):
            for index, value in enumerate(data):
                yield from walk(value, (*path, index))

    yield from walk(rulebook.to_data(), ())


def _articles(rulebook: Rulebook, track: Track, place: Path) -> Iterator[Finding]:
    if not track.article.strip():
        yield _no_article(rulebook, (*place, "article"))
    for c, condition in enumerate(track.conditions):
        if not condition.article.strip():
            yield _no_article(rulebook, (*place, "conditions", c, "article"))


def _no_article(rulebook: Rulebook, place: Path) -> Finding:
    return found(
        "error",
        "article_missing",
        place,
        rulebook.positions,
        "the rule names no article",
        "Name the article of the ordinance that this comes from.",
    )


def _leftovers(rulebook: Rulebook) -> Iterator[Finding]:
    try:
        settlement_order(rulebook)
    except AllocationError as error:
        place = next(
            (
                ("tracks", t, "pots", p, "leftover_to")
                for t, track in enumerate(rulebook.tracks)
                for p, pot in enumerate(track.pots)
                if pot.leftover_to
            ),
            (),
        )
        yield found(
            "error",
            "cyclic_leftovers",
            place,
            rulebook.positions,
            "the leftovers run in a circle",
            "Let them end in a pot whose leftover goes nowhere.",
            pots=error.params.get("pots", ""),
        )


def _pot(rulebook: Rulebook, track: Track, pot: Pot, place: Path) -> Iterator[Finding]:
    def note(severity: str, code: str, key: Path, message: str, advice: str, **params: object) -> Finding:
        return found("error" if severity == "error" else "warning", code, (*place, *key), rulebook.positions, message, advice, **params)

    if pot.rounding is None:
        yield note(
            "warning",
            "rounding_missing",
            (),
            f'pot "{pot.id}" does not say how it rounds and closes',
            "Add rounding: with point_value, award_unit and closing. Until then: exact, 0.01, leave.",
            pot=pot.id,
        )
    if not pot.article.strip():
        yield _no_article(rulebook, (*place, "article"))
    if pot.engine != "actual_cost" and not pot.criteria:
        yield note(
            "error", "criteria_missing", (), f'pot "{pot.id}" has no criteria', "Add criteria, or settle it by actual costs.", pot=pot.id
        )
    if pot.engine == "share_of_request" and pot.caps.request is None:
        yield note(
            "error",
            "cap_missing",
            (),
            "a share of the request needs to know the request",
            "Add caps: request: with the money fact that is asked for.",
        )
    elif pot.engine == "point_value" and pot.caps == type(pot.caps)():
        yield note(
            "warning",
            "cap_missing",
            (),
            f'nothing limits an award in pot "{pot.id}", not even the request',
            "Add caps: request:, since an award may not exceed what was asked for.",
            pot=pot.id,
        )
    reachable = sum((_reachable(track, criterion) for criterion in pot.criteria), Fraction(0))
    declared = sum((criterion.maximum for criterion in pot.criteria), Fraction(0))
    if pot.maximum_points is not None and pot.maximum_points != declared:
        yield note(
            "error",
            "maxima_do_not_add_up",
            ("maximum_points",),
            f"the criteria add up to {number_text(declared)}, not to {number_text(pot.maximum_points)}",
            "Correct one of the two.",
            sum=number_text(declared),
            declared=number_text(pot.maximum_points),
        )
    if pot.threshold is not None and (
        pot.threshold.minimum > reachable or (pot.threshold.minimum == reachable and not pot.threshold.inclusive)
    ):
        yield note(
            "error",
            "threshold_unreachable",
            ("threshold", "minimum"),
            f"the threshold {number_text(pot.threshold.minimum)} cannot be reached: at most {number_text(reachable)} points are possible",
            "Lower it, or correct the criteria.",
            minimum=number_text(pot.threshold.minimum),
            reachable=number_text(reachable),
        )
    if pot.aggregation == "trimmed_mean" and pot.least_marks < 3:
        yield note(
            "warning",
            "trimming_needs_three",
            ("aggregation",),
            "a trimmed mean of fewer than three marks trims nothing",
            "Set least_marks to 3 or more.",
        )
    if pot.minimum_award is not None and pot.minimum_award.amount % pot.rules.unit_cents:
        yield note(
            "warning",
            "minimum_off_unit",
            ("minimum_award", "amount"),
            f"the minimum award is not a multiple of the award unit {pot.rules.award_unit}",
            "Rounding may then give less than the minimum: choose a multiple of the unit.",
            unit=pot.rules.award_unit,
        )
    secret = [name for name in sorted(facts_of_pot(track, pot)) if track.fact(name).personal]
    for name in [*secret, *(column for criterion in pot.criteria for column in _personal_columns(track, criterion))]:
        yield note(
            "error",
            "personal_fact_in_rule",
            (),
            f'pot "{pot.id}" computes with the personal fact {name}, so its result could not be published and checked',
            "Ask for it in a fact that is not personal.",
            fact=name,
        )
    for c, criterion in enumerate(pot.criteria):
        yield from _criterion(rulebook, track, criterion, (*place, "criteria", c))


def _personal_columns(track: Track, criterion: Criterion) -> Iterator[str]:
    for table, column in sorted(read_formula(criterion.formula).tables) if criterion.formula else ():
        yield from (f"{table}.{one.id}" for one in track.fact(table).columns if one.id == column and one.personal)


def _reachable(track: Track, criterion: Criterion) -> Fraction:
    most = criterion.maximum
    if criterion.kind == "bands":
        most = max((band.points for band in criterion.bands), default=Fraction(0))
    elif criterion.kind == "flag":
        most = criterion.points or Fraction(0)
    elif criterion.kind == "choice":
        several = track.fact(str(criterion.fact)).kind == "choices"
        earned = [choice.points for choice in criterion.choices]
        most = sum(earned, Fraction(0)) if several else max(earned, default=Fraction(0))
    elif criterion.kind == "per_unit" and criterion.most_units is not None:
        most = criterion.most_units * (criterion.per_unit or Fraction(0))
    return min(most, criterion.maximum)


def _criterion(rulebook: Rulebook, track: Track, criterion: Criterion, place: Path) -> Iterator[Finding]:
    positions = rulebook.positions
    if not criterion.article.strip():
        yield _no_article(rulebook, (*place, "article"))
    reachable = _reachable(track, criterion)
    if reachable < criterion.maximum:
        yield found(
            "warning",
            "maximum_unreachable",
            (*place, "maximum"),
            positions,
            f"the maximum {number_text(criterion.maximum)} cannot be reached: at most {number_text(reachable)}",
            "Correct the maximum or the points.",
            maximum=number_text(criterion.maximum),
            reachable=number_text(reachable),
        )
    if criterion.kind == "per_unit" and criterion.most_units is None:
        yield found(
            "warning",
            "unit_cap_missing",
            place,
            positions,
            "the number of units is limited only by the maximum of points",
            "Add most_units:, if the ordinance names a limit.",
        )
    if criterion.kind == "panel" and (criterion.maximum / criterion.step).denominator != 1:
        yield found(
            "warning",
            "step_misses_maximum",
            (*place, "step"),
            positions,
            "the steps do not reach the maximum",
            "Choose a step that divides the maximum.",
        )
    for d, descriptor in enumerate(criterion.descriptors):
        if not 0 <= descriptor.points <= criterion.maximum or (descriptor.points / criterion.step).denominator != 1:
            yield found(
                "warning",
                "descriptor_off_step",
                (*place, "descriptors", d, "points"),
                positions,
                f"no mark can be {number_text(descriptor.points)}",
                "Marks go in steps from 0 to the maximum.",
                points=number_text(descriptor.points),
            )
    if criterion.fact is not None:
        fact = track.fact(criterion.fact)
        fits = {
            "choice": ("choice", "choices"),
            "flag": ("boolean",),
            "bands": ("integer", "decimal", "money", "table"),
            "per_unit": ("integer", "decimal", "money", "table", "choices"),
        }
        if fact.kind not in fits.get(criterion.kind, (fact.kind,)):
            yield found(
                "error",
                "fact_does_not_fit",
                (*place, "fact"),
                positions,
                f"a {criterion.kind} criterion cannot use the {fact.kind} fact {fact.id}",
                "Use another fact, or another kind of criterion.",
                kind=criterion.kind,
                fact=fact.id,
                fact_kind=fact.kind,
            )
        elif criterion.kind == "choice":
            yield from _choices(criterion, fact, place, rulebook)
    if criterion.kind == "bands":
        yield from _bands(criterion, track.fact(str(criterion.fact)), place, rulebook)


def _choices(criterion: Criterion, fact: Fact, place: Path, rulebook: Rulebook) -> Iterator[Finding]:
    offered = {choice.id for choice in fact.choices}
    for index, choice in enumerate(criterion.choices):
        if choice.choice not in offered:
            yield found(
                "error",
                "unknown_choice",
                (*place, "choices", index),
                rulebook.positions,
                f'"{choice.choice}" is not an answer of {fact.id}',
                "Correct it, or add the answer to the fact.",
                choice=choice.choice,
                fact=fact.id,
            )
    for answer in sorted(offered - {choice.choice for choice in criterion.choices}):
        yield found(
            "warning",
            "choice_without_points",
            (*place, "choices"),
            rulebook.positions,
            f'the answer "{answer}" has no points and counts 0',
            "Write it with points: 0, if that is meant.",
            choice=answer,
        )


def _bands(criterion: Criterion, fact: Fact, place: Path, rulebook: Rulebook) -> Iterator[Finding]:
    """Gaps and overlaps among the values that the fact can have: between 8 and 9 members there is nobody."""
    grain = _grain(fact)
    lowest = number(fact.minimum) if fact.minimum is not None and fact.kind != "table" else Fraction(0)
    highest = number(fact.maximum) if fact.maximum is not None and fact.kind != "table" else None
    ordered = sorted(enumerate(criterion.bands), key=lambda pair: _low(pair[1]))
    covered: Band | None = None
    for index, band in ordered:
        where: Path = (*place, "bands", index)
        first, last = _first(band.low, grain), _last(band.high, grain)
        if first is not None and last is not None and first > last:
            yield found(
                "error",
                "band_empty",
                where,
                rulebook.positions,
                f"the band {band.text()} covers nothing",
                "Correct its ends.",
                band=band.text(),
            )
            continue
        if covered is None:
            if first is not None and first > lowest and band.low is not None:
                end, inside = band.low
                yield _gap(
                    criterion,
                    where,
                    rulebook,
                    f"below {number_text(end)}" if inside else f"{number_text(end)} and below",
                    f"x < {number_text(end)}" if inside else f"x ≤ {number_text(end)}",
                )
        else:
            reached = _last(covered.high, grain)
            if reached is None or first is None:
                yield _overlap(where, rulebook, f"{covered.text()} and {band.text()}")
            elif first <= reached:
                until = reached if last is None else min(reached, last)
                yield _overlap(where, rulebook, number_text(first) if first == until else f"{number_text(first)} to {number_text(until)}")
            elif first == reached + 2 * grain:
                only = number_text(reached + grain)
                yield _gap(criterion, where, rulebook, f"exactly {only}", f"x = {only}")
            elif first > reached + grain and covered.high is not None and band.low is not None:
                (end, end_in), (begin, begin_in) = covered.high, band.low
                left, right = ("<" if end_in else "≤"), ("<" if begin_in else "≤")
                yield _gap(
                    criterion,
                    where,
                    rulebook,
                    f"between {number_text(end)} and {number_text(begin)}",
                    f"{number_text(end)} {left} x {right} {number_text(begin)}",
                )
        if covered is None or _reaches_further(band, covered, grain):
            covered = band
    top = None if covered is None else _last(covered.high, grain)
    if covered is not None and covered.high is not None and top is not None and (highest is None or top < highest):
        index = criterion.bands.index(covered)
        end, inside = covered.high
        yield _gap(
            criterion,
            (*place, "bands", index),
            rulebook,
            f"above {number_text(end)}" if inside else f"{number_text(end)} and above",
            f"x > {number_text(end)}" if inside else f"x ≥ {number_text(end)}",
        )


def _grain(fact: Fact) -> Fraction:
    """The smallest difference between two values of a fact."""
    return {"money": Fraction(1, 100), "decimal": Fraction(1, 10**fact.decimals)}.get(fact.kind, Fraction(1))


def _first(low: End | None, grain: Fraction) -> Fraction | None:
    """The smallest value that a band with this lower end covers."""
    if low is None:
        return None
    return (ceil(low[0] / grain) if low[1] else floor(low[0] / grain) + 1) * grain


def _last(high: End | None, grain: Fraction) -> Fraction | None:
    if high is None:
        return None
    return (floor(high[0] / grain) if high[1] else ceil(high[0] / grain) - 1) * grain


def _reaches_further(band: Band, other: Band, grain: Fraction) -> bool:
    mine, theirs = _last(band.high, grain), _last(other.high, grain)
    return theirs is not None and (mine is None or mine > theirs)


def _low(band: Band) -> tuple[int, Fraction, int]:
    return (0, Fraction(0), 0) if band.low is None else (1, band.low[0], 0 if band.low[1] else 1)


def _gap(criterion: Criterion, place: Path, rulebook: Rulebook, words: str, gap: str) -> Finding:
    return found(
        "warning",
        "band_gap",
        place,
        rulebook.positions,
        f"no band covers {words}; what falls there gets 0 points",
        "Close the gap, or acknowledge that the ordinance leaves it.",
        gap=gap,
        criterion=criterion.id,
    )


def _overlap(place: Path, rulebook: Rulebook, at: str) -> Finding:
    return found(
        "error",
        "band_overlap",
        place,
        rulebook.positions,
        f"two bands cover {at}",
        "Let one end before the other begins (to/from include the end, below/above do not).",
        at=at,
    )
