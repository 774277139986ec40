"""What is said to have changed a result comes true where pots depend on one another too, and where a panel decided amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.allocation import Allocation, allocate
from scoring.changes import smallest_changes
from scoring.points import Agreement, Decided, Entry, Sheet, score_pot
from scoring.reasons import Reason
from scoring.rulebook import read_rulebook
from tests.scoring.samples import PANEL, POT, rulebook_text
from tests.scoring.test_changes_come_true import ENGINES, SECOND_PASSES, THRESHOLDS, Case, all_come_true

QUALITY = PANEL.replace("maximum: 15", 'maximum: 20\nstep: "1/2113927200"')
FIRST = f"""id: first
title: {{sl: a, it: b}}
article: "1"
amount: 300
engine: point_value
aggregation: agreed
caps: {{request: requested}}
rounding: {{closing: leave, tie_break: [earlier_submission]}}
criteria: [{{{", ".join(QUALITY.strip().splitlines())}}}]
leftover: {{to: [main], %s}}
"""
EXCLUSIVE = 'exclusive: [{id: once, text: {sl: a, it: b}, article: "1", pots: [first, main]}]\ntracks:\n'


@dataclass(frozen=True)
class PotCase(Case):
    """Applicants with points in two pots, of which the first leaves money to the other; and what a panel decided, if it decides."""

    firsts: Mapping[str, Fraction] = field(default_factory=dict)
    decided: Mapping[str, Mapping[str, Decided]] = field(default_factory=dict)

    def sheets(self) -> list[Sheet]:
        found = []
        for name, given_points in (("first", self.firsts), ("main", self.points)):
            agreed = {one: (Agreement("quality", own, {"sl": "Tako."}),) for one, own in given_points.items()}
            entries = [Entry(one, self.facts[one], (), own) for one, own in agreed.items()]
            found += score_pot(*self.rulebook.track_and_pot(name), entries)
        return found

    def divided(self, order: Mapping[str, int] | None = None) -> Allocation:
        return allocate(self.rulebook, self.sheets(), self.facts, order=order or self.order, decided=self.decided)

    def changes(self) -> Iterator[tuple[str, list[Reason], int]]:
        sheets = self.sheets()
        allocation = self.divided()
        for name in self.points:
            found = smallest_changes(
                self.rulebook, sheets, self.facts, allocation, name, "main", order=self.order, decided=self.decided
            )  # fmt: skip
            yield name, found, allocation.award(name, "main").amount_cents

    def amount(self, name: str, more: Fraction) -> int:
        other = self.with_more(name, more)
        assert isinstance(other, PotCase)
        return other.divided().award(name, "main").amount_cents

    def passes(self, name: str, more: Fraction) -> bool:
        return next(one.passes for one in self.with_more(name, more).sheets() if (one.applicant, one.pot) == (name, "main"))


@st.composite
def cases(draw: st.DrawFn) -> PotCase:
    engine = draw(st.sampled_from(sorted({*ENGINES, "panel_amounts"} - {"category_amounts"})))
    extra = draw(st.sampled_from(ENGINES.get(engine, ("",)))) + draw(st.sampled_from(THRESHOLDS)) + draw(st.sampled_from(SECOND_PASSES))
    pot = POT.replace("engine: point_value", f"engine: {engine}").replace('"10000.00"', '"500.00"')
    pot += draw(st.sampled_from(("", "minimum_award: {amount: 60, below: drop}\n", "minimum_award: {amount: 60, below: raise}\n")))
    leftover = draw(st.sampled_from(("when: before", "when: after, order: listed", "when: after, order: score")))
    text = rulebook_text(pots=(FIRST % leftover,), criteria=(QUALITY,), pot=pot + "aggregation: agreed\n" + extra)
    rulebook = read_rulebook(text.replace("tracks:\n", EXCLUSIVE, 1) if draw(st.booleans()) else text)
    names = "ABCD"[: draw(st.integers(2, 4))]
    points = {name: Fraction(draw(st.integers(0, 12))) for name in names}
    firsts = {name: Fraction(draw(st.integers(0, 5))) for name in names if draw(st.booleans())}
    facts: dict[str, dict[str, Any]] = {
        name: {
            "requested": draw(st.integers(0, 12)) * 4_000, "costs": draw(st.integers(0, 6)) * 10_000,
            "level": draw(st.sampled_from(("none", "regional", "national"))),
        }
        for name in names
    }  # fmt: skip
    decided = {name: Decided(min(facts[name]["requested"], draw(st.integers(0, 100)) * 100), {"sl": "Tako."}) for name in names}
    order = {name: rank for rank, name in enumerate(draw(st.permutations(names)))}
    return PotCase(rulebook, points, facts, order, firsts, {"main": decided} if engine == "panel_amounts" else {})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_what_is_claimed_comes_true_where_pots_depend_on_one_another(case: PotCase) -> None:
    all_come_true(case)
