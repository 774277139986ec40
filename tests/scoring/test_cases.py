"""Every worked case beside a rulebook: points, euros, items, what remains and why, to the cent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.allocation import Allocation, Award, allocate
from scoring.bundle import make_bundle, verify_bundle
from scoring.files import Applicants, read_applicants
from scoring.money import cents_from_euros, euros
from scoring.points import Sheet
from scoring.rulebook import Rulebook, read_rulebook

ROOT = Path(__file__).parents[2] / "rulebooks"
KEYS = {"name", "source", "facts", "carried", "settle", "expect"}
EXPECTED = {"points", "euros", "items", "residual", "not_passing", "reasons"}
# No worked cases: the calls of the invented municipality are computed by the demo and its own tests.
WITHOUT = {"obala-culture-2026", "obala-ngo-2026", "obala-sport-2026"}
# What rulebooks elsewhere stumble over, and where it is computed here.
HARDEST = {
    "points that depend on the points of others": ["construct-second-pass"],
    "parts of a criterion reduced or zeroed on their own": ["sport-rulebook-art28-mechanism"],
    "a leftover that joins before the value is computed": ["markovci-culture-2012", "divaca-tourism-2020"],
    "a threshold that depends on the field": ["it-decree-2019-events", "construct-above-average"],
    "ceilings whose rest is shared again": ["worked-cases", "it-decree-2019-events"],
    "countable things capped by another fact": ["construct-licences"],
    "a table chosen in two steps, and an entry condition": ["cerkno-culture-2021", "sezana-culture-2012"],
    "two point systems, or several drivers": ["prevalje-social-2012", "construct-veterans-drivers", "construct-slices-with-equal-part"],
    "one call only, with exceptions": ["koper-calls-2018-2026-rules", "construct-one-call-only", "koper-sport-promotion-2017"],
    "counting by the seat, and double membership": ["smartno-litija-humanitarian-2020", "construct-veterans-drivers"],
    "runners-up": [
        "construct-gate-by-bonus",
        "construct-tiers",
        "construct-pools",
        "construct-scaled-by-inflow",
        "construct-mayors-decision",
    ],
}


def cases_of(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["cases"]  # noqa: S506 - texts only
    return cases


FILES = sorted(ROOT.glob("*/cases.yaml"))
FOUND = [(path.parent, case) for path in FILES for case in cases_of(path)]


def named(found: Sequence[tuple[Path, dict[str, Any]]]) -> pytest.MarkDecorator:
    ids = [f"{folder.name}: {case['name']}" for folder, case in found]
    return pytest.mark.parametrize(("folder", "case"), found, ids=ids)


each_case = named(FOUND)
each_whole_case = named([(folder, case) for folder, case in FOUND if "settle" not in case])


@dataclass(frozen=True)
class Computed:
    """What the engine makes of one case."""

    rulebook: Rulebook
    applicants: Applicants
    allocation: Allocation

    def sheet(self, pot: str, applicant: str) -> Sheet:
        return next(sheet for sheet in self.applicants.sheets if (sheet.pot, sheet.applicant) == (pot, applicant))


def compute(folder: Path, case: Mapping[str, Any], at: Path) -> Computed:
    """Read the facts of a case as `python -m scoring` does, score and divide. `at` is where the facts file is put."""
    rulebook = read_rulebook((folder / "rulebook.yaml").read_text(encoding="utf-8"), f"{folder.name}/rulebook.yaml")
    path = at / "facts.yaml"
    path.write_text(yaml.safe_dump(case["facts"], allow_unicode=True, default_style='"', sort_keys=False), encoding="utf-8")
    found = read_applicants(str(path), rulebook)
    allocation = allocate(
        rulebook, found.sheets, found.facts, pots=case.get("settle"), order=found.order, lots=found.lots, decided=found.decided,
        carried={pot: cents_from_euros(amount) for pot, amount in case.get("carried", {}).items()}, owners=found.owners,
    )  # fmt: skip
    return Computed(rulebook, found, allocation)


def codes_of(award: Award) -> list[str]:
    return [step.code for step in award.steps]


def awards_in(expected: Mapping[str, Mapping[str, Any]]) -> Sequence[tuple[str, str, Any]]:
    return [(pot, applicant, value) for pot, own in expected.items() for applicant, value in own.items()]


@each_case
def test_a_worked_case_comes_out_to_the_point_and_the_cent(folder: Path, case: dict[str, Any], tmp_path: Path) -> None:
    assert set(case) <= KEYS and {"name", "source", "facts", "expect"} <= set(case)
    expect = case["expect"]
    assert expect and set(expect) <= EXPECTED
    done = compute(folder, case, tmp_path)
    points = awards_in(expect.get("points", {}))
    assert [(pot, one, done.sheet(pot, one).total) for pot, one, _ in points] == [(pot, one, Fraction(value)) for pot, one, value in points]
    paid = awards_in(expect.get("euros", {}))
    assert [(pot, one, euros(done.allocation.award(one, pot).amount_cents)) for pot, one, _ in paid] == paid
    for pot, one, items in awards_in(expect.get("items", {})):
        assert {item.item: euros(item.amount_cents) for item in done.allocation.award(one, pot).items} == items
    left = {pot: euros(done.allocation.result(pot).residual_cents) for pot in expect.get("residual", {})}
    assert left == expect.get("residual", {})
    for pot, names in expect.get("not_passing", {}).items():
        assert sorted(sheet.applicant for sheet in done.applicants.sheets if sheet.pot == pot and not sheet.passes) == sorted(names)
    for pot, one, codes in awards_in(expect.get("reasons", {})):
        said = codes_of(done.allocation.award(one, pot))
        assert set(codes) <= set(said), f"{one} in {pot}: {said}"


@each_case
def test_every_worked_case_is_explained_in_all_its_languages_and_adds_up(folder: Path, case: dict[str, Any], tmp_path: Path) -> None:
    done = compute(folder, case, tmp_path)
    found, rulebook, allocation = done.applicants, done.rulebook, done.allocation
    for language in rulebook.languages:
        for sheet in found.sheets:
            assert all(line.reason.sentence(language) for line in sheet.lines)
        for result in allocation.results:
            for award in result.awards:
                assert all(step.sentence(language) for step in award.steps)
    for result in allocation.results:
        assert result.paid_cents + result.residual_cents == result.available_cents + result.received_cents
        assert result.paid_cents == sum(award.amount_cents for award in result.awards)
        assert result.residual_cents >= 0


@each_whole_case
def test_a_worked_case_of_all_pots_can_be_recomputed_from_its_bundle(folder: Path, case: dict[str, Any], tmp_path: Path) -> None:
    done = compute(folder, case, tmp_path)
    found, rulebook, allocation = done.applicants, done.rulebook, done.allocation
    entries = [(f"{pot} {entry.applicant}", entry) for pot, own in found.entries.items() for entry in own]
    made = make_bundle(
        {"reference": folder.name}, rulebook, found.facts, {key: entry.marks for key, entry in entries},
        {key: entry.agreements for key, entry in entries}, found.sheets, allocation,
        found.order, found.lots, found.decided, owners=found.owners,
    )  # fmt: skip
    verified = verify_bundle(json.loads(json.dumps(made)))
    assert (verified.checked, verified.differences) == (sum(len(result.awards) for result in allocation.results), ())


def test_every_rulebook_but_those_of_the_demo_has_worked_cases() -> None:
    assert {path.parent.name for path in ROOT.glob("*/rulebook.yaml")} - {path.parent.name for path in FILES} == WITHOUT


@pytest.mark.parametrize("what", HARDEST)
def test_the_hardest_constructs_have_a_rulebook_and_a_computed_case(what: str) -> None:
    assert set(HARDEST[what]) <= {folder.name for folder, _ in FOUND}
