"""The command line of a court or a journalist: exact texts, exit codes, and no web application anywhere near."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scoring.__main__ import main
from tests.scoring.samples import FACTS, PANEL, POT, rulebook_text
from tests.scoring.test_bundle import bundle

ROOT = Path(__file__).parents[2]
SIZE = "id: size\ntitle: {sl: Velikost, it: Grandezza}\narticle: x\nkind: bands\nfact: members\nmaximum: 20\nbands: [{from: 0, below: 10, points: 10}, {from: 10, points: 20}]\n"
GOOD = """\
applicants:
  - id: Klub Val
    facts: {members: 40, requested: "400"}
    pots: {main: {marks: [{member: A, criterion: quality, points: 10}], agreements: [{criterion: quality, reason: {sl: Dobro., it: Bene.}}]}}
  - id: Klub Burja
    facts: {members: 5, requested: "9000"}
    pots: {main: {marks: [{member: A, criterion: quality, points: 0}]}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("rulebook.yaml", rulebook_text(criteria=(SIZE, PANEL), pot=POT.replace("10000.00", "1000.00")))
    write("facts.yaml", GOOD)
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_clean_rulebook_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "lint", "rulebook.yaml") == (0, "0 findings\n", "")


def test_findings_end_with_1_and_name_file_line_column_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    write("rulebook.yaml", rulebook_text(pot=POT + "maximum_points: 20\n"))
    line = next(
        number for number, text in enumerate(rulebook_text(pot=POT + "maximum_points: 20\n").splitlines(), 1) if "maximum_points" in text
    )
    code, out, err = run(capsys, "lint", "rulebook.yaml")
    assert (code, err) == (1, "")
    assert (
        out
        == f"rulebook.yaml: line {line}, column 9: error: tracks[0].pots[0].maximum_points: the criteria add up to 15, not to 20. Correct one of the two. [maxima_do_not_add_up]\n1 finding\n"
    )


def test_a_rulebook_that_cannot_be_read_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    write("rulebook.yaml", rulebook_text(pot=POT + "amunt: 5\n"))
    code, out, err = run(capsys, "lint", "rulebook.yaml")
    assert (code, out) == (2, "")
    assert 'the key "amunt" is not known here. Did you mean "amount"? [unknown_key]' in err


@pytest.mark.parametrize(
    "words",
    [
        ("lint", "nowhere.yaml"),
        ("verify", "nowhere.json"),
        ("score", "rulebook.yaml", "nowhere.yaml"),
        ("allocate", "nowhere.yaml", "facts.yaml"),
        ("lint", "."),
    ],
)
def test_a_file_that_is_not_there_ends_with_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "") and err


def test_a_file_that_is_no_text_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    Path("rulebook.yaml").write_bytes(b"\xff\xfe\x00")
    assert run(capsys, "lint", "rulebook.yaml")[0] == 2
    Path("rulebook.yaml").write_bytes(b'format: "1"\nid: \xe8\n')
    assert "rulebook.yaml: line 2, column 5: this is not UTF-8 text" in run(capsys, "score", "rulebook.yaml", "facts.yaml")[2]


