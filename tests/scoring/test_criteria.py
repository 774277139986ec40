"""Every kind of criterion gives the exact points of the ordinance, and says why in three languages."""

from fractions import Fraction
from functools import lru_cache
from typing import Any

import pytest

from scoring.criteria import formula_values
from scoring.facts import Proven
from scoring.points import Line, Sheet, score
from scoring.rulebook import Rulebook, read_rulebook
from tests.scoring.samples import FACTS, POT, block, rulebook_text, sample

SPORT_FACTS = FACTS + (
    """\
- {id: founded, kind: date, label: {sl: Ustanovitev, it: Fondazione}}
- {id: residents, kind: integer, label: {sl: Občani, it: Residenti}}
- id: seat
  kind: choice
  label: {sl: Sedež, it: Sede}
  choices: [{id: here, label: {sl: pri nas, it: da noi}}, {id: elsewhere, label: {sl: drugje, it: altrove}}]
- id: fields
  kind: choices
  label: {sl: Področja, it: Ambiti}
  choices: [{id: youth, label: {sl: mladi, it: giovani}}, {id: elite, label: {sl: vrhunski, it: alto livello}}, {id: other, label: {sl: drugo, it: altro}}]
- id: teams
  kind: table
  label: {sl: Skupine, it: Gruppi}
  columns:
    - {id: name, kind: text, label: {sl: Ime, it: Nome}}
    - {id: hours, kind: decimal, decimals: 1, label: {sl: Ure, it: Ore}}
    - {id: participants, kind: integer, label: {sl: Udeleženci, it: Partecipanti}}
    - {id: norm, kind: integer, label: {sl: Norma, it: Norma}}
    - {id: coach, kind: boolean, label: {sl: Trener, it: Allenatore}}
    - id: grade
      kind: choice
      label: {sl: Naziv, it: Qualifica}
      choices: [{id: first, label: {sl: prvi, it: primo}}, {id: second, label: {sl: drugi, it: secondo}}]
    - {id: elite, kind: boolean, label: {sl: Vrhunski, it: Alto livello}}
"""
)


def criterion(body: str, name: str = "c", more: str = "") -> str:
    return f'id: {name}\ntitle: {{sl: Merilo, it: Criterio}}\narticle: "3. člen"\n{body}\n{more}'


def rules(
    *criteria: str,
    derived: tuple[str, ...] = (),
    pot: str = POT,
    conditions: tuple[str, ...] = (),
    facts: str = SPORT_FACTS,
    pots: tuple[str, ...] = (),
) -> Rulebook:
    """A rulebook around criteria and derived values."""
    text = rulebook_text(facts=facts, criteria=criteria, pot=pot, conditions=conditions, pots=pots)
    if derived:
        values = "".join(block(f'title: {{sl: Vrednost, it: Valore}}\narticle: "2. člen"\n{one}', 6, dash=True) for one in derived)
        text = text.replace("    pots:\n", f"    derived:\n{values}    pots:\n", 1)
    return _read(text)


_read = lru_cache(maxsize=128)(read_rulebook)


def scored(rulebook: Rulebook, facts: dict[str, Any], *more: Any) -> Sheet:
    return score(*rulebook.track_and_pot("main"), "A", facts, *more)


def line_of(body: str, facts: dict[str, Any], derived: tuple[str, ...] = ()) -> Line:
    sheet = scored(rules(criterion(body), derived=derived), facts)
    line = sheet.lines[0]
    assert sheet.total == line.points == sheet.points_of("c")
    for language in ("sl", "it", "en"):
        sentence = line.sentence(language)
        assert sentence.endswith("."), sentence
        assert not any(sign in sentence for sign in ("{", "[[", "|", "  ", " .", " ;", " ,", "..")), sentence
    return line


def outcome(body: str, facts: dict[str, Any], derived: tuple[str, ...] = ()) -> tuple[Fraction, str]:
    line = line_of(body, facts, derived)
    return line.points, line.reason.code


# Tables chosen by a class (Cerkno: quality group -> class -> bands)

