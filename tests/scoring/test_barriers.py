"""Why an application does not compete: conditions, thresholds of pots and of criteria, and gates over the points."""

from typing import Any

import pytest

from scoring.conditions import condition_reason
from scoring.criteria import condition_met, judge_condition
from scoring.facts import Proven
from scoring.money import number
from scoring.points import Agreement, Line, Mark, ScoringError, Sheet, check_mark, score, sheet_from_data
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT
from tests.scoring.test_criteria import criterion, rules, scored

SIZE = criterion("kind: per_unit\nfact: members\nper_unit: 1\nmaximum: 60", "size")
AGE = criterion("kind: per_unit\nfact: years\nper_unit: 1\nmaximum: 40", "age")


def barriers(rulebook: Rulebook, facts: dict[str, Any], *more: Any) -> list[str]:
    sheet = scored(rulebook, facts, *more)
    assert sheet.passes is not bool(sheet.barriers)
    for reason in sheet.barriers:
        for language in ("sl", "it", "en"):
            sentence = reason.sentence(language)
            assert sentence.endswith(".") and "{" not in sentence and "[[" not in sentence and ".." not in sentence
    assert sheet_from_data(sheet.to_data()) == sheet
    return [reason.code for reason in sheet.barriers]


# Thresholds


@pytest.mark.parametrize(
    ("threshold", "members", "codes"),
    [("{minimum: 10}", 10, []), ("{minimum: 10}", 9, ["threshold"]), ("{minimum: 10, inclusive: no}", 10, ["threshold_over"]), ("{minimum: 10, inclusive: no}", 11, []), ("{minimum: '1/3'}", 0, ["threshold"])],
)  # fmt: skip
def test_the_threshold_of_the_pot(threshold: str, members: int, codes: list[str]) -> None:
    assert barriers(rules(SIZE, pot=POT + f"threshold: {threshold}\n"), {"members": members}) == codes


def test_the_barrier_says_what_was_reached_and_what_is_needed() -> None:
    sheet = scored(rules(SIZE, pot=POT + "threshold: {minimum: '29/3', article: 9. člen}\n"), {"members": 9})
    assert sheet.barriers[0].params == {"points": "9", "minimum": "9.6666…", "exact": "29/3", "article": "9. člen"}
    assert sheet.barriers[0].sentence("sl") == "Doseženo število točk je 9, prag pa je 9,6666…, zato vloga praga ne doseže."


@pytest.mark.parametrize(
    ("facts", "codes"),
    [({"members": 20, "years": 5}, []), ({"members": 19, "years": 40}, ["criterion_threshold"]), ({"members": 20, "years": 4}, ["criterion_threshold_over"]), ({}, ["criterion_threshold", "criterion_threshold_over"])],
)  # fmt: skip
def test_a_criterion_may_have_its_own_threshold(facts: dict[str, Any], codes: list[str]) -> None:
    own = rules(SIZE + "threshold: {minimum: 20}\n", AGE + "threshold: {minimum: 4, inclusive: no}\n")
    assert barriers(own, facts) == codes


def test_a_criterion_that_does_not_apply_has_no_threshold() -> None:
    own = rules(SIZE + 'threshold: {minimum: 20}\nwhen: seat == "here"\n')
    assert barriers(own, {"members": 5, "seat": "here"}) == ["criterion_threshold"]
    assert barriers(own, {"members": 5, "seat": "elsewhere"}) == []


# Gates (Bari: at least 60, and nothing without the bonus)

BONUS = criterion("kind: flag\nfact: inclusive\npoints: 15", "bonus")
GATED = (
    POT
    + "threshold: {minimum: 60}\ngates: [{id: bonus_needed, text: {sl: Brez dodatka za kakovost ni sredstev.}, article: 5. člen, holds: bonus > 0 or size >= 59 and total < 1000}]\n"
)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [({"members": 60, "inclusive": True}, []), ({"members": 60}, []), ({"members": 58, "years": 40}, ["gate"]), ({"members": 45, "inclusive": True}, []), ({"members": 44, "inclusive": True}, ["threshold"]), ({}, ["threshold", "gate"])],
)  # fmt: skip
def test_a_gate_looks_at_the_points_themselves(facts: dict[str, Any], codes: list[str]) -> None:
    assert barriers(rules(SIZE, AGE, BONUS, pot=GATED), facts) == codes


