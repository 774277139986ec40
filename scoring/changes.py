"""The smallest change that would have altered a result: points to the threshold, the next band, the cut; euros for one point more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from scoring.allocation import Allocation, PotResult, allocate
from scoring.facts import FactError
from scoring.field import AllocationError, Facts
from scoring.form import settled
from scoring.formula import shown
from scoring.judging import Criterion
from scoring.money import number_text
from scoring.points import Decided, Sheet
from scoring.reasons import Reason
from scoring.rulebook import Rulebook, Track
from scoring.sharing import Pot
from scoring.view import values_of

_LISTS = ("waterfall",)
_BY_POINTS = ("point_value", "fixed_point_value", "share_of_request", "drivers")


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
    """What would have altered one award, nearest first to the rules: thresholds, the list, one point more, the next bands.

    Takes what ``allocate`` took and what it gave. One point more is not estimated: the pots are divided again with it. Raises ``KeyError``.
    """
    track, rules = rulebook.track_and_pot(pot)
    sheet = next((one for one in sheets if one.applicant == applicant and one.pot == pot), None)
    if sheet is None:
        raise KeyError((applicant, pot))
    result, award = allocation.result(pot), allocation.award(applicant, pot)
    changes = _threshold(rules, sheet)
    changes += [Reason("change_condition", barrier.params) for barrier in sheet.barriers if barrier.code in ("condition", "gate")]
    if sheet.passes and rules.items is None:
        if rules.engine in _LISTS or rules.short == "leave_out":
            changes += _list(rules, result, sheet, order or {})
        if rules.engine in _BY_POINTS and (rules.maximum is None or sheet.total + 1 <= rules.maximum):
            more = [replace(one, total=one.total + 1) if one is sheet else one for one in sheets]
            try:
                again = allocate(
                    rulebook,
                    more,
                    facts,
                    pots=[one.pot for one in allocation.results],
                    order=order,
                    carried=carried,
                    lots=lots,
                    decided=decided,
                    owners=owners,
                )
                changes.append(_one_point(award.amount_cents, again.award(applicant, pot).amount_cents))
            except AllocationError:  # one point more would make a tie that only a lot can decide
                pass
        if rules.score_bands:
            changes += _score_band(rules, sheet)
    if rules.items is None:
        changes += _bands(track, rules, sheet, facts.get(applicant, {}))
    return changes


def _threshold(pot: Pot, sheet: Sheet) -> list[Reason]:
    if pot.threshold is None or pot.items is not None:
        return []
    minimum = pot.threshold.minimum
    if minimum is None:  # relative to the field: the barrier carries what it came to
        barrier = next((one for one in sheet.barriers if "minimum" in one.params), None)
        if barrier is None:
            return []
        try:
            minimum = Fraction(barrier.params.get("exact", barrier.params["minimum"]))
        except ValueError:
            return []
    missing = minimum - sheet.total
    said = {"minimum": number_text(minimum), "points": shown(abs(missing))}
    if missing > 0 or (missing == 0 and not pot.threshold.inclusive):
        return [Reason("change_threshold" if pot.threshold.inclusive else "change_threshold_over", said)]
    return [Reason("change_fewer", said)] if missing < 0 else []


def _one_point(before: int, after: int) -> Reason:
    said = {"amount_cents": str(after), "more_cents": str(after - before)}
    return Reason("change_point" if after > before else "change_point_nothing", said)


def _list(pot: Pot, result: PotResult, sheet: Sheet, order: Mapping[str, int]) -> list[Reason]:
    """The distance to the line of a list: the last that got money, or the first that did not get all."""
    codes = {award.applicant: {step.code for step in award.steps} for award in result.awards}
    own = codes.get(sheet.applicant, set())
    full = [award for award in result.awards if "list_paid" in codes[award.applicant]]
    short = [award for award in result.awards if codes[award.applicant] & {"list_part", "list_empty"}]
    if own & {"list_part", "list_empty"}:
        if not full:
            return []
        missing = min(award.points for award in full) - sheet.total
        if missing == 0:
            return [Reason("change_cut_equal", {})]
        return [Reason("change_cut", {"points": shown(missing)})] if missing > 0 else []
    if "list_paid" in own and short:
        ahead = sheet.total - max(award.points for award in short)
        return [Reason("change_cut_margin", {"points": shown(ahead)})] if ahead > 0 else [Reason("change_cut_equal", {})]
    return []


def _score_band(pot: Pot, sheet: Sheet) -> list[Reason]:
    above = [(band.low[0] - sheet.total, band) for band in pot.score_bands if band.low is not None and band.low[0] > sheet.total]
    if not above:
        return []
    missing, band = min(above, key=lambda pair: pair[0])
    return [Reason("change_score_band", {"points": shown(missing), "band": band.text(), "percent": number_text(band.percent)})]


def _bands(track: Track, pot: Pot, sheet: Sheet, facts: Mapping[str, Any]) -> list[Reason]:
    """For every criterion with bands the nearest value that would have given more points."""
    changes = []
    points = {line.criterion: line.points for line in sheet.lines}
    try:
        values = values_of(track, settled(track, facts))[0]
    except FactError:
        return []
    for criterion in pot.criteria:
        value = values.get(criterion.fact or "")
        if criterion.kind != "bands" or criterion.each or not isinstance(value, int | Fraction) or criterion.id not in points:
            continue
        nearest = _nearest(track, criterion, values, Fraction(value), points[criterion.id])
        if nearest is not None:
            unit = next((fact.unit or ("EUR" if fact.kind == "money" else "") for fact in track.facts if fact.id == criterion.fact), "")
            titles = {f"answer_{code}": text for code, text in criterion.title.items()}
            changes.append(Reason("change_band", {**nearest, "unit": unit, **titles}))
    return changes


def _nearest(track: Track, criterion: Criterion, values: Mapping[str, Any], value: Fraction, points: Fraction) -> dict[str, str] | None:
    table = criterion.tables.get(str(values.get(criterion.class_ or "")))
    found: list[tuple[Fraction, Fraction, dict[str, str]]] = []
    for band in criterion.bands if criterion.class_ is None else table.bands if table is not None else ():
        worth = band.points if criterion.maximum is None else min(band.points, criterion.maximum)
        if worth <= points or band.holds(value):
            continue
        end = band.low if band.low is not None and band.low[0] >= value else band.high
        if end is not None:
            said = {"value": number_text(end[0]), "band": band.text(), "points": shown(worth - points)}
            found.append((abs(end[0] - value), -worth, said))
    return min(found, key=lambda entry: entry[:2])[2] if found else None
