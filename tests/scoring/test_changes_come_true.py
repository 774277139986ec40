"""Whatever is said to have changed a result does change it: for small rulebooks of every engine, each claim is made true and looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, AllocationError, allocate
from scoring.changes import smallest_changes
from scoring.money import number
from scoring.points import Agreement, Entry, Sheet, score_pot
from scoring.reasons import Reason
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT, sample

A_BIT = Fraction(1, 7200)
"""Finer than the points at which anything turns here; marks go in steps of which it and every claim is a multiple."""
ENGINES = {
    "point_value": ("",),
    "fixed_point_value": ("value: 30\n", "value: 30\nshort: leave_out\n"),
    "drivers": (
        'drivers: [{id: points, title: {sl: Točke, it: Punti}, article: "3", percent: 70, by: points}, '
        '{id: equal, title: {sl: Enako, it: Uguale}, article: "3", percent: 30, by: equal}]\n',
    ),
    "share_of_request": ("", "score_bands: [{from: 5, below: 9, percent: 40}, {from: 9, percent: 80}]\n"),
    "full_request": ("", "short: leave_out\n"),
    "waterfall": ("last: partial\n", "last: nothing\n", "last: next\n"),
    "category_amounts": tuple(
        f"category: level\namounts: {{regional: 250, national: 400}}\nlast: {last}\n" for last in ("partial", "next")
    ),
    "control_percentage": ("basis: requested\n",),
    "actual_cost": ("cost_fact: costs\n",),
}
THRESHOLDS = (
    "", "", "threshold: {minimum: 6}\n", "threshold: {minimum: 6, inclusive: no}\n",
    *(f"threshold: {{relative: {{percent: {percent}, of: {of}}}}}\n" for percent, of in ((50, "best"), (90, "mean"), (80, "median"), (25, "sum"))),
    "threshold: {relative: {percent: 25, of: sum}, inclusive: no}\n", "threshold: {relative: {percent: 80, of: best}, inclusive: no}\n",
)  # fmt: skip
SECOND = "second_pass: [{{id: best, title: {{sl: Najboljši, it: Migliori}}, article: '4', group: level, best: 1, {} }}]\n"
SECOND_PASSES = ("", "", SECOND.format("factor: 2"), SECOND.format("points: 3"))


@dataclass(frozen=True)
class Case:
    """Applicants with points, facts and an order of receipt, under one rulebook."""

    rulebook: Rulebook
    points: dict[str, Fraction]
    facts: dict[str, dict[str, Any]]
    order: dict[str, int]

    def sheets(self) -> list[Sheet]:
        track, pot = self.rulebook.track_and_pot("main")
        return score_pot(
            track,
            pot,
            [Entry(name, self.facts[name], (), (Agreement("quality", own, {"sl": "Tako."}),)) for name, own in self.points.items()],
        )

    def changes(self) -> Iterator[tuple[str, list[Reason], int]]:
        sheets = self.sheets()
        allocation = allocate(self.rulebook, sheets, self.facts, order=self.order)
        for name in self.points:
            found = smallest_changes(self.rulebook, sheets, self.facts, allocation, name, "main", order=self.order)
            yield name, found, allocation.award(name, "main").amount_cents

    def with_more(self, name: str, more: Fraction) -> Case:
        return replace(self, points={**self.points, name: self.points[name] + more})

    def amount(self, name: str, more: Fraction) -> int:
        """The award with so many points more."""
        other = self.with_more(name, more)
        return allocate(self.rulebook, other.sheets(), self.facts, order=self.order).award(name, "main").amount_cents

    def passes(self, name: str, more: Fraction) -> bool:
        return next(sheet.passes for sheet in self.with_more(name, more).sheets() if sheet.applicant == name)

    def at_place(self, name: str, place: int) -> int:
        """The award of whoever arrives in another place, among those who compete."""
        queue = sorted((other for other in self.points if other != name), key=self.order.__getitem__)
        allocation = allocate(self.rulebook, self.sheets(), self.facts, order=self.order)
        steps = {other: allocation.award(other, "main").steps for other in queue}
        competing = [other for other in queue if any(step.code.startswith("arrival_") for step in steps[other])]
        before = competing[place - 1]
        queue.insert(queue.index(before), name)
        moved = {other: rank for rank, other in enumerate(queue)}
        return allocate(self.rulebook, self.sheets(), self.facts, order=moved).award(name, "main").amount_cents


@st.composite
def cases(draw: st.DrawFn) -> Case:
    engine = draw(st.sampled_from(sorted(ENGINES)))
    extra = draw(st.sampled_from(ENGINES[engine])) + draw(st.sampled_from(THRESHOLDS)) + draw(st.sampled_from(SECOND_PASSES))
    closing = draw(st.sampled_from(("leave", "largest_remainder", "to_one")))
    pot = POT.replace("engine: point_value", f"engine: {engine}").replace('"10000.00"', '"700.00"')
    equals = draw(st.sampled_from(("earlier_submission", "applicant", "lot")))
    pot = pot.replace("{tie_break: [earlier_submission], closing: largest_remainder}", f"{{closing: {closing}, tie_break: [{equals}]}}")
    pot += draw(st.sampled_from(("", "minimum_award: {amount: 60, below: drop}\n", "minimum_award: {amount: 60, below: raise}\n")))
    if engine != "actual_cost":
        pot += draw(st.sampled_from(("", "", "balance: {id: fair, title: {sl: Delež, it: Quota}, article: '9', by: level, most: 60}\n")))
    rulebook = sample(
        criteria=(PANEL.replace("maximum: 15", 'maximum: 20\nstep: "1/2113927200"'),), pot=pot + "aggregation: agreed\n" + extra
    )
    names = "ABCDE"[: draw(st.integers(2, 5))]
    points = {name: Fraction(draw(st.integers(0, 12))) for name in names}
    facts = {
        name: {
            "requested": draw(st.integers(0, 12)) * 4_000, "costs": draw(st.integers(0, 6)) * 10_000,
            "level": draw(st.sampled_from(("none", "regional", "national"))),
        }
        for name in names
    }  # fmt: skip
    return Case(rulebook, points, facts, {name: rank for rank, name in enumerate(draw(st.permutations(names)))})


TEAMS = """- {id: level, kind: choice, label: {sl: a, it: b}, choices: [{id: regional, label: {sl: a, it: b}}, {id: national, label: {sl: a, it: b}}]}
- id: teams
  kind: table
  label: {sl: a, it: b}
  columns:
    - {id: name, kind: text, label: {sl: a, it: b}}
    - {id: requested, kind: money, label: {sl: a, it: b}}
    - {id: costs, kind: money, label: {sl: a, it: b}}
