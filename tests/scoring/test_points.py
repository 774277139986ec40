"""Facts and marks become points, exactly, and every point has its reason in three languages."""

from fractions import Fraction
from typing import Any

import pytest

from scoring.criteria import condition_met
from scoring.money import number
from scoring.points import Agreement, Mark, ScoringError, Sheet, score, sheet_from_data
from scoring.reasons import SENTENCES, amount, localised, say
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT, sample


def criterion(body: str, maximum: object = 20, more: str = "") -> str:
    return f'id: c\ntitle: {{sl: Merilo, it: Criterio}}\narticle: "3. člen"\nmaximum: {maximum}\n{body}\n{more}'


def points_of(body: str, facts: dict[str, Any], maximum: object = 20) -> tuple[Fraction, str]:
    rulebook = sample(criteria=(criterion(body, maximum),))
    track, pot = rulebook.track_and_pot("main")
    line = score(track, pot, "A", facts).lines[0]
    for language in ("sl", "it", "en"):
        assert line.sentence(language).endswith("."), "a reason is a whole sentence in every language"
        assert " ;" not in line.sentence(language) and " ," not in line.sentence(language)
    return line.points, line.reason.code


BANDS = "kind: bands\nfact: members\nbands: [{from: 5, to: 10, points: 10}, {above: 10, below: 20, points: 15}, {above: 20, points: 25}]"


@pytest.mark.parametrize(
    ("members", "points", "code"),
    [
        (4, 0, "gap"),
        (5, 10, "band"),
        (10, 10, "band"),
        (11, 15, "band"),
        (19, 15, "band"),
        (20, 0, "gap"),
        (21, 20, "band"),
        (None, 0, "no_answer"),
    ],
)
def test_bands_keep_their_ends(members: int | None, points: int, code: str) -> None:
    assert points_of(BANDS, {"members": members}) == (points, code)


@pytest.mark.parametrize(
    ("body", "facts", "points", "code"),
    [
        ("kind: per_unit\nfact: members\nper_unit: '0.25'", {"members": 30}, "7.5", "per_unit"),
        ("kind: per_unit\nfact: members\nper_unit: '0.25'\nmost_units: 20", {"members": 30}, "5", "per_unit_capped"),
        ("kind: per_unit\nfact: members\nper_unit: 1", {"members": 30}, "20", "per_unit_capped"),
        ("kind: per_unit\nfact: members\nper_unit: '1/3'", {"members": 1}, "1/3", "per_unit"),
        ("kind: per_unit\nfact: groups\nper_unit: 2", {"groups": [{}, {}]}, "4", "per_unit"),
        ("kind: per_unit\nfact: costs\nper_unit: '0.001'", {"costs": 150000}, "1.5", "per_unit"),
        ("kind: per_unit\nfact: members\nper_unit: 1", {}, "0", "no_answer"),
        ("kind: choice\nfact: level\nchoices: [{choice: regional, points: 5}]", {"level": "regional"}, "5", "choice"),
        ("kind: choice\nfact: level\nchoices: [{choice: regional, points: 5}]", {"level": "none"}, "0", "choice"),
        ("kind: choice\nfact: level\nchoices: [{choice: regional, points: 5}]", {}, "0", "no_answer"),
        ("kind: flag\nfact: inclusive\npoints: 5", {"inclusive": True}, "5", "flag"),
        ("kind: flag\nfact: inclusive\npoints: 5", {"inclusive": False}, "0", "flag_off"),
        ("kind: flag\nfact: inclusive\npoints: 5", {}, "0", "flag_off"),
        ("kind: flag\nfact: inclusive\npoints: 50", {"inclusive": True}, "20", "flag"),
        ("kind: formula\nformula: total(groups, hours) * 2", {"groups": [{"hours": "1.5"}, {"hours": None}, {}]}, "3", "formula"),
        ("kind: formula\nformula: members * 3", {"members": 30}, "20", "formula_capped"),
        ("kind: formula\nformula: members - 10", {"members": 3}, "0", "formula_capped"),
        ("kind: formula\nformula: members / years", {"members": 3}, "0", "formula_division_by_zero"),
        ("kind: formula\nformula: inclusive * 5 + requested", {"inclusive": True, "requested": 250}, "7.5", "formula"),
        ("kind: formula\nformula: members * members * members", {"members": 10**11}, "0", "formula_too_large"),
    ],
)  # fmt: skip
def test_points_follow_from_facts(body: str, facts: dict[str, Any], points: str, code: str) -> None:
    assert points_of(body, facts) == (number(points), code)


