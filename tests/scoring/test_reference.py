"""docs/rulebook.md is the reference of the language: every example in it is read, linted, scored and divided here, and every command is run."""

import re
import shlex
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import scoring.rulebook
from scoring import finance, judging, questions, sharing
from scoring.__main__ import main
from scoring.allocation import allocate
from scoring.lint import lint
from scoring.points import Decided, Entry, Mark, Sheet, score_pot
from scoring.questions import Fact
from scoring.rulebook import read_rulebook
from tests.scoring.samples import FACTS, PANEL, block, rulebook_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HEAD = 'format: "1"\nid: sample\nversion: "1"\ntitle: {sl: Vzorec, it: Modello}\nlanguages: [sl, it]\ntracks:\n'


def yaml_blocks(kind: str) -> list[str]:
    return [text for dialect, what, text in BLOCKS if dialect == "yaml" and what == kind]


def whole(kind: str, text: str) -> str:
    """The example with as much around it as makes a rulebook."""
    if kind == "rulebook":
        return text
    if kind == "track":
        return HEAD + block(text, 2, dash=True)
    if kind == "fact":
        return rulebook_text(facts=FACTS + block(text, 0, dash=True))
    if kind == "condition":
        return rulebook_text(conditions=(text,))
    if kind == "pot":
        return rulebook_text(pots=(text,))
    return rulebook_text(criteria=(text,))


EXAMPLES = [(kind, text) for dialect, kind, text in BLOCKS if dialect == "yaml" and kind not in ("facts", "marks")]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[f"{kind} {text.split()[1]}" for kind, text in EXAMPLES])
def test_every_example_can_be_read_and_has_no_error(kind: str, text: str) -> None:
    assert kind in ("rulebook", "track", "fact", "condition", "pot", "criterion")
    findings = lint(read_rulebook(whole(kind, text)))
    assert [finding for finding in findings if finding.severity == "error"] == []


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
    rulebook = read_rulebook(whole(kind, text))
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
            entries.append(Entry(name, facts[name], marks, ()))
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


def test_there_is_an_example_of_every_kind_of_criterion_engine_aggregation_and_of_most_facts() -> None:
    everything = "\n".join(text for _kind, text in EXAMPLES)
    for kind in (*judging.KEYS, *sharing.KEYS):
        assert re.search(rf"(kind|engine): {kind}\b", everything), kind
    for kind in ("integer", "decimal", "money", "date", "boolean", "choice", "text", "email", "file", "table"):
        assert re.search(rf"kind: {kind}\b", everything), kind


def test_every_word_of_the_language_stands_on_the_page() -> None:
    modules = (questions, finance, judging, sharing, scoring.rulebook)
    everything = [part for module in modules for part in vars(module).values() if isinstance(part, type)]
    parts = [part for part in everything if issubclass(part, questions.Part)]
    words = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    assert {"from", "cost_share", "most_units"} <= words
    missing = sorted(word for word in words if not re.search(rf"\b{word}\b", PAGE))
    assert missing == []


def test_every_code_of_the_linter_is_explained() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "scoring").glob("lint*.py")))
    codes = set(re.findall(r'"(?:error|warning)",\s*"(\w+)"', sources))
    assert len(codes) > 15
    assert sorted(code for code in codes if f"`{code}`" not in PAGE) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rulebook.yaml").write_text(yaml_blocks("rulebook")[0], encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(yaml_blocks("facts")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


CONSOLE = [text for dialect, _, text in BLOCKS if dialect == "console"]


@pytest.mark.parametrize("text", CONSOLE, ids=[text.splitlines()[0] for text in CONSOLE])
def test_every_command_prints_what_the_page_says(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, _, expected = text.partition("\n")
    words = shlex.split(command)
    assert words[:4] == ["$", "python", "-m", "scoring"]
    assert main(words[4:]) == 0
    assert capsys.readouterr().out == expected


def test_the_facts_file_with_marks_can_be_scored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rulebook.yaml").write_text(rulebook_text(criteria=(PANEL.replace("maximum: 15", "maximum: 15\nstep: 5"),)), encoding="utf-8")
    (folder / "facts.yaml").write_text(yaml_blocks("marks")[0], encoding="utf-8")
    assert main(["score", "rulebook.yaml", "facts.yaml", "--language", "sl"]) == 0
    assert capsys.readouterr().out == "Klub Val  main  12.5 points\n    quality: 12.5 of 15  Cilji so jasni.\n"