"""


@dataclass(frozen=True)
class ItemCase(Case):
    """The same of pots in which every item is scored by itself: ``points`` are those of "A #1"."""

    def sheets(self) -> list[Sheet]:
        track, pot = self.rulebook.track_and_pot("main")
        given: dict[str, list[Agreement]] = {}
        for key, own in self.points.items():
            name, _, item = key.partition(" #")
            given.setdefault(name, []).append(Agreement("quality", own, {"sl": "Tako."}, item))
        return score_pot(track, pot, [Entry(name, self.facts[name], (), tuple(own)) for name, own in given.items()])

    def changes(self) -> Iterator[tuple[str, list[Reason], int]]:
        sheets = self.sheets()
        allocation = allocate(self.rulebook, sheets, self.facts, order=self.order)
        for name in self.facts:
            for told in smallest_changes(self.rulebook, sheets, self.facts, allocation, name, "main", order=self.order):
                key = f"{name} #{told.params['item']}"
                yield key, list(told.parts), amount_of(allocation, key)

    def amount(self, name: str, more: Fraction) -> int:
        other = self.with_more(name, more)
        return amount_of(allocate(self.rulebook, other.sheets(), self.facts, order=self.order), name)

    def passes(self, name: str, more: Fraction) -> bool:
        sheets = {sheet.applicant: sheet for sheet in self.with_more(name, more).sheets()}
        applicant, _, item = name.partition(" #")
        return next(one.passes for one in sheets[applicant].items if one.id == item)


def amount_of(allocation: Allocation, key: str) -> int:
    name, _, item = key.partition(" #")
    return next(one.amount_cents for one in allocation.award(name, "main").items if one.item == item)


@st.composite
def item_cases(draw: st.DrawFn) -> ItemCase:
    engine = draw(st.sampled_from(sorted({*ENGINES} - {"category_amounts"})))
    extra = draw(st.sampled_from(ENGINES[engine])) + draw(st.sampled_from(THRESHOLDS)) + "items: {table: teams, name: name}\n"
    pot = POT.replace("engine: point_value", f"engine: {engine}").replace('"10000.00"', '"700.00"')
    pot += draw(st.sampled_from(("", "minimum_award: {amount: 60, below: drop}\n", "minimum_award: {amount: 60, below: raise}\n")))
    quality = PANEL.replace("maximum: 15", 'maximum: 20\nstep: "1/2113927200"')
    rulebook = sample(facts=TEAMS, criteria=(quality,), pot=pot + "aggregation: agreed\n" + extra)
    facts: dict[str, dict[str, Any]] = {}
    points: dict[str, Fraction] = {}
    for name in "AB"[: draw(st.integers(1, 2))]:
        count = draw(st.integers(1, 2))
        points |= {f"{name} #{place}": Fraction(draw(st.integers(0, 12))) for place in range(1, count + 1)}
        teams = [
            {"name": "x", "requested": draw(st.integers(0, 12)) * 4_000, "costs": draw(st.integers(0, 6)) * 10_000} for _ in range(count)
        ]
        facts[name] = {"teams": teams, "level": "national"}
    return ItemCase(rulebook, points, facts, {name: rank for rank, name in enumerate(draw(st.permutations([*facts])))})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(item_cases())
def test_what_is_claimed_of_an_item_comes_true_too(case: ItemCase) -> None:
    all_come_true(case)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_what_is_claimed_comes_true_when_the_change_is_made(case: Case) -> None:
    all_come_true(case)


def all_come_true(case: Case) -> None:
    try:
        found = list(case.changes())
    except AllocationError:
        return
    for name, changes, present in found:
        for change in changes:
            check(case, name, change, present)


def check(case: Case, name: str, change: Reason, present: int) -> None:
    said = change.params
    points = number(said.get("points_exact", said.get("points", "0")))
    amount = int(said["amount_cents"]) if "amount_cents" in said else None
    match change.code:
        case "change_point" | "change_point_less" | "change_point_nothing":
            assert case.amount(name, Fraction(1)) == amount
            assert abs((amount or 0) - present) == int(said["more_cents"])
        case "change_threshold" | "change_threshold_of_all":
            assert case.passes(name, points) and not case.passes(name, points - A_BIT)
            assert amount is None or case.amount(name, points) == amount
        case "change_threshold_over" | "change_threshold_of_all_over":
            assert not case.passes(name, points) and case.passes(name, points + A_BIT)
        case "change_fewer":
            assert case.passes(name, A_BIT - points)
            assert case.points[name] == points or not case.passes(name, -points - A_BIT)
        case "change_more":
            assert case.amount(name, points) == amount and case.amount(name, points - A_BIT) <= present
        case "change_more_over" | "change_more_equal":
            assert case.amount(name, points) <= present < case.amount(name, points + A_BIT)
            assert amount is None or case.amount(name, points + A_BIT) == amount
        case "change_more_beyond":
            assert present < case.amount(name, points + A_BIT) and amount in (None, case.amount(name, points + A_BIT))
        case "change_less_beyond":
            assert present > case.amount(name, -points - A_BIT) == amount
        case "change_less":
            assert case.amount(name, -points) == amount and case.amount(name, A_BIT - points) >= present
        case "change_less_over" | "change_less_equal":
            assert case.amount(name, -points) >= present > case.amount(name, -points - A_BIT) == amount
        case "change_score_band":
            assert case.amount(name, points) == amount and case.amount(name, points - A_BIT) != amount
        case "change_arrival":
            assert case.at_place(name, int(said["place"])) == amount
        case _:
            raise AssertionError(change.code)