CLASSED = """\
kind: bands
fact: members
class: quality
tables:
  a: {bands: [{to: 8, points: 20}, {from: 9, to: 20, points: 80}, {from: 21, to: 35, points: 120}, {above: 36, points: 180}]}
  b: {bands: [{to: 8, points: 10}, {from: 9, points: 30}]}
"""
QUALITY = "id: quality\nclasses: [{id: a, title: {sl: A}, when: years >= 10}, {id: b, title: {sl: B}, when: years >= 2}, {id: c, title: {sl: C}, when: years == 1}]"


@pytest.mark.parametrize(
    ("members", "years", "points", "code"),
    [(8, 10, 20, "band"), (9, 12, 80, "band"), (35, 10, 120, "band"), (36, 10, 0, "gap"), (37, 10, 180, "band"), (37, 9, 30, "band"), (8, 2, 10, "band"), (8, 1, 0, "no_table"), (8, 0, 0, "no_class"), (None, 10, 0, "no_answer")],
)  # fmt: skip
def test_the_class_chooses_the_table(members: int | None, years: int, points: int, code: str) -> None:
    assert outcome(CLASSED, {"members": members, "years": years}, (QUALITY,)) == (points, code)


def test_the_reason_names_the_class_and_its_table() -> None:
    line = line_of(CLASSED, {"members": 9, "years": 12}, (QUALITY,))
    assert line.inputs == {"members": "9", "quality": "a"}
    assert (
        line.sentence("sl")
        == "Ugotovljena vrednost 9 je v razredu [9, 20], za katerega je določenih 80 od 180 točk. Uporabljen je točkovnik za skupino »A«."
    )
    assert (
        line_of(CLASSED, {"members": 9, "years": 1}, (QUALITY,)).sentence("sl")
        == "Točkovnik tega merila za skupino »C« ne določa točk (0 od 180)."
    )


def test_a_choice_can_be_the_class_and_tables_can_count_units_or_answers() -> None:
    units = "kind: per_unit\nfact: members\nmaximum: 50\nclass: seat\ntables: {here: {per_unit: 2}, elsewhere: {per_unit: 1, most_units: residents}}"
    assert outcome(units, {"members": 8, "seat": "here"}) == (16, "per_unit")
    assert outcome(units, {"members": 8, "seat": "elsewhere", "residents": 3}) == (3, "per_unit_capped")
    assert outcome(units, {"members": 8}) == (0, "no_class")
    answers = "kind: choice\nfact: level\nclass: seat\ntables: {here: {choices: [{choice: national, points: 9}]}, elsewhere: {choices: [{choice: national, points: 4}]}}"
    assert outcome(answers, {"level": "national", "seat": "elsewhere"}) == (4, "choice")


# Limits