def test_the_gate_shows_its_working_with_the_names_of_the_criteria() -> None:
    reason = scored(rules(SIZE, AGE, BONUS, pot=GATED), {"members": 58, "years": 40}).barriers[0]
    assert reason.params["working"] == "(0 > 0) or (58 ≥ 59) and (98 < 1000) = 0"
    assert reason.sentence("sl") == (
        "Zahteva glede doseženih točk ni izpolnjena: Brez dodatka za kakovost ni sredstev. Izračun: (»Merilo« (0) > 0 – ne drži) ali "
        "((»Merilo« (58) ≥ 59 – ne drži) in (vse točke (98) < 1.000 – drži) – ne drži) – ne drži."
    )


def test_a_gate_that_cannot_be_computed_is_closed() -> None:
    gate = "gates: [{id: g, text: {sl: Razmerje}, article: x, holds: size / age >= 1}]\n"
    assert barriers(rules(SIZE, AGE, pot=POT + gate), {"members": 5}) == ["gate"]
    assert barriers(rules(SIZE, AGE, pot=POT + gate), {"members": 5, "years": 5}) == []


# Sub-criteria

PARTS = """\
id: quality
title: {sl: Kakovost, it: Qualità}
article: "2. člen"
kind: panel
maximum: 10
threshold: {minimum: 5}
subcriteria:
  - {id: goals, title: {sl: Cilji}, maximum: 6, minimum: 1}
  - {id: plan, title: {sl: Načrt}, maximum: 6, step: "0.5"}
"""


def parts(goals: object, plan: object, pot: str = POT) -> Sheet:
    rulebook = rules(PARTS, SIZE, pot=pot)
    marks = [Mark("A", "quality_goals", number(goals)), Mark("A", "quality_plan", number(plan))]
    return scored(rulebook, {"members": 3}, marks, [Agreement(name, None, {"sl": "Ker."}) for name in ("quality_goals", "quality_plan")])


def test_what_is_published_as_parts_is_judged_in_parts() -> None:
    sheet = parts(4, "2.5")
    assert [(line.criterion, line.points, line.kind) for line in sheet.lines] == [
        ("quality_goals", 4, "panel"),
        ("quality_plan", number("2.5"), "panel"),
        ("size", 3, "per_unit"),
    ]
    assert (sheet.total, sheet.points_of("quality"), sheet.points_of("quality_plan"), sheet.passes) == (
        number("9.5"),
        number("6.5"),
        number("2.5"),
        True,
    )


def test_parts_together_stay_within_the_maximum_of_the_criterion() -> None:
    sheet = parts(6, 6)
    limit: Line = sheet.lines[-1]
    assert (sheet.total, sheet.points_of("quality"), limit.kind, limit.points, limit.maximum) == (13, 10, "limit", -2, None)
    assert limit.sentence("sl") == "Podmerila skupaj presegajo največje število točk merila (10), zato se presežek odšteje: −2."
    assert sum(line.points for line in sheet.lines) == sheet.total
    again = sheet_from_data(sheet.to_data())
    assert (again, again.points_of("quality"), again.points_of("size")) == (sheet, 10, 3)


def test_thresholds_and_gates_know_parts_and_wholes() -> None:
    assert [reason.code for reason in parts(2, "2.5").barriers] == ["criterion_threshold"]
    gate = POT + "gates: [{id: g, text: {sl: Načrt}, article: x, holds: quality_plan >= 3 and quality <= 10}]\n"
    assert [reason.code for reason in parts(6, 1, gate).barriers] == ["gate"]
    assert parts(6, 6, gate).passes


def test_a_mark_below_the_minimum_is_refused() -> None:
    rulebook = rules(PARTS)
    goals, plan = rulebook.pot("main").panel_criteria
    check_mark(goals, number(1))
    check_mark(plan, number(0))
    for one, points in ((goals, 0), (goals, 7), (goals, "1.5"), (plan, "0.25")):
        with pytest.raises(Exception, match="quality_"):
            check_mark(one, number(points))


def test_all_points_together_stay_within_the_declared_maximum() -> None:
    sheet = scored(
        rules(criterion("kind: per_unit\nfact: members\nper_unit: 1", "size"), pot=POT + "maximum_points: 50\n"), {"members": 70}
    )
    assert (sheet.total, [line.points for line in sheet.lines], sheet.lines[1].reason.code) == (50, [70, -20], "limit_total")


