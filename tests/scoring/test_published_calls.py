"""Real published calls: what the declared rules give, beside what was published."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from scoring.allocation import Allocation, allocate
from scoring.lint import lint
from scoring.money import cents_from_euros, euros
from scoring.points import Agreement, Sheet, score
from scoring.rulebook import Rulebook, read_rulebook

ROOT = Path(__file__).parents[2] / "rulebooks"
DIVACA = ROOT / "divaca-tourism-2020"
KOPER = ROOT / "koper-sport-promotion-2017"


def read(folder: Path) -> Rulebook:
    return read_rulebook((folder / "rulebook.yaml").read_text(encoding="utf-8"))


def published() -> dict[str, list[dict[str, str]]]:
    return yaml.load((DIVACA / "published.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@pytest.fixture(scope="module")
def divaca() -> Allocation:
    rulebook, sheets, facts = read(DIVACA), list[Sheet](), dict[str, dict[str, object]]()
    for pot_id, rows in published().items():
        track, pot = rulebook.track_and_pot(pot_id)
        for row in rows:
            values: dict[str, object] = {"costs": cents_from_euros(row["amount"])} if pot.engine == "actual_cost" else {}
            agreed = [Agreement("agreed_points", Fraction(row["points"]), {"sl": "Izpeljano."})] if pot.criteria else []
            facts.setdefault(row["name"], {}).update(values)
            sheets.append(score(track, pot, row["name"], values, (), agreed))
    return allocate(rulebook, sheets, facts)


def test_what_non_programme_costs_leave_joins_round_ii_before_the_point_value(divaca: Allocation) -> None:
    costs, second = divaca.result("non_programme_costs"), divaca.result("operating.II")
    assert (costs.paid_cents, costs.residual_cents, costs.flows) == (175902, 24098, (("operating.II", 24098),))
    assert (second.amount_cents, second.joined_cents, second.available_cents) == (500000, 24098, 524098)
    assert second.point_value == Fraction("5240.98") / Fraction("224.8")


def test_round_ii_gives_the_nine_published_amounts_and_closes_at_zero(divaca: Allocation) -> None:
    second = divaca.result("operating.II")
    assert {a.applicant: euros(a.amount_cents) for a in second.awards} == {
        row["name"]: row["amount"] for row in published()["operating.II"]
    }
    assert second.residual_cents == 0


def test_round_i_applies_the_declared_rule_and_not_the_hand_that_closed_the_pot(divaca: Allocation) -> None:
    first = divaca.result("operating.I")
    by_hand = {row["name"]: cents_from_euros(row["amount"]) for row in published()["operating.I"]}
    differences = {a.applicant: a.amount_cents - by_hand[a.applicant] for a in first.awards if a.amount_cents != by_hand[a.applicant]}
    assert sum(by_hand.values()) == 580000
    assert differences.pop("RD Bandera") == -15, "the municipality put what was left on one club"
    assert sorted(differences.values()) == [1, 1, 1, 1, 2, 2, 3, 3]
    assert (first.paid_cents, first.residual_cents) == (579999, 1)
    assert first.available_cents - first.paid_cents == first.residual_cents
    for award in first.awards:
        assert award.amount_cents == int(award.points * 580000 / Fraction("313.2") + Fraction(1, 2))


KOPER_CASES = [
    # programme value, years, spectators -> points, by criterion
    ("100000.00", 5, 50, (20, 10, 10)),
    ("499000.00", 10, 150, (20, 10, 10)),
    ("499999.99", 11, 151, (0, 20, 20)),
    ("500000.00", 10, 500, (30, 10, 20)),
    ("1000000.00", 40, 501, (30, 20, 30)),
    ("1000000.01", 40, 501, (50, 20, 30)),
    ("99999.99", 4, 49, (0, 0, 0)),
]


@pytest.mark.parametrize(("value", "years", "spectators", "points"), KOPER_CASES)
def test_koper_bands_are_kept_as_published(value: str, years: int, spectators: int, points: tuple[int, ...]) -> None:
    track, pot = read(KOPER).track_and_pot("promotion")
    facts = {"programme_value": cents_from_euros(value), "tradition_years": years, "spectators": spectators}
    sheet = score(track, pot, "A", {**facts, "registered": True, "prior_selection": True})
    assert tuple(int(line.points) for line in sheet.lines) == points
    assert sheet.passes == (sum(points) >= 70)
    assert not score(track, pot, "A", {**facts, "registered": True}).passes, "whoever was not selected the year before does not compete"
    assert sheet.missing_reasons(("sl", "it", "en")) == ()
    for line in sheet.lines:
        if line.points == 0:
            assert "ne sodi v noben objavljeni razred" in line.sentence("sl")


PUBLISHED_POTS = {
    "calcio_a_11": 31300, "pallamano": 8138, "pallavolo": 8138, "atletica": 5008, "basket": 3756, "calcio_a_5": 1252, "altri": 5008,
}  # fmt: skip


def test_seven_percentages_of_altamura_give_its_published_pots_to_the_euro() -> None:
    rulebook = read(ROOT / "altamura-sport-it-2014")
    assert {pot.id.removeprefix("sport."): pot.amount_cents for _, pot in rulebook.pots()} == {
        name: amount * 100 for name, amount in PUBLISHED_POTS.items()
    }
    assert sum(PUBLISHED_POTS.values()) == 62600


PUBLISHED_SUMS = {
    "divaca-events-2008": {"events.culture": 6000, "events.sport": 4500, "events.village": 4000, "events.big": 20000},
    "divaca-tourism-2020": {"operating.I": 5800, "operating.II": 5000, "non_programme_costs": 2000},
    "ormoz-events-2021": {"events": 8200},
}


@pytest.mark.parametrize("name", PUBLISHED_SUMS)
def test_the_pots_are_those_that_were_published(name: str) -> None:
    assert {pot.id: pot.amount_cents for _, pot in read(ROOT / name).pots()} == {
        pot: amount * 100 for pot, amount in PUBLISHED_SUMS[name].items()
    }


PUBLISHED_GAPS = {
    "cerkno-culture-2021": ["x = 36", "x > 8"],  # in class B the text that was read ends after 8 members
    "sezana-culture-2012": ["x > 20"],  # the text that was read ends after the first band
    "treviglio-sport-it": ["x = 100", "x = 5"],
}


@pytest.mark.parametrize("name", PUBLISHED_GAPS)
def test_published_gaps_are_kept_and_found(name: str) -> None:
    findings = [finding for finding in lint(read(ROOT / name)) if finding.code == "band_gap"]
    assert [finding.params["gap"] for finding in findings] == PUBLISHED_GAPS[name]
    assert all(finding.severity == "warning" and finding.line for finding in findings)


def test_exactly_fifty_members_in_two_published_bands_is_an_error_that_stops_publication() -> None:
    path = ROOT / "smartno-litija-humanitarian-2020" / "as-published.yaml"
    (finding,) = lint(read_rulebook(path.read_text(encoding="utf-8"), path.name))
    assert (finding.severity, finding.code) == ("error", "band_overlap")
    assert "50" in finding.message
    assert path.read_text(encoding="utf-8").splitlines()[finding.line - 1].strip() == "- {from: 50, to: 100, points: 30}"
    assert not [one for one in lint(read(path.parent)) if one.severity == "error"], "the rulebook itself decides who has 50 members"


def test_the_linter_warns_of_every_published_gap_of_koper_and_of_nothing_else() -> None:
    findings = lint(read(KOPER))
    assert {finding.code for finding in findings} == {"band_gap"}
    assert all(finding.severity == "warning" and finding.line for finding in findings)
    assert sorted(finding.params["gap"] for finding in findings) == ["499000 < x < 500000", "x < 100000", "x < 5", "x < 50"]