@pytest.mark.parametrize(
    ("body", "facts", "points", "code"),
    [
        ("kind: per_unit\nfact: members\nper_unit: 3", {"members": 100}, 300, "per_unit"),
        ("kind: per_unit\nfact: members\nper_unit: 1\nmost_units: residents * 0.04", {"members": 100, "residents": 1000}, 40, "per_unit_capped"),
        ("kind: per_unit\nfact: members\nper_unit: 1\nmost_units: residents * 0.04", {"members": 30, "residents": 1000}, 30, "per_unit"),
        ("kind: per_unit\nfact: members\nper_unit: 1\nmost_units: residents", {"members": 30}, 0, "per_unit_capped"),
        ("kind: per_unit\nfact: members\nper_unit: 1\nmost_units: 10 / residents", {"members": 30}, 0, "formula_division_by_zero"),
        ("kind: per_unit\nfact: members\nper_unit: -1", {"members": 30}, 0, "per_unit_capped"),
        ("kind: formula\nformula: members - 40", {"members": 30}, 0, "formula_capped"),
        ("kind: formula\nformula: members * 40", {"members": 30}, 1200, "formula"),
        ('kind: formula\nformula: years(founded, "2026-01-01")', {"founded": "2000-05-05"}, 25, "formula"),
        ('kind: formula\nformula: years(founded, "2026-01-01")', {}, 0, "formula_missing_value"),
        ("kind: bands\nfact: members\nmaximum: 10\nbands: [{from: 1, points: -5}]", {"members": 3}, 0, "band"),
        ("kind: flag\nfact: inclusive\npoints: 5\nmaximum: 3", {"inclusive": True}, 3, "flag"),
        ("kind: choice\nfact: fields\nmaximum: 8\nchoices: [{choice: youth, points: 5}, {choice: elite, points: 4}]", {"fields": ["youth", "elite", "other"]}, 8, "choice"),
        ("kind: choice\nfact: fields\nmaximum: 8\nchoices: [{choice: youth, points: 5}]", {"fields": []}, 0, "no_answer"),
        ("kind: per_unit\nfact: fields\nper_unit: 2", {"fields": ["youth", "elite"]}, 4, "per_unit"),
        ('kind: formula\nformula: has(fields, "elite") * 7 + count(teams)', {"fields": ["elite"], "teams": [{}]}, 8, "formula"),
    ],
)  # fmt: skip
def test_points_stay_within_the_limits_that_there_are(body: str, facts: dict[str, Any], points: int, code: str) -> None:
    assert outcome(body, facts) == (points, code)


def test_without_a_maximum_no_sentence_speaks_of_one() -> None:
    line = line_of("kind: per_unit\nfact: members\nper_unit: 3", {"members": 1000})
    assert (line.maximum, line.points) == (None, 3000)
    assert [line.sentence(language) for language in ("sl", "it", "en")] == [
        "Upoštevano: 1.000; 1.000 × 3 = 3.000, torej število točk 3.000.",
        "Considerato: 1.000; 1.000 × 3 = 3.000, quindi punti 3.000.",
        "Counted: 1,000; 1,000 × 3 = 3,000, therefore points: 3,000.",
    ]
    assert line.to_data()["maximum"] is None


# When a criterion applies

WHEN = 'kind: flag\nfact: inclusive\npoints: 5\nwhen: seat == "here"\n'


def test_a_criterion_that_does_not_apply_gives_nothing_and_says_so() -> None:
    assert outcome(WHEN, {"inclusive": True, "seat": "here"}) == (5, "flag")
    line = line_of(
        f"{WHEN}otherwise: {{sl: Merilo velja le za društva s sedežem v občini., it: Solo per chi ha sede nel comune.}}",
        {"inclusive": True, "seat": "elsewhere"},
    )
    assert (line.points, line.reason.code) == (0, "not_for")
    assert line.sentence("sl") == "Merilo velja le za društva s sedežem v občini, zato za to merilo ni točk (0 od 5)."
    assert line.sentence("en").startswith("Solo per chi ha sede") or line.sentence("en").startswith("Merilo velja"), (
        "a language that was not written"
    )
    assert (
        line_of(WHEN, {}).sentence("en")
        == "What must hold for this criterion to apply does not, so this criterion gives no points (0 of 5)."
    )
    assert "here" in line.working


def test_a_test_that_cannot_be_computed_does_not_hold() -> None:
    assert outcome("kind: flag\nfact: inclusive\npoints: 5\nwhen: 1 / years > 0", {"inclusive": True}) == (0, "formula_division_by_zero")


# Derived values


