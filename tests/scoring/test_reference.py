"""docs/rulebook.md is the reference of the language: every example in it is read, linted, scored and divided here, and every command is run."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
import yaml
from jsonschema import Draft202012Validator

import scoring.rulebook
from scoring import finance, joint, judging, questions, sharing
from scoring.__main__ import main
from scoring.allocation import allocate
from scoring.conditions import judge_condition
from scoring.files import read_applicants
from scoring.formula import FUNCTIONS
from scoring.lint import lint
from scoring.money import cents_from_euros, number
from scoring.points import Agreement, Decided, Entry, Mark, Sheet, score_pot
from scoring.questions import Fact, Part
from scoring.reading import compose
from scoring.rulebook import Rulebook, read_rulebook
from scoring.schema import rulebook_schema
from scoring.values import FormulaText
from tests.scoring.samples import FACTS, PANEL, block, rulebook_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HEAD = 'format: "1"\nid: sample\nversion: "1"\ntitle: {sl: Vzorec, it: Modello}\nlanguages: [sl, it]\ntracks:\n'

MORE_FACTS = """\
- {id: women, kind: integer, label: {sl: Ženske, it: Donne}}
- {id: men, kind: integer, label: {sl: Moški, it: Uomini}}
- {id: founded, kind: date, label: {sl: Ustanovitev, it: Fondazione}}
- {id: first_day, kind: date, label: {sl: Prvi dan, it: Primo giorno}}
- {id: last_day, kind: date, label: {sl: Zadnji dan, it: Ultimo giorno}}
- id: fields
  kind: choices
  label: {sl: Področja, it: Ambiti}
  choices: [{id: music, label: {sl: glasba, it: musica}}, {id: theatre, label: {sl: gledališče, it: teatro}}]
- id: events
  kind: table
  label: {sl: Prireditve, it: Manifestazioni}
  columns:
    - {id: visitors, kind: integer, label: {sl: Obiskovalci, it: Visitatori}}
    - {id: free, kind: boolean, label: {sl: Prost vstop, it: Ingresso libero}}
    - id: reach
      kind: choice
      label: {sl: Doseg, it: Portata}
      choices: [{id: local, label: {sl: občina, it: comune}}, {id: regional, label: {sl: regija, it: regione}}]
