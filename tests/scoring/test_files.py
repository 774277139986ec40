"""A facts file is read whole, or refused with the line, the column and the nearest word that is known."""

import json
from pathlib import Path
from typing import Any

import pytest

from scoring.facts import Proven
from scoring.facts_text import JsonPlaces
from scoring.files import Applicants, InputError, read_applicants
from scoring.points import Agreement, Decided
from scoring.reading import compose
from scoring.rulebook import Rulebook
from tests.scoring.samples import PANEL, POT, sample
from tests.scoring.test_criteria import criterion, rules

SIZE = criterion("kind: per_unit\nfact: members\nper_unit: 1", "size")
HOURS = criterion("kind: formula\nformula: total(teams, hours)", "hours_points")
JUDGED = POT.replace("engine: point_value", "engine: panel_amounts")


def read(tmp_path: Path, rulebook: Rulebook, text: str) -> Applicants:
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    return read_applicants(str(path), rulebook)


def refusal(tmp_path: Path, rulebook: Rulebook, text: str) -> str:
    with pytest.raises(InputError) as error:
        read(tmp_path, rulebook, text)
    return str(error.value).removeprefix(f"{tmp_path / 'facts.yaml'}: ")


PROVED = """\
applicants:
  - id: Val
    facts:
      members: {value: 12, verified: 10, proven: yes, by: Ana, on: 2026-03-01, source: AJPES}
      years: {verified: 3}
      inclusive: {value: yes, proven: no}
      teams:
        - {hours: {value: "1,5", verified: 2}, coach: {value: da, proven: false}}
        - {hours: 4}
"""


def test_what_an_officer_found_out_stands_beside_the_value(tmp_path: Path) -> None:
    found = read(tmp_path, rules(SIZE, HOURS), PROVED)
    facts = found.facts["Val"]
    assert facts["members"] == Proven(12, 10, True, "Ana", "2026-03-01", "AJPES")
    assert (facts["years"], facts["inclusive"]) == (Proven(None, 3), Proven(True, proven=False))
    assert facts["teams"] == [
        {"name": None, "hours": Proven("1.5", "2"), "participants": None, "norm": None, "coach": Proven(True, proven=False), "grade": None, "elite": False},
        {"name": None, "hours": "4", "participants": None, "norm": None, "coach": False, "grade": None, "elite": False},
    ]  # fmt: skip
    assert [line.points for line in found.sheets[0].lines] == [10, 6]