@pytest.mark.parametrize(
    ("derived", "body", "facts", "points"),
    [
        (("id: share\nformula: residents / members * 100",), "kind: bands\nfact: share\nbands: [{from: 30, points: 10}]", {"members": 10, "residents": 3}, 10),
        (("id: share\nformula: residents / members * 100",), "kind: bands\nfact: share\nbands: [{from: 0, points: 10}]", {"residents": 3}, 0),
        (('id: counted\nformula: if(seat == "here", members, residents)',), "kind: per_unit\nfact: counted\nper_unit: 1", {"members": 50, "residents": 12, "seat": "elsewhere"}, 12),
        (("id: factor\nfact: level\nchoose: {national: '1.5', regional: 1}",), "kind: formula\nformula: members * factor", {"members": 3, "level": "national"}, Fraction(9, 2)),
        (("id: factor\nfact: level\nchoose: {national: '1.5', regional: 1}",), "kind: formula\nformula: members * factor", {"members": 3, "level": "none"}, 0),
        (("id: factor\nfact: level\nchoose: {national: '1.5', regional: 1}",), "kind: formula\nformula: members * factor", {"members": 3}, 0),
        (("id: worth\nfact: fields\nchoose: {youth: 2, elite: '1/3'}",), "kind: formula\nformula: worth", {"fields": ["elite", "youth", "other"]}, Fraction(7, 3)),
        (("id: size\nfact: members\nbands: [{from: 1, to: 9, value: 1}, {above: 9, value: '2.5'}]",), "kind: formula\nformula: size * 2", {"members": 10}, 5),
        (("id: size\nfact: members\nbands: [{from: 1, to: 9, value: 1}]",), "kind: formula\nformula: size * 2 + 1", {"members": 10}, 1),
        (("id: twice\nformula: members * 2", "id: four\nformula: twice * 2"), "kind: formula\nformula: four", {"members": 3}, 12),
        ((QUALITY,), 'kind: formula\nformula: if(quality == "b", 7, 1)', {"years": 3}, 7),
        ((QUALITY,), "kind: choice\nfact: quality\nchoices: [{choice: a, points: 9}, {choice: b, points: 4}]", {"years": 3}, 4),
        (("id: load\ntable: teams\nformula: hours * participants", "id: whole\nformula: sum(teams, load)"), "kind: formula\nformula: whole", {"teams": [{"hours": "1.5", "participants": 2}, {"hours": "2", "participants": 3}]}, 9),
        (("id: load\ntable: teams\nformula: hours * members",), "kind: formula\nformula: total(teams, load)", {"members": 10, "teams": [{"hours": "1.5"}]}, 15),
        (("id: kf\ntable: teams\nfact: grade\nchoose: {first: 1, second: '1.2'}",), "kind: formula\nformula: sum(teams, kf * hours)", {"teams": [{"grade": "second", "hours": "10"}, {"hours": "5"}]}, 12),
        (("id: big\ntable: teams\nclasses: [{id: large, title: {sl: V}, when: participants > 10}, {id: small, title: {sl: M}}]",), 'kind: formula\nformula: count(teams, big == "large")', {"teams": [{"participants": 11}, {"participants": 10}, {}]}, 1),
    ],
)  # fmt: skip
def test_derived_values_are_used_like_facts(derived: tuple[str, ...], body: str, facts: dict[str, Any], points: Any) -> None:
    assert line_of(body, facts, derived).points == points


def test_what_formulas_see_is_there_by_name_and_by_row() -> None:
    rulebook = rules(
        criterion("kind: flag\nfact: inclusive\npoints: 1"), derived=("id: load\ntable: teams\nformula: hours * members", QUALITY)
    )
    facts = {
        "members": 3,
        "requested": 12550,
        "costs": 1200,
        "inclusive": True,
        "level": "regional",
        "fields": ["youth"],
        "founded": "2000-01-01",
        "teams": [{"name": "x", "hours": "1.5"}],
    }
    values, tables = formula_values(rulebook.tracks[0], facts)
    assert values == {
        "members": 3, "years": None, "spread": None, "requested": Fraction(251, 2), "costs": 12, "inclusive": 1, "leader": None, "level": "regional",
        "founded": "2000-01-01", "residents": None, "seat": None, "fields": ("youth",), "quality": None,
        "remark": None, "groups": None, "teams": 1,
    }  # fmt: skip
    assert tables == {"groups": [], "teams": [{"name": "x", "hours": Fraction(3, 2), "participants": None, "norm": None, "coach": None, "grade": None, "elite": None, "load": Fraction(9, 2)}]}  # fmt: skip


# Rows