@pytest.mark.parametrize(
    ("text", "code"), [(b"tracks: [", "not_yaml"), (b"- 1", "not_a_rulebook"), (b"id: \xff", "not_text"), (b'format: "1"', "missing_key")]
)
def test_machines_are_told_as_json_what_cannot_be_read(text: bytes, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("rulebook.yaml").write_bytes(text)
    ends, out, err = run(capsys, "lint", "rulebook.yaml", "--json")
    found = json.loads(out)
    assert (ends, err) == (2, "") and {one["code"] for one in found} == {code}
    assert all(one["line"] >= 1 and one["column"] >= 1 and one["severity"] == "error" for one in found)


CONDITIONS = (
    "id: old\ntext: {sl: Vsaj dve leti delovanja., it: Almeno due anni di attività.}\narticle: 4. člen\nholds: years >= 2\n"
    "except: [{holds: 'level == \"national\"', text: {sl: Državna raven., it: Livello nazionale.}, article: 5. člen}]\n",
    "id: seat\ntext: {sl: Sedež v občini., it: Sede nel comune.}\narticle: 4. člen\n",
)


def test_explain_says_every_condition_with_the_names_of_the_rulebook(capsys: pytest.CaptureFixture[str]) -> None:
    write("rulebook.yaml", rulebook_text(criteria=(SIZE,), conditions=CONDITIONS))
    write("facts.yaml", "applicants: [{id: A, facts: {members: 4, years: 1, level: national}}, {id: B, facts: {members: 4, years: 1}}]\n")
    code, out, err = run(capsys, "score", "rulebook.yaml", "facts.yaml", "--language", "sl", "--explain", "A")
    assert (code, err) == (0, "")
    assert out.splitlines()[-2:] == [
        "    Pogoj sicer ni izpolnjen: Vsaj dve leti delovanja. Velja pa izjema (5. člen): Državna raven. "
        "Izračun: »Leta« (1) ≥ 2 – ne drži; izjema (5. člen): »Raven« (država) = »država« – drži (4. člen).",
        "    Izpolnjevanje pogoja ugotovi občina: Sedež v občini (4. člen).",
    ]
    out = run(capsys, "score", "rulebook.yaml", "facts.yaml", "--language", "it", "--explain", "B")[1]
    assert out.splitlines()[-2:] == [
        "    Il requisito non è soddisfatto: Almeno due anni di attività. "
        "Calcolo: «Anni» (1) ≥ 2 – non risulta; eccezione (5. člen): «Livello» (non indicato) = «nazione» – non risulta (4. člen).",
        "    Il requisito è accertato dal comune: Sede nel comune (4. člen).",
    ]


def test_points_are_written_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "score", "rulebook.yaml", "facts.yaml", "--language", "it", "--explain", "Klub Val") == (
        0,
        "Klub Val  main  30 punti\n"
        "    size (x): 20 su 20  Il valore accertato 40 rientra nella fascia [10, ∞), per la quale sono previsti 20 punti su 20.\n"
        "    quality (2. člen): 10 su 15  Media dei punteggi: (10) / 1 = 10. Bene.\n",
        "",
    )


def test_awards_are_written_with_their_sum(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "allocate", "rulebook.yaml", "facts.yaml")
    assert code == 0
    assert out == (
        "main: 1000.00 EUR + 0.00 EUR joined = 1000.00 EUR\n"
        f"    {'Klub Burja':<40} {'10':>10} points {'600.00':>14} EUR\n"
        f"    {'Klub Val':<40} {'30':>10} points {'400.00':>14} EUR\n"
        "    paid 1000.00 EUR, residual 0.00 EUR\n"
    )