"""
FORM = FACTS + MORE_FACTS


def yaml_blocks(kind: str) -> list[str]:
    return [text for dialect, what, text in BLOCKS if dialect == "yaml" and what == kind]


def whole(kind: str, text: str) -> str:
    """The example with as much around it as makes a rulebook."""
    if kind == "rulebook":
        return text
    if kind == "track":
        return HEAD + block(text, 2, dash=True)
    if kind == "fact":
        return rulebook_text(facts=FORM + block(text, 0, dash=True))
    if kind == "condition":
        return rulebook_text(facts=FORM, conditions=(text,))
    if kind == "pot":
        return rulebook_text(facts=FORM, pots=(text,))
    return rulebook_text(facts=FORM, criteria=(text,))


@lru_cache(maxsize=200)
def rulebook_of(kind: str, text: str) -> Rulebook:
    return read_rulebook(whole(kind, text))


EXAMPLES = [
    (kind, text) for dialect, kind, text in BLOCKS if dialect == "yaml" and kind not in ("draft", "instead", "facts", "marks", "gives")
]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[f"{kind} {text.split()[1]}" for kind, text in EXAMPLES])
def test_every_example_can_be_read_and_has_no_error(kind: str, text: str) -> None:
    assert kind in ("rulebook", "track", "fact", "condition", "pot", "criterion")
    findings = lint(rulebook_of(kind, text))
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_an_editor_with_the_schema_accepts_the_examples_and_underlines_the_mistake_of_the_first_page() -> None:
    schema = Draft202012Validator(rulebook_schema())
    for kind, text in EXAMPLES:
        assert [error.message for error in schema.iter_errors(yaml.safe_load(whole(kind, text)))] == []
    messages = " ".join(error.message for error in schema.iter_errors(yaml.safe_load(yaml_blocks("draft")[0])))
    assert "'titel' was unexpected" in messages
    assert "'tracks' is a required property" in messages


def an_answer(fact: Fact, turn: int) -> Any:
    """What the small, the middle and the large applicant would answer."""
    if fact.kind == "table":
        return [{column.id: an_answer(column, turn) for column in fact.columns} for _ in range(turn)]
    number = 8 * turn if fact.kind == "date" or fact.minimum is None else max(int(fact.minimum), 8 * turn)
    return {
        "integer": number, "decimal": str(number), "money": 100_000 * turn, "boolean": turn > 1, "date": f"2026-0{turn}-01",
        "choice": fact.choices[turn % len(fact.choices)].id if fact.choices else None, "choices": [choice.id for choice in fact.choices[:turn]],
        "file": [],
    }.get(fact.kind, "besede")  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[f"{kind} {text.split()[1]}" for kind, text in EXAMPLES])
def test_every_example_is_scored_and_divided(kind: str, text: str) -> None:
    rulebook = rulebook_of(kind, text)
    facts: dict[str, dict[str, Any]] = {}
    sheets: list[Sheet] = []
    decided: dict[str, dict[str, Decided]] = {}
    for track, pot in rulebook.pots():
        entries = []
        for turn, name in enumerate("ABC", start=1):
            facts[name] = {fact.id: an_answer(fact, turn) for fact in track.facts}
            rows = [""] if pot.items is None else [str(row + 1) for row in range(len(facts[name][pot.items.table]))]
            marks = [
                Mark(f"m{member}", one.id, min(one.minimum + turn * one.step, one.maximum or Fraction(0)), item=row)
                for one in pot.panel_criteria
                for row in rows
                for member in range(3)
            ]
            agreements = [
                Agreement(mark.criterion, mark.points, {"sl": "Ker je tako."}, mark.item) for mark in marks if mark.member == "m0"
            ]
            entries.append(Entry(name, facts[name], marks, agreements))
        sheets += score_pot(track, pot, entries)
        decided[pot.id] = {name: Decided(100, {"sl": "Ker je tako."}) for name in "ABC"}
    done = allocate(rulebook, sheets, facts, order={"A": 0, "B": 1, "C": 2}, lots={"A": 1, "B": 2, "C": 3}, decided=decided)
    for result in done.results:
        assert result.available_cents + result.received_cents == result.paid_cents + result.residual_cents
        assert result.residual_cents >= 0
        for award in result.awards:
            assert all(step.sentence(language).strip() for step in award.steps for language in ("sl", "it", "en"))
    for sheet in sheets:
        assert all(line.reason.sentence("sl").strip() for line in sheet.lines)
    main_pot = done.results[-1]
    assert any(award.amount_cents for result in done.results for award in result.awards), (
        main_pot.pot,
        "the example gives nobody anything",
    )


ABOUT = ("id", "track", "pots", "marks", "agreed", "decided", "lot", "points", "euros", "passes", "meets")
GIVES = [
    (kind, text, compose(rows, "gives")[0])
    for (_, kind, text), (_, what, rows) in pairwise(BLOCKS)
    if kind in ("rulebook", "track", "condition", "pot", "criterion") and what == "gives"
]


def by_pot(given: Any, pots: list[str]) -> dict[str, Any]:
    return given if isinstance(given, dict) and set(given) <= set(pots) else dict.fromkeys(pots, given)


def applicant_of(kind: str, rulebook: Rulebook, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A line under an example as it would stand in a facts file."""
    track = rulebook.track(row.get("track", rulebook.tracks[0].id))
    own = [pot.id for pot in track.pots]
    pots = {}
    for pot in row.get("pots", own[:-1] if kind == "pot" else own):
        judged = [one.id for one in rulebook.pot(pot).panel_criteria]
        marks = row.get("marks", ["15"] if kind == "condition" else [])
        marks = marks if isinstance(marks, dict) else dict.fromkeys(judged, marks)
        agreed = [{"criterion": one, "points": row["agreed"]} for one in judged if "agreed" in row]
        given = [{"member": f"m{turn}", "criterion": one, "points": mark} for one, row in marks.items() for turn, mark in enumerate(row)]
        amount = {"amount": {"euros": row["decided"], "reason": {"sl": "Ker je tako."}}} if "decided" in row else {}
        pots[pot] = {"marks": given, "agreements": agreed, **amount}
    return {"id": name, "track": track.id, "facts": {key: value for key, value in row.items() if key not in ABOUT}, "pots": pots}