def test_a_panel_criterion_that_does_not_apply_needs_no_marks() -> None:
    sheet = scored(rules(PANEL + 'when: seat == "here"\notherwise: {sl: Samo domači., it: Solo locali.}\n'), {"seat": "elsewhere"})
    assert (sheet.total, sheet.lines[0].sentence("it")) == (0, "Solo locali, perciò il criterio non dà punti (0 su 15).")
    assert sheet.missing_reasons(("sl", "it", "en")) == ()


# Conditions

SEAT = """\
id: seat
text: {sl: Sedež v občini ali sosednji., it: Sede nel Comune., en: A seat here}
article: 2. člen
holds:
  any:
    - seat == "here"
    - all: [residents / members >= 0.3, not: inclusive == 1]
except:
  - {holds: years >= 20, text: {sl: Tradicija.}, article: 2. člen / 2}
  - {holds: {not: known(members)}, text: {sl: Brez članov.}, article: 2. člen / 3}
"""


@pytest.mark.parametrize(
    ("facts", "met", "article"),
    [
        ({"seat": "here"}, True, None),
        ({"seat": "elsewhere", "members": 10, "residents": 3}, True, None),
        ({"seat": "elsewhere", "members": 10, "residents": 3, "inclusive": True}, False, None),
        ({"seat": "elsewhere", "members": 10, "residents": 2}, False, None),
        ({"seat": "elsewhere", "members": 0}, False, None),
        ({"seat": "elsewhere", "members": 0, "years": 20}, True, "2. člen / 2"),
        ({}, True, "2. člen / 3"),
    ],
)  # fmt: skip
def test_conditions_combine_and_know_exemptions(facts: dict[str, Any], met: bool, article: str | None) -> None:
    rulebook = rules(SIZE, conditions=(SEAT,))
    judged = judge_condition(rulebook.tracks[0], rulebook.tracks[0].conditions[0], facts)
    assert judged is not None and judged.met is met
    assert (judged.exemption.article if judged.exemption else None) == article
    computed = condition_met(rulebook.tracks[0], rulebook.tracks[0].conditions[0], facts)
    assert computed is not None and bool(computed.value) is met
    assert barriers(rulebook, facts) == ([] if met else ["condition"])
    if article:
        assert f"{article}: " in computed.working


def test_the_working_of_a_combination_shows_every_test() -> None:
    rulebook = rules(SIZE, conditions=(SEAT,))
    computed = condition_met(rulebook.tracks[0], rulebook.tracks[0].conditions[0], {"seat": "elsewhere", "members": 10, "residents": 2})
    assert computed is not None
    assert computed.working == (
        "any[(elsewhere = here) = 0; all[(2 / 10 ≥ 0.3) = 0; not[(0 = 1) = 0] = 1] = 0] = 0; "
        "2. člen / 2: (0 ≥ 20) = 0; 2. člen / 3: not[known(10) = 1] = 0"
    )
    reason = scored(rulebook, {"seat": "elsewhere", "members": 10, "residents": 2}).barriers[0]
    assert (
        reason.sentence("en").startswith("A condition is not met: A seat here. Computed: at least one of these: [")
        and reason.params["article"] == "2. člen"
    )


def test_what_cannot_be_computed_is_not_met_even_when_it_is_negated() -> None:
    for holds in ("1 / years", "{not: 1 / years}", "{all: [members >= 0, {not: 1 / years}]}", "{any: [1 / years, members > 5]}"):
        rulebook = rules(SIZE, conditions=(f"id: odd\ntext: {{sl: A}}\narticle: x\nholds: {holds}\n",))
        assert barriers(rulebook, {"members": 5}) == ["condition"], holds
    rulebook = rules(SIZE, conditions=("id: odd\ntext: {sl: A}\narticle: x\nholds: {any: [1 / years, members > 5]}\n",))
    assert barriers(rulebook, {"members": 6}) == []


def test_a_pot_may_have_conditions_of_its_own_and_the_office_establishes_others() -> None:
    own = (
        POT
        + "conditions: [{id: old, text: {sl: Vsaj dve leti.}, article: x, holds: years >= 2}, {id: honest, text: {sl: Brez dolgov.}, article: x}]\n"
    )
    assert barriers(rules(SIZE, pot=own), {"years": 1}) == ["condition"]
    assert barriers(rules(SIZE, pot=own), {"years": 2}) == []