def test_json_is_for_machines_and_has_no_floats(capsys: pytest.CaptureFixture[str]) -> None:
    def no_float(text: str) -> Any:
        raise AssertionError(text)

    for command in ("score", "allocate"):
        code, out, _ = run(capsys, command, "rulebook.yaml", "facts.yaml", "--json")
        assert code == 0 and json.loads(out, parse_float=no_float)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("members: 40", "membres: 40", 'line 3, column 13: there is no fact "membres"; did you mean "members"?'),
        ("members: 40", "members: many", "line 3, column 13: members: this is not a whole number; write digits alone, such as 12"),
        ("members: 40", "groups: [{name: a}, {hours: x}]", "line 3, column 34: groups: row 2: hours: this is not a number; write digits, such as 12 or 7.5"),
        ('requested: "400"', "requested: 4.001", "line 3, column 26: requested: the value is above the maximum 300; write 300 or less"),
        ("pots: {main:", "pots: {mian:", 'line 4, column 12: there is no pot "mian"; did you mean "main"?'),
        ("criterion: quality, points: 10", "criterion: quality, points: 16", "line 4, column 59: quality: a mark is between 0 and 15"),
        ("criterion: quality, points: 10", "criterion: beauty, points: 10", 'line 4, column 39: there is no criterion for the panel "beauty"'),
        ("criterion: quality, points: 10", "criterion: quality, points: ten", 'line 4, column 59: "ten" is not a number; write points such as 12 or 7.5'),
        ("member: A, criterion: quality, points: 10", "criterion: quality, points: 10", 'line 4, column 27: the key "member" is missing'),
        ("marks: [{member: A, criterion: quality, points: 10}]", "marks: many", "line 4, column 19: a list is wanted here: lines that begin with a dash"),
        ("marks: [{member: A, criterion: quality, points: 10}], ", "", "line 4, column 12: Klub Val: main: quality: 0 marks, at least 1 are needed"),
        ("reason: {sl: Dobro.", "reason: {de: Gut.", 'line 4, column 116: there is no language "de"'),
        ("id: Klub Val", "id: Klub Burja", 'line 5, column 5: the applicant "Klub Burja" stands twice'),
        ("id: Klub Val", "name: Klub Val", 'line 2, column 5: there is no key "name"'),
        ("    facts: {members: 5", "    track: music\n    facts: {members: 5", 'line 6, column 5: there is no track "music"; the tracks are sport'),
        ("  - id: Klub Val", "  - Klub Galeb\n  - id: Klub Val", "line 2, column 5: keys and values are wanted here"),
        ("applicants:", "clubs:", 'line 1, column 1: begin with "applicants:" and a list of them'),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_used_end_with_2_and_their_place(old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert old in GOOD
    write("rulebook.yaml", rulebook_text(facts=FACTS_WITH_LIMIT, criteria=(SIZE, PANEL)))
    write("facts.yaml", GOOD.replace(old, new, 1).replace("9000", "200").replace('"400"', '"300"'))
    code, out, err = run(capsys, "score", "rulebook.yaml", "facts.yaml")
    assert (code, out, err) == (2, "", f"facts.yaml: {message}\n")


FACTS_WITH_LIMIT = FACTS.replace("{id: requested, kind: money,", "{id: requested, kind: money, maximum: 300,")


def test_an_unknown_applicant_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "allocate", "rulebook.yaml", "facts.yaml", "--explain", "Klub Galeb") == (
        2,
        "",
        'facts.yaml: there is no applicant "Klub Galeb"\n',
    )