@pytest.mark.parametrize(("kind", "text", "rows"), GIVES, ids=[f"{kind} {text.split()[1]}" for kind, text, _ in GIVES])
def test_every_example_gives_what_the_page_says(kind: str, text: str, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    rulebook = rulebook_of(kind, text)
    names = [row.get("id", letter) for row, letter in zip(rows, "ABCDEFGH", strict=False)]
    facts = {
        "applicants": [applicant_of(kind, rulebook, name, row) for name, row in zip(names, rows, strict=True)],
        "lots": {name: row["lot"] for name, row in zip(names, rows, strict=True) if "lot" in row},
    }
    (tmp_path / "facts.yaml").write_text(json.dumps(facts), encoding="utf-8")
    found = read_applicants(str(tmp_path / "facts.yaml"), rulebook)
    done = allocate(rulebook, found.sheets, found.facts, order=found.order, lots=found.lots, decided=found.decided)
    for name, row, given in zip(names, rows, facts["applicants"], strict=True):
        said = {key: row[key] for key in ("points", "euros", "passes", "meets") if key in row}
        assert said, "a line under an example says what comes out"
        pots = list(given["pots"])
        sheets = {sheet.pot: sheet for sheet in found.sheets if sheet.applicant == name}
        one = rulebook.tracks[0].pots[-1].criteria[0].id if kind == "criterion" else ""
        gives: dict[str, Any] = {
            "points": {pot: sheets[pot].points_of(one) if one else sheets[pot].total for pot in pots},
            "euros": {pot: done.award(name, pot).amount_cents for pot in pots},
            "passes": {pot: sheets[pot].passes for pot in pots},
            "meets": {},
        }
        for condition in rulebook.tracks[0].conditions if "meets" in row else ():
            judged = judge_condition(rulebook.tracks[0], condition, found.facts[name])
            gives["meets"] = dict.fromkeys(pots, judged is not None and judged.met)
        as_said = {"points": number, "euros": cents_from_euros, "passes": "yes".__eq__, "meets": "yes".__eq__}
        for key, value in said.items():
            wanted = {pot: as_said[key](one) for pot, one in by_pot(value, pots).items()}
            assert {pot: gives[key][pot] for pot in wanted} == wanted, (name, key)


def test_under_every_example_stands_what_it_gives() -> None:
    first = yaml_blocks("rulebook")[0]  # its commands say it
    silent = [text for kind, text in EXAMPLES if kind != "fact" and text != first and (kind != "condition" or "holds:" in text)]
    assert [text.splitlines()[0] for text in silent if text not in {text for _, text, _ in GIVES}] == []


def own_parts(kind: str, text: str) -> list[Any]:
    """What the example itself wrote, without what the tests put around it."""
    rulebook = rulebook_of(kind, text)
    track = rulebook.tracks[0]
    if kind in ("rulebook", "track"):
        return [rulebook]
    return [{"fact": track.facts[-1:], "condition": track.conditions, "pot": track.pots[:-1], "criterion": track.pots[-1].criteria}[kind]]


def written(part: Any) -> Iterator[tuple[type[Part], str, Any]]:
    """Every key that was written out, with the part of the language that knows it, and its value."""
    for name in sorted(part.model_fields_set) if isinstance(part, Part) else ():
        value = getattr(part, name)
        yield home_of(type(part), name), type(part).model_fields[name].alias or name, value
        yield from written(value)
    for one in part.values() if isinstance(part, Mapping) else part if isinstance(part, tuple | list) else ():
        yield from written(one)


def home_of(model: type[Part], name: str) -> type[Part]:
    return next(one for one in reversed(model.__mro__) if name in one.__dict__.get("__annotations__", {}))


def literals(annotation: Any) -> Iterator[str]:
    for one in get_args(annotation):
        if get_origin(annotation) is Literal:
            yield one
        else:
            yield from literals(one)


def marks(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for one in get_args(annotation):
        yield from marks(one)


MODULES = (questions, joint, judging, sharing, scoring.rulebook)
MODELS = {one for module in MODULES for one in vars(module).values() if isinstance(one, type) and issubclass(one, Part) and one is not Part}
FIELDS = sorted(
    {
        (home_of(one, name), field.alias or name, tuple(literals(field.annotation)))
        for one in MODELS
        for name, field in one.model_fields.items()
    },
    key=lambda row: (row[0].__name__, row[1]),
)
WRITTEN = [row for kind, text in EXAMPLES for part in own_parts(kind, text) for row in written(part)]
FORMULA_KEYS = {
    (home_of(one, name), field.alias or name)
    for one in MODELS
    for name, field in one.model_fields.items()
    if any(mark in FormulaText.__metadata__ for mark in (*field.metadata, *marks(field.annotation)))
}
FORMULAS = [
    one
    for model, key, value in WRITTEN
    if (model, key) in FORMULA_KEYS
    for one in (value if isinstance(value, tuple) else (value,))
    if isinstance(one, str)
]


def test_every_key_stands_in_an_example() -> None:
    there = {(model, key) for model, key, _value in WRITTEN}
    assert [f"{model.__name__}: {key}" for model, key, _ in FIELDS if (model, key) not in there] == []
    assert any("parts:" in text for _kind, text in EXAMPLES)


def test_every_word_that_a_key_can_have_stands_in_an_example() -> None:
    there = {
        (model, key, one)
        for model, key, value in WRITTEN
        for one in (value if isinstance(value, tuple) else (value,))
        if isinstance(one, str)
    }
    missing = [f"{model.__name__}: {key}: {word}" for model, key, words in FIELDS for word in words if (model, key, word) not in there]
    assert missing == []


@pytest.mark.parametrize(("keys", "named"), [(judging.KEYS, "kind"), (sharing.KEYS, "engine")], ids=["criteria", "engines"])
def test_every_key_of_a_kind_of_criterion_and_of_an_engine_stands_in_an_example_of_it(
    keys: Mapping[str, tuple[str, ...]], named: str
) -> None:
    there = {
        (getattr(part, named), key)
        for _model, _key, value in [*WRITTEN, *((Part, "", part) for kind, text in EXAMPLES for part in own_parts(kind, text))]
        for part in (value if isinstance(value, tuple) else (value,))
        if isinstance(part, judging.Criterion if named == "kind" else sharing.Pot)
        for _home, key, _value in written(part)
    }
    assert [f"{kind}: {key}" for kind, own in keys.items() for key in ("id", *own) if (kind, key) not in there] == []


def test_every_function_and_sign_of_formulas_stands_in_an_example() -> None:
    assert [word for word in FUNCTIONS if not any(re.search(rf"\b{word}\(", formula) for formula in FORMULAS)] == []
    signs = ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not")
    assert [sign for sign in signs if not any(f" {sign} " in f" {formula} " for formula in FORMULAS)] == []


def test_every_rule_for_ties_stands_in_an_example() -> None:
    rules = {one.partition(":")[0] for _model, key, value in WRITTEN if key == "tie_break" for one in value}
    assert rules == {"more_points", "criterion", "earlier_submission", "lot", "applicant"}


def test_every_word_of_the_language_stands_on_the_page() -> None:
    modules = (questions, finance, joint, judging, sharing, scoring.rulebook)
    everything = [part for module in modules for part in vars(module).values() if isinstance(part, type)]
    parts = [part for part in everything if issubclass(part, questions.Part)]
    words = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    assert {"from", "cost_share", "most_units"} <= words
    missing = sorted(word for word in words if not re.search(rf"\b{word}\b", PAGE))
    assert missing == []


def test_every_chapter_of_the_language_says_what_to_watch_out_for() -> None:
    chapters = PAGE[PAGE.index("## Numbers, texts and names") : PAGE.index("## The command line")].split("\n## ")
    assert len(chapters) == 19
    assert [chapter.splitlines()[0] for chapter in chapters if "**Watch out for**" not in chapter] == []


def test_every_code_of_the_linter_is_explained() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "scoring").glob("lint*.py")))
    codes = set(re.findall(r'"(?:error|warning)",\s*"(\w+)"', sources))
    assert len(codes) > 15
    assert sorted(code for code in codes if f"`{code}`" not in PAGE) == []