def test_who_is_kept_out_has_points_all_the_same() -> None:
    sheet = scored(rules(SIZE, conditions=("id: old\ntext: {sl: A}\narticle: x\nholds: years >= 2\n",)), {"members": 30})
    assert (sheet.total, sheet.passes) == (30, False)


def test_the_condition_says_what_was_verified() -> None:
    rulebook = rules(SIZE, conditions=("id: old\ntext: {sl: Vsaj dve leti.}\narticle: x\nholds: years >= 2\n",))
    sheet = score(*rulebook.track_and_pot("main"), "A", {"years": Proven(3, verified=1, on="2026-03-01", source="AJPES")})
    assert sheet.barriers[0].sentence("sl") == (
        "Pogoj ni izpolnjen: Vsaj dve leti. Izračun: »Leta« (1) ≥ 2 – ne drži. Podatek »Leta« je bil preverjen 1. 3. 2026 (AJPES): velja 1; v vlogi je navedeno 3."
    )


# The same in words: the published names of facts and answers, no ids, no words of the formula language


def words_of(holds: str, facts: dict[str, Any], language: str) -> str:
    rulebook = rules(SIZE, conditions=(f"id: x\ntext: {{sl: X}}\narticle: x\nholds: {holds}",))
    judged = judge_condition(rulebook.tracks[0], rulebook.tracks[0].conditions[0], facts)
    assert judged is not None
    return judged.words[language]


def test_the_working_of_a_combination_is_told_in_every_language() -> None:
    rulebook = rules(SIZE, conditions=(SEAT,))
    facts = {"seat": "elsewhere", "members": 10, "residents": 2}
    judged = judge_condition(rulebook.tracks[0], rulebook.tracks[0].conditions[0], facts)
    assert judged is not None
    assert judged.words["sl"] == (
        "vsaj eno od tega: [»Sedež« (drugje) = »pri nas« – ne drži; vse našteto: [(»Občani« (2) / »Člani« (10) = 0,2) ≥ 0,3 – ne drži; "
        "ne velja: [»Invalidi« (ni navedeno) = da – ne drži] – drži] – ne drži] – ne drži; "
        "izjema (2. člen / 2): »Leta« (ni navedeno) ≥ 20 – ne drži; "
        "izjema (2. člen / 3): ne velja: [»Člani« (10) je navedeno in dokazano – drži] – ne drži"
    )
    assert judged.words["it"].startswith("almeno uno di questi: [«Sede» (altrove) = «da noi» – non risulta; tutto questo: [")
    reason = scored(rulebook, facts).barriers[0]
    assert reason.params["working"] == judged.working
    assert reason.sentence("sl") == f"Pogoj ni izpolnjen: Sedež v občini ali sosednji. Izračun: {judged.words['sl']}."
    exempt = condition_reason(rulebook.tracks[0], rulebook.tracks[0].conditions[0], {"seat": "elsewhere", "members": 0, "years": 20})
    assert (exempt.code, exempt.params["exemption_article"]) == ("condition_exempt", "2. člen / 2")
    assert "Velja pa izjema (2. člen / 2): Tradicija. Izračun: " in exempt.sentence("sl")
    assert exempt.sentence("sl").endswith("izjema (2. člen / 2): »Leta« (20) ≥ 20 – drži.")