def test_json_is_read_too(tmp_path: Path) -> None:
    data: dict[str, Any] = {
        "applicants": [{"id": "Val", "facts": {"members": {"value": 12, "verified": 10, "proven": True}, "requested": "1.500,00"}}]
    }
    facts = read(tmp_path, rules(SIZE), json.dumps(data, indent=1)).facts["Val"]
    assert (facts["members"], facts["requested"]) == (Proven(12, 10, True), 150000)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("verified: 10", "verifed: 10", 'line 4, column 28: there is no key "verifed"; did you mean "verified"?'),
        ("verified: 10", "verified: many", "line 4, column 28: members: this is not a whole number; write digits alone, such as 12"),
        ("2026-03-01", "1. 3. 2026", 'line 4, column 64: "1. 3. 2026" is not a day such as 2026-03-01'),
        ("proven: yes", "proven: perhaps", 'line 4, column 42: "perhaps" does not say whether it is proven: write yes or no'),
        ("{verified: 3}", "{proven: yes}", 'line 5, column 7: beside what was found out about a fact there must be its "value:"'),
        ("{verified: 3}", "{value: {value: 3}}", "line 5, column 15: a value is wanted here"),
        ("hours: {value", "hour: {value", 'line 8, column 12: there is no column "hour"; did you mean "hours"?'),
        ('value: "1,5"', "value: x", "line 8, column 12: teams: row 1: hours: this is not a number; write digits, such as 12 or 7.5"),
        ("- {hours: 4}", "- {hours: x}", "line 9, column 12: teams: row 2: hours: this is not a number; write digits, such as 12 or 7.5"),
        ("    facts:", "    sumbitted: x\n    facts:", 'line 3, column 5: there is no key "sumbitted"; did you mean "submitted"?'),
        ("    facts:", "    submitted: yesterday\n    facts:", 'line 3, column 5: "yesterday" is not a moment such as 2026-02-01T09:00'),
        ("    facts:", "    submitted: 2026-02-30T09:00\n    facts:", 'line 3, column 5: "2026-02-30T09:00" is not a moment such as 2026-02-01T09:00'),
        ("applicants:", "lots: {Vla: 1}\napplicants:", 'line 1, column 8: there is no applicant "Vla"; did you mean "Val"?'),
        ("applicants:", "lots: {Val: first}\napplicants:", "line 1, column 8: a lot is a whole number from 1"),
        ("applicants:", "lots: {Val: 0}\napplicants:", "line 1, column 8: a lot is a whole number from 1"),
        ("applicants:", "lost: {Val: 1}\napplicants:", 'line 1, column 1: there is no key "lost"; did you mean "lots"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in PROVED
    assert refusal(tmp_path, rules(SIZE, HOURS), PROVED.replace(old, new, 1)) == message


ITEMS = """\
applicants:
  - id: Val
    facts: {teams: [{name: Mladi, hours: 3}, {name: Veterani, hours: 1}]}
    pots:
      main:
        marks:
          - {member: A, criterion: quality, points: 9, item: 1}
          - {member: A, criterion: quality, points: 4, item: 2}
        agreements:
          - {criterion: quality, reason: {sl: Dobro.}, item: 2}
"""


def test_marks_and_agreements_say_their_item(tmp_path: Path) -> None:
    rulebook = rules(PANEL, pot=POT + "items: {table: teams, name: name}\n")
    found = read(tmp_path, rulebook, ITEMS)
    entry = found.entries["main"][0]
    assert [(mark.points, mark.item) for mark in entry.marks] == [(9, "1"), (4, "2")]
    assert entry.agreements == (Agreement("quality", None, {"sl": "Dobro."}, "2"),)
    assert [(item.name, item.total) for item in found.sheets[0].items] == [("Mladi", 9), ("Veterani", 4)]
    assert (
        refusal(tmp_path, rulebook, ITEMS.replace("points: 4, item: 2", "points: 4, item: 7"))
        == 'line 5, column 7: Val: main: Val has no item "7" in main'
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("criterion: quality, points: 9", "criterion: qualty, points: 9", 'line 7, column 25: there is no criterion for the panel "qualty"; did you mean "quality"?'),
        ("points: 9", "points: 16", "line 7, column 45: quality: a mark is between 0 and 15"),
        ("points: 9", "points: 0.5", "line 7, column 45: quality: marks go in steps of 1"),
        ("{criterion: quality, reason", "{criterion: quality, points: 99, reason", "line 10, column 34: quality: a mark is between 0 and 15"),
    ],
)  # fmt: skip
def test_a_mark_that_is_not_allowed_is_refused_at_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    rulebook = rules(PANEL, pot=POT + "items: {table: teams, name: name}\n")
    assert old in ITEMS
    assert refusal(tmp_path, rulebook, ITEMS.replace(old, new, 1)) == message


ORDER = """\
lots: {Val: 2, Burja: 1}
applicants:
  - {id: Val, submitted: "2026-02-01T10:00", facts: {members: 5}}
  - {id: Burja, submitted: 2026-02-01 09:59:59, facts: {members: 7}}
  - {id: Galeb, submitted: "2026-02-01T10:00", facts: {members: 9}}
"""


def test_the_moment_of_submission_makes_the_order_and_lots_are_kept(tmp_path: Path) -> None:
    found = read(tmp_path, rules(SIZE), ORDER)
    assert found.order == {"Burja": 0, "Val": 1, "Galeb": 2}
    assert found.lots == {"Val": 2, "Burja": 1}
    assert [sheet.applicant for sheet in found.sheets] == ["Val", "Burja", "Galeb"]
    zoned = ORDER.replace('"2026-02-01T10:00"', '"2026-02-01T10:00+01:00"').replace("09:59:59", "09:00:00Z")
    assert read(tmp_path, rules(SIZE), zoned).order == {"Val": 0, "Burja": 1, "Galeb": 2}


def test_moments_are_given_for_all_or_for_none_and_all_with_a_zone_or_none(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, rules(SIZE), ORDER.replace("submitted: 2026-02-01 09:59:59, ", ""))
        == 'line 4, column 5: "Burja" has no "submitted:"; give it for all applicants or for none'
    )
    assert (
        refusal(tmp_path, rules(SIZE), ORDER.replace("09:59:59", "09:59:59Z"))
        == "line 4, column 17: give the time zone for all moments or for none"
    )


AMOUNTS = """\
applicants:
  - id: Val
    facts: {members: 5}
    pots: {main: {amount: {euros: "1.200,50", reason: {sl: Za prevoz.}}}}
  - {id: Burja, facts: {members: 7}}
"""