EACH = "kind: bands\nfact: participants\neach: teams\nmaximum: 25\nbands: [{from: 1, below: 10, points: 5}, {from: 10, points: 10}]"


def test_a_criterion_for_each_row_is_summed_and_then_cut() -> None:
    teams = [{"participants": count} for count in (4, 12, 0)]
    line = line_of(EACH, {"teams": teams})
    assert (line.points, line.reason.code) == (15, "rows")
    assert line.working == "1: 4 ∈ [1, 10) → 5; 2: 12 ∈ [10, ∞) → 10; 3: 0 → 0"
    assert [line.sentence(language) for language in ("sl", "it", "en")] == [
        "Izračun po vrsticah (število vrstic: 3): 1: 4 ∈ [1, 10) → 5; 2: 12 ∈ [10, ∞) → 10; 3: 0 ni v nobenem razredu → 0; skupaj 15 od 25 točk.",
        "Calcolo per righe (numero di righe: 3): 1: 4 ∈ [1, 10) → 5; 2: 12 ∈ [10, ∞) → 10; 3: 0 in nessuna fascia → 0; in totale 15 punti su 25.",
        "Computed row by row (rows: 3): 1: 4 ∈ [1, 10) → 5; 2: 12 ∈ [10, ∞) → 10; 3: 0 in no band → 0; in total 15 of 25 points.",
    ]
    assert line.working_in("it") == "1: 4 ∈ [1, 10) → 5; 2: 12 ∈ [10, ∞) → 10; 3: 0 in nessuna fascia → 0"
    assert [(part.code, part.params["row"], part.parts[0].code) for part in line.reason.parts] == [
        ("row", "1", "band"),
        ("row", "2", "band"),
        ("row", "3", "gap"),
    ]
    assert outcome(EACH, {"teams": teams + teams}) == (25, "rows_capped")
    assert outcome(EACH, {"teams": []}) == outcome(EACH, {}) == (0, "no_rows")


def test_the_working_shows_six_rows_and_how_many_more() -> None:
    line = line_of(EACH, {"teams": [{"participants": 1}] * 9})
    assert line.working.startswith("1: 1 ∈") and line.working.endswith("; 6: 1 ∈ [1, 10) → 5; … (+3)")
    assert len(line.reason.parts) == 6


def test_each_row_names_the_class_that_chose_its_table_and_what_its_points_are_for() -> None:
    body = "kind: per_unit\neach: teams\nfact: hours\nclass: grade\ntables: {first: {per_unit: '1.5'}}"
    line = line_of(body, {"teams": [{"grade": "first", "hours": "3"}, {"grade": "second", "hours": "3"}, {"hours": "3"}]})
    assert line.working_in("sl") == (
        "1: skupina »prvi«: 3 × 1,5 = 4,5; 2: za skupino »drugi« ni točkovnika → 0; 3: skupine ni mogoče določiti → 0"
    )
    assert line.working_in("it").startswith("1: gruppo «primo»: 3 × 1,5 = 4,5; 2: nessuna tabella per il gruppo «secondo» → 0; 3: ")
    choices = line_of(
        "kind: choice\neach: teams\nfact: grade\nchoices: [{choice: first, points: 3}]",
        {"teams": [{"grade": "first"}, {}, {"grade": "second"}]},
    )
    assert choices.working_in("sl") == "1: »prvi« → 3; 2: podatek manjka → 0; 3: »drugi« → 0"
    flags = line_of("kind: flag\neach: teams\nfact: coach\npoints: 4", {"teams": [{"coach": True}, {}]})
    assert flags.working_in("it") == "1: requisito soddisfatto → 4; 2: requisito non soddisfatto → 0"


def test_in_a_row_its_columns_come_before_the_names_outside() -> None:
    derived = ("id: hours\nformula: members * 100",)
    facts = {"members": 2, "teams": [{"hours": "3", "participants": 4}, {"hours": "1", "participants": 5}]}
    assert outcome("kind: formula\neach: teams\nformula: hours * participants + members", facts, derived) == (21, "rows")
    assert outcome("kind: formula\nformula: hours", facts, derived) == (200, "formula")


