"""A rulebook is read with every mistake at its line and column, and never as anything but text."""

import time

import pytest

from scoring.findings import Finding, RulebookError
from scoring.reading import compose
from scoring.rulebook import read_rulebook, rulebook_from_data
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text, sample


def mistakes(text: str) -> tuple[Finding, ...]:
    with pytest.raises(RulebookError) as refusal:
        read_rulebook(text)
    assert all(finding.line >= 1 and finding.column >= 1 for finding in refusal.value.findings)
    assert all(f"line {finding.line}, column {finding.column}: error:" in str(refusal.value) for finding in refusal.value.findings)
    return refusal.value.findings


def mistake(text: str) -> Finding:
    (only,) = mistakes(text)
    return only


def standing_at(text: str, finding: Finding) -> str:
    """What stands in the text where a finding points."""
    return text.splitlines()[finding.line - 1][finding.column - 1 :]


def test_the_sample_can_be_read() -> None:
    rulebook = sample()
    assert rulebook.pot("main").amount_cents == 1000000
    assert rulebook.positions["tracks", 0, "pots", 0, "amount"][0] > 1


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("amunt", "amount"),
        ("engin", "engine"),
        ("articel", "article"),
        ("treshold", "threshold"),
        ("roundings", "rounding"),
        ("criterias", "criteria"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(wrong: str, right: str) -> None:
    text = rulebook_text(pot=POT + f"{wrong}: 1\n")
    finding = mistake(text)
    assert (finding.code, finding.params["nearest"]) == ("unknown_key", right)
    assert f'Did you mean "{right}"?' in str(finding)
    assert standing_at(text, finding).startswith(f"{wrong}:")


def test_the_nearest_key_is_looked_for_where_it_would_stand() -> None:
    text = rulebook_text(criteria=(PANEL.replace("kind: panel", "kind: bands\nfact: members\nbands:\n  - {form: 1, points: 2}"),))
    assert mistake(text).params["nearest"] == "from"
    text = rulebook_text(facts=FACTS.replace("{id: hours,", "{requird: yes, id: hours,"))
    assert mistake(text).params["nearest"] == "required"


def test_a_key_that_resembles_nothing_is_refused_without_a_guess() -> None:
    finding = mistake(rulebook_text(pot=POT + "zzz: 1\n"))
    assert finding.params["nearest"] == "" and "docs/rulebook.md" in finding.advice


CONDITION = "id: c\ntext: {sl: C, it: C}\narticle: x\n"
TABLES = "id: b\ntitle: {sl: B, it: B}\narticle: x\nkind: bands\nfact: members\n"


@pytest.mark.parametrize(
    ("pieces", "wrong", "right"),
    [
        ({"conditions": (CONDITION + "holds: {al: [members > 1]}\n",)}, "al", "all"),
        ({"conditions": (CONDITION + "holds: {all: [{any: [members > 1, {nott: members > 1}]}]}\n",)}, "nott", "not"),
        ({"conditions": (CONDITION + "holds: members > 1\nexcpt: []\n",)}, "excpt", "except"),
        (
            {"conditions": (CONDITION + "holds: members > 1\nexcept: [{hold: years > 2, text: {sl: a, it: b}, article: x}]\n",)},
            "hold",
            "holds",
        ),
        ({"criteria": (TABLES + "clas: level\ntables: {none: {bands: [{from: 0, points: 1}]}}\n",)}, "clas", "class"),
        ({"criteria": (TABLES + "class: level\ntables: {none: {band: [{from: 0, points: 1}]}}\n",)}, "band", "bands"),
        ({"criteria": (TABLES + "class: level\ntables: {none: {bands: [{form: 0, points: 1}]}}\n",)}, "form", "from"),
        (
            {
                "facts": FACTS.replace("{id: none,", "{id: bands,"),
                "criteria": (TABLES + "class: level\ntables: {bands: {per_unitt: 1}}\n",),
            },
            "per_unitt",
            "per_unit",
        ),
        ({"criteria": (TABLES + "bands: [{from: 0, point: 1}]\n",)}, "point", "points"),
        ({"pot": POT + "parts: [{id: I, amont: 5}, {id: II}]\n"}, "amont", "amount"),
        ({"pot": POT + "part: [{id: I}]\n"}, "part", "parts"),
        ({"pot": POT + "engin: x\nparts: [{id: I}, {id: II}]\n"}, "engin", "engine"),
        ({"pot": POT.replace(" closing:", " clossing:")}, "clossing", "closing"),
        ({"pot": POT + "leftover: {too: [main]}\n"}, "too", "to"),
    ],
)
def test_a_misspelt_key_is_one_mistake_wherever_it_stands(pieces: dict[str, object], wrong: str, right: str) -> None:
    text = rulebook_text(**pieces)  # type: ignore[arg-type]
    finding = mistake(text)
    assert (finding.code, finding.params["key"], finding.params["nearest"]) == ("unknown_key", wrong, right)
    assert standing_at(text, finding).startswith(f"{wrong}:")


@pytest.mark.parametrize(
    ("pieces", "code", "at", "words"),
    [
        ({"conditions": (CONDITION + "holds: {all: ['members >', members > 1]}\n",)}, "bad_formula", "'members >'", "not a formula"),
        ({"conditions": (CONDITION + "holds: {all: []}\n",)}, "bad_value", "holds", "exactly one of all:, any: or not:"),
        ({"conditions": (CONDITION + "holds: {all: [members > 1], not: members}\n",)}, "bad_value", "holds", "exactly one of all:, any: or not:"),
        ({"conditions": (CONDITION + "holds: {all: members > 1}\n",)}, "bad_value", "all", "a list is wanted"),
        ({"conditions": (CONDITION + "holds: [members > 1]\n",)}, "bad_value", "holds", "a formula is wanted"),
        ({"conditions": (CONDITION + "holds: {all: [[members > 1]]}\n",)}, "bad_value", "[members", "a formula is wanted"),
        ({"criteria": (TABLES + "class: level\ntables: [{bands: []}]\n",)}, "bad_value", "tables", "a table for each class"),
        ({"criteria": (TABLES + "class: level\ntables: {none: text}\n",)}, "bad_value", "none", "keys and values"),
        ({"criteria": (TABLES + "class: level\ntables: {b b: {per_unit: 1}}\n",)}, "bad_value", "b b", "the name of a class"),
        ({"criteria": (TABLES + "bands: [{from: 1, above: 2, points: 3}]\n",)}, "bad_value", "{from", "not with both"),
        ({"criteria": (PANEL.replace("kind: panel", "kind: formula\nformula: {a: b}"),)}, "bad_value", "formula", "a formula is wanted"),
        ({"pot": POT.replace('"10000.00"', "[1]")}, "bad_value", "amount", "one value is wanted"),
        ({"pot": POT.replace('"10000.00"', "{a: 1}")}, "bad_value", "amount", "one value is wanted"),
        ({"pot": POT.replace("point_value", "category_amounts") + "category: level\namounts: [1]\n"}, "bad_value", "amounts", "an amount for each answer"),
        ({"pot": POT + "parts: {id: I}\n"}, "bad_value", "parts", "a list of parts is wanted"),
        ({"pot": POT + "parts: [{id: a b}]\n"}, "bad_value", "id: a b", "the id of a pot"),
        ({"pot": POT.replace("largest_remainder", "largest")}, "unknown_value", "closing", "is not one of largest_remainder, to_one or leave"),
        ({"pot": POT.replace("closing: largest_remainder", "closing: [a]")}, "bad_value", "closing", "one of largest_remainder"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_one_mistake_in_plain_words(pieces: dict[str, object], code: str, at: str, words: str) -> None:
    text = rulebook_text(**pieces)  # type: ignore[arg-type]
    finding = mistake(text)
    assert finding.code == code and words in finding.message and finding.advice
    assert standing_at(text, finding).startswith(at)
    assert not any(word in str(finding) for word in ("tuple", "dictionary", "Input", "Value error", "pattern", "<"))


def test_advice_names_what_is_possible() -> None:
    assert 'Did you mean "largest_remainder"?' in mistake(rulebook_text(pot=POT.replace("largest_remainder", "largest"))).advice
    found = mistake(rulebook_text(conditions=(CONDITION + "holds: {all: [members > 1], xyz: 1}\n",)))
    assert found.advice == "The keys here are all, any, not."
    assert len(mistake(rulebook_text(pot=POT.replace('"10000.00"', "x" * 500))).params["value"]) == 80


def test_all_mistakes_are_told_at_once_in_the_order_of_the_text() -> None:
    text = rulebook_text(
        pot=POT.replace("point_value", "points").replace('"10000.00"', "ten"), criteria=(PANEL.replace("maximum: 15", "maximum: many"),)
    ).replace("kind: operating", "kind: opening")
    found = mistakes(text)
    assert [finding.code for finding in found] == ["unknown_value", "bad_value", "unknown_value", "bad_value"]
    assert [standing_at(text, finding).split(":")[0] for finding in found] == ["kind", "amount", "engine", "maximum"]


def test_a_missing_key_is_told_where_it_should_stand() -> None:
    text = rulebook_text(criteria=(PANEL.replace("title: {sl: Kakovost, it: Qualità}\n", ""),))
    finding = mistake(text)
    assert (finding.code, finding.params["key"], finding.path) == ("missing_key", "title", "tracks[0].pots[0].criteria[0].title")
    assert standing_at(text, finding).startswith("id: quality")
    needed = mistake(rulebook_text(criteria=(PANEL.replace("maximum: 15\n", ""),)))
    assert "a criterion of the kind panel needs: maximum" in str(needed)


@pytest.mark.parametrize(
    ("pot", "code"),
    [
        (POT.replace('"10000.00"', '"100.001"'), "bad_value"), (POT.replace('"10000.00"', '"-5"'), "bad_value"), (POT.replace('"10000.00"', '"1,000.00"'), "bad_value"),
        (POT.replace('"10000.00"', "1e4"), "bad_value"), (POT + "least_marks: 0\n", "bad_value"), (POT + "least_marks: three\n", "bad_value"), (POT + "maximum_points: 0\n", "bad_value"),
        (POT.replace("{tie_break: [earlier_submission], closing: largest_remainder}", "{decimals: 999999999}"), "bad_value"), (POT.replace("{tie_break: [earlier_submission], closing: largest_remainder}", "{closing: somehow}"), "unknown_value"),
        (POT.replace("{tie_break: [earlier_submission], closing: largest_remainder}", "{award_unit: 5}"), "unknown_value"), (POT.replace("{tie_break: [earlier_submission], closing: largest_remainder}", "[closing]"), "bad_value"),
        (POT.replace("{request: requested}", "{request: members}"), "fact_does_not_fit"), (POT.replace("{request: requested}", "{request: nobody}"), "unknown_fact"),
        (POT.replace("{request: requested}", '{cost_share: "0.7"}'), "bad_value"), (POT.replace("{request: requested}", '{cost: costs, cost_share: "70"}'), "bad_value"),
        (POT.replace("point_value", "actual_cost"), "missing_key"), (POT.replace("point_value", "actual_cost") + "cost_fact: remark\n", "fact_does_not_fit"), (POT + "leftover: {to: [nowhere]}\n", "unknown_pot"),
        (POT.replace("id: main", "id: Main"), "bad_value"), (POT.replace("{sl: Sredstva, it: Fondi}", "{sl: Sredstva, de: Mittel}"), "bad_value"),
        (POT.replace("{sl: Sredstva, it: Fondi}", "Sredstva"), "bad_value"), (POT.replace("{sl: Sredstva, it: Fondi}", "{}"), "bad_value"), (POT.replace("{sl: Sredstva, it: Fondi}", "{sl: , it: x}"), "bad_value"),
    ],
)  # fmt: skip
def test_a_pot_that_cannot_be_is_refused(pot: str, code: str) -> None:
    finding = mistake(rulebook_text(pot=pot))
    assert finding.code == code
    assert "pots[0]" in finding.path


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("{id: a, kind: choice, label: {sl: a}}", "needs: choices"),
        ("{id: a, kind: table, label: {sl: a}}", "needs: columns"),
        ("{id: a, kind: table, label: {sl: a}, columns: [{id: b, kind: file, label: {sl: b}}]}", "cannot be a file"),
        (
            "{id: a, kind: table, label: {sl: a}, min_rows: 9, max_rows: 3, columns: [{id: b, kind: text, label: {sl: b}}]}",
            "at most max_rows",
        ),
        ("{id: a, kind: integer, label: {sl: a}, minimum: few}", "not a plain number"),
        ("{id: a, kind: integer, label: {sl: a}, minimum: 5, maximum: 4}", "at most maximum"),
        ("{id: a, kind: date, label: {sl: a}, minimum: 1. 1. 2026}", "such as 2026-12-31"),
        ("{id: a, kind: date, label: {sl: a}, minimum: 2026-02-30}", "such as 2026-12-31"),
        ("{id: a, kind: decimal, label: {sl: a}, decimals: 3}", "at most 2"),
        ("{id: a, kind: text, label: {sl: a}, max_length: -1}", "at least 0"),
        ("{id: a, kind: text, label: {sl: a}, required: perhaps}", "true or false"),
        ("{id: a, kind: text, label: {sl: a}, section: nowhere}", "no section"),
        ("{id: members, kind: text, label: {sl: a}}", "used twice"),
        ("{id: a, kind: choice, label: {sl: a}, choices: [{id: b, label: {sl: b}}, {id: b, label: {sl: b}}]}", "used twice"),
        ("{id: 1a, kind: text, label: {sl: a}}", "begins with a letter"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(fact: str, words: str) -> None:
    assert words in mistake(rulebook_text(facts=FACTS + f"- {fact}\n")).message


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("members ** 2", "bad_formula"), ("nobody + 1", "unknown_fact"), ("remark + 1", "fact_does_not_fit"), ("groups + 1", "fact_does_not_fit"),
        ("count(members)", "fact_does_not_fit"), ("total(groups, hour)", "unknown_fact"), ("total(groups, name)", "fact_does_not_fit"), ("count(nobody)", "unknown_fact"),
    ],
)  # fmt: skip
def test_a_formula_may_only_name_numbers_that_are_there(formula: str, code: str) -> None:
    criterion = f"id: f\ntitle: {{sl: F, it: F}}\narticle: x\nkind: formula\nmaximum: 5\nformula: {formula}\n"
    condition = f"id: c\ntext: {{sl: C, it: C}}\narticle: x\nholds: {formula}\n"
    for text in (rulebook_text(criteria=(criterion,)), rulebook_text(conditions=(condition,))):
        finding = mistake(text)
        assert finding.code == code
        assert standing_at(text, finding).startswith(("formula:", "holds:"))


def test_a_misspelt_fact_names_the_nearest() -> None:
    finding = mistake(rulebook_text(criteria=(PANEL.replace("kind: panel", "kind: per_unit\nfact: membres\nper_unit: 1"),)))
    assert 'Did you mean "members"?' in finding.advice


@pytest.mark.parametrize("kind", ["bands", "per_unit", "choice", "flag", "formula"])
def test_a_criterion_says_what_its_kind_needs(kind: str) -> None:
    assert f"of the kind {kind} needs:" in mistake(rulebook_text(criteria=(PANEL.replace("kind: panel", f"kind: {kind}"),))).message


def test_a_key_that_stands_twice_is_refused() -> None:
    text = rulebook_text(pot=POT + 'amount: "1.00"\n')
    finding = mistake(text)
    assert (finding.code, finding.params["key"]) == ("key_twice", "amount")
    assert standing_at(text, finding) == 'amount: "1.00"'


def test_ids_that_stand_twice_are_refused() -> None:
    assert mistake(rulebook_text(criteria=(PANEL, PANEL))).code == "id_twice"
    assert mistake(rulebook_text(pots=(POT + f"criteria: [{{{', '.join(PANEL.strip().splitlines())}}}]",))).code == "id_twice"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("format: [1", 1, 11), ("a: 1\n b: 2", 2, 3), ("a: 'x", 1, 6), ("\ta: 1", 1, 1), ("a: 1\n---\nb: 2", 2, 1), ("a: *x", 1, 4), ("ab\n? [a]\n: 1", 3, 1), ("? [a]\n: 1", 1, 3), ("a: b\nc: \x07", 2, 4)],
)  # fmt: skip
def test_what_is_not_yaml_is_told_with_its_place(text: str, line: int, column: int) -> None:
    finding = mistake(text)
    assert (finding.code, finding.line, finding.column) == ("not_yaml", line, column)


@pytest.mark.parametrize("text", ["", "# only a remark", "rulebook", "- a\n- b", "~"])
def test_what_is_not_a_rulebook_at_all_is_told(text: str) -> None:
    assert mistake(text).code == "not_a_rulebook"


def test_no_scalar_ever_becomes_anything_but_text() -> None:
    data, _ = compose(
        "a: 0.1\nb: 2026-01-01\nc: yes\nd: 1e9\ne: 0x10\nf: 12:30\ng: ~\nh: !!float 1.5\ni: !!python/object/apply:os.system [id]\n", "x"
    )
    assert data == {"a": "0.1", "b": "2026-01-01", "c": "yes", "d": "1e9", "e": "0x10", "f": "12:30", "g": None, "h": "1.5", "i": ["id"]}


BOMBS = {
    "billion laughs": "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)),
    "itself": "a: &a [*a, *a, *a]",
    "itself by name": "a: &a {b: *a, c: *a}",
    "deep": "[" * 5000,
    "deep with something between": "[a, " * 300,
    "deep mappings": "".join(" " * i + f"k{i}:\n" for i in range(300)),
    "long": "a: " + "x" * 2_000_001,
    "wide": "a: [" + "1," * 10_000 + "1]",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_in_bounded_time(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(RulebookError):
        read_rulebook(text)
    assert time.process_time() - begun < 6


def test_the_hash_does_not_see_remarks_and_line_breaks() -> None:
    text = rulebook_text()
    again = read_rulebook("# a remark\n" + text.replace("{sl: Vzorec, it: Modello}", "\n  it: Modello\n  sl: 'Vzorec'"))
    assert again.sha256 == read_rulebook(text).sha256
    assert read_rulebook(text.replace("Vzorec", "Vzorci")).sha256 != again.sha256


def test_plain_data_gives_the_same_rulebook_back() -> None:
    rulebook = sample()
    again = rulebook_from_data(rulebook.to_data())
    assert again.sha256 == rulebook.sha256
    assert again == rulebook and hash(again) == hash(rulebook), "where a part stands in a text is no part of the rules"
    assert rulebook.positions and not again.positions
    assert rulebook_from_data({**rulebook.to_data(), "version": "other"}) != rulebook
    with pytest.raises(RulebookError) as refusal:
        rulebook_from_data({**rulebook.to_data(), "format": "2"})
    assert refusal.value.findings[0].line == 0, "data that was never a text has no lines"


def test_a_class_may_name_its_own_article_and_every_id_says_what_it_is_made_of() -> None:
    derived = "derived: [{id: size, title: {sl: a, it: b}, article: x, classes: [{id: A, title: {sl: a, it: b}, article: 10. člen, when: members > 3}, {id: B, title: {sl: a, it: b}}]}]\n"
    text = rulebook_text().replace("    pots:\n", f"    {derived}    pots:\n", 1)
    data = read_rulebook(text).to_data()["tracks"][0]["derived"][0]["classes"]
    assert [one.get("article") for one in data] == ["10. člen", None]
    assert "small letters without accents, digits and -" in mistake(text.replace("id: sample", "id: my_sample")).message
    assert (
        "small letters without accents, digits and _"
        in mistake(text.replace("id: members", "id: mem-bers").replace("members > 3", "years > 3")).message
    )