def test_amounts_that_the_panel_decided_have_their_reason(tmp_path: Path) -> None:
    assert read(tmp_path, rules(SIZE, pot=JUDGED), AMOUNTS).decided == {"main": {"Val": Decided(120050, {"sl": "Za prevoz."})}}
    items = rules(SIZE, pot=JUDGED + "items: {table: teams}\n")
    listed = AMOUNTS.replace('amount: {euros: "1.200,50",', 'amount: [{item: 1, euros: 5}, {item: 2, euros: "1.200,50",').replace(
        "prevoz.}}}}", "prevoz.}}]}}"
    )
    assert read(tmp_path, items, listed.replace("members: 5", "teams: [{hours: 1}, {hours: 2}]")).decided == {
        "main": {"Val #1": Decided(500, {}), "Val #2": Decided(120050, {"sl": "Za prevoz."})}
    }


@pytest.mark.parametrize(
    ("pot", "old", "new", "message"),
    [
        (POT, "", "", "line 4, column 19: the amounts of main follow from its rules: only with the engine panel_amounts the panel decides them"),
        (JUDGED, "1.200,50", "1.200,505", 'line 4, column 28: "1.200,505" is not an amount; write euros and cents, such as 1500.00'),
        (JUDGED, "1.200,50", "-5", "line 4, column 28: an amount is at least 0; write 0 or more"),
        (JUDGED, 'euros: "1.200,50", ', "", 'line 4, column 19: the key "euros" is missing'),
        (JUDGED, "euros:", "item: 1, euros:", "line 4, column 19: main has no items"),
        (JUDGED + "items: {table: teams}\n", "", "", "line 4, column 19: main has items: say which item"),
        (JUDGED, "{sl: Za", "{de: Za", 'line 4, column 56: there is no language "de"'),
        (JUDGED, "amount: {euros", "amounts: {euros", 'line 4, column 19: there is no key "amounts"; did you mean "amount"?'),
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_is_refused_at_its_place(pot: str, old: str, new: str, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, rules(SIZE, pot=pot), AMOUNTS.replace(old, new, 1)) == message


def test_the_field_is_compared_at_the_end(tmp_path: Path) -> None:
    pot = POT + "threshold: {relative: {percent: 50, of: best}}\n"
    text = "applicants:\n" + "".join(f"  - {{id: A{count}, facts: {{members: {count}}}}}\n" for count in (10, 100, 50))
    assert {sheet.applicant: sheet.passes for sheet in read(tmp_path, rules(SIZE, pot=pot), text).sheets} == {
        "A10": False,
        "A100": True,
        "A50": True,
    }


def test_a_fact_that_is_wrong_for_one_applicant_names_this_one(tmp_path: Path) -> None:
    text = (
        "applicants:\n  - {id: A, facts: {}, pots: {main: {marks: [{member: M, criterion: quality, points: 5}]}}}\n  - {id: B, facts: {}}\n"
    )
    assert refusal(tmp_path, rules(PANEL), text).startswith("line 3, column 5: B: main: quality: 0 marks")


MANY = """\
lots: {Val: 0, Vla: 1}
applicants:
  - id: Val
    sumbitted: 2026-02-01T09:00
    facts: {members: many, yers: 3, years: few, teams: [{hours: x}, {hour: 3, norm: y}], inclusive: {vale: yes}}
    pots: {main: {marks: [{member: A, criterion: qualty, points: 5}, {member: A, criterion: quality, pionts: 5}, {member: B, criterion: quality, points: 99}]}}
  - {id: Val, facts: {members: none}}
  - {id: Burja, track: sprot, facts: {members: none}}
  - {id: Galeb, submitted: yesterday, facts: {members: {value: 3, on: today}}}
  - {facts: {}}
"""


def test_every_mistake_of_a_file_is_told_at_once_in_its_order(tmp_path: Path) -> None:
    told = [one.removeprefix(f"{tmp_path / 'facts.yaml'}: ") for one in refusal(tmp_path, rules(SIZE, PANEL), MANY).splitlines()]
    assert [(one.partition(",")[0].removeprefix("line "), one.partition(": ")[2]) for one in told] == [
        ("1", "a lot is a whole number from 1"), ("1", 'there is no applicant "Vla"; did you mean "Val"?'),
        ("4", 'there is no key "sumbitted"; did you mean "submitted"?'),
        ("5", "members: this is not a whole number; write digits alone, such as 12"), ("5", 'there is no fact "yers"; did you mean "years"?'), ("5", "years: this is not a whole number; write digits alone, such as 12"),
        ("5", "teams: row 1: hours: this is not a number; write digits, such as 12 or 7.5"), ("5", 'there is no column "hour"; did you mean "hours"?'),
        ("5", "teams: row 2: norm: this is not a whole number; write digits alone, such as 12"), ("5", 'there is no key "vale"; did you mean "value"?'),
        ("6", 'there is no criterion for the panel "qualty"; did you mean "quality"?'), ("6", 'there is no key "pionts"; did you mean "points"?'),
        ("6", "quality: a mark is between 0 and 15"),
        ("7", 'the applicant "Val" stands twice'), ("8", 'there is no track "sprot"; the tracks are sport'),
        ("9", '"yesterday" is not a moment such as 2026-02-01T09:00'), ("9", '"today" is not a day such as 2026-03-01'), ("10", 'the key "id" is missing'),
    ]  # fmt: skip


def test_all_who_cannot_be_scored_are_told_at_once(tmp_path: Path) -> None:
    text = "applicants:\n  - {id: A, facts: {}}\n  - {id: B, facts: {}}\n"
    told = refusal(tmp_path, rules(PANEL), text).splitlines()
    assert [one.partition(": main: ")[0][-1] for one in told] == ["A", "B"]


def test_json_and_yaml_know_the_same_places() -> None:
    text = json.dumps(
        {"applicants": [{"id": 'Ž"a\\b', "facts": {"a": 1.5, "b": [], "c": [[2, {"d": None}], "x,]}"]}}, {}], "lots": {}}, indent=2
    )
    spread = text.replace("[", " [\n\t ", 1).replace(":", "  :  ", 3)
    for given in (text, spread, text.replace("\n", "")):
        data, places = compose(given.replace("\t", " "), "x")
        found = JsonPlaces(given.replace("\t", " "))
        assert data and {path: found[path] for path in places} == places
        for nowhere in (("lot",), ("applicants", 2), ("applicants", 0, "facts", "b", 0), ("lots", 0), (0,)):
            with pytest.raises(KeyError):
                found[nowhere]


def test_json_is_read_where_yaml_would_be_too_long(tmp_path: Path) -> None:
    rules = sample(criteria=(SIZE,))
    many = [{"id": f"A{place}", "facts": {"members": place % 50, "remark": "x" * 100}} for place in range(16_000)]
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"applicants": many}), encoding="utf-8")
    found = read_applicants(str(path), rules)
    assert len(found.sheets) == 16_000 and found.order["A15999"] == 15_999
    many[15_000]["facts"] = {"members": -3, "yers": 1}
    path.write_text(json.dumps({"applicants": many}, indent=1), encoding="utf-8")
    told = refused(path, rules).splitlines()
    line = path.read_text(encoding="utf-8").splitlines().index('    "members": -3,') + 1
    assert told == [
        f"line {line}, column 5: members: the value is negative; write 0 or more",
        f'line {line + 1}, column 5: there is no fact "yers"; did you mean "years"?',
    ]
    (tmp_path / "facts.yaml").write_text("applicants:\n" + f"  - {{id: a, facts: {{remark: {'x' * 2_000_000}}}}}\n", encoding="utf-8")
    assert "write so many applications as JSON" in refused(tmp_path / "facts.yaml", rules)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"applicants": [\n {"id": "A", "id": "B"}]}', 'line 2, column 14: the key "id" stands twice. Keep one of them.'),
        ('{"applicants": [{"id": "A", "facts": {"inclusive": true, "members": 12, "spread": 0.5, "remark": null}}], "lots": {"A": 0}}', "line 1, column 116: a lot is a whole number from 1"),
        ('{"applicants": [{"id": "A", "facts": {"members": 1e3}}]}', "line 1, column 39: members: this is not a whole number; write digits alone, such as 12"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_json_is_told_at_its_place(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text, encoding="utf-8")
    assert refused(path, sample(criteria=(SIZE,))) == told


def test_a_json_file_that_was_cut_off_is_told_as_json(tmp_path: Path) -> None:
    place = tmp_path / "facts.json"
    place.write_text('{"applicants": [\n{"id": "A",', encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_applicants(str(place), sample())
    assert str(refusal.value).startswith(f"{place}: line 2, column 12: this is not readable JSON: ")


def test_everything_that_is_wrong_in_what_was_found_out_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(
        "applicants:\n  - id: A\n    facts:\n      members: {value: y, verified: x, proven: maybe, who: 1, on: soon}\n", encoding="utf-8"
    )
    said = refused(path, sample(criteria=(SIZE,))).splitlines()
    assert [one.split(": ")[0] for one in said] == [f"line 4, column {column}" for column in (17, 27, 40, 55, 63)]


def refused(path: Path, rules: Rulebook) -> str:
    with pytest.raises(InputError) as error:
        read_applicants(str(path), rules)
    return str(error.value).replace(f"{path}: ", "")