@pytest.mark.parametrize(
    ("body", "points"),
    [
        ("kind: per_unit\neach: teams\nfact: hours\nper_unit: 2\nmost_units: norm", 10),
        ("kind: choice\neach: teams\nfact: grade\nchoices: [{choice: first, points: 3}, {choice: second, points: '1/3'}]", Fraction(10, 3)),
        ("kind: flag\neach: teams\nfact: coach\npoints: 4", 4),
        ("kind: per_unit\neach: teams\nfact: hours\nclass: grade\ntables: {first: {per_unit: 1}, second: {per_unit: 10}}", Fraction(33, 1)),
        ("kind: per_unit\neach: teams\nfact: members\nper_unit: 1", 14),
        ("kind: formula\neach: teams\nformula: hours - 4", 0),
    ],
)  # fmt: skip
def test_every_kind_can_be_computed_for_each_row(body: str, points: Any) -> None:
    teams = [{"hours": "3", "norm": 2, "grade": "first", "coach": True}, {"hours": "3", "norm": 5, "grade": "second", "coach": False}]
    assert line_of(body, {"members": 7, "teams": teams}).points == points


def test_a_formula_with_words_is_told_with_published_names() -> None:
    line = line_of(
        "kind: formula\nformula: 'if(seat == \"here\", members, residents) * 2 + most(groups, hours)'", {"seat": "here", "members": 700}
    )
    assert line.working == "if((here = here); 700; –) × 2 + most(∅) = 1400"
    assert line.sentence("sl") == (
        "Izračun po formuli merila: (ker velja »Sedež« (pri nas) = »pri nas«: »Člani« (700)) × 2 + "
        "največje »Ure« med vrsticami »Skupine« (0: ni vrstic) = 1.400, torej število točk 1.400."
    )
    assert "il maggiore «Ore» tra le righe di «Gruppi» (0: nessuna riga)" in line.sentence("it")
    rows = line_of("kind: formula\neach: teams\nformula: min(hours, 5)", {"teams": [{"hours": "7"}]})
    assert rows.working_in("it") == "1: il minore tra («Ore» (7); 5) = 5"


# Components (article 28: the norm shrinks some of them, a missing proof takes one away)

GROUPS = """\
kind: components
each: teams
norm: {actual: participants, norm: norm, unless: elite == 1, article: 28. člen}
components:
  - {id: facility, title: {sl: Objekt, it: Impianto}, formula: hours * 1, normed: true}
  - {id: coach, title: {sl: Trener, it: Allenatore}, formula: 'hours * if(grade == "second", 1.2, 1)', normed: true, needs: coach == 1}
  - {id: material, title: {sl: Material, it: Materiale}, formula: participants * 0.5}
"""
S2 = [
    {"hours": "80", "grade": "first", "coach": True, "participants": 12, "norm": 16},
    {"hours": "80", "grade": "second", "coach": True, "participants": 16, "norm": 16},
    {"hours": "80", "grade": "second", "coach": False, "participants": 10, "norm": 16},
    {"hours": "120", "grade": "second", "coach": True, "participants": 20, "norm": 16},
]


def test_the_worked_case_of_sport_groups_gives_its_639_points() -> None:
    line = line_of(GROUPS, {"teams": S2})
    assert [Fraction(part.params["points"]) for part in line.reason.parts] == [126, 184, 55, 274]
    assert (line.points, line.reason.code) == (639, "rows")
    assert line.working == "1: 60 + 60 + 6 = 126; 2: 80 + 96 + 8 = 184; 3: 50 + 0 + 5 = 55; 4: 120 + 144 + 10 = 274"