def test_a_gap_says_why_the_ordinance_leaves_it() -> None:
    rulebook = sample(
        criteria=(
            criterion(BANDS, more="gap_reason: {sl: Pravilnik točkuje od pet članov naprej., it: Il regolamento parte da cinque soci.}"),
        )
    )
    track, pot = rulebook.track_and_pot("main")
    assert (
        score(track, pot, "A", {"members": 2}).lines[0].sentence("sl")
        == "Ugotovljena vrednost 2 ne sodi v noben objavljeni razred, zato za to merilo ni točk (0 od 20). Pravilnik točkuje od pet članov naprej."
    )
    assert "Pravilnik" not in score(track, pot, "A", {"members": 7}).lines[0].sentence("sl")


def panel(aggregation: str = "mean", least: int = 1, step: object = 1) -> Rulebook:
    return sample(pot=POT + f"aggregation: {aggregation}\nleast_marks: {least}\n", criteria=(PANEL + f"step: {step}\n",))


def judged(rulebook: Rulebook, *points: object, agreed: object = None, reason: dict[str, str] | None = None) -> Sheet:
    track, pot = rulebook.track_and_pot("main")
    marks = [Mark(f"member {index}", "quality", number(value)) for index, value in enumerate(points)]
    agreements = [Agreement("quality", None if agreed is None else number(agreed), reason or {})] if agreed is not None or reason else []
    return score(track, pot, "A", {}, marks, agreements)


@pytest.mark.parametrize(
    ("aggregation", "marks", "points"),
    [
        ("mean", (10, 11, 12), "11"), ("mean", (10, 10, 11), "31/3"), ("mean", (7,), "7"), ("median", (1, 9, 15), "9"), ("median", (1, 8, 9, 15), "8.5"), ("median", (4,), "4"),
        ("trimmed_mean", (0, 9, 10, 15), "9.5"), ("trimmed_mean", (0, 0, 9), "0"), ("trimmed_mean", (3, 4), "3.5"),
    ],
)  # fmt: skip
def test_marks_are_put_together_by_the_declared_rule_and_never_rounded(aggregation: str, marks: tuple[int, ...], points: str) -> None:
    assert judged(panel(aggregation), *marks).total == number(points)
    assert judged(panel(aggregation), *reversed(marks)).total == number(points), "the order of the members does not matter"


def test_the_agreed_mark_is_the_one_that_counts() -> None:
    assert judged(panel("agreed"), 1, 2, agreed="12", reason={"sl": "Dobro."}).total == 12
    with pytest.raises(ScoringError) as refusal:
        judged(panel("agreed"), 1, 2)
    assert refusal.value.code == "no_agreed_mark"


@pytest.mark.parametrize(
    ("marks", "code"), [((16,), "mark_out_of_range"), ((-1,), "mark_out_of_range"), (("2.5",), "mark_off_step"), ((), "too_few_marks")]
)
def test_marks_that_the_rules_do_not_allow_are_refused(marks: tuple[object, ...], code: str) -> None:
    with pytest.raises(ScoringError) as refusal:
        judged(panel(), *marks)
    assert refusal.value.code == code


def test_steps_are_counted_from_zero() -> None:
    assert judged(panel(step='"0.5"'), "2.5").total == Fraction(5, 2)
    assert judged(panel(step=5), 15).total == 15


def test_nobody_marks_twice_and_nobody_marks_what_is_computed() -> None:
    track, pot = panel().track_and_pot("main")
    twice = [Mark("A", "quality", Fraction(1)), Mark("A", "quality", Fraction(9))]
    for marks, code in ((twice, "mark_twice"), ([Mark("A", "size", Fraction(1))], "unknown_criterion")):
        with pytest.raises(ScoringError) as refusal:
            score(track, pot, "A", {}, marks)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        ("kind: bands\nfact: members\nbands: [{from: 0, points: 5}]", {"members": 1.5}),
        ("kind: bands\nfact: members\nbands: [{from: 0, points: 5}]", {"members": "many"}),
        ("kind: bands\nfact: members\nbands: [{from: 0, points: 5}]", {"members": True}),
        ("kind: per_unit\nfact: costs\nper_unit: 1", {"costs": 150000.9}),
        ("kind: per_unit\nfact: costs\nper_unit: 1", {"costs": "1500.00"}),
        ("kind: per_unit\nfact: groups\nper_unit: 1", {"groups": "three"}),
        ('kind: formula\nformula: "count(groups)"', {"groups": [3]}),
        ('kind: formula\nformula: "costs * 2"', {"costs": 0.5}),
    ],
)
def test_a_fact_of_the_wrong_type_is_refused_and_never_cut_to_fit(body: str, facts: dict[str, Any]) -> None:
    with pytest.raises(ScoringError) as refusal:
        points_of(body, facts)
    assert (refusal.value.code, refusal.value.params) == ("wrong_fact", {"criterion": "c", "fact": next(iter(facts))})