@pytest.mark.parametrize(
    ("holds", "sl", "it"),
    [
        ("members >= 12", "»Člani« (5) ≥ 12 – ne drži", "«Soci» (5) ≥ 12 – non risulta"),
        ("members", "»Člani« (5) ≠ 0 – drži", "«Soci» (5) ≠ 0 – risulta"),
        ("inclusive", "»Invalidi« (da) – drži", "«Disabilità» (sì) – risulta"),
        ("not inclusive == 1", "ne velja: [»Invalidi« (da) = da – drži] – ne drži", "non vale: [«Disabilità» (sì) = sì – risulta] – non risulta"),
        ("'level != \"none\"'", "»Raven« (regija) ≠ »brez« – drži", "«Livello» (regione) ≠ «nessuno» – risulta"),
        ("'has(fields, \"elite\")'", "med odgovori na »Področja« (mladi) je »vrhunski« – ne drži", "«Ambiti» (giovani) comprende «alto livello» – non risulta"),
        ("'years(founded, \"2026-01-01\") >= 2'", "(polna leta od »Ustanovitev« (5. 5. 2020) do 1. 1. 2026 = 5) ≥ 2 – drži", "(anni compiuti da «Fondazione» (5/5/2020) a 1/1/2026 = 5) ≥ 2 – risulta"),
        ("years > 1 and members > 1 / residents", "(»Leta« (ni navedeno) > 1 – ne drži) in (»Člani« (5) > 1 / »Občani« (ni navedeno) – ni mogoče izračunati (deljenje z nič)) – ne drži", "(«Anni» (non indicato) > 1 – non risulta) e («Soci» (5) > 1 / «Residenti» (non indicato) – non calcolabile (divisione per zero)) – non risulta"),
        ("'if(seat == \"here\", members, residents) >= 3'", "(ker velja »Sedež« (pri nas) = »pri nas«: »Člani« (5) = 5) ≥ 3 – drži", "(poiché vale «Sede» (da noi) = «da noi»: «Soci» (5) = 5) ≥ 3 – risulta"),
        ("'count(teams, grade == \"first\") > 1'", "število vrstic v »Skupine«, za katere velja: »Naziv« = »prvi« (1) > 1 – ne drži", "numero di righe di «Gruppi» per cui vale: «Qualifica» = «primo» (1) > 1 – non risulta"),
        ("most(groups, hours) <= min(members, 7)", "največje »Ure« med vrsticami »Skupine« (0: ni vrstic) ≤ (najmanjše od (»Člani« (5); 7) = 5) – drži", "il maggiore «Ore» tra le righe di «Gruppi» (0: nessuna riga) ≤ (il minore tra («Soci» (5); 7) = 5) – risulta"),
    ],
)  # fmt: skip
def test_every_test_is_told_with_published_names(holds: str, sl: str, it: str) -> None:
    facts = {
        "members": 5, "inclusive": True, "level": "regional", "fields": ["youth"], "founded": "2020-05-05", "seat": "here",
        "teams": [{"grade": "first", "hours": "2"}, {"grade": "second"}],
    }  # fmt: skip
    assert (words_of(holds, facts, "sl"), words_of(holds, facts, "it")) == (sl, it)


# Who is barred needs no marks


@pytest.mark.parametrize("aggregation", ["mean", "median", "trimmed_mean", "agreed"])
def test_a_barred_applicant_needs_no_marks(aggregation: str) -> None:
    pot = POT + f"aggregation: {aggregation}\nleast_marks: 3\nconditions: [{{id: old, text: {{sl: A}}, article: x, holds: years >= 2}}]\n"
    rulebook = rules(PANEL, SIZE, pot=pot)
    assert barriers(rulebook, {"years": 1, "members": 7}) == ["condition"]
    sheet = scored(rulebook, {"years": 1, "members": 7})
    assert [(line.criterion, line.points, line.reason.code) for line in sheet.lines] == [
        ("quality", 0, "not_judged"),
        ("size", 7, "per_unit"),
    ]
    assert (sheet.passes, sheet.missing_reasons(("sl", "it", "en"))) == (False, ())
    assert (
        sheet.lines[0].sentence("sl") == "Vloga ne izpolnjuje pogoja za ta sredstva, zato je komisija pri tem merilu ni ocenila (0 od 15)."
    )
    with pytest.raises(ScoringError):
        scored(rulebook, {"years": 2, "members": 7})


def test_the_marks_of_a_barred_applicant_count_where_they_are_complete_and_are_checked_where_they_are_not() -> None:
    pot = POT + "least_marks: 2\nconditions: [{id: old, text: {sl: A}, article: x, holds: years >= 2}]\n"
    rulebook = rules(PANEL, pot=pot)
    given = [Mark("A", "quality", number(9)), Mark("B", "quality", number(11))]
    assert scored(rulebook, {}, given).lines[0].points == 10
    assert scored(rulebook, {}, given[:1]).lines[0].reason.code == "not_judged"
    with pytest.raises(ScoringError):
        scored(rulebook, {}, [Mark("A", "quality", number(99))])


def test_a_barred_application_of_items_needs_no_marks_for_any_of_them() -> None:
    pot = POT + "items: {table: teams, name: name}\nconditions: [{id: old, text: {sl: A}, article: x, holds: years >= 2}]\n"
    sheet = scored(rules(PANEL, pot=pot), {"teams": [{"name": "a"}, {"name": "b"}]})
    assert [line.reason.code for line in sheet.lines] == ["not_judged", "not_judged"]
    assert (sheet.total, sheet.passes) == (0, False)