def test_the_reason_carries_every_component_with_its_working_value_and_fill() -> None:
    facility, coach, material = line_of(GROUPS, {"teams": S2}).reason.parts[2].parts[0].parts
    assert (facility.code, facility.params["working"], facility.params["fill"], facility.params["value"]) == (
        "component_normed",
        "80 × 1 = 80",
        "0.625",
        "50",
    )
    assert (facility.params["actual"], facility.params["norm"], facility.params["title_sl"]) == ("10", "16", "Objekt")
    assert (coach.code, coach.params["value"]) == ("component_unproven", "0")
    assert (material.code, material.params["value"]) == ("component", "5")
    one = line_of(
        GROUPS.replace("each: teams\n", "")
        .replace("participants", "members")
        .replace("norm: norm", "norm: residents")
        .replace("elite == 1", "inclusive == 1")
        .replace("hours", "years")
        .replace('grade == "second"', 'level == "national"')
        .replace("coach == 1", "spread > 0"),
        {"years": 80, "members": 12, "residents": 16},
    )
    assert one.sentence("sl") == (
        "Vsota sestavin: 60 + 0 + 6 = 66, torej število točk 66. »Objekt«: 80 × 1 = 80; dosežena norma 12 od 16, zato × 0,75 = 60. "
        "»Trener«: potrebni pogoj ni izkazan, zato za to sestavino ni točk. »Material«: 12 × 0,5 = 6."
    )


@pytest.mark.parametrize(
    ("row", "points", "codes"),
    [
        ({"elite": True}, 80 + 80 + 6, ["component_exempt", "component_exempt", "component"]),
        ({"norm": 0}, 6, ["component_no_norm", "component_no_norm", "component"]),
        ({"norm": None}, 6, ["component_no_norm", "component_no_norm", "component"]),
        ({"participants": None}, 0, ["component_normed", "component_normed", "component"]),
        ({"coach": None}, 60 + 6, ["component_normed", "component_unproven", "component"]),
        ({"coach": Proven(True, proven=False)}, 60 + 6, ["component_normed", "component_unproven", "component"]),
        ({"coach": Proven(False, verified=True)}, 60 + 60 + 6, ["component_normed", "component_normed", "component"]),
        ({"participants": 100}, 80 + 80 + 50, ["component_normed", "component_normed", "component"]),
    ],
)  # fmt: skip
def test_the_norm_and_the_proof_touch_only_their_own_components(row: dict[str, Any], points: int, codes: list[str]) -> None:
    line = line_of(GROUPS, {"teams": [S2[0] | row]})
    assert line.points == points
    assert [part.code for part in line.reason.parts[0].parts[0].parts] == codes


def test_a_component_that_cannot_be_computed_is_nothing_and_the_others_stay() -> None:
    body = "kind: components\ncomponents: [{id: a, title: {sl: A}, formula: 10 / years}, {id: b, title: {sl: B}, formula: members}, {id: c, title: {sl: C}, formula: 1, needs: 1 / years}]"
    line = line_of(body, {"members": 4})
    assert (line.points, [part.code for part in line.reason.parts]) == (4, ["component_failed", "component", "component_failed"])
    assert outcome(f"{body}\nmaximum: 3", {"members": 4}) == (3, "components_capped")


def test_a_row_that_falls_in_a_gap_says_the_published_reason_too() -> None:
    bands = "\n".join(
        [
            "id: choirs",
            "title: {sl: Zbori, it: Cori}",
            'article: "9. člen"',
            "kind: bands",
            "each: groups",
            "fact: participants",
            "bands: [{from: 1, to: 35, points: 120}, {above: 36, points: 180}]",
            "gap_reason: {sl: Pravilnik za 36 članov ne določa točk., it: Il regolamento non prevede punti per 36 soci.}",
        ]
    )
    track, pot = sample(criteria=(bands + "\n",)).track_and_pot("main")
    (inside,) = score(track, pot, "A", {"groups": [{"participants": 20}]}).lines
    (gap,) = score(track, pot, "B", {"groups": [{"participants": 20}, {"participants": 36}]}).lines
    assert "Pravilnik" not in inside.sentence("sl")
    assert gap.points == 120
    assert gap.sentence("sl").endswith("Pravilnik za 36 članov ne določa točk.")
    assert gap.sentence("it").endswith("Il regolamento non prevede punti per 36 soci.")