def test_there_must_be_as_many_marks_as_the_rules_ask_for() -> None:
    with pytest.raises(ScoringError) as refusal:
        judged(panel(least=3), 1, 2)
    assert refusal.value.params == {"criterion": "quality", "marks": "2", "least": "3"}


def test_below_the_maximum_no_reason_may_be_missing_in_any_language() -> None:
    assert judged(panel(), 14, reason={"sl": "Cilji so jasni."}).missing_reasons(("sl", "it")) == (("quality", "it"),)
    assert judged(panel(), 14, reason={"sl": "a", "it": " "}).missing_reasons(("sl", "it")) == (("quality", "it"),)
    assert judged(panel(), 15).missing_reasons(("sl", "it")) == ()


@pytest.mark.parametrize(
    ("threshold", "marks", "passes"),
    [
        ("{minimum: 10}", (10,), True),
        ("{minimum: 10, inclusive: false}", (10,), False),
        ("{minimum: 10}", (10, 10, 9), False),
        ('{minimum: "29/3"}', (10, 10, 9), True),
    ],
)
def test_the_threshold_is_compared_on_the_exact_number(threshold: str, marks: tuple[int, ...], passes: bool) -> None:
    rulebook = sample(pot=POT + f"threshold: {threshold}\n")
    assert judged(rulebook, *marks).passes is passes


def test_a_sheet_survives_being_kept() -> None:
    sheet = judged(panel(), 10, 10, 11, reason={"sl": "Ker.", "it": "Perché."})
    again = sheet_from_data(sheet.to_data())
    assert again.to_data() == sheet.to_data()
    assert again.total == Fraction(31, 3)


def test_a_condition_with_a_formula_is_computed_and_one_without_is_left_to_the_office() -> None:
    rulebook = sample(
        conditions=(
            "id: a\ntext: {sl: A, it: A}\narticle: x\nholds: years >= 2\n",
            "id: b\ntext: {sl: B, it: B}\narticle: x\n",
            "id: c\ntext: {sl: C, it: C}\narticle: x\nholds: 1 / years\n",
        )
    )
    track = rulebook.tracks[0]
    old_enough, seat, odd = track.conditions
    assert [computed.value if (computed := condition_met(track, old_enough, {"years": years})) else None for years in (1, 2, None)] == [
        0,
        1,
        0,
    ]
    assert condition_met(track, seat, {"years": 5}) is None
    met = condition_met(track, odd, {})
    assert met is not None and (met.value, met.working) == (0, "the formula divides by zero")


