"""What is known only when a whole field is scored: a threshold relative to the others, and the best of each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from statistics import median
from typing import Any

from scoring.facts import FactError
from scoring.form import settled
from scoring.formula import FormulaError, read_formula
from scoring.judging import Relative, SecondPass, Threshold
from scoring.kinds import number_shown, total_of
from scoring.lines import Lines
from scoring.proofs import in_languages
from scoring.questions import Text
from scoring.reasons import Reason
from scoring.rulebook import Track
from scoring.sharing import Pot
from scoring.sheets import Item, Line, ScoringError, Sheet
from scoring.usage import Uses
from scoring.view import Viewer
from scoring.working import exactly

Facts = Mapping[str, Mapping[str, Any]]
_OF_FIELD = ("below_best", "below_mean", "below_median", "below_sum")


def compare_field(track: Track, pot: Pot, sheets: Sequence[Sheet], facts: Facts) -> list[Sheet]:
    """The sheets again, with what depends on the whole field: the relative threshold first, then the second pass.

    ``sheets`` are all of one pot, ``facts`` by applicant. Comparing again gives the same. Raises ``ScoringError``.
    """
    relative = pot.threshold.relative if pot.threshold is not None else None
    if relative is None and not pot.second_pass:
        return list(sheets)
    compared = [alone(sheet) for sheet in sheets]
    if relative is not None and pot.threshold is not None:
        compared = _over_the_bar(relative, pot.threshold, compared, pot.article)
    if pot.second_pass and pot.items is None:
        uses = Uses(track)
        uses.field(pot)
        viewer = Viewer(track, uses.facts, uses.derived)
        for second in pot.second_pass:
            compared = _second_pass(track, pot, second, viewer, compared, facts)
    return compared


def alone(sheet: Sheet) -> Sheet:
    """A sheet without what an earlier comparison added."""
    barriers = tuple(reason for reason in sheet.barriers if reason.code not in _OF_FIELD)
    if sheet.items:
        items = tuple(_with_barriers(item, tuple(one for one in item.barriers if one.code not in _OF_FIELD)) for item in sheet.items)
        return of_items(replace(sheet, barriers=barriers), items)
    added = [line for line in _extra(sheet) if line.kind == "second_pass"]
    if not added and len(barriers) == len(sheet.barriers):
        return sheet
    total = sheet.total - total_of(line.points for line in added)
    return replace(
        _with_extra(sheet, tuple(line for line in _extra(sheet) if line.kind != "second_pass")),
        total=Fraction(total),
        passes=not barriers,
        barriers=barriers,
    )


def _extra(sheet: Sheet) -> Sequence[Line]:
    return sheet.lines.extra if isinstance(sheet.lines, Lines) else sheet.lines


def _with_extra(sheet: Sheet, extra: tuple[Line, ...]) -> Sheet:
    return replace(sheet, lines=sheet.lines.with_extra(extra) if isinstance(sheet.lines, Lines) else extra)


def _with_barriers(item: Item, barriers: tuple[Reason, ...]) -> Item:
    return replace(item, barriers=barriers, passes=not barriers)


def of_items(sheet: Sheet, items: tuple[Item, ...]) -> Sheet:
    """A sheet with these items: its total is that of the items that pass, and it passes when one does."""
    total = Fraction(total_of(item.total for item in items if item.passes))
    passes = any(item.passes for item in items)
    own = tuple(reason for reason in sheet.barriers if reason.code not in ("no_items", "no_item_passes"))
    if not passes and not own:
        own = (Reason("no_item_passes" if items else "no_items", {}),)
    return Sheet(sheet.applicant, sheet.pot, sheet.lines, total, passes, own, items)


def _over_the_bar(relative: Relative, threshold: Threshold, sheets: Sequence[Sheet], pot_article: str) -> list[Sheet]:
    """Those who do not reach the share of what the field reached do not compete."""
    totals = [one.total for sheet in sheets for one in (sheet.items or (sheet,)) if one.passes]
    if not totals:
        return list(sheets)
    whole = {
        "best": lambda: max(totals),
        "mean": lambda: Fraction(total_of(totals)) / len(totals),
        "median": lambda: median(totals),
        "sum": lambda: Fraction(total_of(totals)),
    }[relative.of]()
    minimum = Fraction(whole) * relative.percent / 100
    article = threshold.article or pot_article

    def bar(points: Fraction) -> tuple[Reason, ...]:
        if points > minimum or (points == minimum and threshold.inclusive):
            return ()
        said = {"percent": number_shown(relative.percent), **exactly("points", points), **exactly("minimum", minimum)}
        return (Reason(f"below_{relative.of}", {**said, "article": article}),)

    compared = []
    for sheet in sheets:
        if sheet.items:
            items = tuple(_with_barriers(item, (*item.barriers, *bar(item.total))) if item.passes else item for item in sheet.items)
            compared.append(of_items(sheet, items))
        elif sheet.passes and (reasons := bar(sheet.total)):
            compared.append(replace(sheet, passes=False, barriers=reasons))
        else:
            compared.append(sheet)
    return compared


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int
    group: str
    key: Fraction


def _second_pass(track: Track, pot: Pot, second: SecondPass, viewer: Viewer, sheets: Sequence[Sheet], facts: Facts) -> list[Sheet]:
    """Those who pass compete in their groups; the best of each have their points multiplied, or get more. The others are told why not."""
    among = None if second.among is None else read_formula(second.among)
    groups: dict[str, list[_Candidate]] = {}
    for place, sheet in enumerate(sheets):
        if not sheet.passes:
            continue
        try:
            values, tables = viewer(settled(track, facts.get(sheet.applicant, {})))
            if among is not None and not among.value(values, tables):
                continue
        except FactError as error:
            raise ScoringError("wrong_fact", f"{second.id}: {error}", criterion=second.id, **error.params) from error
        except FormulaError:  # what cannot be computed does not hold
            continue
        group = values.get(second.group)
        if isinstance(group, str):
            key = sheet.total if second.by is None else sheet.points_of(second.by)
            groups.setdefault(group, []).append(_Candidate(place, group, key))
    compared = list(sheets)
    labels = _labels(track, second.group)
    by = _titles(pot).get(second.by or "", {})
    for group, candidates in groups.items():
        ranks = {one.place: rank for one, rank in _best(candidates, int(second.best), second.equals == "all")}
        label = labels.get(group, {"sl": group})
        told = _Told(second, in_languages("group", label) | in_languages("by", by), candidates, len(ranks))
        for one in candidates:
            sheet = sheets[one.place]
            line = told.rewarded(one, ranks[one.place], sheet.total) if one.place in ranks else told.left_out(one)
            compared[one.place] = replace(_with_extra(sheet, (*_extra(sheet), line)), total=sheet.total + line.points)
    return compared


def _best(candidates: Sequence[_Candidate], most: int, all_equals: bool) -> list[tuple[_Candidate, int]]:
    """The best with their places; equals at the last place all, or none of them where not all have room."""
    ranked = sorted(candidates, key=lambda one: -one.key)
    best: list[tuple[_Candidate, int]] = []
    for _, equals in groupby(ranked, key=lambda one: one.key):
        group, rank = list(equals), len(best) + 1
        if len(best) + len(group) > most and not (all_equals and len(best) < most):
            break
        best += [(one, rank) for one in group]
    return best


def _labels(track: Track, name: str) -> dict[str, Text]:
    for derived in track.derived:
        if derived.id == name and derived.table is None:
            return {one.id: one.title for one in derived.classes}
    return {choice.id: choice.label for fact in track.facts if fact.id == name for choice in fact.choices}


def _titles(pot: Pot) -> dict[str, Text]:
    return {one.id: one.title for criterion in pot.criteria for one in (*criterion.judged, criterion)}


class _Told:
    """The lines of one group: why its best get more, and why the others do not."""

    def __init__(self, second: SecondPass, group: Mapping[str, str], candidates: Sequence[_Candidate], rewarded: int) -> None:
        self.second = second
        self.group = group
        self.keys = sorted((one.key for one in candidates), reverse=True)
        self.equals = Counter(self.keys)
        self.ranks = {key: rank for rank, key in reversed([*enumerate(self.keys, start=1)])}
        self.count = rewarded

    def rewarded(self, one: _Candidate, rank: int, total: Fraction) -> Line:
        """The points are multiplied, or there are more of them."""
        second = self.second
        if second.factor is not None:
            points, code = total * (second.factor - 1), "second_pass_factor"
            working = f"{number_shown(total)} × {number_shown(second.factor)} = {number_shown(total * second.factor)}"
        else:
            points, code, working = second.points or Fraction(0), "second_pass_points", ""
        return self._line(one, code, points, working, {"rank": str(rank), "points": number_shown(points), "working": working})

    def left_out(self, one: _Candidate) -> Line:
        """What the best have and what this one has; or that there are more equals at the last place than may get more."""
        equals, rank = self.equals[one.key], self.ranks[one.key]
        said = {"own": number_shown(one.key), "best": number_shown(self.keys[0]), "rank": str(rank)}
        if equals > 1 and rank - 1 == self.count < self.second.best:
            said |= {"equals": str(equals), "left": str(int(self.second.best) - self.count)}
            return self._line(one, "second_pass_equal", Fraction(0), f"{equals} > {said['left']}", said)
        last = self.keys[self.count - 1] if self.count else self.keys[0]
        said["last"] = number_shown(last) if last != self.keys[0] else ""
        return self._line(one, "second_pass_not", Fraction(0), f"{said['own']} < {number_shown(last)}", said)

    def _line(self, one: _Candidate, code: str, points: Fraction, working: str, said: Mapping[str, str]) -> Line:
        second, reason = self.second, Reason(code, {**self.group, **said})
        return Line(second.id, second.title, second.article, "second_pass", None, points, {second.group: one.group}, working, reason, {})
