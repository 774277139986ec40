"""The smallest change that would have altered a result: points to the threshold, the next band, another place; euros for one point more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from scoring.allocation import Allocation, PotResult
from scoring.facts import FactError, check_fact, effective
from scoring.field import Facts
from scoring.form import settled
from scoring.judging import Criterion
from scoring.money import number_text
from scoring.plan import plan_of
from scoring.points import Decided, Sheet
from scoring.proofs import in_languages
from scoring.questions import Fact, Interval
from scoring.reasons import LANGUAGES, Reason
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot
from scoring.trials import Given, Trials, Turn, first_turn
from scoring.view import Tables, Values, values_of
from scoring.working import exactly

_LISTS = ("waterfall",)
_BY_POINTS = ("point_value", "fixed_point_value", "share_of_request", "drivers")
_UNPAID = ("arrival_part", "arrival_short", "arrival_closed", "arrival_empty")
ONE = Fraction(1)


def smallest_changes(
    rulebook: Rulebook,
    sheets: Sequence[Sheet],
    facts: Facts,
    allocation: Allocation,
    applicant: str,
    pot: str,
    *,
    order: Mapping[str, int] | None = None,
    carried: Mapping[str, int] | None = None,
    lots: Mapping[str, int] | None = None,
    decided: Mapping[str, Mapping[str, Decided]] | None = None,
    owners: Mapping[str, str] | None = None,
) -> list[Reason]:
    """What would have altered one award. Takes what ``allocate`` took and what it gave. Raises ``KeyError``."""
    pots = [one.pot for one in allocation.results]
    return changes_of(Given(rulebook, sheets, facts, pots, order, carried, lots, decided, owners), allocation, applicant, pot)


def changes_of(given: Given, allocation: Allocation, applicant: str, pot: str) -> list[Reason]:
    """What would have altered one award, nearest first to the rules: thresholds, the list, one point more, the next bands.

    Nothing is estimated: for every change that is told the field was compared and the pots were divided again with it, and what is told
    came of it. For several awards give the same ``given``. Raises ``KeyError``.
    """
    track, rules = given.rulebook.track_and_pot(pot)
    sheet = next((one for one in given.sheets if one.applicant == applicant and one.pot == pot), None)
    if sheet is None:
        raise KeyError((applicant, pot))
    award, own = allocation.award(applicant, pot), given.facts.get(applicant, {})
    if rules.items is None:
        trials = Trials(given, sheet, award.amount_cents)
        changes = _of_points(trials, _barred(sheet))
        if sheet.passes and rules.engine == "category_amounts":
            changes += _arrival(given, allocation.result(pot), sheet)
        return changes + list(_bands(track, rules, trials.raw, own))
    whole = [one for one in sheet.barriers if one.code == "condition"]
    found = _barred(replace(sheet, barriers=tuple(whole)))
    for item in award.items:
        trials = Trials(given, sheet, item.amount_cents, item.item)
        barred = _barred(replace(trials.own, barriers=tuple(one for one in trials.own.barriers if one not in whole)))
        changes = [*_of_points(trials, barred), *_bands(track, rules, trials.raw, own, int(item.item) - 1)]
        named = {"item": item.item, **in_languages("answer", dict.fromkeys(LANGUAGES, item.name or f"#{item.item}"))}
        found += [Reason("change_item", {**named, "article": one.params.get("article", "")}, (one,)) for one in changes]
    return found


def _barred(sheet: Sheet) -> list[Reason]:
    return [Reason("change_condition", one.params) for one in sheet.barriers if one.code in ("condition", "gate")]


def _of_points(trials: Trials, barred: list[Reason]) -> list[Reason]:
    """What other points of an application, or of an item, would have meant."""
    rules = trials.rules
    changes = [*_threshold(trials), *barred]
    if (rules.engine in _LISTS or rules.short == "leave_out") and not any("amount_cents" in one.params for one in changes):
        changes += _list(trials)
    if trials.own.passes:
        if rules.engine in _BY_POINTS and (more := trials.with_points(ONE)) is not None:
            changes.append(_one_point(trials.present, more.amount))
        changes += _score_band(trials)
    return changes


# Points


def _threshold(trials: Trials) -> Iterator[Reason]:
    threshold, own = trials.rules.threshold, trials.raw.total
    if threshold is None:
        return
    if threshold.minimum is None:
        yield from _relative(trials)
        return
    missing = threshold.minimum - own
    said = {
        "minimum": number_text(threshold.minimum),
        **exactly("points", abs(missing)),
        "article": threshold.article or trials.rules.article,
    }
    if missing > 0 or (missing == 0 and not threshold.inclusive):
        found = trials.with_points(missing) if threshold.inclusive else None
        if found is not None and found.passes and found.amount > trials.present:
            said["amount_cents"] = str(found.amount)
        yield Reason("change_threshold" if threshold.inclusive else "change_threshold_over", said)
    elif missing < 0:
        yield Reason("change_fewer", said)


def _relative(trials: Trials) -> Iterator[Reason]:
    """What is missing to a threshold that follows from the points of all, and so moves when they do."""
    barrier = next((one for one in trials.own.barriers if one.code.startswith("below_")), None)
    missing = _missing(trials)
    if barrier is None or missing is None:
        return
    little = (missing or ONE) / 1000
    inclusive = trials.rules.threshold is not None and trials.rules.threshold.inclusive
    ends = (missing - little, missing) if inclusive else (missing, missing + little)
    before, found = (trials.with_points(points) for points in ends)
    if found is None or not found.passes or before is None or before.passes:
        return
    said = {**exactly("minimum", trials.raw.total + missing), **exactly("points", missing), "article": barrier.params.get("article", "")}
    if inclusive and found.amount > trials.present:
        said["amount_cents"] = str(found.amount)
    yield Reason("change_threshold_of_all" if inclusive else "change_threshold_of_all_over", said)


def _missing(trials: Trials) -> Fraction | None:
    """The points at which an application reaches a share of what the field, itself included, reached; None where none are enough."""
    threshold, own = trials.rules.threshold, trials.raw.total
    if threshold is None or threshold.relative is None:
        return None
    part, rule = threshold.relative.percent / 100, threshold.relative.of
    others = sorted(one.total for one in trials.competitors)
    if rule in ("mean", "sum"):
        part = part / (len(others) + 1) if rule == "mean" else part
        return None if part >= 1 else (part * sum(others) / (1 - part)) - own
    if rule == "best":
        return part * others[-1] - own if others and part <= 1 else None
    middle = len(others) // 2  # with the own points there is one more than others
    if len(others) % 2 == 0:  # the median is one of the others, or the own points between the two in the middle
        low = others[middle - 1] if others else Fraction(0)
        wanted = part * (others[middle] if part >= 1 and others else low)
        return wanted - own if others else None
    half = part / 2 * others[middle] / (1 - part / 2) if part < 2 else None  # the own points are one of the two in the middle
    beside = part * (others[middle] + others[middle - 1]) / 2 if middle else None
    wanted_ones = [one - own for one in (half, beside) if one is not None and one > own]
    return min(wanted_ones, default=None)


def _one_point(before: int, after: int) -> Reason:
    said = {"amount_cents": str(after), "more_cents": str(abs(after - before))}
    code = "change_point" if after > before else "change_point_less" if after < before else "change_point_nothing"
    return Reason(code, said)


def _list(trials: Trials) -> Iterator[Reason]:
    """On a list: with how many points more the place would have been worth more, and with how many fewer it would have been worth less."""
    present, own, fixed = trials.present, trials.raw.total, trials.rules.value is not None
    if fixed and (present or not own):  # every point is worth something: one point more says it
        return
    ends = trials.turns()

    def amount(more: Fraction) -> int | None:
        found = trials.with_points(more)
        return None if found is None else found.amount

    more = first_turn([end - own for end in ends], trials.room(), amount, lambda cents: cents > present, steady=not fixed)
    if more is not None and more.over and fixed:  # the amount is that of the points themselves, so only that there is one can be said
        yield _turned("more", more, trials, {})
    elif more is not None:
        yield _turned("more", more, trials, {"amount_cents": str(more.amount)})
    if not present:
        return
    threshold, lower = trials.rules.threshold, [end for end in ends if end > 0]
    least = threshold.minimum if threshold is not None and threshold.minimum is not None else min(lower, default=own) / 2
    fewer = first_turn([own - end for end in lower], own - least, lambda points: amount(-points), lambda cents: cents < present)
    if fewer is not None:
        yield _turned("less", fewer, trials, {"amount_cents": str(fewer.amount)})


def _turned(way: str, turn: Turn, trials: Trials, said: Mapping[str, str]) -> Reason:
    """What other points would have meant on a list."""
    code = f"change_{way}"
    if turn.over and turn.points:
        code += "_over" if turn.sure else "_beyond"
    elif turn.over:
        code += "_equal" if trials.has_equal() else "_beyond"
    return Reason(code, {**(exactly("points", turn.points) if turn.points else {}), **said})


def _score_band(trials: Trials) -> Iterator[Reason]:
    """The next band of points that gives a larger share."""
    total = trials.own.total
    above = sorted(
        ((band.low[0], band) for band in trials.rules.score_bands if band.low is not None and band.low[0] > total and band.low[1]),
        key=lambda pair: pair[0],
    )
    for low, band in above:
        factors = {Fraction(1), *(one.factor for one in trials.rules.second_pass if one.factor)}
        for missing in sorted((low - total) / factor for factor in factors):
            found, before = trials.with_points(missing), trials.with_points(missing - missing / 1000)
            if found is None or before is None or not band.holds(found.total) or band.holds(before.total):
                continue
            if found.amount <= max(trials.present, before.amount):  # not for the band: any points would have given as much
                continue
            said = {
                **exactly("points", missing),
                "band": band.text(),
                "percent": number_text(band.percent),
                "amount_cents": str(found.amount),
            }
            yield Reason("change_score_band", said)
            return


def _arrival(given: Given, result: PotResult, sheet: Sheet) -> Iterator[Reason]:
    """The nearest earlier place in the order of receipt that would have been worth more."""
    order, award = given.order or {}, next(one for one in result.awards if one.applicant == sheet.applicant)
    if sheet.applicant not in order or not any(step.code in _UNPAID for step in award.steps):
        return
    own = order[sheet.applicant]
    earlier = sorted({order[one.applicant] for one in result.awards if one.passes and order.get(one.applicant, own) < own}, reverse=True)

    def before(place: int) -> tuple[int, str] | None:
        """The amount and the place of whoever arrives just before this one."""
        moved = {name: 2 * rank for name, rank in order.items()} | {sheet.applicant: 2 * place - 1}
        again = replace(given, order=moved).divide()
        if again is None:
            return None
        found = again.award(sheet.applicant, sheet.pot)
        return found.amount_cents, next((step.params["place"] for step in found.steps if step.code.startswith("arrival_")), "")

    low, high = 0, len(earlier)
    while low < high:
        middle = (low + high) // 2
        found = before(earlier[middle])
        low, high = (low, middle) if found is not None and found[0] > award.amount_cents else (middle + 1, high)
    found = before(earlier[low]) if low < len(earlier) else None
    if found is not None and found[0] > award.amount_cents:
        yield Reason("change_arrival", {"place": found[1], "amount_cents": str(found[0])})


# Facts


def _bands(track: Track, pot: Pot, sheet: Sheet, facts: Mapping[str, Any], row: int | None = None) -> Iterator[Reason]:
    """For every criterion with bands the nearest value that would have given more points; of an item those of its ``row``."""
    points = {line.criterion: line.points for line in sheet.lines}
    try:
        values = _seen(track, pot, facts, row)[0]
    except (FactError, LookupError):
        return
    if pot.maximum_points is not None and sheet.total >= pot.maximum_points:
        return
    for criterion in pot.criteria:
        value = values.get(criterion.fact or "")
        if criterion.kind != "bands" or criterion.each or not isinstance(value, int | Fraction) or criterion.id not in points:
            continue
        nearest = _nearest(track, pot, criterion, facts, values, Fraction(value), points[criterion.id], row)
        if nearest is not None:
            asked = _asked(track, pot, criterion.fact or "")
            unit = "" if asked is None else asked.unit or ("EUR" if asked.kind == "money" else "")
            yield Reason("change_band", {**nearest, "unit": unit, "article": criterion.article, **in_languages("answer", criterion.title)})


def _seen(track: Track, pot: Pot, facts: Mapping[str, Any], row: int | None) -> tuple[Values, Tables]:
    """What the criteria see: the columns of the own row first. Raises ``FactError``, ``LookupError``."""
    values, tables = values_of(track, settled(track, facts))
    return (values if row is None or pot.items is None else {**values, **tables[pot.items.table][row]}), tables


def _asked(track: Track, pot: Pot, name: str) -> Fact | None:
    """The question behind a name: a column of the items, or a fact."""
    table = next((one for one in track.facts if pot.items is not None and one.id == pot.items.table), None)
    return next((one for one in (*(table.columns if table is not None else ()), *track.facts) if one.id == name), None)


def _nearest(
    track: Track,
    pot: Pot,
    criterion: Criterion,
    facts: Mapping[str, Any],
    values: Mapping[str, Any],
    value: Fraction,
    points: Fraction,
    row: int | None,
) -> dict[str, str] | None:
    """The nearest value that gives more, tried in the order of the distance. The class that chooses the table stays the same."""
    group = values.get(criterion.class_ or "")
    table = criterion.tables.get(str(group))
    bands = criterion.bands if criterion.class_ is None else table.bands if table is not None else ()
    step = _step(_asked(track, pot, criterion.fact or ""))
    ends = sorted({(abs(end - value), end, band.text()) for band in bands if (end := _end(band, value, step)) is not None})
    for _, end, band in ends:
        found = _given_with(track, pot, criterion, facts, end, row)
        if found is not None and found[0] > points and found[1] == group:
            return {"value": number_text(end), "band": band, **exactly("points", found[0] - points)}
    return None


def _end(band: Interval, value: Fraction, step: Fraction | None) -> Fraction | None:
    """The value of a band that is nearest to another one, in whole steps; None where there is none."""
    below = band.low is not None and value <= band.low[0]
    end = band.low if below else band.high
    if end is None or band.holds(value):
        return None
    if step is None:
        return end[0] if end[1] else None
    whole = -(-end[0] // step) * step if below else end[0] // step * step
    if whole == end[0] and not end[1]:
        whole += step if below else -step
    return whole if band.holds(whole) else None


def _step(fact: Fact | None) -> Fraction | None:
    """The smallest difference between two answers; None where the value is computed."""
    if fact is None or fact.formula is not None:
        return None
    return Fraction(1, 100) if fact.kind == "money" else Fraction(1, 10**fact.decimals) if fact.kind == "decimal" else ONE


def _given_with(
    track: Track, pot: Pot, criterion: Criterion, facts: Mapping[str, Any], value: Fraction, row: int | None
) -> tuple[Fraction, Any] | None:
    """The points of a criterion with another value of its fact, and the class that then chooses; None where nobody could answer that."""
    name = str(criterion.fact)
    entry = next((one for one in plan_of(track, pot).entries if one.criterion.id == criterion.id), None)
    fact = _asked(track, pot, name)
    if entry is None or entry.computed is None:
        return None
    try:
        changed = facts
        if fact is not None and fact.formula is None and fact.kind in ("integer", "decimal", "money"):
            changed = _with_answer(track, pot, facts, fact, check_fact(fact, number_text(value)), row)
        values, tables = _seen(track, pot, changed, row)
    except (FactError, LookupError):
        return None
    if fact is not None and fact.kind == "table":
        if value.denominator != 1 or not fact.min_rows <= value <= fact.max_rows:
            return None
        tables = {**tables, name: [*tables[name], *({} for _ in range(int(value)))][: int(value)]}
    elif changed is facts:
        values = {**values, name: value}
    return Fraction(entry.computed.judge(values, tables)[0]), values.get(criterion.class_ or "")


def _with_answer(track: Track, pot: Pot, facts: Mapping[str, Any], fact: Fact, answer: Any, row: int | None) -> Mapping[str, Any]:
    """The facts with another answer to one question, in the own row where it is a column of the items."""
    table = next((one for one in track.facts if pot.items is not None and one.id == pot.items.table), None)
    if row is None or table is None or fact not in table.columns:
        return {**facts, fact.id: answer}
    rows = effective(table, facts.get(table.id)) or []
    return {**facts, table.id: [{**one, fact.id: answer} if place == row else one for place, one in enumerate(rows)]}