@pytest.mark.parametrize("code", SENTENCES)
def test_every_reason_can_be_said_in_three_languages(code: str) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "5"

    words = Anything()
    for language in ("sl", "it", "en"):
        template = SENTENCES[code][language]
        names = {part.partition("}")[0] for part in template.split("{")[1:]}
        sentence = say(code, {name: words[name] for name in names if name != "answer"} | {"answer_en": "five"}, language)
        assert sentence and "{" not in sentence and "  " not in sentence
    assert len({SENTENCES[code][language] for language in ("sl", "it", "en")}) == 3 or code == "product", "only counted words differ there"
    placeholders = [
        sorted({part.partition("}")[0] for part in SENTENCES[code][language].split("{")[1:]}) for language in ("sl", "it", "en")
    ]
    assert placeholders[0] == placeholders[1] == placeholders[2] or code == "flag_off"


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [("1234.5", "sl", "1.234,5"), ("1234.5", "en", "1,234.5"), ("1234", "it", "1234"), ("12345", "it", "12.345"), ("[5, 10)", "sl", "[5, 10)"), ("-0.5", "sl", "−0,5"), ("12.3333…", "it", "12,3333…"), ("37/3", "sl", "37/3"), ("A12.5", "sl", "A12.5")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_writes_them(text: str, language: str, written: str) -> None:
    assert localised(text, language) == written


@pytest.mark.parametrize(
    ("points", "sl", "it", "en"),
    [
        ("1", "manjka 1 točka", "manca 1 punto", "1 point is missing"),
        ("2", "manjkata 2 točki", "mancano 2 punti", "2 points are missing"),
        ("4", "manjkajo 4 točke", "mancano 4 punti", "4 points are missing"),
        ("5", "manjka 5 točk", "mancano 5 punti", "5 points are missing"),
        ("11", "manjka 11 točk", "mancano 11 punti", "11 points are missing"),
        ("101", "manjka 101 točka", "mancano 101 punti", "101 points are missing"),
        ("102", "manjkata 102 točki", "mancano 102 punti", "102 points are missing"),
        ("1.5", "manjka 1,5 točke", "mancano 1,5 punti", "1.5 points are missing"),
        ("0.3333…", "manjka 0,3333… točke", "mancano 0,3333… punti", "0.3333… points are missing"),
        ("1200", "manjka 1.200 točk", "mancano 1.200 punti", "1,200 points are missing"),
    ],
)
def test_points_are_counted_as_each_language_counts(points: str, sl: str, it: str, en: str) -> None:
    said = {"minimum": "30", "points": points}
    assert say("change_threshold", said, "sl") == f"Do praga 30 točk {sl}."
    assert say("change_threshold", said, "it") == f"Alla soglia di 30 punti {it}."
    assert say("change_threshold", said, "en") == f"{en} to the threshold of 30."


@pytest.mark.parametrize(
    ("maximum", "of"), [("1", "1 točke"), ("2", "2 točk"), ("5", "5 točk"), ("101", "101 točke"), ("7.5", "7,5 točke")]
)
def test_what_stands_after_a_preposition_is_declined(maximum: str, of: str) -> None:
    assert say("panel_agreed", {"points": "1", "maximum": maximum}, "sl") == f"Usklajena ocena komisije: 1 od {of}."


@pytest.mark.parametrize(
    ("percent", "article"),
    [("80", "l'80"), ("8", "l'8"), ("8.5", "l'8,5"), ("11", "l'11"), ("1", "l'1"), ("1.5", "l'1,5"), ("0.5", "lo 0,5"), ("70", "il 70"), ("18", "il 18"), ("100", "il 100")],
)  # fmt: skip
def test_italian_percentages_have_the_article_of_their_number(percent: str, article: str) -> None:
    sentence = say("cap_cost", {"share": percent, "cap_cents": "5", "cost_it": "Spese"}, "it")
    assert sentence.startswith(f"Si cofinanzia al massimo {article} % dell'importo «Spese», ")
    assert f"La soglia è {article} % " in say("below_best", {"percent": percent, "minimum": "3", "points": "2"}, "it")


@pytest.mark.parametrize(
    ("product", "written"),
    [("1002750.5", "1.002.750,50 EUR"), ("400", "400 EUR"), ("1234", "1.234 EUR"), ("2507.4626…", "2.507,4626… EUR"), ("-2000", "−2.000 EUR"), ("0.05", "0,05 EUR"), ("37/3", "37/3 EUR")],
)  # fmt: skip
def test_computed_euros_have_no_decimals_or_at_least_two_and_are_grouped(product: str, written: str) -> None:
    assert say("driver_sum", {"product": product}, "sl") == f"Vsi deli skupaj: {written}."


def test_money_as_a_value_of_a_criterion_is_written_as_money_and_years_and_days_keep_their_shape() -> None:
    said = {"value": "1500.5", "unit": "EUR", "band": "[0, ∞)", "points": "3", "maximum": "5"}
    assert "vrednost 1.500,50 EUR je" in say("band", said, "sl")
    assert "vrednost 1998 je" in say("band", {**said, "value": "1998", "unit": ""}, "sl")
    assert "vrednost 1.500 je" in say("band", {**said, "value": "1500", "unit": ""}, "sl")
    assert localised("years(2004-02-29; 2026-12-31) = 22", "sl") == "years(29. 2. 2004; 31. 12. 2026) = 22"


def test_amounts_are_written_as_the_language_writes_them() -> None:
    assert [amount(123456789, language) for language in ("sl", "it", "en")] == ["1.234.567,89 EUR", "1.234.567,89 EUR", "1,234,567.89 EUR"]