def scenes() -> Iterator[tuple[str, dict[str, str]]]:
    """Every command with the files as the page has them at that place: ``instead`` is what the last line of the rulebook becomes."""
    files: dict[str, str] = {}
    for dialect, what, text in BLOCKS:
        if dialect == "console":
            yield text, dict(files)
        elif what in ("draft", "rulebook"):
            files["rulebook.yaml"] = text
        elif what == "instead":
            files["rulebook.yaml"] = "".join(files["rulebook.yaml"].splitlines(keepends=True)[:-1]) + text
        elif what == "facts":
            files["facts.yaml"] = text


@pytest.mark.parametrize(("text", "files"), [*scenes()], ids=[text.splitlines()[0] for text, _ in scenes()])
def test_every_command_prints_what_the_page_says(
    text: str, files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        Path(name).write_text(content, encoding="utf-8")
    command, _, expected = text.partition("\n")
    command, _, written_to = command.partition(" > ")
    words = shlex.split(command)
    assert words[:4] == ["$", "python", "-m", "scoring"]
    code = main(words[4:])
    said = capsys.readouterr()
    assert code == (2 if said.err else 1 if "finding" in said.out and "\n0 findings" not in f"\n{said.out}" else 0)
    if written_to:
        assert (ROOT / "docs" / written_to).read_text(encoding="utf-8") == said.out
    assert ("" if written_to else said.out) + said.err == expected


def test_the_facts_file_with_marks_can_be_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rulebook.yaml").write_text(
        rulebook_text(criteria=(PANEL.replace("maximum: 15", "maximum: 15\nstep: 5"),)), encoding="utf-8"
    )
    (tmp_path / "facts.yaml").write_text(yaml_blocks("marks")[0], encoding="utf-8")
    assert main(["score", "rulebook.yaml", "facts.yaml", "--language", "sl"]) == 0
    assert (
        capsys.readouterr().out
        == "Klub Val  main  12,5 točke\n    quality (2. člen): 12,5 od 15  Povprečje ocen: (10 + 15) / 2 = 12,5. Cilji so jasni.\n"
    )