def test_an_answer_that_is_missing_gives_no_points_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    write("facts.yaml", GOOD.replace("members: 40, ", ""))
    code, out, _ = run(capsys, "score", "rulebook.yaml", "facts.yaml")
    assert code == 0 and "size (x): 0 of 20  The application does not state or prove this fact" in out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sl", ["1 točka", "2 točki", "3 točke", "7,5 točke", "ne sodeluje pri delitvi", "iz drugih sredstev", "razdeljeno 1.000,00 EUR", "ostanek", "od tega", "prejeto"]),
        ("it", ["1 punto", "2 punti", "3 punti", "7,5 punti", "non partecipa alla ripartizione", "da altri fondi", "assegnati 1.000,00 EUR", "residuo", "di cui", "ricevuti"]),
        ("en", ["1 point ", "2 points", "7.5 points", "does not pass", "joined", "paid 1000.00 EUR", "residual", "of it to", "received"]),
    ],
)  # fmt: skip
def test_everything_that_is_printed_is_in_one_language(language: str, said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    size = SIZE.partition("kind:")[0] + "kind: formula\nformula: members / 2\nmaximum: 20\n"
    after = POT.replace("10000.00", "1400") + "leftover: {to: [other], when: after}\nthreshold: {minimum: 1, article: x}\n"
    other = (
        POT.replace("id: main", "id: other").replace("10000.00", "1000")
        + "criteria: [{id: size, title: {sl: a, it: b}, article: x, kind: formula, formula: members / 2, maximum: 20}]\n"
    )
    write("rulebook.yaml", rulebook_text(pot=after, pots=(other,), criteria=(size,)))
    people = {
        "A": (2, 100, ""),
        "B": (4, 300, ""),
        "C": (6, 300, ""),
        "D": (15, 300, ""),
        "E": (1, 100, ""),
        "F": (30, "1500", "pots: {other: {}}"),
    }
    write(
        "facts.yaml",
        "applicants:\n"
        + "".join(
            f"  - {{id: {name}, facts: {{members: {members}, requested: {asked}}}, {pots}}}\n"
            for name, (members, asked, pots) in people.items()
        ),
    )
    out = "".join(run(capsys, command, "rulebook.yaml", "facts.yaml", "--language", language)[1] for command in ("score", "allocate"))
    assert [words for words in said if words not in out] == []
    english = ("points", "joined", "paid ", "residual", "received", "does not pass", " of ")
    assert language == "en" or not [words for words in english if words in out]


def test_every_amount_that_the_panel_must_look_at_again_is_told_at_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    write("rulebook.yaml", rulebook_text(pot=POT.replace("point_value", "panel_amounts"), criteria=()))
    amount = "pots: {main: {amount: {euros: %s, reason: {sl: %s}}}}"
    people = [("A", amount % (50, "a")), ("B", amount % (5, "''")), ("C", "pots: {main: {}}"), ("D", amount % (10, "a"))]
    write("facts.yaml", "applicants:\n" + "".join(f"  - {{id: {name}, facts: {{requested: 10}}, {pots}}}\n" for name, pots in people))
    code, out, err = run(capsys, "allocate", "rulebook.yaml", "facts.yaml")
    assert (code, out) == (2, "")
    assert [(one.split(", column")[0], one.split(": ", 2)[2]) for one in err.splitlines()] == [
        ("facts.yaml: line 2", "the amount for A in main is above its ceiling of 10.00 EUR: lower it"),
        ("facts.yaml: line 3", "the amount for B in main has no reason: write it"),
        ("facts.yaml: line 4", "the panel has not decided an amount for C in main: write it, also if it is 0"),
    ]


def test_a_lot_that_is_wanted_is_told_with_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    pot = (
        POT.replace("point_value", "waterfall")
        .replace("tie_break: [earlier_submission], closing: largest_remainder", "closing: leave, tie_break: [lot]")
        .replace("10000.00", "1000")
    )
    write("rulebook.yaml", rulebook_text(pot=pot, criteria=(SIZE,)))
    write("facts.yaml", "applicants:\n" + "".join(f"  - {{id: {name}, facts: {{requested: 600, members: 30}}}}\n" for name in "AB"))
    code, _, err = run(capsys, "allocate", "rulebook.yaml", "facts.yaml")
    assert code == 2 and err.startswith("facts.yaml: line 1, column 1: A, B are equal in main")
    assert err.endswith("lots: {A: 1, B: 2}\n")


def test_files_that_begin_with_a_byte_order_mark_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    write("bundle.json", "\ufeff" + json.dumps(bundle()))
    assert run(capsys, "verify", "bundle.json")[0] == 0
    for name in ("rulebook.yaml", "facts.yaml"):
        write(name, "\ufeff" + Path(name).read_text(encoding="utf-8"))
    assert run(capsys, "score", "rulebook.yaml", "facts.yaml")[0] == 0


@pytest.mark.parametrize(
    "words", [(), ("count",), ("lint",), ("allocate", "rulebook.yaml"), ("score", "rulebook.yaml", "facts.yaml", "--language", "de")]
)
def test_a_command_that_is_not_understood_ends_with_2(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    assert end.value.code == 2


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("flask", "sqlalchemy", "babel", "flask_babel", "grants", "jinja2", "werkzeug"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
from scoring.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_it_runs_where_the_web_application_and_its_libraries_are_not_installed(folder: Path) -> None:
    write("bundle.json", json.dumps(bundle()))
    for words, expected in ((("lint", "rulebook.yaml"), "0 findings\n"), (("verify", "bundle.json"), "5 awards recomputed, 0 differ\n")):
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT, *words],
            capture_output=True,
            text=True,
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["stability", "rulebook.yaml", "facts.yaml", "--percent", "-5"], "a change is at least 0 %"),
        (["stability", "rulebook.yaml", "facts.yaml", "--percent", "many"], '"many" is not a number'),
        (["allocate", "rulebook.yaml", "nowhere.yaml"], "nowhere.yaml: this file cannot be read"),
        (["diff", "rulebook.yaml", "rulebook.yaml"], "rulebook.yaml"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_says_why(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rulebook.yaml").write_text(rulebook_text(), encoding="utf-8")
    Path("facts.yaml").write_text("applicants: []\n", encoding="utf-8")
    assert main(words) == 2
    assert told in capsys.readouterr().err
